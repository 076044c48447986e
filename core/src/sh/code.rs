//! The instructions that scripts compile to, and the unit: a compiled piece of a script with its text.

use super::arith::Expr;
use super::ast::{RedirKind, Replace};
use super::voice::Voice;
use super::{compile, lex, parse};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// How a word is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Split into fields, with pathname expansion.
    Args,
    /// One text.
    Text,
    /// One pattern: quoted characters are escaped.
    Pattern,
    /// One regular expression: quoted characters are escaped.
    Regex,
}

/// Which elements of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The variable itself.
    Whole,
    /// `[@]`
    At,
    /// `[*]`
    Star,
    /// `[…]`: the subscript has been pushed as a text.
    Subscript,
}

/// A variable or special parameter in `$…`.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub name: Arc<str>,
    pub which: Which,
    pub indirect: bool,
    pub quoted: bool,
}

/// What is made of its value. Texts that it needs have been pushed in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Make {
    Value,
    Length,
    Names,
    /// Pattern pushed.
    Trim {
        suffix: bool,
        longest: bool,
    },
    /// Pattern and replacement pushed.
    Replace(Replace),
    /// Offset, and length if `len`, pushed.
    Slice {
        len: bool,
    },
    /// Pattern, if `pattern`, pushed.
    Case {
        upper: bool,
        all: bool,
        pattern: bool,
    },
    Transform(char),
    Bad(Arc<str>),
}

/// A parsed expression and its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub expr: Expr,
    pub text: String,
}

/// One instruction. Targets are indices of instructions.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    Jump(u32),
    /// Jumps where the last status was success (`true`) or failure.
    JumpIf(bool, u32),
    Status(i32),
    /// `!`
    Not,
    /// Failures do not end the shell between these.
    Shield,
    Unshield,
    /// `set -e` after a compound command or a pipeline.
    Check,
    /// Ends the unit.
    End,
    /// Ends a forked part.
    EndFork,

    // Words.
    Open(Mode),
    Lit(Arc<str>),
    /// Text of `${x-…}` outside quotes: split like a value.
    Split(Arc<str>),
    Quoted(Arc<str>),
    Tilde(Arc<str>),
    Param(Source, Make),
    /// Where the value is to be used, uses it and jumps; else goes on with the word.
    Default {
        source: Source,
        operator: char,
        colon: bool,
        end: u32,
    },
    /// A text is pushed: assigns it, or complains of it, for `=` and `?`.
    Assigned {
        source: Source,
        operator: char,
        colon: bool,
    },
    /// `$(…)`: the part up to `end` runs in a child.
    Substitute {
        end: u32,
        quoted: bool,
    },
    /// `<(…)`
    Process {
        end: u32,
        reads: bool,
    },
    /// A known expression.
    Arith(Arc<Known>, bool),
    /// A text is pushed: evaluates it.
    ArithText(bool),
    /// Ends a word: its fields become arguments.
    CloseArgs,
    /// Ends a word: its text is pushed.
    CloseText,

    // Simple commands.
    /// Starts one; the line it is on.
    Begin(u32),
    /// A plain argument.
    Arg(Arc<str>),
    /// Value, and subscript before it if `index`, pushed.
    Assign {
        name: Arc<str>,
        index: bool,
        append: bool,
        declared: bool,
    },
    /// Starts an array's elements.
    Array,
    /// Subscript and value pushed.
    Element,
    /// Ends them.
    AssignArray {
        name: Arc<str>,
        append: bool,
        declared: bool,
    },
    /// Carries out an assignment, so that those after it see it.
    Settle,
    /// Target pushed.
    Redirect {
        fd: Option<i32>,
        kind: RedirKind,
    },
    /// `tail`: nothing follows in this process.
    Run {
        tail: bool,
    },

    // Compound commands.
    /// Redirects for a compound command; jumps where that fails.
    Redirected(u32),
    Restore,
    Loop {
        again: u32,
        end: u32,
    },
    /// The end of a loop's body.
    LoopAgain(u32),
    EndLoop,
    /// The arguments are the values; jumps to `end` where there are no more.
    For {
        name: Arc<str>,
        end: u32,
    },
    ForNext {
        name: Arc<str>,
        end: u32,
    },
    Select {
        name: Arc<str>,
        end: u32,
    },
    SelectNext {
        name: Arc<str>,
        end: u32,
    },
    /// Shows a line under `set -x`.
    Trace(Arc<str>),
    /// Pops the pushed pattern; jumps where it does not match the text below it.
    Match(u32),
    /// Pops the text of `case`.
    DropText,
    /// Ends what `Begin` started without running it.
    Drop,
    /// `((…))`: the status of the evaluated text.
    Compute,
    /// The same of a known expression.
    ComputeKnown(Arc<Known>),
    /// Unary test of the pushed operand.
    TestUnary(Arc<str>),
    /// Binary test of two pushed operands.
    TestBinary(Arc<str>),
    /// `-n` of the pushed text.
    TestText,
    Define {
        name: Arc<str>,
        entry: u32,
        text: Arc<str>,
    },
    /// Ends a function's body.
    Return,

    // Processes.
    Subshell(u32),
    /// In the background; the text for `jobs`.
    Spawn(u32, Arc<str>),
    Pipeline,
    /// A member up to `end`; whether it is the last.
    Member {
        end: u32,
        last: bool,
    },
    Join,
    Time(bool),
    Timed(bool),
}

/// The instructions of a unit.
#[derive(Debug, Default, PartialEq)]
pub struct Code {
    pub ops: Vec<Op>,
}

/// A piece of a script that is compiled and run as a whole: the commands up to a line feed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Unit {
    pub text: Arc<str>,
    pub line: u32,
    pub voice: Voice,
    pub aliases: OrdMap<String, String>,
    #[serde(skip)]
    code: OnceLock<Arc<Code>>,
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
            && self.line == other.line
            && self.voice == other.voice
            && self.aliases == other.aliases
    }
}

impl Unit {
    /// A unit whose code is known.
    pub fn new(
        text: Arc<str>,
        line: u32,
        voice: Voice,
        aliases: OrdMap<String, String>,
        code: Arc<Code>,
    ) -> Arc<Self> {
        let cell = OnceLock::new();
        cell.get_or_init(|| code);
        Arc::new(Self { text, line, voice, aliases, code: cell })
    }

    /// Its instructions, compiled again where it comes from a save file.
    pub fn code(&self) -> &Arc<Code> {
        self.code.get_or_init(|| {
            let mut parser =
                lex::Parser::new(&self.text, 0, self.line, self.voice).with_aliases(&self.aliases);
            match parse::next_command(&mut parser) {
                Ok(Some(complete)) => Arc::new(compile::compile(&complete, self.voice)),
                _ => Arc::new(Code { ops: vec![Op::End] }),
            }
        })
    }
}
