//! `column [-t] [-s SEPARATORS] [-o SEPARATOR] [FILE…]`: lines as a table with columns of equal width (`-t`).
//!
//! Exit status: 0, or 1 for an error. Filling the width of a terminal without `-t` is left out.

use super::input::{decode, lines, plain_error, read_with};
use super::opts::{Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `column`.
pub const APPLETS: &[Applet] = &[Applet::main("column", main)];

const SPEC: Spec = Spec::new(
    "ts:o:c:xnNJ",
    &[("table", 't'), ("separator=", 's'), ("output-separator=", 'o')],
    "-t [-s SEPARATORS] [-o SEPARATOR] [FILE]...",
    "Lay lines out as a table.",
)
.missing("cxnNJ");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    if !options.has('t') {
        sys.complain("only tables (-t) are simulated by Drydock");
        return Ok(1);
    }
    let (inputs, failed) = read_with(sys, &options.operands, plain_error)?;
    let texts: Vec<String> = inputs.iter().flat_map(|i| lines(&i.data)).map(decode).collect();
    let cells = |line: &String| -> Vec<String> {
        match options.value('s') {
            Some(signs) => line.split(|c| signs.contains(c)).map(String::from).collect(),
            None => line.split_whitespace().map(String::from).collect(),
        }
    };
    let rows: Vec<Vec<String>> = texts.iter().filter(|line| !line.trim().is_empty()).map(cells).collect();
    let mut widths: Vec<usize> = vec![];
    for row in &rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let between = options.value('o').unwrap_or("  ");
    for row in &rows {
        let last = row.len().saturating_sub(1);
        let padded = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match at == last {
            true => cell.clone(),
            false => format!("{cell:<width$}"),
        });
        let line = padded.collect::<Vec<_>>().join(between);
        sys.print(&format!("{line}\n"));
    }
    Ok(i32::from(failed))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn tables() {
        check(
            &mut bed(),
            &[
                ("column -t", "a bb c\nddd e f\n", "a    bb  c\nddd  e   f\n"),
                ("column -t -s:", "root:x\nme:yy\n", "root  x\nme    yy\n"),
            ],
        );
    }
}
