//! What the engine and its client say where no recording asks: a line on a host with busybox, and what it prints.

use drydock::session::Session;

const CASES: &[(&str, &str)] = &[
    // Networks: names, addresses, what the host sees.
    (
        "docker network create n1 > x; docker run -d --name aa --network n1 busybox sleep 100 > x; \
         docker run --rm --network n1 busybox ping -c1 aa.n1 | head -1",
        "PING aa.n1 (172.18.0.2): 56 data bytes\n",
    ),
    (
        "docker network create n1 > x; docker run -d --name aa --network n1 --network-alias db busybox sleep 100 > x; \
         docker run --rm --network n1 busybox sh -c 'nslookup db.n1 | grep Address | tail -1; nslookup 172.18.0.2 | grep name'",
        "Address: 172.18.0.2\n2.0.18.172.in-addr.arpa\tname = aa.n1\n",
    ),
    ("docker run --rm -h foo.bar.com busybox tail -n 1 /etc/hosts", "172.17.0.2\tfoo.bar.com foo\n"),
    (
        "docker network create -o com.docker.network.driver.mtu=1400 n1 > x; \
         docker run --rm --network n1 busybox ip link show eth0 | grep -o 'mtu [0-9]*'",
        "mtu 1400\n",
    ),
    (
        "docker network create -o com.docker.network.driver.mtu=abc n1",
        "Error response from daemon: failed to parse com.docker.network.driver.mtu value: abc (strconv.Atoi: parsing \
         \"abc\": invalid syntax)\n",
    ),
    (
        "ip addr show docker0 | head -1; docker run -d busybox sleep 100 > x; ip addr show docker0 | grep -o 'state.*\\|inet.* brd'",
        "2: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN group default qlen 1000\n\
         state UP group default qlen 1000\ninet 172.17.0.1/16 brd\n",
    ),
    (
        "docker network create n1 > x; docker run --rm --network n1 --ip6 2001:db8::5 busybox true 2>&1 | head -2",
        "docker: Error response from daemon: invalid config for network n1: invalid endpoint settings:\n\
         user specified IP address is supported only when connecting to networks with user configured subnets\n",
    ),
    (
        "docker run -d -p 8090:80 -p 127.0.0.1:91:91 -p 53:53/udp busybox sleep 100 > x; netstat -tuln | tail -n +3 | tr -s ' '; \
         ss -Htln | tr -s ' '",
        "tcp 0 0 127.0.0.1:91 0.0.0.0:* LISTEN \ntcp 0 0 0.0.0.0:8090 0.0.0.0:* LISTEN \ntcp6 0 0 :::8090 :::* LISTEN \n\
         udp 0 0 0.0.0.0:53 0.0.0.0:* \nudp6 0 0 :::53 :::* \nLISTEN 0 4096 127.0.0.1:91 0.0.0.0:* \n\
         LISTEN 0 4096 0.0.0.0:8090 0.0.0.0:* \nLISTEN 0 4096 [::]:8090 [::]:* \n",
    ),
    // Namespaces that are shared.
    (
        "docker run --rm --uts host -h x busybox hostname 2>&1 | head -1",
        "docker: Error response from daemon: conflicting options: hostname and the UTS mode\n",
    ),
    (
        "docker run -d --name base busybox sleep 100 > x; \
         docker run --rm --network container:base --expose 80 busybox true 2>&1 | head -1",
        "docker: Error response from daemon: conflicting options: port exposing and the container type network mode\n",
    ),
    (
        "docker run -d --name base busybox sleep 100 > x; docker run --rm --network container:base nginx nginx -v 2>&1 | tail -1 | cut -c1-20",
        "nginx version: nginx\n",
    ),
    (
        "docker run --rm --ipc container:nosuch busybox true 2>&1 | head -1",
        "docker: Error response from daemon: No such container: nosuch\n",
    ),
    (
        "docker run -d --name base busybox sleep 100 > x; docker run --rm --ipc container:base busybox true 2>&1 | head -1 \
         | sed 's/[0-9a-f]\\{64\\}/ID/'",
        "docker: Error response from daemon: container ID: non-shareable IPC (hint: use IpcMode:shareable for the donor \
         container)\n",
    ),
    (
        "docker run -d --name base --ipc shareable busybox sleep 100 > x; docker run --rm --ipc container:base busybox echo in",
        "in\n",
    ),
    // Logs, signals, health.
    (
        "docker run --name ml --log-opt max-size=1k --log-opt max-file=2 busybox seq 1000 > x; docker logs ml | wc -l; docker logs ml | tail -1",
        "28\n1000\n",
    ),
    (
        "docker run -d --name one busybox sleep 100 > x; docker kill -s 65 one; docker kill -s NOPE one",
        "Error response from daemon: cannot kill container: one: the linux daemon does not support signal 65\n\
         Error response from daemon: cannot kill container: one: invalid signal: NOPE\n",
    ),
    ("docker create --name one busybox > x; docker stop -s NOPE one", "one\n"),
    (
        "docker run -d --name one --health-cmd 'echo out; echo err >&2; sleep 9' --health-timeout 2s --health-interval 5s \
         busybox sleep 100 > x; sleep 8; docker inspect -f '{{(index .State.Health.Log 0).Output}}' one",
        "Health check exceeded timeout (2s): out\nerr\n\n",
    ),
    // Links, volumes, paths.
    (
        "docker run -d --name base busybox sleep 100 > x; docker create --link base:zz --name lk busybox > x 2>&1; \
         docker rm --link lk/zz; docker inspect -f '{{.HostConfig.Links}}' lk; docker rm -l base",
        "lk/zz\n[]\nError response from daemon: Conflict, cannot remove the default link name of the container\n",
    ),
    (
        "docker run --rm -v /tmp:/x:nocopy busybox true 2>&1 | head -1",
        "docker: Error response from daemon: invalid volume specification: '/tmp:/x:nocopy': invalid mount config for type \
         \"bind\": field VolumeOptions must not be specified\n",
    ),
    (
        "docker run --rm -v v1:/x:rprivate busybox true 2>&1 | head -1",
        "docker: Error response from daemon: invalid volume specification: 'v1:/x:rprivate': invalid mount config for type \
         \"volume\": field BindOptions must not be specified\n",
    ),
    (
        "docker run --rm --mount type=bind,src=/tmp,dst=/x,bind-propagation=zz busybox true 2>&1 | head -1",
        "docker: Error response from daemon: invalid mount config for type \"bind\": invalid propagation mode: zz\n",
    ),
    (
        "docker create --name one busybox > x; docker cp one:/etc/passwd ''; docker cp '' one:/tmp",
        "destination can not be empty\nsource can not be empty\n",
    ),
    (
        "docker run --rm --tmpfs /x:size=1m,uid=5 busybox sh -c 'mount | grep \" /x \"; cp /bin/busybox /x/echo; /x/echo hi'",
        "tmpfs on /x type tmpfs (rw,nosuid,nodev,noexec,relatime,size=1024k,uid=5)\nsh: /x/echo: Permission denied\n",
    ),
    ("docker run --rm --tmpfs /x:exec busybox sh -c 'cp /bin/busybox /x/echo; /x/echo hi'", "hi\n"),
    // Registries elsewhere.
    (
        "docker pull -q ghcr.io/containerd/busybox; docker run --rm quay.io/libpod/alpine cat /etc/alpine-release 2> x; \
         docker pull -q quay.io/libpod/busybox-else",
        "ghcr.io/containerd/busybox:latest\n3.24.2\nError response from daemon: the registry quay.io is not simulated by \
         Drydock\n",
    ),
    // What the client refuses by itself.
    (
        "docker run '' 2>&1 | head -1; docker create a:b:c",
        "docker: invalid reference format\ninvalid reference format\n",
    ),
    ("docker run --gpus '' busybox 2>&1 | head -1", "invalid argument \"\" for \"--gpus\" flag: EOF\n"),
    ("docker login -u '' -p x", "username is empty\n"),
    (
        "docker login registry.example.com -u x -p y 2>&1 | tail -1 | cut -d'\"' -f2",
        "https://registry.example.com/v2/\n",
    ),
    ("docker import missing.tar A", "open missing.tar: no such file or directory\n"),
    (
        "mkdir d; docker run --rm --env-file d busybox env 2>&1 | head -1",
        "docker: --env-file: invalid env file (d): read d: is a directory\n",
    ),
    (
        "docker create --name one busybox > x; docker network create n1 > x; docker network connect --driver-opt x n1 one",
        "invalid key/value pair format in driver options\n",
    ),
];

#[test]
fn what_no_recording_asks_is_answered_as_docker_does() {
    let mut host = Session::script(7);
    host.run("docker pull -q busybox");
    let differing = CASES.iter().filter_map(|(line, expected)| {
        let ran = host.clone().run(line);
        let printed = ran.stdout + &ran.stderr;
        (printed != *expected).then(|| format!("$ {line}\nexpected: {expected:?}\nprinted:  {printed:?}\n"))
    });
    let differing: Vec<String> = differing.collect();
    assert!(differing.is_empty(), "{} of {}:\n{}", differing.len(), CASES.len(), differing.join("\n"));
}
