//! `:time [+DURATION]`

use super::Colon;
use crate::base::go_duration::parse_duration;
use crate::base::time_format::rfc3339;
use crate::session::desk::{Answer, Desk};

/// `:time [+DURATION]`.
pub const COLON: Colon =
    Colon { usage: "time [+DURATION]", about: "show the virtual clock, or let time pass: :time +1h30m", run };

/// The longest jump, in hours.
const LONGEST: f64 = 24.0 * 366.0;

fn run(desk: &mut Desk, rest: &str) -> Answer {
    if !rest.is_empty() {
        let Some(Ok(span)) = rest.strip_prefix('+').map(parse_duration) else {
            return Answer::Refused(format!("not a duration: {rest} (such as +90s or +1h30m)\n"));
        };
        if span.0 < 0 || span.as_secs_f64() > LONGEST * 3600.0 {
            return Answer::Refused("time goes forward, by a year at most\n".into());
        }
        desk.advance(span);
    }
    Answer::Text(format!("{}\n", rfc3339(desk.session.world().now())))
}
