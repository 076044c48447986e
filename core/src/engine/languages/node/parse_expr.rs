//! Expressions.

use super::ast::{Element, Expr, Func, Kind, Name, Pattern};
use super::lexer::T;
use super::parser::{Goal, Parsed, Parser};
use std::sync::Arc;

/// Words that name no variable.
pub fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "break"
            | "case"
            | "catch"
            | "class"
            | "const"
            | "continue"
            | "debugger"
            | "default"
            | "delete"
            | "do"
            | "else"
            | "enum"
            | "export"
            | "extends"
            | "false"
            | "finally"
            | "for"
            | "function"
            | "if"
            | "import"
            | "in"
            | "instanceof"
            | "new"
            | "null"
            | "return"
            | "super"
            | "switch"
            | "this"
            | "throw"
            | "true"
            | "try"
            | "typeof"
            | "var"
            | "void"
            | "while"
            | "with"
    )
}

/// How tightly an operator binds; 0 where it is none.
fn strength(mark: &str) -> u8 {
    match mark {
        "??" => 1,
        "||" => 2,
        "&&" => 3,
        "|" => 4,
        "^" => 5,
        "&" => 6,
        "==" | "!=" | "===" | "!==" => 7,
        "<" | ">" | "<=" | ">=" | "instanceof" | "in" => 8,
        "<<" | ">>" | ">>>" => 9,
        "+" | "-" => 10,
        "*" | "/" | "%" => 11,
        "**" => 12,
        _ => 0,
    }
}

pub fn expr(pos: u32, kind: Kind) -> Expr {
    Expr { pos, kind }
}

