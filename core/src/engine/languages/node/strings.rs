//! Texts as the language counts them: in units of UTF-16. Most texts are ASCII, where that is bytes.

/// How many units a text has.
pub fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// The character at a unit; half a surrogate pair is the replacement character.
pub fn unit(text: &str, at: usize) -> Option<String> {
    if text.is_ascii() {
        return text.get(at..=at).map(Into::into);
    }
    code(text, at).map(|c| char::from_u32(u32::from(c)).unwrap_or('\u{fffd}').to_string())
}

/// The unit at a place.
pub fn code(text: &str, at: usize) -> Option<u16> {
    if text.is_ascii() { text.as_bytes().get(at).map(|b| u16::from(*b)) } else { text.encode_utf16().nth(at) }
}

/// The text from one unit to another.
pub fn slice(text: &str, from: usize, to: usize) -> String {
    if from >= to {
        return String::new();
    }
    if text.is_ascii() {
        return text.get(from.min(text.len())..to.min(text.len())).unwrap_or("").to_string();
    }
    let units: Vec<u16> = text.encode_utf16().skip(from).take(to - from).collect();
    String::from_utf16_lossy(&units)
}

/// The unit at which a byte offset is.
pub fn unit_of(text: &str, byte: usize) -> usize {
    length(text.get(..byte).unwrap_or(text))
}

/// The byte offset of a unit.
pub fn byte_of(text: &str, unit: usize) -> usize {
    if text.is_ascii() {
        return unit.min(text.len());
    }
    let mut left = unit;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(c.len_utf16());
    }
    text.len()
}

/// The text in single quotes, or in others where it holds single ones, as `util.inspect` writes it.
pub fn quoted(text: &str) -> String {
    let quote = match (text.contains('\''), text.contains('"'), text.contains('`')) {
        (false, ..) => '\'',
        (true, false, _) => '"',
        (true, true, false) => '`',
        _ => '\'',
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\u{b}' => out.push_str("\\v"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 || (0x7f..0xa0).contains(&(c as u32)) => {
                out.push_str(&format!("\\x{:02X}", c as u32))
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
