//! `tr [-cCdst] SET1 [SET2]`: translate, squeeze or delete bytes.
//!
//! - `-c` the complement of SET1, `-d` delete SET1, `-s` squeeze runs of the last set, `-t` cut SET1 to SET2's length
//! - sets: ranges `a-z`, classes `[:alpha:]`, repeats `[x*5]`, escapes `\n` `\011`
//!
//! Exit status: 0, or 1 for an error.

use super::opts::{Spec, parse, usage_error};
use super::stream::{PIECE, Running, Stream, spend_bytes, until_readable};
use crate::kernel::{Applet, Flavor, Read, Step, Stop, Sys};
use serde::{Deserialize, Serialize};

/// `tr`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Tr>>("tr")];

const SPEC: Spec = Spec::new(
    "cCdst",
    &[("complement", 'c'), ("delete", 'd'), ("squeeze-repeats", 's'), ("truncate-set1", 't')],
    "[-cds] STRING1 [STRING2]",
    "Translate, squeeze, or delete characters from stdin\n\n\t-c\tTake the complement of STRING1\n\t-d\tDelete the characters of STRING1\n\t-s\tSqueeze runs into one character",
)
.in_order();

/// The state of a `tr`: what becomes of each byte value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tr {
    map: Vec<u8>,
    delete: Vec<bool>,
    squeeze: Vec<bool>,
    last: Option<u8>,
}

impl Stream for Tr {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let o = parse(sys, &SPEC)?;
        let (delete, squeeze) = (o.has('d'), o.has('s'));
        let wanted = if delete != squeeze { 1 } else { 2 };
        let gnu = sys.flavor() == Flavor::Gnu;
        let [first, rest @ ..] = o.operands.as_slice() else {
            return Err(usage_error(sys, &SPEC, if gnu { "missing operand" } else { "" }));
        };
        if rest.is_empty() && wanted == 2 {
            if !gnu {
                return Err(usage_error(sys, &SPEC, ""));
            }
            let need = if delete {
                "Two strings must be given when both deleting and squeezing repeats."
            } else {
                "Two strings must be given when translating."
            };
            return Err(usage_error(sys, &SPEC, &format!("missing operand after '{first}'\n{need}")));
        }
        let most = if delete && !squeeze { 0 } else { 1 };
        if let Some(extra) = rest.get(most) {
            let text = format!("extra operand '{extra}'");
            return Err(usage_error(sys, &SPEC, &text));
        }
        let complement = o.last_of("cC").is_some();
        let sets = expand(first, None).and_then(|set1| {
            let set1 = if complement { (0..=255).filter(|b| !set1.contains(b)).collect() } else { set1 };
            let set2 = rest.first().map(|text| expand(text, Some(set1.len()))).transpose()?;
            Ok((set1, set2))
        });
        let (set1, set2) = match sets {
            Ok(sets) => sets,
            Err(text) => {
                sys.complain(&text);
                return Err(Stop::Exit(1));
            }
        };
        if !delete && set2.as_ref().is_some_and(Vec::is_empty) && gnu {
            sys.complain("when not truncating set1, string2 must be non-empty");
            return Err(Stop::Exit(1));
        }
        Ok(Self::of(&set1, set2.as_deref(), delete, squeeze, o.has('t')))
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        match sys.read(0, PIECE) {
            Ok(Read::Data(data)) => {
                spend_bytes(sys, data.len());
                let mut out = Vec::with_capacity(data.len());
                for byte in data.iter().map(|b| usize::from(*b)) {
                    if self.delete.get(byte) == Some(&true) {
                        continue;
                    }
                    let to = self.map.get(byte).copied().unwrap_or(0);
                    if self.squeeze.get(usize::from(to)) == Some(&true) && self.last == Some(to) {
                        continue;
                    }
                    self.last = Some(to);
                    out.push(to);
                }
                sys.write(1, &out);
                Step::Continue
            }
            Ok(Read::Wait) => until_readable(0),
            Ok(Read::End) => Step::Exit(0),
            Err(error) => {
                sys.complain(&format!("read error: {}", error.text()));
                Step::Exit(1)
            }
        }
    }
}

impl Tr {
    fn of(set1: &[u8], set2: Option<&[u8]>, delete: bool, squeeze: bool, truncate: bool) -> Self {
        let members = |set: &[u8]| (0..=255).map(|b: u8| set.contains(&b)).collect::<Vec<bool>>();
        let mut map: Vec<u8> = (0..=255).collect();
        if let (Some(set2), false) = (set2, delete)
            && let Some(last) = set2.last()
        {
            for (at, from) in set1.iter().enumerate() {
                match set2.get(at) {
                    Some(to) => map[usize::from(*from)] = *to,
                    None if truncate => break,
                    None => map[usize::from(*from)] = *last,
                }
            }
        }
        let squeezed = if squeeze { set2.unwrap_or(set1) } else { &[] };
        Self {
            map,
            delete: members(if delete { set1 } else { &[] }),
            squeeze: members(squeezed),
            last: None,
        }
    }
}

