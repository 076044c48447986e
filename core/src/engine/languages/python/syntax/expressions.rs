//! Expressions, by the strength of their operators.

use super::ast::{Arg, BinOp, CmpOp, CompFor, Const, Expr, Func, Kind, Makes, Name, Param, UnOp};
use super::lexer::Tok;
use super::parser::{KEYWORDS, Parser};
use super::{Parsed, Trouble};
use num_bigint::BigInt;
use std::sync::Arc;

/// The longest number that may be written out, in digits.
const MAX_DIGITS: usize = 4300;

fn binary(op: &str) -> Option<(u8, BinOp)> {
    Some(match op {
        "|" => (1, BinOp::Or),
        "^" => (2, BinOp::Xor),
        "&" => (3, BinOp::And),
        "<<" => (4, BinOp::Shl),
        ">>" => (4, BinOp::Shr),
        "+" => (5, BinOp::Add),
        "-" => (5, BinOp::Sub),
        "*" => (6, BinOp::Mul),
        "/" => (6, BinOp::Div),
        "//" => (6, BinOp::FloorDiv),
        "%" => (6, BinOp::Mod),
        "@" => (6, BinOp::MatMul),
        _ => return None,
    })
}

impl Parser {
    /// Expressions parted by commas: a tuple where there is a comma.
    pub fn expressions(&mut self) -> Parsed<Expr> {
        let first = self.star_or_named()?;
        if !self.is_op(",") {
            return Ok(first);
        }
        let start = first.span;
        let mut items = vec![first];
        while self.take_op(",") {
            if self.at_end_of_list() {
                break;
            }
            items.push(self.star_or_named()?);
        }
        self.make(start.to(self.last_span()), Kind::Tuple(items))
    }

    fn at_end_of_list(&self) -> bool {
        match self.tok() {
            Tok::Newline | Tok::End => true,
            Tok::Op(op) => matches!(*op, ")" | "]" | "}" | "=" | ":" | ";") || op.ends_with('=') && *op != "==",
            Tok::Name(name) => matches!(&**name, "in" | "for" | "if"),
            _ => false,
        }
    }

    fn star_or_named(&mut self) -> Parsed<Expr> {
        let start = self.span();
        if self.take_op("*") {
            let value = self.operators(1)?;
            return self.make(start.to(value.span), Kind::Starred(Box::new(value)));
        }
        self.named()
    }

    /// An expression that may be `name := value`.
    pub fn named(&mut self) -> Parsed<Expr> {
        let start = self.span();
        if let (Tok::Name(name), Tok::Op(":=")) = (self.tok().clone(), self.tok_after(1)) {
            self.next();
            self.next();
            let value = self.expression()?;
            return self.make(start.to(value.span), Kind::Walrus(name, Box::new(value)));
        }
        self.expression()
    }

    /// One expression: `a if b else c`, `lambda`, `yield` and what binds stronger.
    pub fn expression(&mut self) -> Parsed<Expr> {
        self.deeper(|p| {
            let start = p.span();
            if p.is_word("lambda") {
                return p.lambda();
            }
            if p.is_word("yield") {
                return p.yielded();
            }
            let value = p.disjunction()?;
            if !p.take_word("if") {
                return Ok(value);
            }
            let condition = p.disjunction()?;
            if !p.is_word("else") {
                return p.fault_at(start.to(condition.span), "expected 'else' after 'if' expression");
            }
            p.next();
            let other = p.expression()?;
            let span = start.to(other.span);
            p.make(span, Kind::IfElse(Box::new(condition), Box::new(value), Box::new(other)))
        })
    }

    fn yielded(&mut self) -> Parsed<Expr> {
        let start = self.span();
        self.next();
        if self.take_word("from") {
            let value = self.expression()?;
            return self.make(start.to(value.span), Kind::YieldFrom(Box::new(value)));
        }
        if self.at_end_of_list() {
            return self.make(start, Kind::Yield(None));
        }
        let value = self.expressions()?;
        self.make(start.to(value.span), Kind::Yield(Some(Box::new(value))))
    }

