//! `!!`, `!n`, `!-n`, `!text` and `!$` of an interactive bash: words that stand for earlier commands.

use super::machine::Shell;
use super::voice::Voice;
use crate::kernel::Sys;

impl Shell {
    /// Puts earlier commands in the place of what stands for them in a line that was typed, and shows the result as
    /// bash does. A line that asks for what there is not is dropped.
    pub(super) fn recall(&self, sys: &mut Sys<'_>, line: String) -> String {
        if self.voice != Voice::Bash || !self.options.interactive || !line.contains('!') {
            return line;
        }
        let history: Vec<&str> = self.history.iter().map(String::as_str).collect();
        match expand(&line, &history) {
            Ok(Some(expanded)) => {
                sys.eprint(&expanded);
                expanded
            }
            Ok(None) => line,
            Err(event) => {
                sys.eprint(&format!("bash: {event}: event not found\n"));
                "\n".to_string()
            }
        }
    }
}

/// The line with its events replaced, nothing where it has none.
///
/// # Errors
/// The event that there is not.
fn expand(line: &str, history: &[&str]) -> Result<Option<String>, String> {
    let (mut out, mut found, mut double) = (String::new(), false, false);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\\' => {
                let escaped = after.chars().next().map_or(0, char::len_utf8);
                out.push_str(rest.get(..1 + escaped).unwrap_or(rest));
                rest = after.get(escaped..).unwrap_or_default();
                continue;
            }
            '\'' if !double => {
                let end = after.find('\'').map_or(after.len(), |at| at + 1);
                out.push_str(rest.get(..1 + end).unwrap_or(rest));
                rest = after.get(end..).unwrap_or_default();
                continue;
            }
            '!' => {
                if let Some((text, len)) = event(after, double, history)? {
                    out.push_str(&text);
                    found = true;
                    rest = after.get(len..).unwrap_or_default();
                    continue;
                }
            }
            '"' => double = !double,
            _ => {}
        }
        out.push(c);
        rest = after;
    }
    Ok(found.then_some(out))
}

/// What the event after a `!` stands for, and how long it is; nothing where the sign is one of its own.
fn event(after: &str, double: bool, history: &[&str]) -> Result<Option<(String, usize)>, String> {
    let last = || history.last().ok_or_else(|| "!!".to_string());
    let Some(first) = after.chars().next() else { return Ok(None) };
    if first.is_whitespace() || matches!(first, '=' | '(') || (first == '"' && double) {
        return Ok(None);
    }
    if first == '!' {
        return last().map(|text| Some(((*text).to_string(), 1)));
    }
    if first == '$' {
        let word = last()?.split_whitespace().next_back().unwrap_or_default();
        return Ok(Some((word.to_string(), 1)));
    }
    let ends = |c: char| c.is_whitespace() || ";&|()<>\"'`".contains(c);
    let word = after.split(ends).next().unwrap_or_default();
    let missing = || format!("!{word}");
    let digits = word.strip_prefix('-').unwrap_or(word);
    let text = match digits.parse::<usize>() {
        Ok(back) if word.starts_with('-') => history.len().checked_sub(back).and_then(|at| history.get(at)),
        Ok(number) => number.checked_sub(1).and_then(|at| history.get(at)),
        Err(_) if word.is_empty() => return Ok(None),
        Err(_) => history.iter().rev().find(|text| text.starts_with(word)),
    };
    text.map(|text| Some(((*text).to_string(), word.len()))).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn earlier_commands_come_back() {
        let history = ["docker ps -a", "echo one two"];
        for (line, expect) in [
            ("!!\n", Ok(Some("echo one two\n".to_string()))),
            ("sudo !! | cat\n", Ok(Some("sudo echo one two | cat\n".into()))),
            ("!1\n", Ok(Some("docker ps -a\n".into()))),
            ("!-2\n", Ok(Some("docker ps -a\n".into()))),
            ("!doc\n", Ok(Some("docker ps -a\n".into()))),
            ("cat !$\n", Ok(Some("cat two\n".into()))),
            ("!nope\n", Err("!nope".into())),
            ("[ ! -f x ] && echo 'a!b' \"hi!\" \\!x $((1 != 2))\n", Ok(None)),
        ] {
            assert_eq!(expand(line, &history), expect, "{line}");
        }
    }
}
