//! `match` and its patterns.

use super::Parsed;
use super::ast::{Case, Const, Do, Expr, Kind, Pattern};
use super::lexer::Tok;
use super::parser::Parser;

impl Parser {
    /// A `match` statement, or nothing where the word is a name after all.
    pub fn match_statement(&mut self) -> Parsed<Option<Do>> {
        let mark = self.mark();
        self.next();
        let subject = match self.expressions() {
            Ok(subject) if self.is_op(":") && *self.tok_after(1) == Tok::Newline => subject,
            _ => {
                self.rewind(mark);
                return Ok(None);
            }
        };
        self.next();
        self.next();
        if *self.tok() != Tok::Indent {
            return self.indentation("expected an indented block after 'match' statement");
        }
        self.next();
        let mut cases = vec![];
        while self.is_word("case") {
            let line = self.span().line;
            self.next();
            let pattern = self.open_sequence()?;
            let guard = if self.take_word("if") { Some(self.named()?) } else { None };
            cases.push(Case { pattern, guard, body: self.block("'case' statement", line)? });
        }
        if *self.tok() != Tok::Dedent || cases.is_empty() {
            return self.invalid();
        }
        self.next();
        Ok(Some(Do::Match(subject, cases)))
    }

    fn open_sequence(&mut self) -> Parsed<Pattern> {
        let mut star = None;
        let first = self.maybe_star(0, &mut star)?;
        if !self.is_op(",") && star.is_none() {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.take_op(",") {
            if self.is_op(":") || self.is_word("if") {
                break;
            }
            items.push(self.maybe_star(items.len(), &mut star)?);
        }
        Ok(Pattern::Sequence(items, star))
    }

    fn maybe_star(&mut self, at: usize, star: &mut Option<usize>) -> Parsed<Pattern> {
        if self.take_op("*") {
            *star = Some(at);
            let name = self.name()?;
            return Ok(Pattern::Capture(Some(name).filter(|n| &**n != "_")));
        }
        self.pattern()
    }

    fn pattern(&mut self) -> Parsed<Pattern> {
        self.deeper(|p| {
            let first = p.closed()?;
            let mut pattern = first;
            if p.is_op("|") {
                let mut choices = vec![pattern];
                while p.take_op("|") {
                    choices.push(p.closed()?);
                }
                pattern = Pattern::Or(choices);
            }
            if p.take_word("as") {
                pattern = Pattern::As(Box::new(pattern), p.name()?);
            }
            Ok(pattern)
        })
    }

    fn closed(&mut self) -> Parsed<Pattern> {
        match self.tok().clone() {
            Tok::Op("-") | Tok::Number(_) | Tok::Str { .. } => Ok(Pattern::Value(self.operators(5)?)),
            Tok::Op(open @ ("(" | "[")) => {
                self.next();
                let close = if open == "(" { ")" } else { "]" };
                let (mut items, mut star, mut comma) = (vec![], None, open == "[");
                while !self.take_op(close) {
                    items.push(self.maybe_star(items.len(), &mut star)?);
                    if self.take_op(",") {
                        comma = true;
                    } else if !self.is_op(close) {
                        return self.invalid();
                    }
                }
                match items.pop() {
                    Some(only) if items.is_empty() && !comma => Ok(only),
                    last => {
                        items.extend(last);
                        Ok(Pattern::Sequence(items, star))
                    }
                }
            }
            Tok::Op("{") => self.mapping(),
            Tok::Name(name) if matches!(&*name, "None" | "True" | "False") => Ok(Pattern::Same(self.operators(5)?)),
            Tok::Name(name) => {
                let start = self.span();
                self.name()?;
                let mut value = Expr::new(start, Kind::Name(name.clone()));
                let mut dotted = false;
                while self.take_op(".") {
                    let attr = self.name()?;
                    value = self.make(start.to(self.last_span()), Kind::Attr(Box::new(value), attr))?;
                    dotted = true;
                }
                if self.take_op("(") {
                    return self.class_pattern(value);
                }
                Ok(if dotted { Pattern::Value(value) } else { Pattern::Capture(Some(name).filter(|n| &**n != "_")) })
            }
            _ => self.invalid(),
        }
    }

    fn mapping(&mut self) -> Parsed<Pattern> {
        self.next();
        let (mut pairs, mut rest) = (vec![], None);
        while !self.take_op("}") {
            if self.take_op("**") {
                rest = Some(self.name()?);
            } else {
                let key = self.operators(1)?;
                if !matches!(&key.kind, Kind::Const(c) if *c != Const::Ellipsis) && !matches!(key.kind, Kind::Attr(..)) {
                    return self.invalid();
                }
                self.expect_op(":")?;
                pairs.push((key, self.pattern()?));
            }
            if !self.take_op(",") && !self.is_op("}") {
                return self.invalid();
            }
        }
        Ok(Pattern::Mapping(pairs, rest))
    }

    fn class_pattern(&mut self, class: Expr) -> Parsed<Pattern> {
        let (mut plain, mut named) = (vec![], vec![]);
        while !self.take_op(")") {
            if let (Tok::Name(name), Tok::Op("=")) = (self.tok().clone(), self.tok_after(1)) {
                self.next();
                self.next();
                named.push((name, self.pattern()?));
            } else {
                plain.push(self.pattern()?);
            }
            if !self.take_op(",") && !self.is_op(")") {
                return self.invalid();
            }
        }
        Ok(Pattern::Class(class, plain, named))
    }
}
