//! `node [OPTION…] [-e CODE | -p CODE | SCRIPT | -] [ARG…]`: JavaScript as node runs it.
//!
//! A script is compiled (`node/lexer` to `node/compile_*`) to instructions that a machine steps (`node/vm`, `ops`,
//! `access`, `flow`); its whole state is plain data. What the language does natively is in `node/builtins`, the rest of
//! its library and node's modules are JavaScript in `node/lib`. What is not simulated says so and ends with 1.

mod access;
mod ast;
mod build;
mod builtins;
mod code;
mod collect;
mod compile;
mod compile_call;
mod compile_class;
mod compile_expr;
mod compile_module;
mod compile_pattern;
mod compile_stmt;
mod convert;
mod coroutine;
mod declared;
mod errors;
mod flow;
mod handles;
mod heap;
mod inspect;
mod inspect_layout;
mod lexer;
mod library;
mod number;
mod ops;
mod parse_expr;
mod parse_func;
mod parse_literal;
mod parser;
mod process;
mod promise;
mod realm;
mod regex;
mod regex_parse;
mod strings;
#[cfg(test)]
mod tests;
mod turns;
mod value;
mod vm;

use crate::kernel::{Applet, Behave, Step, Sys};
use serde::{Deserialize, Serialize};

/// `node`.
pub const APPLETS: &[Applet] = &[Applet::state::<Node>("node"), Applet::state::<Node>("nodejs")];

/// A run of node: the machine, once it has started.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Node {
    vm: Option<Box<vm::Vm>>,
}

impl Behave for Node {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let vm = match &mut self.vm {
            Some(vm) => vm,
            None => {
                let mut vm = Box::new(vm::Vm::default());
                vm.facts.version = sys.env("NODE_VERSION").unwrap_or_else(|| "18.20.4".into());
                vm.facts.started = sys.now();
                vm.make_realm();
                vm.load_library();
                self.vm.insert(vm)
            }
        };
        vm.turn(sys)
    }
}
