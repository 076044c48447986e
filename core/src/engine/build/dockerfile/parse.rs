//! From lines to instructions and stages.

use super::flags::Flags;
use super::instruction::{Argument, Copy, Instruction, Mount, Run, ShellOrExec, Source, Stage, Step};
use super::lines::{Line, split};
use super::lint::{Rule, Warning, check_casing, check_stages};
use super::{Dockerfile, MAX_SIZE, MAX_STEPS, Problem, Range, json};
use crate::base::go_duration::parse_duration;
use crate::model::Healthcheck;

/// Every instruction.
const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// Reads a Dockerfile.
///
/// # Errors
/// BuildKit's words, with the lines they are about.
pub fn parse(text: &str) -> Result<Dockerfile, Problem> {
    if text.is_empty() {
        return Err(Problem::new("the Dockerfile cannot be empty"));
    }
    if text.len() > MAX_SIZE {
        return Err(Problem::new("the Dockerfile is larger than 1 MiB, which Drydock does not hold"));
    }
    let mut file = Dockerfile::default();
    let (directives, lines) = split(text, &mut file.warnings)?;
    if lines.is_empty() {
        return Err(Problem::new("file with no instructions"));
    }
    if lines.len() > MAX_STEPS {
        return Err(Problem::new(format!("the Dockerfile has more than {MAX_STEPS} instructions")));
    }
    file.directives = directives;
    let escape = file.directives.escape;
    // What cannot be cut into words fails before any instruction is looked at.
    for line in &lines {
        pairs_of(line, escape)
            .transpose()
            .map_err(|message| Problem::at(Range::line(line.range.end), message))?;
    }
    for line in &lines {
        let (keyword, rest) = keyword(&line.text);
        if keyword == "FROM" {
            let stage = from(line, rest, escape, &mut file.warnings)?;
            file.stages.push(stage);
            continue;
        }
        let step = step(line, escape, &mut file.warnings)?;
        match (file.stages.last_mut(), &step.instruction) {
            (Some(stage), _) => stage.steps.push(step),
            (None, Instruction::Arg(_)) => file.global.push(step),
            (None, _) => return Err(Problem::at(line.range, "no build stage in current context")),
        }
    }
    if file.stages.is_empty() {
        return Err(Problem::new("no build stage in current context"));
    }
    check_stages(&mut file);
    check_casing(&mut file);
    Ok(file)
}

/// Reads a trigger that a base image carries.
///
/// # Errors
/// As [`parse`]; the place is the `FROM` that brought it in.
pub fn parse_trigger(text: &str, range: Range) -> Result<Step, Problem> {
    let (_, lines) = split(text, &mut vec![])?;
    let line = lines.into_iter().next().unwrap_or(Line { range, ..Line::default() });
    step(&Line { range, ..line }, '\\', &mut vec![])
}

/// The known word that is nearest to what was written, where one is near.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let near = known.map(|name| (distance(&word, &name.to_lowercase()), name));
    near.filter(|(distance, _)| (1..3).contains(distance)).min_by_key(|(d, _)| *d).map(|(_, n)| n)
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().take(64).enumerate() {
        let mut last = i + 1;
        let mut new = vec![last];
        for (above, d) in row.windows(2).zip(&b) {
            let [diagonal, up] = above else { continue };
            last = (last + 1).min(up + 1).min(diagonal + usize::from(c != *d));
            new.push(last);
        }
        row = new;
    }
    row.last().copied().unwrap_or(0)
}

/// The keyword in capitals, and what follows it.
fn keyword(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word.to_ascii_uppercase(), rest.trim_start())
}

type Pairs = (Vec<(String, String)>, bool);

/// The pairs of `ENV` and `LABEL`; `None` for any other instruction and for one without words.
fn pairs_of(line: &Line, escape: char) -> Option<Result<Pairs, String>> {
    let (keyword, rest) = keyword(&line.text);
    if keyword != "ENV" && keyword != "LABEL" {
        return None;
    }
    let words = json::words(rest, escape);
    let first = words.first()?;
    if !first.contains('=') {
        let mut parts = rest.splitn(2, char::is_whitespace);
        let pair = parts.next().zip(parts.next().map(str::trim_start));
        let missing = || format!("{keyword} must have two arguments");
        return Some(
            pair.ok_or_else(missing).map(|(key, value)| (vec![(key.to_owned(), value.to_owned())], true)),
        );
    }
    let pair = |word: &String| match word.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err(format!("Syntax error - can't find = in {word:?}. Must be of the form: name=value")),
    };
    Some(words.iter().map(pair).collect::<Result<_, _>>().map(|pairs| (pairs, false)))
}

