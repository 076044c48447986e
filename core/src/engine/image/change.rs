//! `--change` of `commit` and `import`: the Dockerfile instructions that only touch the configuration.

use crate::base::go_duration::parse_duration;
use crate::model::{EngineError, Healthcheck, ImageConfig, Nothing};

/// Applies changes in order.
///
/// # Errors
/// An instruction that is none of these, or whose words make no sense.
pub fn apply_changes(config: &mut ImageConfig, changes: &[String]) -> Result<(), EngineError> {
    let mut has_command = false;
    for change in changes {
        let line = change.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let (name, rest) = (word.to_uppercase(), rest.trim());
        match name.as_str() {
            "CMD" => {
                config.cmd = command(rest, config).filter(|words| !words.is_empty());
                has_command = true;
            }
            "ENTRYPOINT" => {
                config.entrypoint = command(rest, config).filter(|words| !words.is_empty());
                if !has_command {
                    config.cmd = None;
                }
            }
            "HEALTHCHECK" => config.healthcheck = Some(health(rest)?),
            "SHELL" => {
                config.shell = serde_json::from_str(rest)
                    .map_err(|_| EngineError::invalid("SHELL requires the arguments to be in JSON form"))?;
            }
            _ => simple(config, &name, rest, word)?,
        }
    }
    Ok(())
}

fn simple(config: &mut ImageConfig, name: &str, rest: &str, word: &str) -> Result<(), EngineError> {
    let none_given = || EngineError::invalid(format!("{name} requires at least one argument"));
    let exactly_one = || EngineError::invalid(format!("{name} requires exactly one argument"));
    match name {
        "ENV" => pairs(rest).ok_or_else(none_given)?.into_iter().for_each(|(key, value)| {
            set_env(&mut config.env, &key, &value);
        }),
        "LABEL" => {
            let labels = config.labels.get_or_insert_default();
            labels.extend(pairs(rest).ok_or_else(none_given)?);
        }
        "EXPOSE" if rest.is_empty() => return Err(none_given()),
        "EXPOSE" => {
            for port in rest.split_whitespace() {
                let port = exposed(port)?;
                config.exposed_ports.get_or_insert_default().insert(port, Nothing {});
            }
        }
        "USER" if rest.is_empty() => return Err(exactly_one()),
        "USER" => config.user = rest.to_owned(),
        "WORKDIR" if rest.is_empty() => return Err(exactly_one()),
        "WORKDIR" => config.working_dir = crate::engine::build::below(&config.working_dir, rest),
        "VOLUME" if rest.is_empty() => return Err(none_given()),
        "VOLUME" => {
            let listed = serde_json::from_str::<Vec<String>>(rest);
            let paths = listed.unwrap_or_else(|_| rest.split_whitespace().map(str::to_owned).collect());
            for path in paths {
                config.volumes.get_or_insert_default().insert(path, Nothing {});
            }
        }
        "STOPSIGNAL" if rest.is_empty() => return Err(exactly_one()),
        "STOPSIGNAL" => config.stop_signal = rest.to_owned(),
        "ONBUILD" if rest.is_empty() => return Err(none_given()),
        "ONBUILD" => config.on_build.get_or_insert_default().push(rest.to_owned()),
        _ => return Err(EngineError::invalid(format!("{word} is not a valid change command"))),
    }
    Ok(())
}

/// A command in JSON form as it is, any other text for the shell.
fn command(text: &str, config: &ImageConfig) -> Option<Vec<String>> {
    if let Ok(words) = serde_json::from_str::<Vec<String>>(text) {
        return Some(words);
    }
    if text.is_empty() {
        return None;
    }
    let shell = || vec!["/bin/sh".to_owned(), "-c".to_owned()];
    let mut words = config.shell.clone().unwrap_or_else(shell);
    words.push(text.to_owned());
    Some(words)
}

/// Sets a variable where it stands, or at the end.
fn set_env(env: &mut Vec<String>, key: &str, value: &str) {
    let line = format!("{key}={value}");
    let known = env.iter_mut().find(|known| known.split('=').next() == Some(key));
    match known {
        Some(known) => *known = line,
        None => env.push(line),
    }
}

