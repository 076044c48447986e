//! The operations of the daemon that tests count, expect and make fail.

use serde::{Deserialize, Serialize};

macro_rules! operations {
    ($($(#[$about:meta])* $name:ident $word:literal $method:literal $path:literal,)*) => {
        /// What a client asks of the daemon. The same whichever way it comes: a `docker` command, a typed call, the
        /// Engine API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Operation {
            $($(#[$about])* $name,)*
        }

        impl Operation {
            /// All there are.
            pub const ALL: &'static [Operation] = &[$(Operation::$name,)*];

            /// Its name, as in JSON and YAML.
            pub fn word(self) -> &'static str {
                match self {
                    $(Operation::$name => $word,)*
                }
            }

            /// Its request of the Engine API: method and path; `{}` stands for the object.
            pub fn request(self) -> (&'static str, &'static str) {
                match self {
                    $(Operation::$name => ($method, $path),)*
                }
            }
        }
    };
}

operations! {
    /// The check that the daemon is there.
    Ping "ping" "HEAD" "/_ping",
    /// The daemon's versions.
    Version "version" "GET" "/version",
    /// Facts about the daemon.
    Info "info" "GET" "/info",
    /// The daemon's events.
    Events "events" "GET" "/events",
    /// What uses how much of the disk.
    DiskUsage "disk_usage" "GET" "/system/df",
    /// Credentials for a registry.
    Login "login" "POST" "/auth",
    /// A search in a registry.
    Search "search" "GET" "/images/search",
    /// An image from a registry.
    Pull "pull" "POST" "/images/create",
    /// An image to a registry.
    Push "push" "POST" "/images/{}/push",
    /// An image from a Dockerfile.
    Build "build" "POST" "/build",
    /// An image from an archive of files.
    Import "import" "POST" "/images/create",
    /// Images from an archive.
    Load "load" "POST" "/images/load",
    /// Images into an archive.
    Save "save" "GET" "/images/{}/get",
    /// Another name for an image.
    Tag "tag" "POST" "/images/{}/tag",
    /// A name of an image goes, or the image.
    RemoveImage "remove_image" "DELETE" "/images/{}",
    /// A list of images.
    ListImages "list_images" "GET" "/images/json",
    /// All about an image.
    InspectImage "inspect_image" "GET" "/images/{}/json",
    /// A container is made.
    Create "create" "POST" "/containers/create",
    /// A container is started.
    Start "start" "POST" "/containers/{}/start",
    /// A container is stopped.
    Stop "stop" "POST" "/containers/{}/stop",
    /// A container is restarted.
    Restart "restart" "POST" "/containers/{}/restart",
    /// A signal to a container.
    Kill "kill" "POST" "/containers/{}/kill",
    /// A container is frozen.
    Pause "pause" "POST" "/containers/{}/pause",
    /// A frozen container goes on.
    Unpause "unpause" "POST" "/containers/{}/unpause",
    /// A container gets another name.
    Rename "rename" "POST" "/containers/{}/rename",
    /// A container's limits are changed.
    Update "update" "POST" "/containers/{}/update",
    /// A container is removed.
    Remove "remove" "DELETE" "/containers/{}",
    /// Another process in a container; health checks do not count.
    Exec "exec" "POST" "/containers/{}/exec",
    /// An image from a container.
    Commit "commit" "POST" "/commit",
    /// Files out of a container.
    CopyFrom "copy_from" "GET" "/containers/{}/archive",
    /// Files into a container.
    CopyTo "copy_to" "PUT" "/containers/{}/archive",
    /// A container's whole file system.
    Export "export" "GET" "/containers/{}/export",
    /// A list of containers.
    List "list" "GET" "/containers/json",
    /// All about a container.
    Inspect "inspect" "GET" "/containers/{}/json",
    /// What a container has printed.
    Logs "logs" "GET" "/containers/{}/logs",
    /// A client at a container's streams.
    Attach "attach" "POST" "/containers/{}/attach",
    /// The end of a container.
    Wait "wait" "POST" "/containers/{}/wait",
    /// What a container uses.
    Stats "stats" "GET" "/containers/{}/stats",
    /// A network is made.
    CreateNetwork "create_network" "POST" "/networks/create",
    /// A network is removed.
    RemoveNetwork "remove_network" "DELETE" "/networks/{}",
    /// A container joins a network.
    Connect "connect" "POST" "/networks/{}/connect",
    /// A container leaves a network.
    Disconnect "disconnect" "POST" "/networks/{}/disconnect",
    /// A volume is made.
    CreateVolume "create_volume" "POST" "/volumes/create",
    /// A volume is removed.
    RemoveVolume "remove_volume" "DELETE" "/volumes/{}",
    /// Containers, images, networks or volumes that nobody uses go.
    Prune "prune" "POST" "/{}/prune",
}

impl Operation {
    /// Those that change nothing by themselves, and builds: whoever takes a request in passes the door for them, as
    /// the engine does for all others.
    pub(crate) const AT_THE_EDGE: [Operation; 14] = [
        Operation::Ping,
        Operation::Version,
        Operation::Info,
        Operation::Events,
        Operation::DiskUsage,
        Operation::Build,
        Operation::ListImages,
        Operation::InspectImage,
        Operation::List,
        Operation::Inspect,
        Operation::Logs,
        Operation::Attach,
        Operation::Wait,
        Operation::Stats,
    ];

    /// True for those that end with their client: where the connection breaks, they have not happened.
    pub fn ends_with_client(self) -> bool {
        matches!(self, Operation::Pull | Operation::Build)
    }

    /// True for those whose failures come in band: the answer has begun by then.
    pub fn fails_in_band(self) -> bool {
        matches!(self, Operation::Pull | Operation::Push | Operation::Build)
    }
}
