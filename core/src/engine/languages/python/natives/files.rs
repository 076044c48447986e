//! Files and directories.

use super::{Entry, byte_string, text};
use crate::base::Errno;
use crate::engine::languages::python::machine::{Args, Got, Trap, Value, Vm};
use crate::kernel::{OpenFlags, Read, Wait};

pub const ENTRIES: &[Entry] = &[
    ("open", open, 2, 2),
    ("read", read, 2, 2),
    ("write", write, 2, 2),
    ("close", |vm, a| { let fd = fd(vm, a)?; vm.sys.flush(); let r = vm.sys.close(fd); done(vm, r, None) }, 1, 1),
    ("listdir", listdir, 1, 1),
    ("stat", |vm, a| stat(vm, a, true), 1, 1),
    ("lstat", |vm, a| stat(vm, a, false), 1, 1),
    ("mkdir", |vm, a| { let mode = vm.int_arg(&a.at(1))?; path(vm, a, |s, p| s.mkdir(p, mode as u32)) }, 2, 2),
    ("rmdir", |vm, a| path(vm, a, |s, p| s.rmdir(p)), 1, 1),
    ("unlink", |vm, a| path(vm, a, |s, p| s.unlink(p)), 1, 1),
    ("chdir", |vm, a| path(vm, a, |s, p| s.chdir(p)), 1, 1),
    ("chmod", |vm, a| { let mode = vm.int_arg(&a.at(1))?; path(vm, a, |s, p| s.chmod(p, mode as u32)) }, 2, 2),
    ("rename", |vm, a| { let to = text(vm, &a.at(1))?; path(vm, a, |s, p| s.rename(p, &to)) }, 2, 2),
    ("symlink", |vm, a| { let to = text(vm, &a.at(1))?; path(vm, a, |s, p| s.symlink(p, &to)) }, 2, 2),
    ("readlink", |vm, a| answer(vm, a, |s, p| s.readlink(p)), 1, 1),
    ("realpath", |vm, a| answer(vm, a, |s, p| s.realpath(p)), 1, 1),
    ("cwd", |vm, _| { let cwd = vm.sys.cwd(); vm.string(cwd) }, 0, 0),
    ("truncate", |vm, a| { let n = vm.int_arg(&a.at(1))?; path(vm, a, |s, p| s.truncate(p, n.max(0) as u64)) }, 2, 2),
];

/// The exception for an error of the kernel.
pub fn os_error(vm: &mut Vm<'_, '_>, error: Errno, file: Option<&str>) -> Trap {
    let kind = match error {
        Errno::ENOENT => "FileNotFoundError",
        Errno::EEXIST => "FileExistsError",
        Errno::EACCES | Errno::EPERM => "PermissionError",
        Errno::EISDIR => "IsADirectoryError",
        Errno::ENOTDIR => "NotADirectoryError",
        Errno::ECONNREFUSED => "ConnectionRefusedError",
        Errno::ECONNRESET => "ConnectionResetError",
        Errno::EPIPE => "BrokenPipeError",
        Errno::ETIMEDOUT => "TimeoutError",
        Errno::ESRCH => "ProcessLookupError",
        Errno::ECHILD => "ChildProcessError",
        _ => "OSError",
    };
    let mut args = vec![Value::Int(i64::from(error.code())), Value::str(error.text())];
    args.extend(file.map(Value::str));
    let made = vm.exception(kind, args.clone());
    match vm.init_exception(&made, &args, &[]) {
        Ok(()) => Trap::Raise(made),
        Err(trap) => trap,
    }
}

fn done<T>(vm: &mut Vm<'_, '_>, result: Result<T, Errno>, file: Option<&str>) -> Got {
    match result {
        Ok(_) => Ok(Value::None),
        Err(e) => Err(os_error(vm, e, file)),
    }
}

pub fn fd(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<i32> {
    Ok(vm.int_arg(&args.at(0))? as i32)
}

fn path(vm: &mut Vm<'_, '_>, args: Args<'_>, run: impl FnOnce(&mut crate::kernel::Sys<'_>, &str) -> Result<(), Errno>) -> Got {
    let path = text(vm, &args.at(0))?;
    let result = run(vm.sys, &path);
    done(vm, result, Some(&path))
}

fn answer(vm: &mut Vm<'_, '_>, args: Args<'_>, run: impl FnOnce(&mut crate::kernel::Sys<'_>, &str) -> Result<String, Errno>) -> Got {
    let path = text(vm, &args.at(0))?;
    match run(vm.sys, &path) {
        Ok(text) => vm.string(text),
        Err(e) => Err(os_error(vm, e, Some(&path))),
    }
}

fn open(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (path, mode) = (text(vm, &args.at(0))?, text(vm, &args.at(1))?);
    let plus = mode.contains('+');
    let flags = match mode.chars().find(|c| "rwax".contains(*c)) {
        Some('w') => OpenFlags { read: plus, ..OpenFlags::WRITE },
        Some('a') => OpenFlags { read: plus, ..OpenFlags::APPEND },
        Some('x') => OpenFlags { exclusive: true, ..OpenFlags::WRITE },
        _ if plus => OpenFlags::BOTH,
        _ => OpenFlags::READ,
    };
    if vm.sys.stat(&path).is_ok_and(|s| s.is_dir()) {
        return Err(os_error(vm, Errno::EISDIR, Some(&path)));
    }
    match vm.sys.open(&path, flags, 0o666) {
        Ok(fd) => Ok(Value::Int(i64::from(fd))),
        Err(e) => Err(os_error(vm, e, Some(&path))),
    }
}

fn read(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let fd = fd(vm, args)?;
    let most = vm.int_arg(&args.at(1))?.clamp(1, 1 << 20) as usize;
    vm.sys.flush();
    match vm.sys.read(fd, most) {
        Ok(Read::Data(data)) => vm.bytes(data),
        Ok(Read::End) => vm.bytes(vec![]),
        Ok(Read::Wait) => Err(Trap::Block(Wait::readable(fd))),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

fn write(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let fd = fd(vm, args)?;
    let data = byte_string(vm, &args.at(1))?;
    match vm.sys.write_checked(fd, &data) {
        Ok(()) => Ok(Value::Int(data.len() as i64)),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

fn listdir(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let path = text(vm, &args.at(0))?;
    match vm.sys.list(&path) {
        Ok(names) => {
            let names = names.into_iter().map(|n| Value::Str(n.into())).collect();
            Ok(vm.list(names))
        }
        Err(e) => Err(os_error(vm, e, Some(&path))),
    }
}

/// Kind, permissions, inode, links, owner, group, size, time of change in seconds.
fn stat(vm: &mut Vm<'_, '_>, args: Args<'_>, follow: bool) -> Got {
    let path = text(vm, &args.at(0))?;
    let stat = match if follow { vm.sys.stat(&path) } else { vm.sys.lstat(&path) } {
        Ok(stat) => stat,
        Err(e) => return Err(os_error(vm, e, Some(&path))),
    };
    let seconds = stat.mtime.0 as f64 / 1e9;
    let items = vec![
        Value::Int(i64::from(stat.st_mode())),
        Value::Int(i64::try_from(stat.ino).unwrap_or(0)),
        Value::Int(i64::from(stat.nlink)),
        Value::Int(i64::from(stat.uid)),
        Value::Int(i64::from(stat.gid)),
        Value::Int(i64::try_from(stat.size).unwrap_or(0)),
        Value::float(seconds),
    ];
    Ok(vm.tuple(items))
}
