//! Sockets and names of hosts.

use super::files::{fd, os_error};
use super::{Entry, byte_string, text};
use crate::base::{Duration, Time};
use crate::engine::languages::python::machine::{Args, Got, Trap, Value, Vm};
use crate::kernel::net::Unresolved;
use crate::kernel::{Read, Wait};
use std::net::Ipv4Addr;

pub const ENTRIES: &[Entry] = &[
    ("listen", listen, 2, 2),
    ("accept", accept, 2, 2),
    ("connect", connect, 2, 2),
    ("receive", receive, 3, 3),
    ("send", send, 2, 2),
    ("shutdown", |vm, a| { let fd = fd(vm, a)?; vm.sys.shutdown(fd).map(|()| Value::None).or(Ok(Value::None)) }, 1, 1),
    ("ends", ends, 1, 1),
    ("lookup", lookup, 1, 1),
    ("hostname", |vm, _| { let name = vm.sys.hostname(); vm.string(name) }, 0, 0),
];

fn address(vm: &mut Vm<'_, '_>, value: &Value) -> Got<Ipv4Addr> {
    let text = text(vm, value)?;
    Ok(match text.as_str() {
        "" | "0.0.0.0" | "::" => Ipv4Addr::UNSPECIFIED,
        other => other.parse().unwrap_or(Ipv4Addr::LOCALHOST),
    })
}

fn port(vm: &mut Vm<'_, '_>, value: &Value) -> Got<u16> {
    let n = vm.int_arg(value)?;
    match u16::try_from(n) {
        Ok(port) => Ok(port),
        Err(_) => Err(vm.error("OverflowError", "bind(): port must be 0-65535.")),
    }
}

fn listen(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (address, port) = (address(vm, &args.at(0))?, port(vm, &args.at(1))?);
    match vm.sys.listen(address, port) {
        Ok(fd) => Ok(Value::Int(i64::from(fd))),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

/// The moment until which a native waits: decided once.
fn deadline(vm: &mut Vm<'_, '_>, seconds: &Value) -> Got<Option<Time>> {
    if *seconds == Value::None {
        return Ok(None);
    }
    let span = vm.float_arg(seconds)?;
    let at = vm.once(|vm| Ok(Value::Int(vm.sys.after(Duration::from_secs_f64(span)).0)))?;
    Ok(Some(Time(vm.int_arg(&at)?)))
}

/// What to wait for; past the deadline, the exception.
fn wait(vm: &mut Vm<'_, '_>, fd: i32, until: Option<Time>) -> Trap {
    match until {
        Some(at) if vm.sys.now() >= at => vm.error("TimeoutError", "timed out"),
        Some(at) => Trap::Block(Wait::readable(fd).or_until(at)),
        None => Trap::Block(Wait::readable(fd)),
    }
}

fn accept(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let fd = fd(vm, args)?;
    let until = deadline(vm, &args.at(1))?;
    match vm.sys.accept(fd) {
        Ok(Some(fd)) => Ok(Value::Int(i64::from(fd))),
        Ok(None) => Err(wait(vm, fd, until)),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

fn connect(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (address, port) = (address(vm, &args.at(0))?, port(vm, &args.at(1))?);
    match vm.sys.connect(address, port) {
        Ok(fd) => Ok(Value::Int(i64::from(fd))),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

fn receive(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let fd = fd(vm, args)?;
    let most = vm.int_arg(&args.at(1))?.clamp(1, 1 << 20) as usize;
    let until = deadline(vm, &args.at(2))?;
    vm.sys.flush();
    match vm.sys.read(fd, most) {
        Ok(Read::Data(data)) => vm.bytes(data),
        Ok(Read::End) => vm.bytes(vec![]),
        Ok(Read::Wait) => Err(wait(vm, fd, until)),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

fn send(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let fd = fd(vm, args)?;
    let data = byte_string(vm, &args.at(1))?;
    match vm.sys.write_checked(fd, &data) {
        Ok(()) => Ok(Value::Int(data.len() as i64)),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

/// Address and port of this end and of the other one.
fn ends(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let fd = fd(vm, args)?;
    let (local, remote) = match vm.sys.connection(fd) {
        Ok(tcp) => (tcp.local, tcp.remote),
        Err(e) => return Err(os_error(vm, e, None)),
    };
    let mut out = vec![];
    for (address, port) in [local, remote] {
        let pair = vec![Value::str(address.to_string()), Value::Int(i64::from(port))];
        out.push(vm.tuple(pair));
    }
    Ok(vm.tuple(out))
}

/// The addresses of a name; the number of the resolver's error where there are none.
fn lookup(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let name = text(vm, &args.at(0))?;
    match vm.sys.lookup(&name) {
        Ok(addresses) => {
            let items = addresses.into_iter().map(|a| Value::str(a.to_string())).collect();
            Ok(vm.list(items))
        }
        Err(Unresolved::NoSuchName) => Ok(Value::Int(-2)),
        Err(Unresolved::NoServer) => Ok(Value::Int(-3)),
    }
}
