//! Nonsense of every kind: no input makes it panic, and every line comes to its end.

use drydock::grammar::{Command, table};
use drydock::session::{Played, Session};
use proptest::prelude::*;
use proptest::sample::{Index, select};

thread_local! {
    /// A session with something to talk about; every case starts from a clone of it.
    static FURNISHED: Session = {
        let mut session = Session::script(7);
        for line in [
            "docker run -d --name c1 busybox sleep 100000",
            "docker run --name c2 busybox true",
            "docker volume create v1",
            "docker network create n1",
            "docker tag busybox mine:v1",
            "mkdir -p d; echo hi > d/f",
        ] {
            let played = session.run(line);
            assert_eq!(played.code, 0, "{line}: {}", played.stderr);
        }
        session
    };
}

const VALUES: &[&str] = &[
    "",
    "0",
    "-1",
    "1",
    "99999999999999999999",
    "1e9",
    "c1",
    "c2",
    "busybox",
    "mine:v1",
    "v1",
    "n1",
    "d",
    ".",
    "/",
    "true",
    "maybe",
    "a=b",
    "=",
    ":",
    "::",
    "80:80",
    "0:0/tcp",
    "70000:1",
    "1-5:1-5",
    "{{.}}",
    "{{",
    "{{json .}}",
    "{{range .}}",
    "10m",
    "10x",
    "1h",
    "2026-01-01",
    "10.0.0.0/8",
    "10.0.0.0/33",
    "fe80::1",
    "c1:/etc/passwd",
    "nope",
    "é",
    "type=bind,src=/,dst=/x",
    "type=",
    "label=a",
    "KILL",
    "table {{.ID}}",
    "--",
    "-",
    "sha256:",
    "@",
];

/// What is typed between single quotes must not hold one.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', ""))
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(VALUES).prop_map(String::from),
        1 => "[ -~éλ]{0,12}".prop_map(String::from),
    ]
}

/// A command of the table with flags of its own, good and bad values, and any operands.
fn docker_line() -> impl Strategy<Value = String> {
    let flags = proptest::collection::vec((any::<Index>(), value(), any::<bool>()), 0..4);
    (any::<Index>(), flags, proptest::collection::vec(value(), 0..4)).prop_map(|(which, flags, operands)| {
        let all: Vec<&Command> = table().commands().collect();
        let command = which.get(&all);
        let mut line =
            format!("timeout -s KILL 20 docker {}", command.path.trim_start_matches("docker").trim());
        for (which, value, bare) in flags.iter().filter(|_| !command.flags.is_empty()) {
            let flag = which.get(&command.flags);
            let word = if *bare { format!("--{}", flag.long) } else { format!("--{}={value}", flag.long) };
            line = format!("{line} {}", quoted(&word));
        }
        operands.iter().fold(line, |line, operand| format!("{line} {}", quoted(operand)))
    })
}

fn shell_text() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "echo",
        "x",
        "$x",
        "${x",
        "}",
        "$((1+",
        "))",
        "$(",
        ")",
        "`",
        "\"",
        "'",
        "|",
        "||",
        "&&",
        "&",
        ";",
        "(",
        "{",
        "if",
        "then",
        "fi",
        "for i in 1 2",
        "do",
        "done",
        "while false",
        "case x in",
        "esac",
        "<<E",
        ">",
        "<",
        ">>f",
        "2>&1",
        "[ -f",
        "]",
        "[[",
        "]]",
        "*",
        "~",
        "x=1",
        "x=(1 2)",
        "${x:-y}",
        "${#x}",
        "$((1/0))",
        "f()",
        "\\",
        "!",
        "exit 3",
        "trap",
        "set -e",
        "local",
        "printf %s%d",
        "read y",
        "cd /",
        "\n",
        "é",
    ]);
    proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.join(" "))
}

fn dockerfile() -> impl Strategy<Value = String> {
    let line = select(vec![
        "FROM busybox",
        "FROM busybox AS a",
        "FROM a",
        "FROM scratch",
        "FROM nosuch",
        "FROM $X",
        "ARG X=busybox",
        "ARG",
        "RUN echo hi > /f",
        "RUN false",
        "RUN [\"true\"",
        "RUN",
        "COPY d /d",
        "COPY --from=a / /",
        "COPY nope /",
        "COPY ../.. /",
        "COPY <<E /x\nhi\nE",
        "ADD d .",
        "ENV A=1 B",
        "ENV",
        "WORKDIR /w/${X}",
        "USER 1:nope",
        "CMD [\"sh\"]",
        "CMD",
        "ENTRYPOINT x",
        "EXPOSE 80 99999/udp",
        "LABEL a=b c",
        "HEALTHCHECK NONE",
        "HEALTHCHECK --interval=x CMD y",
        "VOLUME /v",
        "SHELL [\"sh\"]",
        "SHELL x",
        "ONBUILD RUN x",
        "STOPSIGNAL 99",
        "# escape=`",
        "# syntax=x",
        "\\",
        "nope",
        "FROM --platform=$BUILDPLATFORM busybox",
        "RUN --mount=type=bind x",
    ]);
    proptest::collection::vec(line, 0..7).prop_map(|lines| lines.join("\n"))
}

/// Runs a line on the furnished session, and then asks whether the shell still answers.
fn survives(line: &str) -> Result<Played, TestCaseError> {
    let mut session = FURNISHED.with(Clone::clone);
    let played = session.run(line);
    if !session.has_ended() {
        prop_assert!(session.is_idle(), "{line:?} has not come to its end");
    }
    Ok(played)
}

/// So many cases, or as many as `PROPTEST_CASES` says; what fails is shown and not written to a file.
fn cases(usual: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    ProptestConfig { cases: given.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn any_docker_line_ends(line in docker_line()) {
        survives(&line)?;
    }

    /// What the shell still waits for (an open quote) is no complete command: only that it goes on counts.
    #[test]
    fn any_shell_text_is_survived(text in shell_text()) {
        FURNISHED.with(Clone::clone).run(&text);
    }

    #[test]
    fn any_dockerfile_ends(text in dockerfile()) {
        survives(&format!("cat > Dockerfile <<'END-OF-FILE'\n{text}\nEND-OF-FILE\ndocker build -t mine:v9 ."))?;
    }
}

proptest! {
    #![proptest_config(cases(48))]

    /// Bytes given as octal escapes, whole or in the place of some of a real archive's.
    #[test]
    fn any_bytes_for_an_archive_end(
        bytes in proptest::collection::vec(any::<u8>(), 0..700),
        at in 0_usize..3_000,
        reader in select(vec!["docker load", "docker import - mine:v8", "docker cp - c1:/", "tar -x -C d -f -"]),
        real in any::<bool>(),
    ) {
        let text: String = bytes.iter().map(|b| format!("\\{b:03o}")).collect();
        let archive = if real {
            let save = "docker save mine:v1 > real.tar";
            format!("{save}; (head -c {at} real.tar; printf '{text}'; tail -c +{} real.tar)", at + bytes.len() + 1)
        } else {
            format!("printf '{text}'")
        };
        let played = survives(&format!("{archive} | timeout 20 {reader}"))?;
        if !real && bytes.len() > 600 && reader == "docker load" {
            prop_assert_ne!(played.code, 0, "{}", played.stdout);
        }
    }
}
