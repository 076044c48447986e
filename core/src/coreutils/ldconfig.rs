//! `ldconfig`: makes `/etc/ld.so.cache` anew. Alpine's only looks at directories it is given.
//!
//! Exit status: 0, or 1 where the cache cannot be written. Left out: `-p`, `-v` and whatever else prints.

use crate::base::Order;
use super::opts::{Spec, parse};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `ldconfig`.
pub const APPLETS: &[Applet] = &[Applet::main("ldconfig", main)];

const SPEC: Spec = Spec::new("", &[], "[OPTION...]", "Configure dynamic linker run time bindings.").missing("vpnNXflCr");
const CACHE: &str = "/etc/ld.so.cache";

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    if !o.operands.is_empty() {
        sys.complain("directories on the command line are not simulated by Drydock");
        return Ok(1);
    }
    if sys.flavor() == Flavor::Busybox {
        return Ok(0);
    }
    let dirs = ["/lib", "/usr/lib", "/usr/local/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"];
    let mut names: Vec<String> = dirs.iter().flat_map(|d| sys.list(d).unwrap_or_default()).collect();
    names.retain(|name| name.contains(".so"));
    names.order();
    names.dedup();
    let cache = format!("glibc-ld.so.cache1.1\0{}\0", names.join("\0"));
    match sys.write_file(CACHE, cache.as_bytes(), 0o644) {
        Ok(()) => Ok(0),
        Err(e) => {
            sys.complain(&format!("Can't create temporary cache file {CACHE}~: {e}"));
            Ok(1)
        }
    }
}
