//! What limits, capabilities and the services of images do, seen from the prompt of a script.

use drydock::session::Session;

/// Runs a line and compares what it prints and its exit code.
fn check(session: &mut Session, line: &str, stdout: &str, code: i32) {
    let ran = session.run(line);
    assert_eq!((ran.stdout.as_str(), ran.code), (stdout, code), "{line}\n{}", ran.stderr);
}

#[test]
fn what_takes_too_much_memory_is_killed_and_told_of() {
    let mut s = Session::script(7);
    check(&mut s, "docker run --name tail -m 64m alpine sh -c 'tail /dev/zero'", "", 137);
    check(&mut s, "docker inspect -f '{{.State.OOMKilled}}' tail", "true\n", 0);
    check(
        &mut s,
        "sleep 2; docker events --since 1h --until 1s -f container=tail -f event=oom --format '{{.Action}}'",
        "oom\n",
        0,
    );
    check(&mut s, "docker run --name child -m 64m alpine sh -c 'tail /dev/zero; echo $?'", "137\n", 0);
    check(&mut s, "docker run -m 64m alpine sh -c 'x=aaaa; while :; do x=$x$x; done'", "", 137);
    check(&mut s, "docker run -m 64m debian bash -c 'x=$(yes)'", "", 137);
    check(&mut s, "docker run -m 64m alpine dd if=/dev/zero of=/dev/null bs=1G count=1", "", 137);
    check(
        &mut s,
        "docker run -m 64m --shm-size 1g alpine dd if=/dev/zero of=/dev/shm/x bs=1M count=100",
        "",
        137,
    );
    // Without a limit nobody is killed: Drydock says what it does not hold.
    check(&mut s, "docker run alpine tail /dev/zero", "", 1);
}

#[test]
fn root_is_as_strong_as_its_capabilities() {
    let mut s = Session::script(7);
    let masks = "grep CapEff /proc/self/status";
    check(&mut s, &format!("docker run alpine {masks}"), "CapEff:\t00000000a80425fb\n", 0);
    check(&mut s, &format!("docker run --privileged alpine {masks}"), "CapEff:\t000001ffffffffff\n", 0);
    check(&mut s, &format!("docker run -u 1000 alpine {masks}"), "CapEff:\t0000000000000000\n", 0);
    check(
        &mut s,
        "docker run -v vv:/d alpine sh -c 'echo x > /d/f; chmod 600 /d/f; chown 1000:1000 /d/f /d'",
        "",
        0,
    );
    check(&mut s, "docker run -v vv:/d --cap-drop DAC_OVERRIDE alpine cat /d/f", "", 1);
    check(&mut s, "docker run -v vv:/d --cap-drop FOWNER alpine chmod 644 /d/f", "", 1);
    check(&mut s, "docker run --cap-drop SETGID alpine su nobody -s /bin/sh -c id", "", 1);
    check(
        &mut s,
        "docker run --ulimit fsize=1000 alpine sh -c 'yes > /x; echo $?; stat -c %s /x'",
        "153\n1000\n",
        0,
    );
}

#[test]
fn a_registry_answers_over_http_from_what_was_pushed() {
    let mut s = Session::script(7);
    s.run("docker run -d -p 5000:5000 --name reg registry:2; docker pull alpine");
    check(
        &mut s,
        "docker tag alpine localhost:5000/a/b:v1; docker push -q localhost:5000/a/b:v1",
        "localhost:5000/a/b:v1\n",
        0,
    );
    check(&mut s, "curl -s localhost:5000/v2/_catalog", "{\"repositories\":[\"a/b\"]}\n", 0);
    check(&mut s, "curl -s localhost:5000/v2/a/b/tags/list", "{\"name\":\"a/b\",\"tags\":[\"v1\"]}\n", 0);
    let head =
        "curl -sI -H 'Accept: application/vnd.oci.image.manifest.v1+json' localhost:5000/v2/a/b/manifests/v1";
    let digest = "docker image inspect -f '{{.Id}}' alpine";
    check(
        &mut s,
        &format!(
            "[ \"$({head} | grep -i docker-content-digest | tr -d '\\r' | cut -d' ' -f2)\" = \"$({digest})\" ]"
        ),
        "",
        0,
    );
    let refused = "{\"errors\":[{\"code\":\"UNSUPPORTED\",\"message\":\"The operation is unsupported.\"}]}\n";
    check(&mut s, &format!("curl -s -X DELETE localhost:5000/v2/a/b/manifests/$({digest})"), refused, 0);
}

