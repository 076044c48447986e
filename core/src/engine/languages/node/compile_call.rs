//! Calls, `new`, `super` and `yield` to instructions.

use super::ast::{Expr, Kind};
use super::code::Op;
use super::compile::{Compiler, Done, Found};

impl Compiler {
    pub fn super_key(&mut self, value: &Expr) -> Done {
        match &value.kind {
            Kind::Member(_, name, _) => {
                let at = self.text(name);
                self.this()?;
                self.load_super()?;
                self.emit(Op::Const(at));
            }
            Kind::Index(_, key, _) => {
                self.this()?;
                self.load_super()?;
                self.expression(key)?;
            }
            _ => {}
        }
        self.place = value.pos;
        Ok(())
    }

    /// `[] [function]`: the one whose home `super` is above of.
    pub fn load_super(&mut self) -> Done {
        match self.find(&"super".into()) {
            Found::Global => self.put(Op::Callee),
            _ => self.load(&"super".into())?,
        }
        Ok(())
    }

    /// `[] [function this]`
    pub fn callee(&mut self, callee: &Expr, ends: &mut Vec<usize>) -> Done {
        match &callee.kind {
            Kind::Member(object, ..) | Kind::Index(object, ..) if matches!(object.kind, Kind::Super) => {
                self.super_key(callee)?;
                self.emit(Op::SuperMethod);
            }
            Kind::Member(object, name, optional) => {
                self.deeper(|c| c.link(object, ends))?;
                if *optional {
                    ends.push(self.emit(Op::JumpIfNullish(0)));
                }
                self.place = callee.pos;
                if name.starts_with('#') {
                    self.emit(Op::Dup);
                    let at = self.private(name);
                    self.emit(Op::GetPrivate(at));
                    self.emit(Op::Swap);
                } else {
                    let at = self.text(name);
                    self.emit(Op::Method(at));
                }
            }
            Kind::Index(object, key, optional) => {
                self.deeper(|c| c.link(object, ends))?;
                if *optional {
                    ends.push(self.emit(Op::JumpIfNullish(0)));
                }
                self.expression(key)?;
                self.place = callee.pos;
                self.emit(Op::MethodIndex);
            }
            Kind::Chain(inner) | Kind::Paren(inner)
                if matches!(inner.kind, Kind::Member(..) | Kind::Index(..)) =>
            {
                self.callee(inner, ends)?;
            }
            _ => {
                self.deeper(|c| c.link(callee, ends))?;
                self.emit(Op::Undefined);
            }
        }
        Ok(())
    }

    pub fn arguments(&mut self, args: &[Expr]) -> Result<Option<u16>, super::lexer::Fault> {
        if args.iter().any(|a| matches!(a.kind, Kind::Spread(_))) || args.len() > 1000 {
            let list: Vec<Option<Expr>> = args.iter().cloned().map(Some).collect();
            self.array(&list)?;
            return Ok(None);
        }
        for arg in args {
            self.expression(arg)?;
        }
        Ok(Some(args.len() as u16))
    }

    pub fn call(
        &mut self,
        pos: u32,
        callee: &Expr,
        args: &[Expr],
        optional: bool,
        ends: &mut Vec<usize>,
    ) -> Done {
        if matches!(callee.kind, Kind::Super) {
            self.load_super()?;
            self.emit(Op::SuperConstructor);
            let count = self.arguments(args)?;
            self.place = pos;
            self.emit(count.map_or(Op::NewSpread, Op::New));
            self.emit(Op::Dup);
            self.bind_this()?;
            self.load_super()?;
            self.emit(Op::RunFields);
            return Ok(());
        }
        self.callee(callee, ends)?;
        if optional {
            ends.push(self.emit(Op::JumpIfNullishCall(0)));
        }
        let count = self.arguments(args)?;
        self.place = pos;
        self.emit(count.map_or(Op::CallSpread, Op::Call));
        Ok(())
    }

    /// `[this] []`
    pub fn bind_this(&mut self) -> Done {
        let name = "this".into();
        let op = match self.find(&name) {
            Found::Local(var) if var.cell => Op::SetCell(var.slot),
            Found::Local(var) => Op::SetLocal(var.slot),
            Found::Up(at, _) => Op::SetUp(at),
            Found::Global => Op::Pop,
        };
        self.emit(Op::BindThis);
        self.emit(op);
        Ok(())
    }

    pub fn new_object(&mut self, pos: u32, callee: &Expr, args: &[Expr]) -> Done {
        self.expression(callee)?;
        self.emit(Op::Empty);
        let count = self.arguments(args)?;
        self.place = pos;
        self.emit(count.map_or(Op::NewSpread, Op::New));
        Ok(())
    }

    pub fn yielded(&mut self, inner: Option<&Expr>, delegated: bool) -> Done {
        match inner {
            Some(inner) => self.expression(inner)?,
            None => self.put(Op::Undefined),
        }
        if !delegated {
            if self.state().is_async_generator {
                self.emit(Op::Await);
            }
            self.emit(Op::Yield);
            return Ok(());
        }
        let slot = self.slot("")?;
        let waits = self.state().is_async_generator;
        self.emit(if waits { Op::IterateAsync } else { Op::Iterate });
        self.emit(Op::SetLocal(slot));
        let start = self.here();
        self.emit(Op::IterCall(slot));
        if waits {
            self.emit(Op::Await);
        }
        self.emit(Op::Dup);
        let end = self.emit(Op::IterUnpack(0));
        self.emit(Op::Yield);
        self.emit(Op::Pop);
        self.emit(Op::Pop);
        self.emit(Op::Jump(start));
        self.patch(end);
        let at = self.text(&"value".into());
        self.emit(Op::Get(at));
        Ok(())
    }
}
