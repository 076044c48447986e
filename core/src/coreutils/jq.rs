//! `jq [-cCejMnrRsS] [--tab] [--indent N] [--arg NAME TEXT] [--argjson NAME JSON] FILTER [FILE…]`: change JSON.
//!
//! - `-r` texts without marks, `-j` without line ends as well; `-c` on one line; `-S` with sorted keys; `-s` all
//!   inputs as one array, `-n` none, `-R` lines of text; `-e` the status tells of the last value
//! - filters: everything but `def`, `foreach`, `label`, patterns, dates and a few functions, which are refused
//!
//! Exit status: 0; 1 with `-e` for a last value that is null or false, 4 for none; 2 for a usage mistake or bad input; 3
//! for a bad filter; 5 where the filter failed. No colours.

mod eval;
mod functions;
mod parse;
mod paths;

use crate::base::Order;
use super::input::decode;
use super::opts::{Options, Spec, parse_args};
use crate::kernel::{Applet, Stop, Sys};
use serde::Serialize;
use serde_json::{Map, Value};

/// `jq`.
pub const APPLETS: &[Applet] = &[Applet::main("jq", main)];

// Colours are never printed (`-M`).
const SPEC: Spec = Spec::new(
    "cnrjRsSeMCaf:L:V",
    &[
        ("compact-output", 'c'),
        ("null-input", 'n'),
        ("raw-output", 'r'),
        ("join-output", 'j'),
        ("raw-input", 'R'),
        ("slurp", 's'),
        ("sort-keys", 'S'),
        ("exit-status", 'e'),
        ("monochrome-output", 'M'),
        ("color-output", 'C'),
        ("ascii-output", 'a'),
        ("from-file=", 'f'),
        ("tab", '\u{1}'),
        ("indent=", '\u{2}'),
        ("stream", '\u{3}'),
        ("seq", '\u{4}'),
        ("version", 'V'),
        ("args", '\u{5}'),
        ("jsonargs", '\u{6}'),
        ("slurpfile=", '\u{7}'),
        ("rawfile=", '\u{8}'),
    ],
    "[OPTIONS] FILTER [FILES...]",
    "Run FILTER on JSON",
)
.missing("CaL\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}")
.moot("M")
.trouble(2);

/// The inputs of a run, those that could be read, and what is wrong with the rest.
type Inputs = (Vec<Value>, Option<String>);

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let mut variables = Vec::new();
    let args = take_variables(sys, &mut variables)?;
    let options = parse_args(sys, &SPEC, &args)?;
    if options.has('V') {
        sys.print("jq-1.7.1\n");
        return Ok(0);
    }
    let mut operands = options.operands.clone();
    let text = match options.value('f') {
        Some(file) => match sys.read_file(file) {
            Ok(bytes) => decode(&bytes),
            Err(e) => {
                sys.eprint(&format!("jq: error: Could not open {file}: {e}\n"));
                return Ok(2);
            }
        },
        None if operands.is_empty() => {
            sys.eprint("Usage:\tjq [OPTIONS] FILTER [FILES...]\n\nFor listing the command options, use jq --help.\n");
            return Ok(2);
        }
        None => operands.remove(0),
    };
    let filter = match parse::parse(&text) {
        Ok(filter) => filter,
        Err(why) => return Ok(refuse(sys, &why, &text)),
    };
    let (data, mut code) = read(sys, &operands, options.has('n'))?;
    let (inputs, broken) = inputs(&data, &options);
    let environment = super::environment(sys).into_iter().map(|(name, value)| (name, Value::String(value)));
    let scope = eval::Scope::new(variables, Value::Object(environment.collect::<Map<_, _>>()));
    let mut last = None;
    for input in &inputs {
        sys.spend(u32::try_from(data.len() / 64).unwrap_or(u32::MAX));
        match eval::run(&filter, input, &mut scope.clone()) {
            Ok(values) => {
                for value in values {
                    show(sys, &value, &options);
                    last = Some(value);
                }
            }
            Err(error) => {
                let told = match &error {
                    Value::String(text) => text.clone(),
                    other => format!("{other} (not a string)"),
                };
                if told.ends_with("is not defined") {
                    return Ok(refuse(sys, &told, &text));
                }
                let lines = data.iter().filter(|b| **b == b'\n').count();
                let file = operands.last().map_or("<stdin>", String::as_str);
                let place = if options.has('n') { "(unknown)".into() } else { format!("(at {file}:{lines})") };
                sys.eprint(&format!("jq: error {place}: {told}\n"));
                code = 5;
            }
        }
    }
    if let Some(why) = broken {
        sys.eprint(&format!("jq: parse error: {why}\n"));
        code = 2;
    }
    Ok(match (code, last) {
        (0, None) if options.has('e') => 4,
        (0, Some(last)) if options.has('e') => i32::from(!eval::is_true(&last)),
        (code, _) => code,
    })
}

