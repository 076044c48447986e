//! Bytes: `Uint8Array` and `Buffer`, and the digests of `crypto`.

use super::super::realm;
use super::super::value::{Id, Kind, Object, Value};
use super::super::vm::{Res, Trap, Vm};
use super::{Entry, arg, entry_of};
use crate::base::base64;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

pub const TABLE: &[Entry] = &[
    entry_of("Uint8Array", 1, |vm, _, _, a| {
        let bytes = match arg(a, 0) {
            Value::Num(n) if (0.0..16e6).contains(n) => vec![0; *n as usize],
            other => bytes_of(vm, other).unwrap_or_else(|| {
                vm.elements(other)
                    .iter()
                    .map(|v| if let Value::Num(n) = v { super::super::number::to_u32(*n) as u8 } else { 0 })
                    .collect()
            }),
        };
        Ok(make(vm, realm::BYTES, bytes))
    }),
    entry_of("%buffer", 2, |vm, _, _, a| {
        let encoding = vm.plain_text(arg(a, 1));
        let bytes = match arg(a, 0) {
            Value::Num(n) if (0.0..16e6).contains(n) => vec![0; *n as usize],
            Value::Str(text) => decode(text, &encoding)?,
            other => bytes_of(vm, other).unwrap_or_else(|| {
                vm.elements(other)
                    .iter()
                    .map(|v| if let Value::Num(n) = v { super::super::number::to_u32(*n) as u8 } else { 0 })
                    .collect()
            }),
        };
        vm.heap.fresh += bytes.len();
        Ok(make(vm, realm::BUFFER, bytes))
    }),
    entry_of("%bytesText", 4, |vm, _, _, a| {
        let bytes = bytes_of(vm, arg(a, 0)).unwrap_or_default();
        let encoding =
            if matches!(arg(a, 1), Value::Undefined) { "utf8".into() } else { vm.plain_text(arg(a, 1)) };
        let from = super::relative(vm, arg(a, 2), bytes.len(), 0)?;
        let to = super::relative(vm, arg(a, 3), bytes.len(), bytes.len())?;
        let part = bytes.get(from..to.max(from)).unwrap_or_default();
        vm.heap.fresh += part.len();
        encode(part, &encoding).map(Value::from)
    }),
    entry_of("%bytesSlice", 3, |vm, _, _, a| {
        let bytes = bytes_of(vm, arg(a, 0)).unwrap_or_default();
        let from = super::relative(vm, arg(a, 1), bytes.len(), 0)?;
        let to = super::relative(vm, arg(a, 2), bytes.len(), bytes.len())?;
        let part = bytes.get(from..to.max(from)).unwrap_or_default().to_vec();
        Ok(make(vm, realm::BUFFER, part))
    }),
    entry_of("%bytesJoin", 1, |vm, _, _, a| {
        let list = vm.elements(arg(a, 0));
        let bytes: Vec<u8> = list.iter().flat_map(|v| bytes_of(vm, v).unwrap_or_default()).collect();
        Ok(make(vm, realm::BUFFER, bytes))
    }),
    entry_of("%bytesFind", 2, |vm, _, _, a| {
        let (bytes, wanted) =
            (bytes_of(vm, arg(a, 0)).unwrap_or_default(), bytes_of(vm, arg(a, 1)).unwrap_or_default());
        let at =
            if wanted.is_empty() { Some(0) } else { bytes.windows(wanted.len()).position(|w| w == wanted) };
        Ok(at.map_or(Value::Num(-1.0), Value::from))
    }),
    entry_of("%digest", 3, |vm, _, _, a| {
        let name = vm.plain_text(arg(a, 0));
        let bytes = bytes_of(vm, arg(a, 1)).unwrap_or_default();
        let key = bytes_of(vm, arg(a, 2));
        match digest(&name, key.as_deref(), &bytes) {
            Some(out) => Ok(make(vm, realm::BUFFER, out)),
            None => Ok(Value::Null),
        }
    }),
    entry_of("%randomBytes", 1, |vm, sys, _, a| {
        let count = vm.whole(arg(a, 0))?.clamp(0.0, 1e6) as usize;
        let mut bytes = vec![];
        while bytes.len() < count {
            bytes.extend(sys.random().to_le_bytes());
        }
        bytes.truncate(count);
        Ok(make(vm, realm::BUFFER, bytes))
    }),
];

