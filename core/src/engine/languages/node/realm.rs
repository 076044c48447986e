//! The first objects of every machine: the prototypes under fixed numbers, and the global object.

use super::builtins;
use super::value::{CONFIGURABLE, Id, Key, Kind, Object, Prop, Value};
use super::vm::Vm;

macro_rules! realm {
    ($($name:ident = $shown:literal),+ $(,)?) => {
        realm!(@number 0; $($name)+);
        /// The constructors' names in order.
        const NAMES: &[&str] = &[$($shown),+];
    };
    (@number $at:expr; $name:ident $($rest:ident)*) => {
        pub const $name: Id = $at;
        realm!(@number $at + 1; $($rest)*);
    };
    (@number $at:expr;) => {
        /// How many there are.
        pub const COUNT: Id = $at;
    };
}

realm! {
    OBJECT = "Object",
    FUNCTION = "Function",
    ARRAY = "Array",
    STRING = "String",
    NUMBER = "Number",
    BOOLEAN = "Boolean",
    SYMBOL = "Symbol",
    BIGINT = "BigInt",
    PROMISE = "Promise",
    GENERATOR = "Generator",
    ASYNC_GENERATOR = "AsyncGenerator",
    REGEXP = "RegExp",
    DATE = "Date",
    MAP = "Map",
    SET = "Set",
    WALK = "Iterator",
    BYTES = "Uint8Array",
    ERROR = "Error",
    TYPE_ERROR = "TypeError",
    RANGE_ERROR = "RangeError",
    REFERENCE_ERROR = "ReferenceError",
    SYNTAX_ERROR = "SyntaxError",
    EVAL_ERROR = "EvalError",
    URI_ERROR = "URIError",
    AGGREGATE_ERROR = "AggregateError",
    WEAK_MAP = "WeakMap",
    WEAK_SET = "WeakSet",
    BUFFER = "Buffer",
    GLOBAL = "globalThis",
}

/// The well-known symbols in the order of their numbers.
pub const SYMBOLS: &[&str] = &[
    "Symbol.iterator",
    "Symbol.asyncIterator",
    "Symbol.toPrimitive",
    "Symbol.toStringTag",
    "Symbol.hasInstance",
    "Symbol.species",
    "nodejs.util.inspect.custom",
    "nodejs.util.promisify.custom",
];
pub const ITERATOR: u32 = 0;
pub const ASYNC_ITERATOR: u32 = 1;
pub const TO_STRING_TAG: u32 = 3;

/// The number of a prototype by its constructor's name.
pub fn proto_of(name: &str) -> Option<Id> {
    NAMES.iter().position(|n| *n == name).map(|at| at as Id).filter(|id| *id < GLOBAL)
}

impl Vm {
    /// Makes the prototypes, the constructors and the natives.
    pub fn make_realm(&mut self) {
        self.symbols = SYMBOLS.iter().map(|s| (*s).into()).collect();
        for id in 0..COUNT {
            let kind = match id {
                ARRAY => Kind::Array(vec![]),
                _ => Kind::Plain,
            };
            let proto = match id {
                OBJECT => None,
                TYPE_ERROR..=AGGREGATE_ERROR => Some(ERROR),
                BUFFER => Some(BYTES),
                GENERATOR => Some(WALK),
                _ => Some(OBJECT),
            };
            let made = self.heap.add(Object { proto, kind, ..Object::default() });
            debug_assert_eq!(made, id);
        }
        for (at, _) in builtins::all() {
            self.install(at);
        }
        for (at, symbol) in SYMBOLS.iter().enumerate() {
            if let Some(name) = symbol.strip_prefix("Symbol.") {
                let owner = self.named(GLOBAL, "Symbol");
                self.heap.get_mut(owner).props.insert(
                    name.into(),
                    Prop { slot: super::value::Slot::Value(Value::Symbol(at as u32)), flags: 0 },
                );
            }
        }
        for (id, name) in
            NAMES.iter().enumerate().filter(|(id, _)| (ERROR..=AGGREGATE_ERROR).contains(&(*id as Id)))
        {
            let props = &mut self.heap.get_mut(id as Id).props;
            props.insert("name".into(), Prop::hidden(Value::text(name)));
            props.insert("message".into(), Prop::hidden(Value::text("")));
        }
        self.heap.get_mut(GLOBAL).props.insert("globalThis".into(), Prop::hidden(Value::Obj(GLOBAL)));
        for (name, n) in [("NaN", f64::NAN), ("Infinity", f64::INFINITY)] {
            self.heap
                .get_mut(GLOBAL)
                .props
                .insert(name.into(), Prop { slot: super::value::Slot::Value(Value::Num(n)), flags: 0 });
        }
        for (id, tag) in [
            (PROMISE, "Promise"),
            (MAP, "Map"),
            (SET, "Set"),
            (SYMBOL, "Symbol"),
            (GENERATOR, "Generator"),
            (WEAK_MAP, "WeakMap"),
            (WEAK_SET, "WeakSet"),
        ] {
            let prop = Prop { slot: super::value::Slot::Value(Value::text(tag)), flags: CONFIGURABLE };
            self.heap.get_mut(id).props.insert(Key::Symbol(TO_STRING_TAG), prop);
        }
    }

    /// The object of a name in another, made where it is missing.
    fn named(&mut self, owner: Id, name: &str) -> Id {
        if let Some(Value::Obj(id)) = self.plain(owner, &name.into()) {
            return id;
        }
        let id = self.new_object();
        self.heap.get_mut(owner).props.insert(name.into(), Prop::hidden(Value::Obj(id)));
        id
    }

    fn install(&mut self, at: u16) {
        let path = builtins::entry(at).path;
        if path.starts_with('%') {
            return;
        }
        let function = self.heap.add(Object::of(FUNCTION, Kind::Native(at)));
        let (owner_path, name) = path.rsplit_once('.').unwrap_or(("", path));
        let owner = match owner_path.split_once('.') {
            None if owner_path.is_empty() => GLOBAL,
            None => self.named(GLOBAL, owner_path),
            Some((class, _)) => proto_of(class).unwrap_or(GLOBAL),
        };
        if let Some(getter) = name.strip_prefix("get ") {
            self.define_accessor(owner, getter.into(), Some(function), None, CONFIGURABLE);
            return;
        }
        let key = match name.strip_prefix('@') {
            Some("iterator") => Key::Symbol(ITERATOR),
            Some(_) => Key::Symbol(ASYNC_ITERATOR),
            None => name.into(),
        };
        self.heap.get_mut(owner).props.insert(key, Prop::hidden(Value::Obj(function)));
        if owner == GLOBAL
            && let Some(proto) = proto_of(name)
        {
            let link = Prop { slot: super::value::Slot::Value(Value::Obj(proto)), flags: 0 };
            self.heap.get_mut(function).props.insert("prototype".into(), link);
            self.heap.get_mut(proto).props.insert("constructor".into(), Prop::hidden(Value::Obj(function)));
            if (TYPE_ERROR..=AGGREGATE_ERROR).contains(&proto)
                && let Some(Value::Obj(error)) = self.plain(GLOBAL, &"Error".into())
            {
                self.heap.get_mut(function).proto = Some(error);
            }
        }
    }
}
