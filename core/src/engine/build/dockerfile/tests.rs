//! Dockerfiles as they were recorded, and the corners of the grammar.

use super::*;

fn problem(text: &str) -> String {
    parse(text).expect_err(text).message
}

#[test]
fn failures_have_buildkits_words() {
    for (text, expected) in [
        ("", "the Dockerfile cannot be empty"),
        ("# only\n", "file with no instructions"),
        ("RUN echo\n", "no build stage in current context"),
        (
            "FROM a\nRUNN x\n",
            "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)",
        ),
        ("FROM a b\n", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
        ("FROM a\nENV A\n", "ENV must have two arguments"),
        (
            "FROM a\nENV X=${Y:?must be set}\n",
            "Syntax error - can't find = in \"be\". Must be of the form: name=value",
        ),
        ("FROM a\nCOPY --bogus x /\n", "dockerfile parse error on line 2: unknown flag: --bogus"),
        ("FROM a\nRUN <<EOF\nx\n", "unterminated heredoc"),
        (
            "FROM a\nHEALTHCHECK --retries=x CMD true\n",
            "dockerfile parse error on line 2: strconv.ParseInt: parsing \"x\": invalid syntax",
        ),
        (
            "FROM a\nONBUILD FROM x\n",
            "dockerfile parse error on line 2: FROM isn't allowed as an ONBUILD trigger",
        ),
    ] {
        assert_eq!(problem(text), expected);
    }
}

#[test]
fn the_excerpt_marks_the_lines() {
    let text = "FROM busybox\nRUN echo before\nRUN exit 3\nRUN echo never\n";
    let shown = excerpt("Dockerfile", text, Range::line(3));
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "Dockerfile:3");
    assert_eq!(lines[2], "   1 |     FROM busybox");
    assert_eq!(lines[4], "   3 | >>> RUN exit 3");
    assert_eq!(lines[6], "   5 |     ");
    assert_eq!(excerpt("x", text, Range { start: 9, end: 9 }), "");
}

#[test]
fn lines_continue_over_comments_and_heredocs_end() {
    let file = parse(
        "# escape=`\nFROM a\nRUN one `\n  # no\n\n  && two `\nCOPY <<A <<-\"B\" /d/\n1\nA\n\t2$X\n\tB\nCMD x",
    )
    .unwrap();
    let steps = &file.stages[0].steps;
    assert_eq!(steps[0].text, "RUN one   && two COPY <<A <<-\"B\" /d/");
    let file = parse("FROM a\nCOPY <<A <<-\"B\" /d/\n1\nA\n\t2$X\n\tB\nCMD x").unwrap();
    let Instruction::Copy(copy) = &file.stages[0].steps[0].instruction else { panic!() };
    let [Source::Inline(a), Source::Inline(b)] = copy.sources.as_slice() else { panic!("{copy:?}") };
    assert_eq!((a.content.as_str(), a.expand), ("1\n", true));
    assert_eq!((b.content.as_str(), b.expand, b.name.as_str()), ("2$X\n", false, "B"));
    assert_eq!(file.stages[0].steps[0].range, Range { start: 2, end: 6 });
}

#[test]
fn words_expand_as_in_a_shell() {
    let env = |name: &str| match name {
        "V" => Some("1.2.3".to_owned()),
        "E" => Some(String::new()),
        _ => None,
    };
    let lexer = Lexer::new('\\');
    for (text, expected) in [
        ("v${V:-none}-${N:-un set}-${V:+set}", "v1.2.3-un set-set"),
        ("${E-d}|${E:-d}|${N-d}", "|d|d"),
        ("\\$V '$V' \"$V\"", "$V $V 1.2.3"),
        ("${V%.*} ${V%%.*} ${V#*.} ${V##*.}", "1.2 1 2.3 3"),
        ("${V/./-} ${V//./-}", "1-2.3 1-2-3"),
        ("$ $((1+1)) $N.", "$ $((1+1)) ."),
    ] {
        assert_eq!(lexer.word(text, &env).as_deref(), Ok(expected), "{text}");
    }
    let raw = Lexer { raw_quotes: true, keep_unset: true, ..lexer };
    assert_eq!(raw.word("echo \"$V $N\" '$V'", &env).as_deref(), Ok("echo \"1.2.3 $N\" '$V'"));
    assert!(lexer.word("${V", &env).is_err() && lexer.word("${N:?no}", &env).is_err());
    assert_eq!(lexer.words("a \"b c\" $N ''", &env).unwrap(), ["a", "b c", ""]);
    assert!(lexer.word(&"${a:-".repeat(1000), &env).is_err());
}

#[test]
fn checks_see_the_recorded_findings() {
    let texts = |text: &str| parse(text).unwrap().warnings.iter().map(Warning::text).collect::<Vec<_>>();
    assert_eq!(
        texts("from busybox as base\nFROM base\nENV A=1\n"),
        [
            "ConsistentInstructionCasing: Command 'from' should match the case of the command majority (uppercase) (line 1)"
        ]
    );
    assert_eq!(
        texts("FROM a AS a\nFROM a AS a\n"),
        ["DuplicateStageName: Duplicate stage name \"a\", stage names should be unique (line 2)"]
    );
    assert_eq!(
        texts("FROM busybox\nRUN echo one \\\n\n  && echo two\n"),
        ["NoEmptyContinuation: Empty continuation line (line 4)"]
    );
    assert!(looks_secret("PASSWORD") && looks_secret("MY_token") && !looks_secret("PUBLIC_KEY"));
}
