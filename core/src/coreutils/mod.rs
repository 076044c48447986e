//! Floor 4: the programs that images and the host hold, one file each.
//!
//! A file opens like a manual page (synopsis, options, exit status, what is left out) and ends in
//! `pub const APPLETS: &[Applet]`, the names it answers to. To add one, write the file and put its name into
//! the list below. `opts` reads options and `input` the files that all of them take.

use crate::kernel::Applet;

pub(crate) use spawn::{child, environment, replace};

macro_rules! programs {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// The programs of this floor, a slice for each file.
        pub const PROGRAMS: &[&[Applet]] = &[$($module::APPLETS),+];
    };
}

mod accounts;
mod copy;
#[cfg(test)]
mod files_tests;
mod http_client;
mod input;
pub(crate) mod mode;
#[cfg(test)]
mod network_tests;
mod opts;
#[cfg(test)]
mod recorded_tests;
mod size;
mod stream;
#[cfg(test)]
mod testing;
mod version;
mod walk;
mod when;

programs! {
    awk,
    base64,
    basename,
    busybox,
    cat,
    chmod,
    chown,
    cksum,
    cmp,
    column,
    comm,
    cp,
    curl,
    cut,
    date,
    dd,
    diff,
    digest,
    docker_init,
    du,
    echo,
    env,
    expand,
    expr,
    factor,
    find,
    fold,
    getconf,
    getopt,
    grep,
    gzip,
    head,
    hexdump,
    hostname,
    id,
    install,
    ip,
    join,
    jq,
    kill,
    ldconfig,
    less,
    link,
    ln,
    locale,
    ls,
    mkdir,
    mknod,
    mktemp,
    mount,
    mv,
    nc,
    nl,
    nohup,
    nslookup,
    od,
    paste,
    ping,
    printf,
    ps,
    pwd,
    readlink,
    rev,
    rm,
    sed,
    seq,
    shuf,
    sleep,
    sort,
    spawn,
    split,
    stat,
    strings,
    su,
    tac,
    tail,
    tar,
    tee,
    test,
    time,
    timeout,
    top,
    touch,
    tr,
    tree,
    r#true,
    truncate,
    tsort,
    tty,
    uniq,
    update_ca_certificates,
    uptime,
    useradd,
    watch,
    wc,
    wget,
    which,
    who,
    xargs,
    yes,
}

#[cfg(test)]
mod tests {
    use crate::kernel::{Programs, testbed::Testbed};

    #[test]
    fn a_program_prints_and_ends() {
        let mut bed = Testbed::new(Programs(&[super::PROGRAMS]));
        let echo = bed.run(&["echo", "hello", "world"], "");
        assert_eq!((echo.stdout.as_str(), echo.code), ("hello world\n", 0));
        assert_eq!(bed.run(&["false"], "").code, 1);
    }
}
