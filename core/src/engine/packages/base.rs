//! What the images of a release of Debian or Ubuntu hold from the start: the stanzas of their `/var/lib/dpkg/status`,
//! and which package a program of theirs is from.
//!
//! Lines of `base.txt` are `NAME,… RELEASE=VERSION … [# DESCRIPTION]`; a release without a version lacks the packages.

use super::index::Package;
use crate::base::Order;

/// The packages of a release, by its code name, in order of their names.
pub fn packages(release: &str) -> Vec<Package> {
    let lines = include_str!("base.txt").lines().filter(|line| !line.starts_with('#'));
    let mut all: Vec<Package> = lines
        .filter_map(|line| {
            let (facts, about) = line.split_once(" # ").unwrap_or((line, ""));
            let (names, versions) = facts.split_once(' ')?;
            let of_release = |word: &'static str| word.strip_prefix(release)?.strip_prefix('=');
            let version = versions.split(' ').find_map(of_release)?;
            let package = move |name| Package { name, version, about, ..Package::default() };
            Some(names.split(',').map(package))
        })
        .flatten()
        .collect();
    all.order_by_key(|package| package.name);
    all
}

/// The version that a release holds of a package of its base; that of bookworm for a release that is unknown.
pub fn version(release: &str, name: &str) -> &'static str {
    let known =
        [release, "bookworm"].into_iter().find_map(|r| packages(r).into_iter().find(|p| p.name == name));
    known.map_or("", |package| package.version)
}

/// The text of `/var/lib/dpkg/status` of an image of this release.
pub fn status(release: &str) -> String {
    packages(release).iter().map(stanza).collect()
}

/// What dpkg notes of a package that is installed.
pub fn stanza(package: &Package) -> String {
    let Package { name, version, installed, about, .. } = package;
    let (arch, shared) =
        (architecture(name), if qualified(name) == *name { "" } else { "Multi-Arch: same\n" });
    format!(
        "Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: misc\nInstalled-Size: {installed}\nMaintainer: Debian Developers\nArchitecture: {arch}\n{shared}Version: {version}\nDescription: {about}\n\n"
    )
}

/// `all` for packages without machine code.
pub fn architecture(name: &str) -> &'static str {
    let all = matches!(
        name,
        "adduser" | "debconf" | "init-system-helpers" | "libpam-runtime" | "lsb-base" | "tzdata"
    ) || ["-common", "-keyring", ".defs", "-base", "-utils", "-merged", "merge"]
        .iter()
        .any(|end| name.ends_with(end))
        && !matches!(name, "gcc-14-base" | "gcc-12-base" | "gcc-10-base" | "perl-base" | "sysvinit-utils");
    if all { "all" } else { "amd64" }
}

/// `libc6:amd64`: the name with the architecture, where more than one may be installed.
pub fn qualified(name: &str) -> String {
    let library = name.starts_with("lib") || name == "zlib1g" || name.starts_with("gcc-1");
    let single = architecture(name) == "all" || ["-bin", "-dev"].iter().any(|end| name.ends_with(end));
    if library && !single { format!("{name}:amd64") } else { name.to_string() }
}

/// Programs of the base system, by the package that they are from; any other is from a package of its own name.
const PROGRAMS: &[(&str, &str)] = &[
    ("apt", "apt apt-cache apt-get apt-mark"),
    (
        "coreutils",
        "[ arch b2sum base32 base64 basename cat chgrp chmod chown chroot cksum comm cp csplit cut date dd df dir dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pr printenv printf pwd readlink realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink users vdir wc who whoami yes",
    ),
    ("dash", "dash sh"),
    ("diffutils", "cmp diff diff3 sdiff"),
    ("dpkg", "dpkg dpkg-query"),
    ("findutils", "find xargs"),
    ("grep", "egrep fgrep grep"),
    ("gzip", "gunzip gzip zcat"),
    ("libc-bin", "getconf getent ldconfig ldd locale"),
    ("mount", "mount umount"),
    ("passwd", "chpasswd groupadd passwd useradd userdel usermod"),
    ("perl-base", "perl"),
    ("util-linux", "dmesg getopt lsblk lscpu more nsenter su unshare"),
];

/// The programs of a package of the base system.
pub fn programs(package: &str) -> impl Iterator<Item = &'static str> {
    PROGRAMS.iter().filter(move |(name, _)| *name == package).flat_map(|(_, programs)| programs.split(' '))
}

/// The package that a program of the base system is from.
pub fn owner(program: &str) -> Option<&'static str> {
    PROGRAMS
        .iter()
        .find(|(_, programs)| programs.split(' ').any(|name| name == program))
        .map(|(package, _)| *package)
}
