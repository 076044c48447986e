//! Functions, classes and patterns.

use super::ast::{Class, Element, Expr, Func, Key, Kind, Member, Name, Pattern, Prop, Shape, Stmt, StmtKind};
use super::lexer::T;
use super::parser::{Context, Parsed, Parser};
use std::sync::Arc;

/// The beginning of a member of an object or a class.
#[derive(Debug)]
pub struct MemberHead {
    pub key: Key,
    pub is_word: bool,
    pub pos: u32,
    is_async: bool,
    is_generator: bool,
    accessor: Option<Shape>,
}

impl MemberHead {
    pub fn is_method(&self, parser: &Parser<'_>) -> bool {
        self.accessor.is_some() || self.is_async || self.is_generator || parser.is("(")
    }
}

/// Names that belong to every function but arrows.
const OWN: &[&str] = &["this", "arguments", "new.target", "super"];

impl Parser<'_> {
    /// `function …` as a statement.
    pub fn function(&mut self, is_async: bool) -> Parsed<Arc<Func>> {
        let start = self.pos();
        self.advance()?;
        let is_generator = self.take("*")?;
        let T::Word(name) = self.token.kind.clone() else { return Err(self.unexpected()) };
        self.advance()?;
        let head = Func { name: Some(name), is_async, is_generator, span: (start, start), ..Func::default() };
        self.function_rest(head)
    }

    /// `function …` as an expression; `default` names it where it has no name.
    pub fn function_value(&mut self, is_async: bool, default: Option<&str>) -> Parsed<Expr> {
        let start = self.pos();
        self.advance()?;
        let is_generator = self.take("*")?;
        let mut name = None;
        if let T::Word(w) = self.token.kind.clone() {
            name = Some(w);
            self.advance()?;
        }
        let binds_name = name.is_some();
        let name = name.or_else(|| default.map(Into::into));
        let head = Func { name, binds_name, is_async, is_generator, span: (start, start), ..Func::default() };
        let func = self.function_rest(head)?;
        Ok(Expr { pos: start, kind: Kind::Func(func) })
    }

    fn enter(&mut self, head: &Func) {
        let strict = self.context().strict;
        let (is_async, is_generator) = (head.is_async, head.is_generator);
        self.contexts.push(Context {
            is_async,
            is_generator,
            strict,
            is_function: true,
            ..Context::default()
        });
    }

    /// Ends a function: what it mentions, its parent's inner functions mention.
    fn leave(&mut self, mut func: Func) -> Arc<Func> {
        let context = self.contexts.pop().unwrap_or_default();
        let arrow = matches!(func.shape, Shape::Arrow);
        let parent = self.context();
        for name in context.own.iter().chain(&context.inner) {
            if arrow || !OWN.contains(&&**name) {
                parent.inner.insert(name.clone());
            }
        }
        func.inner.extend(context.inner);
        func.own = context.own;
        func.shown = context.shown;
        func.strict = context.strict;
        func.span.1 = self.last_end as u32;
        Arc::new(func)
    }

    fn function_rest(&mut self, mut func: Func) -> Parsed<Arc<Func>> {
        self.enter(&func);
        self.parameters(&mut func)?;
        self.body(&mut func)?;
        Ok(self.leave(func))
    }

    fn body(&mut self, func: &mut Func) -> Parsed<()> {
        let before = std::mem::replace(&mut self.allow_in, true);
        self.expect("{")?;
        self.directives()?;
        while !self.is("}") {
            if self.token.kind == T::End {
                return Err(self.unexpected());
            }
            func.body.push(self.statement()?);
        }
        self.advance()?;
        self.allow_in = before;
        Ok(())
    }

    fn parameters(&mut self, func: &mut Func) -> Parsed<()> {
        self.expect("(")?;
        while !self.is(")") {
            if self.take("...")? {
                func.rest = Some(self.binding()?);
                break;
            }
            let target = self.binding()?;
            let default = if self.take("=")? { Some(self.named_value(&target)?) } else { None };
            func.params.push(Element { target, default });
            if !self.is(")") {
                self.expect(",")?;
            }
        }
        self.expect(")")
    }

    pub fn arrow(
        &mut self,
        pos: u32,
        params: Vec<Element>,
        rest: Option<Pattern>,
        is_async: bool,
    ) -> Parsed<Expr> {
        self.expect("=>")?;
        let mut func =
            Func { shape: Shape::Arrow, params, rest, is_async, span: (pos, pos), ..Func::default() };
        if func.params.iter().any(|p| p.default.is_some() || !matches!(p.target, Pattern::Name(..))) {
            func.inner = self.context().inner.clone();
        }
        self.enter(&func);
        if self.is("{") {
            self.body(&mut func)?;
        } else {
            let at = self.pos();
            let value = self.assignment()?;
            func.body.push(Stmt { pos: at, kind: StmtKind::Return(Some(value)) });
        }
        let func = self.leave(func);
        Ok(Expr { pos, kind: Kind::Func(func) })
    }

    /// `async *[key]`, `get key` and so on.
    pub fn member_head(&mut self) -> Parsed<MemberHead> {
        let pos = self.pos();
        let (mut is_async, mut is_generator, mut accessor) = (false, false, None);
        if let T::Word(word) = self.token.kind.clone() {
            let next = self.peek()?;
            let ends =
                matches!(next.kind, T::Punct("(" | "," | ":" | "=" | "}" | ";")) || next.kind == T::End;
            match &*word {
                "async" if !ends && !next.fresh_line => is_async = true,
                "get" if !ends => accessor = Some(Shape::Getter),
                "set" if !ends => accessor = Some(Shape::Setter),
                _ => {}
            }
            if is_async || accessor.is_some() {
                self.advance()?;
            }
        }
        if self.take("*")? {
            is_generator = true;
        }
        let mut is_word = false;
        let key = match self.token.kind.clone() {
            T::Word(name) => {
                is_word = true;
                Key::Name(name)
            }
            T::Str(name) => Key::Name(name),
            T::Private(name) => Key::Private(name),
            T::Num(n) => Key::Name(super::number::text(n).into()),
            T::Punct("[") => {
                self.advance()?;
                let before = std::mem::replace(&mut self.allow_in, true);
                let value = self.assignment()?;
                self.allow_in = before;
                if !self.is("]") {
                    return Err(self.unexpected());
                }
                Key::Computed(value)
            }
            _ => return Err(self.unexpected()),
        };
        self.advance()?;
        Ok(MemberHead { key, is_word, pos, is_async, is_generator, accessor })
    }

    pub fn method(&mut self, head: MemberHead, shape: Shape) -> Parsed<Prop> {
        let name = match &head.key {
            Key::Name(name) | Key::Private(name) => Some(name.clone()),
            Key::Computed(_) => None,
        };
        let shape = head.accessor.unwrap_or(shape);
        let (is_async, is_generator) = (head.is_async, head.is_generator);
        let func = self.function_rest(Func {
            name,
            shape,
            is_async,
            is_generator,
            span: (head.pos, head.pos),
            ..Func::default()
        })?;
        Ok(match shape {
            Shape::Getter => Prop::Get(head.key, func),
            Shape::Setter => Prop::Set(head.key, func),
            _ => Prop::Method(head.key, func),
        })
    }

    pub fn class(&mut self) -> Parsed<Arc<Class>> {
        let pos = self.pos();
        self.advance()?;
        let mut name = None;
        if let T::Word(word) = self.token.kind.clone()
            && &*word != "extends"
        {
            name = Some(word);
            self.advance()?;
        }
        let strict = std::mem::replace(&mut self.context().strict, true);
        let parent = if self.take_word("extends")? { Some(self.heritage()?) } else { None };
        self.expect("{")?;
        let (mut members, mut constructor, mut fields) = (vec![], None, vec![]);
        while !self.take("}")? {
            if self.take(";")? {
                continue;
            }
            self.class_member(parent.is_some(), &mut members, &mut constructor, &mut fields)?;
        }
        let span = (pos, self.last_end as u32);
        let shape = if parent.is_some() { Shape::Derived } else { Shape::Constructor };
        let mut constructor = constructor.unwrap_or_else(|| default_constructor(shape));
        constructor.name.clone_from(&name);
        constructor.span = span;
        self.context().strict = strict;
        let fields = if fields.is_empty() { None } else { Some(self.fields_function(fields, span)) };
        Ok(Arc::new(Class { name, parent, constructor: Arc::new(constructor), members, fields, pos }))
    }

    fn heritage(&mut self) -> Parsed<Expr> {
        self.deeper(Self::call_chain)
    }

    fn fields_function(
        &mut self,
        fields: Vec<(Key, Option<Expr>, u32, Context)>,
        span: (u32, u32),
    ) -> Arc<Func> {
        let mut func = Func { shape: Shape::Fields, span, strict: true, ..Func::default() };
        func.name = Some("<instance_members_initializer>".into());
        let mut whole = Context { strict: true, ..Context::default() };
        for (key, value, pos, context) in fields {
            whole.own.extend(context.own);
            whole.inner.extend(context.inner);
            let value = value.unwrap_or(Expr {
                pos,
                kind: Kind::Unary("void", Box::new(Expr { pos, kind: Kind::Num(0.0) })),
            });
            let prop = Prop::Value(key, value);
            func.body.push(Stmt { pos, kind: StmtKind::Expr(Expr { pos, kind: Kind::Object(vec![prop]) }) });
        }
        self.contexts.push(whole);
        self.leave(func)
    }

    fn class_member(
        &mut self,
        derived: bool,
        members: &mut Vec<Member>,
        constructor: &mut Option<Func>,
        fields: &mut Vec<(Key, Option<Expr>, u32, Context)>,
    ) -> Parsed<()> {
        let mut is_static = false;
        if self.is_word("static") && !matches!(self.peek()?.kind, T::Punct("(" | "=" | ";" | "}")) {
            self.advance()?;
            is_static = true;
            if self.is("{") {
                let mut func = Func { shape: Shape::Method, span: (self.pos(), 0), ..Func::default() };
                self.enter(&func);
                self.body(&mut func)?;
                let func = self.leave(func);
                members.push(Member {
                    is_static,
                    kind: Prop::Method(Key::Name("".into()), func),
                    is_field: true,
                });
                return Ok(());
            }
        }
        let head = self.member_head()?;
        if head.is_method(self) {
            let is_constructor = !is_static && matches!(&head.key, Key::Name(n) if &**n == "constructor");
            let shape = if derived { Shape::Derived } else { Shape::Constructor };
            let method = self.method(head, if is_constructor { shape } else { Shape::Method })?;
            match method {
                Prop::Method(_, func) if is_constructor => *constructor = Some(Func::clone(&func)),
                kind => members.push(Member { is_static, kind, is_field: false }),
            }
            return Ok(());
        }
        let pos = head.pos;
        let mut func = Func { shape: Shape::Method, span: (pos, pos), ..Func::default() };
        self.enter(&func);
        let value = if self.take("=")? { Some(self.assignment()?) } else { None };
        let value = match (&head.key, value) {
            (Key::Name(name) | Key::Private(name), Some(value)) => {
                Some(super::parse_expr::named(value, name))
            }
            (_, value) => value,
        };
        self.semicolon()?;
        if is_static {
            func.body.push(Stmt { pos, kind: StmtKind::Return(value) });
            let func = self.leave(func);
            members.push(Member { is_static, kind: Prop::Method(head.key, func), is_field: true });
        } else {
            let context = self.contexts.pop().unwrap_or_default();
            fields.push((head.key, value, pos, context));
        }
        Ok(())
    }

    /// A name or a pattern in a declaration.
    pub fn binding(&mut self) -> Parsed<Pattern> {
        match self.token.kind.clone() {
            T::Word(name) if !super::parse_expr::is_reserved(&name) => {
                let pos = self.pos();
                let reserved = matches!(
                    &*name,
                    "let"
                        | "static"
                        | "implements"
                        | "interface"
                        | "package"
                        | "private"
                        | "protected"
                        | "public"
                        | "yield"
                );
                if reserved && self.context().strict {
                    return self.fault(pos, name.len(), "Unexpected strict mode reserved word");
                }
                self.advance()?;
                Ok(Pattern::Name(name, pos))
            }
            T::Punct("[" | "{") => {
                let value = self.deeper(Self::primary)?;
                self.pattern_from(value)
            }
            _ => Err(self.unexpected()),
        }
    }

    pub fn element_from(&mut self, value: Expr) -> Parsed<Element> {
        match value.kind {
            Kind::Assign("=", target, default) => Ok(Element { target: *target, default: Some(*default) }),
            Kind::CoverInit(name, default) => {
                Ok(Element { target: Pattern::Name(name, value.pos), default: Some(*default) })
            }
            _ => Ok(Element { target: self.pattern_from(value)?, default: None }),
        }
    }

    /// An expression read as a pattern.
    pub fn pattern_from(&mut self, value: Expr) -> Parsed<Pattern> {
        let pos = value.pos;
        match value.kind {
            Kind::Ident(name) => Ok(Pattern::Name(name, pos)),
            Kind::Member(..) | Kind::Index(..) => Ok(Pattern::Place(value)),
            Kind::Array(elements) => {
                let (mut out, mut rest) = (vec![], None);
                for element in elements {
                    match element {
                        None => out.push(None),
                        Some(Expr { kind: Kind::Spread(inner), .. }) => {
                            rest = Some(Box::new(self.pattern_from(*inner)?))
                        }
                        Some(element) => out.push(Some(self.element_from(element)?)),
                    }
                }
                Ok(Pattern::Array(out, rest, pos))
            }
            Kind::Object(props) => {
                let (mut out, mut rest) = (vec![], None);
                for prop in props {
                    match prop {
                        Prop::Value(key, value) => out.push((key, self.element_from(value)?)),
                        Prop::Spread(inner) => rest = Some(Box::new(self.pattern_from(inner)?)),
                        _ => return self.fault(pos, 1, "Invalid destructuring assignment target"),
                    }
                }
                Ok(Pattern::Object(out, rest, pos))
            }
            _ => self.fault(pos, 1, "Invalid destructuring assignment target"),
        }
    }
}

/// `constructor(...args) { super(...args); }`, or an empty one.
fn default_constructor(shape: Shape) -> Func {
    let mut func = Func { shape, strict: true, ..Func::default() };
    if shape == Shape::Derived {
        let name: Name = "args".into();
        let args = Expr { pos: 0, kind: Kind::Ident(name.clone()) };
        let spread = Expr { pos: 0, kind: Kind::Spread(Box::new(args)) };
        let callee = Box::new(Expr { pos: 0, kind: Kind::Super });
        let call = Expr { pos: 0, kind: Kind::Call(callee, vec![spread], false) };
        func.rest = Some(Pattern::Name(name, 0));
        func.own.extend(["this".into(), "super".into(), "args".into()]);
        func.body.push(Stmt { pos: 0, kind: StmtKind::Expr(call) });
    }
    func
}
