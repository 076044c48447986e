//! How `docker build` shows what happens: as lines, redrawn in place at a terminal, as JSON, or not at all.

mod plain;
mod rawjson;
mod tty;

use super::build_context::failed;
use crate::base::{Duration, Time};
use crate::cmd::{Cli, Failure};
use crate::grammar::Invocation;
use crate::kernel::Sys;
use crate::model::build::{Failed, Progress};
use serde::{Deserialize, Serialize};

/// A way to show a build, and how far it has got.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Display {
    /// Not at all.
    #[default]
    Quiet,
    /// `--progress=plain`.
    Plain(plain::Plain),
    /// `--progress=tty`.
    Tty(tty::Tty),
    /// `--progress=rawjson`.
    RawJson(rawjson::RawJson),
}

/// How often a terminal is redrawn while nothing happens.
const REDRAWN: Duration = Duration::millis(100);

impl Display {
    /// What `--progress`, `--quiet` and `BUILDKIT_PROGRESS` ask for.
    ///
    /// # Errors
    /// A mode that does not exist; `tty` where there is none.
    pub fn read(cli: &Cli<'_, '_>, call: &Invocation) -> Result<Self, Failure> {
        let given = Some(call.str("progress").to_owned()).filter(|mode| !matches!(mode.as_str(), "" | "auto"));
        if call.bool("quiet") {
            return match given.as_deref() {
                None | Some("quiet" | "none") => Ok(Display::Quiet),
                Some(mode) => Err(failed(format!("progress={mode} and quiet cannot be used together"))),
            };
        }
        let variable = || cli.sys.env("BUILDKIT_PROGRESS").filter(|mode| !mode.is_empty());
        let mode = given.or_else(variable).unwrap_or_else(|| "auto".into());
        let at_terminal = cli.sys.is_tty(2);
        Ok(match mode.as_str() {
            "quiet" | "none" => Display::Quiet,
            "plain" => Display::Plain(plain::Plain::default()),
            "rawjson" => Display::RawJson(rawjson::RawJson::default()),
            "auto" | "" if !at_terminal => Display::Plain(plain::Plain::default()),
            "auto" | "" | "tty" if at_terminal => Display::Tty(tty::Tty::begin(cli.sys.now(), colors(cli.sys))),
            "tty" => return Err(failed("failed to get console: provided file is not a console")),
            mode => return Err(Failure::new(format!("ERROR: invalid progress mode {mode}"))),
        })
    }

    /// Nothing is shown, apart from the result.
    pub fn is_quiet(&self) -> bool {
        matches!(self, Display::Quiet)
    }

    /// Shows what is new.
    pub fn show(&mut self, sys: &mut Sys<'_>, progress: &Progress) {
        let now = sys.now();
        let text = match self {
            Display::Quiet => return,
            Display::Plain(plain) => plain.show(progress, now),
            Display::RawJson(raw) => raw.show(progress),
            Display::Tty(tty) => tty.show(progress, now, sys.tty_size(2).unwrap_or((24, 80)), false),
        };
        sys.eprint(&text);
    }

    /// Shows the end: all steps, and what a failed one had printed.
    pub fn end(&mut self, sys: &mut Sys<'_>, progress: &Progress, failure: Option<&Failed>) {
        self.show(sys, progress);
        if let Display::Tty(tty) = self {
            let text = tty.show(progress, sys.now(), sys.tty_size(2).unwrap_or((24, 80)), true);
            sys.eprint(&text);
        }
        if matches!(self, Display::Plain(_) | Display::Tty(_))
            && let Some((name, log)) = failure.and_then(|failure| failure.step.as_ref())
        {
            let log: String = log.iter().map(|line| format!("{line}\n")).collect();
            sys.eprint(&format!("------\n > {name}:\n{log}------\n"));
        }
    }

    /// When it wants to be shown again, whatever happens.
    pub fn due(&self, now: Time) -> Option<Time> {
        matches!(self, Display::Tty(_)).then(|| now + REDRAWN)
    }
}

/// A whole build as lines.
pub fn as_text(progress: &Progress, now: Time) -> String {
    plain::Plain::default().show(progress, now)
}

/// Whether colours are wanted: `NO_COLOR` says no.
fn colors(sys: &Sys<'_>) -> bool {
    sys.env("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// `0.1s`.
fn seconds(span: Duration) -> String {
    format!("{:.1}s", span.as_secs_f64())
}

/// Bytes as the progress writes them: `314B`, `32.55MB`.
fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = 0;
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}{}", UNITS.get(unit).unwrap_or(&"B"))
}

/// ` 2B`, ` 1.05MB / 30.43MB`, or nothing where bytes are not counted.
fn bytes(current: u64, total: u64) -> String {
    match (current, total) {
        (_, 1..) => format!(" {} / {}", size(current), size(total)),
        (1.., 0) => format!(" {}", size(current)),
        (0, 0) => String::new(),
    }
}
