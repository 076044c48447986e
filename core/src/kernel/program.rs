//! What runs: programs as data that the scheduler steps, and the table that finds them by name.
//!
//! Most programs are a plain function, [`Main`]: it asks [`Sys`] for its input and is run again from the
//! start when the input is complete. A program that waits or streams is a state, [`Behave`], with one
//! `step`. Neither holds anything but plain data, so a world with running programs can be cloned,
//! compared, saved and loaded.

use super::{Sys, Wait};
use serde::{Serialize, de::DeserializeOwned};
use std::any::Any;
use std::fmt::{self, Debug};

/// What a program did with its turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// It has more to do now.
    Continue,
    /// It waits; it is stepped again when one of these happens (or, harmlessly, earlier).
    Block(Wait),
    /// It ended with this exit code. Output still on its way is delivered first.
    Exit(i32),
    /// It became another program by `Sys::exec`.
    Replaced,
}

/// Why a [`Main`] stopped before its end.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// Run me again from the start when this happens. What the attempt printed is dropped.
    Wait(Wait),
    /// End with this code; what was printed stays.
    Exit(i32),
    /// Become another program (`Sys::exec` succeeded).
    Replaced,
}

/// A program whose work is one function over its whole input; the result is its exit code.
pub type Main = fn(&mut Sys<'_>) -> Result<i32, Stop>;

/// A program that waits or streams: plain data with a step.
pub trait Behave: Clone + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Takes a turn. Spend no more than `Sys::fuel` units of work.
    fn step(&mut self, sys: &mut Sys<'_>) -> Step;

    /// Whether a write that fails leaves it running: shells and servers do not mind, programs complain and end.
    fn survives_write_errors(&self) -> bool {
        false
    }
}

/// A [`Behave`] behind a pointer; implemented for every one of them.
pub trait Program: Send + Sync {
    /// See [`Behave::step`].
    fn step(&mut self, sys: &mut Sys<'_>) -> Step;
    /// See [`Behave::survives_write_errors`].
    fn survives_write_errors(&self) -> bool;
    /// A copy that shares nothing mutable.
    fn boxed_clone(&self) -> Box<dyn Program>;
    /// Equality of kind and state.
    #[cfg(feature = "saves")]
    fn equals(&self, other: &dyn Program) -> bool;
    /// The state for a save file.
    #[cfg(feature = "saves")]
    fn freeze(&self) -> serde_json::Value;
    /// The state for whoever looks for a fault of ours.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    /// For comparisons and for the engine, which looks into its own clients.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Behave> Program for T {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        Behave::step(self, sys)
    }

    fn survives_write_errors(&self) -> bool {
        Behave::survives_write_errors(self)
    }

    fn boxed_clone(&self) -> Box<dyn Program> {
        Box::new(self.clone())
    }

    #[cfg(feature = "saves")]
    fn equals(&self, other: &dyn Program) -> bool {
        other.as_any().downcast_ref::<T>() == Some(self)
    }

    #[cfg(feature = "saves")]
    fn freeze(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or(serde_json::Value::Null)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A page has no such reader, and is smaller without.
        if cfg!(feature = "saves") { Debug::fmt(self, f) } else { f.write_str("a program") }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Debug for dyn Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(f)
    }
}

/// How a state is read from a save file; a build without save files has no way.
#[derive(Debug, Clone, Copy)]
pub struct Thaw(
    #[cfg(feature = "saves")] pub(super) fn(serde_json::Value) -> Result<Box<dyn Program>, String>,
);

impl Thaw {
    /// That of a kind of program.
    pub const fn of<T: Behave>() -> Self {
        Self(
            #[cfg(feature = "saves")]
            thaw::<T>,
        )
    }
}

/// How a program of the table starts.
#[derive(Debug, Clone, Copy)]
pub enum Start {
    /// A plain function.
    Main(Main),
    /// A state: how to make a fresh one and how to read a saved one.
    State {
        /// A fresh state; the first step reads the arguments.
        make: fn() -> Box<dyn Program>,
        /// The state of a save file.
        thaw: Thaw,
    },
}

/// An entry of the program table.
#[derive(Debug, Clone, Copy)]
pub struct Applet {
    /// The name in stubs, and of busybox applets.
    pub name: &'static str,
    /// How it starts.
    pub start: Start,
}

impl Applet {
    /// A plain function under a name.
    pub const fn main(name: &'static str, main: Main) -> Self {
        Self { name, start: Start::Main(main) }
    }

    /// A state under a name.
    pub const fn state<T: Behave + Default>(name: &'static str) -> Self {
        Self { name, start: Start::State { make: make::<T>, thaw: Thaw::of::<T>() } }
    }
}

fn make<T: Behave + Default>() -> Box<dyn Program> {
    Box::new(T::default())
}

#[cfg(feature = "saves")]
fn thaw<T: Behave>(value: serde_json::Value) -> Result<Box<dyn Program>, String> {
    serde_json::from_value::<T>(value).map(|t| Box::new(t) as Box<dyn Program>).map_err(|e| e.to_string())
}

/// All programs there are: the lists of the floors above, a slice for each file, put together by the session.
#[derive(Debug, Clone, Copy)]
pub struct Programs(pub &'static [&'static [&'static [Applet]]]);

impl Programs {
    fn iter(&self) -> impl Iterator<Item = &'static Applet> {
        self.0.iter().flat_map(|floor| floor.iter()).flat_map(|file| file.iter())
    }

    /// The program of a name.
    pub fn find(&self, name: &str) -> Option<&'static Applet> {
        self.iter().find(|applet| applet.name == name)
    }

    /// The names of all programs, sorted.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.iter().map(|applet| applet.name).collect();
        names.sort_unstable();
        names
    }
}
