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
