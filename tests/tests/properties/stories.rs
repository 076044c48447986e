//! Isolation of containers, what is left when they are gone, and one story whose end can be read.

use crate::{cases, commands, stocked};
use drydock::engine::container;
use drydock_tests::invariants::nothing_is_left;
use proptest::prelude::*;
use proptest::sample::select;

/// What a container may do to its own files.
const WRITES: &[&str] = &[
    "echo hi > /f",
    "echo more >> /etc/passwd",
    "rm -rf /etc",
    "mkdir -p /a/b/c && echo x > /a/b/c/d",
    "mv /etc/group /etc/grup",
    "ln /etc/passwd /link",
    "ln -s /etc /sym",
    "chmod 700 /tmp; touch /tmp/t",
    "chown 1:1 /etc/passwd",
];

/// Removes everything that can be removed.
const CLEAN: &str = "docker rm -fv $(docker ps -aq) 2>/dev/null; docker network prune -f; docker volume prune -af; \
                     docker system prune -af; rm -f file there m.tar; sleep 3600";

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_write_in_one_container_is_not_seen_in_another(
        writes in proptest::collection::vec(select(WRITES), 1..4),
        later in select(vec!["stop -t 0 c1", "restart -t 0 c1", "rm -f c1", "commit c1 mine:v1", "pause c1"]),
    ) {
        let mut session = stocked();
        session.run("docker run -d --name c1 busybox sleep 9999; docker run -d --name c2 busybox sleep 9999");
        let files = |session: &drydock::session::Session, name| {
            let world = session.world();
            let id = container::find(world, name).ok()?;
            world.kernel.view(world.container(id)?.rootfs).cloned()
        };
        let (written, other) = (files(&session, "c1"), files(&session, "c2"));
        prop_assert!(other.is_some());
        for line in &writes {
            session.run(&format!("docker exec c1 sh -c '{line}'"));
        }
        prop_assert!(files(&session, "c1") != written, "nothing was written by {writes:?}");
        session.run(&format!("docker {later}"));
        prop_assert!(files(&session, "c2") == other, "c2 has changed by {writes:?}, {later}");
        let fresh = session.run("docker run --rm busybox ls -a / /etc").stdout;
        prop_assert_eq!(fresh, stocked().run("docker run --rm busybox ls -a / /etc").stdout);
    }

    #[test]
    fn when_all_is_removed_the_kernel_holds_nothing(lines in commands::lines(14)) {
        let mut session = stocked();
        session.run(CLEAN);
        let before = session.world().clone();
        session.run("docker pull -q busybox");
        lines.iter().for_each(|line| drop(session.run(line)));
        session.run(CLEAN);
        prop_assert_eq!(session.world().containers.len(), 0);
        prop_assert_eq!(nothing_is_left(&before, session.world()), Ok(()));
    }
}

#[test]
fn a_story_ends_as_it_reads() {
    let mut session = stocked();
    for line in [
        "docker network create n1",
        "docker run -d --name c1 --network n1 -p 8080:80 busybox sleep 1000",
        "docker run --name c2 busybox sh -c 'echo hi > /f; exit 3'",
        "docker commit c2 mine:v1",
        "docker pause c1",
        "docker volume create v1",
    ] {
        session.run(line);
    }
    let listing = "docker ps -a --format '{{.Names}}|{{.Image}}|{{.State}}|{{.Status}}|{{.Ports}}'; \
                   docker images --format '{{.Repository}}:{{.Tag}}' | sort; docker volume ls -q; \
                   docker network ls --format '{{.Name}} {{.Driver}}'; docker diff c2; sleep 2; \
                   docker events --since 2026-11-21T00:00:00 --until \"$(date +%s)\" --filter type=container \
                   --format '{{.Action}} {{.Actor.Attributes.name}}' 2>&1 | head -20";
    insta::assert_snapshot!(session.run(listing).stdout, @r"
    c2|busybox|exited|Exited (3) Less than a second ago|
    c1|busybox|paused|Up Less than a second (Paused)|0.0.0.0:8080->80/tcp, [::]:8080->80/tcp
    alpine:3.22
    busybox:latest
    mine:v1
    v1
    bridge bridge
    host host
    n1 bridge
    none null
    A /f
    create c1
    start c1
    create c2
    attach c2
    start c2
    die c2
    commit c2
    pause c1
    ");
}
