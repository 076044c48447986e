//! The arena of objects and cells, and what marks and sweeps it.

use super::value::{Id, Kind, Object, Promised, Reaction, Slot, Value};
use super::vm::Frame;
use serde::{Deserialize, Serialize};

/// How much a script may hold, in bytes as `Object::weight` counts them.
pub const LIMIT: usize = 96 << 20;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Place {
    Free,
    Object(Box<Object>),
    Cell(Value, bool),
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Heap {
    places: Vec<Place>,
    free: Vec<Id>,
    /// Bytes since the last collection, and what it left.
    pub fresh: usize,
    pub held: usize,
    nothing: Box<Object>,
}

impl Heap {
    fn put(&mut self, place: Place) -> Id {
        match self.free.pop() {
            Some(id) => {
                self.places[id as usize] = place;
                id
            }
            None => {
                self.places.push(place);
                self.places.len() as Id - 1
            }
        }
    }

    pub fn add(&mut self, object: Object) -> Id {
        self.fresh += object.weight();
        self.put(Place::Object(Box::new(object)))
    }

    pub fn add_cell(&mut self, value: Value) -> Id {
        self.fresh += 40;
        self.put(Place::Cell(value, false))
    }

    /// An object; an empty one where the number is none's.
    pub fn get(&self, id: Id) -> &Object {
        match self.places.get(id as usize) {
            Some(Place::Object(object)) => object,
            _ => &self.nothing,
        }
    }

    pub fn get_mut(&mut self, id: Id) -> &mut Object {
        match self.places.get_mut(id as usize) {
            Some(Place::Object(object)) => object,
            _ => &mut self.nothing,
        }
    }

    pub fn cell(&self, id: Id) -> &Value {
        match self.places.get(id as usize) {
            Some(Place::Cell(value, _)) => value,
            _ => &Value::Undefined,
        }
    }

    pub fn set_cell(&mut self, id: Id, value: Value) {
        if let Some(Place::Cell(old, _)) = self.places.get_mut(id as usize) {
            *old = value;
        }
    }

    /// True where it is time to collect.
    pub fn is_due(&self) -> bool {
        self.fresh > (4 << 20) + self.held
    }

    /// Frees what the roots do not reach; the text bytes on the way are counted too.
    pub fn collect(&mut self, roots: Vec<Id>) {
        let mut open = roots;
        let mut held = 0;
        while let Some(id) = open.pop() {
            match self.places.get_mut(id as usize) {
                Some(Place::Cell(value, marked)) if !*marked => {
                    *marked = true;
                    held += 40;
                    reach(value, &mut open, &mut held);
                }
                Some(Place::Object(object)) if !object.marked => {
                    object.marked = true;
                    held += object.weight();
                    trace(object, &mut open, &mut held);
                }
                _ => {}
            }
        }
        for (id, place) in self.places.iter_mut().enumerate() {
            let keep = match place {
                Place::Free => continue,
                Place::Cell(_, marked) => std::mem::take(marked),
                Place::Object(object) => std::mem::take(&mut object.marked),
            };
            if !keep {
                *place = Place::Free;
                self.free.push(id as Id);
            }
        }
        self.held = held;
        self.fresh = 0;
    }
}

/// Notes what a value leads to.
pub fn reach(value: &Value, out: &mut Vec<Id>, held: &mut usize) {
    match value {
        Value::Obj(id) | Value::Cell(id) => out.push(*id),
        Value::Str(text) => *held += text.len() + 16,
        _ => {}
    }
}

pub fn reach_frame(frame: &Frame, out: &mut Vec<Id>, held: &mut usize) {
    reach(&frame.this, out, held);
    out.extend(frame.callee);
    out.extend(frame.new_target);
    out.extend(frame.coroutine);
    out.extend(frame.cells.iter());
    frame.args.iter().for_each(|v| reach(v, out, held));
    frame.ret.ids(out);
}

fn trace(object: &Object, out: &mut Vec<Id>, held: &mut usize) {
    out.extend(object.proto);
    for (_, prop) in object.props.iter() {
        match &prop.slot {
            Slot::Value(value) => reach(value, out, held),
            Slot::Accessor(get, set) => out.extend(get.iter().chain(set)),
        }
    }
    match &object.kind {
        Kind::Array(list) | Kind::Arguments(list) => list.iter().for_each(|v| reach(v, out, held)),
        Kind::Function(f) => {
            out.extend(f.cells.iter());
            out.extend(f.home.iter().chain(&f.fields));
        }
        Kind::Bound { target, this, args } => {
            out.push(*target);
            reach(this, out, held);
            args.iter().for_each(|v| reach(v, out, held));
        }
        Kind::Resolver { promise, .. } => out.push(*promise),
        Kind::Boxed(value) => reach(value, out, held),
        Kind::Map(t) | Kind::Set(t) => t.entries.values().for_each(|(k, v)| {
            reach(k, out, held);
            reach(v, out, held);
        }),
        Kind::Promise(p) => {
            if let Promised::Kept(v) | Promised::Broken(v) = &p.state {
                reach(v, out, held);
            }
            p.reactions.iter().for_each(|r| reach_reaction(r, out, held));
        }
        Kind::Coroutine(c) => {
            c.stack.iter().for_each(|v| reach(v, out, held));
            reach(&c.returning, out, held);
            out.extend(c.promise);
            for (_, value, promise) in &c.queue {
                reach(value, out, held);
                out.push(*promise);
            }
            if let Some(frame) = &c.frame {
                reach_frame(frame, out, held);
            }
        }
        Kind::Walk(w) => reach(&w.over, out, held),
        Kind::Plain | Kind::Native(_) | Kind::Error | Kind::Date(_) | Kind::Regex { .. } | Kind::Bytes(_) => {
        }
    }
}

pub fn reach_reaction(reaction: &Reaction, out: &mut Vec<Id>, held: &mut usize) {
    match reaction {
        Reaction::Then { kept, broken, next } => {
            reach(kept, out, held);
            reach(broken, out, held);
            out.extend(next);
        }
        Reaction::Resume(id) | Reaction::Forward(id) => out.push(*id),
    }
}
