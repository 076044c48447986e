//! Requests of HTTP, read from what a client has sent.

use super::{Entry, byte_string, text};
use crate::engine::languages::python::machine::{Args, Got, Value, Vm};
use crate::kernel::http::{self, Parsed};

pub const ENTRIES: &[Entry] = &[
    ("http_request", request, 1, 1),
    ("http_reason", |vm, a| { let n = vm.int_arg(&a.at(0))?; vm.string(http::reason(n as u16).to_string()) }, 1, 1),
    ("percent_decode", |vm, a| { let t = text(vm, &a.at(0))?; vm.string(http::percent_decode(&t)) }, 1, 1),
];

/// Method, target, version, fields, body and the bytes used; a status for what is no request; `None` where
/// more is needed.
fn request(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let data = byte_string(vm, &args.at(0))?;
    match http::parse_request(&data) {
        Parsed::More => Ok(Value::None),
        Parsed::Bad(status) => Ok(Value::Int(i64::from(status))),
        Parsed::Done(request, used) => {
            let mut fields = vec![];
            for (name, value) in request.headers {
                fields.push(vm.tuple(vec![Value::str(name), Value::str(value)]));
            }
            let fields = vm.list(fields);
            let body = vm.bytes(request.body)?;
            let items = vec![
                Value::str(request.method),
                Value::str(request.target),
                Value::str(request.version),
                fields,
                body,
                Value::Int(used as i64),
            ];
            Ok(vm.tuple(items))
        }
    }
}
