//! `tail [-n [+]N] [-c [+]N] [-f|-F] [-s SECONDS] [-qv] [FILE…]`: print the last lines or bytes.
//!
//! - `-n N` lines (10 without), `-n +N` from line N on; `-c` the same for bytes; `-N` is `-n N`
//! - `-f` keeps printing what is added, `-F` also after the file was replaced; looks every `-s` seconds (1)
//! - `-q` without headers, `-v` with them even for one file
//!
//! Exit status: 0, or 1 where a file could not be read. Left out: `--pid`, `--retry` without `-F`.

use super::head::start_of_last;
use super::input::parse_count;
use super::opts::{Options, Spec, parse_args};
use super::stream::{PIECE, Running, Stream, spend_bytes};
use crate::base::{Duration, Errno};
use crate::kernel::{Applet, Flavor, Growth, Object, OpenFlags, Read, Step, Stop, Sys, TOO_MUCH, Wait};
use serde::{Deserialize, Serialize};

/// `tail`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Tail>>("tail")];

const SPEC: Spec = Spec::new(
    "c:n:fFqvs:",
    &[
        ("bytes=", 'c'),
        ("lines=", 'n'),
        ("follow", 'f'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("verbose", 'v'),
        ("sleep-interval=", 's'),
    ],
    "[OPTIONS] [FILE]...",
    "Print the last 10 lines of FILEs; with several, a header before each\n\n\t-c [+]N\tPrint last N bytes\n\t-n N\tPrint last N lines\n\t-n +N\tStart at line N\n\t-f\tPrint what is added\n\t-F\tAs -f, and open the file again when it is replaced\n\t-s N\tLook every N seconds\n\t-q\tNever print headers\n\t-v\tAlways print headers",
)
.missing("z")
.number('n');

/// How much is held before it is first cut to what may belong to the tail, in bytes.
const FIRST_CUT: usize = 16 * PIECE;
/// A tail from this size on is accounted for, in bytes.
const MUCH: u64 = 1 << 20;

/// One operand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Followed {
    name: String,
    fd: Option<i32>,
    ino: u64,
    /// How many bytes have been read.
    read: u64,
    held: Vec<u8>,
    /// How large `held` may grow before it is cut.
    cut_at: usize,
    /// Bytes that were too many to hold and are only counted.
    beyond: u64,
    /// Lines or bytes still to skip.
    skip: u64,
    /// Its end has been reached once, so that what comes now is news.
    ended: bool,
    regular: bool,
}

/// The state of a `tail`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tail {
    files: Vec<Followed>,
    at: usize,
    bytes: bool,
    from_start: bool,
    count: u64,
    follow: bool,
    retry: bool,
    pause: Duration,
    headers: bool,
    last_header: Option<usize>,
    failed: bool,
}

impl Stream for Tail {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let mut args = sys.args();
        if let Some(first) = args.first_mut()
            && first.strip_prefix('+').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()) && !n.is_empty())
        {
            *first = format!("-n{first}");
        }
        let o = parse_args(sys, &SPEC, &args)?;
        let mut tail = Self::of(sys, &o)?;
        for index in 0..tail.files.len() {
            tail.open(sys, index);
        }
        if tail.files.iter().all(|f| f.fd.is_none()) && !tail.retry {
            match sys.flavor() {
                Flavor::Busybox => sys.complain("no files"),
                Flavor::Gnu if tail.follow => sys.complain("no files remaining"),
                Flavor::Gnu => {}
            }
            return Err(Stop::Exit(1));
        }
        Ok(tail)
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.at < self.files.len() {
            return self.read_some(sys);
        }
        if !self.follow {
            return Step::Exit(i32::from(self.failed));
        }
        if self.files.iter().all(|f| f.fd.is_none()) && !self.retry {
            if self.failed {
                sys.complain("no files remaining");
            }
            return Step::Exit(i32::from(self.failed));
        }
        for index in 0..self.files.len() {
            self.look_again(sys, index);
        }
        self.at = 0;
        let polled = self.retry || self.files.iter().any(|f| f.regular && f.fd.is_some());
        let mut wait = if polled { Wait::until(sys.after(self.pause)) } else { Wait::signal() };
        wait.read = self.files.iter().filter(|f| !f.regular).filter_map(|f| f.fd).collect();
        if !polled && self.files.iter().all(|f| is_null(sys, f)) {
            wait.read.clear();
        }
        Step::Block(wait)
    }
}

