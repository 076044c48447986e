//! Regular expressions of the language, by backtracking over a program: no recursion but for lookarounds, and a bound
//! on the steps.

/// How many steps a match may take.
const STEPS: u64 = 20_000_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Inst {
    Char(char),
    Any(bool),
    /// Ranges, negated.
    Class(Vec<(char, char)>, bool),
    /// The first way is tried first.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    Start(bool),
    End(bool),
    Word(bool),
    Back(usize),
    BackName(String),
    /// Ahead, negated, where it goes on.
    Look(bool, bool, usize),
    /// Notes the position before a repetition, and fails it where it did not move.
    Mark(usize),
    Moved(usize),
    Clear(usize, usize),
    Match,
}

/// A compiled expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Regex {
    pub program: Vec<Inst>,
    /// How many groups it has, the whole match among them.
    pub groups: usize,
    pub names: Vec<(String, usize)>,
    pub ignore_case: bool,
    pub marks: usize,
}

/// What a match found: byte ranges of the groups would not do, so positions in the characters.
pub type Groups = Vec<Option<(usize, usize)>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// In V8's words.
    Syntax(String),
    Missing(&'static str),
    TooLong,
}

impl Regex {
    /// The match that begins at or after `from`, or only there where `sticky`; what the search cost.
    pub fn find(&self, text: &[char], from: usize, sticky: bool) -> Result<(Option<Groups>, u64), Trouble> {
        let mut steps = 0;
        for start in from..=text.len() {
            let mut state =
                State { saves: vec![None; self.groups * 2], marks: vec![usize::MAX; self.marks], steps };
            let found = self.run(text, (0, start), &mut state, None)?;
            steps = state.steps;
            if found {
                let groups = state.saves.chunks(2).map(|pair| match pair {
                    [Some(a), Some(b)] => Some((*a, *b)),
                    _ => None,
                });
                return Ok((Some(groups.collect()), steps));
            }
            if sticky {
                break;
            }
        }
        Ok((None, steps))
    }

    fn same(&self, a: char, b: char) -> bool {
        a == b || self.ignore_case && fold(a) == fold(b)
    }

    fn in_class(&self, c: char, ranges: &[(char, char)]) -> bool {
        let within = |c: char| ranges.iter().any(|(a, b)| *a <= c && c <= *b);
        within(c) || self.ignore_case && (within(fold(c)) || c.to_uppercase().any(within))
    }

    fn run(
        &self,
        text: &[char],
        start: (usize, usize),
        state: &mut State,
        end: Option<usize>,
    ) -> Result<bool, Trouble> {
        let mut back: Vec<Undo> = vec![];
        let (mut pc, mut at) = start;
        loop {
            state.steps += 1;
            if state.steps > STEPS || back.len() > 4_000_000 {
                return Err(Trouble::TooLong);
            }
            let next = match &self.program[pc] {
                Inst::Match => {
                    if end.is_none_or(|end| end == at) {
                        return Ok(true);
                    }
                    None
                }
                Inst::Split(a, b) => {
                    back.push(Undo::Go(*b, at));
                    Some((*a, at))
                }
                Inst::Save(slot) => {
                    back.push(Undo::Save(*slot, state.saves[*slot]));
                    state.saves[*slot] = Some(at);
                    Some((pc + 1, at))
                }
                Inst::Clear(from, to) => {
                    for slot in *from..*to {
                        back.push(Undo::Save(slot, state.saves[slot]));
                        state.saves[slot] = None;
                    }
                    Some((pc + 1, at))
                }
                Inst::Mark(slot) => {
                    back.push(Undo::Mark(*slot, state.marks[*slot]));
                    state.marks[*slot] = at;
                    Some((pc + 1, at))
                }
                Inst::Moved(slot) => (state.marks[*slot] != at).then_some((pc + 1, at)),
                Inst::Look(ahead, negated, after) => {
                    let found = self.look(text, (pc + 1, at), *ahead, state, &mut back)?;
                    (found != *negated).then_some((*after, at))
                }
                inst => self.simple(inst, text, pc, at, &state.saves),
            };
            match next {
                Some(next) => (pc, at) = next,
                None => match undo(&mut back, state) {
                    Some(next) => (pc, at) = next,
                    None => return Ok(false),
                },
            }
        }
    }

