//! What statements and patterns declare.

use super::ast::{Binding, Func, Name, Pattern, Stmt, StmtKind};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The functions that statements of a block declare.
pub fn declared_functions(body: &[Stmt]) -> impl Iterator<Item = &Arc<Func>> {
    body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Func(func) => Some(func),
        StmtKind::Export(inner) | StmtKind::Label(_, inner) => match &inner.kind {
            StmtKind::Func(func) => Some(func),
            _ => None,
        },
        StmtKind::Block(list) => match &list[..] {
            [Stmt { kind: StmtKind::Func(func), .. }, Stmt { kind: StmtKind::ExportNames(_), .. }] => {
                Some(func)
            }
            _ => None,
        },
        _ => None,
    })
}

/// The names that a pattern binds.
pub fn names(pattern: &Pattern) -> Vec<Name> {
    let mut out = vec![];
    let mut open = vec![pattern];
    while let Some(pattern) = open.pop() {
        match pattern {
            Pattern::Name(name, _) => out.push(name.clone()),
            Pattern::Place(_) => {}
            Pattern::Array(elements, rest, _) => {
                open.extend(elements.iter().flatten().map(|e| &e.target));
                open.extend(rest.as_deref());
            }
            Pattern::Object(props, rest, _) => {
                open.extend(props.iter().map(|(_, e)| &e.target));
                open.extend(rest.as_deref());
            }
        }
    }
    out
}

/// The names that `var` declares anywhere in a function.
pub fn var_names(body: &[Stmt], out: &mut BTreeSet<Name>) {
    let mut open: Vec<&Stmt> = body.iter().collect();
    while let Some(stmt) = open.pop() {
        match &stmt.kind {
            StmtKind::Declare(Binding::Var, list) => out.extend(list.iter().flat_map(|(p, _)| names(p))),
            StmtKind::If(_, then, other) => {
                open.push(then);
                open.extend(other.as_deref());
            }
            StmtKind::For(first, _, _, body) => {
                open.extend(first.as_deref());
                open.push(body);
            }
            StmtKind::ForIn(head, _, body) | StmtKind::ForOf(head, _, body, _) => {
                if let super::ast::Head::Declare(Binding::Var, pattern) = head {
                    out.extend(names(pattern));
                }
                open.push(body);
            }
            StmtKind::While(_, body) | StmtKind::DoWhile(body, _) | StmtKind::Label(_, body) => {
                open.push(body)
            }
            StmtKind::Export(inner) => open.push(inner),
            StmtKind::Try(body, catch, finally) => {
                open.extend(body);
                open.extend(catch.iter().flat_map(|c| &c.1));
                open.extend(finally.iter().flatten());
            }
            StmtKind::Switch(_, cases) => open.extend(cases.iter().flat_map(|c| &c.1)),
            StmtKind::Block(body) => open.extend(body),
            _ => {}
        }
    }
}
