//! Commands end to end, as recorded.

use super::testing::Host;

fn host() -> Host {
    let mut host = Host::new();
    host.docker("pull -q busybox");
    host.docker("run -d --name a1 busybox sleep 1000");
    host
}

#[test]
fn copies_in_both_directions() {
    let mut host = host();
    for (line, want) in [
        ("cp a1:/etc/passwd .", ""),
        ("cp passwd a1:/tmp/x", ""),
        ("cp a1:/etc/network dir", ""),
        ("cp dir a1:/srv", ""),
        ("cp dir a1:/srv", ""),
        (
            "diff a1",
            "A /srv\nA /srv/dir\nA /srv/dir/if-down.d\nA /srv/dir/if-post-down.d\nA /srv/dir/if-pre-up.d\nA \
             /srv/dir/if-up.d\nA /srv/if-down.d\nA /srv/if-post-down.d\nA /srv/if-pre-up.d\nA /srv/if-up.d\nC \
             /tmp\nA /tmp/x\n",
        ),
        ("cp passwd a1:/no/such/dir/", "! no such directory\n= 1\n"),
        ("cp passwd a1:", "! no such directory\n= 1\n"),
        (
            "cp passwd a1:/no/such/dir/file",
            "! Error response from daemon: Could not find the file /no/such/dir in container a1\n= 1\n",
        ),
        ("cp missing a1:/", "! lstat /home/learner/missing: no such file or directory\n= 1\n"),
        ("cp a1:/etc/passwd nodir/", "! no such directory\n= 1\n"),
        ("cp a1:/etc passwd", "! cannot copy directory\n= 1\n"),
        ("cp passwd/ a1:/tmp", "! not a directory\n= 1\n"),
        (
            "cp a1:/etc/passwd nodir/file",
            "! invalid output path: directory \"/home/learner/nodir\" does not exist\n= 1\n",
        ),
        ("cp - a1:/etc/passwd", "! destination \"a1:/etc/passwd\" must be a directory\n= 1\n"),
    ] {
        assert_eq!(host.docker(line), want, "{line}");
    }
}

#[test]
fn a_commit_has_no_trace_of_the_runtimes_own_layer() {
    let mut host = host();
    host.docker("commit a1 same:v1");
    let layers = host.docker("image inspect -f {{json_.RootFS.Layers}} same:v1 busybox");
    let (committed, original) = layers.split_once('\n').unwrap();
    assert_eq!(committed, original.trim_end());
    host.docker("cp a1:/etc/passwd .");
    host.docker("cp passwd a1:/new");
    host.docker("commit -m two -c CMD_env a1 more:v2");
    let format = "image inspect -f {{len_.RootFS.Layers}}_{{.Comment}}_{{json_.Config.Cmd}} more:v2";
    assert_eq!(host.docker(format), "2 two [\"/bin/sh\",\"-c\",\"env\"]\n");
    host.docker("run -d --name b2 more:v2 sleep 5");
    assert_eq!(host.docker("diff b2"), "");
}

#[test]
fn events_of_the_past() {
    let mut host = host();
    host.docker("stats --no-stream a1");
    let actions = "events --since 30s --until 0s --filter container=a1 --format {{.Type}}_{{.Action}}";
    assert_eq!(host.docker(actions), "container create\ncontainer start\n");
    let bad = "events --since 30s --until 0s --format {{.Nope}}";
    assert_eq!(
        host.docker(bad),
        "! Error parsing format: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope in type \
         *events.Message\n= 64\n"
    );
}

#[test]
fn what_is_used() {
    let mut host = host();
    assert_eq!(host.docker("stats --no-stream --format {{.Name}}_{{.CPUPerc}}_{{.PIDs}} a1"), "a1 0.00% 1\n");
    assert_eq!(
        host.docker("top a1 -o args"),
        "! Error response from daemon: Couldn't find PID field in ps output\n= 1\n"
    );
    assert_eq!(
        host.docker("system df --format {{.Type}}:_{{.TotalCount}}_{{.Active}}"),
        "Images: 1 1\nContainers: 1 1\nLocal Volumes: 0 0\nBuild Cache: 0 0\n"
    );
    assert_eq!(host.docker("ps -s --format {{.Names}}_{{.Size}}"), "a1 4.1kB (virtual 4.45MB)\n");
}

