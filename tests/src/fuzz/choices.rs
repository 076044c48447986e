//! Bytes read as a row of choices, so that any bytes describe something well-formed.

/// Choices that bytes make; where they end, every choice is the first.
#[derive(Debug, Clone)]
pub struct Choices<'a> {
    bytes: &'a [u8],
}

impl<'a> Choices<'a> {
    /// Reads these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// True where no byte is left.
    pub fn are_over(&self) -> bool {
        self.bytes.is_empty()
    }

    /// A number below `n`, which is at least 1 and at most 65,536.
    pub fn below(&mut self, n: usize) -> usize {
        let value = usize::from(self.byte());
        if n <= 256 { value % n } else { (value << 8 | usize::from(self.byte())) % n }
    }

    /// One of some, of which there is at least one.
    pub fn one_of<'t, T>(&mut self, some: &'t [T]) -> &'t T {
        &some[self.below(some.len())]
    }

    /// Up to `most` of some words with `between` them, or else all that is left as it comes.
    pub fn words_or_text(mut self, words: &[&str], most: usize, between: &str) -> String {
        if self.below(2) == 1 {
            return String::from_utf8_lossy(self.rest()).into_owned();
        }
        let mut chosen = vec![];
        while !self.are_over() && chosen.len() < most {
            chosen.push(*self.one_of(words));
        }
        chosen.join(between)
    }

    /// Up to `most` characters as they come.
    pub fn text(&mut self, most: usize) -> String {
        let length = self.below(most + 1).min(self.bytes.len());
        let (text, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    /// All bytes that are left.
    pub fn rest(self) -> &'a [u8] {
        self.bytes
    }

    fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                *first
            }
            None => 0,
        }
    }
}
