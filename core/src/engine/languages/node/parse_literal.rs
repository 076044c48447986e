//! Literals of arrays, objects and templates, and what stands in parentheses.

use super::ast::{Expr, Key, Kind, Name, Prop, Shape};
use super::lexer::T;
use super::parse_expr::{expr, is_reserved, named};
use super::parser::{Parsed, Parser};

impl Parser<'_> {
    pub fn template_parts(&mut self) -> Parsed<(Vec<Name>, Vec<Name>, Vec<Expr>)> {
        let (mut texts, mut raws, mut values) = (vec![], vec![], vec![]);
        loop {
            let T::Template(text, raw, last) = self.token.kind.clone() else { return Err(self.unexpected()) };
            texts.push(text);
            raws.push(raw);
            self.advance()?;
            if last {
                return Ok((texts, raws, values));
            }
            values.push(self.inside()?);
            if !self.is("}") {
                return Err(self.unexpected());
            }
            self.token = self.lex.template(self.token.start, false)?;
        }
    }

    /// `(…)`, or the parameters of an arrow function.
    pub fn parenthesized(&mut self, pos: u32) -> Parsed<Expr> {
        let args = self.arguments()?;
        if self.is("=>") && !self.token.fresh_line {
            return self.cover_arrow(pos, args, false);
        }
        if args.is_empty() || args.iter().any(|a| matches!(a.kind, Kind::Spread(_))) {
            return Err(self.unexpected());
        }
        let mut args = args;
        let inner =
            if args.len() == 1 { args.swap_remove(0) } else { expr(args[0].pos, Kind::Sequence(args)) };
        Ok(match inner.kind {
            Kind::Array(_) | Kind::Object(_) | Kind::Func(_) | Kind::Class(_) | Kind::Chain(_) => {
                expr(inner.pos, Kind::Paren(Box::new(inner)))
            }
            _ => inner,
        })
    }

    pub fn array(&mut self, pos: u32) -> Parsed<Expr> {
        self.advance()?;
        let before = std::mem::replace(&mut self.allow_in, true);
        let mut out = vec![];
        while !self.is("]") {
            if self.take(",")? {
                out.push(None);
                continue;
            }
            let at = self.pos();
            let value = if self.take("...")? {
                let value = self.assignment()?;
                expr(at, Kind::Spread(Box::new(value)))
            } else {
                self.assignment()?
            };
            out.push(Some(value));
            if !self.is("]") {
                self.expect(",")?;
            }
        }
        self.allow_in = before;
        self.advance()?;
        Ok(expr(pos, Kind::Array(out)))
    }

    pub fn object(&mut self, pos: u32) -> Parsed<Expr> {
        self.advance()?;
        let before = std::mem::replace(&mut self.allow_in, true);
        let mut out = vec![];
        while !self.is("}") {
            out.push(self.property()?);
            if !self.is("}") {
                self.expect(",")?;
            }
        }
        self.allow_in = before;
        self.advance()?;
        Ok(expr(pos, Kind::Object(out)))
    }

    pub fn property(&mut self) -> Parsed<Prop> {
        if self.take("...")? {
            return Ok(Prop::Spread(self.assignment()?));
        }
        let head = self.member_head()?;
        if head.is_method(self) {
            return self.method(head, Shape::Method);
        }
        let pos = self.last_end as u32;
        if self.take(":")? {
            let value = self.assignment()?;
            return Ok(match head.key {
                Key::Name(name) => Prop::Value(Key::Name(name.clone()), named(value, &name)),
                key => Prop::Value(key, value),
            });
        }
        let Key::Name(name) = head.key else { return Err(self.unexpected()) };
        if is_reserved(&name) || !head.is_word {
            return Err(self.unexpected());
        }
        self.mention(&name);
        let at = pos - name.len() as u32;
        if self.take("=")? {
            let value = self.assignment()?;
            return Ok(Prop::Value(
                Key::Name(name.clone()),
                expr(at, Kind::CoverInit(name.clone(), Box::new(named(value, &name)))),
            ));
        }
        Ok(Prop::Value(Key::Name(name.clone()), expr(at, Kind::Ident(name))))
    }
}
