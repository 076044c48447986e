//! From trees to instructions: words.

use super::arith;
use super::ast::{Arg, Command, Form, Index, Item, Kind, List, Param, Part, Redir, RedirKind, Word};
use super::braces;
use super::code::{Known, Make, Mode, Op, Source, Which};
use super::compile::Compiler;
use super::voice::Voice;
use std::sync::Arc;

/// `"$@"`, which `for` without `in` goes over.
pub fn all_parameters() -> Word {
    vec![Part::Param(Param {
        name: Arc::from("@"),
        index: None,
        indirect: false,
        form: Form::Plain,
        quoted: true,
    })]
}

/// True where a text has nothing that would be expanded.
fn is_plain(text: &str) -> bool {
    let bracket = text.split_once('[').is_some_and(|(_, rest)| rest.contains(']'));
    !bracket && !text.contains(['*', '?', '\\']) && !text.is_empty()
}

impl Compiler<'_> {
    /// A word that becomes arguments: braces, expansions, splitting, pathnames.
    pub(super) fn argument(&mut self, word: &Word) {
        if self.voice == Voice::Bash && braces::may_expand(word) {
            for word in braces::expand(word) {
                self.one_argument(&word);
            }
            return;
        }
        self.one_argument(word);
    }

    fn one_argument(&mut self, word: &Word) {
        match word.as_slice() {
            [] => {}
            [Part::Lit(text)] if is_plain(text) => self.ops.push(Op::Arg(Arc::from(text.as_str()))),
            [Part::Quoted(text)] => self.ops.push(Op::Arg(Arc::from(text.as_str()))),
            _ => {
                self.ops.push(Op::Open(Mode::Args));
                self.parts(word);
                self.ops.push(Op::CloseArgs);
            }
        }
    }

    /// A word that becomes one text.
    pub(super) fn text(&mut self, word: &Word) {
        self.word_as(word, Mode::Text);
    }

    pub(super) fn pattern(&mut self, word: &Word) {
        self.word_as(word, Mode::Pattern);
    }

    pub(super) fn word_as(&mut self, word: &Word, mode: Mode) {
        self.ops.push(Op::Open(mode));
        self.parts(word);
        self.ops.push(Op::CloseText);
    }

    /// An expression whose truth becomes the status.
    pub(super) fn compute(&mut self, text: &Word) {
        match constant(text, self.voice) {
            Some(expr) => self.ops.push(Op::ComputeKnown(expr)),
            None => {
                self.text(text);
                self.ops.push(Op::Compute);
            }
        }
    }

    fn parts(&mut self, word: &[Part]) {
        for part in word {
            match part {
                Part::Lit(text) => self.ops.push(Op::Lit(Self::shared(text))),
                Part::Quoted(text) => self.ops.push(Op::Quoted(Self::shared(text))),
                Part::Tilde(user) => self.ops.push(Op::Tilde(Self::shared(user))),
                Part::Param(param) => self.param(param),
                Part::Command { list, quoted } => {
                    let hole = self.hole(Op::Substitute { end: 0, quoted: *quoted });
                    match read_file(list).filter(|_| self.voice == Voice::Bash) {
                        Some(reading) => {
                            self.simple(reading, &[], &[Arg::Word(vec![Part::Lit("cat".into())])], true)
                        }
                        None => self.list(list, true),
                    }
                    self.ops.push(Op::EndFork);
                    self.land(hole);
                }
                Part::Process { list, reads } => {
                    let hole = self.hole(Op::Process { end: 0, reads: *reads });
                    self.list(list, true);
                    self.ops.push(Op::EndFork);
                    self.land(hole);
                }
                Part::Arith { text, quoted } => match constant(text, self.voice) {
                    Some(expr) => self.ops.push(Op::Arith(expr, *quoted)),
                    None => {
                        self.text(text);
                        self.ops.push(Op::ArithText(*quoted));
                    }
                },
            }
        }
    }

    fn param(&mut self, param: &Param) {
        let which = match &param.index {
            None => Which::Whole,
            Some(Index::At) => Which::At,
            Some(Index::Star) => Which::Star,
            Some(Index::Word(word)) => {
                self.text(word);
                Which::Subscript
            }
        };
        let source =
            Source { name: param.name.clone(), which, indirect: param.indirect, quoted: param.quoted };
        let make = match &param.form {
            Form::Plain => Make::Value,
            Form::Length => Make::Length,
            Form::Names => Make::Names,
            Form::Bad(text) => Make::Bad(text.clone()),
            Form::Transform(letter) => Make::Transform(*letter),
            Form::Default { operator, colon, word } => {
                return self.default(source, *operator, *colon, word);
            }
            Form::Trim { suffix, longest, pattern } => {
                self.pattern(pattern);
                Make::Trim { suffix: *suffix, longest: *longest }
            }
            Form::Replace { how, pattern, with } => {
                self.pattern(pattern);
                self.text(with);
                Make::Replace(*how)
            }
            Form::Slice { from, len } => {
                self.text(from);
                if let Some(len) = len {
                    self.text(len);
                }
                Make::Slice { len: len.is_some() }
            }
            Form::Case { upper, all, pattern } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern);
                }
                Make::Case { upper: *upper, all: *all, pattern: pattern.is_some() }
            }
        };
        self.ops.push(Op::Param(source, make));
    }

    fn default(&mut self, source: Source, operator: char, colon: bool, word: &Word) {
        let hole = self.hole(Op::Default { source: source.clone(), operator, colon, end: 0 });
        match operator {
            '=' | '?' => {
                self.text(word);
                self.ops.push(Op::Assigned { source, operator, colon });
            }
            _ => {
                for part in word {
                    match part {
                        Part::Lit(text) if !source.quoted => self.ops.push(Op::Split(Self::shared(text))),
                        part => self.parts(std::slice::from_ref(part)),
                    }
                }
            }
        }
        self.land(hole);
    }
}

/// The redirection that is all of `$(< file)`, which stands for the text of the file.
fn read_file(list: &List) -> Option<&Command> {
    let [Item { first, rest, background: false, .. }] = list.as_slice() else { return None };
    let [command @ Command { kind: Kind::Simple { assigns, words }, redirs, .. }] = first.commands.as_slice()
    else {
        return None;
    };
    let alone = rest.is_empty() && !first.bang && assigns.is_empty() && words.is_empty();
    let reads = matches!(redirs.as_slice(), [Redir { fd: None | Some(0), kind: RedirKind::Read, .. }]);
    (alone && reads).then_some(command)
}

/// The expression of a text without expansions, parsed once.
fn constant(text: &Word, voice: Voice) -> Option<Arc<Known>> {
    match text.as_slice() {
        [Part::Lit(text)] => {
            let expr = arith::parse(text, voice).ok()?;
            Some(Arc::new(Known { expr, text: text.clone() }))
        }
        _ => None,
    }
}
