//! Expressions and patterns to instructions.

use super::ast::{Expr, Key, Kind, Name, Pattern, Prop};
use super::code::{Binary, Constant, Op};
use super::compile::{Compiler, Done, Found};

/// How private names are kept among the properties.
pub const PRIVATE: char = '\u{1}';

impl Compiler {
    /// `[] [value]`
    pub fn expression(&mut self, value: &Expr) -> Done {
        self.place = value.pos;
        self.deeper(|c| c.expression_kind(value))
    }

    fn expression_kind(&mut self, value: &Expr) -> Done {
        match &value.kind {
            Kind::Num(n) => self.number(*n),
            Kind::BigInt(digits) => {
                let at = self.text(digits);
                self.emit(Op::BigInt(at));
            }
            Kind::Str(text) => {
                let at = self.text(text);
                self.emit(Op::Const(at));
            }
            Kind::Template(texts, values) => {
                for (at, text) in texts.iter().enumerate() {
                    let text = self.text(text);
                    self.emit(Op::Const(text));
                    if let Some(value) = values.get(at) {
                        self.expression(value)?;
                    }
                }
                self.place = value.pos;
                self.emit(Op::Template((texts.len() + values.len()) as u16));
            }
            Kind::Tagged(callee, raws, texts, values) => self.tagged(callee, raws, texts, values)?,
            Kind::Regex(source, flags) => {
                let (source, flags) = (self.text(source), self.text(flags));
                self.emit(Op::Regex(source, flags));
            }
            Kind::Ident(name) => self.load(name)?,
            Kind::This => self.this()?,
            Kind::Null => self.put(Op::Null),
            Kind::Bool(yes) => self.put(if *yes { Op::True } else { Op::False }),
            Kind::Array(elements) => self.array(elements)?,
            Kind::Object(props) => self.object(props)?,
            Kind::Func(func) => {
                let at = self.function(func)?;
                self.emit(Op::Closure(at));
            }
            Kind::Class(class) => self.class(class)?,
            Kind::Unary(op, operand) => self.unary(op, operand)?,
            Kind::Update(op, prefix, target) => self.update(op, *prefix, target)?,
            Kind::Binary(op, left, right) => {
                self.expression(left)?;
                self.expression(right)?;
                self.place = value.pos;
                self.emit(Op::Binary(binary(op)));
            }
            Kind::Logical(op, left, right) => {
                self.expression(left)?;
                let end = self.emit(short_cut(op));
                self.expression(right)?;
                self.patch(end);
            }
            _ => return self.expression_rest(value),
        }
        Ok(())
    }

    fn expression_rest(&mut self, value: &Expr) -> Done {
        match &value.kind {
            Kind::Assign(op, target, right) => self.assignment(op, target, right)?,
            Kind::Cond(test, then, other) => {
                self.expression(test)?;
                let skip = self.emit(Op::JumpIfFalse(0));
                self.expression(then)?;
                let end = self.emit(Op::Jump(0));
                self.patch(skip);
                self.expression(other)?;
                self.patch(end);
            }
            Kind::Call(callee, args, optional) => {
                self.call(value.pos, callee, args, *optional, &mut vec![])?
            }
            Kind::New(callee, args) => self.new_object(value.pos, callee, args)?,
            Kind::Member(..) | Kind::Index(..) => self.member(value, &mut vec![])?,
            Kind::Chain(inner) => {
                let mut ends = vec![];
                match &inner.kind {
                    Kind::Call(callee, args, optional) => {
                        self.call(inner.pos, callee, args, *optional, &mut ends)?
                    }
                    _ => self.member(inner, &mut ends)?,
                }
                for end in ends {
                    self.patch(end);
                }
            }
            Kind::Sequence(all) => {
                for (at, part) in all.iter().enumerate() {
                    if at > 0 {
                        self.emit(Op::Pop);
                    }
                    self.expression(part)?;
                }
            }
            Kind::Paren(inner) => self.expression(inner)?,
            Kind::Yield(inner, delegated) => self.yielded(inner.as_deref(), *delegated)?,
            Kind::Await(inner) => {
                self.expression(inner)?;
                self.place = value.pos;
                self.emit(Op::Await);
            }
            Kind::NewTarget => match self.find(&"new.target".into()) {
                Found::Global => self.put(Op::NewTarget),
                _ => self.load(&"new.target".into())?,
            },
            Kind::ImportMeta => self.load(&"$meta".into())?,
            Kind::ImportCall(inner) => {
                self.expression(inner)?;
                self.emit(Op::ImportCall);
            }
            Kind::Native(name, args) => self.native(name, args)?,
            Kind::HasPrivate(name, object) => {
                self.expression(object)?;
                let at = self.private(name);
                self.emit(Op::HasPrivate(at));
            }
            _ => {
                return Err(super::lexer::Fault::Syntax(
                    value.pos as usize,
                    1,
                    "Invalid shorthand property initializer".into(),
                ));
            }
        }
        Ok(())
    }

