//! Comprehensions: functions that are called at once with what they go through.

use super::{Compiler, Op, names};
use crate::engine::languages::python::syntax::Parsed;
use crate::engine::languages::python::syntax::ast::{CompFor, Expr, Makes};

/// What a comprehension is: what it makes, its element (or key), the value of a dictionary, its loops.
pub struct Comp<'a> {
    pub makes: Makes,
    pub element: &'a Expr,
    pub value: Option<&'a Expr>,
    pub loops: &'a [CompFor],
}

impl Compiler {
    pub(super) fn comprehension(&mut self, comp: &Comp<'_>, span: crate::engine::languages::python::syntax::ast::Span) -> Parsed<()> {
        let names = names::of_comprehension(comp.makes, comp.element, comp.value, comp.loops);
        let name = match comp.makes {
            Makes::List => "<listcomp>",
            Makes::Set => "<setcomp>",
            Makes::Dict => "<dictcomp>",
            Makes::Generator => "<genexpr>",
        };
        let (free, locals) = (names.free.clone(), names.parameters.clone());
        self.enter(name.into(), names, span.line, false);
        self.close_over(&free);
        let unit = self.unit();
        unit.span = span;
        unit.code.locals = locals;
        unit.code.params = 1;
        unit.code.is_generator = comp.makes == Makes::Generator;
        unit.code.yields = unit.code.is_generator;
        unit.code.is_comprehension = comp.makes != Makes::Generator;
        self.make_cells();
        match comp.makes {
            Makes::List => self.emit(Op::BuildList(0)),
            Makes::Set => self.emit(Op::BuildSet(0)),
            Makes::Dict => self.emit(Op::BuildDict(0)),
            Makes::Generator => 0,
        };
        self.turn(comp, 0)?;
        if comp.makes == Makes::Generator {
            self.emit(Op::None);
        }
        self.emit(Op::Return);
        self.make_function(false, false);
        let Some(first) = comp.loops.first() else { return Ok(()) };
        self.expr(&first.iter)?;
        self.at(first.iter.span, |c| Ok(c.emit(Op::GetIter)))?;
        self.emit(Op::Call(1));
        Ok(())
    }

    fn turn(&mut self, comp: &Comp<'_>, at: usize) -> Parsed<()> {
        let Some(part) = comp.loops.get(at) else { return self.element(comp) };
        if at == 0 {
            self.emit(Op::LoadFast(0));
        } else {
            self.expr(&part.iter)?;
            self.emit(Op::GetIter);
        }
        let again = self.here();
        let end = self.emit(Op::ForIter(0));
        self.assign(&part.target)?;
        for condition in &part.conditions {
            self.expr(condition)?;
            self.emit(Op::JumpIfFalse(again));
        }
        self.turn(comp, at + 1)?;
        self.emit(Op::Jump(again));
        self.patch(end);
        Ok(())
    }

    fn element(&mut self, comp: &Comp<'_>) -> Parsed<()> {
        self.expr(comp.element)?;
        let depth = comp.loops.len() as u32;
        match (comp.makes, comp.value) {
            (Makes::List, _) => self.emit(Op::ListAppend(depth)),
            (Makes::Set, _) => self.emit(Op::SetAdd(depth)),
            (Makes::Dict, value) => {
                if let Some(value) = value {
                    self.expr(value)?;
                }
                self.emit(Op::DictAdd(depth))
            }
            (Makes::Generator, _) => {
                self.emit(Op::Yield);
                self.emit(Op::Pop)
            }
        };
        Ok(())
    }
}
