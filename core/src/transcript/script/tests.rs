//! What the splitter must know to be complete or not, and that it loses nothing.

use super::*;

const COMPLETE: &[&str] = &[
    "echo hi",
    "",
    "echo 'a\nb'",
    "echo \"a $(echo \")\") b\"",
    "if a; then b; fi",
    "if a\nthen b\nfi",
    "for i in 1 2; do echo $i; done",
    "for ((i=0;i<3;i++)); do echo $i; done",
    "while :; do break; done",
    "case $x in a|b) echo 1;; (c) echo 2;& *) echo 3;; esac",
    "case x in a) esac",
    "f() { echo; }",
    "f()\n{\necho\n}",
    "function g { echo; }",
    "a && b",
    "a &&\nb",
    "a |\nb",
    "a \\\nb",
    "cat <<E\nx\nE",
    "cat <<-'E' | wc\n$(\n\tE",
    "cat <<A <<\"B\"\n1\nA\n2\nB",
    "x=$(cat <<E\nit's (\nE\n)",
    "echo $((1+(2)))",
    "((i++))",
    "[[ a && ( b || c ) ]]",
    "a=(1 2\n3)",
    "echo if then",
    "echo ${x:-'}'}",
    "echo \"${x:-it's}\"",
    "# it's",
    "echo a # it's",
    "echo a#'b'",
    "echo `echo \\``",
    "echo $'it\\'s'",
    "cat <<< 'x'",
    "diff <(a) <(b)",
    "a; b",
    "a &",
    "( a; b )",
    "{ a; }",
    "if [ \"$a\" = b ]; then echo fi; fi > f",
    "echo {",
    "until a; do b; done | c",
    "fi",
    "done",
    ")",
    "echo é\\é",
    "for f in a/{b,c}; do :; done && { x; }",
    "docker ps --format '{{json .}}' | wc -l",
    "[ a ] && { b || c; }",
];

const INCOMPLETE: &[&str] = &[
    "[[ a ]]<<E",
    "echo 'a",
    "echo \"a",
    "echo \"$(",
    "if a; then b",
    "if a",
    "for i in 1 2; do",
    "while :",
    "case $x in",
    "case x in a) b;;",
    "case x in a) b",
    "f() {",
    "f()",
    "a &&",
    "a |",
    "a ||",
    "a \\",
    "cat <<E",
    "cat <<E\nE x",
    "cat <<A <<B\nA\n",
    "( a",
    "{ a",
    "x=$(cat <<E\nE",
    "echo $((1+",
    "[[ a",
    "a=(1",
    "echo ${x",
    "echo `a",
    "function g",
    "cat <<E\na\\\nE",
];

#[test]
fn complete_or_not() {
    for done in COMPLETE {
        assert!(is_complete(done), "{done}");
    }
    for open in INCOMPLETE {
        assert!(!is_complete(open), "{open}");
    }
}

#[test]
fn comments_belong_to_what_follows() {
    let script = "# one\n\necho 1\nfor i in 1; do\n  # inside\n  echo $i\ndone\n# two\necho 2\n# end\n";
    let found = split_script(script);
    assert_eq!(found.iter().map(|c| c.line).collect::<Vec<_>>(), [3, 4, 9]);
    assert_eq!(found[2].comments, ["# two"]);
    assert!(found[1].text.ends_with("done"));
}

proptest::proptest! {
    #[test]
    fn no_line_is_lost(script in "([a-z'\"$(){}<|&;#\\\\ é]{0,8}\n){0,6}") {
        let kept: usize = split_script(&script).iter().map(|c| c.text.lines().count()).sum();
        proptest::prop_assert!(kept <= script.lines().count());
        let _ = is_complete(&script);
    }
}