pub fn make(vm: &mut Vm, proto: Id, bytes: Vec<u8>) -> Value {
    Value::Obj(vm.heap.add(Object::of(proto, Kind::Bytes(bytes))))
}

/// The bytes of a buffer.
pub fn bytes_of(vm: &Vm, value: &Value) -> Option<Vec<u8>> {
    match &vm.heap.get(value.object()?).kind {
        Kind::Bytes(bytes) => Some(bytes.clone()),
        _ => None,
    }
}

/// The bytes of a buffer or of a text.
pub fn data_of(vm: &mut Vm, value: &Value) -> Res<Vec<u8>> {
    match bytes_of(vm, value) {
        Some(bytes) => Ok(bytes),
        None => vm.text(value).map(|t| t.as_bytes().to_vec()),
    }
}

fn encode(bytes: &[u8], encoding: &str) -> Res<String> {
    Ok(match encoding.to_ascii_lowercase().as_str() {
        "utf8" | "utf-8" | "undefined" => String::from_utf8_lossy(bytes).into_owned(),
        "hex" => bytes.iter().map(|b| format!("{b:02x}")).collect(),
        "base64" => base64::encode(bytes),
        "base64url" => base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_"),
        "latin1" | "binary" => bytes.iter().map(|b| char::from(*b)).collect(),
        "ascii" => bytes.iter().map(|b| char::from(*b & 0x7f)).collect(),
        other => return Err(Trap::Missing(format!("the encoding {other}"))),
    })
}

fn decode(text: &str, encoding: &str) -> Res<Vec<u8>> {
    Ok(match encoding.to_ascii_lowercase().as_str() {
        "utf8" | "utf-8" | "undefined" => text.as_bytes().to_vec(),
        "hex" => {
            let digits: Vec<u8> = text.chars().map_while(|c| c.to_digit(16)).map(|d| d as u8).collect();
            digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
        }
        "base64" | "base64url" => from_base64(text),
        "latin1" | "binary" | "ascii" => text.chars().map(|c| c as u32 as u8).collect(),
        other => return Err(Trap::Missing(format!("the encoding {other}"))),
    })
}

/// As node reads it: the web's letters too, and what is none is left out.
fn from_base64(text: &str) -> Vec<u8> {
    let letters = text.split('=').next().unwrap_or("").replace('-', "+").replace('_', "/");
    let clean: String =
        letters.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).collect();
    base64::decode(&clean).unwrap_or_default()
}

/// A digest, or with a key its HMAC; nothing for an unknown name.
fn digest(name: &str, key: Option<&[u8]>, data: &[u8]) -> Option<Vec<u8>> {
    let plain = |data: &[u8]| {
        Some(match name.to_ascii_lowercase().replace('-', "").as_str() {
            "md5" => Md5::digest(data).to_vec(),
            "sha1" => Sha1::digest(data).to_vec(),
            "sha256" => Sha256::digest(data).to_vec(),
            "sha512" => Sha512::digest(data).to_vec(),
            _ => return None,
        })
    };
    let Some(key) = key else { return plain(data) };
    let block = if name.contains("512") { 128 } else { 64 };
    let mut key = if key.len() > block { plain(key)? } else { key.to_vec() };
    key.resize(block, 0);
    let padded = |with: u8| key.iter().map(|b| b ^ with).collect::<Vec<u8>>();
    let inner = plain(&[padded(0x36), data.to_vec()].concat())?;
    plain(&[padded(0x5c), inner].concat())
}
