//! Tables as Docker aligns them: cells end with a tab, columns are at least ten wide with three
//! spaces after the widest cell, and the last cell of a line is not padded.

/// The least width of a column, spaces included.
const MIN_WIDTH: usize = 10;
/// Spaces after the widest cell.
const PADDING: usize = 3;

/// A table that would be larger than this many characters stays as it is.
const MAX_SIZE: usize = 32 << 20;

/// Aligns tab-separated lines. A column is a run of neighbouring lines that have a cell there, so
/// lines with fewer cells end it. Width counts characters.
pub fn align(text: &str) -> String {
    padded(text, MIN_WIDTH, PADDING)
}

/// The same with columns that are at least `least` wide, with `gap` spaces after the widest cell.
pub fn padded(text: &str, least: usize, gap: usize) -> String {
    let (body, ends) = match text.strip_suffix('\n') {
        Some(body) => (body, true),
        None => (text, false),
    };
    let lines: Vec<Vec<&str>> = body.split('\n').map(|line| line.split('\t').collect()).collect();
    let mut widths: Vec<Vec<usize>> = lines.iter().map(|cells| vec![0; cells.len() - 1]).collect();
    let columns = widths.iter().map(Vec::len).max().unwrap_or(0);
    for column in 0..columns {
        let mut first = 0;
        while first < lines.len() {
            let run = widths.get(first..).unwrap_or(&[]);
            let length = run.iter().take_while(|w| w.len() > column).count();
            let block = lines.get(first..first + length).unwrap_or(&[]);
            let widest = block.iter().filter_map(|cells| cells.get(column)).map(|c| c.chars().count()).max();
            let width = (widest.unwrap_or(0) + gap).max(least);
            for slots in widths.iter_mut().skip(first).take(length) {
                if let Some(slot) = slots.get_mut(column) {
                    *slot = width;
                }
            }
            first += length.max(1);
        }
    }
    let size = widths.iter().flatten().fold(text.len(), |sum, width| sum.saturating_add(*width));
    if size > MAX_SIZE {
        return text.to_owned();
    }
    let mut out = String::with_capacity(size);
    for (at, (cells, widths)) in lines.iter().zip(&widths).enumerate() {
        if at > 0 {
            out.push('\n');
        }
        for (column, cell) in cells.iter().enumerate() {
            out.push_str(cell);
            if let Some(width) = widths.get(column) {
                (cell.chars().count()..*width).for_each(|_| out.push(' '));
            }
        }
    }
    if ends {
        out.push('\n');
    }
    out
}

/// A column of [`columns`].
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Its header.
    pub title: &'a str,
    /// The least width of its cells.
    pub min_width: usize,
    /// Whether cells stand at the right.
    pub right: bool,
}

/// A table in the newer style of `docker images`: all cells are padded, the last ones too, and
/// three spaces stand between them.
pub fn columns(columns: &[Column<'_>], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = columns.iter().map(|c| c.title.chars().count().max(c.min_width)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    let titles = columns.iter().map(|c| c.title.to_owned()).collect();
    for row in std::iter::once(&titles).chain(rows) {
        for (at, ((cell, column), width)) in row.iter().zip(columns).zip(&widths).enumerate() {
            if at > 0 {
                out.push_str("   ");
            }
            let fill = " ".repeat(width.saturating_sub(cell.chars().count()));
            let [first, second] = if column.right { [fill.as_str(), cell] } else { [cell, fill.as_str()] };
            out.push_str(first);
            out.push_str(second);
        }
        out.push('\n');
    }
    out
}

/// Cuts text to at most `max` characters, the last of which is then `…`.
pub fn ellipsis(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    match max {
        0 => String::new(),
        1 => text.chars().take(1).collect(),
        _ => text.chars().take(max - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_columns() {
        let left = |title, min_width| Column { title, min_width, right: false };
        let right = |title| Column { title, min_width: 0, right: true };
        let images =
            [left("IMAGE", 0), left("ID", 12), right("DISK USAGE"), right("CONTENT SIZE"), left("EXTRA", 0)];
        assert_eq!(columns(&images, &[]), "IMAGE   ID             DISK USAGE   CONTENT SIZE   EXTRA\n");
        let row = ["busybox:latest", "3968cabd2bba", "3.11MB", "1.07MB", "U"].map(String::from).to_vec();
        assert_eq!(
            columns(&images, &[row]),
            "IMAGE            ID             DISK USAGE   CONTENT SIZE   EXTRA\n\
             busybox:latest   3968cabd2bba       3.11MB         1.07MB   U    \n"
        );
    }

    #[test]
    fn long_text_is_cut() {
        let run = "RUN /bin/sh -c cp hello.txt copy.txt && rm hello.txt # buildkit";
        assert_eq!(ellipsis(run, 45), "RUN /bin/sh -c cp hello.txt copy.txt && rm h…");
        assert_eq!(ellipsis("abc", 3), "abc");
        assert_eq!(ellipsis("abc", 1), "a");
    }

    #[test]
    fn aligned() {
        for (text, want) in [
            ("NAMES\tSTATE\nfmt\trunning\n", "NAMES     STATE\nfmt       running\n"),
            ("DRIVER\tVOLUME NAME\n", "DRIVER    VOLUME NAME\n"),
            (
                "A\tB\tC\nlonger than ten\té\tx\n",
                "A                 B         C\nlonger than ten   é         x\n",
            ),
            ("a\tb\nalone\nccccccccccccc\td\n", "a         b\nalone\nccccccccccccc   d\n"),
            ("", ""),
            ("\t\n", "          \n"),
        ] {
            assert_eq!(align(text), want);
        }
    }
}