#[test]
fn tables_live_and_die_with_the_volume() {
    let mut s = Session::script(7);
    s.run("docker run -d --name db -v data:/var/lib/mysql -e MYSQL_ROOT_PASSWORD=s -e MYSQL_DATABASE=app mysql:8; sleep 10");
    let sql =
        |container: &str, text: &str| format!("docker exec {container} mysql -uroot -ps app -e \"{text}\"");
    let make = "CREATE TABLE u (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(9)); INSERT INTO u (name) VALUES ('a'), ('b')";
    check(&mut s, &sql("db", make), "", 0);
    s.run("docker rm -f db; docker run -d --name db2 -v data:/var/lib/mysql -e MYSQL_ROOT_PASSWORD=other mysql:8; sleep 10");
    check(&mut s, &sql("db2", "SELECT * FROM u ORDER BY id DESC LIMIT 1"), "id\tname\n2\tb\n", 0);
    check(&mut s, &sql("db2", "SELECT COUNT(*) FROM u WHERE name = 'A'"), "COUNT(*)\n1\n", 0);
    check(&mut s, &sql("db2", "SELECT * FROM nope"), "", 1);
    s.run("docker run -d --name pg -e POSTGRES_PASSWORD=s postgres:16; sleep 3");
    let sql = |text: &str| format!("docker exec pg psql -U postgres -c \"{text}\"");
    check(&mut s, &sql("CREATE TABLE t (id SERIAL PRIMARY KEY, name TEXT NOT NULL)"), "CREATE TABLE\n", 0);
    check(&mut s, &sql("INSERT INTO t (name) VALUES ('a'), ('b')"), "INSERT 0 2\n", 0);
    check(
        &mut s,
        &sql("SELECT * FROM t x WHERE id > 1"),
        " id | name \n----+------\n  2 | b\n(1 row)\n\n",
        0,
    );
    check(&mut s, &sql("INSERT INTO t VALUES (1, 'c')"), "", 1);
    check(&mut s, &sql("SELECT * FROM t JOIN u ON true"), "", 1);
}

#[test]
fn a_dump_makes_the_database_again() {
    let mut s = Session::script(7);
    s.run("docker run -d --name pg -e POSTGRES_PASSWORD=s postgres:16; docker run -d --name my -e MYSQL_ROOT_PASSWORD=s -e MYSQL_DATABASE=app mysql:8; sleep 10");
    let psql = "docker exec -i pg psql -U postgres -q";
    let make = "CREATE TABLE t (id SERIAL PRIMARY KEY, name VARCHAR(9) NOT NULL, ok BOOLEAN DEFAULT true); INSERT INTO t (name) VALUES ('it''s'), ('b\\c')";
    s.run(&format!("docker exec pg createdb -U postgres shop; echo \"{make}\" | {psql} shop"));
    s.run(&format!("docker exec pg pg_dump -U postgres shop > dump.sql; docker exec pg createdb -U postgres copy; {psql} copy < dump.sql"));
    check(&mut s, "head -2 dump.sql | tail -1", "-- PostgreSQL database dump\n", 0);
    s.run(&format!("echo \"INSERT INTO t (name) VALUES ('c')\" | {psql} copy"));
    check(&mut s, &format!("echo 'SELECT * FROM t' | {psql} -At copy"), "1|it's|t\n2|b\\c|t\n3|c|t\n", 0);
    check(&mut s, "docker exec pg pg_dump -U postgres nope", "", 1);
    check(&mut s, "docker exec pg pg_dump -U postgres -Fc shop", "", 1);
    let mysql = "docker exec -i -e MYSQL_PWD=s my mysql -uroot";
    let make = "CREATE TABLE u (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(9)); INSERT INTO u (name) VALUES ('a'), (NULL)";
    s.run(&format!("echo \"{make}\" | {mysql} app; echo 'CREATE DATABASE copy' | {mysql}"));
    s.run(&format!("docker exec -e MYSQL_PWD=s my mysqldump -uroot --single-transaction app > dump.sql; {mysql} copy < dump.sql"));
    s.run(&format!("echo \"INSERT INTO u (name) VALUES ('c')\" | {mysql} copy"));
    check(&mut s, &format!("echo 'SELECT * FROM u' | {mysql} -N copy"), "1\ta\n2\tNULL\n3\tc\n", 0);
}

