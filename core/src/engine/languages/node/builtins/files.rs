//! Files, for the library's `fs`. A fault is an error with `errno`, `code`, `syscall` and `path`, in node's words.

use super::super::realm;
use super::super::value::{Prop, Value};
use super::super::vm::{Res, Trap, Vm};
use super::buffer::{data_of, make};
use super::{Entry, arg, entry_of};
use crate::base::{Errno, Time};
use crate::kernel::{Access, OpenFlags, Stat, Sys};

pub const TABLE: &[Entry] = &[
    entry_of("%readFile", 1, |vm, sys, _, a| {
        let path = vm.text(arg(a, 0))?;
        let bytes = match sys.read_file(&path) {
            Ok(bytes) => bytes,
            Err(Errno::EISDIR) => return fault(vm, Errno::EISDIR, "read", None, None),
            Err(e) => return fault(vm, e, "open", Some(&path), None),
        };
        vm.heap.fresh += bytes.len();
        Ok(make(vm, realm::BUFFER, bytes))
    }),
    entry_of("%writeFile", 3, |vm, sys, _, a| {
        let path = vm.text(arg(a, 0))?;
        let data = data_of(vm, arg(a, 1))?;
        let how = vm.plain_text(arg(a, 2));
        let flags = match how.as_str() {
            "a" => OpenFlags { truncate: false, append: true, ..OpenFlags::WRITE },
            "wx" => OpenFlags { exclusive: true, ..OpenFlags::WRITE },
            _ => OpenFlags::WRITE,
        };
        let fd = match sys.open(&path, flags, 0o666) {
            Ok(fd) => fd,
            Err(e) => return fault(vm, e, "open", Some(&path), None),
        };
        let result = sys.write_checked(fd, &data);
        let _was_open = sys.close(fd);
        match result {
            Ok(()) => Ok(Value::Undefined),
            Err(e) => fault(vm, e, "write", None, None),
        }
    }),
    entry_of("%stat", 3, |vm, sys, _, a| {
        let path = vm.text(arg(a, 0))?;
        let link = arg(a, 1).truthy();
        match if link { sys.lstat(&path) } else { sys.stat(&path) } {
            Ok(stat) => Ok(described(vm, &stat)),
            Err(_) if arg(a, 2).truthy() => Ok(Value::Undefined),
            Err(e) => fault(vm, e, if link { "lstat" } else { "stat" }, Some(&path), None),
        }
    }),
    entry_of("%access", 2, |vm, sys, _, a| {
        let path = vm.text(arg(a, 0))?;
        let mode = vm.whole(arg(a, 1))? as u32;
        let wanted = [(4, Access::Read), (2, Access::Write), (1, Access::Execute)];
        if let Err(e) = sys.stat(&path) {
            return fault(vm, e, "access", Some(&path), None);
        }
        if wanted.into_iter().any(|(bit, access)| mode & bit != 0 && !sys.access(&path, access)) {
            return fault(vm, Errno::EACCES, "access", Some(&path), None);
        }
        Ok(Value::Undefined)
    }),
    entry_of("%list", 1, |vm, sys, _, a| {
        let path = vm.text(arg(a, 0))?;
        match sys.list(&path) {
            Ok(names) => {
                let list = names.iter().map(|n| Value::text(n)).collect();
                Ok(vm.new_array(list))
            }
            Err(e) => fault(vm, e, "scandir", Some(&path), None),
        }
    }),
    entry_of("%mkdir", 2, mkdir),
    entry_of("%unlink", 1, |vm, sys, _, a| simple(vm, sys, a, "unlink", |sys, path| sys.unlink(path))),
    entry_of("%rmdir", 1, |vm, sys, _, a| simple(vm, sys, a, "rmdir", |sys, path| sys.rmdir(path))),
    entry_of("%rename", 2, |vm, sys, _, a| {
        let (from, to) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
        match sys.rename(&from, &to) {
            Ok(()) => Ok(Value::Undefined),
            Err(e) => fault(vm, e, "rename", Some(&from), Some(&to)),
        }
    }),
    entry_of("%symlink", 2, |vm, sys, _, a| {
        let (from, to) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
        match sys.symlink(&from, &to) {
            Ok(()) => Ok(Value::Undefined),
            Err(e) => fault(vm, e, "symlink", Some(&from), Some(&to)),
        }
    }),
    entry_of("%readlink", 1, |vm, sys, _, a| {
        let path = vm.text(arg(a, 0))?;
        match sys.readlink(&path) {
            Ok(text) => Ok(text.into()),
            Err(e) => fault(vm, e, "readlink", Some(&path), None),
        }
    }),
    entry_of("%realpath", 1, |vm, sys, _, a| {
        let path = vm.text(arg(a, 0))?;
        match sys.realpath(&path) {
            Ok(text) => Ok(text.into()),
            Err(e) => fault(vm, e, "realpath", Some(&path), None),
        }
    }),
    entry_of("%chmod", 2, |vm, sys, _, a| {
        let (path, mode) = (vm.text(arg(a, 0))?, vm.whole(arg(a, 1))? as u32);
        match sys.chmod(&path, mode) {
            Ok(()) => Ok(Value::Undefined),
            Err(e) => fault(vm, e, "chmod", Some(&path), None),
        }
    }),
    // What a path is: 1 a file, 2 a directory, 0 nothing. It never fails.
    entry_of("%what", 1, |vm, sys, _, a| {
        let path = vm.text(arg(a, 0))?;
        Ok(Value::Num(match sys.stat(&path) {
            Ok(stat) if stat.is_dir() => 2.0,
            Ok(_) => 1.0,
            Err(_) => 0.0,
        }))
    }),
];

