//! Sizes for people, as `ls -h`, `du -h` and `df -h` print them.

use crate::kernel::Flavor;

const UNITS: [char; 7] = ['K', 'M', 'G', 'T', 'P', 'E', 'Z'];

/// `1.5K`, `12M`: GNU rounds up and drops the fraction from 10 on, busybox rounds to one digit.
pub fn human(bytes: u64, flavor: Flavor) -> String {
    if bytes < 1024 {
        return bytes.to_string();
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let letter = UNITS[unit];
    match flavor {
        Flavor::Busybox => format!("{value:.1}{letter}"),
        Flavor::Gnu => {
            let tenths = (value * 10.0).ceil();
            if tenths < 100.0 {
                return format!("{:.1}{letter}", tenths / 10.0);
            }
            match (value.ceil(), UNITS.get(unit + 1)) {
                (full, Some(next)) if full >= 1024.0 => format!("1.0{next}"),
                (full, _) => format!("{full:.0}{letter}"),
            }
        }
    }
}

/// How many blocks of 1024 bytes a file takes on a disk of 4096-byte blocks.
pub fn blocks(stat: &crate::kernel::Stat) -> u64 {
    match stat.kind {
        '-' => stat.size.div_ceil(4096).saturating_mul(4),
        'd' if stat.fs.is_some() => 4,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_rounds_in_its_own_way() {
        for (bytes, gnu, busybox) in [
            (1023, "1023", "1023"),
            (1024, "1.0K", "1.0K"),
            (1025, "1.1K", "1.0K"),
            (10_240, "10K", "10.0K"),
            (10_241, "11K", "10.0K"),
            (1_048_575, "1.0M", "1024.0K"),
            (772_915, "755K", "754.8K"),
        ] {
            assert_eq!(
                (human(bytes, Flavor::Gnu).as_str(), human(bytes, Flavor::Busybox).as_str()),
                (gnu, busybox)
            );
        }
    }
}
