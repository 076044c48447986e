//! The fields of the API objects that `inspect` shows, with their Go kinds.

use super::typed::Kind::{self, Address, Bool, Int, List, Map, Pointer, Prefix, Struct, Text, Time};
use super::typed::Member;
use super::value::ANY;

const fn m(name: &'static str, kind: Kind) -> Member {
    Member::new(name, kind)
}

const fn renamed(go: &'static str, json: &'static str, kind: Kind) -> Member {
    Member::renamed(go, json, kind)
}

const TEXTS: Kind = List("string", &Text);
const LABELS: Kind = Map("string", &Text);
/// A set: a map to empty structs.
const SET: Kind = Map("struct {}", &Struct("struct {}", &[]));

/// A container as the API describes it.
pub(super) const CONTAINER: Kind = Struct(
    "container.InspectResponse",
    &[
        renamed("ID", "Id", Text),
        m("Created", Text),
        m("Path", Text),
        m("Args", TEXTS),
        m("State", STATE),
        m("Image", Text),
        m("ResolvConfPath", Text),
        m("HostnamePath", Text),
        m("HostsPath", Text),
        m("LogPath", Text),
        m("Name", Text),
        m("RestartCount", Int),
        m("Driver", Text),
        m("Platform", Text),
        m("MountLabel", Text),
        m("ProcessLabel", Text),
        m("AppArmorProfile", Text),
        m("ExecIDs", TEXTS),
        m("HostConfig", HOST_CONFIG),
        m("GraphDriver", GRAPH_DRIVER),
        m("Storage", Kind::Any),
        m("SizeRw", Pointer("*int64")),
        m("SizeRootFs", Pointer("*int64")),
        m("Mounts", List("container.MountPoint", &MOUNT_POINT)),
        m("Config", CONTAINER_CONFIG),
        m("NetworkSettings", NETWORK_SETTINGS),
        m("ImageManifestDescriptor", DESCRIPTOR),
    ],
);

const GRAPH_DRIVER: Kind = Struct("*storage.DriverData", &[m("Data", LABELS), m("Name", Text)]);

const STATE: Kind = Struct(
    "*container.State",
    &[
        m("Status", Text),
        m("Running", Bool),
        m("Paused", Bool),
        m("Restarting", Bool),
        m("OOMKilled", Bool),
        m("Dead", Bool),
        m("Pid", Int),
        m("ExitCode", Int),
        m("Error", Text),
        m("StartedAt", Text),
        m("FinishedAt", Text),
        m("Health", HEALTH),
    ],
);

const HEALTH: Kind = Struct(
    "*container.Health",
    &[
        m("Status", Text),
        m("FailingStreak", Int),
        m("Log", List("*container.HealthcheckResult", &HEALTH_RESULT)),
    ],
);

const HEALTH_RESULT: Kind = Struct(
    "*container.HealthcheckResult",
    &[m("Start", Time), m("End", Time), m("ExitCode", Int), m("Output", Text)],
);

const MOUNT_POINT: Kind = Struct(
    "container.MountPoint",
    &[
        m("Type", Text),
        m("Name", Text),
        m("Source", Text),
        m("Destination", Text),
        m("Driver", Text),
        m("Mode", Text),
        m("RW", Bool),
        m("Propagation", Text),
    ],
);

const HEALTH_CONFIG: Kind = Struct(
    "*v1.HealthcheckConfig",
    &[
        m("Test", TEXTS),
        m("Interval", Int),
        m("Timeout", Int),
        m("StartPeriod", Int),
        m("StartInterval", Int),
        m("Retries", Int),
    ],
);

const CONTAINER_CONFIG: Kind = Struct(
    "*container.Config",
    &[
        m("Hostname", Text),
        m("Domainname", Text),
        m("User", Text),
        m("AttachStdin", Bool),
        m("AttachStdout", Bool),
        m("AttachStderr", Bool),
        m("ExposedPorts", SET),
        m("Tty", Bool),
        m("OpenStdin", Bool),
        m("StdinOnce", Bool),
        m("Env", TEXTS),
        m("Cmd", TEXTS),
        m("Healthcheck", HEALTH_CONFIG),
        m("ArgsEscaped", Bool),
        m("Image", Text),
        m("Volumes", SET),
        m("WorkingDir", Text),
        m("Entrypoint", TEXTS),
        m("NetworkDisabled", Bool),
        m("OnBuild", TEXTS),
        m("Labels", LABELS),
        m("StopSignal", Text),
        m("StopTimeout", Pointer("*int")),
        m("Shell", TEXTS),
    ],
);

