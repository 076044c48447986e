//! Bytes as the archives that `load`, `import`, `cp` and `tar` read, and as a build's context.

use super::{Choices, Target, comes_to_its_end, furnished};

pub(super) const TARGET: Target = Target {
    name: "archive",
    run,
    words: &["ustar", "../", "/etc/passwd", "manifest.json", "index.json", "\u{1f}\u{8b}"],
};

const READERS: &[&str] = &[
    "docker load",
    "docker import - mine:v8",
    "docker cp - c1:/",
    "tar -x -C d -f -",
    "tar -t",
    "gzip -dc | wc -c",
    "docker build -",
];

fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let reader = choices.one_of(READERS);
    let mut session = furnished();
    if session.write_file("/tmp/archive", choices.rest()).is_err() {
        return;
    }
    comes_to_its_end(&mut session, &format!("timeout 20 sh -c '{reader} < /tmp/archive'"));
}
