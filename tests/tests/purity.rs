//! The WebAssembly build of Drydock takes nothing from `env`. `tests/run` builds it and names the
//! file in `DRYDOCK_WASM`; without that there is nothing to look at.

use drydock_tests::purity::wasm_imports;

#[test]
fn the_wasm_build_imports_no_environment() {
    let Some(path) = std::env::var_os("DRYDOCK_WASM") else { return };
    let bytes = std::fs::read(&path).unwrap();
    let imports = wasm_imports(&bytes).expect("DRYDOCK_WASM names a WebAssembly module");
    let outside: Vec<_> =
        imports.iter().filter(|i| i.module == "env" || i.module.starts_with("wasi")).collect();
    assert!(outside.is_empty(), "the core asks its host for {outside:?}");
}
