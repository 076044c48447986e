//! Patterns to instructions.

use super::ast::{Element, Expr, Key, Pattern};
use super::code::Op;
use super::compile::{Compiler, Done};

impl Compiler {
    /// `[value] []`: assigns to what a pattern names.
    pub fn assign(&mut self, pattern: &Pattern) -> Done {
        self.take_apart(pattern, false)
    }

    /// `[value] []`: first values of what a pattern declares.
    pub fn bind(&mut self, pattern: &Pattern) -> Done {
        self.take_apart(pattern, true)
    }

    fn take_apart(&mut self, pattern: &Pattern, first: bool) -> Done {
        match pattern {
            Pattern::Name(name, pos) => {
                self.place = *pos;
                if first { self.initialize(name) } else { self.store(name) }
            }
            Pattern::Place(place) => {
                let slot = self.slot("")?;
                self.emit(Op::SetLocal(slot));
                let keyed = self.place_of(place)?;
                self.emit(Op::Local(slot));
                self.set_place(place, keyed);
                self.emit(Op::Pop);
                Ok(())
            }
            Pattern::Array(elements, rest, pos) => {
                self.place = *pos;
                let count = if rest.is_some() { u32::MAX } else { elements.len() as u32 };
                self.emit(Op::ToList(count));
                for (at, element) in elements.iter().enumerate() {
                    let Some(element) = element else { continue };
                    self.emit(Op::ListItem(at as u32));
                    self.element(element, first)?;
                }
                if let Some(rest) = rest {
                    self.emit(Op::ListRest(elements.len() as u32));
                    self.take_apart(rest, first)?;
                }
                self.emit(Op::Pop);
                Ok(())
            }
            Pattern::Object(props, rest, pos) => {
                self.place = props.first().map_or(*pos, |(_, e)| match &e.target {
                    Pattern::Name(_, at) => *at,
                    _ => *pos,
                });
                self.emit(Op::Destructurable);
                for (key, element) in props {
                    self.emit(Op::Dup);
                    match key {
                        Key::Name(name) => {
                            let at = self.text(name);
                            self.emit(Op::Get(at));
                        }
                        key => {
                            self.key(key)?;
                            self.emit(Op::Index);
                        }
                    }
                    self.element(element, first)?;
                }
                match rest {
                    Some(rest) => {
                        for (key, _) in props {
                            self.key(key)?;
                        }
                        self.emit(Op::ObjectRest(props.len() as u16));
                        self.take_apart(rest, first)
                    }
                    None => {
                        self.emit(Op::Pop);
                        Ok(())
                    }
                }
            }
        }
    }

    fn element(&mut self, element: &Element, first: bool) -> Done {
        self.default(element.default.as_ref())?;
        self.take_apart(&element.target, first)
    }

    /// `[value] [value]` with a default where it is undefined.
    pub fn default(&mut self, default: Option<&Expr>) -> Done {
        if let Some(default) = default {
            let given = self.emit(Op::JumpIfDefinedKeep(0));
            self.expression(default)?;
            self.patch(given);
        }
        Ok(())
    }
}
