//! The error numbers of the simulated kernel and the words C libraries print for them.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! errnos {
    ($($name:ident $code:literal $text:literal),+ $(,)?) => {
        /// An error of a simulated system call, named as Linux names it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Errno { $(#[doc = $text] $name),+ }

        impl Errno {
            /// The text of `strerror(3)`: what programs print after the colon.
            pub fn text(self) -> &'static str {
                match self { $(Errno::$name => $text),+ }
            }

            /// The number on Linux/amd64.
            pub fn code(self) -> i32 {
                match self { $(Errno::$name => $code),+ }
            }
        }
    };
}

errnos! {
    EPERM 1 "Operation not permitted",
    ENOENT 2 "No such file or directory",
    ESRCH 3 "No such process",
    EINTR 4 "Interrupted system call",
    EIO 5 "Input/output error",
    ENXIO 6 "No such device or address",
    E2BIG 7 "Argument list too long",
    ENOEXEC 8 "Exec format error",
    EBADF 9 "Bad file descriptor",
    ECHILD 10 "No child processes",
    EAGAIN 11 "Resource temporarily unavailable",
    ENOMEM 12 "Cannot allocate memory",
    EACCES 13 "Permission denied",
    EBUSY 16 "Device or resource busy",
    EEXIST 17 "File exists",
    EXDEV 18 "Invalid cross-device link",
    ENODEV 19 "No such device",
    ENOTDIR 20 "Not a directory",
    EISDIR 21 "Is a directory",
    EINVAL 22 "Invalid argument",
    EMFILE 24 "Too many open files",
    ENOTTY 25 "Inappropriate ioctl for device",
    ETXTBSY 26 "Text file busy",
    EFBIG 27 "File too large",
    ENOSPC 28 "No space left on device",
    ESPIPE 29 "Illegal seek",
    EROFS 30 "Read-only file system",
    EMLINK 31 "Too many links",
    EPIPE 32 "Broken pipe",
    ERANGE 34 "Numerical result out of range",
    ENAMETOOLONG 36 "File name too long",
    ENOSYS 38 "Function not implemented",
    ENOTEMPTY 39 "Directory not empty",
    ELOOP 40 "Too many levels of symbolic links",
    EADDRINUSE 98 "Address already in use",
    EADDRNOTAVAIL 99 "Cannot assign requested address",
    ENETUNREACH 101 "Network is unreachable",
    ECONNRESET 104 "Connection reset by peer",
    ENOTCONN 107 "Transport endpoint is not connected",
    ETIMEDOUT 110 "Connection timed out",
    ECONNREFUSED 111 "Connection refused",
    EHOSTUNREACH 113 "No route to host",
}

impl Errno {
    /// The text of the same error in Go programs, such as Docker's: without capitals.
    pub fn go_text(self) -> String {
        self.text().to_lowercase()
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for Errno {}
