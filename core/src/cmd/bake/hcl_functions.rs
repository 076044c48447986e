//! The functions that every bake file may call.

use crate::base::Order;
use super::hcl_value::{as_number, number, part_of, same, text_of, truth};
use crate::base::go_text::quote;
use md5::Digest as _;
use serde_json::{Map, Value};

type Given<'a> = &'a [Value];
type Result<T = Value> = std::result::Result<T, String>;

/// The longest list that a function makes.
const MAX_ITEMS: usize = 10_000;

/// Calls a function.
///
/// # Errors
/// A function that there is not, arguments that do not fit.
pub fn call(name: &str, args: Given<'_>) -> Result {
    let found = texts(name, args).or_else(|| numbers(name, args)).or_else(|| lists(name, args));
    found.or_else(|| objects(name, args)).unwrap_or_else(|| Err(format!("there is no function named {}", quote(name))))
}

fn arg(args: Given<'_>, at: usize) -> Result<&Value> {
    args.get(at).ok_or_else(|| "not enough function arguments".to_owned())
}

fn text(args: Given<'_>, at: usize) -> Result<String> {
    arg(args, at).map(text_of)
}

fn num(args: Given<'_>, at: usize) -> Result<f64> {
    arg(args, at).and_then(as_number)
}

fn list(args: Given<'_>, at: usize) -> Result<&[Value]> {
    let value = arg(args, at)?;
    value.as_array().map(Vec::as_slice).ok_or_else(|| format!("{value} is no list"))
}

fn object(args: Given<'_>, at: usize) -> Result<&Map<String, Value>> {
    let value = arg(args, at)?;
    value.as_object().ok_or_else(|| format!("{value} is no object"))
}

