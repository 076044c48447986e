//! Statements and their blocks.

use super::ast::{Alias, BinOp, Class, Do, Expr, Func, Handler, Kind, Name, Span, Stmt};
use super::lexer::Tok;
use super::parser::Parser;
use super::{Parsed, Trouble};
use std::sync::Arc;

fn augmented(op: &str) -> Option<BinOp> {
    Some(match op {
        "+=" => BinOp::Add,
        "-=" => BinOp::Sub,
        "*=" => BinOp::Mul,
        "/=" => BinOp::Div,
        "//=" => BinOp::FloorDiv,
        "%=" => BinOp::Mod,
        "**=" => BinOp::Pow,
        "@=" => BinOp::MatMul,
        "&=" => BinOp::And,
        "|=" => BinOp::Or,
        "^=" => BinOp::Xor,
        "<<=" => BinOp::Shl,
        ">>=" => BinOp::Shr,
        _ => return None,
    })
}

impl Parser {
    /// One statement, or several on a line parted by semicolons.
    pub fn statement(&mut self, out: &mut Vec<Stmt>) -> Parsed<()> {
        let start = self.span();
        if let Some(kind) = self.compound()? {
            out.push(Stmt { span: start, kind });
            return Ok(());
        }
        loop {
            let start = self.span();
            let kind = self.simple()?;
            out.push(Stmt { span: start.to(self.last_span()), kind });
            if self.take_op(";") {
                if *self.tok() == Tok::Newline {
                    break;
                }
                continue;
            }
            break;
        }
        match self.tok() {
            Tok::Newline => {
                self.next();
                Ok(())
            }
            Tok::End => Ok(()),
            _ => self.invalid(),
        }
    }

    fn compound(&mut self) -> Parsed<Option<Do>> {
        let Tok::Name(word) = self.tok().clone() else {
            return if self.is_op("@") { self.decorated().map(Some) } else { Ok(None) };
        };
        Ok(Some(match &*word {
            "if" => self.deeper(Self::conditional)?,
            "while" => self.deeper(Self::while_loop)?,
            "for" => self.deeper(|p| p.for_loop(false))?,
            "def" => self.deeper(|p| p.function(vec![], false))?,
            "class" => self.deeper(|p| p.class(vec![]))?,
            "try" => self.deeper(Self::attempt)?,
            "with" => self.deeper(|p| p.with(false))?,
            "async" => {
                self.next();
                match self.tok().clone() {
                    Tok::Name(n) if &*n == "def" => self.deeper(|p| p.function(vec![], true))?,
                    Tok::Name(n) if &*n == "for" => self.deeper(|p| p.for_loop(true))?,
                    Tok::Name(n) if &*n == "with" => self.deeper(|p| p.with(true))?,
                    _ => return self.invalid(),
                }
            }
            "match" => return self.deeper(Self::match_statement),
            _ => return Ok(None),
        }))
    }

    /// A block after its colon. `what` says after what it is expected.
    pub fn block(&mut self, what: &str, line: u32) -> Parsed<Vec<Stmt>> {
        self.expect_op(":")?;
        let mut body = vec![];
        if *self.tok() != Tok::Newline {
            if matches!(self.compound_word(), Some("if" | "while" | "for" | "def" | "class" | "try" | "with")) {
                return self.invalid();
            }
            self.statement(&mut body)?;
            return Ok(body);
        }
        self.next();
        if *self.tok() != Tok::Indent {
            let message = format!("expected an indented block after {what} on line {line}");
            if *self.tok() == Tok::End {
                let span = self.span();
                let (line, column) = (span.line, span.column + 1);
                return Err(Trouble::Unfinished { message, line, column, end: column });
            }
            return self.expected_block(&message);
        }
        self.next();
        while !matches!(self.tok(), Tok::Dedent | Tok::End) {
            if *self.tok() == Tok::Indent {
                return self.indentation("unexpected indent");
            }
            self.statement(&mut body)?;
        }
        if *self.tok() == Tok::Dedent {
            self.next();
        }
        Ok(body)
    }

    fn expected_block<T>(&self, message: &str) -> Parsed<T> {
        let mut at = 0;
        while *self.tok_after(at) == Tok::Dedent {
            at += 1;
        }
        if *self.tok_after(at) == Tok::End {
            let span = self.span();
            return Err(Trouble::Unfinished { message: message.into(), line: span.line, column: 1, end: 1 });
        }
        self.indentation(message)
    }

