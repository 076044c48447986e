//! Save files: damaged ones are refused, or give a session that goes on without a panic.

use super::{Choices, Target, bounded, furnished};
use drydock::session::Session;

pub(super) const TARGET: Target = Target {
    name: "save",
    run,
    words: &["null", "0", "-1", "18446744073709551615", "\"\"", "[]", "{}", "\"x\":"],
};

fn run(data: &[u8]) {
    // Damage at a few places of a real save file gets further than bytes of any kind.
    let mut choices = Choices::new(data);
    let bytes = if choices.below(4) == 0 { data.to_vec() } else { damaged(&mut choices) };
    let Ok(session) = Session::load(&bytes) else { return };
    let mut session = bounded(session);
    for line in
        ["docker ps -a; docker images; docker system df", "docker start c2; docker rm -f c1 c2", "sleep 1"]
    {
        session.run(line);
    }
}

fn damaged(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut bytes = furnished().save().expect("a session can be saved");
    while !choices.are_over() {
        let at = choices.below(65_536) * (bytes.len() / 65_536 + 1) % bytes.len();
        match choices.below(4) {
            0 => bytes[at] = b'0' + choices.below(10) as u8,
            1 => {
                // The next number becomes another.
                let digit = (at..bytes.len()).find(|i| bytes[*i].is_ascii_digit()).unwrap_or(at);
                bytes[digit] = b'0' + choices.below(10) as u8;
            }
            2 => bytes.insert(at, b'9'),
            _ => drop(bytes.remove(at)),
        }
    }
    bytes
}
