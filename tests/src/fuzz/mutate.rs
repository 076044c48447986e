//! Mutations of a corpus: the plain driver's part of what a fuzzer does.

use super::Target;
use std::path::{Path, PathBuf};

/// Where the seeds and finds of a target lie.
pub fn corpus(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target.name)
}

/// Makes inputs out of a corpus; the same seed makes the same ones.
#[derive(Debug, Clone)]
pub struct Mutator {
    state: u64,
    inputs: Vec<Vec<u8>>,
    words: &'static [&'static str],
}

/// The longest input that is made, in bytes.
const LONGEST: usize = 64 << 10;

impl Mutator {
    /// Reads the corpus of a target.
    ///
    /// # Errors
    /// What reading its folder or a file says.
    pub fn new(target: &Target, seed: u64) -> std::io::Result<Self> {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(corpus(target))?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<_>>()?;
        paths.sort();
        let mut inputs = paths.into_iter().map(std::fs::read).collect::<std::io::Result<Vec<_>>>()?;
        inputs.push(vec![]);
        Ok(Self { state: seed, inputs, words: target.words })
    }

    /// The inputs as they lie in the corpus.
    pub fn inputs(&self) -> &[Vec<u8>] {
        &self.inputs
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let which = self.below(self.inputs.len());
        let mut input = self.inputs[which].clone();
        for _ in 0..=self.below(6) {
            self.mutate(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = at + self.below(input.len() - at + 1).min(64);
        match self.below(8) {
            0 => drop(input.drain(at..end)),
            1 if at < input.len() => input[at] ^= 1 << self.below(8),
            2 if at < input.len() => input[at] = self.odd_byte(),
            3 => {
                let piece = input[at..end].to_vec();
                let to = self.below(input.len() + 1);
                input.splice(to..to, piece);
            }
            4 => {
                let other = self.below(self.inputs.len());
                let from = self.below(self.inputs[other].len() + 1);
                let tail = self.inputs[other][from..].to_vec();
                input.truncate(at);
                input.extend(tail);
            }
            5 | 6 if !self.words.is_empty() => {
                let word = self.words[self.below(self.words.len())];
                input.splice(at..at, word.bytes());
            }
            _ => {
                let count = self.below(24);
                let noise: Vec<u8> = (0..count).map(|_| self.odd_byte()).collect();
                input.splice(at..at, noise);
            }
        }
    }

    fn odd_byte(&mut self) -> u8 {
        const ODD: &[u8] = b"\0\x01\x7f\x80\xff\n\r\t \"'$`\\{}[]()<>|&;:/.,=-_@#%+*?!0129azAZ";
        if self.below(3) == 0 { self.below(256) as u8 } else { ODD[self.below(ODD.len())] }
    }

    /// A number below `n` by SplitMix64.
    fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}