const PORT_BINDING: Kind =
    Struct("network.PortBinding", &[renamed("HostIP", "HostIp", Address), m("HostPort", Text)]);
const PORT_MAP: Kind = Map("[]network.PortBinding", &List("network.PortBinding", &PORT_BINDING));

const ENDPOINT: Kind = Struct(
    "*network.EndpointSettings",
    &[
        m("IPAMConfig", ENDPOINT_IPAM),
        m("Links", TEXTS),
        m("Aliases", TEXTS),
        m("DriverOpts", LABELS),
        m("GwPriority", Int),
        m("NetworkID", Text),
        m("EndpointID", Text),
        m("Gateway", Address),
        m("IPAddress", Address),
        m("MacAddress", Text),
        m("IPPrefixLen", Int),
        m("IPv6Gateway", Address),
        m("GlobalIPv6Address", Address),
        m("GlobalIPv6PrefixLen", Int),
        m("DNSNames", TEXTS),
    ],
);

const ENDPOINT_IPAM: Kind = Struct(
    "*network.EndpointIPAMConfig",
    &[m("IPv4Address", Address), m("IPv6Address", Address), m("LinkLocalIPs", List("netip.Addr", &Address))],
);

const NETWORK_SETTINGS: Kind = Struct(
    "*container.NetworkSettings",
    &[
        m("SandboxID", Text),
        m("SandboxKey", Text),
        m("Ports", PORT_MAP),
        m("Networks", Map("*network.EndpointSettings", &ENDPOINT)),
    ],
);

const RESTART_POLICY: Kind =
    Struct("container.RestartPolicy", &[m("Name", Text), m("MaximumRetryCount", Int)]);
const LOG_CONFIG: Kind = Struct("container.LogConfig", &[m("Type", Text), m("Config", LABELS)]);
const MOUNT: Kind = Struct(
    "mount.Mount",
    &[
        m("Type", Text),
        m("Source", Text),
        m("Target", Text),
        m("ReadOnly", Bool),
        m("Consistency", Text),
        m("BindOptions", Struct("*mount.BindOptions", &[m("Propagation", Text), m("NonRecursive", Bool)])),
        m("VolumeOptions", Struct("*mount.VolumeOptions", &[m("NoCopy", Bool), m("Labels", LABELS)])),
        m("TmpfsOptions", Struct("*mount.TmpfsOptions", &[m("SizeBytes", Int), m("Mode", Int)])),
    ],
);
const ULIMIT: Kind = Struct("*container.Ulimit", &[m("Name", Text), m("Hard", Int), m("Soft", Int)]);
const DEVICE: Kind = Struct(
    "container.DeviceMapping",
    &[m("PathOnHost", Text), m("PathInContainer", Text), m("CgroupPermissions", Text)],
);

const HOST_CONFIG: Kind = Struct(
    "*container.HostConfig",
    &[
        m("Binds", TEXTS),
        m("ContainerIDFile", Text),
        m("LogConfig", LOG_CONFIG),
        m("NetworkMode", Text),
        m("PortBindings", PORT_MAP),
        m("RestartPolicy", RESTART_POLICY),
        m("AutoRemove", Bool),
        m("VolumeDriver", Text),
        m("VolumesFrom", TEXTS),
        m("ConsoleSize", List("uint", &Int)),
        m("Annotations", LABELS),
        m("CapAdd", TEXTS),
        m("CapDrop", TEXTS),
        m("CgroupnsMode", Text),
        renamed("DNS", "Dns", List("netip.Addr", &Address)),
        renamed("DNSOptions", "DnsOptions", TEXTS),
        renamed("DNSSearch", "DnsSearch", TEXTS),
        m("ExtraHosts", TEXTS),
        m("GroupAdd", TEXTS),
        m("IpcMode", Text),
        m("Cgroup", Text),
        m("Links", TEXTS),
        m("OomScoreAdj", Int),
        m("PidMode", Text),
        m("Privileged", Bool),
        m("PublishAllPorts", Bool),
        m("ReadonlyRootfs", Bool),
        m("SecurityOpt", TEXTS),
        m("StorageOpt", LABELS),
        m("Tmpfs", LABELS),
        m("UTSMode", Text),
        m("UsernsMode", Text),
        m("ShmSize", Int),
        m("Sysctls", LABELS),
        m("Runtime", Text),
        m("Isolation", Text),
        renamed("CPUShares", "CpuShares", Int),
        m("Memory", Int),
        renamed("NanoCPUs", "NanoCpus", Int),
        m("CgroupParent", Text),
        m("BlkioWeight", Int),
        m("BlkioWeightDevice", List(ANY, &Kind::Any)),
        m("BlkioDeviceReadBps", List(ANY, &Kind::Any)),
        m("BlkioDeviceWriteBps", List(ANY, &Kind::Any)),
        m("BlkioDeviceReadIOps", List(ANY, &Kind::Any)),
        m("BlkioDeviceWriteIOps", List(ANY, &Kind::Any)),
        renamed("CPUPeriod", "CpuPeriod", Int),
        renamed("CPUQuota", "CpuQuota", Int),
        renamed("CPURealtimePeriod", "CpuRealtimePeriod", Int),
        renamed("CPURealtimeRuntime", "CpuRealtimeRuntime", Int),
        m("CpusetCpus", Text),
        m("CpusetMems", Text),
        m("Devices", List("container.DeviceMapping", &DEVICE)),
        m("DeviceCgroupRules", TEXTS),
        m("DeviceRequests", List(ANY, &Kind::Any)),
        m("MemoryReservation", Int),
        m("MemorySwap", Int),
        m("MemorySwappiness", Pointer("*int64")),
        m("OomKillDisable", Pointer("*bool")),
        m("PidsLimit", Pointer("*int64")),
        m("Ulimits", List("*container.Ulimit", &ULIMIT)),
        renamed("CPUCount", "CpuCount", Int),
        renamed("CPUPercent", "CpuPercent", Int),
        m("IOMaximumIOps", Int),
        m("IOMaximumBandwidth", Int),
        m("Mounts", List("mount.Mount", &MOUNT)),
        m("MaskedPaths", TEXTS),
        m("ReadonlyPaths", TEXTS),
        m("Init", Pointer("*bool")),
    ],
);

