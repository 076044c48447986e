//! The file and system programs against the words of the real ones, in both families.

use super::testing::{bed, check};

#[test]
fn gnu_files() {
    check(
        &mut bed(),
        &[
            ("mkdir -p /w/a/b", "", ""),
            ("touch /w/a/one /w/a/b/two", "", ""),
            ("cp /w/a /w/c", "", "! cp: -r not specified; omitting directory '/w/a'\n= 1\n"),
            (
                "cp -rv /w/a /w/c",
                "",
                "'/w/a' -> '/w/c'\n'/w/a/b' -> '/w/c/b'\n'/w/a/b/two' -> '/w/c/b/two'\n'/w/a/one' -> '/w/c/one'\n",
            ),
            ("cp -r /w/a /w/a/x", "", "! cp: cannot copy a directory, '/w/a', into itself, '/w/a/x'\n= 1\n"),
            ("cp /w/a/one /w/a/one", "", "! cp: '/w/a/one' and '/w/a/one' are the same file\n= 1\n"),
            ("cp", "", "! cp: missing file operand\n! Try 'cp --help' for more information.\n= 1\n"),
            ("mv /w/a /w/a/b", "", "! mv: cannot move '/w/a' to a subdirectory of itself, '/w/a/b/a'\n= 1\n"),
            ("mv -v /w/c /w/d", "", "renamed '/w/c' -> '/w/d'\n"),
            ("rm /w/d", "", "! rm: cannot remove '/w/d': Is a directory\n= 1\n"),
            (
                "rm -rv /w/d",
                "",
                "removed '/w/d/b/two'\nremoved directory '/w/d/b'\nremoved '/w/d/one'\nremoved directory '/w/d'\n",
            ),
            (
                "rm -rf /",
                "",
                "! rm: it is dangerous to operate recursively on '/'\n! rm: use --no-preserve-root to override this failsafe\n= 1\n",
            ),
            ("rmdir /w", "", "! rmdir: failed to remove '/w': Directory not empty\n= 1\n"),
            ("mkdir /w", "", "! mkdir: cannot create directory '/w': File exists\n= 1\n"),
            ("ln -s nowhere /w/l", "", ""),
            ("readlink /w/l", "", "nowhere\n"),
            ("readlink -f /w/l", "", "/w/nowhere\n"),
            ("ln -sfv a /w/l", "", "'/w/l' -> 'a'\n"),
            (
                "chmod -v u=rw,go= /w/a/one",
                "",
                "mode of '/w/a/one' changed from 0644 (rw-r--r--) to 0600 (rw-------)\n",
            ),
            (
                "chmod 999 /w",
                "",
                "! chmod: invalid mode: '999'\n! Try 'chmod --help' for more information.\n= 1\n",
            ),
            (
                "chown -v learner: /w/a/one",
                "",
                "changed ownership of '/w/a/one' from root:root to learner:learner\n",
            ),
            ("chown ghost /w", "", "! chown: invalid user: 'ghost'\n= 1\n"),
            ("truncate -s 1K /w/t", "", ""),
            ("basename /w/x.tar .tar", "", "x\n"),
            ("which rm nosuch", "", "/bin/rm\n= 1\n"),
        ],
    );
}

#[test]
fn busybox_files() {
    check(
        &mut bed().busybox(),
        &[
            ("mkdir -p /w/a/b", "", ""),
            ("cp /w/a /w/nodir/x", "", "! cp: omitting directory '/w/a'\n= 1\n"),
            ("cp missing x", "", "! cp: can't stat 'missing': No such file or directory\n= 1\n"),
            ("mv missing x", "", "! mv: can't rename 'missing': No such file or directory\n= 1\n"),
            ("rm missing", "", "! rm: can't remove 'missing': No such file or directory\n= 1\n"),
            ("rm -f missing", "", ""),
            ("rm /w/a", "", "! rm: '/w/a' is a directory\n= 1\n"),
            ("rmdir /w/a", "", "! rmdir: '/w/a': Directory not empty\n= 1\n"),
            ("mkdir /w", "", "! mkdir: can't create directory '/w': File exists\n= 1\n"),
            ("chmod 999 /w", "", "! chmod: invalid mode '999'\n= 1\n"),
            ("chown ghost /w", "", "! chown: unknown user ghost\n= 1\n"),
            ("touch /x/y", "", "! touch: /x/y: No such file or directory\n= 1\n"),
        ],
    );
}

