//! Files of the real computer, with errors that name them.

use std::path::PathBuf;

/// A text file.
///
/// # Errors
/// A message that names it.
pub fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))
}

/// A file.
///
/// # Errors
/// A message that names it.
pub fn read_bytes(path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|e| format!("{path}: {e}"))
}

/// Writes a file whole, or not at all: what was there before stays until the new one is complete.
///
/// # Errors
/// A message that names it.
pub fn write(path: &str, bytes: &[u8]) -> Result<(), String> {
    let partial = format!("{path}.part");
    std::fs::write(&partial, bytes)
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|e| format!("{path}: {e}"))
}

/// The folder of what is kept across runs, such as the prompt's history; `None` without a home.
pub fn state() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let base = state.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")))?;
    let folder = base.join("drydock");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder)
}