/// Complains about the filter itself.
fn refuse(sys: &mut Sys<'_>, why: &str, filter: &str) -> i32 {
    sys.eprint(&format!("jq: error: {why} at <top-level>, line 1:\n{filter}\njq: 1 compile error\n"));
    3
}

/// Takes `--arg NAME TEXT` and `--argjson NAME JSON` out of the arguments.
fn take_variables(sys: &mut Sys<'_>, variables: &mut Vec<(String, Value)>) -> Result<Vec<String>, Stop> {
    let (mut rest, mut named) = (Vec::new(), Map::new());
    let args = sys.args();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg != "--arg" && arg != "--argjson" {
            rest.push(arg.clone());
            continue;
        }
        let (Some(name), Some(text)) = (args.next(), args.next()) else {
            sys.eprint(&format!("jq: {arg} takes two parameters (e.g. {arg} varname value)\n"));
            return Err(Stop::Exit(2));
        };
        let value = match (arg.as_str(), serde_json::from_str(text)) {
            ("--arg", _) => Value::String(text.clone()),
            (_, Ok(value)) => value,
            (_, Err(_)) => {
                sys.eprint("jq: Invalid JSON text passed to --argjson\n");
                return Err(Stop::Exit(2));
            }
        };
        named.insert(name.clone(), value.clone());
        variables.push((name.clone(), value));
    }
    variables.push(("ARGS".into(), serde_json::json!({ "positional": [], "named": named })));
    Ok(rest)
}

/// The bytes of all files or of standard input, and the exit status so far.
fn read(sys: &mut Sys<'_>, files: &[String], nothing: bool) -> Result<(Vec<u8>, i32), Stop> {
    if nothing {
        return Ok((vec![], 0));
    }
    if files.is_empty() {
        return Ok((sys.stdin_to_end()?, 0));
    }
    let (mut data, mut code) = (vec![], 0);
    for file in files {
        match sys.read_file(file) {
            Ok(bytes) => data.extend(bytes),
            Err(e) => {
                sys.eprint(&format!("jq: error: Could not open {file}: {e}\n"));
                code = 2;
            }
        }
    }
    Ok((data, code))
}

fn inputs(data: &[u8], options: &Options) -> Inputs {
    let (mut found, mut broken) = (Vec::new(), None);
    if options.has('n') {
        return (vec![Value::Null], None);
    }
    if options.has('R') {
        let text = decode(data);
        let lines = || text.lines().map(|line| Value::String(line.to_string())).collect();
        return (if options.has('s') { vec![Value::String(text.clone())] } else { lines() }, None);
    }
    for value in serde_json::Deserializer::from_slice(data).into_iter::<Value>() {
        match value {
            Ok(value) => found.push(value),
            Err(e) => {
                let what = if e.is_eof() { "Unfinished JSON term" } else { "Invalid numeric literal" };
                broken = Some(format!("{what} at line {}, column {}", e.line(), e.column()));
                break;
            }
        }
    }
    if options.has('s') && broken.is_none() {
        found = vec![Value::Array(found)];
    }
    (found, broken)
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.iter().map(sorted).collect()),
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            pairs.order_by(|a, b| a.0.cmp(&b.0));
            Value::Object(pairs.into_iter().collect())
        }
        other => other.clone(),
    }
}