    fn compound_word(&self) -> Option<&str> {
        if let Tok::Name(name) = self.tok() { Some(name) } else { None }
    }

    fn conditional(&mut self) -> Parsed<Do> {
        let mut branches = vec![];
        let mut word = "'if' statement";
        loop {
            let line = self.span().line;
            self.next();
            let condition = self.condition()?;
            branches.push((condition, self.block(word, line)?));
            if !self.is_word("elif") {
                break;
            }
            word = "'elif' statement";
        }
        Ok(Do::If(branches, self.otherwise()?))
    }

    /// A condition; `=` in it is a common slip that Python names.
    fn condition(&mut self) -> Parsed<Expr> {
        let condition = self.named()?;
        if self.is_op("=") {
            let span = condition.span.to(self.span());
            let hint = if matches!(condition.kind, Kind::Name(_)) {
                "invalid syntax. Maybe you meant '==' or ':=' instead of '='?".to_string()
            } else {
                format!("cannot assign to {} here. Maybe you meant '==' instead of '='?", called(&condition))
            };
            self.next();
            let end = self.named().map_or(span, |e| e.span);
            return self.fault_at(condition.span.to(end), hint);
        }
        Ok(condition)
    }

    fn otherwise(&mut self) -> Parsed<Vec<Stmt>> {
        let line = self.span().line;
        if self.take_word("else") { self.block("'else' statement", line) } else { Ok(vec![]) }
    }

    fn while_loop(&mut self) -> Parsed<Do> {
        let line = self.span().line;
        self.next();
        let condition = self.condition()?;
        let body = self.block("'while' statement", line)?;
        Ok(Do::While(condition, body, self.otherwise()?))
    }

    fn for_loop(&mut self, is_async: bool) -> Parsed<Do> {
        let line = self.span().line;
        self.next();
        let target = self.targets()?;
        self.expect_word("in")?;
        let iter = self.expressions()?;
        let body = self.block("'for' statement", line)?;
        Ok(Do::For(target, iter, body, self.otherwise()?, is_async))
    }

    fn function(&mut self, decorators: Vec<Expr>, is_async: bool) -> Parsed<Do> {
        let line = self.span().line;
        self.next();
        let mut func = Func { name: self.name()?, is_async, line, ..Func::default() };
        if !self.take_op("(") {
            return self.fault("expected '('");
        }
        self.parameters(&mut func, ")", true)?;
        self.expect_op(")")?;
        if self.take_op("->") {
            self.expression()?;
        }
        func.body = self.block("function definition", line)?;
        Ok(Do::Def(Arc::new(func), decorators))
    }

    fn class(&mut self, decorators: Vec<Expr>) -> Parsed<Do> {
        let line = self.span().line;
        self.next();
        let name = self.name()?;
        let args = if self.take_op("(") { self.arguments()? } else { vec![] };
        let body = self.block("class definition", line)?;
        Ok(Do::Class(Arc::new(Class { name, args, body, line }), decorators))
    }

    fn decorated(&mut self) -> Parsed<Do> {
        let mut decorators = vec![];
        while self.take_op("@") {
            decorators.push(self.named()?);
            if *self.tok() != Tok::Newline {
                return self.invalid();
            }
            self.next();
        }
        let is_async = self.take_word("async");
        match self.compound_word() {
            Some("def") => self.deeper(|p| p.function(decorators, is_async)),
            Some("class") if !is_async => self.deeper(|p| p.class(decorators)),
            _ => self.invalid(),
        }
    }

    fn attempt(&mut self) -> Parsed<Do> {
        let line = self.span().line;
        self.next();
        let body = self.block("'try' statement", line)?;
        let mut handlers = vec![];
        while self.is_word("except") {
            let line = self.span().line;
            self.next();
            if self.is_op("*") {
                return Err(Trouble::Missing("exception groups (except*)".into()));
            }
            let kind = if self.is_op(":") { None } else { Some(self.expression()?) };
            if self.is_op(",") {
                return self.fault("multiple exception types must be parenthesized");
            }
            let name = if kind.is_some() && self.take_word("as") { Some(self.name()?) } else { None };
            handlers.push(Handler { kind, name, body: self.block("'except' statement", line)? });
        }
        let otherwise = if handlers.is_empty() { vec![] } else { self.otherwise()? };
        let line = self.span().line;
        let last = if self.take_word("finally") { self.block("'finally' statement", line)? } else { vec![] };
        if handlers.is_empty() && last.is_empty() {
            return self.fault("expected 'except' or 'finally' block");
        }
        Ok(Do::Try(body, handlers, otherwise, last))
    }

