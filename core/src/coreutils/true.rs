//! `true`, `false`: do nothing, with exit status 0 or 1.

use crate::kernel::Applet;

/// `true` and `false`.
pub const APPLETS: &[Applet] = &[Applet::main("true", |_| Ok(0)), Applet::main("false", |_| Ok(1))];