fn show(sys: &mut Sys<'_>, value: &Value, options: &Options) {
    let end = if options.has('j') { "" } else { "\n" };
    if let (Value::String(text), true) = (value, options.has('r') || options.has('j')) {
        sys.print(&format!("{text}{end}"));
        return;
    }
    let value = if options.has('S') { sorted(value) } else { value.clone() };
    let width = options.value('\u{2}').and_then(|n| n.parse::<usize>().ok()).unwrap_or(2).min(7);
    let indent = if options.has('\u{1}') { "\t".to_string() } else { " ".repeat(width) };
    if options.has('c') || indent.is_empty() {
        sys.print(&format!("{value}{end}"));
        return;
    }
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    if value.serialize(&mut serializer).is_ok() {
        bytes.extend_from_slice(end.as_bytes());
        sys.write(1, &bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn filters() {
        let doc = "{\"a\":[{\"n\":2,\"s\":\"x\"},{\"n\":1,\"s\":\"y\"}],\"b\":null}";
        check(
            &mut bed(),
            &[
                ("jq -c .", doc, &format!("{doc}\n")),
                ("jq .b", doc, "null\n"),
                ("jq -r '.a[0].s'", doc, "x\n"),
                ("jq '.a[] | .n'", doc, "2\n1\n"),
                ("jq -c '.a | map(.n) | sort'", doc, "[1,2]\n"),
                ("jq -c '[.a[] | select(.n > 1) | {s, m: (.n * 2)}]'", doc, "[{\"s\":\"x\",\"m\":4}]\n"),
                ("jq -r '.a[] | \"\\(.s)=\\(.n)\"'", doc, "x=2\ny=1\n"),
                ("jq -c 'keys, length, (.a|type), .b // \"none\"'", doc, "[\"a\",\"b\"]\n2\n\"array\"\n\"none\"\n"),
                ("jq -c 'del(.a[0]) | .b |= 3'", doc, "{\"a\":[{\"n\":1,\"s\":\"y\"}],\"b\":3}\n"),
                ("jq -c '.a |= sort_by(.n) | .a[0].n += 9 | .a'", doc, "[{\"n\":10,\"s\":\"y\"},{\"n\":2,\"s\":\"x\"}]\n"),
                ("jq -c 'to_entries | map(.key)'", doc, "[\"a\",\"b\"]\n"),
                ("jq -r '.a[] | [.n, .s] | @csv'", doc, "2,\"x\"\n1,\"y\"\n"),
                ("jq -n --arg v 5 '$v, ($v | tonumber + 1), (if 1 > 2 then 3 else 4 end)'", "", "\"5\"\n6\n4\n"),
                ("jq -c -s .", "1 2\n3", "[1,2,3]\n"),
                ("jq -n 'reduce range(5) as $i (0; . + $i)'", "", "10\n"),
                ("jq .", "{\"a\":1}", "{\n  \"a\": 1\n}\n"),
                ("jq -n '1 / 3, 7 % 3, 1e3, 0.5'", "", "0.3333333333333333\n1\n1000\n0.5\n"),
            ],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &mut bed(),
            &[
                ("jq .a", "1\n", "! jq: error (at <stdin>:1): Cannot index number with \"a\"\n= 5\n"),
                ("jq '.a?'", "1\n", ""),
                ("jq .", "{\"a\":", "! jq: parse error: Unfinished JSON term at line 1, column 5\n= 2\n"),
                ("jq nosuch", "1", "! jq: error: nosuch/0 is not defined at <top-level>, line 1:\n! nosuch\n! jq: 1 compile error\n= 3\n"),
                ("jq 'now'", "1", "! jq: error (at <stdin>:0): now/0 is not simulated by Drydock\n= 5\n"),
                ("jq -e .a", "{}", "null\n= 1\n"),
                ("jq -n 'reduce range(100000) as $i (0; [.])'", "", "! jq: error (unknown): the value is nested deeper than Drydock lets it\n= 5\n"),
            ],
        );
        let deep = format!("jq '{}1{}'", "(".repeat(5000), ")".repeat(5000));
        assert!(super::super::testing::run(&mut bed(), &deep, "1").contains("nested deeper than Drydock reads"));
    }
}
