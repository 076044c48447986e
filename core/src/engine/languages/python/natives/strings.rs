//! The methods of texts.

use super::{Entry, MANY, text};
use crate::engine::languages::python::machine::{Args, Got, Value, Vm};

pub const ENTRIES: &[Entry] = &[
    ("join", join, 1, 1),
    ("format", super::fields::format, 0, MANY),
    ("split", split, 0, 2),
    ("strip", strip, 0, 1),
    ("startswith", startswith, 1, 3),
    ("endswith", endswith, 1, 3),
    ("replace", replace, 2, 3),
    ("lower", |vm, a| map(vm, a, |t| t.to_lowercase()), 0, 0),
    ("upper", |vm, a| map(vm, a, |t| t.to_uppercase()), 0, 0),
    ("lstrip", lstrip, 0, 1),
    ("rstrip", rstrip, 0, 1),
    ("find", find, 1, 3),
    ("rfind", rfind, 1, 3),
    ("index", index, 1, 3),
    ("rindex", rindex, 1, 3),
    ("count", count, 1, 3),
    ("splitlines", splitlines, 0, 1),
    ("rsplit", rsplit, 0, 2),
    ("partition", partition, 1, 1),
    ("rpartition", rpartition, 1, 1),
    ("title", |vm, a| map(vm, a, title), 0, 0),
    ("capitalize", |vm, a| map(vm, a, capitalize), 0, 0),
    ("swapcase", |vm, a| map(vm, a, swapcase), 0, 0),
    ("casefold", |vm, a| map(vm, a, |t| t.to_lowercase()), 0, 0),
    ("center", center, 1, 2),
    ("ljust", ljust, 1, 2),
    ("rjust", rjust, 1, 2),
    ("zfill", zfill, 1, 1),
    ("isdigit", |vm, a| every(vm, a, |c| c.is_ascii_digit() || c.is_numeric() && !c.is_alphabetic()), 0, 0),
    ("isdecimal", |vm, a| every(vm, a, |c| c.is_ascii_digit()), 0, 0),
    ("isnumeric", |vm, a| every(vm, a, char::is_numeric), 0, 0),
    ("isalpha", |vm, a| every(vm, a, char::is_alphabetic), 0, 0),
    ("isalnum", |vm, a| every(vm, a, char::is_alphanumeric), 0, 0),
    ("isspace", |vm, a| every(vm, a, char::is_whitespace), 0, 0),
    ("isupper", |vm, a| cased(vm, a, char::is_uppercase, char::is_lowercase), 0, 0),
    ("islower", |vm, a| cased(vm, a, char::is_lowercase, char::is_uppercase), 0, 0),
    ("istitle", |vm, a| same(vm, a, title), 0, 0),
    ("isidentifier", isidentifier, 0, 0),
    ("isascii", isascii, 0, 0),
    ("isprintable", isprintable, 0, 0),
    ("encode", encode, 0, 2),
    ("expandtabs", expandtabs, 0, 1),
    ("removeprefix", removeprefix, 1, 1),
    ("removesuffix", removesuffix, 1, 1),
    ("translate", translate, 1, 1),
    ("maketrans", maketrans, 0, 3),
    ("format_map", super::fields::format_map, 1, 1),
    ("__new__", new, 0, 3),
    ("__len__", super::builtins::len, 0, 0),
    ("__str__", |vm, a| map(vm, a, str::to_string), 0, 0),
];

/// A text where what is no ASCII is written as an escape.
pub fn ascii(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c as u32 {
            0..=127 => out.push(c),
            n @ 128..=255 => out.push_str(&format!("\\x{n:02x}")),
            n @ 256..=0xffff => out.push_str(&format!("\\u{n:04x}")),
            n => out.push_str(&format!("\\U{n:08x}")),
        }
    }
    out
}