    fn number(&mut self, n: f64) {
        let whole = n as i32;
        if f64::from(whole).to_bits() == n.to_bits() {
            self.emit(Op::Int(whole));
            return;
        }
        let at = self.out.constants.len() as u32;
        self.out.constants.push(Constant::Num(n));
        self.emit(Op::Const(at));
    }

    fn native(&mut self, name: &Name, args: &[Expr]) -> Done {
        for arg in args {
            self.expression(arg)?;
        }
        let Some(index) = super::builtins::index(name) else {
            return Err(super::lexer::Fault::Missing(format!("the native {name}")));
        };
        self.emit(Op::Native(index, args.len() as u16));
        Ok(())
    }

    pub fn this(&mut self) -> Done {
        let name = "this".into();
        match self.find(&name) {
            Found::Global => self.put(Op::This),
            _ => self.load(&name)?,
        }
        Ok(())
    }

    pub fn private(&mut self, name: &str) -> u32 {
        self.text(&format!("{PRIVATE}{name}").into())
    }

    /// `[] [key]`
    pub fn key(&mut self, key: &Key) -> Done {
        match key {
            Key::Name(name) => {
                let at = self.text(name);
                self.emit(Op::Const(at));
            }
            Key::Private(name) => {
                let at = self.private(name);
                self.emit(Op::Const(at));
            }
            Key::Computed(value) => {
                self.expression(value)?;
                self.emit(Op::ToKey);
            }
        }
        Ok(())
    }

    fn tagged(&mut self, callee: &Expr, raws: &[Name], texts: &[Name], values: &[Expr]) -> Done {
        self.callee(callee, &mut vec![])?;
        for list in [raws, texts] {
            self.emit(Op::NewArray);
            for text in list {
                let at = self.text(text);
                self.emit(Op::Const(at));
                self.emit(Op::Append);
            }
        }
        self.emit(Op::TemplateObject);
        for value in values {
            self.expression(value)?;
        }
        self.place = callee.pos;
        self.emit(Op::Call(values.len() as u16 + 1));
        Ok(())
    }

    pub fn array(&mut self, elements: &[Option<Expr>]) -> Done {
        self.emit(Op::NewArray);
        for element in elements {
            match element {
                None => self.put(Op::AppendHole),
                Some(Expr { kind: Kind::Spread(inner), pos }) => {
                    self.expression(inner)?;
                    self.place = *pos;
                    self.emit(Op::AppendSpread);
                }
                Some(value) => {
                    self.expression(value)?;
                    self.emit(Op::Append);
                }
            }
        }
        Ok(())
    }

    fn object(&mut self, props: &[Prop]) -> Done {
        self.emit(Op::NewObject);
        for prop in props {
            match prop {
                Prop::Value(Key::Name(name), value) => {
                    self.expression(value)?;
                    let at = self.text(name);
                    self.emit(Op::Init(at));
                }
                Prop::Value(key, value) => {
                    self.key(key)?;
                    self.expression(value)?;
                    self.emit(Op::InitIndex);
                }
                Prop::Spread(value) => {
                    self.expression(value)?;
                    self.emit(Op::InitSpread);
                }
                Prop::Method(key, func) | Prop::Get(key, func) | Prop::Set(key, func) => {
                    self.key(key)?;
                    let at = self.function(func)?;
                    self.emit(Op::Closure(at));
                    let which = match prop {
                        Prop::Get(..) => 1,
                        Prop::Set(..) => 2,
                        _ => 0,
                    };
                    self.emit(Op::InitMethod(which, true));
                }
            }
        }
        Ok(())
    }