/// `/dev/null`, which never has anything to read.
fn is_null(sys: &Sys<'_>, file: &Followed) -> bool {
    file.fd.is_none_or(|fd| matches!(sys.object(fd), Ok(Object::Null)))
}

impl Tail {
    fn of(sys: &mut Sys<'_>, o: &Options) -> Result<Self, Stop> {
        let bytes = o.last_of("cn") == Some('c');
        let text = o.value(if bytes { 'c' } else { 'n' }).unwrap_or("10").to_string();
        let (from_start, number) = match text.strip_prefix('+') {
            Some(number) => (true, number),
            None => (false, text.strip_prefix('-').unwrap_or(&text)),
        };
        let Some(count) = parse_count(number) else {
            match sys.flavor() {
                Flavor::Gnu if bytes => sys.complain(&format!("invalid number of bytes: '{text}'")),
                Flavor::Gnu => sys.complain(&format!("invalid number of lines: '{text}'")),
                Flavor::Busybox => sys.complain(&format!("invalid number '{text}'")),
            }
            return Err(Stop::Exit(1));
        };
        let pause = o.value('s').unwrap_or("1").to_string();
        let Some(pause) = pause.parse::<f64>().ok().filter(|s| (0.0..1e6).contains(s)) else {
            sys.complain(&format!("invalid number of seconds: '{pause}'"));
            return Err(Stop::Exit(1));
        };
        let skip = if from_start { count.saturating_sub(1) } else { 0 };
        let names = if o.operands.is_empty() { vec!["-".to_string()] } else { o.operands.clone() };
        let file = |name| Followed {
            name,
            fd: None,
            ino: 0,
            read: 0,
            held: vec![],
            cut_at: FIRST_CUT,
            beyond: 0,
            skip,
            ended: false,
            regular: false,
        };
        let headers = match o.last_of("qv") {
            Some('q') => false,
            Some(_) => true,
            None => names.len() > 1,
        };
        Ok(Self {
            files: names.into_iter().map(file).collect(),
            at: 0,
            bytes,
            from_start,
            count,
            follow: o.has('f') || o.has('F'),
            retry: o.has('F'),
            pause: Duration(((pause * 1e9) as i64).max(1_000_000)),
            headers,
            last_header: None,
            failed: false,
        })
    }

    fn open(&mut self, sys: &mut Sys<'_>, index: usize) {
        let Some(file) = self.files.get_mut(index) else { return };
        let opened = if file.name == "-" { Ok(0) } else { sys.open(&file.name, OpenFlags::READ, 0) };
        match opened {
            Ok(fd) => {
                file.fd = Some(fd);
                file.regular = match sys.object(fd) {
                    Ok(Object::File(_)) if fd != 0 => sys.stat(&file.name).is_ok_and(|s| s.is_file()),
                    _ => false,
                };
                file.ino = sys.stat(&file.name).map_or(0, |s| s.ino);
                file.read = 0;
            }
            Err(error) => self.report(sys, index, error),
        }
    }

    fn report(&mut self, sys: &mut Sys<'_>, index: usize, error: Errno) {
        let Some(file) = self.files.get(index) else { return };
        let text = match sys.flavor() {
            Flavor::Gnu => super::head::complaint(Flavor::Gnu, &file.name, error),
            Flavor::Busybox => super::input::open_error(Flavor::Busybox, &file.name, error),
        };
        sys.complain(&text);
        self.failed = true;
    }

    fn header(&mut self, sys: &mut Sys<'_>) {
        if !self.headers || self.last_header == Some(self.at) {
            return;
        }
        let name = self.files.get(self.at).map_or("", |f| f.name.as_str());
        let name = if name == "-" { "standard input" } else { name };
        let gap = if self.last_header.is_some() { "\n" } else { "" };
        sys.print(&format!("{gap}==> {name} <==\n"));
        self.last_header = Some(self.at);
    }

