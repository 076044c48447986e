//! The methods of bytes.

use super::{Entry, MANY, byte_string, text};
use crate::engine::languages::python::machine::{Args, Got, Obj, Value, Vm};

pub const ENTRIES: &[Entry] = &[
    ("decode", decode, 0, 2),
    ("hex", hex, 0, 0),
    ("fromhex", fromhex, 1, 2),
    ("startswith", |vm, a| Ok(Value::Bool(pair(vm, a)?.0.starts_with(&pair(vm, a)?.1))), 1, 1),
    ("endswith", |vm, a| Ok(Value::Bool(pair(vm, a)?.0.ends_with(&pair(vm, a)?.1))), 1, 1),
    ("find", find, 1, 1),
    ("split", split, 0, 2),
    ("strip", strip, 0, 0),
    ("rstrip", rstrip, 0, 1),
    ("replace", replace, 2, 2),
    ("join", join, 1, 1),
    ("lower", |vm, a| { let b = byte_string(vm, &a.at(0))?; vm.bytes(b.to_ascii_lowercase()) }, 0, 0),
    ("upper", |vm, a| { let b = byte_string(vm, &a.at(0))?; vm.bytes(b.to_ascii_uppercase()) }, 0, 0),
    ("__new__", new, 0, 3),
];
pub const ARRAY: &[Entry] =
    &[("append", append, 1, 1), ("extend", extend, 1, 1), ("decode", decode, 0, 2), ("hex", hex, 0, 0), ("__new__", new_array, 0, MANY)];