    fn unary(&mut self, op: &str, operand: &Expr) -> Done {
        let place = self.place;
        if op == "typeof"
            && let Kind::Ident(name) = &operand.kind
            && matches!(self.find(name), Found::Global)
        {
            let at = self.text(name);
            self.emit(Op::GlobalOrUndefined(at));
            self.emit(Op::Typeof);
            return Ok(());
        }
        if op == "delete" {
            return self.delete(operand);
        }
        self.expression(operand)?;
        self.place = place;
        match op {
            "-" => self.emit(Op::Neg),
            "+" => self.emit(Op::Plus),
            "!" => self.emit(Op::Not),
            "~" => self.emit(Op::BitNot),
            "typeof" => self.emit(Op::Typeof),
            _ => {
                self.emit(Op::Pop);
                self.emit(Op::Undefined)
            }
        };
        Ok(())
    }

    fn delete(&mut self, operand: &Expr) -> Done {
        match &operand.kind {
            Kind::Member(object, name, _) => {
                self.expression(object)?;
                let at = self.text(name);
                self.emit(Op::Const(at));
            }
            Kind::Index(object, key, _) => {
                self.expression(object)?;
                self.expression(key)?;
            }
            _ => {
                self.expression(operand)?;
                self.emit(Op::Pop);
                self.emit(Op::True);
                return Ok(());
            }
        }
        self.place = operand.pos;
        self.emit(Op::Delete);
        Ok(())
    }

    /// `[] [object]` or `[object key]` of a place; whether it has a key.
    pub fn place_of(&mut self, target: &Expr) -> Result<bool, super::lexer::Fault> {
        match &target.kind {
            Kind::Member(object, name, _) => {
                if matches!(object.kind, Kind::Super) {
                    self.this()?;
                } else {
                    self.expression(object)?;
                }
                if name.starts_with('#') {
                    let at = self.private(name);
                    self.emit(Op::Const(at));
                    return Ok(true);
                }
                Ok(false)
            }
            Kind::Index(object, key, _) => {
                self.expression(object)?;
                self.expression(key)?;
                Ok(true)
            }
            _ => Err(super::lexer::Fault::Syntax(
                target.pos as usize,
                1,
                "Invalid left-hand side in assignment".into(),
            )),
        }
    }

    fn get_place(&mut self, target: &Expr, keyed: bool) {
        self.place = target.pos;
        if keyed {
            self.emit(Op::Dup2);
            self.emit(Op::Index);
        } else if let Kind::Member(_, name, _) = &target.kind {
            self.emit(Op::Dup);
            let at = self.text(name);
            self.emit(Op::Get(at));
        }
    }

    pub fn set_place(&mut self, target: &Expr, keyed: bool) {
        self.place = target.pos;
        if keyed {
            self.emit(Op::SetIndex);
        } else if let Kind::Member(_, name, _) = &target.kind {
            let at = self.text(name);
            self.emit(Op::Set(at));
        }
    }

    fn update(&mut self, op: &str, prefix: bool, target: &Expr) -> Done {
        let step = if op == "++" { Op::Inc } else { Op::Dec };
        if let Kind::Ident(name) = &target.kind {
            self.load(name)?;
            if prefix {
                self.emit(step);
                self.emit(Op::Dup);
            } else {
                self.emit(Op::ToNumeric);
                self.emit(Op::Dup);
                self.emit(step);
            }
            return self.store(name);
        }
        let keyed = self.place_of(target)?;
        self.get_place(target, keyed);
        if prefix {
            self.emit(step);
            self.set_place(target, keyed);
            return Ok(());
        }
        self.emit(Op::ToNumeric);
        self.emit(Op::Dup);
        // [object key old old] to [old object key new]
        self.emit(step);
        self.emit(Op::Swap);
        let slot = self.slot("")?;
        self.emit(Op::SetLocal(slot));
        self.set_place(target, keyed);
        self.emit(Op::Pop);
        self.emit(Op::Local(slot));
        Ok(())
    }