    fn with(&mut self, is_async: bool) -> Parsed<Do> {
        let line = self.span().line;
        self.next();
        let mark = self.mark();
        let bracketed = self.take_op("(");
        let items = match self.managers() {
            Ok(items) if !bracketed || (self.take_op(")") && self.is_op(":")) => items,
            _ => {
                self.rewind(mark);
                self.managers()?
            }
        };
        Ok(Do::With(items, self.block("'with' statement", line)?, is_async))
    }

    fn managers(&mut self) -> Parsed<Vec<(Expr, Option<Expr>)>> {
        let mut items = vec![];
        loop {
            let value = self.expression()?;
            let target = if self.take_word("as") { Some(self.operators(1)?) } else { None };
            if let Some(target) = &target {
                self.check_target(target, "assign to")?;
            }
            items.push((value, target));
            if !self.take_op(",") || self.is_op(")") {
                return Ok(items);
            }
        }
    }

    fn simple(&mut self) -> Parsed<Do> {
        let Tok::Name(word) = self.tok().clone() else { return self.assignment() };
        let kind = match &*word {
            "pass" => Do::Pass,
            "break" => Do::Break,
            "continue" => Do::Continue,
            "return" | "raise" | "global" | "nonlocal" | "del" | "assert" | "import" | "from" => {
                self.next();
                return self.worded(&word);
            }
            _ => return self.assignment(),
        };
        self.next();
        Ok(kind)
    }

    /// Statements whose word has been taken.
    fn worded(&mut self, word: &str) -> Parsed<Do> {
        let ends = matches!(self.tok(), Tok::Newline | Tok::End | Tok::Op(";"));
        Ok(match word {
            "return" => Do::Return(if ends { None } else { Some(self.expressions()?) }),
            "raise" if ends => Do::Raise(None, None),
            "raise" => {
                let value = self.expression()?;
                let cause = if self.take_word("from") { Some(self.expression()?) } else { None };
                Do::Raise(Some(value), cause)
            }
            "global" => Do::Global(self.names()?),
            "nonlocal" => Do::Nonlocal(self.names()?),
            "del" => {
                let target = self.expressions()?;
                let targets = if let Kind::Tuple(items) = target.kind { items } else { vec![target] };
                targets.iter().try_for_each(|t| self.check_target(t, "delete"))?;
                Do::Del(targets)
            }
            "assert" => {
                let test = self.expression()?;
                let message = if self.take_op(",") { Some(self.expression()?) } else { None };
                Do::Assert(test, message)
            }
            "import" => self.import()?,
            _ => self.from()?,
        })
    }

    fn names(&mut self) -> Parsed<Vec<Name>> {
        let mut names = vec![self.name()?];
        while self.take_op(",") {
            names.push(self.name()?);
        }
        Ok(names)
    }

    fn dotted(&mut self) -> Parsed<Name> {
        let mut name = self.name()?.to_string();
        while self.take_op(".") {
            name.push('.');
            name.push_str(&self.name()?);
        }
        Ok(name.into())
    }

    fn import(&mut self) -> Parsed<Do> {
        let mut out = vec![];
        loop {
            let name = self.dotted()?;
            let here = if self.take_word("as") { Some(self.name()?) } else { None };
            out.push(Alias { name, here });
            if !self.take_op(",") {
                return Ok(Do::Import(out));
            }
        }
    }

    fn from(&mut self) -> Parsed<Do> {
        let mut level = 0;
        while self.is_op(".") || self.is_op("...") {
            level += if self.is_op(".") { 1 } else { 3 };
            self.next();
        }
        let module = if level > 0 && self.is_word("import") { "".into() } else { self.dotted()? };
        self.expect_word("import")?;
        if self.take_op("*") {
            return Ok(Do::From(module, vec![], level));
        }
        let bracketed = self.take_op("(");
        let mut out = vec![];
        loop {
            let name = self.name()?;
            let here = if self.take_word("as") { Some(self.name()?) } else { None };
            out.push(Alias { name, here });
            if !self.take_op(",") || self.is_op(")") {
                break;
            }
        }
        if bracketed {
            self.expect_op(")")?;
        }
        Ok(Do::From(module, out, level))
    }