pub fn this(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<String> {
    vm.work(1);
    text(vm, &args.at(0))
}

fn map(vm: &mut Vm<'_, '_>, args: Args<'_>, change: fn(&str) -> String) -> Got {
    let text = this(vm, args)?;
    vm.work(text.len() / 16);
    vm.string(change(&text))
}

fn same(vm: &mut Vm<'_, '_>, args: Args<'_>, change: fn(&str) -> String) -> Got {
    let text = this(vm, args)?;
    Ok(Value::Bool(!text.is_empty() && change(&text) == text))
}

fn every(vm: &mut Vm<'_, '_>, args: Args<'_>, fits: fn(char) -> bool) -> Got {
    let text = this(vm, args)?;
    Ok(Value::Bool(!text.is_empty() && text.chars().all(fits)))
}

fn cased(vm: &mut Vm<'_, '_>, args: Args<'_>, yes: fn(char) -> bool, no: fn(char) -> bool) -> Got {
    let text = this(vm, args)?;
    Ok(Value::Bool(text.chars().any(yes) && !text.chars().any(no)))
}

fn title(text: &str) -> String {
    let mut after = false;
    let mut out = String::new();
    for c in text.chars() {
        if after {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        after = c.is_alphabetic();
    }
    out
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    first + &chars.as_str().to_lowercase()
}

fn swapcase(text: &str) -> String {
    let swap = |c: char| -> String { if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() } };
    text.chars().map(swap).collect()
}

fn isidentifier(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let text = this(vm, args)?;
    let first = text.chars().next().is_some_and(|c| c == '_' || c.is_alphabetic());
    Ok(Value::Bool(first && text.chars().all(|c| c == '_' || c.is_alphanumeric())))
}

fn isascii(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(Value::Bool(this(vm, args)?.is_ascii()))
}

fn isprintable(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(Value::Bool(this(vm, args)?.chars().all(|c| !c.is_control())))
}

fn join(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let sep = this(vm, args)?;
    let items = match vm.list_of(&args.at(1)) {
        Err(crate::engine::languages::python::machine::Trap::Raise(_)) if vm.iter_now(&args.at(1)).is_none() && vm.special(&args.at(1), "__iter__").is_none() => {
            return Err(vm.type_error("can only join an iterable"));
        }
        other => other?,
    };
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(&sep);
        }
        match vm.plain(item) {
            Value::Str(text) => out.push_str(&text),
            _ => {
                let name = vm.type_name(item);
                return Err(vm.type_error(format!("sequence item {at}: expected str instance, {name} found")));
            }
        }
        if out.len() > crate::engine::languages::python::machine::MAX_VALUE {
            vm.claim(out.len())?;
        }
    }
    vm.work(items.len() / 2);
    vm.string(out)
}

fn list(vm: &mut Vm<'_, '_>, parts: Vec<String>) -> Got {
    let mut items = Vec::with_capacity(parts.len());
    for part in parts {
        items.push(vm.string(part)?);
    }
    Ok(vm.list(items))
}