    fn assignment(&mut self, op: &str, target: &Pattern, right: &Expr) -> Done {
        let logical = matches!(op, "&&=" | "||=" | "??=");
        match target {
            Pattern::Name(name, pos) => {
                if op != "=" {
                    self.place = *pos;
                    self.load(name)?;
                }
                let end = if logical { Some(self.emit(short_cut(&op[..2]))) } else { None };
                self.expression(right)?;
                self.place = *pos;
                if !logical && op != "=" {
                    self.emit(Op::Binary(binary(op.trim_end_matches('='))));
                }
                self.emit(Op::Dup);
                self.store(name)?;
                if let Some(end) = end {
                    self.patch(end);
                }
            }
            Pattern::Place(place) => {
                let keyed = self.place_of(place)?;
                if op == "=" {
                    self.expression(right)?;
                    self.set_place(place, keyed);
                    return Ok(());
                }
                self.get_place(place, keyed);
                if logical {
                    let end = self.emit(short_cut(&op[..2]));
                    self.expression(right)?;
                    self.set_place(place, keyed);
                    let over = self.emit(Op::Jump(0));
                    self.patch(end);
                    // [object (key) value] to [value]
                    self.emit(Op::Swap);
                    self.emit(Op::Pop);
                    if keyed {
                        self.emit(Op::Swap);
                        self.emit(Op::Pop);
                    }
                    self.patch(over);
                    return Ok(());
                }
                self.expression(right)?;
                self.place = place.pos;
                self.emit(Op::Binary(binary(op.trim_end_matches('='))));
                self.set_place(place, keyed);
            }
            pattern => {
                self.expression(right)?;
                self.emit(Op::Dup);
                self.assign(pattern)?;
            }
        }
        Ok(())
    }

    /// A property; `ends` are jumps from where `?.` found nothing.
    fn member(&mut self, value: &Expr, ends: &mut Vec<usize>) -> Done {
        let (object, optional) = match &value.kind {
            Kind::Member(object, _, optional) | Kind::Index(object, _, optional) => (object, *optional),
            _ => return self.expression(value),
        };
        if matches!(object.kind, Kind::Super) {
            self.super_key(value)?;
            self.emit(Op::SuperGet);
            return Ok(());
        }
        self.deeper(|c| c.link(object, ends))?;
        if optional {
            ends.push(self.emit(Op::JumpIfNullish(0)));
        }
        match &value.kind {
            Kind::Member(_, name, _) if name.starts_with('#') => {
                let at = self.private(name);
                self.place = value.pos;
                self.emit(Op::GetPrivate(at));
            }
            Kind::Member(_, name, _) => {
                let at = self.text(name);
                self.place = value.pos;
                self.emit(Op::Get(at));
            }
            Kind::Index(_, key, _) => {
                self.expression(key)?;
                self.place = value.pos;
                self.emit(Op::Index);
            }
            _ => {}
        }
        Ok(())
    }

    /// A link of a chain.
    pub fn link(&mut self, value: &Expr, ends: &mut Vec<usize>) -> Done {
        match &value.kind {
            Kind::Member(..) | Kind::Index(..) => self.member(value, ends),
            Kind::Call(callee, args, optional) => self.call(value.pos, callee, args, *optional, ends),
            _ => self.expression(value),
        }
    }
}

fn short_cut(op: &str) -> Op {
    match op {
        "&&" => Op::JumpIfFalseKeep(0),
        "||" => Op::JumpIfTrueKeep(0),
        _ => Op::JumpIfPresentKeep(0),
    }
}

fn binary(op: &str) -> Binary {
    match op {
        "+" => Binary::Add,
        "-" => Binary::Sub,
        "*" => Binary::Mul,
        "/" => Binary::Div,
        "%" => Binary::Mod,
        "**" => Binary::Exp,
        "&" => Binary::And,
        "|" => Binary::Or,
        "^" => Binary::Xor,
        "<<" => Binary::Shl,
        ">>" => Binary::Shr,
        ">>>" => Binary::UShr,
        "<" => Binary::Lt,
        ">" => Binary::Gt,
        "<=" => Binary::Le,
        ">=" => Binary::Ge,
        "==" => Binary::Eq,
        "!=" => Binary::Ne,
        "===" => Binary::Same,
        "!==" => Binary::NotSame,
        "in" => Binary::In,
        _ => Binary::InstanceOf,
    }
}
