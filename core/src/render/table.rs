//! Tables as Docker aligns them: cells end with a tab, columns are at least ten wide with three
//! spaces after the widest cell, and the last cell of a line is not padded.

/// The least width of a column, spaces included.
const MIN_WIDTH: usize = 10;
/// Spaces after the widest cell.
const PADDING: usize = 3;

/// Aligns tab-separated lines. A column is a run of neighbouring lines that have a cell there, so
/// lines with fewer cells end it. Width counts characters.
pub fn align(text: &str) -> String {
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
            let width = (widest.unwrap_or(0) + PADDING).max(MIN_WIDTH);
            for slots in widths.iter_mut().skip(first).take(length) {
                if let Some(slot) = slots.get_mut(column) {
                    *slot = width;
                }
            }
            first += length.max(1);
        }
    }
    let mut out = String::with_capacity(text.len() * 2);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns() {
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