fn hex(bytes: &[u8]) -> Value {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

fn pattern(text: &str) -> Result<regex_lite::Regex> {
    regex_lite::Regex::new(text).map_err(|e| format!("invalid regular expression {}: {e}", quote(text)))
}

/// Functions of texts.
fn texts(name: &str, args: Given<'_>) -> Option<Result> {
    let map = |change: &dyn Fn(&str) -> String| text(args, 0).map(|t| Value::from(change(&t)));
    let both = |change: &dyn Fn(&str, &str) -> Value| Ok(change(&text(args, 0)?, &text(args, 1)?));
    Some(match name {
        "upper" => map(&str::to_uppercase),
        "lower" => map(&str::to_lowercase),
        "title" => map(&title),
        "chomp" => map(&|t| t.trim_end_matches(['\n', '\r']).to_owned()),
        "trimspace" => map(&|t| t.trim().to_owned()),
        "strrev" | "reverse" if arg(args, 0).is_ok_and(Value::is_string) => map(&|t| t.chars().rev().collect()),
        "trim" => both(&|t, set| t.trim_matches(|c| set.contains(c)).into()),
        "trimprefix" => both(&|t, part| t.strip_prefix(part).unwrap_or(t).into()),
        "trimsuffix" => both(&|t, part| t.strip_suffix(part).unwrap_or(t).into()),
        "split" => both(&|mark, t| t.split(mark).collect::<Vec<_>>().into()),
        "join" => text(args, 0).and_then(|mark| {
            let lists = (1..args.len()).map(|at| list(args, at)).collect::<Result<Vec<_>>>()?;
            Ok(lists.concat().iter().map(text_of).collect::<Vec<_>>().join(&mark).into())
        }),
        "replace" => (|| Ok(text(args, 0)?.replace(&text(args, 1)?, &text(args, 2)?).into()))(),
        "regex_replace" => (|| Ok(pattern(&text(args, 1)?)?.replace_all(&text(args, 0)?, text(args, 2)?).as_ref().into()))(),
        "regex" => (|| {
            let (re, t) = (pattern(&text(args, 0)?)?, text(args, 1)?);
            let found = re.captures(&t).ok_or("pattern did not match any part of the given string")?;
            let group = |at: usize| found.get(at).map_or(Value::Null, |m| m.as_str().into());
            Ok(if found.len() == 1 { group(0) } else { (1..found.len()).map(group).collect::<Vec<_>>().into() })
        })(),
        "regexall" => (|| {
            let (re, t) = (pattern(&text(args, 0)?)?, text(args, 1)?);
            Ok(re.find_iter(&t).map(|m| Value::from(m.as_str())).collect::<Vec<_>>().into())
        })(),
        "substr" => (|| {
            let (from, len) = (num(args, 1)?, num(args, 2)?);
            let chars: Vec<char> = text(args, 0)?.chars().collect();
            let from = if from < 0.0 { chars.len().saturating_sub(-from as usize) } else { from as usize };
            let len = if len < 0.0 { usize::MAX } else { len as usize };
            Ok(chars.into_iter().skip(from).take(len).collect::<String>().into())
        })(),
        "strlen" => text(args, 0).map(|t| t.chars().count().into()),
        "indent" => (|| {
            let gap = format!("\n{}", " ".repeat((num(args, 0)? as usize).min(1000)));
            Ok(text(args, 1)?.replace('\n', &gap).into())
        })(),
        "format" => format(args).map(Value::from),
        "sanitize" => map(&|t| t.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-', "_")),
        "basename" => map(&|t| t.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()),
        "dirname" => map(&|t| t.rsplit_once('/').map_or(".", |(dir, _)| dir).to_owned()),
        "jsonencode" => arg(args, 0).map(|value| value.to_string().into()),
        "jsondecode" => text(args, 0).and_then(|t| serde_json::from_str(&t).map_err(|e| e.to_string())),
        "urlencode" => map(&|t| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
            t.bytes().map(|b| if plain(b) { char::from(b).to_string() } else if b == b' ' { "+".into() } else { format!("%{b:02X}") }).collect()
        }),
        "md5" => text(args, 0).map(|t| hex(&md5::Md5::digest(t))),
        "sha1" => text(args, 0).map(|t| hex(&sha1::Sha1::digest(t))),
        "sha256" => text(args, 0).map(|t| hex(&sha2::Sha256::digest(t))),
        "sha512" => text(args, 0).map(|t| hex(&sha2::Sha512::digest(t))),
        _ => return None,
    })
}

fn title(text: &str) -> String {
    let mut start = true;
    let mut each = |c: char| {
        let shown = if start { c.to_uppercase().collect() } else { c.to_string() };
        start = c.is_whitespace();
        shown
    };
    text.chars().map(&mut each).collect::<String>()
}

/// `format`: `%s`, `%d`, `%v`, `%q`, `%f`, `%x` and `%%`, with widths.
fn format(args: Given<'_>) -> Result<String> {
    let template = text(args, 0)?;
    let mut values = args.iter().skip(1);
    let (mut out, mut rest) = (String::new(), template.as_str());
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let len = after.find(|c: char| c.is_ascii_alphabetic() || c == '%').ok_or("unterminated format verb")?;
        let (flags, verb) = (&after[..len], after[len..].chars().next().unwrap_or('%'));
        rest = &after[len + 1..];
        if verb == '%' {
            out.push('%');
            continue;
        }
        let value = values.next().ok_or("not enough arguments for the format")?;
        let (width, precision) = flags.split_once('.').unwrap_or((flags, ""));
        let shown = match verb {
            's' | 'v' => text_of(value),
            'q' => quote(&text_of(value)),
            'd' => format!("{}", as_number(value)?.trunc() as i64),
            'x' => format!("{:x}", as_number(value)?.trunc() as i64),
            'f' => format!("{:.*}", precision.parse().unwrap_or(6).min(30), as_number(value)?),
            't' => truth(value)?.to_string(),
            other => return Err(format!("the format verb %{other} is not simulated by Drydock")),
        };
        let wide = width.trim_start_matches(['-', '0', '+']).parse().unwrap_or(0).min(1000);
        out.push_str(&match width.chars().next() {
            Some('-') => format!("{shown:<wide$}"),
            Some('0') => format!("{shown:0>wide$}"),
            _ => format!("{shown:>wide$}"),
        });
    }
    Ok(out + rest)
}

