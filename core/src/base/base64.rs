//! Base64: written with the usual letters and padding, read with those of addresses too.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes bytes.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |n: usize| u32::from(chunk.get(n).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for n in 0..4 {
            let letter = LETTERS.get((word >> (18 - 6 * n)) as usize & 63).copied().unwrap_or(b'=');
            out.push(if n <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

/// Decodes a text, padded or not; `None` where it has other characters.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let digits: Vec<u8> = text.trim_end_matches('=').bytes().collect();
    for chunk in digits.chunks(4) {
        let mut word = 0u32;
        for n in 0..4 {
            let digit = match chunk.get(n) {
                Some(b'-') => 62,
                Some(b'_') => 63,
                Some(letter) => LETTERS.iter().position(|l| l == letter)?,
                None => 0,
            };
            word = word << 6 | u32::try_from(digit).ok()?;
        }
        let [_, bytes @ ..] = word.to_be_bytes();
        out.extend(bytes.iter().take(chunk.len().saturating_sub(1)));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (plain, coded) in
            [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("alice:secret", "YWxpY2U6c2VjcmV0")]
        {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(decode("?"), None);
        assert_eq!(decode("_-8"), decode("/+8="));
    }
}