    fn lambda(&mut self) -> Parsed<Expr> {
        let start = self.span();
        self.next();
        let mut func = Func { name: "<lambda>".into(), line: start.line, ..Func::default() };
        self.parameters(&mut func, ":", false)?;
        self.expect_op(":")?;
        let value = self.expression()?;
        let span = start.to(value.span);
        let kind = super::ast::Do::Return(Some(value));
        func.body.push(super::ast::Stmt { span, kind });
        self.make(span, Kind::Lambda(Arc::new(func)))
    }

    /// Parameters up to `end`, which stays.
    pub fn parameters(&mut self, func: &mut Func, end: &str, annotated: bool) -> Parsed<()> {
        let (mut after_star, mut defaults) = (false, false);
        while !self.is_op(end) {
            if self.take_op("**") {
                func.double_star = Some(self.parameter_name(annotated)?);
            } else if self.take_op("*") {
                after_star = true;
                if !self.is_op(",") {
                    func.star = Some(self.parameter_name(annotated)?);
                } else if matches!(self.tok_after(1), Tok::Op(op) if *op == end) {
                    return self.fault("named arguments must follow bare *");
                }
            } else if self.take_op("/") {
                func.positional_only = func.params.len();
            } else {
                let span = self.span();
                let name = self.parameter_name(annotated)?;
                let default = if self.take_op("=") { Some(self.expression()?) } else { None };
                if default.is_none() && defaults && !after_star {
                    return self.fault_at(span, "non-default argument follows default argument");
                }
                defaults |= default.is_some();
                let known = func.params.iter().chain(&func.keyword_only).any(|p| p.name == name);
                if known {
                    return self.fault_at(span, format!("duplicate argument '{name}' in function definition"));
                }
                let list = if after_star { &mut func.keyword_only } else { &mut func.params };
                list.push(Param { name, default });
            }
            if !self.take_op(",") {
                break;
            }
        }
        Ok(())
    }

    fn parameter_name(&mut self, annotated: bool) -> Parsed<Name> {
        let name = self.name()?;
        if annotated && self.take_op(":") {
            self.expression()?;
        }
        Ok(name)
    }

    fn disjunction(&mut self) -> Parsed<Expr> {
        self.chain("or", Self::conjunction, Kind::Or)
    }

    fn conjunction(&mut self) -> Parsed<Expr> {
        self.chain("and", Self::inversion, Kind::And)
    }