/// Functions of numbers and conditions.
fn numbers(name: &str, args: Given<'_>) -> Option<Result> {
    let one = |f: &dyn Fn(f64) -> f64| num(args, 0).map(|n| number(f(n)));
    let two = |f: &dyn Fn(f64, f64) -> f64| Ok(number(f(num(args, 0)?, num(args, 1)?)));
    let compare = |f: &dyn Fn(f64, f64) -> bool| Ok(f(num(args, 0)?, num(args, 1)?).into());
    let most = |f: fn(f64, f64) -> f64| {
        let all = args.iter().map(as_number).collect::<Result<Vec<_>>>()?;
        all.into_iter().reduce(f).map(number).ok_or_else(|| "not enough function arguments".to_owned())
    };
    Some(match name {
        "add" => two(&|a, b| a + b),
        "subtract" => two(&|a, b| a - b),
        "multiply" => two(&|a, b| a * b),
        "divide" | "modulo" if num(args, 1) == Ok(0.0) => Err("division by zero".into()),
        "divide" => two(&|a, b| a / b),
        "modulo" => two(&|a, b| a % b),
        "pow" => two(&f64::powf),
        "negate" => one(&|n| -n),
        "abs" | "absolute" => one(&f64::abs),
        "ceil" => one(&f64::ceil),
        "floor" => one(&f64::floor),
        "int" => one(&f64::trunc),
        "signum" => one(&|n| if n == 0.0 { 0.0 } else { n.signum() }),
        "min" => most(f64::min),
        "max" => most(f64::max),
        "parseint" => (|| {
            let (t, base) = (text(args, 0)?, num(args, 1)? as u32);
            let good = (2..=36).contains(&base).then(|| i64::from_str_radix(&t, base).ok()).flatten();
            good.map(Value::from).ok_or_else(|| format!("cannot parse {} as a base {base} integer", quote(&t)))
        })(),
        "greaterthan" => compare(&|a, b| a > b),
        "lessthan" => compare(&|a, b| a < b),
        "greaterthanorequalto" => compare(&|a, b| a >= b),
        "lessthanorequalto" => compare(&|a, b| a <= b),
        "equal" => (|| Ok(same(arg(args, 0)?, arg(args, 1)?).into()))(),
        "notequal" => (|| Ok((!same(arg(args, 0)?, arg(args, 1)?)).into()))(),
        "not" => arg(args, 0).and_then(truth).map(|on| (!on).into()),
        "and" => (|| Ok((truth(arg(args, 0)?)? && truth(arg(args, 1)?)?).into()))(),
        "or" => (|| Ok((truth(arg(args, 0)?)? || truth(arg(args, 1)?)?).into()))(),
        _ => return None,
    })
}

/// Functions of lists.
fn lists(name: &str, args: Given<'_>) -> Option<Result> {
    let map = |change: &dyn Fn(Vec<Value>) -> Vec<Value>| list(args, 0).map(|items| change(items.to_vec()).into());
    Some(match name {
        "length" => arg(args, 0).and_then(|value| match value {
            Value::Array(items) => Ok(items.len().into()),
            Value::Object(map) => Ok(map.len().into()),
            Value::String(text) => Ok(text.chars().count().into()),
            other => Err(format!("{other} has no length")),
        }),
        "concat" => (0..args.len()).map(|at| list(args, at)).collect::<Result<Vec<_>>>().map(|all| all.concat().into()),
        "reverse" | "reverselist" => map(&|items| items.into_iter().rev().collect()),
        "distinct" => map(&distinct),
        "compact" => map(&|items| items.into_iter().filter(|item| !text_of(item).is_empty()).collect()),
        "flatten" => map(&|items| flat(&items)),
        "sort" => map(&|mut items| {
            items.order_by_key(text_of);
            items
        }),
        "contains" => (|| Ok(list(args, 0)?.iter().any(|item| arg(args, 1).is_ok_and(|wanted| same(item, wanted))).into()))(),
        "indexof" => (|| {
            let wanted = arg(args, 1)?;
            let at = list(args, 0)?.iter().position(|item| same(item, wanted));
            at.map(Value::from).ok_or_else(|| "item not found".to_owned())
        })(),
        "element" => (|| {
            let items = list(args, 0)?;
            let at = (num(args, 1)? as usize).checked_rem(items.len()).ok_or("cannot use element function with an empty list")?;
            part_of(arg(args, 0)?, &at.into())
        })(),
        "slice" => (|| {
            let (from, to) = (num(args, 1)? as usize, args.get(2).map_or(Ok(f64::MAX), as_number)? as usize);
            let items = list(args, 0)?;
            let part = items.get(from..to.min(items.len())).ok_or("slice bounds out of range")?;
            Ok(part.to_vec().into())
        })(),
        "range" => range(args),
        "chunklist" => (|| {
            let size = (num(args, 1)? as usize).max(1);
            Ok(list(args, 0)?.chunks(size).map(|part| part.to_vec().into()).collect::<Vec<Value>>().into())
        })(),
        "formatlist" => format_list(args),
        "coalesce" => args.iter().find(|value| !value.is_null() && !text_of(value).is_empty()).cloned().ok_or_else(|| "no non-null arguments".into()),
        "coalescelist" => args.iter().find(|value| value.as_array().is_some_and(|items| !items.is_empty())).cloned().ok_or_else(|| "no non-null arguments".into()),
        _ => return None,
    })
}

