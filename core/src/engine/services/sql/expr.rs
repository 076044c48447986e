//! The parser of expressions.

use super::Failure;
use super::lex::Kind;
use super::parse::{CLAUSES, Parsed, Parser};
use super::tree::Expr;
use super::value::Value;

/// How deep expressions may nest.
const MAX_DEPTH: usize = 64;

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Failure::missing("an expression that nests so deep"));
        }
        let mut left = self.conjunction()?;
        while self.accept("OR") {
            left = Expr::Binary("OR", Box::new(left), Box::new(self.conjunction()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn conjunction(&mut self) -> Parsed<Expr> {
        let mut left = self.negation()?;
        while self.accept("AND") {
            left = Expr::Binary("AND", Box::new(left), Box::new(self.negation()?));
        }
        Ok(left)
    }

    fn negation(&mut self) -> Parsed<Expr> {
        let mut turned = false;
        while self.accept("NOT") {
            turned = !turned;
        }
        let inner = self.comparison()?;
        Ok(if turned { Expr::Not(Box::new(inner)) } else { inner })
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.sum()?;
        if self.accept("IS") {
            let not = self.accept("NOT");
            self.expect("NULL")?;
            return Ok(Expr::IsNull(Box::new(left), !not));
        }
        let not = self.accept("NOT");
        let found = if self.accept("IN") {
            self.expect_sign("(")?;
            let mut all = vec![self.expr()?];
            while self.accept_sign(",") {
                all.push(self.expr()?);
            }
            self.expect_sign(")")?;
            Some(Expr::In(Box::new(left.clone()), all))
        } else if self.accept("LIKE") {
            Some(Expr::Like(Box::new(left.clone()), Box::new(self.sum()?)))
        } else {
            None
        };
        match (found, not) {
            (Some(found), true) => return Ok(Expr::Not(Box::new(found))),
            (Some(found), false) => return Ok(found),
            (None, true) => return Err(self.wrong()),
            (None, false) => {}
        }
        for sign in ["=", "<>", "!=", "<=", ">=", "<", ">"] {
            if self.accept_sign(sign) {
                return Ok(Expr::Binary(sign, Box::new(left), Box::new(self.sum()?)));
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let mut left = self.product()?;
        while let Some(sign) = ["+", "-", "||"].into_iter().find(|sign| self.accept_sign(sign)) {
            left = Expr::Binary(sign, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Parsed<Expr> {
        let mut left = self.primary()?;
        while let Some(sign) = ["*", "/", "%"].into_iter().find(|sign| self.accept_sign(sign)) {
            left = Expr::Binary(sign, Box::new(left), Box::new(self.primary()?));
        }
        Ok(left)
    }

    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        let at = self.place();
        let Some(token) = self.tokens.get(self.at).cloned() else { return Err(self.wrong()) };
        if self.accept_sign("(") {
            let inner = self.expr()?;
            return self.expect_sign(")").map(|()| inner);
        }
        let (mut minus, start) = (false, self.at);
        while self.accept_sign("-") {
            minus = !minus;
        }
        if self.at > start {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err(self.wrong());
            }
            let inner = self.primary()?;
            self.depth -= 1;
            let zero = Box::new(Expr::Value(Value::Int(0)));
            return Ok(if minus { Expr::Binary("-", zero, Box::new(inner)) } else { inner });
        }
        match token.kind {
            Kind::Text(text) => self.take(Expr::Value(Value::Text(text))),
            Kind::Number(text) => {
                let number = text.parse().map(Value::Int).or_else(|_| text.parse().map(Value::Real));
                let number = number.map_err(|_| self.wrong())?;
                self.take(Expr::Value(number))
            }
            Kind::Word(word) => self.word(&word, at),
            Kind::Quoted(_) => {
                let (name, at) = self.name()?;
                Ok(Expr::Column(name, at))
            }
            Kind::Sign(_) => Err(self.wrong()),
        }
    }

    fn take(&mut self, expr: Expr) -> Parsed<Expr> {
        self.at += 1;
        Ok(expr)
    }

    /// A keyword that is a value, a function, or a column.
    fn word(&mut self, word: &str, at: usize) -> Parsed<Expr> {
        let upper = word.to_uppercase();
        match upper.as_str() {
            "NULL" => return self.take(Expr::Value(Value::Null)),
            "TRUE" | "FALSE" if self.dialect.is_postgres() => {
                return self.take(Expr::Value(Value::Bool(upper == "TRUE")));
            }
            "TRUE" | "FALSE" => return self.take(Expr::Value(Value::Int(i64::from(upper == "TRUE")))),
            "FROM" | "WHERE" | "ORDER" | "LIMIT" | "AND" | "OR" | "VALUES" => return Err(self.wrong()),
            _ if CLAUSES.contains(&format!(" {upper} ")) => return Err(self.wrong()),
            _ => {}
        }
        self.at += 1;
        let bare = ["CURRENT_TIMESTAMP", "CURRENT_USER", "CURRENT_DATE", "USER", "SESSION_USER"];
        if self.accept_sign("(") {
            let mut args = vec![];
            if self.accept_sign("*") {
                args.push(Expr::Star);
            } else if !matches!(self.tokens.get(self.at).map(|t| &t.kind), Some(Kind::Sign(")"))) {
                args.push(self.expr()?);
                while self.accept_sign(",") {
                    args.push(self.expr()?);
                }
            }
            self.expect_sign(")")?;
            return Ok(Expr::Call(upper, args, at));
        }
        if bare.contains(&upper.as_str()) || word.starts_with("@@") {
            return Ok(Expr::Call(upper, vec![], at));
        }
        if self.accept_sign(".") {
            // A column may be named with its table.
            return self.name().map(|(name, _)| Expr::Column(name, at));
        }
        let name = if self.dialect.is_postgres() { word.to_lowercase() } else { word.to_string() };
        Ok(Expr::Column(name, at))
    }
}