/// Separator and how often to split.
fn splitting(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<(String, Option<String>, usize)> {
    let whole = this(vm, args)?;
    let sep = match args.opt(1, "sep") {
        None | Some(Value::None) => None,
        Some(Value::Str(sep)) => Some(sep.to_string()),
        Some(other) => {
            let name = vm.type_name(other);
            return Err(vm.type_error(format!("must be str or None, not {name}")));
        }
    };
    if sep.as_deref() == Some("") {
        return Err(vm.value_error("empty separator"));
    }
    let most = match args.opt(2, "maxsplit") {
        Some(most) => usize::try_from(vm.int_arg(most)?).unwrap_or(usize::MAX - 1),
        None => usize::MAX - 1,
    };
    vm.work(whole.len() / 16);
    Ok((whole, sep, most))
}

fn split(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (whole, sep, most) = splitting(vm, args)?;
    let parts = match sep {
        Some(sep) => whole.splitn(most + 1, &sep).map(String::from).collect(),
        None => {
            let (mut parts, mut rest) = (vec![], whole.trim_start());
            while !rest.is_empty() {
                if parts.len() == most {
                    parts.push(rest.trim_end().to_string());
                    break;
                }
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                parts.push(rest[..end].to_string());
                rest = rest[end..].trim_start();
            }
            parts
        }
    };
    list(vm, parts)
}

fn rsplit(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (whole, sep, most) = splitting(vm, args)?;
    let mut parts: Vec<String> = match sep {
        Some(sep) => whole.rsplitn(most + 1, &sep).map(String::from).collect(),
        None => {
            let (mut parts, mut rest) = (vec![], whole.trim_end());
            while !rest.is_empty() {
                if parts.len() == most {
                    parts.push(rest.trim_start().to_string());
                    break;
                }
                let start = rest.rfind(char::is_whitespace).map_or(0, |at| at + rest[at..].chars().next().map_or(1, char::len_utf8));
                parts.push(rest[start..].to_string());
                rest = rest[..start].trim_end();
            }
            parts
        }
    };
    parts.reverse();
    list(vm, parts)
}

fn splitlines(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let whole = this(vm, args)?;
    let keep = match args.opt(1, "keepends") {
        Some(keep) => vm.truth(keep)?,
        None => false,
    };
    let lines = whole.split_inclusive('\n').map(|l| if keep { l.to_string() } else { l.trim_end_matches('\n').trim_end_matches('\r').to_string() });
    list(vm, lines.collect())
}

fn stripped(vm: &mut Vm<'_, '_>, args: Args<'_>, left: bool, right: bool) -> Got {
    let whole = this(vm, args)?;
    let chars: Option<Vec<char>> = match args.get(1) {
        None | Some(Value::None) => None,
        Some(chars) => Some(text(vm, chars)?.chars().collect()),
    };
    let fits = |c: char| chars.as_ref().map_or_else(|| c.is_whitespace(), |list| list.contains(&c));
    let mut rest: &str = &whole;
    if left {
        rest = rest.trim_start_matches(fits);
    }
    if right {
        rest = rest.trim_end_matches(fits);
    }
    vm.string(rest.to_string())
}

fn strip(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    stripped(vm, args, true, true)
}

fn lstrip(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    stripped(vm, args, true, false)
}

fn rstrip(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    stripped(vm, args, false, true)
}

/// The part between two places, and the characters before it.
fn range(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<(String, usize, bool)> {
    let whole = this(vm, args)?;
    if args.len() < 3 {
        return Ok((whole, 0, true));
    }
    let chars: Vec<char> = whole.chars().collect();
    let parts = [args.at(2), args.at(3), Value::None];
    let (start, stop, _) = vm.slice_bounds(&parts, chars.len())?;
    let beyond = matches!(&parts[0], Value::Int(n) if *n > chars.len() as i64);
    let part = chars.get(start as usize..(stop.max(start)) as usize).unwrap_or_default().iter().collect();
    Ok((part, start as usize, !beyond))
}

fn affix(vm: &mut Vm<'_, '_>, args: Args<'_>, name: &str, fits: fn(&str, &str) -> bool) -> Got {
    let (part, _, within) = range(vm, args)?;
    let choices = vm.items_of(&args.at(1)).unwrap_or_else(|| vec![args.at(1)]);
    for choice in choices {
        let Value::Str(choice) = vm.plain(&choice) else {
            let kind = vm.type_name(&choice);
            return Err(vm.type_error(format!("{name} first arg must be str or a tuple of str, not {kind}")));
        };
        if within && fits(&part, &choice) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn startswith(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    affix(vm, args, "startswith", |a, b| a.starts_with(b))
}

fn endswith(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    affix(vm, args, "endswith", |a, b| a.ends_with(b))
}

fn replace(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let whole = this(vm, args)?;
    let (from, to) = (text(vm, &args.at(1))?, text(vm, &args.at(2))?);
    let most = match args.opt(3, "count") {
        Some(most) => usize::try_from(vm.int_arg(most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let times = if from.is_empty() { whole.len() + 1 } else { whole.matches(&from).count() };
    vm.claim(whole.len().saturating_add(times.min(most).saturating_mul(to.len())))?;
    vm.string(whole.replacen(&from, &to, most))
}

fn search(vm: &mut Vm<'_, '_>, args: Args<'_>, last: bool) -> Got<Option<i64>> {
    let (part, before, within) = range(vm, args)?;
    let wanted = match vm.plain(&args.at(1)) {
        Value::Str(text) => text.to_string(),
        other => {
            let name = vm.type_name(&other);
            return Err(vm.type_error(format!("must be str, not {name}")));
        }
    };
    vm.work(part.len() / 32);
    let found = if last { part.rfind(&wanted) } else { part.find(&wanted) };
    Ok(found.filter(|_| within).map(|at| (part[..at].chars().count() + before) as i64))
}

fn find(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(Value::Int(search(vm, args, false)?.unwrap_or(-1)))
}

fn rfind(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(Value::Int(search(vm, args, true)?.unwrap_or(-1)))
}

fn found(vm: &mut Vm<'_, '_>, at: Option<i64>) -> Got {
    match at {
        Some(at) => Ok(Value::Int(at)),
        None => Err(vm.value_error("substring not found")),
    }
}

fn index(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let at = search(vm, args, false)?;
    found(vm, at)
}

fn rindex(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let at = search(vm, args, true)?;
    found(vm, at)
}

fn count(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (part, ..) = range(vm, args)?;
    let wanted = text(vm, &args.at(1))?;
    let n = if wanted.is_empty() { part.chars().count() + 1 } else { part.matches(&wanted).count() };
    Ok(Value::Int(n as i64))
}

fn parted(vm: &mut Vm<'_, '_>, args: Args<'_>, last: bool) -> Got {
    let (whole, sep) = (this(vm, args)?, text(vm, &args.at(1))?);
    if sep.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let found = if last { whole.rsplit_once(&sep) } else { whole.split_once(&sep) };
    let parts = match (found, last) {
        (Some((a, b)), _) => [a, &sep, b],
        (None, false) => [whole.as_str(), "", ""],
        (None, true) => ["", "", whole.as_str()],
    };
    let parts = parts.map(Value::str).to_vec();
    Ok(vm.tuple(parts))
}

fn partition(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    parted(vm, args, false)
}

fn rpartition(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    parted(vm, args, true)
}

fn padded(vm: &mut Vm<'_, '_>, args: Args<'_>, split: fn(usize, usize) -> usize) -> Got {
    let whole = this(vm, args)?;
    let width = vm.int_arg(&args.at(1))?.max(0) as usize;
    let fill = match args.get(2) {
        Some(fill) => text(vm, fill)?,
        None => " ".into(),
    };
    if fill.chars().count() != 1 {
        return Err(vm.type_error("The fill character must be exactly one character long"));
    }
    let gap = width.saturating_sub(whole.chars().count());
    vm.claim(gap.saturating_mul(fill.len()))?;
    let left = split(gap, width);
    vm.string(format!("{}{whole}{}", fill.repeat(left), fill.repeat(gap - left)))
}

fn center(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    padded(vm, args, |gap, width| gap / 2 + (gap & width & 1))
}

fn ljust(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    padded(vm, args, |_, _| 0)
}

fn rjust(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    padded(vm, args, |gap, _| gap)
}

fn zfill(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let whole = this(vm, args)?;
    let width = vm.int_arg(&args.at(1))?.max(0) as usize;
    let gap = width.saturating_sub(whole.chars().count());
    vm.claim(gap)?;
    let sign = if whole.starts_with(['+', '-']) { 1 } else { 0 };
    vm.string(format!("{}{}{}", &whole[..sign], "0".repeat(gap), &whole[sign..]))
}

fn encode(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let whole = this(vm, args)?;
    let encoding = match args.opt(1, "encoding") {
        Some(name) => text(vm, name)?.to_lowercase().replace('_', "-"),
        None => "utf-8".into(),
    };
    match encoding.as_str() {
        "utf-8" | "utf8" => vm.bytes(whole.into_bytes()),
        "ascii" | "latin-1" | "latin1" | "iso-8859-1" | "us-ascii" => {
            let most = if encoding.contains("ascii") { 127 } else { 255 };
            if let Some((at, c)) = whole.chars().enumerate().find(|(_, c)| *c as u32 > most) {
                let shown = ascii(&c.to_string());
                let codec = if most == 127 { "ascii" } else { "latin-1" };
                let text = format!("'{codec}' codec can't encode character '{shown}' in position {at}: ordinal not in range({})", most + 1);
                return Err(vm.error("UnicodeEncodeError", text));
            }
            vm.bytes(whole.chars().map(|c| c as u32 as u8).collect())
        }
        other => vm.missing(format!("the encoding {other}")),
    }
}

fn expandtabs(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let whole = this(vm, args)?;
    let size = match args.opt(1, "tabsize") {
        Some(size) => vm.int_arg(size)?.clamp(0, 1000) as usize,
        None => 8,
    };
    let (mut out, mut column) = (String::new(), 0);
    for c in whole.chars() {
        match c {
            '\t' if size > 0 => {
                let gap = size - column % size;
                out.push_str(&" ".repeat(gap));
                column += gap;
            }
            '\t' => {}
            c => {
                out.push(c);
                column = if c == '\n' { 0 } else { column + 1 };
            }
        }
    }
    vm.string(out)
}

fn removeprefix(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (whole, part) = (this(vm, args)?, text(vm, &args.at(1))?);
    vm.string(whole.strip_prefix(&part).unwrap_or(&whole).to_string())
}

fn removesuffix(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (whole, part) = (this(vm, args)?, text(vm, &args.at(1))?);
    vm.string(whole.strip_suffix(&part).unwrap_or(&whole).to_string())
}

fn translate(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let whole = this(vm, args)?;
    let mut out = String::new();
    for c in whole.chars() {
        match vm.dict_get(&args.at(1), &Value::Int(i64::from(c as u32)))? {
            None => out.push(c),
            Some(Value::None) => {}
            Some(Value::Int(n)) => out.extend(u32::try_from(n).ok().and_then(char::from_u32)),
            Some(other) => out.push_str(&text(vm, &other)?),
        }
    }
    vm.string(out)
}

fn maketrans(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let table = super::running::empty(vm);
    let key = |c: char| Value::Int(i64::from(c as u32));
    if args.len() == 1 {
        for (from, to) in vm.pairs_of(&args.at(0))?.unwrap_or_default() {
            let from = match &from {
                Value::Str(text) => key(text.chars().next().unwrap_or('\0')),
                other => other.clone(),
            };
            vm.dict_set(&table, from, to)?;
        }
        return Ok(table);
    }
    let (from, to) = (text(vm, &args.at(0))?, text(vm, &args.at(1))?);
    if from.chars().count() != to.chars().count() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    for (a, b) in from.chars().zip(to.chars()) {
        vm.dict_set(&table, key(a), key(b))?;
    }
    if let Some(gone) = args.get(2) {
        for c in text(vm, gone)?.chars() {
            vm.dict_set(&table, key(c), Value::None)?;
        }
    }
    Ok(table)
}

fn new(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let Some(value) = args.opt(1, "object") else { return Ok(Value::str("")) };
    if args.len() > 2 || args.named("encoding").is_some() {
        let method = vm.getattr(value, &"decode".into())?;
        return vm.call_named(&method, args.items.get(2..).unwrap_or_default().to_vec(), args.names.to_vec());
    }
    let text = vm.str(value)?;
    vm.string(text)
}
