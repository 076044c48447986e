//! From the tree of a script to the operations of the machine.

mod assign;
mod code;
mod comprehension;
mod expressions;
mod matching;
mod names;
mod statements;

pub use code::{Code, Op};

use super::syntax::ast::{Expr, Func, Name, Span, Stmt};
use super::syntax::{Parsed, Trouble};
use names::Names;
use std::collections::BTreeSet;

/// What is compiled: a module, one expression, one line of the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Mode {
    Module,
    Expression,
    /// As a module, but values of expressions are shown.
    Prompt,
}

/// What has to be undone where a jump leaves a part of the script.
#[derive(Debug, Clone)]
enum Around {
    /// Where `continue` goes, the jumps of `break` to be told, whether an iterator is on the stack.
    Loop { again: u32, breaks: Vec<usize>, iterator: bool },
    Try,
    Finally(Vec<Stmt>),
    /// Within a handler; the name to forget.
    Handler(Option<Name>),
    /// Within `finally` after an exception, which lies on the stack.
    Failing,
    With(bool),
}

/// A function being compiled.
struct Unit {
    code: Code,
    names: Names,
    around: Vec<Around>,
    /// Jumps of `break` out of loops whose `else` is being compiled.
    pending: Vec<Vec<usize>>,
    span: Span,
    is_class: bool,
    is_function: bool,
}

/// The compiler: functions within functions, and the codes that are done.
pub struct Compiler {
    units: Vec<Unit>,
    /// Finished codes; the first number is `base`.
    codes: Vec<Code>,
    base: u32,
    mode: Mode,
    statements: u32,
    /// Which text this comes from.
    source: u32,
}

/// Compiles a tree; the last code is the whole's. Codes are numbered from `base`.
pub fn compile(body: &[Stmt], mode: Mode, source: u32, base: u32) -> Parsed<Vec<Code>> {
    let mut compiler = Compiler { units: vec![], codes: vec![], base, mode, statements: 0, source };
    let names = names::of_module();
    compiler.enter("<module>".into(), names, 1, false);
    compiler.unit().is_function = false;
    compiler.docstring(body);
    compiler.body(body)?;
    compiler.finish_none();
    compiler.leave();
    Ok(compiler.codes)
}

/// Compiles an expression.
pub fn compile_expression(expr: &Expr, source: u32, base: u32) -> Parsed<Vec<Code>> {
    let mut compiler = Compiler { units: vec![], codes: vec![], base, mode: Mode::Expression, statements: 0, source };
    compiler.enter("<module>".into(), names::of_module(), 1, false);
    compiler.unit().is_function = false;
    compiler.expr(expr)?;
    compiler.emit(Op::Return);
    compiler.leave();
    Ok(compiler.codes)
}

