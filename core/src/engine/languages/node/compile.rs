//! From trees to instructions: scopes and functions. Statements, expressions and patterns have files of their own.

use super::ast::{Binding, Func, Name, Pattern, Shape, Stmt, StmtKind};
use super::code::{Code, Compiled, Constant, Op};
use super::declared::{declared_functions, names, var_names};
use super::lexer::Fault;
use super::parser::Goal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Names that every function but an arrow has for itself.
const OWN: [&str; 4] = ["this", "arguments", "new.target", "super"];

pub type Done = Result<(), Fault>;

/// How deep trees may be.
const DEPTH: u32 = 400;

/// A variable of a scope.
#[derive(Debug, Clone)]
pub struct Var {
    pub slot: u16,
    pub cell: bool,
    /// Cannot be assigned to.
    pub constant: bool,
    /// May be read before its declaration has run.
    pub check: bool,
    /// It stands for a member of a module: the slot holds the module.
    pub member: Option<Name>,
    /// An assignment does nothing: the name of a function expression.
    pub fixed: bool,
}

/// Where a name leads.
#[derive(Debug, Clone)]
pub enum Found {
    Local(Var),
    Up(u16, Var),
    Global,
}

/// What `break` and `continue` and `return` meet on their way out.
#[derive(Debug, Clone)]
pub enum Exit {
    /// A loop, switch or labelled statement: labels, jumps to patch, and those of `continue` for a loop.
    Target {
        labels: Vec<Name>,
        breaks: Vec<usize>,
        continues: Option<Vec<usize>>,
        plain: bool,
    },
    /// A `try` whose handler is in place.
    Handler,
    Finally(Vec<Stmt>),
    /// A `for…of` whose iterator is in a local.
    Iterator(u16),
}

#[derive(Debug, Default)]
pub struct FuncState {
    pub code: Code,
    pub scopes: Vec<BTreeMap<Name, Var>>,
    pub exits: Vec<Exit>,
    ups: BTreeMap<Name, (u16, Var)>,
    pub inner: BTreeSet<Name>,
    pub shape: Shape,
    pub is_async_generator: bool,
}

#[derive(Debug)]
pub struct Compiler {
    pub out: Compiled,
    texts: BTreeMap<Name, u32>,
    pub funcs: Vec<FuncState>,
    pub place: u32,
    pub goal: Goal,
    depth: u32,
    pub labels: Vec<Name>,
}

/// Compiles a text's function, which is the last of its codes.
pub fn compile(func: &Func, goal: Goal) -> Result<Compiled, Fault> {
    let mut compiler = Compiler {
        out: Compiled::default(),
        texts: BTreeMap::new(),
        funcs: vec![],
        place: 0,
        goal,
        depth: 0,
        labels: vec![],
    };
    compiler.function(func)?;
    Ok(compiler.out)
}

impl Compiler {
    pub fn state(&mut self) -> &mut FuncState {
        if self.funcs.is_empty() {
            self.funcs.push(FuncState::default());
        }
        let last = self.funcs.len() - 1;
        &mut self.funcs[last]
    }

    pub fn emit(&mut self, op: Op) -> usize {
        let place = self.place;
        let code = &mut self.state().code;
        code.ops.push(op);
        code.places.push(place);
        code.ops.len() - 1
    }

    /// An instruction that nothing jumps from.
    pub fn put(&mut self, op: Op) {
        self.emit(op);
    }

    pub fn here(&mut self) -> u32 {
        self.state().code.ops.len() as u32
    }

    /// Makes the jump at `at` lead here.
    pub fn patch(&mut self, at: usize) {
        let here = self.here();
        self.patch_to(at, here);
    }

