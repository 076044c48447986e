//! The built-in classes, at fixed places of the heap.

use super::heap::{Class, Heap, Obj};
use super::{Dict, Id};

/// Name, and the number of its base in this table.
const CLASSES: &[(&str, Id)] = &[
    ("object", 0),
    ("type", 0),
    ("int", 0),
    ("bool", 2),
    ("float", 0),
    ("str", 0),
    ("bytes", 0),
    ("list", 0),
    ("tuple", 0),
    ("dict", 0),
    ("set", 0),
    ("frozenset", 0),
    ("NoneType", 0),
    ("function", 0),
    ("method", 0),
    ("builtin_function_or_method", 0),
    ("module", 0),
    ("cell", 0),
    ("generator", 0),
    ("coroutine", 0),
    ("range", 0),
    ("slice", 0),
    ("property", 0),
    ("staticmethod", 0),
    ("classmethod", 0),
    ("super", 0),
    ("ellipsis", 0),
    ("NotImplementedType", 0),
    ("dict_keys", 0),
    ("dict_values", 0),
    ("dict_items", 0),
    ("bytearray", 0),
    ("list_iterator", 0),
    ("enumerate", 0),
    ("zip", 0),
    ("BaseException", 0),
    ("Exception", 35),
    ("SystemExit", 35),
    ("KeyboardInterrupt", 35),
    ("GeneratorExit", 35),
    ("ArithmeticError", 36),
    ("ZeroDivisionError", 40),
    ("OverflowError", 40),
    ("FloatingPointError", 40),
    ("AssertionError", 36),
    ("AttributeError", 36),
    ("BufferError", 36),
    ("EOFError", 36),
    ("ImportError", 36),
    ("ModuleNotFoundError", 48),
    ("LookupError", 36),
    ("IndexError", 50),
    ("KeyError", 50),
    ("MemoryError", 36),
    ("NameError", 36),
    ("UnboundLocalError", 54),
    ("OSError", 36),
    ("BlockingIOError", 56),
    ("ChildProcessError", 56),
    ("ConnectionError", 56),
    ("BrokenPipeError", 59),
    ("ConnectionAbortedError", 59),
    ("ConnectionRefusedError", 59),
    ("ConnectionResetError", 59),
    ("FileExistsError", 56),
    ("FileNotFoundError", 56),
    ("InterruptedError", 56),
    ("IsADirectoryError", 56),
    ("NotADirectoryError", 56),
    ("PermissionError", 56),
    ("ProcessLookupError", 56),
    ("TimeoutError", 56),
    ("ReferenceError", 36),
    ("RuntimeError", 36),
    ("NotImplementedError", 73),
    ("RecursionError", 73),
    ("StopIteration", 36),
    ("StopAsyncIteration", 36),
    ("SyntaxError", 36),
    ("IndentationError", 78),
    ("TabError", 79),
    ("SystemError", 36),
    ("TypeError", 36),
    ("ValueError", 36),
    ("UnicodeError", 83),
    ("UnicodeDecodeError", 84),
    ("UnicodeEncodeError", 84),
    ("Warning", 36),
    ("DeprecationWarning", 87),
    ("UserWarning", 87),
    ("RuntimeWarning", 87),
    ("FutureWarning", 87),
    ("SyntaxWarning", 87),
    ("ResourceWarning", 87),
    ("ImportWarning", 87),
    ("PendingDeprecationWarning", 87),
];

pub const OBJECT: Id = 0;
pub const TYPE: Id = 1;
pub const INT: Id = 2;
pub const BOOL: Id = 3;
pub const FLOAT: Id = 4;
pub const STR: Id = 5;
pub const BYTES: Id = 6;
pub const LIST: Id = 7;
pub const TUPLE: Id = 8;
pub const DICT: Id = 9;
pub const SET: Id = 10;
pub const FROZENSET: Id = 11;
pub const NONE: Id = 12;
pub const FUNCTION: Id = 13;
pub const METHOD: Id = 14;
pub const NATIVE: Id = 15;
pub const MODULE: Id = 16;
pub const CELL: Id = 17;
pub const GENERATOR: Id = 18;
pub const COROUTINE: Id = 19;
pub const RANGE: Id = 20;
pub const SLICE: Id = 21;
pub const PROPERTY: Id = 22;
pub const STATICMETHOD: Id = 23;
pub const CLASSMETHOD: Id = 24;
pub const SUPER: Id = 25;
pub const ELLIPSIS: Id = 26;
pub const NOT_IMPLEMENTED: Id = 27;
pub const BYTEARRAY: Id = 31;
pub const ITERATOR: Id = 32;
pub const BASE_EXCEPTION: Id = 35;
pub const EXCEPTION: Id = 36;
pub const ASSERTION_ERROR: Id = 44;
pub const OS_ERROR: Id = 56;
/// How many built-in classes there are: they hold the first places of the heap.
pub const COUNT: Id = CLASSES.len() as Id;

/// The number of a built-in class.
pub fn by_name(name: &str) -> Option<Id> {
    CLASSES.iter().position(|(n, _)| *n == name).map(|at| at as Id)
}

/// The name of a built-in class.
pub fn name_of(id: Id) -> &'static str {
    CLASSES.get(id as usize).map_or("object", |(name, _)| name)
}

/// Whether scripts see a class under its own name.
pub fn is_visible(id: Id) -> bool {
    !matches!(id, 12..=19 | 26..=30 | 32) && id < COUNT
}

/// Puts the built-in classes into a fresh heap.
pub fn boot(heap: &mut Heap) {
    for (at, (name, base)) in CLASSES.iter().enumerate() {
        let id = at as Id;
        let mut mro = vec![id];
        let (mut up, mut layout) = (id, id);
        while up != OBJECT {
            up = CLASSES.get(up as usize).map_or(OBJECT, |(_, b)| *b);
            mro.push(up);
            if id >= BASE_EXCEPTION {
                layout = BASE_EXCEPTION;
            }
        }
        if id == OBJECT {
            mro = vec![OBJECT];
        }
        let bases = if id == OBJECT { vec![] } else { vec![*base] };
        if id == BOOL {
            layout = INT;
        }
        let class =
            Class { name: (*name).into(), bases, mro, attrs: Dict::default(), meta: TYPE, layout, user: false };
        heap.alloc(Obj::Class(Box::new(class)));
    }
}
