//! Command lines, sensible and senseless, over a small set of names.

use proptest::prelude::*;
use proptest::sample::select;

const CONTAINERS: &[&str] = &["c1", "c1", "c1", "c1", "c1", "c2", "c2", "c2", "c3", "c4", "nobody", "-x"];
const IMAGES: &[&str] = &["busybox", "busybox", "alpine:3.22", "mine:v1", "mine:v2", "missing:none"];
const VOLUMES: &[&str] = &["v1", "v2", "v/1"];
const NETWORKS: &[&str] = &["n1", "n2", "bridge", "none", "nowhere"];
const MAINS: &[&str] =
    &["sleep 1000", "sleep 1000", "sleep 1000", "sleep 1", "true", "sh -c 'exit 3'", "nosuch", "sh"];
const OPTIONS: &[&str] = &[
    "",
    "",
    "",
    "-v v1:/data",
    "-v /anon",
    "--network n1",
    "--network none",
    "--network host",
    "--network container:c1",
    "-p 8080:80",
    "-p 80",
    "-P --expose 81",
    "--restart always",
    "--restart on-failure:2",
    "--rm",
    "--init",
    "-t",
    "-e A=1",
    "--read-only",
    "--tmpfs /t",
    "--memory 16m",
    "--bogus",
];

/// Templates: `%c` is a container, `%i` an image, `%v` a volume, `%n` a network, `%m` a main program, `%o`
/// an option of `run`.
const LINES: &[&str] = &[
    "docker run -d --name %c %o %i %m",
    "docker run -d --name %c %o %i %m",
    "docker run -d --name %c %o %o %i %m",
    "docker run --rm %o %i echo hello",
    "docker create --name %c %o %i %m",
    "docker start %c",
    "docker start %c %c",
    "docker stop -t 0 %c",
    "docker stop -t 1 %c",
    "docker restart -t 0 %c",
    "docker kill %c",
    "docker kill -s TERM %c",
    "docker kill -s NOPE %c",
    "docker pause %c",
    "docker unpause %c",
    "docker rm %c",
    "docker rm -f %c",
    "docker rm -fv %c %c",
    "docker rename %c %c",
    "docker rename c1 c3",
    "docker volume create v2; docker volume rm v2",
    "docker exec %c sh -c 'echo hi >> /f; mkdir -p /d; rm -rf /etc/motd'",
    "docker exec %c sh -c 'echo x > /data/x; cat /data/x'",
    "docker exec -d %c sleep 5",
    "docker commit %c mine:v1",
    "docker commit -p=false %c mine:v2",
    "docker tag %i mine:v2",
    "docker rmi %i",
    "docker rmi -f %i",
    "docker volume create %v",
    "docker volume rm %v",
    "docker volume prune -af",
    "docker network create %n",
    "docker network rm %n",
    "docker network connect %n %c",
    "docker network disconnect %n %c",
    "docker network disconnect -f %n %c",
    "docker network prune -f",
    "docker container prune -f",
    "docker image prune -f",
    "docker image prune -af",
    "docker system prune -f",
    "echo something > file; docker cp file %c:/copied",
    "docker cp %c:/f there",
    "docker update --restart no %c",
    "docker update --memory 32m %c",
    "timeout 3 docker wait %c",
    "docker diff %c",
    "docker logs %c",
    "docker ps -a",
    "docker inspect %c %i %n %v",
    "echo x > file",
    "sleep 2",
    "docker export %c | docker import - mine:v1",
    "docker save mine:v1 -o m.tar; docker load -i m.tar",
    "docker bogus",
];

/// One command line.
pub fn line() -> impl Strategy<Value = String> {
    let words = (
        proptest::collection::vec(select(CONTAINERS), 2),
        select(IMAGES),
        select(VOLUMES),
        select(NETWORKS),
        select(MAINS),
        proptest::collection::vec(select(OPTIONS), 2),
    );
    (select(LINES), words).prop_map(|(template, (containers, image, volume, network, main, options))| {
        let mut line = template.to_string();
        for container in containers {
            line = line.replacen("%c", container, 1);
        }
        for option in options {
            line = line.replacen("%o", option, 1);
        }
        let filled = line.replace("%i", image).replace("%v", volume).replace("%n", network);
        filled.replace("%m", main).replace("  ", " ")
    })
}

/// A few command lines.
pub fn lines(most: usize) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(line(), 1..=most)
}