    fn assignment(&mut self) -> Parsed<Do> {
        let start = self.span();
        let first = self.expressions()?;
        if let Tok::Op(op) = *self.tok()
            && let Some(op) = augmented(op)
        {
            if !matches!(first.kind, Kind::Name(_) | Kind::Attr(..) | Kind::Index(..)) {
                let text = format!("'{}' is an illegal expression for augmented assignment", called(&first));
                return self.fault_at(first.span, text);
            }
            self.next();
            return Ok(Do::Augment(first, op, self.expressions()?));
        }
        if self.is_op(":") && matches!(first.kind, Kind::Name(_) | Kind::Attr(..) | Kind::Index(..)) {
            self.next();
            let annotation = self.expression()?;
            let value = if self.take_op("=") { Some(self.expressions()?) } else { None };
            return Ok(Do::Annotate(first, annotation, value));
        }
        if !self.is_op("=") {
            return self.bare(first, start);
        }
        let mut values = vec![first];
        while self.take_op("=") {
            values.push(self.expressions()?);
        }
        let Some(value) = values.pop() else { return self.invalid() };
        values.iter().try_for_each(|t| self.check_target(t, "assign to"))?;
        Ok(Do::Assign(values, value))
    }

    /// An expression as a statement; the `print` of Python 2 gets its own message.
    fn bare(&mut self, value: Expr, start: Span) -> Parsed<Do> {
        let ends = matches!(self.tok(), Tok::Newline | Tok::End | Tok::Op(";"));
        if let (false, Kind::Name(name)) = (ends, &value.kind)
            && matches!(&**name, "print" | "exec")
            && matches!(self.tok(), Tok::Name(_) | Tok::Number(_) | Tok::Str { .. })
        {
            let text = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
            let end = self.expressions().map_or(start, |e| e.span);
            return self.fault_at(start.to(end), text);
        }
        Ok(Do::Expr(value))
    }

    /// Refuses what cannot be assigned to.
    pub fn check_target(&self, target: &Expr, verb: &str) -> Parsed<()> {
        match &target.kind {
            Kind::Name(_) | Kind::Attr(..) | Kind::Index(..) => Ok(()),
            Kind::Tuple(items) | Kind::List(items) => items.iter().try_for_each(|t| self.check_target(t, verb)),
            Kind::Starred(inner) if verb == "assign to" => self.check_target(inner, verb),
            _ => {
                let what = called(target);
                let hint = match (&target.kind, verb) {
                    (Kind::Const(super::ast::Const::None | super::ast::Const::Bool(_)), _) => "",
                    (_, "assign to") => " here. Maybe you meant '==' instead of '='?",
                    _ => "",
                };
                self.fault_at(target.span, format!("cannot {verb} {what}{hint}"))
            }
        }
    }
}

/// What Python calls an expression in its messages.
fn called(expr: &Expr) -> String {
    use super::ast::Const;
    match &expr.kind {
        Kind::Const(Const::None) => "None",
        Kind::Const(Const::Bool(true)) => "True",
        Kind::Const(Const::Bool(false)) => "False",
        Kind::Const(Const::Ellipsis) => "ellipsis",
        Kind::Const(_) => "literal",
        Kind::Call(..) => "function call",
        Kind::Attr(..) => "attribute",
        Kind::Index(..) => "subscript",
        Kind::Joined(_) => "f-string expression",
        Kind::Compare(..) => "comparison",
        Kind::Lambda(_) => "lambda",
        Kind::IfElse(..) => "conditional expression",
        Kind::Tuple(_) => "tuple",
        Kind::List(_) => "list",
        Kind::Set(_) => "set display",
        Kind::Dict(_) => "dict literal",
        Kind::Yield(_) | Kind::YieldFrom(_) => "yield expression",
        Kind::Await(_) => "await expression",
        Kind::Walrus(..) => "named expression",
        Kind::Starred(_) => "starred",
        Kind::Comp(makes, ..) => match makes {
            super::ast::Makes::List => "list comprehension",
            super::ast::Makes::Set => "set comprehension",
            super::ast::Makes::Dict => "dict comprehension",
            super::ast::Makes::Generator => "generator expression",
        },
        _ => "expression",
    }
    .to_string()
}