const DESCRIPTOR: Kind = Struct(
    "*v1.Descriptor",
    &[
        renamed("MediaType", "mediaType", Text),
        renamed("Digest", "digest", Text),
        renamed("Size", "size", Int),
        renamed("Annotations", "annotations", LABELS),
        renamed("Platform", "platform", PLATFORM),
    ],
);

const PLATFORM: Kind = Struct(
    "*v1.Platform",
    &[
        renamed("Architecture", "architecture", Text),
        renamed("OS", "os", Text),
        renamed("OSVersion", "os.version", Text),
        renamed("Variant", "variant", Text),
    ],
);

const IMAGE_CONFIG: Kind = Struct(
    "*v1.DockerOCIImageConfig",
    &[
        m("User", Text),
        m("ExposedPorts", SET),
        m("Env", TEXTS),
        m("Entrypoint", TEXTS),
        m("Cmd", TEXTS),
        m("Volumes", SET),
        m("WorkingDir", Text),
        m("Labels", LABELS),
        m("StopSignal", Text),
        m("ArgsEscaped", Bool),
        m("Healthcheck", HEALTH_CONFIG),
        m("OnBuild", TEXTS),
        m("Shell", TEXTS),
    ],
);

/// An image as the API describes it.
pub(super) const IMAGE: Kind = Struct(
    "image.InspectResponse",
    &[
        renamed("ID", "Id", Text),
        m("RepoTags", TEXTS),
        m("RepoDigests", TEXTS),
        m("Comment", Text),
        m("Created", Text),
        m("Author", Text),
        m("Config", IMAGE_CONFIG),
        m("Architecture", Text),
        m("Variant", Text),
        m("Os", Text),
        m("OsVersion", Text),
        m("Size", Int),
        m("GraphDriver", GRAPH_DRIVER),
        m("RootFS", Struct("image.RootFS", &[m("Type", Text), m("Layers", TEXTS)])),
        m("Metadata", Struct("image.Metadata", &[m("LastTagTime", Time)])),
        m("Descriptor", DESCRIPTOR),
        m("Manifests", List(ANY, &Kind::Any)),
        m("Identity", Kind::Any),
    ],
);

const IPAM_CONFIG: Kind = Struct(
    "network.IPAMConfig",
    &[
        m("Subnet", Prefix),
        m("IPRange", Prefix),
        m("Gateway", Address),
        renamed("AuxAddress", "AuxiliaryAddresses", Map("netip.Addr", &Address)),
    ],
);

