//! The order of a module's functions: those that look alike stand together, where gzip, which looks back 32 kB, finds
//! them. The functions are halved again and again, each time so that what occurs in one half occurs little in the other
//! (Dhulipala and others, "Compressing graphs and indexes with recursive graph bisection", 2016).

use std::collections::BTreeMap;
use walrus::Module;
use wasmparser::{Parser, Payload};

/// How many bytes of code in a row are a trait of a function.
const WINDOW: usize = 8;
/// A trait of more functions than one of so many tells nothing.
const COMMON: usize = 8;
/// How often two halves exchange functions at most.
const EXCHANGES: usize = 16;
/// So few functions stay in the order they came in.
const FEW: usize = 4;

/// Names the functions of a module so that by name they are in order of likeness.
///
/// # Errors
/// What is no module.
pub fn name(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("ordering the module: {error:#}");
    let mut bodies = vec![];
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::CodeSectionEntry(body) = payload.map_err(|error| failed(&error))? {
            bodies.push(&bytes[body.range()]);
        }
    }
    let mut module = Module::from_buffer(bytes).map_err(|error| failed(&error))?;
    let ids: Vec<_> = module.funcs.iter_local().map(|(id, _)| id).collect();
    for (place, number) in order(&bodies).into_iter().enumerate() {
        module.funcs.get_mut(ids[number]).name = Some(format!("{place:06}"));
    }
    Ok(module.emit_wasm())
}

/// The numbers of the functions in order of likeness.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let (traits, count) = traits(bodies);
    let mut order: Vec<usize> = (0..bodies.len()).collect();
    let mut halves = Halves { traits: &traits, left: vec![0; count], right: vec![0; count] };
    halves.divide(&mut order);
    order
}

/// What the functions have in common with others, by numbers, and how many numbers there are.
fn traits(bodies: &[&[u8]]) -> (Vec<Vec<usize>>, usize) {
    let windows = |body: &'_ [u8]| {
        let mut windows: Vec<u64> = body
            .windows(WINDOW)
            .map(|window| window.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
            .collect();
        windows.sort_unstable();
        windows.dedup();
        windows
    };
    let mut functions = BTreeMap::new();
    for body in bodies {
        windows(body).into_iter().for_each(|window| *functions.entry(window).or_insert(0) += 1);
    }
    let most = bodies.len() / COMMON;
    functions.retain(|_, count| (2..most).contains(count));
    let numbers: BTreeMap<u64, usize> = functions.into_keys().zip(0..).collect();
    let of = |body: &&[u8]| windows(body).iter().filter_map(|window| numbers.get(window).copied()).collect();
    (bodies.iter().map(of).collect(), numbers.len())
}

/// Two halves of some functions: how many in each have a trait.
struct Halves<'a> {
    traits: &'a [Vec<usize>],
    left: Vec<u32>,
    right: Vec<u32>,
}

impl Halves<'_> {
    fn divide(&mut self, functions: &mut [usize]) {
        if functions.len() <= FEW {
            return;
        }
        let middle = functions.len() / 2;
        self.count(functions, middle, |count| *count += 1);
        for _ in 0..EXCHANGES {
            if !self.exchange(functions, middle) {
                break;
            }
        }
        self.count(functions, middle, |count| *count = 0);
        let (left, right) = functions.split_at_mut(middle);
        self.divide(left);
        self.divide(right);
    }

    fn count(&mut self, functions: &[usize], middle: usize, change: impl Fn(&mut u32)) {
        for (place, function) in functions.iter().enumerate() {
            let half = if place < middle { &mut self.left } else { &mut self.right };
            self.traits[*function].iter().for_each(|number| change(&mut half[*number]));
        }
    }

    /// Exchanges the pairs that are better off; false where there is none.
    fn exchange(&mut self, functions: &mut [usize], middle: usize) -> bool {
        let gains = |places: std::ops::Range<usize>, from: &[u32], to: &[u32]| {
            let gain = |place: usize| {
                let of = |number: &usize| gain(from[*number], to[*number]);
                self.traits[functions[place]].iter().map(of).sum::<f32>()
            };
            let mut gains: Vec<(f32, usize)> = places.map(|place| (gain(place), place)).collect();
            gains.sort_by(|(one, _), (other, _)| other.total_cmp(one));
            gains
        };
        let lefts = gains(0..middle, &self.left, &self.right);
        let rights = gains(middle..functions.len(), &self.right, &self.left);
        let better = lefts.into_iter().zip(rights).take_while(|((one, _), (other, _))| one + other > 0.0);
        let pairs: Vec<(usize, usize)> = better.map(|((_, one), (_, other))| (one, other)).collect();
        for (one, other) in &pairs {
            for number in &self.traits[functions[*one]] {
                self.left[*number] -= 1;
                self.right[*number] += 1;
            }
            for number in &self.traits[functions[*other]] {
                self.left[*number] += 1;
                self.right[*number] -= 1;
            }
            functions.swap(*one, *other);
        }
        !pairs.is_empty()
    }
}

/// What is gained where a function with a trait leaves a half where so many have it for one where so many do.
fn gain(from: u32, to: u32) -> f32 {
    let worth = |count: u32| count as f32 * (count as f32 + 1.0).log2();
    worth(from - 1) + worth(to + 1) - worth(from) - worth(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together() {
        let kind = |kind: u8| (0..40_u8).map(|at| at.wrapping_mul(kind * 2 + 1)).collect::<Vec<u8>>();
        let kinds: Vec<Vec<u8>> = (0..32).map(kind).collect();
        let bodies: Vec<&[u8]> = (0..512).map(|n| kinds[(n * n / 7 + n) % 32].as_slice()).collect();
        let changes =
            |order: &[usize]| order.windows(2).filter(|pair| bodies[pair[0]] != bodies[pair[1]]).count();
        let (before, after) = (changes(&(0..512).collect::<Vec<_>>()), changes(&order(&bodies)));
        assert!(after * 3 < before, "of {before} neighbours of different kinds {after} are left");
    }
}
