//! Digests and base64.

use super::{Entry, byte_string, text};
use crate::engine::languages::python::machine::{Args, Got, Vm};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

pub const ENTRIES: &[Entry] = &[("digest", digest, 2, 2), ("b64encode", encode, 2, 2), ("b64decode", decode, 1, 1)];

fn digest(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (name, data) = (text(vm, &args.at(0))?, byte_string(vm, &args.at(1))?);
    vm.work(data.len() / 16);
    let bytes = match name.as_str() {
        "md5" => Md5::digest(&data).to_vec(),
        "sha1" => Sha1::digest(&data).to_vec(),
        "sha224" => Sha224::digest(&data).to_vec(),
        "sha256" => Sha256::digest(&data).to_vec(),
        "sha384" => Sha384::digest(&data).to_vec(),
        "sha512" => Sha512::digest(&data).to_vec(),
        other => return vm.missing(format!("the digest {other}")),
    };
    vm.bytes(bytes)
}

fn alphabet(url: bool) -> &'static [u8; 64] {
    if url {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    } else {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    }
}

fn encode(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let data = byte_string(vm, &args.at(0))?;
    let letters = alphabet(vm.truth(&args.at(1))?);
    let mut out = vec![];
    for chunk in data.chunks(3) {
        let n = chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let letter = letters[(n >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= chunk.len() { letter } else { b'=' });
        }
    }
    vm.bytes(out)
}

fn decode(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    use crate::engine::languages::python::machine::Value;
    let data = match args.at(0) {
        Value::Str(text) => text.as_bytes().to_vec(),
        other => byte_string(vm, &other)?,
    };
    let value = |b: &u8| alphabet(false).iter().position(|l| l == b).or(alphabet(true).iter().position(|l| l == b));
    let digits: Vec<usize> = data.iter().filter_map(value).collect();
    let padding = data.iter().filter(|b| **b == b'=').count();
    if !(digits.len() + padding).is_multiple_of(4) {
        return vm.bytes(vec![]).and(Ok(Value::None));
    }
    let mut out = vec![];
    for chunk in digits.chunks(4) {
        let n = chunk.iter().fold(0, |n, d| n << 6 | d) << (6 * (4 - chunk.len()));
        out.extend((0..chunk.len().saturating_sub(1)).map(|i| (n >> (16 - 8 * i)) as u8));
    }
    vm.bytes(out)
}