#[test]
fn nobody_answers_where_no_registry_runs() {
    let mut s = Session::script(7);
    s.run("docker pull busybox; docker tag busybox localhost:5000/x");
    let pushed = s.run("docker push localhost:5000/x");
    assert_eq!(pushed.code, 1);
    assert!(
        pushed.stderr.contains("dial tcp 127.0.0.1:5000: connect: connection refused"),
        "{}",
        pushed.stderr
    );
    let pulled = s.run("docker pull localhost:5000/y");
    assert_eq!(pulled.code, 1);
    assert!(pulled.stderr.contains("connect: connection refused"), "{}", pulled.stderr);
}

#[test]
fn a_database_serves_as_its_own_user_and_needs_the_right_to_become_it() {
    let mut s = Session::script(7);
    s.run("docker run -d --name db -e POSTGRES_PASSWORD=x postgres:17; sleep 5");
    check(&mut s, "docker exec db stat -c %U /var/lib/postgresql/data", "postgres\n", 0);
    check(&mut s, "docker exec db grep Uid /proc/1/status", "Uid:\t999\t999\t999\t999\n", 0);
    check(&mut s, "docker exec db psql -U postgres -tAc 'select 1'", "1\n", 0);
    let refused = s.run("docker run --cap-drop ALL -e POSTGRES_PASSWORD=x postgres:17");
    let said = "chmod: changing permissions of '/var/lib/postgresql/data': Operation not permitted\n\
                chmod: changing permissions of '/var/run/postgresql': Operation not permitted\n\
                error: failed switching to \"postgres\": operation not permitted\n";
    assert_eq!((refused.stdout.as_str(), refused.stderr.as_str(), refused.code), ("", said, 1));
}

#[test]
fn packages_that_nothing_needs_any_more_can_be_swept() {
    let mut s = Session::script(7);
    s.run("docker run -d --name box debian sleep 1000; docker exec box sh -c 'apt-get update && apt-get install -y curl'");
    let left = s.run("docker exec box apt-get remove -y curl").stdout;
    assert!(left.contains("automatically installed and are no longer required:\n"), "{left}");
    let swept = s.run("docker exec box apt-get autoremove -y").stdout;
    assert!(swept.contains("Removing libcurl4t64 ("), "{swept}");
    let none = s.run("docker exec box apt-get -t nowhere install -y curl");
    assert!(
        none.stderr.contains("E: The value 'nowhere' is invalid for APT::Default-Release"),
        "{}",
        none.stderr
    );
    assert_eq!(none.code, 100);
}

#[test]
fn what_the_daemon_does_takes_time_in_a_script() {
    let mut s = Session::script(7);
    s.run("docker pull alpine; docker run -d --name one alpine sleep 60; docker run -d --name two alpine sleep 60");
    let times = s.run("sleep 2; docker events --since 1h --until 1s --format '{{.TimeNano}}'").stdout;
    let times: Vec<u64> = times.lines().filter_map(|line| line.parse().ok()).collect();
    assert!(times.len() > 6 && times.is_sorted(), "{times:?}");
    assert!(times[times.len() - 1] - times[0] > 400_000_000, "{times:?}");
    let span = s.run("docker inspect -f '{{.Created}} {{.State.StartedAt}}' one").stdout;
    let (created, started) = span.trim().split_once(' ').unwrap();
    assert!(created < started, "{span}");
    check(
        &mut s,
        "docker stop -t 3 one two > /dev/null; docker ps -a --format '{{.Names}} {{.Status}}'",
        "two Exited (137) Less than a second ago\none Exited (137) Less than a second ago\n",
        0,
    );
}

#[test]
fn package_managers_do_what_their_options_say() {
    let mut s = Session::script(7);
    s.run("docker run -d --name py python:3.12-slim sleep 9999; docker run -d --name al alpine sleep 9999");
    s.run("docker exec py pip install -q requests==2.31.0");
    let kept = s.run("docker exec py pip install requests").stdout;
    assert!(kept.contains("Requirement already satisfied: requests"), "{kept}");
    let again = s.run("docker exec py pip install --force-reinstall --no-deps requests==2.31.0").stdout;
    assert!(again.contains("Uninstalling requests-2.31.0:\n"), "{again}");
    assert!(again.ends_with("Successfully installed requests-2.31.0\n"), "{again}");
    s.run("docker exec py pip install -q -U requests");
    let versions = s.run("docker exec py pip list").stdout;
    assert_eq!(versions.matches("requests").count(), 1, "{versions}");
    assert!(!versions.contains("2.31.0"), "{versions}");
    let index = s.run("docker exec py pip install -i https://pypi.example.com/simple requests");
    assert!(
        index.stderr.contains("https://pypi.example.com/simple is not simulated by Drydock"),
        "{}",
        index.stderr
    );
    assert_eq!(index.code, 1);
    let branch = "https://dl-cdn.alpinelinux.org/alpine/edge/testing";
    let added = s.run(&format!("docker exec al apk add --no-cache -X {branch} curl")).stdout;
    assert!(added.starts_with(&format!("fetch {branch}/x86_64/APKINDEX.tar.gz\n")), "{added}");
    let lost = s.run("docker exec al apk add --no-cache -X http://mirror.example.net/x jq");
    assert!(lost.stderr.starts_with("WARNING: fetching http://mirror.example.net/x: "), "{}", lost.stderr);
    assert_eq!(lost.code, 0, "{}", lost.stderr);
}

