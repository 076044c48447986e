//! Where the parts of a value go: side by side on one line, in columns, or one below the other.

use super::inspect::{Inspector, MOST};
use super::value::Value;

/// The length without colours.
fn plain_len(text: &str) -> usize {
    if !text.contains('\u{1b}') {
        return text.chars().count();
    }
    let mut count = 0;
    let mut escape = false;
    for c in text.chars() {
        match c {
            '\u{1b}' => escape = true,
            'm' if escape => escape = false,
            _ if escape => {}
            _ => count += 1,
        }
    }
    count
}

impl Inspector<'_> {
    /// The parts in braces: on one line where they fit.
    pub fn together(
        &mut self,
        parts: &mut Vec<String>,
        base: &str,
        open: &str,
        close: &str,
        level: usize,
        list: Option<&[Value]>,
    ) -> String {
        let count = parts.len();
        if let Some(values) = list
            && count > 6
        {
            *parts = self.columns(std::mem::take(parts), values);
        }
        let before = if base.is_empty() { String::new() } else { format!("{base} ") };
        if self.level - level < 3 && count == parts.len() {
            let start = parts.len() + self.indent + open.chars().count() + plain_len(base) + 10;
            let total: usize = parts.iter().map(|p| plain_len(p)).sum::<usize>() + start + parts.len();
            let joined = parts.join(", ");
            if total - parts.len() + parts.len() <= self.width
                && !joined.contains('\n')
                && !base.contains('\n')
            {
                return format!("{before}{open} {joined} {close}");
            }
        }
        let line = format!("\n{}", " ".repeat(self.indent));
        format!("{before}{open}{line}  {}{line}{close}", parts.join(&format!(",{line}  ")))
    }

    /// Short elements side by side, in columns of equal width.
    fn columns(&self, parts: Vec<String>, values: &[Value]) -> Vec<String> {
        let shown = if values.len() > MOST { parts.len() - 1 } else { parts.len() };
        let lens: Vec<usize> = parts.iter().take(shown).map(|p| plain_len(p)).collect();
        let longest = lens.iter().copied().max().unwrap_or(0);
        let total: usize = lens.iter().map(|l| l + 2).sum();
        let widest = longest + 2;
        if widest * 3 + self.indent >= self.width || total as f64 / widest as f64 <= 5.0 && longest > 6 {
            return parts;
        }
        let bias = (widest as f64 - total as f64 / parts.len() as f64).sqrt();
        let biased = (widest as f64 - 3.0 - bias).max(1.0);
        let wanted = ((2.5 * biased * parts.len() as f64).sqrt() / biased).round() as usize;
        let columns = wanted.min((self.width - self.indent) / widest).min(12).min(15);
        if columns <= 1 {
            return parts;
        }
        let widths: Vec<usize> = (0..columns)
            .map(|c| lens.iter().skip(c).step_by(columns).copied().max().unwrap_or(0) + 2)
            .collect();
        let right = values.iter().all(|v| matches!(v, Value::Num(_) | Value::Big(_)));
        let mut out = vec![];
        for row in (0..shown).step_by(columns) {
            let end = (row + columns).min(shown);
            let mut line = String::new();
            for at in row..end {
                let last = at + 1 == end;
                let cell = if last { parts[at].clone() } else { format!("{}, ", parts[at]) };
                let width = if last { widths[at - row] - 2 } else { widths[at - row] };
                let fill = " ".repeat(width.saturating_sub(plain_len(&cell)));
                match (right, last) {
                    (true, _) => line.push_str(&format!("{fill}{cell}")),
                    (false, true) => line.push_str(&cell),
                    (false, false) => line.push_str(&format!("{cell}{fill}")),
                }
            }
            out.push(line);
        }
        out.extend(parts.into_iter().skip(shown));
        out
    }
}
