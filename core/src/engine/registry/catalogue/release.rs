//! `/etc/os-release` and the one-line name of each family and version.

/// The one-line name, and the text of `os-release`; empty where the tree has its own.
pub(super) fn of(family: &str, version: &str, codename: &str) -> (String, String) {
    match family {
        "debian" => debian(version, codename),
        "ubuntu" => ubuntu(version, codename),
        "fedora" => (
            format!("Fedora release {version} (Forty Four)"),
            format!(
                "NAME=\"Fedora Linux\"\nVERSION=\"{version} (Container Image)\"\nRELEASE_TYPE=stable\nID=fedora\n\
                 VERSION_ID={version}\nPLATFORM_ID=\"platform:f{version}\"\n\
                 PRETTY_NAME=\"Fedora Linux {version} (Container Image)\"\n\
                 HOME_URL=\"https://fedoraproject.org/\"\nVARIANT=\"Container Image\"\nVARIANT_ID=container\n"
            ),
        ),
        "amazonlinux" => (
            format!("Amazon Linux release {version} (Amazon Linux)"),
            format!(
                "NAME=\"Amazon Linux\"\nVERSION=\"{version}\"\nID=\"amzn\"\nID_LIKE=\"fedora\"\n\
                 VERSION_ID=\"{version}\"\nPLATFORM_ID=\"platform:al{version}\"\n\
                 PRETTY_NAME=\"Amazon Linux {version}\"\n\
                 HOME_URL=\"https://aws.amazon.com/linux/amazon-linux-{version}/\"\n"
            ),
        ),
        "oraclelinux" => (
            format!("Oracle Linux Server release {version}"),
            format!(
                "NAME=\"Oracle Linux Server\"\nVERSION=\"{version}\"\nID=\"ol\"\nID_LIKE=\"fedora\"\n\
                 VARIANT=\"Server\"\nVARIANT_ID=\"server\"\nVERSION_ID=\"{version}\"\n\
                 PRETTY_NAME=\"Oracle Linux Server {version}\"\nHOME_URL=\"https://linux.oracle.com/\"\n"
            ),
        ),
        _ => (String::new(), String::new()),
    }
}

fn debian(version: &str, codename: &str) -> (String, String) {
    let major = version.split('.').next().unwrap_or_default();
    let text = format!(
        "PRETTY_NAME=\"Debian GNU/Linux {major} ({codename})\"\nNAME=\"Debian GNU/Linux\"\n\
         VERSION_ID=\"{major}\"\nVERSION=\"{major} ({codename})\"\nVERSION_CODENAME={codename}\n\
         ID=debian\nHOME_URL=\"https://www.debian.org/\"\nSUPPORT_URL=\"https://www.debian.org/support\"\n\
         BUG_REPORT_URL=\"https://bugs.debian.org/\"\n"
    );
    (format!("Debian GNU/Linux {major}"), text)
}

fn ubuntu(version: &str, codename: &str) -> (String, String) {
    let (point, animal) = match codename {
        "focal" => ("20.04.5", "Focal Fossa"),
        "jammy" => ("22.04.5", "Jammy Jellyfish"),
        "noble" => ("24.04.4", "Noble Numbat"),
        _ => ("26.04", "Resolute Raccoon"),
    };
    let text = format!(
        "PRETTY_NAME=\"Ubuntu {point} LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"{version}\"\n\
         VERSION=\"{point} LTS ({animal})\"\nVERSION_CODENAME={codename}\nID=ubuntu\nID_LIKE=debian\n\
         HOME_URL=\"https://www.ubuntu.com/\"\nSUPPORT_URL=\"https://help.ubuntu.com/\"\n\
         BUG_REPORT_URL=\"https://bugs.launchpad.net/ubuntu/\"\n\
         PRIVACY_POLICY_URL=\"https://www.ubuntu.com/legal/terms-and-policies/privacy-policy\"\n\
         UBUNTU_CODENAME={codename}\nLOGO=ubuntu-logo\n"
    );
    (format!("Ubuntu {point} LTS"), text)
}
