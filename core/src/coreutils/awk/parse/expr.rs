//! The grammar of `awk`: expressions, from the loosest operator to the tightest.

use super::super::ast::Expr;
use super::super::lex::{FUNCTIONS, Token};
use super::{Parsed, Parser};
use crate::base::posix_regex::{Pattern, Syntax, unescape_brackets};

impl Parser {
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.nested(Self::ternary)
    }

    fn ternary(&mut self) -> Parsed<Expr> {
        let condition = self.or()?;
        if self.take_op("?") {
            self.newlines();
            let yes = self.expr()?;
            self.newlines();
            self.expect(":")?;
            self.newlines();
            let no = self.expr()?;
            return Ok(Expr::Cond(condition.into(), yes.into(), no.into()));
        }
        let lvalue = matches!(condition, Expr::Var(_) | Expr::Field(_) | Expr::Index(..));
        let assignments = ["=", "+=", "-=", "*=", "/=", "%=", "^="];
        if let Some(op) = self.op_among(&assignments).filter(|_| lvalue) {
            self.at += 1;
            self.newlines();
            let value = self.expr()?;
            let op = op.chars().next().filter(|c| *c != '=');
            return Ok(Expr::Assign(op, condition.into(), value.into()));
        }
        Ok(condition)
    }

    fn or(&mut self) -> Parsed<Expr> {
        let mut left = self.and()?;
        while self.take_op("||") {
            self.link()?;
            self.newlines();
            left = Expr::Or(left.into(), self.and()?.into());
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed<Expr> {
        let mut left = self.membership()?;
        while self.take_op("&&") {
            self.link()?;
            self.newlines();
            left = Expr::And(left.into(), self.membership()?.into());
        }
        Ok(left)
    }

    fn membership(&mut self) -> Parsed<Expr> {
        let mut left = self.matching()?;
        while !self.no_in && self.take_word("in") {
            self.link()?;
            let Some(Token::Name(name)) = self.peek().cloned() else { return Err(self.unexpected()) };
            self.at += 1;
            left = Expr::In(vec![left], self.var(&name));
        }
        Ok(left)
    }

    fn matching(&mut self) -> Parsed<Expr> {
        let mut left = self.comparison()?;
        while let Some(op) = self.op_among(&["~", "!~"]) {
            self.link()?;
            self.at += 1;
            left = Expr::Match(op == "!~", left.into(), self.comparison()?.into());
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.concat()?;
        let ops: &[&str] =
            if self.no_gt { &["<", "<=", "==", "!=", ">="] } else { &["<", "<=", "==", "!=", ">=", ">"] };
        let Some(op) = self.op_among(ops) else {
            if self.is_op("|") && matches!(self.peek_at(1), Some(Token::Word("getline"))) {
                return Err(self.mistake("input from a command is not simulated by Drydock"));
            }
            return Ok(left);
        };
        self.at += 1;
        Ok(Expr::Compare(op.to_string(), left.into(), self.concat()?.into()))
    }

    pub(super) fn concat(&mut self) -> Parsed<Expr> {
        let mut left = self.additive()?;
        while self.starts_operand() {
            self.link()?;
            left = Expr::Concat(left.into(), self.additive()?.into());
        }
        Ok(left)
    }

    fn starts_operand(&self) -> bool {
        match self.peek() {
            Some(Token::Num(_) | Token::Str(_) | Token::Regex(_) | Token::Name(_) | Token::FuncName(_)) => true,
            Some(Token::Word(word)) => FUNCTIONS.contains(word),
            Some(Token::Op(op)) => matches!(*op, "$" | "(" | "++" | "--" | "!"),
            _ => false,
        }
    }

    fn additive(&mut self) -> Parsed<Expr> {
        let mut left = self.multiplicative()?;
        while let Some(op) = self.op_among(&["+", "-"]) {
            self.link()?;
            self.at += 1;
            left = arith(op, left, self.multiplicative()?);
        }
        Ok(left)
    }

    fn multiplicative(&mut self) -> Parsed<Expr> {
        let mut left = self.unary()?;
        while let Some(op) = self.op_among(&["*", "/", "%"]) {
            self.link()?;
            self.at += 1;
            left = arith(op, left, self.unary()?);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let Some(op) = self.op_among(&["!", "-", "+"]) else { return self.power() };
        self.at += 1;
        let operand = self.nested(Self::unary)?.into();
        Ok(match op {
            "!" => Expr::Not(operand),
            "-" => Expr::Neg(operand),
            _ => Expr::Plus(operand),
        })
    }

    fn power(&mut self) -> Parsed<Expr> {
        let base = self.postfix()?;
        if !self.take_op("^") {
            return Ok(base);
        }
        let exponent = self.nested(Self::unary)?;
        Ok(arith("^", base, exponent))
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        if let Some(op) = self.op_among(&["++", "--"]) {
            self.at += 1;
            let target = self.primary()?.into();
            return Ok(Expr::Step { before: true, by: if op == "++" { 1.0 } else { -1.0 }, target });
        }
        let operand = self.primary()?;
        if matches!(operand, Expr::Var(_) | Expr::Field(_) | Expr::Index(..))
            && let Some(op) = self.op_among(&["++", "--"])
        {
            self.at += 1;
            let by = if op == "++" { 1.0 } else { -1.0 };
            return Ok(Expr::Step { before: false, by, target: operand.into() });
        }
        Ok(operand)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let token = self.peek().cloned().ok_or_else(|| self.unexpected())?;
        self.at += 1;
        match token {
            Token::Num(n) => Ok(Expr::Num(n)),
            Token::Str(s) => Ok(Expr::Str(s)),
            Token::Regex(text) => {
                let pattern = Pattern::new(&unescape_brackets(&text), Syntax::Extended, false);
                pattern.map(Expr::Regex).map_err(|e| self.mistake(&format!("regular expression: {e}")))
            }
            Token::Op("$") => {
                let operand = self.nested(|p| match p.op_among(&["-", "+", "!"]) {
                    Some(_) => p.unary(),
                    None => match p.op_among(&["++", "--"]) {
                        Some(_) => p.postfix(),
                        None => p.primary(),
                    },
                })?;
                Ok(Expr::Field(operand.into()))
            }
            Token::Op("(") => self.group(),
            Token::Name(name) => {
                let var = self.var(&name);
                if self.take_op("[") {
                    let before = (std::mem::take(&mut self.no_in), std::mem::take(&mut self.no_gt));
                    let index = self.list()?;
                    (self.no_in, self.no_gt) = before;
                    self.expect("]")?;
                    return Ok(Expr::Index(var, index));
                }
                Ok(Expr::Var(var))
            }
            Token::FuncName(name) => {
                let number = self.function_number(&name);
                Ok(Expr::Call(number, self.call_args()?))
            }
            Token::Word("getline") => self.getline(),
            Token::Word(word) if FUNCTIONS.contains(&word) => {
                let args = if self.is_op("(") {
                    self.call_args()?
                } else if word == "length" {
                    vec![]
                } else {
                    return Err(self.unexpected());
                };
                Ok(Expr::Builtin(word.to_string(), args))
            }
            _ => {
                self.at -= 1;
                Err(self.unexpected())
            }
        }
    }

    fn group(&mut self) -> Parsed<Expr> {
        let before = (std::mem::take(&mut self.no_in), std::mem::take(&mut self.no_gt));
        let mut list = self.list()?;
        (self.no_in, self.no_gt) = before;
        self.expect(")")?;
        if list.len() == 1 && (self.no_in || !self.is_word("in")) {
            return Ok(Expr::Group(list.remove(0).into()));
        }
        if !self.take_word("in") {
            return Err(self.unexpected());
        }
        let Some(Token::Name(name)) = self.peek().cloned() else { return Err(self.unexpected()) };
        self.at += 1;
        Ok(Expr::In(list, self.var(&name)))
    }

    fn call_args(&mut self) -> Parsed<Vec<Expr>> {
        self.expect("(")?;
        let before = (std::mem::take(&mut self.no_in), std::mem::take(&mut self.no_gt));
        self.newlines();
        let args = if self.is_op(")") { vec![] } else { self.nested(Self::list)? };
        self.newlines();
        (self.no_in, self.no_gt) = before;
        self.expect(")")?;
        Ok(args)
    }

    fn getline(&mut self) -> Parsed<Expr> {
        self.program.reads = true;
        let target = match self.peek() {
            Some(Token::Name(_) | Token::Op("$")) => Some(Box::new(self.primary()?)),
            _ => None,
        };
        let file = if self.take_op("<") { Some(Box::new(self.nested(Self::postfix)?)) } else { None };
        Ok(Expr::Getline(target, file))
    }
}

fn arith(op: &str, left: Expr, right: Expr) -> Expr {
    Expr::Arith(op.chars().next().unwrap_or('+'), left.into(), right.into())
}
