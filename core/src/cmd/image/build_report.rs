//! The end of a build in words: its warnings, and why it failed.

use crate::base::Order;
use crate::cmd::{Cli, Failure, Flow};
use crate::engine::build::dockerfile::{Range, Warning, excerpt};
use crate::engine::build::{Refusal, Request};

/// `# check=error=true`: warnings end the build.
pub fn violated(request: &Request, warnings: &[Warning]) -> Failure {
    let rules: Vec<&str> = warnings.iter().map(|warning| warning.rule.name()).collect();
    let message = format!("lint violation found for rules: {}", rules.join(", "));
    solve_failed(request, &message, None, warnings)
}

/// Why a build could not be planned.
pub fn refused(request: &Request, refusal: &Refusal) -> Failure {
    let problem = &refusal.problem;
    let failure = solve_failed(request, &problem.message, problem.range, &refusal.warnings);
    Failure { hint: refusal.hint.clone(), ..failure }
}

/// The end of a failed build: warnings, the lines it is about, the message.
pub fn solve_failed(request: &Request, message: &str, range: Option<Range>, warnings: &[Warning]) -> Failure {
    let lines = range.map_or(String::new(), |range| excerpt(&request.file, &request.text, range));
    let stderr =
        format!("{}{lines}ERROR: failed to build: failed to solve: {message}\n", listed(warnings));
    Failure { stderr, code: 1, hint: None }
}

/// The warnings as they are listed at the end.
pub fn listed(warnings: &[Warning]) -> String {
    let count = match warnings.len() {
        0 => return String::new(),
        1 => "1 warning found".to_owned(),
        n => format!("{n} warnings found"),
    };
    let lines: String = warnings.iter().map(|warning| format!(" - {}\n", warning.text())).collect();
    format!("\n {count} (use docker --debug to expand):\n{lines}")
}

/// `--check`: only what the checks found.
///
/// # Errors
/// Why the build could not be planned.
pub fn checked(
    cli: &mut Cli<'_, '_>,
    request: &Request,
    warnings: &[Warning],
    refusal: Option<&Refusal>,
) -> Result<Flow, Failure> {
    let found = match warnings.len() {
        0 => String::new(),
        1 => "Check complete, 1 warning has been found!\n".to_owned(),
        n => format!("Check complete, {n} warnings have been found!\n"),
    };
    cli.out(&found);
    let mut sorted: Vec<&Warning> = warnings.iter().collect();
    sorted.order_by_key(|warning| warning.line);
    for warning in sorted {
        let lines = excerpt(&request.file, &request.text, Range::line(warning.line));
        cli.out(&format!("\nWARNING: {} - {}\n{}\n{lines}", warning.rule.name(), warning.rule.url(), warning.message));
    }
    if let Some(refusal) = refusal {
        return Err(refused(request, &Refusal { warnings: vec![], ..refusal.clone() }));
    }
    if warnings.is_empty() {
        cli.out("Check complete, no warnings found.\n");
    }
    Ok(Flow::Exit(i32::from(!warnings.is_empty())))
}

