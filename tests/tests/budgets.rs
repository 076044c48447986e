//! What would take all of the computer meets a budget: an error in plain words, and the next command works.

use drydock::session::{ENDLESS, Played, Session};

/// A session with budgets, and a command of each kind that it should survive.
fn under(budgets: &str, command: &str) -> Played {
    let mut session = Session::script(7);
    session.world_mut().kernel.budgets.set(budgets).expect("budgets");
    let played = session.run(command);
    let after = session.run("cd /; rm -rf /tmp/*; echo still here");
    assert_eq!((after.stdout.as_str(), after.code), ("still here\n", 0), "{command}: {}", after.stderr);
    played
}

#[track_caller]
fn stopped(budgets: &str, command: &str, told: &str) {
    let played = under(budgets, command);
    assert_eq!(played.code, ENDLESS, "{command}: {}", played.stderr);
    assert!(played.stderr.ends_with(told), "{command}: {}", played.stderr);
}

#[track_caller]
fn refused(budgets: &str, command: &str, told: &str) {
    let played = under(budgets, command);
    assert!(played.stderr.contains(told), "{command}: {} {}", played.code, played.stderr);
}

#[test]
fn steps() {
    let told = "drydock: the command did more work than the budget of 2000000 (steps)\n";
    stopped("steps=2000000", "while :; do :; done", told);
    stopped("steps=2000000", "f() { g; }; g() { :; }; until f && false; do f; done", told);
    stopped("steps=2000000", "docker run --rm busybox sh -c 'while true; do true; done'", told);
    stopped("steps=2000000", "yes > /dev/null", told);
    stopped("steps=2000000", "cat /dev/zero > /dev/null", told);
}

#[test]
fn a_day_of_waiting() {
    stopped(
        "steps=2000000",
        "sleep 1000000",
        "drydock: the command was still waiting after a day of virtual time\n",
    );
}

#[test]
fn output() {
    let told = "drydock: the command printed more than the budget of 1048576 (output)\n";
    stopped("output=1m", "cat /dev/urandom", told);
    stopped("output=1m", "docker run --rm busybox cat /dev/zero", told);
}

#[test]
fn disk() {
    let told = "drydock: the files written hold more than the budget of 4194304 (disk)\n";
    refused("disk=4m", "cat /dev/urandom > /tmp/f", "cat: write error: No space left on device\n");
    refused("disk=4m", "cat /dev/urandom > /tmp/f", told);
    refused("disk=4m", "head -c 9000000 /dev/urandom | tee /tmp/f | wc -c", "No space left on device");
    refused("disk=4m", "docker run --name full busybox dd if=/dev/urandom of=/f bs=1M count=64", told);
}

#[test]
fn files() {
    let told = "drydock: there are more files written than the budget of 1000 (files)\n";
    refused("files=1000", "i=0; while touch /tmp/f$i; do i=$((i+1)); done", told);
    refused("files=1000", "cd /tmp; while mkdir d && cd d; do :; done", told);
}

#[test]
fn processes() {
    let told = "drydock: there are more processes than the budget of 60 (processes)\n";
    refused("processes=60,steps=400000", "f() { f | f & }; f; sleep 1; wait", told);
}

#[test]
fn nesting() {
    refused("steps=100000000", "f() { f; }; f", "maximum function nesting level exceeded");
    let deep = format!("{}echo x{}", "$(".repeat(400), ")".repeat(400));
    refused("steps=100000000", &format!("echo {deep}"), "bash: commands nest more than 60 levels deep");
    // However deep an expression is, it is answered or refused.
    let deep = format!("echo $(({}1{}))", "(".repeat(3000), ")".repeat(3000));
    refused("steps=100000000", &deep, "expression recursion level exceeded");
}

#[test]
fn a_layer_of_a_gibibyte_of_nothing_costs_nothing() {
    let played = under(
        "disk=64m",
        "docker run --name big busybox dd if=/dev/zero of=/f bs=1M count=1024 && docker commit big big:1 | wc -l",
    );
    assert_eq!((played.stdout.as_str(), played.code), ("1\n", 0), "{}", played.stderr);
}

#[test]
fn bombs() {
    let regex = "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | grep -E '(a*)*(a*)*b' || echo none";
    assert_eq!(under("steps=20000000", regex).stdout, "none\n");
    let template = "docker version --format '{{range split (printf \"%1000000d\" 1) \" \"}}{{printf \"%1000000d\" 1}}{{end}}'";
    refused("steps=20000000", template, "template: too much text: more than the simulation allows\n");
    refused(
        "steps=100000000",
        "head -c 2000000000 /dev/zero | gzip > /tmp/bomb.gz; docker load -i /tmp/bomb.gz",
        "gzip: standard input is more than 64 MiB at once, which Drydock does not hold\n",
    );
}

#[test]
fn a_command_longer_than_a_pipe_is_taken_whole() {
    let text = "0123456789abcdef\n".repeat(20_000);
    let played = under("output=1m", &format!("wc -c <<'END'\n{text}END\necho over"));
    assert_eq!(played.stdout, "340000\nover\n");
}