fn from(line: &Line, rest: &str, escape: char, warnings: &mut Vec<Warning>) -> Result<Stage, Problem> {
    let fail = |message: &str| Problem::parse(line.range, message);
    let (flags, rest) = Flags::take(rest, escape);
    flags.check("FROM").map_err(|message| fail(&message))?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let (base, name) = match words.as_slice() {
        [base] => (*base, None),
        [base, between, name] if between.eq_ignore_ascii_case("as") => {
            let from = line.text.trim_start().get(..4).unwrap_or_default();
            if is_upper(from) != is_upper(between) {
                let message = format!("'{between}' and '{from}' keywords' casing do not match");
                warnings.push(Warning::new(Rule::FromAsCasing, message, line.range.start));
            }
            (*base, Some(*name))
        }
        _ => return Err(fail("FROM requires either one or three arguments")),
    };
    if let Some(name) = name {
        let lower = name.to_lowercase();
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if !lower.starts_with(|c: char| c.is_ascii_lowercase()) || !lower.chars().all(good) {
            return Err(fail(&format!(
                "invalid name for build stage: {name:?}, name can't start with a number or contain symbols"
            )));
        }
        if lower != name {
            let message = format!("Stage name '{name}' should be lowercase");
            warnings.push(Warning::new(Rule::StageNameCasing, message, line.range.start));
        }
        check_description(line, "FROM", &[lower.as_str()], warnings);
    }
    Ok(Stage {
        base: base.to_owned(),
        platform: flags.text("platform"),
        name: name.map(str::to_lowercase),
        steps: vec![],
        range: line.range,
        text: line.text.clone(),
        about: description(line, &name.map(str::to_lowercase).unwrap_or_default()),
    })
}

fn is_upper(word: &str) -> bool {
    word.to_uppercase() == word
}

fn step(line: &Line, escape: char, warnings: &mut Vec<Warning>) -> Result<Step, Problem> {
    let (keyword, rest) = keyword(&line.text);
    let fail = |message: &str| Problem::parse(line.range, message);
    if !KEYWORDS.contains(&keyword.as_str()) {
        let written = line.text.split_whitespace().next().unwrap_or_default();
        let near = nearest(&keyword, KEYWORDS.into_iter());
        let hint = near.map_or(String::new(), |near| format!(" (did you mean {near}?)"));
        return Err(fail(&format!("unknown instruction: {written}{hint}")));
    }
    let (flags, rest) = if matches!(keyword.as_str(), "ONBUILD") {
        (Flags::default(), rest.to_owned())
    } else {
        Flags::take(rest, escape)
    };
    flags.check(&keyword).map_err(|message| fail(&message))?;
    let found = match keyword.as_str() {
        "ENV" | "LABEL" => pairs(line, &keyword, escape, warnings),
        "ARG" => arguments(&rest, escape)
            .inspect(|args| {
                let names: Vec<&str> = args.iter().map(|arg| arg.name.as_str()).collect();
                check_description(line, "ARG", &names, warnings);
            })
            .map(|args| Instruction::Arg(args.into_iter().map(|arg| described(line, arg)).collect())),
        "COPY" | "ADD" => copy(line, &keyword, &rest, &flags),
        "RUN" => run(line, &rest, &flags),
        "HEALTHCHECK" => healthcheck(&rest, &flags),
        "ONBUILD" => on_build(&rest),
        "MAINTAINER" => {
            let message = "Maintainer instruction is deprecated in favor of using label";
            warnings.push(Warning::new(Rule::MaintainerDeprecated, message, line.range.start));
            one(&keyword, &rest).map(Instruction::Maintainer)
        }
        _ => plain(&keyword, &rest),
    };
    let instruction = found.map_err(|message| fail(&message))?;
    Ok(Step { instruction, range: line.range, text: line.text.clone() })
}

fn one(keyword: &str, rest: &str) -> Result<String, String> {
    match rest.trim() {
        "" => Err(format!("{keyword} requires exactly one argument")),
        word => Ok(word.to_owned()),
    }
}

