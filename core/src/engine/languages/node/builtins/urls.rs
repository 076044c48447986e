//! `encodeURIComponent` and its kin, and the parts of an address for `URL`.

use super::super::realm;
use super::super::value::Value;
use super::super::vm::{Res, Trap, Vm};
use super::{Entry, arg, entry_of};

/// Marks that `encodeURIComponent` leaves.
const PLAIN: &str = "-_.!~*'()";
/// Marks that `encodeURI` leaves besides.
const RESERVED: &str = ";/?:@&=+$,#";

pub const TABLE: &[Entry] = &[
    entry_of("encodeURIComponent", 1, |vm, _, _, a| Ok(encode(&vm.text(arg(a, 0))?, PLAIN).into())),
    entry_of("encodeURI", 1, |vm, _, _, a| {
        Ok(encode(&vm.text(arg(a, 0))?, &format!("{PLAIN}{RESERVED}")).into())
    }),
    entry_of("decodeURIComponent", 1, |vm, _, _, a| decode(vm, arg(a, 0), "")),
    entry_of("decodeURI", 1, |vm, _, _, a| decode(vm, arg(a, 0), RESERVED)),
    entry_of("%formEncode", 1, |vm, _, _, a| {
        Ok(encode(&vm.text(arg(a, 0))?, "*-._").replace("%20", "+").into())
    }),
    entry_of("%pathEncode", 1, |vm, _, _, a| {
        Ok(encode(&vm.text(arg(a, 0))?, "-_.!~*'();/?:@&=+$,#%[]|").into())
    }),
];

fn encode(text: &str, plain: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || plain.contains(c) {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|b| out.push_str(&format!("%{b:02X}")));
        }
    }
    out
}

fn decode(vm: &mut Vm, value: &Value, kept: &str) -> Res<Value> {
    let text = vm.text(value)?;
    let bytes = text.as_bytes();
    let mut out = vec![];
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte != b'%' {
            out.push(*byte);
            at += 1;
            continue;
        }
        let code = text.get(at + 1..at + 3).and_then(|h| u8::from_str_radix(h, 16).ok());
        match code {
            Some(code) if kept.as_bytes().contains(&code) => out.extend_from_slice(&bytes[at..at + 3]),
            Some(code) => out.push(code),
            None => return malformed(vm),
        }
        at += 3;
    }
    match String::from_utf8(out) {
        Ok(text) => Ok(text.into()),
        Err(_) => malformed(vm),
    }
}

fn malformed(vm: &mut Vm) -> Res<Value> {
    let error = vm.error(realm::URI_ERROR, "URI malformed");
    Err(Trap::Throw(error))
}
