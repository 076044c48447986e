//! Imports and exports: a module is a function of the modules it imports, its own exports and `import.meta`:
//! the parameters `$imports`, `$exports` and `$meta`.

use super::ast::{Binding, Expr, Func, Kind, Name, Shape, Stmt, StmtKind};
use super::code::Op;
use super::compile::{Compiler, Done, Var};
use super::declared::names;
use std::sync::Arc;

impl Compiler {
    /// What is exported must be in cells, for the getters.
    pub fn exported(&mut self, body: &[Stmt]) {
        let locals: Vec<Name> = exports(body).into_iter().map(|(local, _)| local).collect();
        self.state().inner.extend(locals);
    }

    /// Declares what is imported.
    pub fn module_head(&mut self, body: &[Stmt]) -> Done {
        for stmt in body {
            let StmtKind::Import(from, list) = &stmt.kind else {
                if let StmtKind::ExportFrom(from, list) = &stmt.kind {
                    let at = self.import(from);
                    self.export_from(at, list)?;
                }
                continue;
            };
            self.place = stmt.pos;
            let at = self.import(from);
            for (there, here) in list {
                let cell = self.captured(here);
                let slot = self.slot(here)?;
                let member = (&**there != "*").then(|| there.clone());
                let var = Var { slot, cell, constant: true, check: false, member, fixed: false };
                if let Some(scope) = self.state().scopes.last_mut() {
                    scope.insert(here.clone(), var);
                }
                self.imported(at);
                self.emit(Op::SetLocal(slot));
                if cell {
                    self.emit(Op::BoxLocal(slot));
                }
            }
        }
        Ok(())
    }

    fn import(&mut self, from: &Name) -> u32 {
        self.out.imports.push(from.clone());
        self.out.imports.len() as u32 - 1
    }

    /// `[] [module]`
    fn imported(&mut self, at: u32) {
        self.emit(Op::Local(0));
        self.emit(Op::Int(at as i32));
        self.emit(Op::Index);
    }

    fn export_from(&mut self, at: u32, list: &[(Name, Name)]) -> Done {
        self.emit(Op::Local(1));
        if list.is_empty() {
            self.imported(at);
            self.emit(Op::InitSpread);
        }
        for (there, outside) in list {
            self.imported(at);
            if &**there != "*" {
                let name = self.text(there);
                self.emit(Op::Get(name));
            }
            let name = self.text(outside);
            self.emit(Op::Init(name));
        }
        self.emit(Op::Pop);
        Ok(())
    }

    /// Getters for what the module exports.
    pub fn module_exports(&mut self, body: &[Stmt]) -> Done {
        for (local, outside) in exports(body) {
            let value = Expr { pos: 0, kind: Kind::Ident(local) };
            let body = vec![Stmt { pos: 0, kind: StmtKind::Return(Some(value)) }];
            let getter = Func { shape: Shape::Getter, strict: true, body, ..Func::default() };
            self.emit(Op::Local(1));
            let name = self.text(&outside);
            self.emit(Op::Const(name));
            let at = self.function(&getter)?;
            self.emit(Op::Closure(at));
            self.emit(Op::InitMethod(1, true));
            self.emit(Op::Pop);
        }
        Ok(())
    }
}

/// `(name here, name outside)` of everything exported by name.
fn exports(body: &[Stmt]) -> Vec<(Name, Name)> {
    let mut out = vec![];
    for stmt in body {
        match &stmt.kind {
            StmtKind::ExportNames(list) => out.extend(list.iter().cloned()),
            StmtKind::Block(inner) => {
                if let [_, Stmt { kind: StmtKind::ExportNames(list), .. }] = &inner[..] {
                    out.extend(list.iter().cloned());
                }
            }
            StmtKind::Export(inner) => {
                let declared: Vec<Name> = match &inner.kind {
                    StmtKind::Declare(Binding::Var | Binding::Let | Binding::Const, list) => {
                        list.iter().flat_map(|(p, _)| names(p)).collect()
                    }
                    StmtKind::Func(f) => named(f),
                    StmtKind::Class(c) => c.name.iter().cloned().collect(),
                    _ => vec![],
                };
                out.extend(declared.into_iter().map(|n| (n.clone(), n)));
            }
            _ => {}
        }
    }
    out
}

fn named(func: &Arc<Func>) -> Vec<Name> {
    func.name.iter().cloned().collect()
}