/// A network as the API describes it.
pub(super) const NETWORK: Kind = Struct(
    "network.Inspect",
    &[
        m("Name", Text),
        renamed("ID", "Id", Text),
        m("Created", Time),
        m("Scope", Text),
        m("Driver", Text),
        m("EnableIPv4", Bool),
        m("EnableIPv6", Bool),
        m(
            "IPAM",
            Struct(
                "network.IPAM",
                &[
                    m("Driver", Text),
                    m("Options", LABELS),
                    m("Config", List("network.IPAMConfig", &IPAM_CONFIG)),
                ],
            ),
        ),
        m("Internal", Bool),
        m("Attachable", Bool),
        m("Ingress", Bool),
        m("ConfigFrom", Struct("network.ConfigReference", &[m("Network", Text)])),
        m("ConfigOnly", Bool),
        m("Options", LABELS),
        m("Labels", LABELS),
        m("Peers", List(ANY, &Kind::Any)),
        m("Containers", Map("network.EndpointResource", &ENDPOINT_RESOURCE)),
        m("Services", Map(ANY, &Kind::Any)),
        m("Status", Kind::Any),
    ],
);

const ENDPOINT_RESOURCE: Kind = Struct(
    "network.EndpointResource",
    &[
        m("Name", Text),
        m("EndpointID", Text),
        m("MacAddress", Text),
        m("IPv4Address", Prefix),
        m("IPv6Address", Prefix),
    ],
);

/// A volume as the API describes it.
pub(super) const VOLUME: Kind = Struct(
    "volume.Volume",
    &[
        m("ClusterVolume", Pointer("*volume.ClusterVolume")),
        m("CreatedAt", Text),
        m("Driver", Text),
        m("Labels", LABELS),
        m("Mountpoint", Text),
        m("Name", Text),
        m("Options", LABELS),
        m("Scope", Text),
        m("Status", Map(ANY, &Kind::Any)),
        m("UsageData", Struct("*volume.UsageData", &[m("RefCount", Int), m("Size", Int)])),
    ],
);

/// A context of the client. Its type has no raw form behind it.
pub(super) const CONTEXT: Kind = Struct(
    "context.contextWithTLSListing",
    &[
        m("Name", Text),
        m("Metadata", Map(ANY, &Kind::Any)),
        m("Endpoints", Map(ANY, &CONTEXT_ENDPOINT)),
        m("TLSMaterial", Map("context.EndpointFiles", &TEXTS)),
        m("Storage", Struct("store.StorageInfo", &[m("MetadataPath", Text), m("TLSPath", Text)])),
    ],
);

const CONTEXT_ENDPOINT: Kind =
    Struct("context.EndpointMetaBase", &[m("Host", Text), m("SkipTLSVerify", Bool)]);

/// What `docker events` shows.
pub(super) const EVENT: Kind = Struct(
    "*events.Message",
    &[
        m("Type", Text),
        m("Action", Text),
        m("Actor", Struct("events.Actor", &[m("ID", Text), m("Attributes", LABELS)])),
        renamed("Scope", "scope", Text),
        renamed("Time", "time", Int),
        renamed("TimeNano", "timeNano", Int),
    ],
);

const PLATFORM_NAME: Kind = Struct("struct { Name string }", &[m("Name", Text)]);

const CLIENT_VERSION: Kind = Struct(
    "system.clientVersion",
    &[
        m("Platform", PLATFORM_NAME),
        m("Version", Text),
        renamed("APIVersion", "ApiVersion", Text),
        m("DefaultAPIVersion", Text),
        m("GitCommit", Text),
        m("GoVersion", Text),
        m("Os", Text),
        m("Arch", Text),
        m("BuildTime", Text),
        m("Context", Text),
    ],
);

const SERVER_VERSION: Kind = Struct(
    "*system.serverVersion",
    &[
        m("Platform", PLATFORM_NAME),
        m("Components", List("system.ComponentVersion", &COMPONENT)),
        m("Version", Text),
        renamed("APIVersion", "ApiVersion", Text),
        m("MinAPIVersion", Text),
        m("GitCommit", Text),
        m("GoVersion", Text),
        m("Os", Text),
        m("Arch", Text),
        m("KernelVersion", Text),
        m("Experimental", Bool),
        m("BuildTime", Text),
    ],
);

const COMPONENT: Kind =
    Struct("system.ComponentVersion", &[m("Name", Text), m("Version", Text), m("Details", LABELS)]);

/// What `docker version` shows.
pub(super) const VERSION: Kind =
    Struct("system.versionInfo", &[m("Client", CLIENT_VERSION), m("Server", SERVER_VERSION)]);

/// What `docker info` shows; its fields are named in Go as in JSON.
pub(super) const INFO: Kind = Struct(
    "system.dockerInfo",
    &[
        m("Labels", TEXTS),
        m("SecurityOptions", TEXTS),
        m("Warnings", TEXTS),
        m("ServerErrors", TEXTS),
        m("ClientErrors", TEXTS),
        m("Runtimes", Map("system.RuntimeWithStatus", &Kind::Any)),
    ],
);
