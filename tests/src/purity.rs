//! The proof that the core does no I/O: compiled to WebAssembly it asks its host for nothing but
//! what the bindings bring along. A clock, a file or a socket would show as an import.

/// One function, memory, table, global or tag that a module takes from its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module it comes from: `env`, `wasi_snapshot_preview1`, …
    pub module: String,
    /// Its name there.
    pub name: String,
}

/// The imports of a WebAssembly module; `None` where `bytes` is not one.
pub fn wasm_imports(bytes: &[u8]) -> Option<Vec<Import>> {
    const IMPORT_SECTION: u8 = 2;
    let mut rest = Reader(bytes.strip_prefix(b"\0asm\x01\0\0\0")?);
    while !rest.0.is_empty() {
        let id = rest.byte()?;
        let length = rest.number()?;
        let mut section = Reader(rest.take(length)?);
        if id == IMPORT_SECTION {
            let count = section.number()?;
            return (0..count).map(|_| section.import()).collect();
        }
    }
    Some(Vec::new())
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }

    /// A LEB128 number.
    fn number(&mut self) -> Option<usize> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return usize::try_from(value).ok();
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        let length = self.number()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }

    fn import(&mut self) -> Option<Import> {
        let import = Import { module: self.text()?, name: self.text()? };
        match self.byte()? {
            0 => drop(self.number()?),
            1 => {
                self.byte()?;
                self.limits()?;
            }
            2 => self.limits()?,
            3 => drop(self.take(2)?),
            4 => {
                self.byte()?;
                self.number()?;
            }
            _ => return None,
        }
        Some(import)
    }

    fn limits(&mut self) -> Option<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 != 0 {
            self.number()?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind_of_import() {
        let mut module = b"\0asm\x01\0\0\0\x01\x01\0\x02".to_vec();
        let imports = b"\x04\x03env\x03now\x00\x05\x01a\x01m\x02\x01\x01\x80\x02\x01a\x01t\x01\x70\x00\x01\x01a\x01g\x03\x7f\x00";
        module.push(imports.len() as u8);
        module.extend(imports);
        let found = wasm_imports(&module).unwrap();
        let names: Vec<_> = found.iter().map(|i| format!("{}.{}", i.module, i.name)).collect();
        assert_eq!(names, ["env.now", "a.m", "a.t", "a.g"]);
        assert_eq!(wasm_imports(&module[..module.len() - 1]), None);
        assert_eq!(wasm_imports(b"\x7fELF"), None);
    }
}