/// `KEY=value KEY2="two words"`, or `KEY the rest of the line`.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let words = words(text);
    let first = words.first()?;
    if !first.contains('=') {
        let (key, value) = text.split_once(char::is_whitespace)?;
        return Some(vec![(key.to_owned(), value.trim().to_owned())]);
    }
    let split = |word: &String| word.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()));
    words.iter().map(split).collect()
}

/// Words as a shell would split them, with quotes and backslashes resolved.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut begun, mut quote) = (String::new(), false, None);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => word.extend(chars.next()),
            (c, Some(q)) if c == q => quote = None,
            ('"' | '\'', None) => (quote, begun) = (Some(c), true),
            (c, None) if c.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (c, _) => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// A port with its protocol.
fn exposed(text: &str) -> Result<String, EngineError> {
    let (port, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let number = |text: &str| text.parse::<u16>().ok();
    let valid = match port.split_once('-') {
        Some((low, high)) => number(low).zip(number(high)).is_some_and(|(low, high)| low <= high),
        None => number(port).is_some(),
    };
    if !valid {
        return Err(EngineError::invalid(format!("invalid containerPort: {port}")));
    }
    if !["tcp", "udp", "sctp"].contains(&protocol.to_lowercase().as_str()) {
        return Err(EngineError::invalid(format!("invalid proto: {protocol}")));
    }
    Ok(format!("{port}/{}", protocol.to_lowercase()))
}

fn health(text: &str) -> Result<Healthcheck, EngineError> {
    let mut check = Healthcheck::default();
    let mut rest = text;
    while let Some(option) = rest.strip_prefix("--") {
        let (option, after) = option.split_once(char::is_whitespace).unwrap_or((option, ""));
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let span =
            || parse_duration(value).map(|span| span.0).map_err(|e| EngineError::invalid(e.to_string()));
        match name {
            "interval" => check.interval = span()?,
            "timeout" => check.timeout = span()?,
            "start-period" => check.start_period = span()?,
            "start-interval" => check.start_interval = span()?,
            "retries" => {
                check.retries = value.parse().map_err(|_| {
                    EngineError::invalid(format!("strconv.ParseInt: parsing {value:?}: invalid syntax"))
                })?;
            }
            _ => return Err(EngineError::invalid(format!("unknown flag: {name}"))),
        }
        rest = after.trim_start();
    }
    let (kind, command) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    check.test = match kind.to_uppercase().as_str() {
        "NONE" => vec!["NONE".to_owned()],
        "CMD" => match serde_json::from_str::<Vec<String>>(command.trim()) {
            Ok(words) => std::iter::once("CMD".to_owned()).chain(words).collect(),
            Err(_) => vec!["CMD-SHELL".to_owned(), command.trim().to_owned()],
        },
        _ => {
            return Err(EngineError::invalid(format!("Unknown type {kind:?} in HEALTHCHECK (try CMD)")));
        }
    };
    Ok(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(changes: &[&str]) -> Result<ImageConfig, String> {
        let mut config = ImageConfig::default();
        let changes: Vec<String> = changes.iter().map(|c| (*c).to_owned()).collect();
        apply_changes(&mut config, &changes).map(|()| config).map_err(|e| e.message)
    }

    #[test]
    fn instructions_change_the_configuration() {
        let config = changed(&["ENV COLOR=red SIZE=\"very big\"", "ENV OLD style", "CMD env"]).unwrap();
        assert_eq!(config.env, ["COLOR=red", "SIZE=very big", "OLD=style"]);
        assert_eq!(config.cmd.unwrap(), ["/bin/sh", "-c", "env"]);
        let config = changed(&["CMD [\"a\"]", "ENTRYPOINT [\"b\"]", "WORKDIR /a", "WORKDIR b"]).unwrap();
        assert_eq!((config.cmd.unwrap().join(" "), config.working_dir.as_str()), ("a".into(), "/a/b"));
        let config = changed(&["HEALTHCHECK --interval=2s CMD true"]).unwrap();
        let check = config.healthcheck.unwrap();
        assert_eq!((check.test.join(" "), check.interval), ("CMD-SHELL true".into(), 2_000_000_000));
    }

    #[test]
    fn others_are_refused() {
        assert_eq!(changed(&["RUN echo hi"]), Err("RUN is not a valid change command".into()));
        assert_eq!(changed(&["EXPOSE notaport"]), Err("invalid containerPort: notaport".into()));
        assert_eq!(changed(&["CMD"]).unwrap().cmd, None);
    }
}