    pub fn patch_to(&mut self, at: usize, to: u32) {
        let Some(op) = self.state().code.ops.get_mut(at) else { return };
        *op = match *op {
            Op::Jump(_) => Op::Jump(to),
            Op::JumpIfFalse(_) => Op::JumpIfFalse(to),
            Op::JumpIfTrue(_) => Op::JumpIfTrue(to),
            Op::JumpIfFalseKeep(_) => Op::JumpIfFalseKeep(to),
            Op::JumpIfTrueKeep(_) => Op::JumpIfTrueKeep(to),
            Op::JumpIfPresentKeep(_) => Op::JumpIfPresentKeep(to),
            Op::JumpIfNullish(_) => Op::JumpIfNullish(to),
            Op::JumpIfNullishCall(_) => Op::JumpIfNullishCall(to),
            Op::JumpIfDefinedKeep(_) => Op::JumpIfDefinedKeep(to),
            Op::Try(_) => Op::Try(to),
            Op::IterNext(slot, _) => Op::IterNext(slot, to),
            Op::IterUnpack(_) => Op::IterUnpack(to),
            other => other,
        };
    }

    pub fn text(&mut self, text: &Name) -> u32 {
        if let Some(at) = self.texts.get(text) {
            return *at;
        }
        let at = self.out.constants.len() as u32;
        self.out.constants.push(Constant::Str(text.clone()));
        self.texts.insert(text.clone(), at);
        at
    }