/// Instructions without options of their own.
fn plain(keyword: &str, rest: &str) -> Result<Instruction, String> {
    let some = |words: Vec<String>| match words.is_empty() {
        true => Err(format!("{keyword} requires at least one argument")),
        false => Ok(words),
    };
    let fields = || rest.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    Ok(match keyword {
        "CMD" => Instruction::Cmd(command(rest)),
        "ENTRYPOINT" => Instruction::Entrypoint(command(rest)),
        "EXPOSE" => Instruction::Expose(some(fields())?),
        "VOLUME" => {
            let words = some(json::array(rest).unwrap_or_else(fields))?;
            if words.iter().any(String::is_empty) {
                return Err("VOLUME specified can not be an empty string".into());
            }
            Instruction::Volume(words)
        }
        "SHELL" => match json::array(rest) {
            Some(words) => Instruction::Shell(some(words)?),
            None if rest.trim().is_empty() => Instruction::Shell(some(vec![])?),
            None => return Err("SHELL requires the arguments to be in JSON form".into()),
        },
        "WORKDIR" => Instruction::Workdir(one(keyword, rest)?),
        "USER" => Instruction::User(one(keyword, rest)?),
        _ => Instruction::StopSignal(one(keyword, rest)?),
    })
}

fn command(rest: &str) -> ShellOrExec {
    match json::array(rest) {
        Some(words) => ShellOrExec::Exec(words),
        None => ShellOrExec::Shell(rest.trim().to_owned()),
    }
}

fn pairs(
    line: &Line,
    keyword: &str,
    escape: char,
    warnings: &mut Vec<Warning>,
) -> Result<Instruction, String> {
    let found = pairs_of(line, escape).ok_or_else(|| format!("{keyword} requires at least one argument"))?;
    let (pairs, legacy) = found?;
    if pairs.iter().any(|(key, _)| key.is_empty()) {
        return Err(format!("{keyword} names can not be blank"));
    }
    if legacy {
        let message = format!(
            "\"{keyword} key=value\" should be used instead of legacy \"{keyword} key value\" format"
        );
        warnings.push(Warning::new(Rule::LegacyKeyValueFormat, message, line.range.start));
    }
    Ok(match keyword {
        "ENV" => Instruction::Env(pairs, legacy),
        _ => Instruction::Label(pairs, legacy),
    })
}

fn described(line: &Line, arg: Argument) -> Argument {
    Argument { about: description(line, &arg.name), ..arg }
}

/// What the comment above an instruction says of a name: `# NAME is …`.
fn description(line: &Line, name: &str) -> String {
    let mut said = line.comments.iter().filter_map(|text| text.strip_prefix(name)?.strip_prefix(' '));
    said.next().unwrap_or_default().to_owned()
}

/// A comment right above `ARG` and `FROM … AS` describes what they name.
fn check_description(line: &Line, what: &str, names: &[&str], warnings: &mut Vec<Warning>) {
    let (Some(last), Some(first)) = (line.comments.last(), names.first()) else { return };
    if names.contains(&last.split(' ').next().unwrap_or_default()) {
        return;
    }
    let example = if names.len() > 1 { "<arg_key>" } else { first };
    let message = format!("Comment for {what} should follow the format: `# {example} <description>`");
    warnings.push(Warning::new(Rule::InvalidDefinitionDescription, message, line.range.start));
}

fn arguments(rest: &str, escape: char) -> Result<Vec<Argument>, String> {
    let words = json::words(rest, escape);
    if words.is_empty() {
        return Err("ARG requires at least one argument".into());
    }
    let read = |word: &String| match word.split_once('=') {
        Some(("", _)) => Err("ARG names can not be blank".to_owned()),
        Some((name, value)) => {
            Ok(Argument { name: name.to_owned(), value: Some(value.to_owned()), about: String::new() })
        }
        None => Ok(Argument { name: word.clone(), value: None, about: String::new() }),
    };
    words.iter().map(read).collect()
}

