//! What a run of node knows of itself, and the places that its stack traces name in each version.

use crate::base::Time;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Without a `v`.
    pub version: String,
    pub started: Time,
    pub scratch: bool,
    /// The loop has looked at the clock.
    pub looped: bool,
}

/// Places in node's own files: as version 20 has them, then 18, then 22.
const PLACES: &[(&str, &str, &str)] = &[
    (
        "Module._compile (node:internal/modules/cjs/loader:1521:14)",
        "Module._compile (node:internal/modules/cjs/loader:1364:14)",
        "Module._compile (node:internal/modules/cjs/loader:1554:14)",
    ),
    (
        "Module._extensions..js (node:internal/modules/cjs/loader:1623:10)",
        "Module._extensions..js (node:internal/modules/cjs/loader:1422:10)",
        "Object..js (node:internal/modules/cjs/loader:1706:10)",
    ),
    (
        "Module.load (node:internal/modules/cjs/loader:1266:32)",
        "Module.load (node:internal/modules/cjs/loader:1203:32)",
        "Module.load (node:internal/modules/cjs/loader:1289:32)",
    ),
    (
        "Module._load (node:internal/modules/cjs/loader:1091:12)",
        "Module._load (node:internal/modules/cjs/loader:1019:12)",
        "Function._load (node:internal/modules/cjs/loader:1108:12)",
    ),
    (
        "Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:164:12)",
        "Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:128:12)",
        "Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:170:5)",
    ),
    (
        "node:internal/main/run_main_module:28:49",
        "node:internal/main/run_main_module:28:49",
        "node:internal/main/run_main_module:36:49",
    ),
    (
        "Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)",
        "Module._resolveFilename (node:internal/modules/cjs/loader:1144:15)",
        "Function._resolveFilename (node:internal/modules/cjs/loader:1225:15)",
    ),
    (
        "Module.require (node:internal/modules/cjs/loader:1289:19)",
        "Module.require (node:internal/modules/cjs/loader:1231:19)",
        "Module.require (node:internal/modules/cjs/loader:1311:12)",
    ),
    (
        "require (node:internal/modules/helpers:182:18)",
        "require (node:internal/modules/helpers:177:18)",
        "require (node:internal/modules/helpers:136:16)",
    ),
    (
        "wrapSafe (node:internal/modules/cjs/loader:1464:18)",
        "wrapSafe (node:internal/modules/cjs/loader:1288:18)",
        "wrapSafe (node:internal/modules/cjs/loader:1469:18)",
    ),
    (
        "node:internal/modules/cjs/loader:1210",
        "node:internal/modules/cjs/loader:1147",
        "node:internal/modules/cjs/loader:1228",
    ),
];

impl Facts {
    pub fn major(&self) -> u32 {
        self.version.split('.').next().and_then(|m| m.parse().ok()).unwrap_or(20)
    }

    /// A place as this version has it.
    pub fn versioned(&self, place: &str) -> String {
        let found = PLACES.iter().find(|p| p.0 == place);
        match (found, self.major()) {
            (Some(p), 0..=18) => p.1,
            (Some(p), 21..) => p.2,
            _ => place,
        }
        .to_string()
    }
}
