//! `update-ca-certificates`: adds the certificates of `/usr/local/share/ca-certificates` to those of `/etc/ssl/certs`,
//! and takes out those that are gone.
//!
//! Exit status: 0, or 1 where the files cannot be written. Left out: its options, `/etc/ca-certificates.conf`.

use super::opts::{Spec, parse};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `update-ca-certificates`.
pub const APPLETS: &[Applet] = &[Applet::main("update-ca-certificates", main)];

const SPEC: Spec = Spec::new(
    "fv",
    &[("fresh", 'f'), ("verbose", 'v'), ("certsconf=", 'c'), ("hooksdir=", 'h')],
    "[--verbose] [--fresh]",
    "Update the certificates of /etc/ssl/certs",
)
.missing("fvch");

const OWN: &str = "/usr/local/share/ca-certificates";
const CERTS: &str = "/etc/ssl/certs";
const BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    parse(sys, &SPEC)?;
    let gnu = sys.flavor() == Flavor::Gnu;
    match update(sys) {
        Ok((added, removed)) if gnu => {
            sys.print(&format!(
                "Updating certificates in {CERTS}...\n{added} added, {removed} removed; done.\n\
                 Running hooks in /etc/ca-certificates/update.d...\ndone.\n"
            ));
            Ok(0)
        }
        Ok(_) => Ok(0),
        Err(e) => {
            sys.complain(&format!("{CERTS}: {e}"));
            Ok(1)
        }
    }
}

/// How many were added and removed.
fn update(sys: &mut Sys<'_>) -> Result<(usize, usize), Errno> {
    let own: Vec<String> =
        sys.list(OWN).unwrap_or_default().into_iter().filter(|name| name.ends_with(".crt")).collect();
    let mut bundle = String::from_utf8_lossy(&sys.read_file(BUNDLE).unwrap_or_default()).into_owned();
    let (mut added, mut removed) = (0, 0);
    for dir in ["/etc/ssl", CERTS] {
        match sys.mkdir(dir, 0o755) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(e) => return Err(e),
        }
    }
    for link in sys.list(CERTS)? {
        let path = format!("{CERTS}/{link}");
        let dangling = sys.readlink(&path).is_ok_and(|target| target.starts_with(OWN)) && sys.stat(&path).is_err();
        if dangling {
            sys.unlink(&path)?;
            removed += 1;
        }
    }
    for name in own {
        let file = format!("{OWN}/{name}");
        let text = String::from_utf8_lossy(&sys.read_file(&file)?).trim_end().to_string() + "\n";
        let link = format!("{CERTS}/{}.pem", name.trim_end_matches(".crt").replace(' ', "_"));
        if sys.lstat(&link).is_err() {
            sys.symlink(&file, &link)?;
            added += 1;
        }
        if !bundle.contains(&text) {
            bundle.push_str(&text);
        }
    }
    if added > 0 {
        sys.write_file(BUNDLE, bundle.as_bytes(), 0o644)?;
    }
    Ok((added, removed))
}