#[test]
fn system_facts_and_commands_that_run_others() {
    check(
        &mut bed(),
        &[
            ("sleep 90", "", ""),
            (
                "sleep x",
                "",
                "! sleep: invalid time interval 'x'\n! Try 'sleep --help' for more information.\n= 1\n",
            ),
            ("env -i A=1 B=2", "", "A=1\nB=2\n"),
            ("env A=1 printenv A", "", "1\n"),
            ("env zz", "", "! env: 'zz': No such file or directory\n= 127\n"),
            ("timeout 1 sleep 5", "", "= 124\n"),
            ("timeout -s KILL 1 sleep 5", "", "= 137\n"),
            ("timeout 5 false", "", "= 1\n"),
            ("timeout 5 zz", "", "! timeout: failed to run command 'zz': No such file or directory\n= 127\n"),
            ("nice nohup echo hi", "", "hi\n"),
            ("time -p true", "", "! real 0.00\n! user 0.00\n! sys 0.00\n"),
            ("id", "", "uid=0(root) gid=0(root) groups=0(root)\n"),
            ("id -un learner", "", "learner\n"),
            ("id ghost", "", "! id: 'ghost': no such user\n= 1\n"),
            ("uname -sm", "", "Linux x86_64\n"),
            ("hostname", "", "box\n"),
            ("date -u -d @0 '+%F %T'", "", "1970-01-01 00:00:00\n"),
            ("date -d garbage", "", "! date: invalid date 'garbage'\n= 1\n"),
        ],
    );
    check(
        &mut bed().busybox(),
        &[
            ("timeout 1 sleep 5", "", "= 143\n"),
            ("env zz", "", "! env: can't execute 'zz': No such file or directory\n= 127\n"),
        ],
    );
}

#[test]
fn finding_files() {
    for (mut bed, gnu) in [(bed(), true), (bed().busybox(), false)] {
        check(
            &mut bed,
            &[
                ("mkdir -p /w/a/b", "", ""),
                ("touch /w/a/one.txt /w/a/b/two.txt /w/three.log", "", ""),
                ("find /w", "", "/w\n/w/a\n/w/a/b\n/w/a/b/two.txt\n/w/a/one.txt\n/w/three.log\n"),
                ("find /w -name *.txt -type f", "", "/w/a/b/two.txt\n/w/a/one.txt\n"),
                ("find /w -maxdepth 1 -mindepth 1 -type d -o -name *.log", "", "/w/a\n/w/three.log\n"),
                ("find /w ! -name *.txt -type f -printf '%f %s %y\n'", "", "three.log 0 f\n"),
                ("find /w -name b -prune -o -type f -print", "", "/w/a/one.txt\n/w/three.log\n"),
                (
                    "find /w -type f -exec echo got {} ;",
                    "",
                    "got /w/a/b/two.txt\ngot /w/a/one.txt\ngot /w/three.log\n",
                ),
                ("find /w -type f -exec echo {} +", "", "/w/a/b/two.txt /w/a/one.txt /w/three.log\n"),
                ("find /w -type f -exec false ; -print", "", ""),
                ("find /w ( -empty -type f ) -delete", "", ""),
                ("find /w -type f", "", ""),
                ("ls -R /w", "", "/w:\na\n\n/w/a:\nb\n\n/w/a/b:\n"),
            ],
        );
        let nope = if gnu {
            "! find: unknown predicate `-nope'\n= 1\n"
        } else {
            "! find: unrecognized: -nope\n= 1\n"
        };
        check(&mut bed, &[("find /w -nope", "", nope)]);
    }
}