#[test]
fn a_package_comes_in_a_version_that_there_is() {
    let mut s = Session::script(7);
    let refused = |s: &mut Session, line: &str, text: &str, code: i32| {
        let ran = s.run(line);
        assert!(
            ran.stderr.contains(text) && ran.code == code,
            "{line}\n{}{}{}",
            ran.stdout,
            ran.stderr,
            ran.code
        );
    };
    s.run("docker run -d --name deb debian:12 sleep 1000; docker exec deb apt-get update");
    let install = "docker exec deb apt-get install -y";
    refused(&mut s, &format!("{install} git=9"), "E: Version '9' for 'git' was not found\n", 100);
    refused(&mut s, &format!("{install} nope=9"), "E: Unable to locate package nope\n", 100);
    check(
        &mut s,
        &format!("{install} -qq 'jq=1.6*' >/dev/null; docker exec deb dpkg-query -W jq"),
        "jq\t1.6-2.1\n",
        0,
    );
    s.run("docker run -d --name alp alpine sleep 1000");
    for asked in ["curl=1", "curl>99", "curl~1"] {
        let text =
            format!("ERROR: unable to select packages:\n  curl-8.14.1-r2:\n    breaks: world[{asked}]\n");
        refused(&mut s, &format!("docker exec alp apk add '{asked}'"), &text, 1);
    }
    check(
        &mut s,
        "docker exec alp apk add -q 'curl>=8' 'jq~1'; docker exec alp apk info -e curl",
        "curl\n",
        0,
    );
    s.run("docker run -d --name py python:3.12-slim sleep 1000; docker run -d --name js -w /app node:20 sleep 1000");
    let pip = "docker exec py pip install --root-user-action ignore";
    let none = "ERROR: Could not find a version that satisfies the requirement flask==99 (from versions: 3.0.3)\nERROR: No matching distribution found for flask==99\n";
    refused(&mut s, &format!("{pip} flask==99"), none, 1);
    refused(&mut s, &format!("{pip} 'click<1'"), "No matching distribution found for click<1\n", 1);
    s.run(&format!("{pip} -q flask==2.3.2 'django>=4,<5' 'redis~=5.0' 'idna!=3.7,==3.*'"));
    let shown = "docker exec py pip freeze | grep -iE '^(flask|django|redis|idna|pip)=='";
    check(&mut s, shown, "django==4\nflask==2.3.2\nidna==3.0\nredis==5.0.7\n", 0);
    refused(
        &mut s,
        "docker exec js npm install express@99",
        "npm error code ETARGET\nnpm error notarget No matching version found for express@99.\n",
        1,
    );
    s.run("docker exec js npm init -y; docker exec js npm install express@^4.18.0 cors@1 chalk");
    check(
        &mut s,
        "docker exec js npm ls",
        "app@1.0.0 /app\n+-- chalk@5.3.0\n+-- cors@1.0.0\n`-- express@4.19.2\n\n",
        0,
    );
    s.run("docker exec js npm uninstall express; docker exec js rm -r node_modules/cors");
    refused(&mut s, "docker exec js npm ls", "npm error missing: cors@1, required by app@1.0.0\n", 1);
    refused(&mut s, "docker exec js npm view express", "npm error npm view is not simulated by Drydock\n", 1);
}

