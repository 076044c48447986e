//! `node`: `--version`, and the words of Node.js for a script that is missing. JavaScript is not simulated: a
//! script that exists is refused in one sentence with status 1.

use crate::kernel::{Applet, Stop, Sys};

/// `node`.
pub const APPLETS: &[Applet] = &[Applet::main("node", node)];

fn node(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let version = sys.env("NODE_VERSION").unwrap_or_else(|| "18.20.4".into());
    let args = sys.args();
    let script = match args.first().map(String::as_str) {
        Some("--version" | "-v") => {
            sys.print(&format!("v{version}\n"));
            return Ok(0);
        }
        Some(word) if !word.starts_with('-') => word.to_string(),
        _ => return Ok(refuse(sys)),
    };
    let cwd = sys.cwd();
    let path = if script.starts_with('/') { script } else { format!("{}/{script}", cwd.trim_end_matches('/')) };
    let path = path.replace("/./", "/");
    let found = ["", ".js", ".json", "/index.js"].iter().any(|end| sys.stat(&format!("{path}{end}")).is_ok_and(|s| s.is_file()));
    if found {
        return Ok(refuse(sys));
    }
    sys.eprint(&format!("node:internal/modules/cjs/loader:1143\n  throw err;\n  ^\n\nError: Cannot find module '{path}'\n    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15)\n    at Module._load (node:internal/modules/cjs/loader:981:27)\n    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:128:12)\n    at node:internal/main/run_main_module:28:49 {{\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}}\n\nNode.js v{version}\n"));
    Ok(1)
}

fn refuse(sys: &mut Sys<'_>) -> i32 {
    sys.eprint("drydock: running JavaScript is not simulated\n");
    1
}
