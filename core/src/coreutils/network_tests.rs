//! The network programs against the simulated internet and each other, in both families.

use super::testing::{bed, check, run};

#[test]
fn curl_says_what_the_real_one_says() {
    let mut bed = bed();
    check(
        &mut bed,
        &[
            ("curl -s -o /dev/null -w '%{http_code}\\n' http://example.com/", "", "200\n"),
            ("curl -s http://ifconfig.me/", "", "203.0.113.5\n"),
            ("curl -s -d a=1 https://httpbin.org/status/503 -f", "", "= 22\n"),
            (
                "curl -sS -f http://httpbin.org/nothing",
                "",
                "! curl: (22) The requested URL returned error: 404\n= 22\n",
            ),
            (
                "curl -sS http://nosuch.example/",
                "",
                "! curl: (6) Could not resolve host: nosuch.example\n= 6\n",
            ),
            (
                "curl -sS localhost:8080",
                "",
                "! curl: (7) Failed to connect to localhost port 8080 after 0 ms: Could not connect to server\n= 7\n",
            ),
            (
                "curl -sS -m 2 http://203.0.113.99/",
                "",
                "! curl: (28) Connection timed out after 2000 milliseconds\n= 28\n",
            ),
            ("curl -sS ftp://example.com/", "", "! curl: (1) Protocol \"ftp\" not supported\n= 1\n"),
            (
                "curl -sI http://google.com/",
                "",
                "HTTP/1.1 301 Moved Permanently\r\nContent-Type: text/html\r\nContent-Length: 0\r\nLocation: http://www.google.com/\r\n\r\n",
            ),
            (
                "curl -sL -o /dev/null -w '%{url_effective} %{num_redirects}' google.com",
                "",
                "http://www.google.com/ 1",
            ),
        ],
    );
    let refused = run(&mut bed, "curl localhost:1", "");
    assert!(refused.starts_with("!   % Total    % Received % Xferd"), "{refused}");
    assert!(
        refused.ends_with(
            "! curl: (7) Failed to connect to localhost port 1 after 0 ms: Could not connect to server\n= 7\n"
        ),
        "{refused}"
    );
    let retried = run(&mut bed, "curl -sS --retry 2 --retry-connrefused localhost:1 -w '%{exitcode}'", "");
    assert!(retried.starts_with("7"), "{retried}");
}

#[test]
fn busybox_clients() {
    let mut bed = bed().busybox();
    check(
        &mut bed,
        &[
            ("wget -q -O - http://ifconfig.me/", "", "203.0.113.5\n"),
            ("wget -q -O - http://nosuch/", "", "! wget: bad address 'nosuch'\n= 1\n"),
            (
                "wget -q -O - localhost:1",
                "",
                "! wget: can't connect to remote host (127.0.0.1): Connection refused\n= 1\n",
            ),
            (
                "wget -q -O - http://httpbin.org/missing",
                "",
                "! wget: server returned error: HTTP/1.1 404 Not Found\n= 1\n",
            ),
            ("wget -q -O /tmp/f http://example.com/", "", ""),
            (
                "wget --spider http://example.com/",
                "",
                "! Connecting to example.com (198.51.100.10:80)\n! remote file exists\n",
            ),
            (
                "wget -q -T 2 http://203.0.113.99/",
                "",
                "! wget: can't connect to remote host (203.0.113.99): Connection timed out\n= 1\n",
            ),
            ("ping -c1 -W1 nosuch", "", "! ping: bad address 'nosuch'\n= 1\n"),
            (
                "ping -c1 -w1 203.0.113.99",
                "",
                "PING 203.0.113.99 (203.0.113.99): 56 data bytes\n\n--- 203.0.113.99 ping statistics ---\n1 packets transmitted, 0 packets received, 100% packet loss\n= 1\n",
            ),
            ("nc -z localhost 1", "", "! nc: localhost (127.0.0.1:1): Connection refused\n= 1\n"),
            ("nc -zv example.com 80", "", "! example.com (198.51.100.10:80) open\n"),
        ],
    );
    let pinged = run(&mut bed, "ping -c 2 localhost", "");
    assert!(pinged.starts_with(
        "PING localhost (127.0.0.1): 56 data bytes\n64 bytes from 127.0.0.1: seq=0 ttl=64 time=0."
    ));
    assert!(
        pinged.contains(
            "\n2 packets transmitted, 2 packets received, 0% packet loss\nround-trip min/avg/max = "
        )
    );
}

#[test]
fn a_listener_and_a_client_talk() {
    let mut bed = bed();
    // The first process of a namespace takes all others with it when it ends.
    bed.start(&["sleep", "1000"], "");
    let (_, sink) = bed.start(&["nc", "-l", "-N", "-p", "9000"], "from the listener\n");
    assert_eq!(run(&mut bed, "nc -N localhost 9000", "from the client\n"), "from the listener\n");
    let heard: Vec<u8> = bed.kernel.take_sink(sink).iter().flat_map(|c| c.data.to_vec()).collect();
    assert_eq!(heard, b"from the client\n");
    // Without -N neither hears where the other's input ends.
    bed.start(&["nc", "-l", "-p", "9002"], "and again\n");
    assert_eq!(run(&mut bed, "nc localhost 9002", ""), "and again\n= 137\n");
}
