//! The steps from sources to static files: cargo, wasm-bindgen, wasm-opt, Vite.

use crate::likeness;
use crate::split::{self, Halves, Texts};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// What is done to the module after the compiler. Only what makes it smaller once it is compressed: most passes
/// trade regularity for bytes, and regularity is what gzip lives on.
const PASSES: &[&str] = &[
    "--strip-producers",
    "--duplicate-function-elimination",
    "--code-folding",
    "--rse",
    "--vacuum",
    "--reorder-functions-by-name",
];

/// What the module may use: what rustc uses by itself, which every browser of the last years knows. All that
/// wasm-opt knows would be too much: it also writes what no browser reads yet.
const FEATURES: &[&str] = &[
    "--mvp-features",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// A module with nothing in it.
const NOTHING: &[u8] = b"\0asm\x01\0\0\0";

/// The languages of images are in no page before its prompt is, and so are the texts of their libraries: the
/// module, and its folder.
const LATE: (&str, &str) = ("drydock::engine::languages::", "core/src/engine/languages");

/// Builds the page into `out`.
///
/// # Errors
/// The step that failed.
pub fn page(top: &Path, out: &Path, quick: bool) -> Result<(), String> {
    let page = top.join("wasm/page");
    let bindings = top.join("target/web/bindings");
    let profile = if quick { "dev" } else { "page" };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build =
        ["build", "--package", "drydock-wasm", "--target", "wasm32-unknown-unknown", "--profile", profile];
    run(Command::new(cargo).args(build).current_dir(top))?;
    let folder = if quick { "debug" } else { profile };
    let module = top.join("target/wasm32-unknown-unknown").join(folder).join("drydock_wasm.wasm");
    bind(&module, &bindings)?;
    let module = bindings.join("drydock_bg.wasm");
    let rest = bindings.join("drydock_rest.wasm");
    let installed = page.join("node_modules/.package-lock.json");
    if modified(&installed) < modified(&page.join("package-lock.json")) {
        run(Command::new("npm").args(["install", "--no-save"]).current_dir(&page))?;
    }
    if quick {
        write(&rest, NOTHING)?;
    } else {
        cut(top, &module, &rest)?;
        shrink(&page, &module)?;
        shrink(&page, &rest)?;
    }
    let vite = page.join("node_modules/vite/bin/vite.js");
    let arguments = [vite.as_os_str(), OsStr::new("build"), OsStr::new("--outDir"), out.as_os_str()];
    run(Command::new("node").args(arguments).arg("--emptyOutDir").current_dir(&page))?;
    report(out)
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|about| about.modified()).ok()
}

fn run(command: &mut Command) -> Result<(), String> {
    let named = format!("{} {:?}", command.get_program().display(), command.get_args().collect::<Vec<_>>());
    let status = command.status().map_err(|e| format!("{named}: {e}"))?;
    status.success().then_some(()).ok_or_else(|| format!("{named}: {status}"))
}

fn bind(module: &Path, out: &Path) -> Result<(), String> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("drydock")
        .typescript(true)
        .keep_debug(true)
        .omit_default_module_path(true);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(out)).map_err(|e| format!("wasm-bindgen: {e:#}"))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}

/// Leaves in `module` what pages run until their prompt is there, as a look at them tells, and puts the rest beside it.
fn cut(top: &Path, module: &Path, rest: &Path) -> Result<(), String> {
    let whole = read(module)?;
    write(module, &split::watched(&whole)?)?;
    let watch = top.join("wasm/page/watch.mjs");
    let seen = Command::new("node").arg(&watch).arg(module).stderr(Stdio::inherit()).output();
    let seen = seen.map_err(|e| format!("{}: {e}", watch.display()))?;
    if !seen.status.success() {
        return Err(format!("{}: {}", watch.display(), seen.status));
    }
    let numbers = String::from_utf8_lossy(&seen.stdout);
    let early: BTreeSet<usize> =
        numbers.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let mut texts = vec![];
    gather(&top.join(LATE.1), &mut texts)?;
    let Halves { first, rest: second } = split::split(&whole, &early, &Texts { module: LATE.0, texts })?;
    write(module, &first)?;
    write(rest, &second)
}

/// The texts below a folder of the core.
fn gather(folder: &Path, texts: &mut Vec<Vec<u8>>) -> Result<(), String> {
    for path in files(folder)? {
        if path.is_dir() {
            gather(&path, texts)?;
        } else if path.extension() != Some(OsStr::new("rs")) {
            texts.push(read(&path)?);
        }
    }
    Ok(())
}

fn shrink(page: &Path, module: &Path) -> Result<(), String> {
    let tool = page.join("node_modules/binaryen/bin/wasm-opt");
    let half = module.with_extension("half.wasm");
    let optimiser = || {
        let mut command = Command::new("node");
        command.arg(&tool).args(FEATURES);
        command
    };
    run(optimiser().args(PASSES).arg("-g").arg(module).arg("-o").arg(&half))?;
    write(&half, &likeness::name(&read(&half)?)?)?;
    run(optimiser().args(["--reorder-functions-by-name", "--strip-debug"]).arg(&half).arg("-o").arg(module))?;
    fs::remove_file(&half).map_err(|e| format!("{}: {e}", half.display()))
}

/// Tells how large the page is, as a browser fetches it.
fn report(out: &Path) -> Result<(), String> {
    for path in files(&out.join("assets"))? {
        let bytes = read(&path)?;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let size = packed.write_all(&bytes).and_then(|()| packed.finish()).map_err(|e| e.to_string())?.len();
        let name = path.file_name().unwrap_or_default().display();
        println!("{:>8} kB gzip  {name}", size.div_ceil(1000));
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}