fn copy(line: &Line, keyword: &str, rest: &str, flags: &Flags) -> Result<Instruction, String> {
    let mut words = json::array(rest).unwrap_or_else(|| rest.split_whitespace().map(str::to_owned).collect());
    let target = words.pop().filter(|_| !words.is_empty()).ok_or_else(|| {
        format!(
            "{keyword} requires at least two arguments, but only one was provided. Destination could not be \
             determined"
        )
    })?;
    let mut inline = line.heredocs.iter();
    let source = |word: String| match super::Heredoc::announced(&word).and_then(|_| inline.next()) {
        Some(heredoc) => Source::Inline(heredoc.clone()),
        None => Source::Path(word),
    };
    Ok(Instruction::Copy(Copy {
        add: keyword == "ADD",
        sources: words.into_iter().map(source).collect(),
        target,
        from: flags.text("from"),
        chown: flags.text("chown"),
        chmod: flags.text("chmod"),
        link: flags.switch("link").unwrap_or(false),
        parents: flags.switch("parents").unwrap_or(false),
        exclude: flags.many("exclude"),
        unpack: flags.switch("unpack"),
        checksum: flags.text("checksum"),
    }))
}

fn run(line: &Line, rest: &str, flags: &Flags) -> Result<Instruction, String> {
    let mounts = flags.many("mount").iter().map(|text| mount(text)).collect();
    let command =
        if line.heredocs.is_empty() { command(rest) } else { ShellOrExec::Shell(rest.trim().into()) };
    if let Some(network) = flags.text("network")
        && !["default", "none", "host"].contains(&network.as_str())
    {
        return Err(format!("invalid network mode {network:?}"));
    }
    if let Some(security) = flags.text("security")
        && !["sandbox", "insecure"].contains(&security.as_str())
    {
        return Err(format!("security {security:?} is not valid"));
    }
    Ok(Instruction::Run(Run {
        command,
        heredocs: line.heredocs.clone(),
        mounts,
        network: flags.text("network"),
        security: flags.text("security"),
        devices: flags.many("device"),
    }))
}

fn mount(text: &str) -> Mount {
    let mut mount = Mount { kind: "bind".into(), fields: vec![] };
    for field in text.split(',') {
        let (key, value) = field.split_once('=').map_or((field, None), |(key, value)| (key, Some(value)));
        let key = key.trim().to_lowercase();
        match value.filter(|_| key == "type") {
            Some(kind) => mount.kind = kind.to_lowercase(),
            None => mount.fields.push((key, value.map(str::to_owned))),
        }
    }
    mount
}

fn healthcheck(rest: &str, flags: &Flags) -> Result<Instruction, String> {
    let (kind, rest) = keyword(rest);
    let span = |name: &str| match flags.text(name) {
        None => Ok(0),
        Some(text) if text.is_empty() => Ok(0),
        Some(text) => match parse_duration(&text) {
            Ok(span) if span.0 == 0 || span.0 >= 1_000_000 => Ok(span.0),
            Ok(_) => Err(format!("Interval {name:?} cannot be less than 1ms")),
            Err(e) => Err(e.to_string()),
        },
    };
    let mut check = Healthcheck::default();
    match kind.as_str() {
        "" => return Err("HEALTHCHECK requires at least one argument".into()),
        "NONE" if rest.trim().is_empty() => check.test = vec!["NONE".into()],
        "NONE" => return Err("HEALTHCHECK NONE takes no arguments".into()),
        "CMD" => {
            check.test = match command(rest) {
                ShellOrExec::Exec(words) => std::iter::once("CMD".to_owned()).chain(words).collect(),
                ShellOrExec::Shell(line) if line.is_empty() => {
                    return Err("Missing command after HEALTHCHECK CMD".into());
                }
                ShellOrExec::Shell(line) => vec!["CMD-SHELL".into(), line],
            };
            check.interval = span("interval")?;
            check.timeout = span("timeout")?;
            check.start_period = span("start-period")?;
            check.start_interval = span("start-interval")?;
            if let Some(text) = flags.text("retries") {
                let invalid = || format!("strconv.ParseInt: parsing {text:?}: invalid syntax");
                check.retries = text.parse().map_err(|_| invalid())?;
                if check.retries < 0 {
                    return Err(format!("--retries cannot be less than 0 ({text})"));
                }
            }
        }
        _ => return Err(format!("Unknown type {kind:?} in HEALTHCHECK (try CMD)")),
    }
    Ok(Instruction::Healthcheck(check))
}

fn on_build(rest: &str) -> Result<Instruction, String> {
    match keyword(rest).0.as_str() {
        "" => Err("ONBUILD requires at least one argument".into()),
        "ONBUILD" => Err("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed".into()),
        word @ ("MAINTAINER" | "FROM") => Err(format!("{word} isn't allowed as an ONBUILD trigger")),
        _ => Ok(Instruction::OnBuild(rest.trim().to_owned())),
    }
}
