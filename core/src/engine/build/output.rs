//! What the process of a `RUN` prints, line by line with the time since its beginning.

use super::plan::RunOp;
use super::visit::tell;
use crate::base::Duration;
use crate::base::go_text::quote;
use crate::kernel::Stream;
use crate::model::World;
use crate::model::build::{Job, News, Output};

/// How many lines of a failed step are shown again.
const LOG_LINES: usize = 200;
/// How long a line may be, in bytes.
const MAX_LINE: usize = 16 << 10;
/// How much of a step is shown, in bytes.
const MAX_LOG: usize = 2 << 20;

/// Takes what a process printed.
pub fn print(
    world: &World,
    job: &mut Job,
    at: usize,
    output: &mut Output,
    since: Duration,
    stream: Stream,
    data: &[u8],
) {
    if output.printed > MAX_LOG {
        return;
    }
    output.printed = output.printed.saturating_add(data.len());
    for byte in data {
        let full = output.partial.1.len() >= MAX_LINE;
        if output.partial.0.is_some_and(|open| open != stream) || *byte == b'\n' || full {
            end_line(world, job, at, output, since);
        }
        if *byte != b'\n' {
            output.partial.0 = Some(stream);
            output.partial.1.push(*byte);
        } else {
            output.partial.0 = None;
        }
    }
    if output.printed > MAX_LOG {
        output.partial = (Some(stream), b"[output clipped, log limit 2MiB reached]".to_vec());
        end_line(world, job, at, output, since);
    }
}

/// Shows an unfinished line.
pub fn flush(world: &World, job: &mut Job, at: usize, output: &mut Output, since: Duration) {
    if output.partial.0.is_some() {
        end_line(world, job, at, output, since);
    }
}

fn end_line(world: &World, job: &mut Job, at: usize, output: &mut Output, since: Duration) {
    let (stream, line) = std::mem::take(&mut output.partial);
    let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
    output.log.push(format!("{:.3} {text}", since.as_secs_f64()));
    if output.log.len() > LOG_LINES {
        output.log.remove(0);
    }
    tell(world, job, at, News::Log { stream: stream.unwrap_or(Stream::Stdout), since, text });
}

/// What a step that ended with another code than 0 says.
pub fn unsuccessful(op: &RunOp, code: i32) -> String {
    format!("process {} did not complete successfully: exit code: {code}", quote(&op.argv.join(" ")))
}
