//! `version`: which Docker this answers as.

use crate::model::Release;
use serde_json::{Value, json};

/// The version of client and engine that Drydock answers as.
pub const VERSION: &str = "29.7.2";
/// The version of the Engine API.
pub const API: &str = "1.55";
/// The oldest version of the Engine API that is simulated.
pub const MIN_API: &str = "1.40";
/// The simulated kernel's release, as `uname -r` prints it.
pub const KERNEL: &str = "6.8.0-drydock";
/// When the engine would have been built.
pub const BUILT: &str = "2026-08-20T00:00:00.000000000+00:00";
/// What stands for a commit: there is none of Docker's here.
pub const COMMIT: &str = "drydock";

/// The daemon's version as `GET /version` answers.
pub fn version(release: Release) -> Value {
    let Release { version, api, min_api } = release;
    let component = |name: &str, version: &str| json!({ "Name": name, "Version": version, "Details": { "GitCommit": "" } });
    json!({
        "Platform": { "Name": "" },
        "Version": version,
        "ApiVersion": api,
        "MinAPIVersion": min_api,
        "Os": "linux",
        "Arch": "amd64",
        "Components": [
            {
                "Name": "Engine",
                "Version": version,
                "Details": {
                    "ApiVersion": api,
                    "Arch": "amd64",
                    "BuildTime": BUILT,
                    "Experimental": "false",
                    "GitCommit": COMMIT,
                    "GoVersion": "go1.26.6",
                    "KernelVersion": KERNEL,
                    "MinAPIVersion": min_api,
                    "Module": "github.com/moby/moby/v2",
                    "ModuleVersion": "v2.0.0+unknown",
                    "Os": "linux",
                },
            },
            component("containerd", "2.2.7+unknown"),
            component("runc", "1.4.0"),
            component("docker-init", "0.19.0"),
        ],
        "GitCommit": COMMIT,
        "GoVersion": "go1.26.6",
        "KernelVersion": KERNEL,
        "BuildTime": BUILT,
    })
}