#[test]
fn the_base_system_is_made_of_packages() {
    let mut s = Session::script(7);
    let query = "docker run --rm debian:12 dpkg-query -W";
    check(&mut s, &format!("{query} bash libc6"), "bash\t5.2.15-2+b13\nlibc6:amd64\t2.36-9+deb12u13\n", 0);
    check(
        &mut s,
        &format!("{query} -f '${{Package}} ${{Status}}\\n' 'ncurses*'"),
        "ncurses-base install ok installed\nncurses-bin install ok installed\n",
        0,
    );
    check(&mut s, "docker run --rm debian:12 dpkg -l | grep -c ^ii", "88\n", 0);
    check(&mut s, "docker run --rm ubuntu:24.04 grep -c '^Package: ' /var/lib/dpkg/status", "92\n", 0);
    check(
        &mut s,
        "docker run --rm debian:12 dpkg -S /bin/bash /usr/bin/sort",
        "bash: /bin/bash\ncoreutils: /usr/bin/sort\n",
        0,
    );
    check(&mut s, "docker run --rm debian:12 dpkg -L grep | tail -1", "/usr/bin/grep\n", 0);
    check(
        &mut s,
        "docker run --rm debian:12 apt list --installed 2>/dev/null | grep ^bash/",
        "bash/bookworm 5.2.15-2+b13 amd64 [installed]\n",
        0,
    );
    s.run("docker run -d --name old ubuntu:20.04 sleep 1000; docker exec old sh -c 'apt-get update -qq; apt-get install -yqq curl perl'");
    check(&mut s, "docker exec old curl --version | head -1 | cut -c -11", "curl 7.68.0\n", 0);
    check(
        &mut s,
        "docker exec old sh -c \"dpkg -l | grep perl-modules | cut -c 5-21\"",
        "perl-modules-5.30\n",
        0,
    );
    check(
        &mut s,
        "docker exec old apt-mark showmanual | grep -E '^(curl|perl|libcurl4)$'",
        "curl\nperl\n",
        0,
    );
    check(&mut s, "docker exec old apt-get purge -y bash >/dev/null", "", 100);
}

#[test]
fn programs_tell_what_is_there() {
    let mut s = Session::script(7);
    check(&mut s, "docker run --rm -u 1000 busybox id", "uid=1000 gid=0(root) groups=0(root)\n", 0);
    let named = "docker run --rm -h h1 --domainname ex.org debian sh -c 'hostname -f; hostname -d; hostname'";
    check(&mut s, named, "h1.ex.org\nex.org\nh1\n", 0);
    check(&mut s, "ping -c1 -q localhost | head -1", "PING localhost (127.0.0.1) 56(84) bytes of data.\n", 0);
    let held = "docker run --rm alpine sh -c 'nc -lk -p 99 & sleep 1; netstat -tlnp | tail -1'";
    let line = "tcp        0      0 0.0.0.0:99              0.0.0.0:*               LISTEN      ";
    check(&mut s, &format!("{held} | cut -c -{}", line.len()), &format!("{line}\n"), 0);
    check(&mut s, &format!("{held} | grep -c '[0-9]/nc'"), "1\n", 0);
    let dd = "docker run --rm --tmpfs /t:size=1m debian dd if=/dev/zero of=/t/x bs=512k count=4";
    let full = "dd: error writing '/t/x': No space left on device\n3+0 records in\n2+0 records out\n1048576 bytes (1.0 MB, 1.0 MiB) copied, ";
    let ran = s.run(dd);
    assert!(ran.stderr.contains(full) && ran.code == 1, "{}", ran.stderr);
    s.run("docker run -d --name web -p 81:80 nginx; docker run -d --name ws -p 82:8000 python:3.12-slim python -m http.server 8000; sleep 1");
    let log = s.run("curl -s localhost:82 >/dev/null; docker logs ws").stderr;
    assert!(log.contains("\"GET / HTTP/1.1\" 200 -\n"), "{log}");
    let page = s.run("curl -si -X DELETE localhost:81/").stdout;
    for part in ["HTTP/1.1 405 Not Allowed\r\n", "<title>405 Not Allowed</title>", "<h1>405 Not Allowed</h1>"]
    {
        assert!(page.contains(part), "{page}");
    }
    check(
        &mut s,
        "mkdir d; touch d/b.x d/a10 d/a9; ls -v d; ls -m d; ls -Q d/a9; vdir d | wc -l",
        "a9\na10\nb.x\na10, a9, b.x\n\"d/a9\"\n4\n",
        0,
    );
    check(&mut s, "ls -z", "", 2);
    check(&mut s, "getconf PAGESIZE; locale -a | head -1; who; hostid", "4096\nC\n007f0101\n", 0);
}