#[test]
fn contexts_are_files() {
    let mut host = Host::new();
    for (line, want) in [
        (
            "context create a1 --docker host=tcp://h:2376,skip-tls-verify=1 --description x_<y>",
            "a1\n! Successfully created context \"a1\"\n",
        ),
        ("context create b1 --from a1 --description two", "b1\n! Successfully created context \"b1\"\n"),
        (
            "context create c1 --from a1 --docker host=tcp://x",
            "! cannot use --docker flag when --from is set\n= 1\n",
        ),
        (
            "context create c1 --docker bogus=1",
            "! unable to create docker endpoint config: unrecognized config key: bogus\n= 1\n",
        ),
        (
            "context create c1 --docker host=tcp://a,ca=nofile",
            "! unable to create docker endpoint config: open nofile: no such file or directory\n= 1\n",
        ),
        ("context update b1 --docker host=tcp://b", "b1\n! Successfully updated context \"b1\"\n"),
        (
            "context inspect -f {{.Metadata.Description}}_{{.Endpoints.docker.Host}} a1 b1",
            "x <y> tcp://h:2376\ntwo tcp://b\n",
        ),
        ("context inspect -f {{.Endpoints.docker.SkipTLSVerify}} a1", "true\n"),
        ("context use a1", "a1\n! Current context is now \"a1\"\n"),
        ("ps", "! Cannot connect to the Docker daemon at tcp://h:2376. Is the docker daemon running?\n= 1\n"),
        ("--config /tmp/cfg context show", "default\n"),
        ("--config /tmp/cfg ps -q", ""),
        (
            "-H unix:///x.sock ps",
            "! failed to connect to the docker API at unix:///x.sock; check if the path is correct and if the daemon is \
             running: dial unix /x.sock: connect: no such file or directory\n= 1\n",
        ),
        (
            "context rm a1 default",
            "! context \"a1\" is in use, set -f flag to force remove\n! context \"default\" cannot be removed\n= 1\n",
        ),
        ("context rm -f a1", "a1\n"),
        ("context show", "default\n"),
    ] {
        assert_eq!(host.docker(line), want, "{line}");
    }
    assert_eq!(host.run(&["cat", ".docker/config.json"]), "{\n\t\"auths\": {}\n}");
    assert_eq!(host.run(&["ls", ".docker/contexts/meta"]).lines().count(), 1);
}

#[test]
fn formats_of_listings() {
    let mut host = host();
    for (line, want) in [
        ("ps --format {{.Platform}}", "linux/amd64\n"),
        ("ps -s --format {{.Platform.OS}}", "linux\n"),
        // Docker tries the format on a container without an id first.
        (
            "ps --format {{slice_.ID_0_3}}",
            "! failed to execute template: template: :1:2: executing \"\" at <slice .ID 0 3>: error calling slice: index out of \
             range: 3\n= 1\n",
        ),
        ("ps -s --format {{slice_.Names_0_1}}", "a\n"),
        (
            "ps -s --format {{.Nope}}",
            "! template parsing error: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope in type *formatter.ContainerContext\n= 1\n",
        ),
        (
            "ps -aq --format {{.Nope}} --filter name=none",
            "! WARNING: Ignoring custom format, because both --format and --quiet are set.\n! failed to execute template: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope in type *formatter.ContainerContext\n= 1\n",
        ),
        (
            "stats --no-stream --format {{.Nope}}",
            "! template parsing error: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope in type *container.statsContext\n= 1\n",
        ),
        (
            "search --limit 1 --format json nginx",
            "{\"Description\":\"The official image of nginx\",\"IsAutomated\":\"false\",\"IsOfficial\":\"true\",\"Name\":\"nginx\",\"StarCount\":\"0\"}\n",
        ),
        ("search --filter is-automated=true nginx", "NAME      DESCRIPTION   STARS     OFFICIAL\n"),
        ("buildx du --filter nope=1", "Reclaimable:\t0B\nTotal:\t\t0B\n"),
        (
            "buildx imagetools inspect --format {{.Name}}_{{.Image.OS}}_{{.Image.Architecture}}_{{len_.Manifest.Manifests}} busybox",
            "docker.io/library/busybox:latest linux amd64 0",
        ),
        (
            "buildx imagetools inspect --format {{.Nope}} busybox",
            "! ERROR: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope in type imagetools.tplInput\n= 1\n",
        ),
    ] {
        assert_eq!(host.docker(line), want, "{line}");
    }
    let setting = "mkdir -p .docker; echo '{\"psFormat\":\"P{{.Names}}\",\"imagesFormat\":\"I{{.Tag}}\"}' > .docker/config.json";
    host.run(&["sh", "-c", setting]);
    assert_eq!(host.docker("ps"), "Pa1\n");
    assert_eq!(host.docker("images"), "Ilatest\n");
    assert_eq!(host.docker("images -q").len(), 13);
}
