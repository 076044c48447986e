//! Reading files of the real computer, with errors that name them.

/// A text file.
pub fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))
}
