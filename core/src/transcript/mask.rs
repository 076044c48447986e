//! What two honest runs may differ in: ids, times, sizes, generated names, ephemeral ports,
//! per-layer progress, the order of independent build steps, the descriptions in usage texts.
//! The rules are those of `tests/conformance/mask.py`; a test holds both to the same result.

use crate::base::Order;
use crate::base::names::ADJECTIVES;
use regex_lite::{NoExpand, Regex};
use std::collections::BTreeMap;
use std::sync::LazyLock;

struct Rules {
    plain: Vec<(Regex, &'static str)>,
    id12: Regex,
    name: Regex,
    late: Vec<(Regex, &'static str)>,
    spaces: Regex,
    step: Regex,
    elapsed: Regex,
    digest: Regex,
    seconds: Regex,
    done: Regex,
    dropped: Regex,
    pull: Regex,
    section: Regex,
    command: Regex,
    option: Regex,
    usage: Regex,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let re = |pattern: &str| Regex::new(pattern).expect("the pattern is a constant");
    let all = |rules: &[(&str, &'static str)]| rules.iter().map(|&(p, with)| (re(p), with)).collect();
    let unit = "(?:second|minute|hour|day|week|month|year)s?";
    let ago = format!(r"(?:Less than a second|About an? (?:minute|hour)|\d+ {unit}|1 second)");
    Rules {
        plain: all(&[(r"sha256:[0-9a-f]{64}", "sha256:<digest>"), (r"\b[0-9a-f]{64}\b", "<id64>")]),
        id12: re(r"\b[0-9a-f]{12}\b"),
        late: all(&[
            (r"\b[0-9a-z]{25}\b", "<ref25>"),
            (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d)?(?: UTC)?", "<time>"),
            (r"Bind for (?:0\.0\.0\.0|:::|\[::\]):", "Bind for <addr>:"),
            (r"\d{2}/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}", "<time>"),
            (r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ \d\d:\d\d:\d\d (?:UTC )?\d{4}", "<time>"),
            (&format!(r"\b{ago} ago"), "<ago>"),
            (&format!(r"\bUp {ago}"), "Up <dur>"),
            ("", ""),
            (r"\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\s?(?:B|kB|MB|GB|TB|KiB|MiB|GiB)\b", "<size>"),
            (r":(?:3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|60\d{3})\b", ":<port>"),
        ]),
        name: re(&format!(r"\b(?:{})_[a-z]+\b", ADJECTIVES.join("|"))),
        spaces: re(" {2,}"),
        step: re(r"^#(\d+) (.*)$"),
        elapsed: re(r"^\d+\.\d+ "),
        digest: re(r"@?sha256:[0-9a-f]{64}"),
        seconds: re(r"\b\d+\.\d+s\b"),
        done: re(r" (?:<t> )?done$"),
        dropped: re(concat!(
            r"^(?:transferring|exporting|naming|writing|unpacking|resolve|DONE|sha256|extracting|preparing",
            r"|reading|sending|pushing|\.\.\.|<size> / |<time>|\d+\.\d+s?$)"
        )),
        pull: re(concat!(
            r"^<id12>: (?:Pulling fs layer|Waiting|Downloading.*|Verifying Checksum|Download complete",
            r"|Extracting.*|Pull complete|Already exists|Layer already exists|Pushed|Preparing|Pushing.*",
            r"|Mounted from.*)$"
        )),
        section: re(r"^(?:[A-Z][\w ]*)?(?:Commands|Options|Aliases|Examples):$"),
        command: re(r"^  (\S+)"),
        option: re(r"^\s{2,6}((?:-\w, )?--[\w-]+(?: [a-z][\w-]*)?)(?:\s{2}|$)"),
        usage: re(r"^(?:Usage:|Run '|See '|docker: |$)"),
    }
});

/// One line with everything masked that may differ between two honest runs.
pub fn mask_line(line: &str) -> String {
    let rules = &*RULES;
    let mut line = line.to_string();
    for (regex, with) in &rules.plain {
        replace(&mut line, regex, with);
    }
    // An id has a digit: twelve letters from a to f are taken for a word.
    line = rules
        .id12
        .replace_all(&line, |c: &regex_lite::Captures<'_>| {
            if c[0].bytes().any(|b| b.is_ascii_digit()) { "<id12>".into() } else { c[0].to_string() }
        })
        .into_owned();
    for (regex, with) in &rules.late {
        if !with.is_empty() {
            replace(&mut line, regex, with);
        } else if line.contains('_') {
            replace(&mut line, &rules.name, "<name>");
        }
    }
    replace(&mut line, &rules.spaces, "  ");
    line.truncate(line.trim_end_matches(is_space).len());
    line
}

/// The lines of one stream, masked. A build log becomes its steps, sorted, each one item of
/// several lines; a usage text becomes the commands and flags it lists; layer progress goes.
pub fn masked(stream: &[String]) -> Vec<String> {
    let rules = &*RULES;
    let helped;
    let mut stream = stream;
    if stream.iter().any(|l| rules.section.is_match(l)) {
        helped = mask_help(stream);
        stream = &helped;
    }
    if stream.iter().any(|l| rules.step.is_match(l)) {
        return mask_build(stream);
    }
    stream.iter().map(|l| mask_line(l)).filter(|l| !rules.pull.is_match(l)).collect()
}

fn mask_build(lines: &[String]) -> Vec<String> {
    let rules = &*RULES;
    let mut order: Vec<Vec<String>> = Vec::new();
    let mut index = BTreeMap::new();
    let mut rest = Vec::new();
    for line in lines {
        let Some((number, text)) = rules.step.captures(line).and_then(|c| Some((c.get(1)?, c.get(2)?)))
        else {
            if !line.trim_matches(is_space).is_empty() {
                rest.push(mask_line(line));
            }
            continue;
        };
        let at = *index.entry(number.as_str()).or_insert_with(|| {
            order.push(Vec::new());
            order.len() - 1
        });
        let Some(step) = order.get_mut(at) else { continue };
        let text = mask_step(text.as_str());
        if !text.is_empty() && !rules.dropped.is_match(&text) && !step.contains(&text) {
            step.push(text);
        }
    }
    let shown = order.iter().filter(|s| s.first().is_some_and(|f| !f.starts_with("building with")));
    let (mut head, mut body): (Vec<String>, Vec<String>) =
        shown.map(|s| s.join("\n")).partition(|s| s.starts_with("[internal]"));
    head.order();
    body.order();
    head.append(&mut body);
    head.append(&mut rest);
    head
}

fn mask_step(text: &str) -> String {
    let rules = &*RULES;
    let mut text = text.to_string();
    replace(&mut text, &rules.elapsed, "");
    replace(&mut text, &rules.digest, "");
    replace(&mut text, &rules.seconds, "<t>");
    text = mask_line(&text);
    replace(&mut text, &rules.done, "");
    text.trim_matches(is_space).to_string()
}

fn mask_help(stream: &[String]) -> Vec<String> {
    let rules = &*RULES;
    let first = |regex: &Regex, line: &str| Some(format!("  {}", regex.captures(line)?.get(1)?.as_str()));
    let mut out = Vec::new();
    let mut section: Option<&str> = None;
    let mut usage = false;
    for line in stream {
        usage |= line.starts_with("Usage:");
        if rules.section.is_match(line) {
            section = Some(line);
            out.push(line.clone());
            continue;
        }
        if line.starts_with(|c| !is_space(c)) {
            section = None;
        }
        match section {
            Some(s) if s.ends_with("Commands:") => out.extend(first(&rules.command, line)),
            Some(s) if s.ends_with("Options:") => out.extend(first(&rules.option, line)),
            None if usage && !rules.usage.is_match(line) => {}
            _ => out.push(line.clone()),
        }
    }
    out
}

fn replace(text: &mut String, regex: &Regex, with: &str) {
    if let std::borrow::Cow::Owned(new) = regex.replace_all(text, NoExpand(with)) {
        *text = new;
    }
}

/// White space as Python strips it.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_what_may_differ_and_nothing_else() {
        for (line, want) in [
            ("abc123def456   web", "<id12>  web"),
            ("deadbeefcafe stays, feeddeadbee1 goes", "deadbeefcafe stays, <id12> goes"),
            ("Up 2 minutes (healthy)", "Up <dur> (healthy)"),
            ("About a minute ago  clever_hopper", "<ago>  <name>"),
            ("my_name 4.27MB 0.0.0.0:32768->80/tcp", "my_name <size> 0.0.0.0:<port>->80/tcp"),
            ("2026-01-02T03:04:05.678Z hi ", "<time> hi"),
        ] {
            assert_eq!(mask_line(line), want);
        }
    }

    #[test]
    fn a_build_log_is_its_steps_in_any_order() {
        let log = |text: &str| masked(&text.lines().map(Into::into).collect::<Vec<_>>());
        let one = log("#1 [a] RUN x\n#1 0.123 out\n#2 [b] RUN y\n#2 CACHED\n#1 DONE 0.1s");
        assert_eq!(one, ["[a] RUN x\nout", "[b] RUN y\nCACHED"]);
        assert_eq!(one, log("#7 [b] RUN y\n#7 CACHED\n#9 [a] RUN x\n#9 1.5 out"));
    }
}
