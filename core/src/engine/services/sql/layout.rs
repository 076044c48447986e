//! Results as the clients print them.

use super::{Heading, Rows};
use std::fmt::Write as _;

fn width(text: &str) -> usize {
    text.chars().count()
}

fn padded(text: &str, wide: usize, right: bool) -> String {
    let fill = " ".repeat(wide.saturating_sub(width(text)));
    if right { fill + text } else { text.to_string() + &fill }
}

/// MySQL's table with borders.
pub fn boxed(rows: &Rows, names: bool) -> String {
    let cell = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "NULL".into());
    let widths: Vec<usize> = (0..rows.columns.len())
        .map(|at| {
            let longest = rows.rows.iter().filter_map(|row| row.get(at)).map(|c| width(&cell(c))).max();
            let name = rows.columns.get(at).filter(|_| names).map_or(0, |c| width(&c.name));
            longest.unwrap_or(0).max(name)
        })
        .collect();
    let line: String = widths.iter().map(|w| format!("+{}", "-".repeat(w + 2))).collect::<String>() + "+\n";
    let mut out = line.clone();
    if names {
        let cells = rows.columns.iter().zip(&widths);
        out.extend(cells.map(|(column, w)| format!("| {} ", padded(&column.name, *w, false))));
        out.push_str("|\n");
        out.push_str(&line);
    }
    for row in &rows.rows {
        let cells = row.iter().zip(&rows.columns).zip(&widths);
        out.extend(cells.map(|((c, column), w)| format!("| {} ", padded(&cell(c), *w, column.numeric))));
        out.push_str("|\n");
    }
    out + &line
}

/// MySQL's lines with tabs.
pub fn tabbed(rows: &Rows, names: bool) -> String {
    let mut out = String::new();
    if names {
        let names: Vec<&str> = rows.columns.iter().map(|c| c.name.as_str()).collect();
        let _to_text = writeln!(out, "{}", names.join("\t"));
    }
    let escaped = |cell: &Option<String>| match cell {
        None => "NULL".to_string(),
        Some(text) => text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t"),
    };
    for row in &rows.rows {
        let _to_text = writeln!(out, "{}", row.iter().map(escaped).collect::<Vec<_>>().join("\t"));
    }
    out
}

/// MySQL's `\G`: a line a column.
pub fn vertical(rows: &Rows) -> String {
    let wide = rows.columns.iter().map(|c| width(&c.name)).max().unwrap_or(0);
    let mut out = String::new();
    for (number, row) in rows.rows.iter().enumerate() {
        let stars = "*".repeat(27);
        let _to_text = writeln!(out, "{stars} {}. row {stars}", number + 1);
        for (column, cell) in rows.columns.iter().zip(row) {
            let cell = cell.as_deref().unwrap_or("NULL");
            let _to_text = writeln!(out, "{}: {cell}", padded(&column.name, wide, true));
        }
    }
    out
}

/// psql's columns without alignment (`-A`).
pub fn unaligned(rows: &Rows, names: bool) -> String {
    let mut out = String::new();
    if names {
        let names: Vec<&str> = rows.columns.iter().map(|c| c.name.as_str()).collect();
        let _to_text = writeln!(out, "{}", names.join("|"));
    }
    for row in &rows.rows {
        let cells: Vec<&str> = row.iter().map(|c| c.as_deref().unwrap_or_default()).collect();
        let _to_text = writeln!(out, "{}", cells.join("|"));
    }
    if names {
        out.push_str(&counted(rows.rows.len()));
    }
    out
}

fn counted(rows: usize) -> String {
    format!("({rows} row{})\n", if rows == 1 { "" } else { "s" })
}

/// psql's table; without names only the rows (`-t`).
pub fn aligned(rows: &Rows, names: bool) -> String {
    let lines = |cell: &Option<String>| -> Vec<String> {
        cell.as_deref().unwrap_or_default().split('\n').map(String::from).collect()
    };
    let widths: Vec<usize> = (0..rows.columns.len())
        .map(|at| {
            let cells = rows.rows.iter().filter_map(|row| row.get(at));
            let longest = cells.flat_map(&lines).map(|line| width(&line)).max();
            let name = rows.columns.get(at).filter(|_| names).map_or(0, |c| width(&c.name));
            longest.unwrap_or(0).max(name)
        })
        .collect();
    let mut out = String::new();
    if names {
        let total = widths.iter().map(|w| w + 2).sum::<usize>() + widths.len().saturating_sub(1);
        if !rows.title.is_empty() {
            let left = total.saturating_sub(width(&rows.title)) / 2;
            let _to_text = writeln!(out, "{}{}", " ".repeat(left), rows.title);
        }
        let head: Vec<String> =
            rows.columns.iter().zip(&widths).map(|(c, w)| format!(" {} ", centred(c, *w))).collect();
        let _to_text = writeln!(out, "{}", head.join("|"));
        let rule: Vec<String> = widths.iter().map(|w| "-".repeat(w + 2)).collect();
        let _to_text = writeln!(out, "{}", rule.join("+"));
    }
    for row in &rows.rows {
        let cells: Vec<Vec<String>> = row.iter().map(&lines).collect();
        let high = cells.iter().map(Vec::len).max().unwrap_or(1);
        for line in 0..high {
            let last = cells.len().saturating_sub(1);
            let texts = cells.iter().enumerate().map(|(at, cell)| {
                let text = cell.get(line).map_or("", String::as_str);
                let more = cell.len() > line + 1;
                let right = rows.columns.get(at).is_some_and(|c| c.numeric);
                let wide = widths.get(at).copied().unwrap_or(0);
                match (more, at == last && !right) {
                    (true, _) => format!(" {}+", padded(text, wide, right)),
                    (false, true) if text.is_empty() => " ".to_string(),
                    (false, true) => format!(" {text}"),
                    (false, false) if at == last => format!(" {}", padded(text, wide, right)),
                    (false, false) => format!(" {} ", padded(text, wide, right)),
                }
            });
            let _to_text = writeln!(out, "{}", texts.collect::<Vec<_>>().join("|"));
        }
    }
    match rows.footer.as_str() {
        _ if !names => out.push('\n'),
        "" => out.push_str(&(counted(rows.rows.len()) + "\n")),
        footer => out.push_str(footer),
    }
    out
}

fn centred(column: &Heading, wide: usize) -> String {
    let gap = wide.saturating_sub(width(&column.name));
    format!("{}{}{}", " ".repeat(gap / 2), column.name, " ".repeat(gap - gap / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        let heading = |name: &str, numeric| Heading { name: name.into(), numeric };
        let columns = vec![heading("id", true), heading("name", false)];
        let row = |id: &str, name: Option<&str>| vec![Some(id.to_string()), name.map(String::from)];
        Rows { columns, rows: vec![row("1", Some("alice")), row("10", None)], ..Rows::default() }
    }

    #[test]
    fn each_client_lays_the_same_rows_out_in_its_way() {
        assert_eq!(
            boxed(&rows(), true),
            "+----+-------+\n| id | name  |\n+----+-------+\n|  1 | alice |\n| 10 | NULL  |\n+----+-------+\n"
        );
        assert_eq!(tabbed(&rows(), true), "id\tname\n1\talice\n10\tNULL\n");
        assert_eq!(aligned(&rows(), true), " id | name  \n----+-------\n  1 | alice\n 10 | \n(2 rows)\n\n");
        assert_eq!(aligned(&rows(), false), "  1 | alice\n 10 | \n\n");
        assert_eq!(unaligned(&rows(), true), "id|name\n1|alice\n10|\n(2 rows)\n");
    }
}
