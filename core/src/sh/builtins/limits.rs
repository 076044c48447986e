//! `ulimit`: the limits of processes, as `docker run --ulimit` set them.

use super::super::machine::{Call, Shell, Turn};
use super::super::voice::Voice;
use super::{Done, bad_option};
use crate::kernel::Sys;

/// A limit: its letter, Docker's name, the unit `ulimit` counts in, the value where nothing was set, and what bash
/// and dash call it.
type Limit = (char, &'static str, i64, &'static str, &'static str, &'static str);

const LIMITS: [Limit; 16] = [
    ('R', "", 1, "unlimited", "real-time non-blocking time  (microseconds, -R)", ""),
    ('c', "core", 512, "0", "core file size              (blocks, -c)", "coredump(blocks)"),
    ('d', "data", 1024, "unlimited", "data seg size               (kbytes, -d)", "data(kbytes)"),
    ('e', "nice", 1, "0", "scheduling priority                 (-e)", ""),
    ('f', "fsize", 512, "unlimited", "file size                   (blocks, -f)", "file(blocks)"),
    ('i', "sigpending", 1, "31459", "pending signals                     (-i)", ""),
    ('l', "memlock", 1024, "unlimited", "max locked memory           (kbytes, -l)", "locked memory(kbytes)"),
    ('m', "rss", 1024, "unlimited", "max memory size             (kbytes, -m)", "memory(kbytes)"),
    ('n', "nofile", 1, "1048576", "open files                          (-n)", "nofiles"),
    ('q', "msgqueue", 1, "819200", "POSIX message queues         (bytes, -q)", ""),
    ('r', "rtprio", 1, "0", "real-time priority                  (-r)", "rtprio"),
    ('s', "stack", 1024, "8192", "stack size                  (kbytes, -s)", "stack(kbytes)"),
    ('t', "cpu", 1, "unlimited", "cpu time                   (seconds, -t)", "time(seconds)"),
    ('u', "nproc", 1, "unlimited", "max user processes                  (-u)", "process"),
    ('v', "as", 1024, "unlimited", "virtual memory              (kbytes, -v)", "vmemory(kbytes)"),
    ('x', "locks", 1, "unlimited", "file locks                          (-x)", "locks"),
];

/// `ulimit [-HS] [-a|-LETTER]`: prints; a limit is set by `docker run --ulimit` only, so changing one is refused.
pub fn ulimit(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let (mut hard, mut all, mut letter, mut wanted) = (false, false, 'f', None);
    for arg in call.args.iter().skip(1).cloned().collect::<Vec<_>>() {
        let Some(letters) = arg.strip_prefix('-') else {
            wanted = Some(arg);
            continue;
        };
        for option in letters.chars() {
            match option {
                'H' => hard = true,
                'S' => hard = false,
                'a' => all = true,
                'p' if shell.voice == Voice::Dash => letter = 'u',
                _ if LIMITS.iter().any(|limit| limit.0 == option) => letter = option,
                _ => {
                    let option = format!("-{option}");
                    let usage = "[-SHabcdefiklmnpqrstuvxPRT] [limit]";
                    return Ok(bad_option(shell, sys, "ulimit", &option, usage));
                }
            }
        }
    }
    let namespace = sys.me().ok().and_then(|me| sys.kernel().namespace(me.ns));
    let given = namespace.map(|ns| ns.limits.ulimits.clone()).unwrap_or_default();
    let value = |limit: &Limit| match given.get(limit.1).map(|(soft, most)| if hard { *most } else { *soft })
    {
        Some(n) if n < 0 => "unlimited".to_string(),
        Some(n) => (n / limit.2).to_string(),
        None if hard && limit.0 == 's' => "unlimited".to_string(),
        None => limit.3.to_string(),
    };
    if all {
        let dash = shell.voice == Voice::Dash;
        let shown = LIMITS.iter().filter(|limit| !dash || !limit.5.is_empty());
        let text: String = shown
            .map(|limit| match dash {
                true => format!("{:<20} {}\n", limit.5, value(limit)),
                false => format!("{} {}\n", limit.4, value(limit)),
            })
            .collect();
        sys.print(&text);
        return Ok(Done::Status(0));
    }
    let Some(limit) = LIMITS.iter().find(|limit| limit.0 == letter) else { return Ok(Done::Status(1)) };
    match wanted {
        None => sys.print(&format!("{}\n", value(limit))),
        Some(wanted) if wanted == value(limit) => {}
        Some(_) => {
            shell.complain_as(
                sys,
                "ulimit",
                "changing a limit is not simulated by Drydock (docker run --ulimit is)",
            );
            return Ok(Done::Status(1));
        }
    }
    Ok(Done::Status(0))
}