fn pair(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<(Vec<u8>, Vec<u8>)> {
    Ok((byte_string(vm, &args.at(0))?, byte_string(vm, &args.at(1))?))
}

fn decode(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let bytes = byte_string(vm, &args.at(0))?;
    let encoding = match args.opt(1, "encoding") {
        Some(name) => text(vm, name)?.to_lowercase().replace('_', "-"),
        None => "utf-8".into(),
    };
    let errors = match args.opt(2, "errors") {
        Some(errors) => text(vm, errors)?,
        None => "strict".into(),
    };
    match encoding.as_str() {
        "latin-1" | "latin1" | "iso-8859-1" => vm.string(bytes.iter().map(|b| char::from(*b)).collect()),
        "utf-8" | "utf8" | "ascii" | "us-ascii" => match String::from_utf8(bytes) {
            Ok(text) => vm.string(text),
            Err(e) if errors == "strict" => {
                let at = e.utf8_error().valid_up_to();
                let byte = e.as_bytes().get(at).copied().unwrap_or(0);
                let why = if e.utf8_error().error_len().is_none() { "unexpected end of data" } else { "invalid start byte" };
                let text = format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {why}");
                Err(vm.error("UnicodeDecodeError", text))
            }
            Err(e) if errors == "replace" => vm.string(String::from_utf8_lossy(e.as_bytes()).into_owned()),
            Err(e) => vm.string(String::from_utf8_lossy(e.as_bytes()).replace('\u{fffd}', "")),
        },
        other => vm.missing(format!("the encoding {other}")),
    }
}

fn hex(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let bytes = byte_string(vm, &args.at(0))?;
    vm.string(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

fn fromhex(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let given = args.items.last().cloned().unwrap_or_default();
    let digits: String = text(vm, &given)?.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes: Option<Vec<u8>> =
        (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(digits.get(i..i + 2)?, 16).ok()).collect();
    match bytes {
        Some(bytes) => vm.bytes(bytes),
        None => Err(vm.value_error("non-hexadecimal number found in fromhex() arg at position 0")),
    }
}

fn find(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (whole, part) = pair(vm, args)?;
    let at = if part.is_empty() { Some(0) } else { whole.windows(part.len()).position(|w| w == part) };
    Ok(Value::Int(at.map_or(-1, |at| at as i64)))
}

fn split(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let whole = byte_string(vm, &args.at(0))?;
    let most = match args.opt(2, "maxsplit") {
        Some(most) => usize::try_from(vm.int_arg(most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let parts: Vec<Vec<u8>> = match args.get(1) {
        None | Some(Value::None) => {
            whole.split(u8::is_ascii_whitespace).filter(|p| !p.is_empty()).map(<[u8]>::to_vec).collect()
        }
        Some(sep) => {
            let sep = byte_string(vm, sep)?;
            let (mut parts, mut rest) = (vec![], &whole[..]);
            while parts.len() < most
                && !sep.is_empty()
                && let Some(at) = rest.windows(sep.len()).position(|w| w == sep)
            {
                parts.push(rest[..at].to_vec());
                rest = &rest[at + sep.len()..];
            }
            parts.push(rest.to_vec());
            parts
        }
    };
    let items = parts.into_iter().map(|p| Value::Bytes(p.into())).collect();
    Ok(vm.list(items))
}

fn strip(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let bytes = byte_string(vm, &args.at(0))?;
    vm.bytes(bytes.trim_ascii().to_vec())
}

fn rstrip(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let bytes = byte_string(vm, &args.at(0))?;
    let gone = match args.get(1) {
        Some(gone) => byte_string(vm, gone)?,
        None => b" \t\r\n".to_vec(),
    };
    let end = bytes.iter().rposition(|b| !gone.contains(b)).map_or(0, |at| at + 1);
    vm.bytes(bytes[..end].to_vec())
}

fn replace(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (whole, from) = pair(vm, args)?;
    let to = byte_string(vm, &args.at(2))?;
    let (mut out, mut at) = (vec![], 0);
    while at < whole.len() {
        if !from.is_empty() && whole[at..].starts_with(&from) {
            out.extend_from_slice(&to);
            at += from.len();
        } else {
            out.push(whole[at]);
            at += 1;
        }
        if out.len() > 64 << 20 {
            vm.claim(usize::MAX / 4)?;
        }
    }
    vm.bytes(out)
}

fn join(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let sep = byte_string(vm, &args.at(0))?;
    let mut parts = vec![];
    for item in vm.list_of(&args.at(1))? {
        parts.push(byte_string(vm, &item)?);
    }
    vm.bytes(parts.join(&sep[..]))
}

fn made(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<Vec<u8>> {
    let Some(value) = args.get(1) else { return Ok(vec![]) };
    match vm.plain(value) {
        Value::Str(_) if args.opt(2, "encoding").is_none() => Err(vm.type_error("string argument without an encoding")),
        Value::Str(text) => Ok(text.as_bytes().to_vec()),
        Value::Int(n) => {
            let n = usize::try_from(n).unwrap_or(0);
            vm.claim(n)?;
            Ok(vec![0; n])
        }
        Value::Bytes(bytes) => Ok(bytes.to_vec()),
        Value::Obj(id) if matches!(vm.m.heap.get(id), Obj::ByteArray(_)) => byte_string(vm, value),
        _ => {
            let mut out = vec![];
            for item in vm.list_of(value)? {
                let n = vm.int_arg(&item)?;
                match u8::try_from(n) {
                    Ok(byte) => out.push(byte),
                    Err(_) => return Err(vm.value_error("bytes must be in range(0, 256)")),
                }
            }
            Ok(out)
        }
    }
}

fn new(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let bytes = made(vm, args)?;
    vm.bytes(bytes)
}

fn new_array(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let bytes = made(vm, args)?;
    Ok(vm.new_obj(Obj::ByteArray(bytes)))
}

fn append(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let byte = vm.int_arg(&args.at(1))? as u8;
    if let Some(Obj::ByteArray(bytes)) = args.at(0).id().and_then(|id| vm.m.heap.get_mut(id)) {
        bytes.push(byte);
    }
    Ok(Value::None)
}

fn extend(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let more = byte_string(vm, &args.at(1))?;
    vm.claim(more.len())?;
    if let Some(Obj::ByteArray(bytes)) = args.at(0).id().and_then(|id| vm.m.heap.get_mut(id)) {
        bytes.extend(more);
    }
    Ok(Value::None)
}
