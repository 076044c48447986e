//! Statements. Expressions are in `parse_expr`, functions, classes and patterns in `parse_func`.

use super::ast::{Binding, Catch, Func, Head, Kind, Name, Pattern, Shape, Stmt, StmtKind};
use super::lexer::{Fault, Lexer, T, Token};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How deep a script may nest.
const DEPTH: u32 = 100;

/// What the function being read is.
#[derive(Debug, Clone, Default)]
pub struct Context {
    pub own: BTreeSet<Name>,
    pub inner: BTreeSet<Name>,
    pub is_async: bool,
    pub is_generator: bool,
    pub strict: bool,
    pub is_function: bool,
    pub shown: Option<Name>,
}

/// What a text is read as.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize,
)]
pub enum Goal {
    /// The body of a CommonJS function or of `-e`.
    #[default]
    Script,
    /// An ES module.
    Module,
    /// Drydock's own library: `%native(…)` is allowed.
    Library,
    /// A line of the prompt: what it declares stays.
    Prompt,
}

#[derive(Debug)]
pub struct Parser<'a> {
    pub lex: Lexer<'a>,
    pub token: Token,
    pub goal: Goal,
    pub contexts: Vec<Context>,
    pub last_end: usize,
    /// False inside the head of a `for`, where `in` ends an expression.
    pub allow_in: bool,
    depth: u32,
}

pub type Parsed<X> = Result<X, Fault>;

/// Reads a whole text; `params` are the parameters of the function that it is the body of.
pub fn parse(text: &str, goal: Goal, params: &[&str]) -> Parsed<Func> {
    let lex = Lexer::new(text);
    let token = Token { kind: T::End, start: 0, end: 0, fresh_line: true };
    let strict = matches!(goal, Goal::Module | Goal::Library);
    let outer = Context {
        strict,
        is_async: matches!(goal, Goal::Module | Goal::Prompt),
        is_function: goal != Goal::Module,
        ..Context::default()
    };
    let mut parser =
        Parser { lex, token, goal, contexts: vec![outer], last_end: 0, allow_in: true, depth: 0 };
    parser.token = parser.lex.token(0)?;
    let mut body = vec![];
    parser.directives()?;
    while parser.token.kind != T::End {
        body.push(parser.statement()?);
    }
    let context = parser.contexts.pop().unwrap_or_default();
    let params =
        params.iter().map(|p| super::ast::Element { target: Pattern::Name((*p).into(), 0), default: None });
    Ok(Func {
        shape: Shape::Module,
        is_async: matches!(goal, Goal::Module) || goal == Goal::Prompt && context.own.contains("await"),
        params: params.collect(),
        body,
        inner: context.inner,
        own: context.own,
        shown: context.shown,
        strict: context.strict,
        span: (0, text.len() as u32),
        ..Func::default()
    })
}

