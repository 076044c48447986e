//! The grammar of `awk`: rules, functions, statements.

mod expr;

use super::ast::{Expr, Function, Program, Redirect, SPECIAL, Stmt, Var, When};
use super::lex::{Token, lex};
use std::collections::BTreeMap;

/// How deep a program may nest.
const MAX_DEPTH: usize = 60;
/// How many operators one statement may chain.
const MAX_LINKS: usize = 1000;

/// What is wrong, near which token and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The words of mawk, such as `syntax error at or near }`.
    pub text: String,
    /// The line.
    pub line: usize,
}

type Parsed<T> = Result<T, Mistake>;

/// Parses a program.
///
/// # Errors
/// The first mistake.
pub fn parse(text: &str) -> Parsed<Program> {
    let tokens = lex(text).map_err(|(text, line)| Mistake { text, line })?;
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
        links: 0,
        no_in: false,
        no_gt: false,
        program: Program { globals: SPECIAL.iter().map(|s| (*s).to_string()).collect(), ..Program::default() },
        locals: vec![],
        functions: BTreeMap::new(),
    };
    parser.program()?;
    let missing = parser.functions.iter().find(|(_, n)| {
        parser.program.functions.get(**n).is_none_or(|f| f.body.is_none())
    });
    if let Some((name, _)) = missing {
        return Err(parser.mistake(&format!("function {name} never defined")));
    }
    Ok(parser.program)
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
    links: usize,
    no_in: bool,
    no_gt: bool,
    program: Program,
    locals: Vec<String>,
    functions: BTreeMap<String, usize>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|t| &t.0)
    }

    fn peek_at(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|t| &t.0)
    }

    fn is_op(&self, op: &str) -> bool {
        matches!(self.peek(), Some(Token::Op(o)) if *o == op)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if *w == word)
    }

    fn take_op(&mut self, op: &str) -> bool {
        let found = self.is_op(op);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn op_among(&self, ops: &[&'static str]) -> Option<&'static str> {
        match self.peek() {
            Some(Token::Op(op)) if ops.contains(op) => Some(op),
            _ => None,
        }
    }

    fn expect(&mut self, op: &str) -> Parsed<()> {
        if self.take_op(op) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn mistake(&self, text: &str) -> Mistake {
        let line = self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |t| t.1);
        Mistake { text: text.to_string(), line }
    }

    fn unexpected(&self) -> Mistake {
        let near = match self.peek() {
            None => "end of file".to_string(),
            Some(Token::Newline) if self.at + 1 >= self.tokens.len() => "end of file".to_string(),
            Some(Token::Newline) => "end of line".to_string(),
            Some(Token::Num(n)) => n.to_string(),
            Some(Token::Str(s)) => format!("\"{s}\""),
            Some(Token::Regex(r)) => format!("/{r}/"),
            Some(Token::Name(n) | Token::FuncName(n)) => n.clone(),
            Some(Token::Word(w) | Token::Op(w)) => (*w).to_string(),
        };
        self.mistake(&format!("syntax error at or near {near}"))
    }

    fn newlines(&mut self) {
        while matches!(self.peek(), Some(Token::Newline)) {
            self.at += 1;
        }
    }

    fn ends(&mut self) {
        while matches!(self.peek(), Some(Token::Newline)) || self.is_op(";") {
            self.at += 1;
        }
    }

    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.mistake("the program nests too deeply"));
        }
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn link(&mut self) -> Parsed<()> {
        self.links += 1;
        if self.links > MAX_LINKS { Err(self.mistake("the statement is too long")) } else { Ok(()) }
    }

    fn program(&mut self) -> Parsed<()> {
        self.ends();
        while self.peek().is_some() {
            if self.take_word("function") || self.take_word("func") {
                self.function()?;
            } else {
                self.rule()?;
            }
            self.ends();
        }
        Ok(())
    }

    fn function_number(&mut self, name: &str) -> usize {
        let next = self.program.functions.len();
        let number = *self.functions.entry(name.to_string()).or_insert(next);
        if number == next {
            self.program.functions.push(Function::default());
        }
        number
    }

    fn function(&mut self) -> Parsed<()> {
        let name = match self.peek() {
            Some(Token::Name(name) | Token::FuncName(name)) => name.clone(),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        self.expect("(")?;
        let mut params = vec![];
        while let Some(Token::Name(param)) = self.peek() {
            params.push(param.clone());
            self.at += 1;
            self.newlines();
            if !self.take_op(",") {
                break;
            }
            self.newlines();
        }
        self.expect(")")?;
        self.newlines();
        let number = self.function_number(&name);
        let count = params.len();
        self.locals = params;
        let body = self.block()?;
        self.locals.clear();
        if let Some(function) = self.program.functions.get_mut(number) {
            *function = Function { params: count, body: Some(body) };
        }
        Ok(())
    }

    fn rule(&mut self) -> Parsed<()> {
        let when = if self.take_word("BEGIN") {
            When::Begin
        } else if self.take_word("END") {
            When::End
        } else if self.is_op("{") {
            When::Always
        } else {
            let from = self.expr()?;
            if self.take_op(",") {
                self.newlines();
                let to = self.expr()?;
                self.program.ranges += 1;
                When::Range(from, to, self.program.ranges - 1)
            } else {
                When::If(from)
            }
        };
        let needs_action = matches!(when, When::Begin | When::End);
        if needs_action {
            self.newlines();
        }
        let action = if self.is_op("{") || needs_action { Some(self.block()?) } else { None };
        self.program.rules.push((when, action));
        Ok(())
    }

    fn block(&mut self) -> Parsed<Vec<Stmt>> {
        self.expect("{")?;
        let mut statements = vec![];
        loop {
            self.ends();
            if self.take_op("}") {
                return Ok(statements);
            }
            if self.peek().is_none() {
                return Err(self.mistake("missing } near end of file"));
            }
            statements.push(self.nested(Self::statement)?);
        }
    }

    /// The end of a simple statement.
    fn terminator(&mut self) -> Parsed<()> {
        match self.peek() {
            Some(Token::Newline) | None => {
                self.newlines();
                Ok(())
            }
            Some(Token::Op(";")) => {
                self.at += 1;
                self.newlines();
                Ok(())
            }
            Some(Token::Op("}")) => Ok(()),
            _ => Err(self.unexpected()),
        }
    }

    fn body(&mut self) -> Parsed<Box<Stmt>> {
        self.newlines();
        if self.take_op(";") {
            return Ok(Box::new(Stmt::Block(vec![])));
        }
        self.nested(Self::statement).map(Box::new)
    }

    fn statement(&mut self) -> Parsed<Stmt> {
        self.links = 0;
        if self.is_op("{") {
            return self.block().map(Stmt::Block);
        }
        let Some(Token::Word(word)) = self.peek() else { return self.simple_statement() };
        match *word {
            "if" => {
                self.at += 1;
                self.expect("(")?;
                let condition = self.expr()?;
                self.expect(")")?;
                let then = self.body()?;
                let before = self.at;
                self.ends();
                if self.take_word("else") {
                    return Ok(Stmt::If(condition, then, Some(self.body()?)));
                }
                self.at = before;
                Ok(Stmt::If(condition, then, None))
            }
            "while" => {
                self.at += 1;
                self.expect("(")?;
                let condition = self.expr()?;
                self.expect(")")?;
                Ok(Stmt::While(condition, self.body()?))
            }
            "do" => {
                self.at += 1;
                let body = self.body()?;
                self.ends();
                if !self.take_word("while") {
                    return Err(self.unexpected());
                }
                self.expect("(")?;
                let condition = self.expr()?;
                self.expect(")")?;
                self.terminator()?;
                Ok(Stmt::Do(body, condition))
            }
            "for" => self.for_statement(),
            _ => self.simple_statement(),
        }
    }

    fn for_statement(&mut self) -> Parsed<Stmt> {
        self.at += 1;
        self.expect("(")?;
        if let (Some(Token::Name(key)), Some(Token::Word("in")), Some(Token::Name(array)), Some(Token::Op(")"))) =
            (self.peek(), self.peek_at(1), self.peek_at(2), self.peek_at(3))
        {
            let (key, array) = (key.clone(), array.clone());
            self.at += 4;
            let (key, array) = (self.var(&key), self.var(&array));
            return Ok(Stmt::ForIn(key, array, self.body()?));
        }
        let start = if self.is_op(";") { None } else { Some(Box::new(self.unterminated()?)) };
        self.expect(";")?;
        self.newlines();
        let condition = if self.is_op(";") { None } else { Some(self.expr()?) };
        self.expect(";")?;
        self.newlines();
        let step = if self.is_op(")") { None } else { Some(Box::new(self.unterminated()?)) };
        self.expect(")")?;
        Ok(Stmt::For(start, condition, step, self.body()?))
    }

    fn simple_statement(&mut self) -> Parsed<Stmt> {
        let statement = self.unterminated()?;
        self.terminator()?;
        Ok(statement)
    }

    fn at_end(&self) -> bool {
        matches!(self.peek(), None | Some(Token::Newline | Token::Op(";" | "}")))
    }

    fn unterminated(&mut self) -> Parsed<Stmt> {
        let Some(Token::Word(word)) = self.peek() else { return self.expr().map(Stmt::Expr) };
        let word = *word;
        let keyword = matches!(
            word,
            "break" | "continue" | "next" | "nextfile" | "exit" | "return" | "delete" | "print" | "printf"
        );
        if !keyword {
            return self.expr().map(Stmt::Expr);
        }
        self.at += 1;
        let value = |parser: &mut Self| if parser.at_end() { Ok(None) } else { parser.expr().map(Some) };
        Ok(match word {
            "break" => Stmt::Break,
            "continue" => Stmt::Continue,
            "next" => Stmt::Next,
            "nextfile" => Stmt::NextFile,
            "exit" => Stmt::Exit(value(self)?),
            "return" => Stmt::Return(value(self)?),
            "delete" => {
                let Some(Token::Name(name)) = self.peek().cloned() else { return Err(self.unexpected()) };
                self.at += 1;
                let var = self.var(&name);
                let index = if self.take_op("[") {
                    let index = self.list()?;
                    self.expect("]")?;
                    Some(index)
                } else {
                    None
                };
                Stmt::Delete(var, index)
            }
            _ => {
                let (args, redirect) = self.print_args()?;
                if word == "print" { Stmt::Print(args, redirect) } else { Stmt::Printf(args, redirect) }
            }
        })
    }

    fn print_args(&mut self) -> Parsed<(Vec<Expr>, Option<Redirect>)> {
        let before = std::mem::replace(&mut self.no_gt, true);
        let ends = |p: &Self| p.at_end() || p.op_among(&[">", ">>", "|"]).is_some();
        let mut args = vec![];
        let start = self.at;
        if self.take_op("(") {
            self.no_gt = false;
            let list = self.list();
            self.no_gt = true;
            if list.is_ok() && self.take_op(")") && ends(self) {
                args = list?;
            } else {
                self.at = start;
            }
        }
        if args.is_empty() && !ends(self) {
            args = self.list()?;
        }
        let redirect = match self.op_among(&[">", ">>", "|"]) {
            Some("|") => return Err(self.mistake("output into a command is not simulated by Drydock")),
            Some(op) => {
                self.at += 1;
                Some(Redirect { append: op == ">>", file: self.concat()? })
            }
            None => None,
        };
        self.no_gt = before;
        Ok((args, redirect))
    }

    fn list(&mut self) -> Parsed<Vec<Expr>> {
        let mut list = vec![self.expr()?];
        while self.take_op(",") {
            self.newlines();
            list.push(self.expr()?);
        }
        Ok(list)
    }

    fn var(&mut self, name: &str) -> Var {
        if let Some(local) = self.locals.iter().position(|l| l == name) {
            return Var::Local(local);
        }
        let globals = &mut self.program.globals;
        Var::Global(globals.iter().position(|g| g == name).unwrap_or_else(|| {
            globals.push(name.to_string());
            globals.len() - 1
        }))
    }
}
