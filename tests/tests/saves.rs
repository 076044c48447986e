//! Save files of earlier versions load, and the world in them goes on. `tests/data/saves` holds one of each format,
//! written by the version that had it; a change that cannot read one of them needs a new format and a way from the old.

use drydock::session::{Session, VERSION};
use std::fs;
use std::path::Path;

fn run(session: &mut Session, line: &str) -> String {
    let played = session.run(line);
    assert_eq!(played.code, 0, "{line}: {}", played.stderr);
    played.stdout
}

#[test]
fn save_files_of_every_format_load_and_go_on() {
    for format in 1..=VERSION {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/saves/format-{format}.json"));
        let bytes = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut session = Session::load(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let states = "docker ps -a --format '{{.Names}} {{.State}} {{.Ports}}' | sort";
        let there = "done exited \npinger running \nweb running 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp\n";
        assert_eq!(run(&mut session, states), there);
        assert_eq!(run(&mut session, "docker inspect -f '{{.State.Health.Status}}' pinger"), "healthy\n");
        assert!(run(&mut session, "curl -s localhost:8080").contains("Welcome to nginx!"));
        assert_eq!(run(&mut session, "docker run --rm kept:1 cat /f"), "hi\n");
        let lines = "docker exec pinger sh -c 'wc -l < /data/log'";
        let (before, _) = (run(&mut session, lines), run(&mut session, "sleep 20"));
        let after = run(&mut session, lines);
        let count = |text: &str| text.trim().parse::<u32>().expect("a number");
        assert_eq!(count(&after), count(&before) + 4);
        run(&mut session, "docker rm -f web pinger done && docker system prune -af --volumes");
        assert_eq!(run(&mut session, "docker ps -aq; docker images -q; docker volume ls -q"), "data\n");
    }
}