impl Parser<'_> {
    pub fn context(&mut self) -> &mut Context {
        if self.contexts.is_empty() {
            self.contexts.push(Context::default());
        }
        let last = self.contexts.len() - 1;
        &mut self.contexts[last]
    }

    pub fn mention(&mut self, name: &str) {
        let name = self.lex.name(name);
        self.context().own.insert(name);
    }

    pub fn advance(&mut self) -> Parsed<Token> {
        self.last_end = self.token.end;
        let next = self.lex.token(self.token.end)?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    pub fn peek(&mut self) -> Parsed<Token> {
        self.lex.token(self.token.end)
    }

    pub fn pos(&self) -> u32 {
        self.token.start as u32
    }

    pub fn is(&self, mark: &str) -> bool {
        matches!(&self.token.kind, T::Punct(p) if *p == mark)
    }

    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.token.kind, T::Word(w) if &**w == word)
    }

    pub fn take(&mut self, mark: &str) -> Parsed<bool> {
        if self.is(mark) { self.advance().map(|_| true) } else { Ok(false) }
    }

    pub fn take_word(&mut self, word: &str) -> Parsed<bool> {
        if self.is_word(word) { self.advance().map(|_| true) } else { Ok(false) }
    }

    pub fn expect(&mut self, mark: &str) -> Parsed<()> {
        if self.take(mark)? { Ok(()) } else { Err(self.unexpected()) }
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word)? { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The present token is wrong, in V8's words.
    pub fn unexpected(&self) -> Fault {
        let text = self.lex.text.get(self.token.start..self.token.end).unwrap_or("");
        let what = match &self.token.kind {
            T::End => "Unexpected end of input".to_string(),
            T::Word(w) if super::parse_expr::is_reserved(w) => format!("Unexpected token '{w}'"),
            T::Word(w) => format!("Unexpected identifier '{w}'"),
            T::Private(w) => format!("Unexpected identifier '{w}'"),
            T::Num(_) | T::BigInt(_) => "Unexpected number".into(),
            T::Str(_) => "Unexpected string".into(),
            T::Template(..) => "Unexpected template string".into(),
            T::Punct(_) => format!("Unexpected token '{text}'"),
        };
        Fault::Syntax(self.token.start, text.len(), what)
    }

    pub fn fault<X>(&self, at: u32, len: usize, text: &str) -> Parsed<X> {
        Err(Fault::Syntax(at as usize, len, text.into()))
    }

    /// Goes one level down.
    pub fn deeper<X>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<X>) -> Parsed<X> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Fault::Missing(format!("code that nests more than {DEPTH} levels deep")));
        }
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// `;`, or what stands for it.
    pub fn semicolon(&mut self) -> Parsed<()> {
        if self.take(";")? || self.is("}") || self.token.fresh_line || self.token.kind == T::End {
            return Ok(());
        }
        Err(self.unexpected())
    }

    /// `"use strict"`, and in the library how stack traces show a function.
    pub fn directives(&mut self) -> Parsed<()> {
        while let T::Str(text) = self.token.kind.clone() {
            let next = self.peek()?;
            let ends = next.fresh_line || matches!(next.kind, T::Punct(";" | "}") | T::End);
            if !ends {
                return Ok(());
            }
            if &*text == "use strict" {
                self.context().strict = true;
            } else if self.goal == Goal::Library && (text.starts_with("at ") || &*text == "hide") {
                self.context().shown = Some(text);
            } else {
                return Ok(());
            }
            self.advance()?;
            self.semicolon()?;
        }
        Ok(())
    }

    pub fn block(&mut self) -> Parsed<Vec<Stmt>> {
        self.expect("{")?;
        let mut out = vec![];
        while !self.is("}") {
            if self.token.kind == T::End {
                return Err(self.unexpected());
            }
            out.push(self.statement()?);
        }
        self.advance()?;
        Ok(out)
    }

    pub fn statement(&mut self) -> Parsed<Stmt> {
        let pos = self.pos();
        let kind = self.deeper(Self::statement_kind)?;
        Ok(Stmt { pos, kind })
    }

    fn boxed(&mut self) -> Parsed<Box<Stmt>> {
        self.statement().map(Box::new)
    }

    fn statement_kind(&mut self) -> Parsed<StmtKind> {
        if self.is("{") {
            return Ok(StmtKind::Block(self.block()?));
        }
        if self.take(";")? {
            return Ok(StmtKind::Empty);
        }
        let T::Word(word) = self.token.kind.clone() else { return self.expression_statement() };
        match &*word {
            "var" | "const" => self.declaration(),
            "let" => {
                let next = self.peek()?;
                match next.kind {
                    T::Word(w) if !matches!(&*w, "in" | "instanceof" | "of") => self.declaration(),
                    T::Punct("[" | "{") => self.declaration(),
                    _ => self.expression_statement(),
                }
            }
            "function" => Ok(StmtKind::Func(self.function(false)?)),
            "async" => {
                let next = self.peek()?;
                if next.kind == T::Word("function".into()) && !next.fresh_line {
                    self.advance()?;
                    return Ok(StmtKind::Func(self.function(true)?));
                }
                self.expression_statement()
            }
            "class" => Ok(StmtKind::Class(self.class()?)),
            "if" => {
                self.advance()?;
                let test = self.in_parentheses()?;
                let then = self.boxed()?;
                let other = if self.take_word("else")? { Some(self.boxed()?) } else { None };
                Ok(StmtKind::If(test, then, other))
            }
            "for" => self.for_statement(),
            "while" => {
                self.advance()?;
                let test = self.in_parentheses()?;
                Ok(StmtKind::While(test, self.boxed()?))
            }
            "do" => {
                self.advance()?;
                let body = self.boxed()?;
                self.expect_word("while")?;
                let test = self.in_parentheses()?;
                self.take(";")?;
                Ok(StmtKind::DoWhile(body, test))
            }
            "switch" => self.switch(),
            "try" => self.try_statement(),
            "return" | "throw" | "break" | "continue" | "debugger" => self.leaving(&word),
            "import" if !matches!(self.peek()?.kind, T::Punct("(" | ".")) => self.import(),
            "export" => self.export(),
            "with" => Err(Fault::Missing("the statement with".into())),
            _ => self.labelled(word),
        }
    }

    fn leaving(&mut self, word: &str) -> Parsed<StmtKind> {
        let pos = self.pos();
        let ctx = self.context();
        if word == "return" && !ctx.is_function {
            return self.fault(pos, 6, "Illegal return statement");
        }
        self.advance()?;
        let ends = self.is(";") || self.is("}") || self.token.fresh_line || self.token.kind == T::End;
        let kind = match word {
            "return" => StmtKind::Return(if ends { None } else { Some(self.expression()?) }),
            "throw" if self.token.fresh_line => return self.fault(pos, 5, "Illegal newline after throw"),
            "throw" => StmtKind::Throw(self.expression()?),
            "debugger" => StmtKind::Empty,
            _ => {
                let label = match (&self.token.kind, ends) {
                    (T::Word(w), false) => Some(w.clone()),
                    _ => None,
                };
                if label.is_some() {
                    self.advance()?;
                }
                if word == "break" { StmtKind::Break(label) } else { StmtKind::Continue(label) }
            }
        };
        self.semicolon()?;
        Ok(kind)
    }

    fn labelled(&mut self, word: Name) -> Parsed<StmtKind> {
        if !super::parse_expr::is_reserved(&word) && self.peek()?.kind == T::Punct(":") {
            self.advance()?;
            self.advance()?;
            return Ok(StmtKind::Label(word, self.boxed()?));
        }
        self.expression_statement()
    }

    fn expression_statement(&mut self) -> Parsed<StmtKind> {
        let value = self.expression()?;
        self.semicolon()?;
        Ok(StmtKind::Expr(value))
    }

    fn in_parentheses(&mut self) -> Parsed<super::ast::Expr> {
        self.expect("(")?;
        let value = self.expression()?;
        self.expect(")")?;
        Ok(value)
    }

    fn declaration(&mut self) -> Parsed<StmtKind> {
        let declared = self.declarators()?;
        if let StmtKind::Declare(binding, list) = &declared {
            let bare = list.iter().find(|(target, value)| {
                value.is_none() && (*binding == Binding::Const || !matches!(target, Pattern::Name(..)))
            });
            if let Some((target, _)) = bare {
                let what = if matches!(target, Pattern::Name(..)) { "const" } else { "destructuring" };
                let text = format!("Missing initializer in {what} declaration");
                let (at, len) = match target {
                    Pattern::Name(name, at) => (*at, name.len()),
                    _ => (self.pos(), 1),
                };
                return self.fault(at, len, &text);
            }
        }
        self.semicolon()?;
        Ok(declared)
    }

    fn declarators(&mut self) -> Parsed<StmtKind> {
        let binding = match &self.advance()?.kind {
            T::Word(w) if &**w == "var" => Binding::Var,
            T::Word(w) if &**w == "let" => Binding::Let,
            _ => Binding::Const,
        };
        let mut list = vec![];
        loop {
            let target = self.binding()?;
            let value = if self.take("=")? { Some(self.named_value(&target)?) } else { None };
            list.push((target, value));
            if !self.take(",")? {
                return Ok(StmtKind::Declare(binding, list));
            }
        }
    }

    fn for_statement(&mut self) -> Parsed<StmtKind> {
        self.advance()?;
        let waits = self.take_word("await")?;
        self.expect("(")?;
        let pos = self.pos();
        let is_let =
            self.is_word("let") && !matches!(self.peek()?.kind, T::Word(w) if matches!(&*w, "of" | "in"));
        let before = std::mem::replace(&mut self.allow_in, false);
        let first = if self.is(";") {
            None
        } else if is_let || self.is_word("var") || self.is_word("const") {
            Some(self.declarators()?)
        } else {
            Some(StmtKind::Expr(self.expression()?))
        };
        self.allow_in = before;
        let of = self.is_word("of");
        if of || self.is_word("in") {
            self.advance()?;
            let head = match first {
                Some(StmtKind::Declare(binding, mut list)) if list.len() == 1 => match list.pop() {
                    Some((target, None)) => Head::Declare(binding, target),
                    _ => {
                        return self.fault(
                            pos,
                            1,
                            "for-of loop variable declaration may not have an initializer.",
                        );
                    }
                },
                Some(StmtKind::Expr(value)) => Head::Assign(self.pattern_from(value)?),
                _ => return Err(self.unexpected()),
            };
            let value = if of { self.assignment()? } else { self.expression()? };
            self.expect(")")?;
            let body = self.boxed()?;
            return Ok(if of {
                StmtKind::ForOf(head, value, body, waits)
            } else {
                StmtKind::ForIn(head, value, body)
            });
        }
        self.expect(";")?;
        let test = if self.is(";") { None } else { Some(self.expression()?) };
        self.expect(";")?;
        let update = if self.is(")") { None } else { Some(self.expression()?) };
        self.expect(")")?;
        let first = first.map(|kind| Box::new(Stmt { pos, kind }));
        Ok(StmtKind::For(first, test, update, self.boxed()?))
    }

    fn switch(&mut self) -> Parsed<StmtKind> {
        self.advance()?;
        let value = self.in_parentheses()?;
        self.expect("{")?;
        let mut cases = vec![];
        while !self.take("}")? {
            let test = if self.take_word("default")? {
                None
            } else {
                self.expect_word("case")?;
                Some(self.expression()?)
            };
            self.expect(":")?;
            let mut body = vec![];
            while !self.is("}") && !self.is_word("case") && !self.is_word("default") {
                body.push(self.statement()?);
            }
            cases.push((test, body));
        }
        Ok(StmtKind::Switch(value, cases))
    }

    fn try_statement(&mut self) -> Parsed<StmtKind> {
        self.advance()?;
        let body = self.block()?;
        let mut catch: Option<Catch> = None;
        if self.take_word("catch")? {
            let mut param = None;
            if self.take("(")? {
                param = Some(self.binding()?);
                self.expect(")")?;
            }
            catch = Some((param, self.block()?));
        }
        let finally = if self.take_word("finally")? { Some(self.block()?) } else { None };
        if catch.is_none() && finally.is_none() {
            let at = self.token.start;
            return self.fault(at as u32, 1, "Missing catch or finally after try");
        }
        Ok(StmtKind::Try(body, catch, finally))
    }

    fn specifier(&mut self) -> Parsed<Name> {
        match self.advance()?.kind {
            T::Str(text) => Ok(text),
            _ => Err(self.unexpected()),
        }
    }

    fn module_name(&mut self) -> Parsed<Name> {
        match &self.token.kind {
            T::Word(w) | T::Str(w) => {
                let name = w.clone();
                self.advance()?;
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }

    /// `{a, b as c}`: pairs of the name before `as` and the one after it.
    fn named_list(&mut self) -> Parsed<Vec<(Name, Name)>> {
        self.expect("{")?;
        let mut out = vec![];
        while !self.take("}")? {
            let name = self.module_name()?;
            let other = if self.take_word("as")? { self.module_name()? } else { name.clone() };
            out.push((name, other));
            if !self.is("}") {
                self.expect(",")?;
            }
        }
        Ok(out)
    }

    fn only_in_modules(&self, text: &str) -> Parsed<()> {
        if self.goal == Goal::Module { Ok(()) } else { self.fault(self.pos(), 6, text) }
    }

    fn import(&mut self) -> Parsed<StmtKind> {
        self.only_in_modules("Cannot use import statement outside a module")?;
        self.advance()?;
        let mut names = vec![];
        if matches!(self.token.kind, T::Str(_)) {
            let from = self.specifier()?;
            self.semicolon()?;
            return Ok(StmtKind::Import(from, names));
        }
        if !self.is("{") && !self.is("*") {
            let local = self.module_name()?;
            names.push(("default".into(), local));
            self.take(",")?;
        }
        if self.take("*")? {
            self.expect_word("as")?;
            let local = self.module_name()?;
            names.push(("*".into(), local));
        } else if self.is("{") {
            names.extend(self.named_list()?);
        }
        self.expect_word("from")?;
        let from = self.specifier()?;
        self.semicolon()?;
        Ok(StmtKind::Import(from, names))
    }

    fn export(&mut self) -> Parsed<StmtKind> {
        self.only_in_modules("Unexpected token 'export'")?;
        self.advance()?;
        if self.take_word("default")? {
            let named = |f: &Arc<Func>| f.name.is_some();
            if self.is_word("function")
                || self.is_word("async") && self.peek()?.kind == T::Word("function".into())
            {
                let is_async = self.take_word("async")?;
                let pos = self.pos();
                let func = self.function_value(is_async, Some("default"))?;
                if let Kind::Func(f) = &func.kind
                    && named(f)
                    && f.name.as_deref() != Some("default")
                {
                    let name = f.name.clone().unwrap_or_else(|| "default".into());
                    return Ok(StmtKind::Block(vec![
                        Stmt { pos, kind: StmtKind::Func(f.clone()) },
                        Stmt { pos, kind: StmtKind::ExportNames(vec![(name, "default".into())]) },
                    ]));
                }
                return Ok(StmtKind::ExportDefault(func));
            }
            let pos = self.pos();
            let value = self.assignment()?;
            if !matches!(value.kind, Kind::Class(_)) {
                self.semicolon()?;
            } else {
                self.take(";")?;
            }
            if let Kind::Class(class) = &value.kind
                && let Some(name) = class.name.clone()
            {
                return Ok(StmtKind::Block(vec![
                    Stmt { pos, kind: StmtKind::Class(class.clone()) },
                    Stmt { pos, kind: StmtKind::ExportNames(vec![(name, "default".into())]) },
                ]));
            }
            return Ok(StmtKind::ExportDefault(value));
        }
        if self.take("*")? {
            let names = if self.take_word("as")? { vec![("*".into(), self.module_name()?)] } else { vec![] };
            self.expect_word("from")?;
            let from = self.specifier()?;
            self.semicolon()?;
            return Ok(StmtKind::ExportFrom(from, names));
        }
        if self.is("{") {
            let names = self.named_list()?;
            if self.take_word("from")? {
                let from = self.specifier()?;
                self.semicolon()?;
                return Ok(StmtKind::ExportFrom(from, names));
            }
            self.semicolon()?;
            return Ok(StmtKind::ExportNames(names));
        }
        Ok(StmtKind::Export(self.boxed()?))
    }
}
