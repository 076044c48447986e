//! Names, and what values are assigned to.

use super::{Compiler, Op};
use crate::engine::languages::python::syntax::Parsed;
use crate::engine::languages::python::syntax::ast::{BinOp, Expr, Kind, Name};

/// Where a name lives.
enum Place {
    Fast(u32),
    Cell(u32),
    ClassCell(u32),
    Global(u32),
    Named(u32),
}

impl Compiler {
    fn place(&mut self, name: &Name) -> Place {
        let unit = self.unit();
        if unit.names.globals.contains(name) {
            return Place::Global(self.name_index(name));
        }
        if unit.names.module {
            return Place::Named(self.name_index(name));
        }
        if unit.names.cells.contains(name) && !unit.is_class {
            return Place::Cell(self.cell_index(name));
        }
        if unit.names.bound.contains(name) {
            if unit.is_class {
                return Place::Named(self.name_index(name));
            }
            return Place::Fast(super::index_of(&mut unit.code.locals, name));
        }
        if unit.code.free.contains(name) {
            let nonlocal = unit.names.nonlocals.contains(name);
            let class = unit.is_class && !nonlocal;
            let cell = self.cell_index(name);
            return if class { Place::ClassCell(cell) } else { Place::Cell(cell) };
        }
        let class = unit.is_class;
        let name = self.name_index(name);
        if class { Place::Named(name) } else { Place::Global(name) }
    }

    pub(super) fn load(&mut self, name: &Name) {
        let op = match self.place(name) {
            Place::Fast(i) => Op::LoadFast(i),
            Place::Cell(i) => Op::LoadDeref(i),
            Place::ClassCell(i) => Op::LoadClassDeref(i, self.name_index(name)),
            Place::Global(i) => Op::LoadGlobal(i),
            Place::Named(i) => Op::LoadName(i),
        };
        self.emit(op);
    }

    pub(super) fn store(&mut self, name: &Name) {
        let op = match self.place(name) {
            Place::Fast(i) => Op::StoreFast(i),
            Place::Cell(i) | Place::ClassCell(i) => Op::StoreDeref(i),
            Place::Global(i) => Op::StoreGlobal(i),
            Place::Named(i) => Op::StoreName(i),
        };
        self.emit(op);
    }

    pub(super) fn delete(&mut self, name: &Name) {
        let op = match self.place(name) {
            Place::Fast(i) => Op::DeleteFast(i),
            Place::Cell(i) | Place::ClassCell(i) => Op::DeleteDeref(i),
            Place::Global(i) => Op::DeleteGlobal(i),
            Place::Named(i) => Op::DeleteName(i),
        };
        self.emit(op);
    }

    /// Assigns the value on the stack.
    pub(super) fn assign(&mut self, target: &Expr) -> Parsed<()> {
        self.at(target.span, |c| match &target.kind {
            Kind::Name(name) => {
                c.store(name);
                Ok(())
            }
            Kind::Attr(object, name) => {
                c.expr(object)?;
                let name = c.name_index(name);
                c.emit(Op::SetAttr(name));
                Ok(())
            }
            Kind::Index(object, key) => {
                c.expr(object)?;
                c.expr(key)?;
                c.emit(Op::SetItem);
                Ok(())
            }
            Kind::Tuple(items) | Kind::List(items) => {
                let stars = items.iter().filter(|i| matches!(i.kind, Kind::Starred(_))).count();
                let star = items.iter().position(|i| matches!(i.kind, Kind::Starred(_)));
                match star {
                    _ if stars > 1 => return c.bad(target.span, "multiple starred expressions in assignment"),
                    Some(at) => c.emit(Op::UnpackStar(at as u32, (items.len() - at - 1) as u32)),
                    None => c.emit(Op::Unpack(items.len() as u32)),
                };
                items.iter().try_for_each(|item| c.assign(item))
            }
            Kind::Starred(inner) if matches!(inner.kind, Kind::Name(_)) || c.unit().span == target.span => {
                c.assign(inner)
            }
            _ => c.bad(target.span, "cannot assign to expression"),
        })
    }

    pub(super) fn remove(&mut self, target: &Expr) -> Parsed<()> {
        self.at(target.span, |c| match &target.kind {
            Kind::Name(name) => {
                c.delete(name);
                Ok(())
            }
            Kind::Attr(object, name) => {
                c.expr(object)?;
                let name = c.name_index(name);
                c.emit(Op::DelAttr(name));
                Ok(())
            }
            Kind::Index(object, key) => {
                c.expr(object)?;
                c.expr(key)?;
                c.emit(Op::DelItem);
                Ok(())
            }
            Kind::Tuple(items) | Kind::List(items) => items.iter().try_for_each(|item| c.remove(item)),
            _ => c.bad(target.span, "cannot delete expression"),
        })
    }

    /// `target op= value`.
    pub(super) fn augment(&mut self, target: &Expr, op: BinOp, value: &Expr) -> Parsed<()> {
        match &target.kind {
            Kind::Name(name) => {
                self.at(target.span, |c| {
                    c.load(name);
                    Ok(())
                })?;
                self.expr(value)?;
                self.emit(Op::Inplace(op));
                self.store(name);
            }
            Kind::Attr(object, name) => {
                self.expr(object)?;
                self.emit(Op::Dup);
                let name = self.name_index(name);
                self.at(target.span, |c| Ok(c.emit(Op::GetAttr(name))))?;
                self.expr(value)?;
                self.emit(Op::Inplace(op));
                self.emit(Op::Swap);
                self.emit(Op::SetAttr(name));
            }
            Kind::Index(object, key) => {
                self.expr(object)?;
                self.expr(key)?;
                self.emit(Op::Dup2);
                self.at(target.span, |c| Ok(c.emit(Op::GetItem)))?;
                self.expr(value)?;
                self.emit(Op::Inplace(op));
                self.emit(Op::Rot3);
                self.emit(Op::SetItem);
            }
            _ => return self.bad(target.span, "illegal expression for augmented assignment"),
        }
        Ok(())
    }
}