fn format_list(args: Given<'_>) -> Result {
    let longest = args.iter().skip(1).filter_map(Value::as_array).map(Vec::len).max().unwrap_or(1);
    let row = |at: usize| {
        let pick = |value: &Value| {
            value.as_array().map_or(value.clone(), |items| items.get(at).cloned().unwrap_or_default())
        };
        format(&args.iter().map(pick).collect::<Vec<_>>()).map(Value::from)
    };
    (0..longest).map(row).collect::<Result<Vec<_>>>().map(Value::from)
}

fn distinct(items: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = vec![];
    for item in items {
        if !kept.iter().any(|known| same(known, &item)) {
            kept.push(item);
        }
    }
    kept
}

fn flat(items: &[Value]) -> Vec<Value> {
    items.iter().flat_map(|item| item.as_array().map_or_else(|| vec![item.clone()], |inner| flat(inner))).collect()
}

fn range(args: Given<'_>) -> Result {
    let (from, to) = if args.len() > 1 { (num(args, 0)?, num(args, 1)?) } else { (0.0, num(args, 0)?) };
    let step = args.get(2).map_or(Ok(if to < from { -1.0 } else { 1.0 }), as_number)?;
    if step == 0.0 || (to - from) * step < 0.0 {
        return Err("the step of a range must lead to its end".into());
    }
    let count = ((to - from) / step).ceil() as usize;
    if count > MAX_ITEMS {
        return Err(format!("more than {MAX_ITEMS} values in a range"));
    }
    Ok((0..count).map(|n| number(from + step * n as f64)).collect::<Vec<_>>().into())
}

/// Functions of objects.
fn objects(name: &str, args: Given<'_>) -> Option<Result> {
    Some(match name {
        "keys" => object(args, 0).map(|map| {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.order();
            keys.into_iter().map(|key| Value::from(key.as_str())).collect::<Vec<_>>().into()
        }),
        "values" => object(args, 0).map(|map| {
            let mut entries: Vec<_> = map.iter().collect();
            entries.order_by_key(|(key, _)| *key);
            entries.into_iter().map(|(_, value)| value.clone()).collect::<Vec<_>>().into()
        }),
        "merge" => (|| {
            let mut all = Map::new();
            for at in 0..args.len() {
                all.extend(object(args, at)?.clone());
            }
            Ok(all.into())
        })(),
        "lookup" => (|| {
            let found = object(args, 0)?.get(&text(args, 1)?).or(args.get(2)).cloned();
            found.ok_or_else(|| "the given key does not identify an element in this collection value".to_owned())
        })(),
        "index" => (|| part_of(arg(args, 0)?, arg(args, 1)?))(),
        "hasindex" => (|| Ok(part_of(arg(args, 0)?, arg(args, 1)?).is_ok().into()))(),
        "zipmap" => (|| {
            let entries = list(args, 0)?.iter().map(text_of).zip(list(args, 1)?.iter().cloned());
            Ok(entries.collect::<Map<_, _>>().into())
        })(),
        _ => return None,
    })
}
