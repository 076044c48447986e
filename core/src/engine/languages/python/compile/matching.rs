//! `match`: patterns as tests with jumps. While a pattern is tried its subject is on top of the stack.

use super::{Compiler, Op};
use crate::engine::languages::python::syntax::Parsed;
use crate::engine::languages::python::syntax::ast::{Case, Class, CmpOp, Expr, Name, Pattern};

impl Compiler {
    pub(super) fn matching(&mut self, subject: &Expr, cases: &[Case]) -> Parsed<()> {
        self.expr(subject)?;
        let mut ends = vec![];
        for case in cases {
            let mut fails = vec![];
            self.emit(Op::Dup);
            self.pattern(&case.pattern, &mut fails)?;
            if let Some(guard) = &case.guard {
                self.expr(guard)?;
                let next = self.emit(Op::JumpIfFalse(0));
                self.emit(Op::Pop);
                self.body(&case.body)?;
                ends.push(self.emit(Op::Jump(0)));
                self.patch_fails(fails);
                self.patch(next);
            } else {
                self.emit(Op::Pop);
                self.body(&case.body)?;
                ends.push(self.emit(Op::Jump(0)));
                self.patch_fails(fails);
            }
        }
        self.emit(Op::Pop);
        ends.into_iter().for_each(|end| self.patch(end));
        Ok(())
    }

    /// Failed tests have left this many values above the subject of the whole: each is popped on its way.
    fn patch_fails(&mut self, fails: Vec<(usize, u32)>) {
        if fails.is_empty() {
            return;
        }
        let over = self.emit(Op::Jump(0));
        let deepest = fails.iter().map(|(_, extra)| *extra).max().unwrap_or(0);
        for extra in (1..=deepest).rev() {
            fails.iter().filter(|(_, e)| *e == extra).for_each(|(at, _)| self.patch(*at));
            self.emit(Op::Pop);
        }
        fails.iter().filter(|(_, e)| *e == 0).for_each(|(at, _)| self.patch(*at));
        self.patch(over);
    }

    /// Tries a pattern on the value on top, which is gone afterwards. `fails` are jumps taken where it does
    /// not fit, with the number of values that are then above the subject of the whole.
    fn pattern(&mut self, pattern: &Pattern, fails: &mut Vec<(usize, u32)>) -> Parsed<()> {
        self.sub_pattern(pattern, fails, 0)
    }

    /// As `pattern`, with `extra` values between the subject of the whole and the one on top.
    fn sub_pattern(&mut self, pattern: &Pattern, fails: &mut Vec<(usize, u32)>, extra: u32) -> Parsed<()> {
        match pattern {
            Pattern::Value(value) => {
                self.expr(value)?;
                self.emit(Op::Compare(CmpOp::Eq));
                fails.push((self.emit(Op::JumpIfFalse(0)), extra));
            }
            Pattern::Same(value) => {
                self.expr(value)?;
                self.emit(Op::Compare(CmpOp::Is));
                fails.push((self.emit(Op::JumpIfFalse(0)), extra));
            }
            Pattern::Capture(Some(name)) => self.store(name),
            Pattern::Capture(None) => self.plain(Op::Pop),
            Pattern::As(inner, name) => {
                self.emit(Op::Dup);
                self.sub_pattern(inner, fails, extra + 1)?;
                self.store(name);
            }
            Pattern::Or(choices) => {
                let mut done = vec![];
                for choice in choices {
                    let mut here = vec![];
                    self.emit(Op::Dup);
                    self.sub_pattern(choice, &mut here, 0)?;
                    done.push(self.emit(Op::Jump(0)));
                    self.patch_fails(here);
                }
                fails.push((self.emit(Op::Jump(0)), extra + 1));
                done.into_iter().for_each(|at| self.patch(at));
                self.emit(Op::Pop);
            }
            Pattern::Sequence(items, star) => {
                let fixed = items.len() - usize::from(star.is_some());
                self.emit(Op::MatchSequence(fixed as u32, star.is_some()));
                fails.push((self.emit(Op::JumpIfFalse(0)), extra + 1));
                match star {
                    Some(at) => self.emit(Op::UnpackStar(*at as u32, (items.len() - at - 1) as u32)),
                    None => self.emit(Op::Unpack(items.len() as u32)),
                };
                self.parts(items.iter(), fails, extra)?;
            }
            Pattern::Mapping(pairs, rest) => self.mapping(pairs, rest.as_ref(), fails, extra)?,
            Pattern::Class(class, plain, named) => {
                self.expr(class)?;
                let keywords = &mut self.unit().code.keywords;
                keywords.push(named.iter().map(|(n, _)| n.clone()).collect());
                let names = keywords.len() as u32 - 1;
                self.emit(Op::MatchClass(plain.len() as u32, names));
                fails.push((self.emit(Op::JumpIfFalse(0)), extra + 1));
                self.emit(Op::Unpack((plain.len() + named.len()) as u32));
                self.parts(plain.iter().chain(named.iter().map(|(_, p)| p)), fails, extra)?;
            }
        }
        Ok(())
    }

    /// Patterns for the values that lie on the stack, the first on top.
    fn parts<'p>(
        &mut self,
        parts: impl Iterator<Item = &'p Pattern>,
        fails: &mut Vec<(usize, u32)>,
        extra: u32,
    ) -> Parsed<()> {
        let parts: Vec<&Pattern> = parts.collect();
        for (at, part) in parts.iter().enumerate() {
            let left = (parts.len() - at - 1) as u32;
            self.sub_pattern(part, fails, extra + left)?;
        }
        Ok(())
    }

    fn mapping(
        &mut self,
        pairs: &[(Expr, Pattern)],
        rest: Option<&Name>,
        fails: &mut Vec<(usize, u32)>,
        extra: u32,
    ) -> Parsed<()> {
        self.emit(Op::MatchMapping);
        fails.push((self.emit(Op::JumpIfFalse(0)), extra + 1));
        pairs.iter().try_for_each(|(key, _)| self.expr(key))?;
        self.emit(Op::BuildTuple(pairs.len() as u32));
        self.emit(Op::MatchKeys);
        fails.push((self.emit(Op::JumpIfFalse(0)), extra + 3));
        match rest {
            Some(name) => {
                self.emit(Op::MatchRest);
                self.store(name);
            }
            None => {
                self.emit(Op::Rot3);
                self.emit(Op::Pop);
                self.emit(Op::Pop);
            }
        }
        self.emit(Op::Unpack(pairs.len() as u32));
        self.parts(pairs.iter().map(|(_, p)| p), fails, extra)
    }

    /// The bases and keywords of a class, as a list and a dictionary.
    pub(super) fn class_arguments(&mut self, class: &Class) -> Parsed<()> {
        self.positional(&class.args)?;
        self.named(&class.args)?;
        Ok(())
    }
}
