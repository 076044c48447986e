//! Sockets and HTTP messages, for the library's `net` and `http`.

use super::super::handles::Watched;
use super::super::value::Value;
use super::super::vm::{Res, Trap, Vm};
use super::buffer::{bytes_of, data_of, make};
use super::{Entry, arg, entry_of};
use crate::base::Errno;
use crate::kernel::Sys;
use crate::kernel::http::Body;
use crate::kernel::http::{Parsed, date, field, parse_head, parse_request, reason};
use std::net::Ipv4Addr;

pub const TABLE: &[Entry] = &[
    entry_of("%listen", 2, |vm, sys, _, a| {
        let address = vm.plain_text(arg(a, 0)).parse().unwrap_or(Ipv4Addr::UNSPECIFIED);
        let port = vm.whole(arg(a, 1))? as u16;
        Ok(match sys.listen(address, port) {
            Ok(fd) => Value::Num(f64::from(fd)),
            Err(e) => failure(vm, e),
        })
    }),
    entry_of("%watch", 4, |vm, _, _, a| {
        let fd = vm.whole(arg(a, 0))? as i32;
        let watched = Watched {
            callback: arg(a, 1).clone(),
            listens: arg(a, 2).truthy(),
            keeps_alive: !arg(a, 3).truthy(),
        };
        vm.handles.fds.insert(fd, watched);
        Ok(Value::Undefined)
    }),
    entry_of("%unwatch", 1, |vm, _, _, a| {
        let fd = vm.whole(arg(a, 0))? as i32;
        Ok(vm.handles.fds.remove(&fd).is_some().into())
    }),
    entry_of("%keepAlive", 2, |vm, _, _, a| {
        let fd = vm.whole(arg(a, 0))? as i32;
        if let Some(watched) = vm.handles.fds.get_mut(&fd) {
            watched.keeps_alive = arg(a, 1).truthy();
        }
        Ok(Value::Undefined)
    }),
    entry_of("%connect", 2, |vm, sys, _, a| {
        let host = vm.plain_text(arg(a, 0));
        let port = vm.whole(arg(a, 1))? as u16;
        let Some(address) = sys.lookup(&host).ok().and_then(|all| all.first().copied()) else {
            return Ok(Value::text("ENOTFOUND"));
        };
        Ok(match sys.connect(address, port) {
            Ok(fd) => Value::Num(f64::from(fd)),
            Err(e) => {
                let code = format!("{e:?}");
                vm.new_array(vec![
                    code.into(),
                    Value::from(address.to_string()),
                    Value::Num(-f64::from(e.code())),
                ])
            }
        })
    }),
    entry_of("%lookup", 1, |vm, sys, _, a| {
        let host = vm.plain_text(arg(a, 0));
        let found = sys.lookup(&host).ok().and_then(|all| all.first().copied());
        Ok(found.map_or(Value::Undefined, |address| Value::from(address.to_string())))
    }),
    entry_of("%send", 2, |vm, sys, _, a| {
        let fd = vm.whole(arg(a, 0))? as i32;
        let data = data_of(vm, arg(a, 1))?;
        sys.write(fd, &data);
        Ok(Value::Undefined)
    }),
    entry_of("%shutdown", 1, |vm, sys, _, a| {
        let fd = vm.whole(arg(a, 0))? as i32;
        let _was_open = sys.shutdown(fd);
        Ok(Value::Undefined)
    }),
    entry_of("%close", 1, |vm, sys, _, a| {
        let fd = vm.whole(arg(a, 0))? as i32;
        vm.handles.fds.remove(&fd);
        let _was_open = sys.close(fd);
        Ok(Value::Undefined)
    }),
    entry_of("%ends", 1, |vm, sys, _, a| {
        let fd = vm.whole(arg(a, 0))? as i32;
        let Ok(tcp) = sys.connection(fd) else { return Ok(vm.new_array(vec![])) };
        let (local, remote) = (tcp.local, tcp.remote);
        let end = |(address, port): (Ipv4Addr, u16)| {
            [Value::from(address.to_string()), Value::Num(f64::from(port))]
        };
        let list = [end(local), end(remote)].concat();
        Ok(vm.new_array(list))
    }),
    entry_of("%parseRequest", 1, parse_request_bytes),
    entry_of("%parseResponse", 2, parse_response),
    entry_of("%httpDate", 0, |_, sys, _, _| Ok(date(sys.now()).into())),
    entry_of("%httpReason", 1, |vm, _, _, a| {
        Ok(Value::text(match vm.whole(arg(a, 0))? as u16 {
            413 => "Payload Too Large",
            422 => "Unprocessable Entity",
            418 => "I'm a Teapot",
            other => reason(other),
        }))
    }),
];

fn failure(vm: &mut Vm, e: Errno) -> Value {
    let code = format!("{e:?}");
    let text = super::files::words(e);
    vm.new_array(vec![code.into(), text.into(), Value::Num(-f64::from(e.code()))])
}

fn header_list(vm: &mut Vm, headers: &[(String, String)]) -> Value {
    let mut list = vec![];
    for (name, value) in headers {
        list.push(Value::text(name));
        list.push(Value::text(value));
    }
    vm.new_array(list)
}

/// The first request of some bytes: `[method, target, version, headers, body, used]`; undefined where more is needed,
/// a status where it is none.
fn parse_request_bytes(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let bytes = bytes_of(vm, arg(args, 0)).unwrap_or_default();
    match parse_request(&bytes) {
        Parsed::More => Ok(Value::Undefined),
        Parsed::Bad(status) => Ok(Value::Num(f64::from(status))),
        Parsed::Done(request, used) => {
            let headers = header_list(vm, &request.headers);
            let body = make(vm, super::super::realm::BUFFER, request.body);
            Ok(vm.new_array(vec![
                request.method.into(),
                request.target.into(),
                request.version.into(),
                headers,
                body,
                used.into(),
            ]))
        }
    }
}

/// Bytes, method of the request, whether the connection has ended: `[status, reason, version, headers, body, complete]`;
/// undefined where more is needed, null where it is no response.
fn parse_response(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let bytes = bytes_of(vm, arg(args, 0)).unwrap_or_default();
    let method = vm.plain_text(arg(args, 1));
    let ended = arg(args, 2).truthy();
    match parse_head(&bytes) {
        Parsed::More if ended => Ok(Value::Null),
        Parsed::More => Ok(Value::Undefined),
        Parsed::Bad(_) => Ok(Value::Null),
        Parsed::Done(head, used) => {
            let mut body = Body::of_response(&method, head.status, &head.headers)
                .map_err(|_| Trap::Missing("this response".into()))?;
            let mut data = vec![];
            if body.feed(&bytes[used..], &mut data).is_err() {
                return Ok(Value::Null);
            }
            if !body.is_done() && !ended {
                return Ok(Value::Undefined);
            }
            let complete = body.is_done() || field(&head.headers, "content-length").is_none();
            let headers = header_list(vm, &head.headers);
            let body = make(vm, super::super::realm::BUFFER, data);
            Ok(vm.new_array(vec![
                Value::Num(f64::from(head.status)),
                head.reason.into(),
                head.version.into(),
                headers,
                body,
                complete.into(),
            ]))
        }
    }
}
