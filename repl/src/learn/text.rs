//! The texts of lessons on a terminal: Markdown and the HTML of single lines, wrapped, with bold and colour where
//! someone can see it.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::io::IsTerminal;

const WIDTH: usize = 80;

fn styled(code: &str, text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some() || !std::io::stdout().is_terminal();
    if plain { text.to_string() } else { format!("\x1b[{code}m{text}\x1b[0m") }
}

/// A lesson's title.
pub fn title(number: u32, title: &str) -> String {
    format!("\n{}\n\n", styled("1", &format!("{number}. {title}")))
}

/// A heading.
pub fn heading(text: &str) -> String {
    format!("{}\n", styled("1", text))
}

/// A goal, and whether it holds.
pub fn goal(say: &str, held: bool) -> String {
    wrapped(&inline(say), if held { "  ✓ " } else { "  ○ " })
}

/// A goal that holds now.
pub fn ticked(say: &str) -> String {
    styled("32", &wrapped(&plain(say), "✓ "))
}

/// A goal that does not hold any more.
pub fn lost(say: &str) -> String {
    styled("33", &wrapped(&plain(say), "○ no longer: "))
}

/// The HTML of one line: code and escaped signs.
pub fn html(text: &str) -> String {
    wrapped(&inline(text), "")
}

/// Commands to type.
pub fn indented(script: &str) -> String {
    script.lines().map(|line| format!("  {line}\n")).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn plain(html: &str) -> String {
    unescaped(&html.replace("<code>", "").replace("</code>", ""))
}

fn inline(html: &str) -> String {
    let mut parts = html.split("<code>");
    let mut out = unescaped(parts.next().unwrap_or_default());
    for part in parts {
        let (code, rest) = part.split_once("</code>").unwrap_or((part, ""));
        out += &styled("36", &unescaped(code));
        out += &unescaped(rest);
    }
    out
}

/// Markdown: paragraphs, lists, emphasis, and code as it stands.
pub fn markdown(text: &str) -> String {
    let (mut out, mut paragraph, mut lead) = (String::new(), String::new(), "");
    let (mut strong, mut in_code) = (false, false);
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                out.push('\n');
            }
            Event::Text(text) if in_code => {
                out.extend(text.lines().map(|line| format!("    {}\n", styled("36", line))));
            }
            Event::Start(Tag::Item) => lead = "- ",
            Event::Start(Tag::Strong | Tag::Emphasis) => strong = true,
            Event::End(TagEnd::Strong | TagEnd::Emphasis) => strong = false,
            Event::Text(text) if strong => paragraph += &styled("1", &text),
            Event::Text(text) => paragraph += &text,
            Event::Code(code) => paragraph += &styled("36", &code),
            Event::SoftBreak | Event::HardBreak => paragraph.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) if !paragraph.is_empty() => {
                out += &wrapped(&paragraph, lead);
                if lead.is_empty() {
                    out.push('\n');
                }
                paragraph.clear();
                lead = "";
            }
            Event::End(TagEnd::List(_)) => out.push('\n'),
            _ => {}
        }
    }
    out
}

/// Breaks a text between words and puts something before its first line; the others are as far from the edge.
fn wrapped(text: &str, lead: &str) -> String {
    let margin = " ".repeat(lead.chars().count());
    let (mut out, mut column) = (lead.to_string(), margin.len());
    for (n, word) in text.split_whitespace().enumerate() {
        let length = visible(word);
        if n > 0 && column + 1 + length > WIDTH {
            out += &format!("\n{margin}");
            column = margin.len();
        } else if n > 0 {
            out.push(' ');
            column += 1;
        }
        out += word;
        column += length;
    }
    out + "\n"
}

/// How many columns a word takes, its colours left out.
fn visible(word: &str) -> usize {
    let (mut columns, mut inside) = (0, false);
    for c in word.chars() {
        match c {
            '\x1b' => inside = true,
            'm' if inside => inside = false,
            _ if !inside => columns += 1,
            _ => {}
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_wrapped_and_code_stands_as_it_is() {
        let text = format!("{}\n\n```console\n$ docker ps   -a\n```\n\n- one\n- two", "word ".repeat(20));
        let shown = markdown(&text);
        let long = "word ".repeat(16);
        assert_eq!(
            shown,
            format!("{}\n{}\n\n    $ docker ps   -a\n\n- one\n- two\n\n", long.trim(), "word word word word")
        );
    }

    #[test]
    fn signs_of_html_are_shown_as_themselves() {
        assert_eq!(html("<code>a &gt; b</code> &amp; more"), "a > b & more\n");
    }
}
