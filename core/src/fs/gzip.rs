//! Gzip (RFC 1952) around deflate. The library that does all of it brings sixteen kilobytes of tables for speed, which
//! a page would have to carry.

use super::tar::TarError;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

const MARK: [u8; 2] = [0x1f, 0x8b];
/// The mark, deflate, no flags, no time, no hint, made on no known system.
const HEAD: [u8; 10] = [MARK[0], MARK[1], 8, 0, 0, 0, 0, 0, 0, 255];
/// The usual effort of 0 to 9.
const EFFORT: u8 = 6;
/// How much is unpacked at a time, in bytes.
const PIECE: usize = 32 << 10;

/// Whether the bytes start as a gzip stream does.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&MARK)
}

/// Compresses; the same bytes give the same stream, without a time or a name in it.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = HEAD.to_vec();
    out.append(&mut compress_to_vec(bytes, EFFORT));
    out.extend(crc(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

/// Decompresses a gzip stream, of one member or several, to at most `limit` bytes.
///
/// # Errors
/// A stream that is none, that is damaged, that ends too soon, or that holds more.
pub fn gunzip(bytes: &[u8], limit: u64) -> Result<Vec<u8>, TarError> {
    let mut out = Vec::new();
    let mut rest = bytes;
    loop {
        let member = out.len();
        let body = after_head(rest)?;
        let tail = unpack(body, &mut out, limit)?;
        let (sums, next) = tail.split_first_chunk::<8>().ok_or(TarError::UnexpectedEof)?;
        let told = u64::from_le_bytes(*sums);
        let unpacked = &out[member..];
        if told != u64::from(crc(unpacked)) | u64::from(unpacked.len() as u32) << 32 {
            return Err(invalid("corrupt gzip stream does not have a matching checksum"));
        }
        if next.is_empty() {
            return Ok(out);
        }
        rest = next;
    }
}

fn invalid(why: &str) -> TarError {
    TarError::Invalid(why.into())
}

/// What follows the header of a member: its fixed part, and the fields that its flags tell of.
fn after_head(bytes: &[u8]) -> Result<&[u8], TarError> {
    let (head, mut rest) = bytes.split_first_chunk::<10>().ok_or(TarError::UnexpectedEof)?;
    let flags = head[3];
    if !is_gzip(head) || head[2] != 8 || flags & 0xe0 != 0 {
        return Err(invalid("invalid gzip header"));
    }
    if flags & 4 != 0 {
        let (length, more) = rest.split_first_chunk::<2>().ok_or(TarError::UnexpectedEof)?;
        rest = more.get(usize::from(u16::from_le_bytes(*length))..).ok_or(TarError::UnexpectedEof)?;
    }
    for text in [8, 16] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0).ok_or(TarError::UnexpectedEof)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..).ok_or(TarError::UnexpectedEof)?;
    }
    Ok(rest)
}

/// Unpacks what was deflated to the end of `out`; returns what follows it.
fn unpack<'a>(mut body: &'a [u8], out: &mut Vec<u8>, limit: u64) -> Result<&'a [u8], TarError> {
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let mut piece = vec![0; PIECE];
    loop {
        let done = inflate(&mut state, body, &mut piece, MZFlush::None);
        body = &body[done.bytes_consumed..];
        out.extend_from_slice(&piece[..done.bytes_written]);
        if out.len() as u64 > limit {
            return Err(TarError::TooBig);
        }
        match done.status {
            Ok(MZStatus::StreamEnd) => return Ok(body),
            Ok(_) if done.bytes_consumed + done.bytes_written > 0 => {}
            Ok(_) | Err(MZError::Buf) => return Err(TarError::UnexpectedEof),
            Err(_) => return Err(invalid("corrupt deflate stream")),
        }
    }
}

/// The checksum of gzip: CRC-32, half a byte at a time.
fn crc(bytes: &[u8]) -> u32 {
    const HALVES: [u32; 16] = halves();
    let half = |sum: u32, bits: u32| HALVES[((sum ^ bits) & 15) as usize] ^ (sum >> 4);
    !bytes.iter().fold(!0, |sum, byte| half(half(sum, u32::from(*byte)), u32::from(*byte >> 4)))
}

const fn halves() -> [u32; 16] {
    let mut table = [0; 16];
    let mut at = 0;
    while at < 16 {
        let mut sum = at as u32;
        let mut bit = 0;
        while bit < 4 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
            bit += 1;
        }
        table[at] = sum;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{Read, Write};

    fn library_packs(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::GzBuilder::new()
            .filename("name")
            .comment("text")
            .extra(vec![1, 2, 3])
            .write(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn library_unpacks(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out).unwrap();
        out
    }

    proptest! {
        #[test]
        fn it_reads_and_writes_what_the_library_does(bytes: Vec<u8>, again in 0..40_usize) {
            let bytes = bytes.repeat(again);
            prop_assert_eq!(library_unpacks(&gzip(&bytes)), &bytes[..]);
            let twice = [library_packs(&bytes), gzip(&bytes)].concat();
            prop_assert_eq!(gunzip(&twice, 1 << 20).unwrap(), [&bytes[..], &bytes].concat());
        }

        #[test]
        fn what_is_damaged_is_told(bytes in prop::collection::vec(any::<u8>(), 1..300), at: prop::sample::Index) {
            let packed = gzip(&bytes);
            for cut in 0..packed.len() {
                prop_assert_eq!(gunzip(&packed[..cut], 1 << 20), Err(TarError::UnexpectedEof));
            }
            let mut damaged = packed.clone();
            // The time, the hint and the system mean nothing.
            let place = at.index(packed.len() - 10);
            damaged[if place < 4 { place } else { place + 6 }] ^= 0xff;
            prop_assert!(gunzip(&damaged, 1 << 20).is_err());
            prop_assert_eq!(gunzip(&packed, bytes.len() as u64 - 1), Err(TarError::TooBig));
        }
    }
}
