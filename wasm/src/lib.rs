//! Drydock in a browser: a session behind wasm-bindgen. Text goes in, JSON comes out; nothing here decides
//! anything.

use drydock::session::Session;
use wasm_bindgen::prelude::wasm_bindgen;

/// A session with a simulated host and a Docker engine.
#[wasm_bindgen]
pub struct Drydock {
    session: Session,
}

/// What a command printed and how it ended.
#[wasm_bindgen(getter_with_clone)]
pub struct Played {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit code.
    pub code: i32,
}

#[wasm_bindgen]
impl Drydock {
    /// A fresh world. The same seed gives the same ids and names.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: u32) -> Drydock {
        Drydock { session: Session::script(u64::from(seed)) }
    }

    /// Runs one complete command to its end.
    pub fn run(&mut self, command: &str) -> Played {
        let played = self.session.run(command);
        Played { stdout: played.stdout, stderr: played.stderr, code: played.code }
    }

    /// The session as a save file.
    ///
    /// # Errors
    /// The reason, where it cannot be saved.
    pub fn save(&self) -> Result<Vec<u8>, String> {
        self.session.save().map_err(|e| e.to_string())
    }

    /// Reads a save file.
    ///
    /// # Errors
    /// The reason, where it is none.
    pub fn load(bytes: &[u8]) -> Result<Drydock, String> {
        Session::load(bytes).map(|session| Drydock { session }).map_err(|e| e.to_string())
    }
}