impl Parser<'_> {
    /// With commas.
    pub fn expression(&mut self) -> Parsed<Expr> {
        let first = self.assignment()?;
        if !self.is(",") {
            return Ok(first);
        }
        let pos = first.pos;
        let mut all = vec![first];
        while self.take(",")? {
            all.push(self.assignment()?);
        }
        Ok(expr(pos, Kind::Sequence(all)))
    }

    pub fn assignment(&mut self) -> Parsed<Expr> {
        self.deeper(Self::assignment_here)
    }

    fn assignment_here(&mut self) -> Parsed<Expr> {
        let pos = self.pos();
        if self.is_word("yield") && self.context().is_generator {
            return self.yielded(pos);
        }
        if let Some(arrow) = self.simple_arrow()? {
            return Ok(arrow);
        }
        let left = self.conditional()?;
        let T::Punct(mark) = self.token.kind else { return Ok(left) };
        let assigns =
            mark == "=" || mark.ends_with('=') && !matches!(mark, "==" | "!=" | "===" | "!==" | "<=" | ">=");
        if !assigns {
            return Ok(left);
        }
        let len = self.last_end - left.pos as usize;
        let is_pattern = mark == "=" && matches!(left.kind, Kind::Array(_) | Kind::Object(_));
        let is_place = matches!(left.kind, Kind::Ident(_) | Kind::Member(..) | Kind::Index(..));
        if !is_pattern && !is_place {
            return self.fault(left.pos, len, "Invalid left-hand side in assignment");
        }
        let target = if is_pattern { self.pattern_from(left)? } else { self.place(left) };
        self.advance()?;
        let value = self.named_value(&target)?;
        Ok(expr(pos, Kind::Assign(mark, Box::new(target), Box::new(value))))
    }

    fn place(&mut self, left: Expr) -> Pattern {
        match left.kind {
            Kind::Ident(name) => Pattern::Name(name, left.pos),
            _ => Pattern::Place(left),
        }
    }

    /// A value that takes its name from what it is assigned to.
    pub fn named_value(&mut self, target: &Pattern) -> Parsed<Expr> {
        let value = self.assignment()?;
        Ok(match target {
            Pattern::Name(name, _) => named(value, name),
            _ => value,
        })
    }

    fn yielded(&mut self, pos: u32) -> Parsed<Expr> {
        self.advance()?;
        let delegated = !self.token.fresh_line && self.take("*")?;
        let ends = self.token.fresh_line
            || self.token.kind == T::End
            || matches!(self.token.kind, T::Punct(")" | "]" | "}" | "," | ";" | ":"));
        let value = if ends && !delegated { None } else { Some(Box::new(self.assignment()?)) };
        Ok(expr(pos, Kind::Yield(value, delegated)))
    }

    /// `x => …`, `async x => …`
    fn simple_arrow(&mut self) -> Parsed<Option<Expr>> {
        let T::Word(word) = self.token.kind.clone() else { return Ok(None) };
        if is_reserved(&word) {
            return Ok(None);
        }
        let pos = self.pos();
        let next = self.peek()?;
        if next.kind == T::Punct("=>") && !next.fresh_line {
            self.advance()?;
            let param = Element { target: Pattern::Name(word, pos), default: None };
            return self.arrow(pos, vec![param], None, false).map(Some);
        }
        let T::Word(param) = &next.kind else { return Ok(None) };
        if &*word != "async" || next.fresh_line || is_reserved(param) {
            return Ok(None);
        }
        let after = self.lex.token(next.end)?;
        if after.kind != T::Punct("=>") {
            return Ok(None);
        }
        self.advance()?;
        self.advance()?;
        let param = Element { target: Pattern::Name(param.clone(), next.start as u32), default: None };
        self.arrow(pos, vec![param], None, true).map(Some)
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        let test = self.binary(1)?;
        if !self.take("?")? {
            return Ok(test);
        }
        let pos = test.pos;
        let before = std::mem::replace(&mut self.allow_in, true);
        let then = self.assignment()?;
        self.allow_in = before;
        self.expect(":")?;
        let other = self.assignment()?;
        Ok(expr(pos, Kind::Cond(Box::new(test), Box::new(then), Box::new(other))))
    }

    fn operator(&self) -> Option<&'static str> {
        match &self.token.kind {
            T::Punct(mark) => Some(mark),
            T::Word(w) if &**w == "instanceof" => Some("instanceof"),
            T::Word(w) if &**w == "in" && self.allow_in => Some("in"),
            _ => None,
        }
    }

    fn binary(&mut self, least: u8) -> Parsed<Expr> {
        let mut left = match self.token.kind.clone() {
            T::Private(name) => {
                let pos = self.pos();
                self.advance()?;
                if !self.take_word("in")? {
                    return Err(self.unexpected());
                }
                let object = self.binary(9)?;
                expr(pos, Kind::HasPrivate(name, Box::new(object)))
            }
            _ => self.unary()?,
        };
        while let Some(mark) = self.operator() {
            let level = strength(mark);
            if level == 0 || level < least {
                break;
            }
            self.advance()?;
            let right = self.deeper(|p| p.binary(if mark == "**" { level } else { level + 1 }))?;
            let pos = left.pos;
            let (left_side, right) = (Box::new(left), Box::new(right));
            left = expr(
                pos,
                match mark {
                    "&&" | "||" | "??" => Kind::Logical(mark, left_side, right),
                    _ => Kind::Binary(mark, left_side, right),
                },
            );
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let pos = self.pos();
        let mark = match &self.token.kind {
            T::Punct(p @ ("!" | "-" | "+" | "~" | "++" | "--")) => *p,
            T::Word(w) => match &**w {
                "typeof" => "typeof",
                "void" => "void",
                "delete" => "delete",
                "await" => return self.awaited(pos),
                _ => return self.postfix(),
            },
            _ => return self.postfix(),
        };
        self.advance()?;
        let operand = self.deeper(Self::unary)?;
        if matches!(mark, "++" | "--") {
            self.check_place(&operand, "Invalid left-hand side expression in prefix operation")?;
            return Ok(expr(pos, Kind::Update(mark, true, Box::new(operand))));
        }
        Ok(expr(pos, Kind::Unary(mark, Box::new(operand))))
    }

    fn check_place(&self, operand: &Expr, text: &str) -> Parsed<()> {
        match operand.kind {
            Kind::Ident(_) | Kind::Member(..) | Kind::Index(..) => Ok(()),
            _ => self.fault(operand.pos, self.last_end - operand.pos as usize, text),
        }
    }

    fn awaited(&mut self, pos: u32) -> Parsed<Expr> {
        if self.context().is_async {
            self.mention("await");
            self.advance()?;
            let value = self.deeper(Self::unary)?;
            return Ok(expr(pos, Kind::Await(Box::new(value))));
        }
        let next = self.peek()?;
        if !next.fresh_line && matches!(next.kind, T::Word(_) | T::Num(_) | T::Str(_)) {
            let text = "await is only valid in async functions and the top level bodies of modules";
            return self.fault(pos, 5, text);
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        let value = self.call_chain()?;
        if (self.is("++") || self.is("--")) && !self.token.fresh_line {
            self.check_place(&value, "Invalid left-hand side expression in postfix operation")?;
            let mark = if self.is("++") { "++" } else { "--" };
            self.advance()?;
            return Ok(expr(value.pos, Kind::Update(mark, false, Box::new(value))));
        }
        Ok(value)
    }

    pub fn call_chain(&mut self) -> Parsed<Expr> {
        let start = self.pos();
        let mut value = if self.is_word("new") { self.new_expression()? } else { self.primary()? };
        let mut chain = false;
        loop {
            let pos = self.pos();
            if self.is("?.") {
                chain = true;
                self.advance()?;
                if self.is("(") {
                    let args = self.arguments()?;
                    value = expr(value.pos, Kind::Call(Box::new(value), args, true));
                } else if self.take("[")? {
                    let key = self.inside()?;
                    self.expect("]")?;
                    value = expr(pos, Kind::Index(Box::new(value), Box::new(key), true));
                } else {
                    let pos = self.pos();
                    let name = self.property_name()?;
                    value = expr(pos, Kind::Member(Box::new(value), name, true));
                }
                continue;
            }
            let next = self.chain_part(value)?;
            value = match next {
                Ok(longer) => longer,
                Err(whole) => {
                    value = whole;
                    break;
                }
            };
        }
        Ok(if chain { expr(start, Kind::Chain(Box::new(value))) } else { value })
    }

    /// One more `.x`, `[x]`, `(x)` or template; the value itself where there is none.
    fn chain_part(&mut self, value: Expr) -> Parsed<Result<Expr, Expr>> {
        match self.token.kind.clone() {
            T::Punct(".") => {
                self.advance()?;
                let pos = self.pos();
                let name = self.property_name()?;
                Ok(Ok(expr(pos, Kind::Member(Box::new(value), name, false))))
            }
            T::Punct("[") => {
                self.advance()?;
                let pos = self.pos();
                let key = self.inside()?;
                self.expect("]")?;
                Ok(Ok(expr(pos, Kind::Index(Box::new(value), Box::new(key), false))))
            }
            T::Punct("(") => {
                let start = value.pos;
                // V8 puts a call at the name before the parenthesis, and otherwise at the parenthesis.
                let at_name = matches!(value.kind, Kind::Ident(_) | Kind::Member(..) | Kind::Super);
                let at = if at_name { start } else { self.pos() };
                let is_async =
                    matches!(&value.kind, Kind::Ident(n) if &**n == "async") && !self.token.fresh_line;
                let args = self.arguments()?;
                if is_async && self.is("=>") {
                    return self.cover_arrow(start, args, true).map(Ok);
                }
                Ok(Ok(expr(at, Kind::Call(Box::new(value), args, false))))
            }
            T::Template(..) => {
                let pos = value.pos;
                let (texts, raws, values) = self.template_parts()?;
                Ok(Ok(expr(pos, Kind::Tagged(Box::new(value), raws, texts, values))))
            }
            _ => Ok(Err(value)),
        }
    }

    /// An expression inside brackets, where `in` is an operator again.
    pub fn inside(&mut self) -> Parsed<Expr> {
        let before = std::mem::replace(&mut self.allow_in, true);
        let value = self.expression();
        self.allow_in = before;
        value
    }

    fn property_name(&mut self) -> Parsed<Name> {
        match self.token.kind.clone() {
            T::Word(name) | T::Private(name) => {
                self.advance()?;
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }

    pub fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        self.expect("(")?;
        let before = std::mem::replace(&mut self.allow_in, true);
        let mut out = vec![];
        while !self.is(")") {
            let pos = self.pos();
            let value = if self.take("...")? {
                let value = self.assignment()?;
                expr(pos, Kind::Spread(Box::new(value)))
            } else {
                self.assignment()?
            };
            out.push(value);
            if !self.is(")") && !self.take(",")? {
                let len = self.token.end - self.token.start;
                return self.fault(self.pos(), len.max(1), "missing ) after argument list");
            }
        }
        self.allow_in = before;
        self.advance()?;
        Ok(out)
    }

    fn new_expression(&mut self) -> Parsed<Expr> {
        let pos = self.pos();
        self.advance()?;
        if self.take(".")? {
            self.expect_target()?;
            self.mention("new.target");
            return Ok(expr(pos, Kind::NewTarget));
        }
        let mut callee =
            if self.is_word("new") { self.deeper(Self::new_expression)? } else { self.primary()? };
        loop {
            if self.take(".")? {
                let at = self.pos();
                let name = self.property_name()?;
                callee = expr(at, Kind::Member(Box::new(callee), name, false));
            } else if self.take("[")? {
                let at = self.pos();
                let key = self.inside()?;
                self.expect("]")?;
                callee = expr(at, Kind::Index(Box::new(callee), Box::new(key), false));
            } else {
                break;
            }
        }
        let args = if self.is("(") { self.arguments()? } else { vec![] };
        Ok(expr(pos, Kind::New(Box::new(callee), args)))
    }

    fn expect_target(&mut self) -> Parsed<()> {
        if self.take_word("target")? { Ok(()) } else { Err(self.unexpected()) }
    }

    pub fn primary(&mut self) -> Parsed<Expr> {
        let pos = self.pos();
        let kind = match self.token.kind.clone() {
            T::Num(n) => Kind::Num(n),
            T::BigInt(n) => Kind::BigInt(n),
            T::Str(s) => Kind::Str(s),
            T::Template(..) => {
                let (texts, _, values) = self.template_parts()?;
                return Ok(expr(pos, Kind::Template(texts, values)));
            }
            T::Punct("/" | "/=") => {
                let (source, flags, end) = self.lex.regex(self.token.start)?;
                self.token.end = end;
                Kind::Regex(source, flags)
            }
            T::Punct("(") => return self.parenthesized(pos),
            T::Punct("[") => return self.array(pos),
            T::Punct("{") => return self.object(pos),
            T::Punct("%") if self.goal == Goal::Library => {
                self.advance()?;
                let name = self.property_name()?;
                return Ok(expr(pos, Kind::Native(name, self.arguments()?)));
            }
            T::Word(word) => return self.word(pos, word),
            _ => return Err(self.unexpected()),
        };
        self.advance()?;
        Ok(expr(pos, kind))
    }

    fn word(&mut self, pos: u32, word: Name) -> Parsed<Expr> {
        let kind = match &*word {
            "this" => {
                self.mention("this");
                Kind::This
            }
            "null" => Kind::Null,
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "super" => {
                self.mention("this");
                self.mention("super");
                Kind::Super
            }
            "function" => return self.function_value(false, None),
            "class" => return Ok(expr(pos, Kind::Class(self.class()?))),
            "async" => {
                let next = self.peek()?;
                if next.kind == T::Word("function".into()) && !next.fresh_line {
                    self.advance()?;
                    return self.function_value(true, None);
                }
                Kind::Ident(word)
            }
            "import" => {
                self.advance()?;
                if self.take(".")? {
                    self.property_name()?;
                    if self.goal != Goal::Module {
                        return self.fault(pos, 6, "Cannot use 'import.meta' outside a module");
                    }
                    self.mention("$meta");
                    return Ok(expr(pos, Kind::ImportMeta));
                }
                let mut args = self.arguments()?;
                let first = if args.is_empty() { return Err(self.unexpected()) } else { args.swap_remove(0) };
                return Ok(expr(pos, Kind::ImportCall(Box::new(first))));
            }
            w if is_reserved(w) => return Err(self.unexpected()),
            w => {
                self.mention(w);
                Kind::Ident(word)
            }
        };
        self.advance()?;
        Ok(expr(pos, kind))
    }

    pub fn cover_arrow(&mut self, pos: u32, args: Vec<Expr>, is_async: bool) -> Parsed<Expr> {
        let (mut params, mut rest) = (vec![], None);
        for arg in args {
            match arg.kind {
                Kind::Spread(inner) => rest = Some(self.pattern_from(*inner)?),
                _ => params.push(self.element_from(arg)?),
            }
        }
        self.arrow(pos, params, rest, is_async)
    }
}

/// Gives a function or class without a name one.
pub fn named(value: Expr, name: &Name) -> Expr {
    let kind = match value.kind {
        Kind::Func(func) if func.name.is_none() => {
            let mut func = Arc::try_unwrap(func).unwrap_or_else(|shared| Func::clone(&shared));
            func.name = Some(name.clone());
            Kind::Func(Arc::new(func))
        }
        Kind::Class(class) if class.name.is_none() => {
            let mut class = super::ast::Class::clone(&class);
            let mut constructor = Func::clone(&class.constructor);
            constructor.name = Some(name.clone());
            class.constructor = Arc::new(constructor);
            Kind::Class(Arc::new(class))
        }
        other => other,
    };
    Expr { pos: value.pos, kind }
}