    fn read_some(&mut self, sys: &mut Sys<'_>) -> Step {
        let index = self.at;
        let Some((fd, fresh)) = self.files.get(index).and_then(|f| f.fd.map(|fd| (fd, !f.ended))) else {
            self.at += 1;
            return Step::Continue;
        };
        match sys.read(fd, PIECE) {
            Ok(Read::Data(data)) => {
                spend_bytes(sys, data.len());
                let (bytes, from_start, count) = (self.bytes, self.from_start, self.count);
                let Some(file) = self.files.get_mut(index) else { return Step::Exit(1) };
                file.read += data.len() as u64;
                let out = if !fresh {
                    data
                } else if from_start {
                    let from = file.skipped(&data, bytes);
                    data.get(from..).unwrap_or_default().to_vec()
                } else {
                    file.hold(&data, bytes, count);
                    let held = file.beyond.saturating_add(file.held.len() as u64);
                    return if held < MUCH { Step::Continue } else { self.grow(sys, index, held) };
                };
                if !out.is_empty() {
                    self.header(sys);
                    sys.write(1, &out);
                }
            }
            Ok(Read::Wait) if self.follow && !fresh => self.at += 1,
            Ok(Read::Wait) => return Step::Block(Wait::readable(fd)),
            Ok(Read::End) if self.files.get(index).is_some_and(|f| f.beyond > 0) => return refuse(sys),
            Ok(Read::End) => self.finish_file(sys, index, fresh),
            Err(error) => {
                if fresh && sys.flavor() == Flavor::Gnu {
                    self.header(sys);
                }
                self.report(sys, index, error);
                if let Some(file) = self.files.get_mut(index) {
                    file.fd = None;
                }
                self.at += 1;
            }
        }
        Step::Continue
    }

    /// Accounts for a tail that has become large.
    fn grow(&mut self, sys: &mut Sys<'_>, index: usize, held: u64) -> Step {
        match sys.hold(held) {
            Growth::Fits => {}
            Growth::Killed => return Step::Exit(137),
            Growth::Refused => return refuse(sys),
            Growth::Beyond => {
                if let Some(file) = self.files.get_mut(index) {
                    file.beyond = held;
                    file.held.clear();
                }
            }
        }
        Step::Continue
    }

    fn finish_file(&mut self, sys: &mut Sys<'_>, index: usize, fresh: bool) {
        if fresh {
            self.header(sys);
            let (bytes, count) = (self.bytes, self.count);
            let Some(file) = self.files.get_mut(index) else { return };
            file.ended = true;
            let held = std::mem::take(&mut file.held);
            let from = if bytes {
                held.len().saturating_sub(usize::try_from(count).unwrap_or(usize::MAX))
            } else {
                start_of_last(&held, count, b'\n')
            };
            sys.write(1, held.get(from..).unwrap_or_default());
        }
        if let Some(file) = self.files.get_mut(index)
            && matches!(file.fd.map(|fd| sys.object(fd)), Some(Ok(Object::PipeReader(_) | Object::Stream(_))))
        {
            file.fd = None;
        }
        self.at += 1;
    }

    /// Sees whether a followed file was cut short or replaced.
    fn look_again(&mut self, sys: &mut Sys<'_>, index: usize) {
        let Some(file) = self.files.get(index).filter(|f| f.name != "-") else { return };
        let (name, known) = (file.name.clone(), file.fd.is_some());
        let Ok(stat) = sys.stat(&name) else {
            if self.retry && known {
                let text = complaint_gone(sys.flavor(), &name);
                sys.complain(&text);
                self.forget(sys, index);
            }
            return;
        };
        if !known && self.retry {
            sys.complain(&format!("'{name}' has appeared;  following new file"));
        } else if known && self.retry && stat.ino != file.ino {
            sys.complain(&format!("'{name}' has been replaced;  following new file"));
        } else if known && stat.is_file() && stat.ino == file.ino && stat.size < file.read {
            sys.complain(&format!("{name}: file truncated"));
        } else {
            return;
        }
        self.forget(sys, index);
        self.open(sys, index);
        if let Some(file) = self.files.get_mut(index) {
            file.ended = true;
        }
    }

