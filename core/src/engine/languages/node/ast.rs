//! The tree of a script. Names are shared texts; positions are byte offsets into the source.

use std::collections::BTreeSet;
use std::sync::Arc;

/// A name or a text.
pub type Name = Arc<str>;

/// An expression at its place: where V8 says a fault of it happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub pos: u32,
    pub kind: Kind,
}

/// A boxed expression.
pub type Sub = Box<Expr>;

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Num(f64),
    BigInt(Name),
    Str(Name),
    /// Texts and the expressions between them.
    Template(Vec<Name>, Vec<Expr>),
    /// The function, the raw texts, the texts, the expressions.
    Tagged(Sub, Vec<Name>, Vec<Name>, Vec<Expr>),
    Regex(Name, Name),
    Ident(Name),
    This,
    Null,
    Bool(bool),
    /// Elements; `None` is a hole.
    Array(Vec<Option<Expr>>),
    Object(Vec<Prop>),
    Func(Arc<Func>),
    Class(Arc<Class>),
    Unary(&'static str, Sub),
    /// Operator, before its operand, operand.
    Update(&'static str, bool, Sub),
    Binary(&'static str, Sub, Sub),
    Logical(&'static str, Sub, Sub),
    /// Operator (`=`, `+=` …), target, value.
    Assign(&'static str, Box<Pattern>, Sub),
    Cond(Sub, Sub, Sub),
    /// Function, arguments, written `?.(`.
    Call(Sub, Vec<Expr>, bool),
    New(Sub, Vec<Expr>),
    /// Object, name, written `?.`; private names begin with `#`.
    Member(Sub, Name, bool),
    Index(Sub, Sub, bool),
    /// The whole of a chain with `?.` in it.
    Chain(Sub),
    Sequence(Vec<Expr>),
    Spread(Sub),
    /// Value, delegated.
    Yield(Option<Sub>, bool),
    Await(Sub),
    NewTarget,
    Super,
    ImportMeta,
    ImportCall(Sub),
    /// A native by its name, in Drydock's own library only.
    Native(Name, Vec<Expr>),
    /// `{a = 1}`, which only a pattern may hold.
    CoverInit(Name, Sub),
    /// An expression in parentheses that is no pattern.
    Paren(Sub),
    /// `#x in object`
    HasPrivate(Name, Sub),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    Name(Name),
    Computed(Expr),
    Private(Name),
}

/// What a property of an object literal is.
#[derive(Debug, Clone, PartialEq)]
pub enum Prop {
    Value(Key, Expr),
    Method(Key, Arc<Func>),
    Get(Key, Arc<Func>),
    Set(Key, Arc<Func>),
    Spread(Expr),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    Name(Name, u32),
    /// An assignment to what an expression names.
    Place(Expr),
    /// Elements with defaults, and the rest.
    Array(Vec<Option<Element>>, Option<Box<Pattern>>, u32),
    Object(Vec<(Key, Element)>, Option<Box<Pattern>>, u32),
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    pub target: Pattern,
    pub default: Option<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    Var,
    Let,
    Const,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    #[default]
    Plain,
    Arrow,
    Method,
    Getter,
    Setter,
    /// A constructor of a class.
    Constructor,
    /// A constructor of a class that extends another.
    Derived,
    /// The values of the fields of a class.
    Fields,
    /// The body of a file.
    Module,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Func {
    pub name: Name2,
    /// A function expression that can call itself by its name.
    pub binds_name: bool,
    pub shape: Shape,
    pub is_async: bool,
    pub is_generator: bool,
    pub params: Vec<Element>,
    pub rest: Option<Pattern>,
    pub body: Vec<Stmt>,
    /// Every name that functions inside this one mention.
    pub inner: BTreeSet<Name>,
    /// Names that it mentions itself, `this` and `arguments` among them.
    pub own: BTreeSet<Name>,
    /// How stack traces show it, where a function of the library says so.
    pub shown: Option<Name>,
    pub strict: bool,
    /// Where its text is.
    pub span: (u32, u32),
}

/// A name that may be missing.
pub type Name2 = Option<Name>;

#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    pub name: Name2,
    pub parent: Option<Expr>,
    pub constructor: Arc<Func>,
    pub members: Vec<Member>,
    /// The function that sets the instance fields.
    pub fields: Option<Arc<Func>>,
    pub pos: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub is_static: bool,
    pub kind: Prop,
    /// A static field or block: a function that gives its value.
    pub is_field: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    pub pos: u32,
    pub kind: StmtKind,
}

/// The head of `for (HEAD of …)`.
#[derive(Debug, Clone, PartialEq)]
pub enum Head {
    Declare(Binding, Pattern),
    Assign(Pattern),
}

/// Parameter and body of a `catch`.
pub type Catch = (Option<Pattern>, Vec<Stmt>);

#[derive(Debug, Clone, PartialEq)]
pub enum StmtKind {
    Expr(Expr),
    Declare(Binding, Vec<(Pattern, Option<Expr>)>),
    Func(Arc<Func>),
    Class(Arc<Class>),
    Return(Option<Expr>),
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    For(Option<Box<Stmt>>, Option<Expr>, Option<Expr>, Box<Stmt>),
    ForIn(Head, Expr, Box<Stmt>),
    /// Head, what is gone through, body, `for await`.
    ForOf(Head, Expr, Box<Stmt>, bool),
    While(Expr, Box<Stmt>),
    DoWhile(Box<Stmt>, Expr),
    Break(Name2),
    Continue(Name2),
    Throw(Expr),
    Try(Vec<Stmt>, Option<Catch>, Option<Vec<Stmt>>),
    Switch(Expr, Vec<(Option<Expr>, Vec<Stmt>)>),
    Block(Vec<Stmt>),
    Label(Name, Box<Stmt>),
    Empty,
    /// Specifier and `(name there, name here)`; `*` is the whole module.
    Import(Name, Vec<(Name, Name)>),
    /// `(name here, name outside)`.
    ExportNames(Vec<(Name, Name)>),
    /// Specifier and names; no names is `export *`.
    ExportFrom(Name, Vec<(Name, Name)>),
    ExportDefault(Expr),
    Export(Box<Stmt>),
}
