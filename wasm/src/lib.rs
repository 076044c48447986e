//! wasm of Drydock.
