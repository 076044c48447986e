//! `tsort [FILE]`: an order in which each word comes before what the pairs of FILE put behind it.
//!
//! Exit status: 0; 1 for a loop, which is broken at one of its words, or an odd number of words.

use super::input::read_with;
use super::opts::{Spec, parse, usage_error};
use crate::kernel::{Applet, Flavor, Stop, Sys};
use std::collections::{BTreeMap, VecDeque};

/// `tsort`.
pub const APPLETS: &[Applet] = &[Applet::main("tsort", main)];

const SPEC: Spec = Spec::new("", &[], "[FILE]", "Topological sort");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    if let Some(extra) = options.operands.get(1) {
        return Err(usage_error(sys, &SPEC, &format!("extra operand '{extra}'")));
    }
    let name = options.operands.first().map_or("-", String::as_str).to_string();
    let (inputs, failed) = read_with(sys, &options.operands, |_: Flavor, name, e| format!("{name}: {}", e.text()))?;
    let data: Vec<u8> = inputs.into_iter().flat_map(|input| input.data).collect();
    let text = String::from_utf8_lossy(&data);
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() % 2 == 1 {
        sys.complain(&format!("{name}: input contains an odd number of tokens"));
        return Ok(1);
    }
    // How many words come before each, and which behind it, the last that was named first.
    let mut all: BTreeMap<&str, (usize, VecDeque<&str>)> = BTreeMap::new();
    for pair in words.chunks_exact(2) {
        all.entry(pair[1]).or_default();
        all.entry(pair[0]).or_default();
        if pair[0] != pair[1] {
            all.entry(pair[0]).or_default().1.push_front(pair[1]);
            all.entry(pair[1]).or_default().0 += 1;
        }
    }
    let mut ready: VecDeque<&str> = all.iter().filter(|(_, (before, _))| *before == 0).map(|(word, _)| *word).collect();
    let mut code = i32::from(failed);
    while !all.is_empty() {
        let Some(word) = ready.pop_front() else {
            let around = cycle(&all);
            sys.complain(&format!("{name}: input contains a loop:"));
            around.iter().for_each(|word| sys.complain(word));
            code = 1;
            ready.extend(around.first());
            continue;
        };
        let Some((_, behind)) = all.remove(word) else { continue };
        sys.print(&format!("{word}\n"));
        for next in behind {
            if let Some((before, _)) = all.get_mut(next) {
                *before -= 1;
                if *before == 0 {
                    ready.push_back(next);
                }
            }
        }
    }
    Ok(code)
}

/// The words of a loop, where each word that is left has one before it.
fn cycle<'a>(all: &BTreeMap<&'a str, (usize, VecDeque<&'a str>)>) -> Vec<&'a str> {
    let before = |word: &str| all.iter().find(|(_, (_, behind))| behind.contains(&word)).map(|(word, _)| *word);
    let mut path: Vec<&str> = all.keys().next().copied().into_iter().collect();
    while let Some(previous) = path.last().and_then(|word| before(word)) {
        if let Some(at) = path.iter().position(|word| *word == previous) {
            let mut around = path.split_off(at);
            around[1..].reverse();
            return around;
        }
        path.push(previous);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn words_are_put_in_order() {
        check(
            &mut bed(),
            &[
                ("tsort", "a b c d e f b c d e", "a\nb\nc\nd\ne\nf\n"),
                ("tsort", "shirt tie tie jacket shoes shoes", "shirt\nshoes\ntie\njacket\n"),
                ("tsort", "a b c", "! tsort: -: input contains an odd number of tokens\n= 1\n"),
                ("tsort", "a b b a", "a\nb\n! tsort: -: input contains a loop:\n! tsort: a\n! tsort: b\n= 1\n"),
            ],
        );
    }
}