    fn look(
        &self,
        text: &[char],
        (pc, at): (usize, usize),
        ahead: bool,
        state: &mut State,
        back: &mut Vec<Undo>,
    ) -> Result<bool, Trouble> {
        let before = state.saves.clone();
        let starts: Vec<usize> = if ahead { vec![at] } else { (0..=at).rev().collect() };
        for start in starts {
            let end = if ahead { None } else { Some(at) };
            if self.run(text, (pc, start), state, end)? {
                for (slot, old) in before.iter().enumerate() {
                    back.push(Undo::Save(slot, *old));
                }
                return Ok(true);
            }
        }
        state.saves = before;
        Ok(false)
    }

    fn simple(
        &self,
        inst: &Inst,
        text: &[char],
        pc: usize,
        at: usize,
        saves: &[Option<usize>],
    ) -> Option<(usize, usize)> {
        let here = text.get(at).copied();
        let ends_line = |c: char| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
        let word = |at: Option<usize>| {
            at.and_then(|i| text.get(i)).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_')
        };
        let step = |yes: bool| yes.then_some((pc + 1, at + 1));
        let stay = |yes: bool| yes.then_some((pc + 1, at));
        match inst {
            Inst::Char(c) => step(here.is_some_and(|h| self.same(h, *c))),
            Inst::Any(all) => step(here.is_some_and(|h| *all || !ends_line(h))),
            Inst::Class(ranges, negated) => step(here.is_some_and(|h| self.in_class(h, ranges) != *negated)),
            Inst::Jump(to) => Some((*to, at)),
            Inst::Start(multi) => stay(at == 0 || *multi && ends_line(text[at - 1])),
            Inst::End(multi) => stay(at == text.len() || *multi && here.is_some_and(ends_line)),
            Inst::Word(wanted) => stay((word(at.checked_sub(1)) != word(Some(at))) == *wanted),
            Inst::Back(group) => self.back(text, pc, at, saves, *group),
            Inst::BackName(name) => {
                let group = self.names.iter().find(|(n, _)| n == name).map_or(0, |(_, g)| *g);
                self.back(text, pc, at, saves, group)
            }
            _ => None,
        }
    }

    fn back(
        &self,
        text: &[char],
        pc: usize,
        at: usize,
        saves: &[Option<usize>],
        group: usize,
    ) -> Option<(usize, usize)> {
        let (Some(Some(from)), Some(Some(to))) = (saves.get(group * 2), saves.get(group * 2 + 1)) else {
            return Some((pc + 1, at));
        };
        let wanted = text.get(*from..*to)?;
        let found = text.get(at..at + wanted.len())?;
        wanted.iter().zip(found).all(|(a, b)| self.same(*a, *b)).then_some((pc + 1, at + wanted.len()))
    }
}

#[derive(Debug)]
enum Undo {
    Go(usize, usize),
    Save(usize, Option<usize>),
    Mark(usize, usize),
}

/// Where a match stands: the groups, the marks of repetitions, the work done.
struct State {
    saves: Vec<Option<usize>>,
    marks: Vec<usize>,
    steps: u64,
}

fn undo(back: &mut Vec<Undo>, state: &mut State) -> Option<(usize, usize)> {
    loop {
        match back.pop()? {
            Undo::Go(pc, at) => return Some((pc, at)),
            Undo::Save(slot, old) => state.saves[slot] = old,
            Undo::Mark(slot, old) => state.marks[slot] = old,
        }
    }
}

fn fold(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}