    fn chain(
        &mut self,
        word: &str,
        read: fn(&mut Self) -> Parsed<Expr>,
        kind: fn(Vec<Expr>) -> Kind,
    ) -> Parsed<Expr> {
        let first = read(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let start = first.span;
        let mut items = vec![first];
        while self.take_word(word) {
            items.push(read(self)?);
        }
        self.make(start.to(self.last_span()), kind(items))
    }

    fn inversion(&mut self) -> Parsed<Expr> {
        let start = self.span();
        if self.take_word("not") {
            let value = self.deeper(Self::inversion)?;
            return self.make(start.to(value.span), Kind::Unary(UnOp::Not, Box::new(value)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let first = self.operators(1)?;
        let mut rest = vec![];
        while let Some(op) = self.comparator() {
            rest.push((op, self.operators(1)?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        self.make(first.span.to(self.last_span()), Kind::Compare(Box::new(first), rest))
    }

    fn comparator(&mut self) -> Option<CmpOp> {
        let (op, words) = match self.tok() {
            Tok::Op("==") => (CmpOp::Eq, 1),
            Tok::Op("!=") => (CmpOp::Ne, 1),
            Tok::Op("<") => (CmpOp::Lt, 1),
            Tok::Op("<=") => (CmpOp::Le, 1),
            Tok::Op(">") => (CmpOp::Gt, 1),
            Tok::Op(">=") => (CmpOp::Ge, 1),
            Tok::Name(n) if &**n == "in" => (CmpOp::In, 1),
            Tok::Name(n) if &**n == "not" => match self.tok_after(1) {
                Tok::Name(n) if &**n == "in" => (CmpOp::NotIn, 2),
                _ => return None,
            },
            Tok::Name(n) if &**n == "is" => match self.tok_after(1) {
                Tok::Name(n) if &**n == "not" => (CmpOp::IsNot, 2),
                _ => (CmpOp::Is, 1),
            },
            _ => return None,
        };
        (0..words).for_each(|_| self.next());
        Some(op)
    }

    /// Operators of two values of at least this strength.
    pub fn operators(&mut self, least: u8) -> Parsed<Expr> {
        let mut left = self.unary()?;
        while let Tok::Op(op) = self.tok() {
            let Some((strength, op)) = binary(op).filter(|(s, _)| *s >= least) else { break };
            self.next();
            let right = self.deeper(|p| p.operators(strength + 1))?;
            let span = left.span.to(right.span);
            left = self.make(span, Kind::Binary(op, Box::new(left), Box::new(right)))?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let start = self.span();
        let op = match self.tok() {
            Tok::Op("-") => UnOp::Neg,
            Tok::Op("+") => UnOp::Pos,
            Tok::Op("~") => UnOp::Invert,
            _ => return self.power(),
        };
        self.next();
        let value = self.deeper(Self::unary)?;
        self.make(start.to(value.span), Kind::Unary(op, Box::new(value)))
    }

    fn power(&mut self) -> Parsed<Expr> {
        let start = self.span();
        if self.take_word("await") {
            let value = self.deeper(Self::power)?;
            return self.make(start.to(value.span), Kind::Await(Box::new(value)));
        }
        let base = self.primary()?;
        if !self.take_op("**") {
            return Ok(base);
        }
        let exponent = self.deeper(Self::unary)?;
        let span = base.span.to(exponent.span);
        self.make(span, Kind::Binary(BinOp::Pow, Box::new(base), Box::new(exponent)))
    }

    /// An atom with its calls, attributes and items.
    fn primary(&mut self) -> Parsed<Expr> {
        let mut value = self.atom()?;
        loop {
            let start = value.span;
            if self.take_op(".") {
                let name = self.name()?;
                value = self.make(start.to(self.last_span()), Kind::Attr(Box::new(value), name))?;
            } else if self.take_op("(") {
                let args = self.deeper(Self::arguments)?;
                value = self.make(start.to(self.last_span()), Kind::Call(Box::new(value), args))?;
            } else if self.take_op("[") {
                let index = self.deeper(Self::subscript)?;
                self.expect_op("]")?;
                value = self.make(start.to(self.last_span()), Kind::Index(Box::new(value), Box::new(index)))?;
            } else {
                return Ok(value);
            }
        }
    }

    /// Arguments up to and with the bracket.
    pub fn arguments(&mut self) -> Parsed<Vec<Arg>> {
        let mut args: Vec<Arg> = vec![];
        while !self.take_op(")") {
            let span = self.span();
            let arg = match (self.tok().clone(), self.tok_after(1)) {
                (Tok::Op("*"), _) => {
                    self.next();
                    Arg::Star(self.expression()?)
                }
                (Tok::Op("**"), _) => {
                    self.next();
                    Arg::DoubleStar(self.expression()?)
                }
                (Tok::Name(name), Tok::Op("=")) => {
                    if KEYWORDS.contains(&&*name) {
                        return self.fault(format!("cannot assign to {name}"));
                    }
                    self.next();
                    self.next();
                    if args.iter().any(|a| matches!(a, Arg::Named(n, _) if *n == name)) {
                        return self.fault_at(span, format!("keyword argument repeated: {name}"));
                    }
                    Arg::Named(name, self.expression()?)
                }
                _ => {
                    let value = self.named()?;
                    if self.is_word("for") || self.is_word("async") {
                        let loops = self.loops()?;
                        let kind = Kind::Comp(Makes::Generator, Box::new(value), None, loops);
                        Arg::Plain(self.make(span.to(self.last_span()), kind)?)
                    } else {
                        if args.iter().any(|a| matches!(a, Arg::Named(..))) {
                            return self.fault("positional argument follows keyword argument");
                        }
                        Arg::Plain(value)
                    }
                }
            };
            args.push(arg);
            if !self.take_op(",") && !self.is_op(")") {
                return match args.last() {
                    Some(arg) if self.starts_value() => self.fault_at(
                        arg.value().span.to(self.span()),
                        "invalid syntax. Perhaps you forgot a comma?",
                    ),
                    _ => self.invalid(),
                };
            }
        }
        Ok(args)
    }

    fn starts_value(&self) -> bool {
        match self.tok() {
            Tok::Name(name) => !KEYWORDS.contains(&&**name),
            Tok::Number(_) | Tok::Str { .. } => true,
            _ => false,
        }
    }

    fn subscript(&mut self) -> Parsed<Expr> {
        let first = self.slice()?;
        if !self.is_op(",") {
            return Ok(first);
        }
        let start = first.span;
        let mut items = vec![first];
        while self.take_op(",") {
            if self.is_op("]") {
                break;
            }
            items.push(self.slice()?);
        }
        self.make(start.to(self.last_span()), Kind::Tuple(items))
    }

    fn slice(&mut self) -> Parsed<Expr> {
        let start = self.span();
        let from = if self.is_op(":") { None } else { Some(Box::new(self.star_or_named()?)) };
        if !self.take_op(":") {
            return from.map_or_else(|| self.invalid(), |e| Ok(*e));
        }
        let part = |p: &mut Self| -> Parsed<Option<Box<Expr>>> {
            if matches!(p.tok(), Tok::Op("]" | ":" | ",")) { Ok(None) } else { Ok(Some(Box::new(p.expression()?))) }
        };
        let to = part(self)?;
        let step = if self.take_op(":") { part(self)? } else { None };
        self.make(start.to(self.last_span()), Kind::Slice(from, to, step))
    }

    /// The loops of a comprehension.
    fn loops(&mut self) -> Parsed<Vec<CompFor>> {
        let mut out = vec![];
        while self.is_word("for") || self.is_word("async") {
            if self.take_word("async") {
                return Err(Trouble::Missing("async comprehensions".into()));
            }
            self.next();
            let target = self.targets()?;
            self.expect_word("in")?;
            let iter = self.disjunction()?;
            let mut conditions = vec![];
            while self.take_word("if") {
                let start = self.span();
                let condition = self.disjunction()?;
                let walrus = if let (Kind::Name(name), true) = (&condition.kind, self.take_op(":=")) {
                    let value = self.disjunction()?;
                    Some(self.make(start.to(value.span), Kind::Walrus(name.clone(), Box::new(value)))?)
                } else {
                    None
                };
                conditions.push(walrus.unwrap_or(condition));
            }
            out.push(CompFor { target, iter, conditions });
        }
        Ok(out)
    }

    /// The targets of `for`.
    pub fn targets(&mut self) -> Parsed<Expr> {
        let start = self.span();
        let mut items = vec![];
        let mut tuple = false;
        loop {
            let at = self.span();
            let item = if self.take_op("*") {
                let value = self.operators(1)?;
                self.make(at.to(value.span), Kind::Starred(Box::new(value)))?
            } else {
                self.operators(1)?
            };
            items.push(item);
            if !self.take_op(",") {
                break;
            }
            tuple = true;
            if self.is_word("in") {
                break;
            }
        }
        let target = match items.pop() {
            Some(item) if !tuple => item,
            last => {
                items.extend(last);
                self.make(start.to(self.last_span()), Kind::Tuple(items))?
            }
        };
        self.check_target(&target, "assign to")?;
        Ok(target)
    }

    fn atom(&mut self) -> Parsed<Expr> {
        let start = self.span();
        match self.tok().clone() {
            Tok::Name(name) => {
                let constant = match &*name {
                    "None" => Some(Const::None),
                    "True" => Some(Const::Bool(true)),
                    "False" => Some(Const::Bool(false)),
                    word if KEYWORDS.contains(&word) => return self.invalid(),
                    _ => None,
                };
                self.next();
                self.make(start, constant.map_or(Kind::Name(name), Kind::Const))
            }
            Tok::Number(text) => {
                let value = self.number(&text)?;
                self.next();
                self.make(start, Kind::Const(value))
            }
            Tok::Str { .. } => self.strings(),
            Tok::Op("...") => {
                self.next();
                self.make(start, Kind::Const(Const::Ellipsis))
            }
            Tok::Op("(") => self.deeper(Self::parenthesised),
            Tok::Op("[") => self.deeper(Self::list),
            Tok::Op("{") => self.deeper(Self::braced),
            _ => self.invalid(),
        }
    }

    fn number(&self, text: &str) -> Parsed<Const> {
        let lower = text.to_ascii_lowercase();
        let based = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find_map(|(p, b)| Some((lower.strip_prefix(p)?, b)));
        if based.is_none() && lower.contains(['.', 'e']) {
            return lower.parse().map(Const::Float).or_else(|_| self.fault("invalid decimal literal"));
        }
        let (digits, base) = based.unwrap_or((&lower, 10));
        if base == 10 && digits.len() > 1 && digits.starts_with('0') && digits.bytes().any(|b| b != b'0') {
            return self.fault("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers");
        }
        if digits.len() > MAX_DIGITS {
            return self.fault(format!("Exceeds the limit (4300 digits) for integer string conversion: value has {} digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.", digits.len()));
        }
        if let Ok(n) = i64::from_str_radix(digits, base) {
            return Ok(Const::Int(n));
        }
        match BigInt::parse_bytes(digits.as_bytes(), base) {
            Some(n) => Ok(Const::Big(Arc::new(n))),
            None => self.fault("invalid decimal literal"),
        }
    }

    fn parenthesised(&mut self) -> Parsed<Expr> {
        let start = self.span();
        self.next();
        if self.take_op(")") {
            return self.make(start.to(self.last_span()), Kind::Tuple(vec![]));
        }
        let mut value = if self.is_word("yield") { self.yielded()? } else { self.expressions()? };
        if self.is_word("for") || self.is_word("async") {
            let loops = self.loops()?;
            self.expect_op(")")?;
            let kind = Kind::Comp(Makes::Generator, Box::new(value), None, loops);
            return self.make(start.to(self.last_span()), kind);
        }
        if !self.is_op(")") && self.starts_value() {
            return self.fault_at(value.span.to(self.span()), "invalid syntax. Perhaps you forgot a comma?");
        }
        self.expect_op(")")?;
        if matches!(value.kind, Kind::Tuple(_)) {
            value.span = start.to(self.last_span());
        }
        Ok(value)
    }

    fn list(&mut self) -> Parsed<Expr> {
        let start = self.span();
        self.next();
        let mut items = vec![];
        while !self.take_op("]") {
            items.push(self.star_or_named()?);
            if items.len() == 1 && (self.is_word("for") || self.is_word("async")) {
                let loops = self.loops()?;
                self.expect_op("]")?;
                let Some(element) = items.pop() else { return self.invalid() };
                let kind = Kind::Comp(Makes::List, Box::new(element), None, loops);
                return self.make(start.to(self.last_span()), kind);
            }
            if !self.take_op(",") && !self.is_op("]") {
                return match items.last() {
                    Some(item) if self.starts_value() => {
                        self.fault_at(item.span.to(self.span()), "invalid syntax. Perhaps you forgot a comma?")
                    }
                    _ => self.invalid(),
                };
            }
        }
        self.make(start.to(self.last_span()), Kind::List(items))
    }

    /// A dictionary or a set.
    fn braced(&mut self) -> Parsed<Expr> {
        let start = self.span();
        self.next();
        let (mut pairs, mut items) = (vec![], vec![]);
        while !self.take_op("}") {
            if self.take_op("**") {
                pairs.push((None, self.operators(1)?));
            } else {
                let key = self.star_or_named()?;
                if self.take_op(":") {
                    let value = self.expression()?;
                    if pairs.is_empty() && self.is_word("for") {
                        let loops = self.loops()?;
                        self.expect_op("}")?;
                        let kind = Kind::Comp(Makes::Dict, Box::new(key), Some(Box::new(value)), loops);
                        return self.make(start.to(self.last_span()), kind);
                    }
                    pairs.push((Some(key), value));
                } else if items.is_empty() && self.is_word("for") {
                    let loops = self.loops()?;
                    self.expect_op("}")?;
                    let kind = Kind::Comp(Makes::Set, Box::new(key), None, loops);
                    return self.make(start.to(self.last_span()), kind);
                } else {
                    items.push(key);
                }
            }
            if !self.take_op(",") && !self.is_op("}") {
                return self.invalid();
            }
        }
        let span = start.to(self.last_span());
        match (pairs.is_empty(), items.is_empty()) {
            (false, false) => self.fault_at(span, "':' expected after dictionary key"),
            (true, false) => self.make(span, Kind::Set(items)),
            _ => self.make(span, Kind::Dict(pairs)),
        }
    }
}
