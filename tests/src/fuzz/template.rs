//! Go templates on the answer of an inspect.

use super::{Target, furnished, quoted};

pub(super) const TARGET: Target = Target {
    name: "template",
    run,
    words: &[
        "{{",
        "}}",
        "{{-",
        "-}}",
        ".",
        "$",
        "|",
        ":=",
        "range ",
        "else",
        "end",
        "if ",
        "with ",
        "define ",
        "template ",
        "block ",
        "break",
        "continue",
        "json ",
        "index ",
        "slice ",
        "printf ",
        "%",
        "println ",
        "len ",
        "eq ",
        "and ",
        "not ",
        "split ",
        "join ",
        "upper ",
        "table ",
        ".Config",
        ".Name",
        ".State.Running",
        ".NetworkSettings",
        "\"",
        "`",
        "'",
        "(",
        ")",
        "1e99",
        "0x",
        "/*",
        "*/",
    ],
};

fn run(data: &[u8]) {
    let text = quoted(&String::from_utf8_lossy(data));
    let mut session = furnished();
    for command in ["inspect c1", "ps -a", "version"] {
        session.run(&format!("docker {command} --format {text}"));
        assert!(session.is_idle(), "{command} {text}");
    }
}