    fn forget(&mut self, sys: &mut Sys<'_>, index: usize) {
        if let Some(fd) = self.files.get_mut(index).and_then(|f| f.fd.take()) {
            let _was_open = sys.close(fd);
        }
    }
}

fn refuse(sys: &mut Sys<'_>) -> Step {
    sys.complain(TOO_MUCH);
    Step::Exit(1)
}

fn complaint_gone(flavor: Flavor, name: &str) -> String {
    match flavor {
        Flavor::Gnu => format!("'{name}' has become inaccessible: {}", Errno::ENOENT.text()),
        Flavor::Busybox => format!("{name} has become inaccessible"),
    }
}

impl Followed {
    /// How much of the data comes before the place to start from.
    fn skipped(&mut self, data: &[u8], bytes: bool) -> usize {
        if bytes {
            let n = self.skip.min(data.len() as u64);
            self.skip -= n;
            return n as usize;
        }
        for (at, byte) in data.iter().enumerate() {
            if self.skip == 0 {
                return at;
            }
            self.skip -= u64::from(*byte == b'\n');
        }
        data.len()
    }

    /// Keeps what may belong to the tail, and not much more.
    fn hold(&mut self, data: &[u8], bytes: bool, count: u64) {
        if self.beyond > 0 {
            self.beyond = self.beyond.saturating_add(data.len() as u64);
            return;
        }
        self.held.extend_from_slice(data);
        if bytes {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            if self.held.len() / 2 > count.max(PIECE) {
                self.held.drain(..self.held.len() - count);
            }
        } else if self.held.len() > self.cut_at {
            let from = start_of_last(&self.held, count.saturating_add(1), b'\n');
            self.held.drain(..from);
            self.cut_at = FIRST_CUT.max(self.held.len().saturating_mul(2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn ends_of_files() {
        let mut bed = bed().file("/tmp/a", "1\n2\n3\n").file("/tmp/b", "x");
        check(
            &mut bed,
            &[
                ("tail -n 1", "a\nb\n", "b\n"),
                ("tail -2", "a\nb\nc", "b\nc"),
                ("tail -n +2 /tmp/a", "", "2\n3\n"),
                ("tail +3 /tmp/a", "", "3\n"),
                ("tail -c 3", "abcdef", "def"),
                ("tail -c +3", "abcdef", "cdef"),
                ("tail -n 0", "a\n", ""),
                ("tail -n1 /tmp/a /tmp/b", "", "==> /tmp/a <==\n3\n\n==> /tmp/b <==\nx"),
                ("tail /no", "", "! tail: cannot open '/no' for reading: No such file or directory\n= 1\n"),
            ],
        );
        let mut bed = bed.busybox();
        check(
            &mut bed,
            &[("tail /no", "", "! tail: can't open '/no': No such file or directory\n! tail: no files\n= 1\n")],
        );
    }

    #[test]
    fn follows_the_null_device_for_ever() {
        let mut bed = bed();
        let (pid, _) = bed.start(&["tail", "-f", "/dev/null"], "");
        bed.settle();
        assert!(bed.kernel.process(pid).is_some());
    }

    #[test]
    fn follows_what_is_added() {
        let mut bed = bed().file("/tmp/log", "a\nb\n");
        let (pid, sink) = bed.start(&["tail", "-n1", "-f", "/tmp/log"], "");
        bed.settle();
        let (writer, _) = bed.start(&["tee", "-a", "/tmp/log"], "c\n");
        bed.finish(writer);
        for _ in 0..5 {
            if let Some(time) = bed.kernel.next_timer() {
                bed.kernel.now = time;
            }
            bed.settle();
        }
        let text: Vec<u8> = bed.kernel.take_sink(sink).iter().flat_map(|c| c.data.to_vec()).collect();
        assert_eq!(String::from_utf8_lossy(&text), "b\nc\n");
        assert!(bed.kernel.process(pid).is_some());
    }
}