fn class(name: &str) -> Option<fn(u8) -> bool> {
    Some(match name {
        "alpha" => |b| b.is_ascii_alphabetic(),
        "digit" => |b| b.is_ascii_digit(),
        "alnum" => |b| b.is_ascii_alphanumeric(),
        "upper" => |b| b.is_ascii_uppercase(),
        "lower" => |b| b.is_ascii_lowercase(),
        "space" => |b| matches!(b, b' ' | 9..=13),
        "blank" => |b| b == b' ' || b == b'\t',
        "punct" => |b| b.is_ascii_punctuation(),
        "print" => |b| matches!(b, 0x20..0x7f),
        "graph" => |b| b.is_ascii_graphic(),
        "cntrl" => |b| b.is_ascii_control(),
        "xdigit" => |b| b.is_ascii_hexdigit(),
        _ => return None,
    })
}

/// One character of a set and how many bytes of the text it takes; true where it was escaped.
fn unit(text: &[u8]) -> Option<(u8, usize, bool)> {
    let (first, rest) = text.split_first()?;
    let Some(next) = rest.first().filter(|_| *first == b'\\') else { return Some((*first, 1, false)) };
    let octal: Vec<u8> = rest.iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).copied().collect();
    if !octal.is_empty() {
        let value = octal.iter().fold(0u32, |n, b| n * 8 + u32::from(b - b'0'));
        return Some((value as u8, 1 + octal.len(), true));
    }
    let byte = match next {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        other => *other,
    };
    Some((byte, 2, true))
}

/// The bytes of a set; `fill` is the length that `[x*]` fills SET2 up to.
fn expand(text: &str, fill: Option<usize>) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let mut out: Vec<u8> = vec![];
    let mut at = 0;
    let mut filler = None;
    while let Some((byte, used, escaped)) = unit(bytes.get(at..).unwrap_or_default()) {
        if byte == b'[' && !escaped
            && let Some((members, used)) = bracket(&bytes[at..], &mut filler, out.len())? {
                out.extend(members);
                at += used;
                continue;
            }
        at += used;
        if bytes.get(at) == Some(&b'-')
            && let Some((end, used, _)) = unit(bytes.get(at + 1..).unwrap_or_default())
        {
            if end < byte {
                let range = String::from_utf8_lossy(&[byte, b'-', end]).into_owned();
                return Err(format!("range-endpoints of '{range}' are in reverse collating sequence order"));
            }
            out.extend(byte..=end);
            at += 1 + used;
        } else {
            out.push(byte);
        }
    }
    if let (Some((byte, place)), Some(fill)) = (filler, fill) {
        let missing = fill.saturating_sub(out.len());
        out.splice(place..place, std::iter::repeat_n(byte, missing));
    }
    Ok(out)
}

/// `[:class:]`, `[=c=]`, `[x*n]`: its members and length. `None` where the bracket is an ordinary character.
type Bracket = Option<(Vec<u8>, usize)>;

fn bracket(text: &[u8], filler: &mut Option<(u8, usize)>, place: usize) -> Result<Bracket, String> {
    let closing = |close: &[u8]| text.windows(2).skip(2).position(|w| w == close).map(|n| n + 2);
    if text.starts_with(b"[:")
        && let Some(end) = closing(b":]")
    {
        let name = String::from_utf8_lossy(&text[2..end]).into_owned();
        let member = class(&name).ok_or_else(|| format!("invalid character class '{name}'"))?;
        return Ok(Some(((0..=255).filter(|b| member(*b)).collect(), end + 2)));
    }
    if text.starts_with(b"[=") && text.get(3..5) == Some(b"=]") {
        return Ok(Some((vec![text[2]], 5)));
    }
    let Some((byte, used, _)) = unit(text.get(1..).unwrap_or_default()) else { return Ok(None) };
    let rest = text.get(1 + used..).unwrap_or_default();
    let Some(end) = rest.iter().position(|b| *b == b']').filter(|_| rest.first() == Some(&b'*')) else {
        return Ok(None);
    };
    let count = String::from_utf8_lossy(&rest[1..end]).into_owned();
    let length = 1 + used + end + 1;
    if count.is_empty() {
        *filler = Some((byte, place));
        return Ok(Some((vec![], length)));
    }
    let radix = if count.starts_with('0') { 8 } else { 10 };
    match usize::from_str_radix(&count, radix) {
        Ok(n) => Ok(Some((vec![byte; n.min(1 << 16)], length))),
        Err(_) => Err(format!("invalid repeat count '{count}' in [c*n] construct")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn sets() {
        check(
            &mut bed(),
            &[
                ("tr a-z A-Z", "abc-1\n", "ABC-1\n"),
                ("tr -d '\\r\\n'", "a\r\nb\n", "ab"),
                ("tr -s ' '", "a   b  c\n", "a b c\n"),
                ("tr , '\\n'", "a,b", "a\nb"),
                ("tr -cd '0-9\\n'", "a1b2\n", "12\n"),
                ("tr -c a-z '\\n'", "ab1c", "ab\nc"),
                ("tr [:lower:] [:upper:]", "aZ", "AZ"),
                ("tr abc x", "aabbcd", "xxxxxd"),
                ("tr -s a-z A-Z", "aabb", "AB"),
                ("tr abc '[x*]y'", "abc", "xxy"),
                ("tr -d '{}'", "{a}", "a"),
                ("tr a-c '\\060-\\062'", "abc", "012"),
                (
                    "tr a",
                    "",
                    "! tr: missing operand after 'a'\n! Two strings must be given when translating.\n! Try 'tr --help' for more information.\n= 1\n",
                ),
                (
                    "tr z-a x",
                    "",
                    "! tr: range-endpoints of 'z-a' are in reverse collating sequence order\n= 1\n",
                ),
            ],
        );
    }
}
