//! `which [-a] NAME…`: where a program is found along PATH.
//!
//! Exit status: 0, or 1 where one was not found.

use super::opts::{Spec, parse};
use super::walk::join;
use crate::kernel::{Access, Applet, Stop, Sys};

/// `which`, and the name Debian keeps it under behind its alternatives.
pub const APPLETS: &[Applet] = &[Applet::main("which", main), Applet::main("which.debianutils", main)];

const SPEC: Spec = Spec::new("as", &[], "[-as] NAME...", "Print where NAMEs are found along PATH.");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let path = sys.env("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    let mut code = i32::from(options.operands.is_empty());
    for name in &options.operands {
        let candidates: Vec<String> = if name.contains('/') {
            vec![name.clone()]
        } else {
            path.split(':').map(|dir| join(if dir.is_empty() { "." } else { dir }, name)).collect()
        };
        let runs = |c: &&String| sys.stat(c).is_ok_and(|s| s.is_file()) && sys.access(c, Access::Execute);
        let most = if options.has('a') { usize::MAX } else { 1 };
        let found: Vec<String> = candidates.iter().filter(runs).take(most).cloned().collect();
        if found.is_empty() {
            code = 1;
        }
        for found in found.into_iter().filter(|_| !options.has('s')) {
            sys.print(&format!("{found}\n"));
        }
    }
    Ok(code)
}
