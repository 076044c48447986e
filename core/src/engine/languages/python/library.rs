//! The library in Python: which modules there are, which of them come with packages of pip, and which names
//! of Python's own library are known and missing.

macro_rules! modules {
    ($($name:literal => $file:literal $(of $package:literal)?),+ $(,)?) => {
        const MODULES: &[(&str, &str, &str)] =
            &[$(($name, include_str!(concat!("library/", $file)), concat!("", $($package)?))),+];
    };
}

modules! {
    "_prelude" => "_prelude.py",
    "_run" => "_run.py",
    "_lines" => "_lines.py",
    "_fields" => "_fields.py",
    "sys" => "sys.py",
    "os" => "os.py",
    "os.path" => "os_path.py",
    "io" => "io.py",
    "time" => "time.py",
    "json" => "json.py",
    "collections" => "collections.py",
    "collections.abc" => "collections_abc.py",
    "keyword" => "keyword.py",
    "socket" => "socket.py",
    "__future__" => "__future__.py",
    "_client" => "_client.py",
    "abc" => "abc.py",
    "atexit" => "atexit.py",
    "base64" => "base64.py",
    "contextlib" => "contextlib.py",
    "copy" => "copy.py",
    "dataclasses" => "dataclasses.py",
    "datetime" => "datetime.py",
    "enum" => "enum.py",
    "errno" => "errno.py",
    "fnmatch" => "fnmatch.py",
    "functools" => "functools.py",
    "hashlib" => "hashlib.py",
    "html" => "html.py",
    "http" => "http.py",
    "http.server" => "http_server.py",
    "itertools" => "itertools.py",
    "logging" => "logging.py",
    "operator" => "operator.py",
    "pathlib" => "pathlib.py",
    "platform" => "platform.py",
    "random" => "random.py",
    "re" => "re.py",
    "secrets" => "secrets.py",
    "signal" => "signal.py",
    "string" => "string.py",
    "subprocess" => "subprocess.py",
    "threading" => "threading.py",
    "traceback" => "traceback.py",
    "types" => "types.py",
    "typing" => "typing.py",
    "urllib" => "urllib.py",
    "urllib.error" => "urllib_error.py",
    "urllib.parse" => "urllib_parse.py",
    "urllib.request" => "urllib_request.py",
    "uuid" => "uuid.py",
    "warnings" => "warnings.py",
    "requests" => "requests.py" of "requests",
    "redis" => "redis.py" of "redis",
    "flask" => "flask.py" of "flask",
    "_template" => "_template.py" of "flask",
    "_flask" => "_flask.py" of "flask",
    "_gunicorn" => "_gunicorn.py" of "gunicorn",
}

/// Modules of Python that are known and not simulated.
const MISSING: &[&str] = &[
    "aifc", "argparse", "array", "asyncio", "bisect", "shutil", "socketserver", "tempfile", "textwrap", "timeit", "getpass", "ast", "bdb", "bz2", "calendar", "cgi", "cmath", "cmd", "code", "codecs", "concurrent", "configparser",
    "csv", "ctypes", "curses", "decimal", "difflib", "dis", "doctest", "email", "fcntl", "fractions", "ftplib",
    "gc", "getopt", "gettext", "glob", "gzip", "heapq", "hmac", "imaplib", "importlib", "inspect", "ipaddress",
    "linecache", "locale", "lzma", "mailbox", "marshal", "mimetypes", "mmap", "multiprocessing", "netrc",
    "numbers", "optparse", "pdb", "pickle", "pkgutil", "poplib", "pprint", "profile", "pstats", "pty",
    "pwd", "pydoc", "queue", "quopri", "resource", "runpy", "sched", "select", "selectors", "shelve", "smtplib",
    "sqlite3", "ssl", "stat", "statistics", "stringprep", "struct", "symtable", "sysconfig", "syslog", "tarfile",
    "termios", "test", "tkinter", "token", "tokenize", "trace", "tracemalloc", "tty", "turtle",
    "unicodedata", "unittest", "venv", "wave", "weakref", "webbrowser", "wsgiref", "xml", "xmlrpc",
    "zipfile", "zipimport", "zlib", "zoneinfo",
];

/// The text of a module.
pub fn source(name: &str) -> Option<&'static str> {
    MODULES.iter().find(|(n, ..)| *n == name).map(|(_, text, _)| *text)
}

/// The package of pip that brings a module.
pub fn package_of(name: &str) -> Option<&'static str> {
    MODULES.iter().find(|(n, ..)| *n == name).map(|(.., package)| *package).filter(|p| !p.is_empty())
}

/// True for modules that have others within.
pub fn is_package(name: &str) -> bool {
    MODULES.iter().any(|(n, ..)| n.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

/// Whether a module that is not simulated belongs to Python itself; nothing for what is unknown.
pub fn unsimulated(name: &str) -> Option<bool> {
    let first = name.split('.').next().unwrap_or(name);
    if MISSING.contains(&first) || source(first).is_some() && name.contains('.') {
        return Some(MISSING.contains(&first));
    }
    Some(false)
}

/// True for names that a module of Python has: all that begin with a letter, as the library is not whole.
pub fn is_known_name(_module: &str, name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
}
