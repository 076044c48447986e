//! Permission bits as people write them: octal numbers, `u+rwx,g-w,o=`, and the letters of `ls -l`.

/// The bits that `text` makes of `old`; `None` where it is no mode. `umask` counts where no `u`, `g`, `o` or
/// `a` is written.
pub fn parse(text: &str, old: u32, is_dir: bool, umask: u32) -> Option<u32> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let digits = text.bytes().all(|b| (b'0'..=b'7').contains(&b)) && text.len() <= 6;
        let mode = u32::from_str_radix(text, 8).ok().filter(|m| digits && *m <= 0o7777)?;
        // A short number leaves the set-id bits of a directory alone, as GNU and busybox do.
        return Some(if is_dir && text.len() < 5 { mode | old & 0o6000 } else { mode });
    }
    text.split(',').try_fold(old, |mode, clause| one_clause(clause, mode, is_dir, umask))
}

fn one_clause(clause: &str, mut mode: u32, is_dir: bool, umask: u32) -> Option<u32> {
    let at = clause.find(['+', '-', '='])?;
    let mut who = 0;
    for c in clause[..at].chars() {
        who |= match c {
            'u' => 0o4700,
            'g' => 0o2070,
            'o' => 0o1007,
            'a' => 0o7777,
            _ => return None,
        };
    }
    let masked = if who == 0 { umask } else { 0 };
    let who = if who == 0 { 0o7777 } else { who };
    let mut rest = &clause[at..];
    while let Some(op) = rest.chars().next() {
        let end = rest[1..].find(['+', '-', '=']).map_or(rest.len(), |i| i + 1);
        let bits = letters(&rest[1..end], mode, is_dir)? & who & !masked;
        mode = match op {
            '+' => mode | bits,
            '-' => mode & !bits,
            _ => mode & !(who & 0o777) | bits,
        };
        rest = &rest[end..];
    }
    Some(mode)
}

fn letters(letters: &str, mode: u32, is_dir: bool) -> Option<u32> {
    let spread = |bits: u32| bits << 6 | bits << 3 | bits;
    letters.chars().try_fold(0, |bits, c| {
        Some(
            bits | match c {
                'r' => 0o444,
                'w' => 0o222,
                'x' => 0o111,
                'X' if is_dir || mode & 0o111 != 0 => 0o111,
                'X' => 0,
                's' => 0o6000,
                't' => 0o1000,
                'u' => spread(mode >> 6 & 7),
                'g' => spread(mode >> 3 & 7),
                'o' => spread(mode & 7),
                _ => return None,
            },
        )
    })
}

/// `-rwxr-xr-x` for a kind (as `Stat::kind` has it) and permission bits.
pub fn letters_of(kind: char, mode: u32) -> String {
    let mut out = String::from(kind);
    for (shift, special, set, unset) in [(6, 0o4000, 's', 'S'), (3, 0o2000, 's', 'S'), (0, 0o1000, 't', 'T')]
    {
        let bits = mode >> shift;
        out.push(if bits & 4 != 0 { 'r' } else { '-' });
        out.push(if bits & 2 != 0 { 'w' } else { '-' });
        out.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => set,
            (true, false) => unset,
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_read_as_chmod_reads_them() {
        for (text, old, expect) in [
            ("640", 0o777, Some(0o640)),
            ("u+x,g-r", 0o640, Some(0o700)),
            ("+x", 0o644, Some(0o755)),
            ("a+X", 0o644, Some(0o644)),
            ("go=u", 0o700, Some(0o777)),
            ("u=rw,go=", 0o777, Some(0o600)),
            ("u+s", 0o755, Some(0o4755)),
            ("+t", 0o777, Some(0o1777)),
            ("999", 0, None),
            ("u+q", 0, None),
            ("z", 0, None),
            ("", 0, None),
        ] {
            assert_eq!(parse(text, old, false, 0o022), expect, "{text}");
        }
        assert_eq!(letters_of('d', 0o1777), "drwxrwxrwt");
        assert_eq!(letters_of('-', 0o4644), "-rwSr--r--");
    }
}