    pub fn deeper<X>(&mut self, run: impl FnOnce(&mut Self) -> Result<X, Fault>) -> Result<X, Fault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Fault::Missing("such long or deep expressions".into()));
        }
        let result = run(self);
        self.depth -= 1;
        result
    }

    pub fn slot(&mut self, name: &str) -> Result<u16, Fault> {
        let code = &mut self.state().code;
        if code.locals >= 60_000 {
            return Err(Fault::Missing("a function with so many variables".into()));
        }
        code.locals += 1;
        code.local_names.push(name.into());
        Ok(code.locals - 1)
    }

    pub fn captured(&mut self, name: &str) -> bool {
        self.state().inner.contains(name)
    }

    /// Declares a variable in the innermost scope; its cell, if it needs one, is made by the caller.
    pub fn declare(&mut self, name: &Name, constant: bool, check: bool) -> Result<Var, Fault> {
        let cell = self.captured(name);
        let slot = self.slot(name)?;
        let var = Var { slot, cell, constant, check, member: None, fixed: false };
        if let Some(scope) = self.state().scopes.last_mut() {
            scope.insert(name.clone(), var.clone());
        }
        Ok(var)
    }

    pub fn find(&mut self, name: &Name) -> Found {
        let level = self.funcs.len();
        self.find_from(level, name)
    }

    fn find_from(&mut self, level: usize, name: &Name) -> Found {
        let Some(state) = level.checked_sub(1).and_then(|l| self.funcs.get(l)) else { return Found::Global };
        if let Some(var) = state.scopes.iter().rev().find_map(|scope| scope.get(name)) {
            return Found::Local(var.clone());
        }
        // `this` and its kin belong to the innermost function that is no arrow.
        if OWN.contains(&&**name) && state.shape != Shape::Arrow {
            return Found::Global;
        }
        if let Some((at, var)) = state.ups.get(name) {
            return Found::Up(*at, var.clone());
        }
        let (from_local, at, var) = match self.find_from(level - 1, name) {
            Found::Local(var) => (true, var.slot, var),
            Found::Up(at, var) => (false, at, var),
            Found::Global => return Found::Global,
        };
        let state = &mut self.funcs[level - 1];
        let index = state.code.captures.len() as u16;
        state.code.captures.push((from_local, at));
        state.code.up_names.push(name.clone());
        state.ups.insert(name.clone(), (index, var.clone()));
        Found::Up(index, var)
    }

    /// `[] [value]`
    pub fn load(&mut self, name: &Name) -> Done {
        let found = self.find(name);
        self.load_found(name, &found);
        Ok(())
    }

    fn load_found(&mut self, name: &Name, found: &Found) {
        let (op, member) = match found {
            Found::Local(var) => {
                let op = match (var.cell, var.check) {
                    (true, true) => Op::CellCheck(var.slot),
                    (true, false) => Op::Cell(var.slot),
                    (false, true) => Op::LocalCheck(var.slot),
                    (false, false) => Op::Local(var.slot),
                };
                (op, var.member.clone())
            }
            Found::Up(at, var) => {
                (if var.check { Op::UpCheck(*at) } else { Op::Up(*at) }, var.member.clone())
            }
            Found::Global if &**name == "undefined" => (Op::Undefined, None),
            Found::Global => (Op::Global(self.text(name)), None),
        };
        self.emit(op);
        if let Some(member) = member {
            let at = self.text(&member);
            self.emit(Op::Get(at));
        }
    }

    /// `[value] []`
    pub fn store(&mut self, name: &Name) -> Done {
        let found = self.find(name);
        let var = match &found {
            Found::Local(var) | Found::Up(_, var) => Some(var.clone()),
            Found::Global => None,
        };
        if var.as_ref().is_some_and(|v| v.fixed) {
            self.emit(Op::Pop);
            return Ok(());
        }
        if var.as_ref().is_some_and(|v| v.constant || v.member.is_some()) {
            if var.is_some_and(|v| v.check) {
                self.load_found(name, &found);
                self.emit(Op::Pop);
            }
            let at = self.text(name);
            self.emit(Op::ConstAssigned(at));
            return Ok(());
        }
        let op = match found {
            Found::Local(var) => match (var.cell, var.check) {
                (true, true) => Op::SetCellCheck(var.slot),
                (true, false) => Op::SetCell(var.slot),
                (false, true) => Op::SetLocalCheck(var.slot),
                (false, false) => Op::SetLocal(var.slot),
            },
            Found::Up(at, var) => {
                if var.check {
                    Op::SetUpCheck(at)
                } else {
                    Op::SetUp(at)
                }
            }
            Found::Global => Op::SetGlobal(self.text(name)),
        };
        self.emit(op);
        Ok(())
    }

    /// `[value] []`: the first value of a declared variable.
    pub fn initialize(&mut self, name: &Name) -> Done {
        match self.find(name) {
            Found::Local(var) => {
                self.emit(if var.cell { Op::SetCell(var.slot) } else { Op::SetLocal(var.slot) });
                Ok(())
            }
            _ => self.store(name),
        }
    }

    /// Opens a scope with what its statements declare by `let`, `const`, `class` and `function`.
    pub fn open(&mut self, body: &[Stmt]) -> Done {
        self.state().scopes.push(BTreeMap::new());
        self.hoist(body)
    }

    fn hoist(&mut self, body: &[Stmt]) -> Done {
        let top = self.goal == Goal::Prompt && self.funcs.len() == 1 && self.state().scopes.len() <= 2;
        for stmt in body {
            let inner = match &stmt.kind {
                StmtKind::Export(inner) => &inner.kind,
                kind => kind,
            };
            match inner {
                StmtKind::Declare(binding @ (Binding::Let | Binding::Const), list) if !top => {
                    for (pattern, _) in list {
                        for name in names(pattern) {
                            self.declare_lexical(&name, *binding == Binding::Const, stmt.pos)?;
                        }
                    }
                }
                StmtKind::Class(class) if !top => {
                    if let Some(name) = &class.name {
                        self.declare_lexical(name, false, stmt.pos)?;
                    }
                }
                StmtKind::Block(list) => {
                    if let [
                        Stmt { kind: StmtKind::Class(class), .. },
                        Stmt { kind: StmtKind::ExportNames(_), .. },
                    ] = &list[..]
                        && let Some(name) = &class.name
                    {
                        self.declare_lexical(name, false, stmt.pos)?;
                    }
                }
                _ => {}
            }
        }
        if !top {
            for func in declared_functions(body) {
                let Some(name) = &func.name else { continue };
                if !self.state().scopes.last().is_some_and(|s| s.contains_key(name)) {
                    let var = self.declare(name, false, false)?;
                    if var.cell {
                        self.emit(Op::FreshCell(var.slot));
                    }
                }
            }
        }
        for func in declared_functions(body) {
            let Some(name) = &func.name else { continue };
            let at = self.function(func)?;
            self.emit(Op::Closure(at));
            self.initialize(name)?;
        }
        Ok(())
    }

    pub fn declare_lexical(&mut self, name: &Name, constant: bool, pos: u32) -> Done {
        if self.state().scopes.last().is_some_and(|s| s.get(name).is_some_and(|v| v.check)) {
            let text = format!("Identifier '{name}' has already been declared");
            return Err(Fault::Syntax(pos as usize, name.len(), text));
        }
        let var = self.declare(name, constant, true)?;
        if var.cell {
            self.emit(Op::FreshCell(var.slot));
        } else {
            self.emit(Op::Empty);
            self.emit(Op::SetLocal(var.slot));
        }
        Ok(())
    }

    pub fn close(&mut self) {
        self.state().scopes.pop();
    }

    /// Compiles a function; the value is its number.
    pub fn function(&mut self, func: &Func) -> Result<u32, Fault> {
        let place = self.place;
        let mut state = FuncState { shape: func.shape, inner: func.inner.clone(), ..FuncState::default() };
        state.is_async_generator = func.is_async && func.is_generator;
        state.code = Code {
            name: func.name.clone().unwrap_or_else(|| "".into()),
            shape: func.shape,
            is_async: func.is_async,
            is_generator: func.is_generator,
            strict: func.strict,
            length: func.params.iter().take_while(|p| p.default.is_none()).count() as u16,
            params: func.params.len() as u16,
            keeps_args: func.rest.is_some(),
            span: func.span,
            shown: func.shown.clone(),
            is_class: matches!(func.shape, Shape::Constructor | Shape::Derived),
            ..Code::default()
        };
        state.scopes.push(BTreeMap::new());
        self.funcs.push(state);
        let labels = std::mem::take(&mut self.labels);
        self.deeper(|c| c.function_body(func))?;
        self.labels = labels;
        let Some(state) = self.funcs.pop() else { return Ok(0) };
        self.out.codes.push(Arc::new(state.code));
        self.place = place;
        Ok(self.out.codes.len() as u32 - 1)
    }

    fn function_body(&mut self, func: &Func) -> Done {
        let arrow = func.shape == Shape::Arrow;
        for _ in &func.params {
            self.slot("")?;
        }
        if !arrow {
            self.own_names(func)?;
        }
        self.parameters(func)?;
        if func.shape == Shape::Fields {
            return self.fields(func);
        }
        if func.shape == Shape::Module {
            self.exported(&func.body);
        }
        let mut vars = BTreeSet::new();
        var_names(&func.body, &mut vars);
        let prompt = self.goal == Goal::Prompt && self.funcs.len() == 1;
        for name in vars.into_iter().filter(|_| !prompt) {
            let known = self.state().scopes.iter().any(|s| s.get(&name).is_some_and(|v| !v.fixed));
            if !known {
                let var = self.declare(&name, false, false)?;
                if var.cell {
                    self.emit(Op::FreshCell(var.slot));
                    self.emit(Op::Undefined);
                    self.emit(Op::SetCell(var.slot));
                }
            }
        }
        if func.shape == Shape::Module {
            self.module_head(&func.body)?;
        }
        self.open(&func.body)?;
        if func.shape == Shape::Module {
            self.module_exports(&func.body)?;
        }
        if prompt {
            return self.prompt_body(&func.body);
        }
        for stmt in &func.body {
            self.statement(stmt)?;
        }
        if func.shape == Shape::Derived {
            self.this()?
        } else {
            self.put(Op::Undefined)
        }
        self.emit(Op::Return);
        Ok(())
    }

    /// At the prompt the value of the last expression is the result.
    fn prompt_body(&mut self, body: &[Stmt]) -> Done {
        let (last, before) = match body.split_last() {
            Some((Stmt { kind: StmtKind::Expr(value), .. }, before)) => (Some(value), before),
            _ => (None, body),
        };
        for stmt in before {
            self.statement(stmt)?;
        }
        match last {
            Some(value) => self.expression(value)?,
            None => self.put(Op::Undefined),
        }
        self.emit(Op::Return);
        Ok(())
    }

    /// `this`, `arguments` and the function's own name, where something mentions them.
    fn own_names(&mut self, func: &Func) -> Done {
        let used = |name: &str| func.own.contains(name) || func.inner.contains(name);
        if func.shape == Shape::Derived || func.inner.contains("this") || func.inner.contains("super") {
            let derived = func.shape == Shape::Derived;
            let var = self.declare(&"this".into(), false, derived)?;
            self.emit(if derived { Op::Empty } else { Op::This });
            self.emit(Op::SetLocal(var.slot));
            if var.cell {
                self.emit(Op::BoxLocal(var.slot));
            }
        }
        if func.shape != Shape::Module && used("arguments") {
            self.state().code.keeps_args = true;
            self.declare_with(&"arguments".into(), Op::Arguments)?;
        }
        if func.inner.contains("new.target") {
            self.declare_with(&"new.target".into(), Op::NewTarget)?;
        }
        if func.inner.contains("super") {
            self.declare_with(&"super".into(), Op::Callee)?;
        }
        if let (Some(name), true) = (&func.name, func.binds_name)
            && used(name)
        {
            self.declare_with(name, Op::Callee)?;
            if let Some(var) = self.state().scopes.last_mut().and_then(|s| s.get_mut(name)) {
                var.fixed = true;
            }
        }
        Ok(())
    }

    fn declare_with(&mut self, name: &Name, op: Op) -> Done {
        let var = self.declare(name, false, false)?;
        self.emit(op);
        self.emit(Op::SetLocal(var.slot));
        if var.cell {
            self.emit(Op::BoxLocal(var.slot));
        }
        Ok(())
    }

    fn parameters(&mut self, func: &Func) -> Done {
        let simple = func.rest.is_none()
            && func.params.iter().all(|p| p.default.is_none() && matches!(p.target, Pattern::Name(..)));
        for (at, param) in func.params.iter().enumerate() {
            if let Pattern::Name(name, _) = &param.target {
                let cell = self.captured(name);
                let slot = at as u16;
                let var = Var { slot, cell, constant: false, check: false, member: None, fixed: false };
                if let Some(scope) = self.state().scopes.last_mut() {
                    scope.insert(name.clone(), var);
                }
                if let Some(n) = self.state().code.local_names.get_mut(at) {
                    *n = name.clone();
                }
                if cell {
                    self.emit(Op::BoxLocal(slot));
                }
            }
        }
        if simple {
            return Ok(());
        }
        for (at, param) in func.params.iter().enumerate() {
            for name in names(&param.target) {
                if !matches!(param.target, Pattern::Name(..)) {
                    self.declare_plain(&name)?;
                }
            }
            let cell = matches!(&param.target, Pattern::Name(name, _) if self.captured(name));
            match (&param.target, &param.default) {
                (Pattern::Name(..), None) => continue,
                _ => self.emit(if cell { Op::Cell(at as u16) } else { Op::Local(at as u16) }),
            };
            self.default(param.default.as_ref())?;
            self.bind(&param.target)?;
        }
        if let Some(rest) = &func.rest {
            for name in names(rest) {
                self.declare_plain(&name)?;
            }
            self.emit(Op::RestArgs(func.params.len() as u16));
            self.bind(rest)?;
        }
        Ok(())
    }

    /// Declares a variable that is undefined at first.
    pub fn declare_plain(&mut self, name: &Name) -> Done {
        let var = self.declare(name, false, false)?;
        if var.cell {
            self.emit(Op::FreshCell(var.slot));
        }
        Ok(())
    }
}