impl Compiler {
    fn unit(&mut self) -> &mut Unit {
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    fn enter(&mut self, name: Name, names: Names, line: u32, is_class: bool) {
        let outer = self.units.last().filter(|u| &*u.code.name != "<module>");
        let qualified = match outer {
            Some(u) if u.is_class => format!("{}.{name}", u.code.qualified).into(),
            Some(u) => format!("{}.<locals>.{name}", u.code.qualified).into(),
            None => name.clone(),
        };
        let code = Code { name, qualified, source: self.source, line, ..Code::default() };
        let span = Span { line, end_line: line, ..Span::default() };
        self.units.push(Unit { code, names, around: vec![], pending: vec![], span, is_class, is_function: !is_class });
    }

    /// Ends the innermost function and gives its number.
    fn leave(&mut self) -> u32 {
        if let Some(unit) = self.units.pop() {
            self.codes.push(unit.code);
        }
        self.base + self.codes.len() as u32 - 1
    }

    fn finish_none(&mut self) {
        self.emit(Op::None);
        self.emit(Op::Return);
    }

    fn emit(&mut self, op: Op) -> usize {
        let unit = self.unit();
        unit.code.ops.push(op);
        unit.code.spans.push(unit.span);
        unit.code.ops.len() - 1
    }

    fn here(&mut self) -> u32 {
        self.unit().code.ops.len() as u32
    }

    /// Makes the jump at `at` come here.
    fn patch(&mut self, at: usize) {
        let here = self.here();
        if let Some(op) = self.unit().code.ops.get_mut(at) {
            op.set_target(here);
        }
    }

    fn at<T>(&mut self, span: Span, run: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let before = std::mem::replace(&mut self.unit().span, span);
        let result = run(self);
        self.unit().span = before;
        result
    }

    fn bad<T>(&mut self, span: Span, message: impl Into<String>) -> Parsed<T> {
        let (line, column) = (span.line, span.column + 1);
        let end = span.end_column.max(span.column + 1) + 1;
        Err(Trouble::Bad { kind: "SyntaxError", message: message.into(), line, column, end })
    }

    fn name_index(&mut self, name: &Name) -> u32 {
        index_of(&mut self.unit().code.names, name)
    }

    /// Names of functions around this one, from the innermost; classes have none.
    fn bound_outside(&self, name: &str) -> bool {
        let outer = self.units.split_last().map_or(&[][..], |(_, rest)| rest);
        outer.iter().rev().any(|u| !u.is_class && !u.names.module && u.names.bound.contains(name))
    }

    /// The closure of the innermost unit: names of functions around that it or those within it use.
    fn close_over(&mut self, free: &BTreeSet<Name>) {
        let free: Vec<Name> = free.iter().filter(|n| self.captured_outside(n)).cloned().collect();
        self.unit().code.free = free;
    }

    fn captured_outside(&self, name: &str) -> bool {
        let class_cell = name == "__class__" && self.units.iter().any(|u| u.is_class);
        class_cell || self.bound_outside(name)
    }

    /// Compiles a function's body and emits what makes the function; its defaults are on the stack.
    fn function(&mut self, func: &Func, names: Names, defaults: bool, keyword_defaults: bool) -> Parsed<()> {
        let free = names.free.clone();
        let locals = names.parameters.clone();
        self.enter(func.name.clone(), names, func.line, false);
        self.close_over(&free);
        let unit = self.unit();
        unit.code.locals = locals;
        unit.code.params = func.params.len();
        unit.code.positional_only = func.positional_only;
        unit.code.keyword_only = func.keyword_only.len();
        unit.code.star = func.star.is_some();
        unit.code.double_star = func.double_star.is_some();
        unit.code.is_async = func.is_async;
        unit.code.is_generator = unit.names.yields || func.is_async;
        unit.code.yields = unit.names.yields;
        self.make_cells();
        if &*func.name != "<lambda>" {
            self.docstring(&func.body);
        }
        self.body(&func.body)?;
        self.finish_none();
        self.make_function(defaults, keyword_defaults);
        Ok(())
    }

    /// Cells for the names that functions within this one use.
    fn make_cells(&mut self) {
        let unit = self.unit();
        unit.code.cells = unit.names.cells.iter().cloned().collect();
        let cells = unit.code.cells.clone();
        for (cell, name) in cells.iter().enumerate() {
            if let Some(local) = unit.code.locals.iter().position(|l| l == name) {
                unit.code.cell_arguments.push((cell as u32, local as u32));
            }
        }
    }

    fn make_function(&mut self, defaults: bool, keyword_defaults: bool) {
        let free = self.unit().code.free.clone();
        let code = self.leave();
        for name in &free {
            let cell = self.cell_index(name);
            self.emit(Op::LoadCell(cell));
        }
        self.emit(Op::MakeFunction { code, closure: free.len() as u32, defaults, keyword_defaults });
    }

    /// Where a name's cell is: own cells first, then those of the closure.
    fn cell_index(&mut self, name: &str) -> u32 {
        let unit = self.unit();
        let own = unit.code.cells.iter().position(|c| &**c == name);
        let free = || unit.code.free.iter().position(|c| &**c == name).map(|i| i + unit.code.cells.len());
        own.or_else(free).unwrap_or(0) as u32
    }

    fn docstring(&mut self, body: &[Stmt]) {
        use super::syntax::ast::{Const, Do, Kind};
        if let Some(Stmt { kind: Do::Expr(e), .. }) = body.first()
            && let Kind::Const(Const::Str(text)) = &e.kind
        {
            self.unit().code.doc = Some(text.clone());
        }
    }

    fn body(&mut self, body: &[Stmt]) -> Parsed<()> {
        body.iter().try_for_each(|statement| self.statement(statement))
    }
}

fn index_of(list: &mut Vec<Name>, name: &Name) -> u32 {
    let found = list.iter().position(|n| n == name).unwrap_or_else(|| {
        list.push(name.clone());
        list.len() - 1
    });
    found as u32
}