fn simple(
    vm: &mut Vm,
    sys: &mut Sys<'_>,
    args: &[Value],
    name: &str,
    run: fn(&mut Sys<'_>, &str) -> Result<(), Errno>,
) -> Res<Value> {
    let path = vm.text(arg(args, 0))?;
    match run(sys, &path) {
        Ok(()) => Ok(Value::Undefined),
        Err(e) => fault(vm, e, name, Some(&path), None),
    }
}

/// Path, recursive: the first directory that was made, for a recursive call.
fn mkdir(vm: &mut Vm, sys: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let path = vm.text(arg(args, 0))?;
    if !arg(args, 1).truthy() {
        return match sys.mkdir(&path, 0o777) {
            Ok(()) => Ok(Value::Undefined),
            Err(e) => fault(vm, e, "mkdir", Some(&path), None),
        };
    }
    let mut first = Value::Undefined;
    let ends: Vec<usize> = path
        .char_indices()
        .filter(|(at, c)| *c == '/' && *at > 0)
        .map(|(at, _)| at)
        .chain([path.len()])
        .collect();
    for end in ends {
        let part = &path[..end];
        if sys.stat(part).is_ok_and(|s| s.is_dir()) {
            continue;
        }
        if let Err(e) = sys.mkdir(part, 0o777) {
            return fault(vm, e, "mkdir", Some(&path), None);
        }
        if matches!(first, Value::Undefined) {
            first = Value::text(part);
        }
    }
    Ok(first)
}

fn described(vm: &mut Vm, stat: &Stat) -> Value {
    let millis = |t: Time| Value::Num((t.0 / 1_000_000) as f64);
    let number = |n: u64| Value::Num(n as f64);
    vm.object_of(vec![
        ("mode", number(u64::from(stat.st_mode()))),
        ("nlink", number(u64::from(stat.nlink))),
        ("uid", number(u64::from(stat.uid))),
        ("gid", number(u64::from(stat.gid))),
        ("ino", number(stat.ino)),
        ("size", number(stat.size)),
        ("mtimeMs", millis(stat.mtime)),
    ])
}

/// The words of libuv for an error.
pub fn words(e: Errno) -> String {
    match e {
        Errno::EISDIR => "illegal operation on a directory".into(),
        Errno::EACCES => "permission denied".into(),
        Errno::EEXIST => "file already exists".into(),
        Errno::ENOTDIR => "not a directory".into(),
        Errno::ENOTEMPTY => "directory not empty".into(),
        Errno::EADDRINUSE => "address already in use".into(),
        Errno::EROFS => "read-only file system".into(),
        Errno::EPERM => "operation not permitted".into(),
        other => other.text().to_lowercase(),
    }
}

pub fn fault<T>(vm: &mut Vm, e: Errno, call: &str, path: Option<&str>, to: Option<&str>) -> Res<T> {
    let code = format!("{e:?}");
    let mut text = format!("{code}: {}, {call}", words(e));
    if let Some(path) = path {
        text.push_str(&format!(" '{path}'"));
    }
    if let Some(to) = to {
        text.push_str(&format!(" -> '{to}'"));
    }
    let error = vm.error(realm::ERROR, &text);
    if let Value::Obj(id) = error {
        let props = &mut vm.heap.get_mut(id).props;
        props.insert("errno".into(), Prop::open(Value::Num(-f64::from(e.code()))));
        props.insert("code".into(), Prop::open(code.into()));
        props.insert("syscall".into(), Prop::open(Value::text(call)));
        if let Some(path) = path {
            props.insert("path".into(), Prop::open(Value::text(path)));
        }
        if let Some(to) = to {
            props.insert("dest".into(), Prop::open(Value::text(to)));
        }
    }
    Err(Trap::Throw(error))
}
