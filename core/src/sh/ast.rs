//! What the parser makes of a script: commands and words as trees, whose depth the parser limits.

use std::sync::Arc;

/// Commands one after the other.
pub type List = Vec<Item>;

/// Pipelines joined by `&&` and `||`, perhaps in the background.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub first: Pipeline,
    /// True for `&&`.
    pub rest: Vec<(bool, Pipeline)>,
    pub background: bool,
    /// As written, for `jobs`.
    pub text: Arc<str>,
}

/// `! a | b`
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    pub bang: bool,
    pub timed: Option<Timed>,
    pub commands: Vec<Command>,
}

/// `time`, and whether `-p` was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timed {
    pub posix: bool,
}

/// A command with its redirections.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    pub line: u32,
    pub kind: Kind,
    pub redirs: Vec<Redir>,
}

/// The kinds of commands.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Simple {
        assigns: Vec<Assign>,
        words: Vec<Arg>,
    },
    Brace(List),
    Subshell(List),
    /// `text`: its head as `set -x` shows it.
    For {
        name: Arc<str>,
        words: Option<Vec<Word>>,
        body: List,
        text: Arc<str>,
    },
    Select {
        name: Arc<str>,
        words: Option<Vec<Word>>,
        body: List,
    },
    ArithFor {
        parts: [Word; 3],
        body: List,
    },
    Arith(Word),
    If {
        branches: Vec<(List, List)>,
        otherwise: Option<List>,
    },
    While {
        until: bool,
        condition: List,
        body: List,
    },
    Case {
        word: Word,
        arms: Vec<Arm>,
        text: Arc<str>,
    },
    Function {
        name: Arc<str>,
        body: Box<Command>,
        text: Arc<str>,
    },
    Test(Test),
}

/// An argument: a word, or an assignment after `export`, `local` and the like.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    Word(Word),
    Assign(Assign),
}

/// `name=value`, `name[i]+=value`, `name=(…)`
#[derive(Debug, Clone, PartialEq)]
pub struct Assign {
    pub name: Arc<str>,
    pub index: Option<Word>,
    pub append: bool,
    pub value: Value,
}

/// What is assigned.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Word(Word),
    Array(Vec<(Option<Word>, Word)>),
}

/// An arm of `case`.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    pub patterns: Vec<Word>,
    pub body: List,
    pub end: ArmEnd,
}

/// `;;`, `;&`, `;;&`
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ArmEnd {
    Leave,
    Fall,
    Test,
}

/// The expression of `[[ ]]`.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Not(Box<Test>),
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Unary(Arc<str>, Word),
    Binary(Word, Arc<str>, Word),
    Word(Word),
}

/// A redirection.
#[derive(Debug, Clone, PartialEq)]
pub struct Redir {
    pub fd: Option<i32>,
    pub kind: RedirKind,
    pub target: Target,
}

/// The operators of redirections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RedirKind {
    Read,
    Write,
    Clobber,
    Append,
    Both,
    DupIn,
    DupOut,
    WriteErr,
    AppendErr,
    Here,
}

/// What a redirection refers to.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    Word(Word),
    /// Index into the parser's here-documents.
    Document(usize),
    /// A here-string.
    Text(Word),
}

/// A word: parts that follow each other without a blank.
pub type Word = Vec<Part>;

/// A part of a word.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Unquoted text.
    Lit(String),
    /// Text in quotes or after a backslash.
    Quoted(String),
    /// `~` or `~user` at the start.
    Tilde(String),
    Param(Param),
    Command {
        list: List,
        quoted: bool,
    },
    Arith {
        text: Word,
        quoted: bool,
    },
    /// `<(…)` (true) and `>(…)`.
    Process {
        list: List,
        reads: bool,
    },
}

/// `$name`, `${name…}`
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub name: Arc<str>,
    pub index: Option<Index>,
    pub indirect: bool,
    pub form: Form,
    pub quoted: bool,
}

/// `[@]`, `[*]`, `[expression]`
#[derive(Debug, Clone, PartialEq)]
pub enum Index {
    At,
    Star,
    Word(Word),
}

/// What follows the name in braces.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    Plain,
    Length,
    /// `${!prefix*}`, `${!array[@]}`
    Names,
    /// `-`, `=`, `+` or `?`; whether a colon came first.
    Default {
        operator: char,
        colon: bool,
        word: Word,
    },
    /// `#`, `##`, `%`, `%%`
    Trim {
        suffix: bool,
        longest: bool,
        pattern: Word,
    },
    Replace {
        how: Replace,
        pattern: Word,
        with: Word,
    },
    Slice {
        from: Word,
        len: Option<Word>,
    },
    Case {
        upper: bool,
        all: bool,
        pattern: Option<Word>,
    },
    /// `@Q` and the like.
    Transform(char),
    /// Not a form at all: an error when it is reached. The text as written.
    Bad(Arc<str>),
}

/// `/`, `//`, `/#`, `/%`
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Replace {
    First,
    All,
    Prefix,
    Suffix,
}

/// A here-document: its body, once it has been read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    pub delimiter: String,
    pub quoted: bool,
    pub strip: bool,
    pub body: Word,
}