#[test]
fn listing_files() {
    let setup: &[(&str, &str, &str)] = &[
        ("mkdir /w /w/d", "", ""),
        ("touch -d '2026-01-02 03:04:05' /w/f /w/.h", "", ""),
        ("truncate -s 2000 /w/f", "", ""),
        ("touch -d '2026-01-02 03:04:05' /w/f /w/d", "", ""),
        ("ln -s f /w/l", "", ""),
    ];
    let mut gnu = bed();
    check(&mut gnu, setup);
    check(
        &mut gnu,
        &[
            ("ls /w", "", "d\nf\nl\n"),
            ("ls -aF /w", "", "./\n../\n.h\nd/\nf\nl@\n"),
            (
                "ls -lh /w/f /w/none",
                "",
                "-rw-r--r-- 1 root root 2.0K Jan  2  2026 /w/f\n! ls: cannot access '/w/none': No such file or directory\n= 2\n",
            ),
            (
                "ls -ld /w/d /w/f",
                "",
                "drwxr-xr-x 2 root root 4096 Jan  2  2026 /w/d\n-rw-r--r-- 1 root root 2000 Jan  2  2026 /w/f\n",
            ),
            (
                "stat -c '%a %A %U:%G %s %F %N' /w/l",
                "",
                "777 lrwxrwxrwx root:root 1 symbolic link '/w/l' -> 'f'\n",
            ),
        ],
    );
    let mut busybox = bed().busybox();
    check(&mut busybox, setup);
    check(
        &mut busybox,
        &[
            ("ls -l /w/f", "", "-rw-r--r--    1 root     root          2000 Jan  2  2026 /w/f\n"),
            ("ls /none", "", "! ls: /none: No such file or directory\n= 1\n"),
            ("du -s /w", "", "12\t/w\n"),
            ("ps -o pid,comm", "", "PID   COMMAND\n    9 ps\n"),
        ],
    );
}

#[test]
fn archives() {
    for mut bed in [bed(), bed().busybox()] {
        check(
            &mut bed,
            &[
                ("mkdir -p /w/src/d /out", "", ""),
                ("touch -d @1000000000 /w/src/d/f", "", ""),
                ("ln -s d/f /w/src/l", "", ""),
                ("tar czf /w/a.tgz -C /w src", "", ""),
                ("tar tf /w/a.tgz", "", "src/\nsrc/d/\nsrc/d/f\nsrc/l\n"),
                ("tar -x -z -f /w/a.tgz --strip-components=1 -C /out", "", ""),
                ("find /out", "", "/out\n/out/d\n/out/d/f\n/out/l\n"),
                ("stat -c %Y /out/d/f", "", "1000000000\n"),
                ("readlink /out/l", "", "d/f\n"),
                ("tar cf /w/b.tar -C /w --exclude=l src/d src/l", "", ""),
                ("tar xvf /w/b.tar -C /tmp src/d", "", "src/d/\nsrc/d/f\n"),
                ("dd if=/dev/zero of=/w/z bs=1M count=500 status=none", "", ""),
                ("dd if=/w/z of=/w/y bs=10 count=1 skip=1 status=none", "", ""),
                ("stat -c %s /w/z /w/y", "", "524288000\n10\n"),
                ("gzip /w/y", "", ""),
                ("gzip -dk /w/y.gz", "", ""),
                ("stat -c %s /w/y", "", "10\n"),
            ],
        );
    }
    check(
        &mut bed(),
        &[(
            "tar tf /none",
            "",
            "! tar: /none: Cannot open: No such file or directory\n! tar: Error is not recoverable: exiting now\n= 2\n",
        )],
    );
    check(
        &mut bed().busybox(),
        &[
            (
                "mount -t tmpfs none /mnt",
                "",
                "! mount: making mounts is not simulated by Drydock (docker run -v, --mount and --tmpfs are)\n= 1\n",
            ),
            (
                "dd if=/dev/zero of=/w bs=1024 count=3",
                "",
                "! 3+0 records in\n! 3+0 records out\n! 3072 bytes (3.0KB) copied, 0.000100 seconds, 0.0GB/s\n",
            ),
        ],
    );
}

#[test]
fn users_are_added_as_each_family_does() {
    check(
        &mut bed(),
        &[
            ("useradd -m -u 1001 -s /bin/bash app", "", ""),
            ("getent passwd app", "", "app:x:1001:1001::/home/app:/bin/bash\n"),
            ("groupadd -r web", "", ""),
            ("usermod -aG web app", "", ""),
            ("id app", "", "uid=1001(app) gid=1001(app) groups=1001(app),999(web)\n"),
            ("useradd app", "", "! useradd: user 'app' already exists\n= 9\n"),
            ("su -s /bin/id app", "", "uid=1001(app) gid=1001(app) groups=1001(app),999(web)\n"),
            ("sudo -u app whoami", "", "app\n"),
            ("stat -c %U /home/app", "", "app\n"),
        ],
    );
    check(
        &mut bed().busybox(),
        &[
            ("addgroup -S web", "", ""),
            ("adduser -D -G web app", "", ""),
            ("id app", "", "uid=1001(app) gid=100(web) groups=100(web)\n"),
            ("adduser app", "", "! adduser: user 'app' in use\n= 1\n"),
            (
                "ip -o link",
                "",
                "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n",
            ),
            ("tty", "", "not a tty\n= 1\n"),
        ],
    );
}
