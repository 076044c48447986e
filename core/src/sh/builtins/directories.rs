//! The stack of directories of bash: `pushd`, `popd`, `dirs`.

use super::super::machine::{Call, Shell, Turn};
use super::{Done, plain};
use crate::base::Errno;
use crate::kernel::Sys;

impl Shell {
    /// The present directory and those below it on the stack.
    pub(in crate::sh) fn directories(&self) -> Vec<String> {
        let now = self.vars.text("PWD").unwrap_or("/").to_string();
        std::iter::once(now).chain(self.dirs.iter().cloned()).collect()
    }
}

/// What the words of `pushd` and `popd` ask for.
struct Asked {
    /// `-n`: the present directory stays.
    stays: bool,
    /// `+N` or `-N` as a place from the top.
    place: Option<usize>,
    directory: Option<String>,
}

fn refuse(shell: &mut Shell, sys: &mut Sys<'_>, call: &Call, text: &str) -> Done {
    shell.complain_as(sys, call.args.first().map_or("", String::as_str), text);
    Done::Status(1)
}

/// The place that `+N` or `-N` names, `None` for any other word.
fn place(word: &str, count: usize) -> Option<Result<usize, String>> {
    let number: usize = word.strip_prefix(['+', '-'])?.parse().ok()?;
    let at = if word.starts_with('+') { Some(number) } else { (count - 1).checked_sub(number) };
    let at = at.filter(|at| *at < count);
    Some(at.ok_or_else(|| match count {
        1 => "directory stack empty".to_string(),
        _ => format!("{word}: directory stack index out of range"),
    }))
}

fn read(shell: &mut Shell, sys: &mut Sys<'_>, call: &Call) -> Result<Asked, Done> {
    let mut asked = Asked { stays: false, place: None, directory: None };
    let name = call.args.first().cloned().unwrap_or_default();
    let mut words = call.args.iter().skip(1);
    while let Some(word) = words.next() {
        match (word.as_str(), place(word, shell.dirs.len() + 1)) {
            ("-n", _) => asked.stays = true,
            ("--", _) => asked.directory = words.next().cloned(),
            (_, Some(Ok(at))) => asked.place = Some(at),
            (_, Some(Err(text))) => return Err(refuse(shell, sys, call, &text)),
            (option, None) if option.starts_with('-') || name == "popd" => {
                let text = format!(
                    "{option}: invalid {}",
                    if option.starts_with('-') { "number" } else { "argument" }
                );
                refuse(shell, sys, call, &text);
                let dir = if name == "pushd" { " | dir" } else { "" };
                sys.eprint(&format!("{name}: usage: {name} [-n] [+N | -N{dir}]\n"));
                return Err(Done::Status(2));
            }
            (directory, None) => asked.directory = Some(directory.to_string()),
        }
    }
    Ok(asked)
}

/// Goes to a directory, as `cd` does; the complaint is that of the builtin.
fn go(shell: &mut Shell, sys: &mut Sys<'_>, call: &Call, to: &str) -> Turn<Option<Done>> {
    let missing = match sys.stat(to) {
        Ok(stat) if stat.is_dir() => None,
        Ok(_) => Some(Errno::ENOTDIR),
        Err(e) => Some(e),
    };
    if let Some(e) = missing {
        return Ok(Some(refuse(shell, sys, call, &format!("{to}: {}", e.text()))));
    }
    let mut cd = Call { args: vec!["cd".to_string(), "--".to_string(), to.to_string()], ..Call::default() };
    Ok(match plain::cd(shell, sys, &mut cd)? {
        Done::Status(0) => None,
        failed => Some(failed),
    })
}

/// `pushd [-n] [DIRECTORY|+N|-N]`
pub fn pushd(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let asked = match read(shell, sys, call) {
        Ok(asked) => asked,
        Err(done) => return Ok(done),
    };
    let mut stack = shell.directories();
    match (asked.directory, asked.place) {
        (Some(directory), _) if asked.stays => stack.insert(1, directory),
        (Some(directory), _) => {
            if let Some(failed) = go(shell, sys, call, &directory)? {
                return Ok(failed);
            }
            shell.dirs = stack;
            return list(shell, sys);
        }
        (None, None) if stack.len() == 1 => return Ok(refuse(shell, sys, call, "no other directory")),
        (None, None) => stack.swap(0, 1),
        (None, Some(at)) => stack.rotate_left(at),
    }
    let top = stack.remove(0);
    if !asked.stays
        && let Some(failed) = go(shell, sys, call, &top)?
    {
        return Ok(failed);
    }
    shell.dirs = stack;
    list(shell, sys)
}

/// `popd [-n] [+N|-N]`
pub fn popd(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let asked = match read(shell, sys, call) {
        Ok(asked) => asked,
        Err(done) => return Ok(done),
    };
    if shell.dirs.is_empty() {
        return Ok(refuse(shell, sys, call, "directory stack empty"));
    }
    let below = match asked.place {
        Some(at) if at > 0 => at - 1,
        _ => 0,
    };
    let gone = shell.dirs.remove(below);
    if asked.place.unwrap_or(0) == 0
        && !asked.stays
        && let Some(failed) = go(shell, sys, call, &gone)?
    {
        shell.dirs.insert(0, gone);
        return Ok(failed);
    }
    list(shell, sys)
}

fn list(shell: &mut Shell, sys: &mut Sys<'_>) -> Turn<Done> {
    dirs(shell, sys, &mut Call::default())
}

/// `dirs [-clpv] [+N|-N]`
pub fn dirs(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mut stack: Vec<(usize, String)> = shell.directories().into_iter().enumerate().collect();
    let (mut long, mut lines, mut numbered) = (false, false, false);
    for word in call.args.iter().skip(1) {
        match (word.as_str(), place(word, shell.dirs.len() + 1)) {
            (_, Some(Ok(at))) => stack.retain(|(n, _)| *n == at),
            (_, Some(Err(text))) => return Ok(refuse(shell, sys, call, &text)),
            (options, None)
                if options.starts_with('-') && options[1..].chars().all(|c| "clpv".contains(c)) =>
            {
                long |= options.contains('l');
                lines |= options.contains(['p', 'v']);
                numbered |= options.contains('v');
                if options.contains('c') {
                    shell.dirs.clear();
                    return Ok(Done::Status(0));
                }
            }
            (option, None) => {
                let option = option.to_string();
                return Ok(super::bad_option(shell, sys, "dirs", &option, "[-clpv] [+N] [-N]"));
            }
        }
    }
    let home = shell.vars.text("HOME").unwrap_or("").to_string();
    let shown = |dir: &str| match dir.strip_prefix(&home) {
        Some(rest) if !long && !home.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
            format!("~{rest}")
        }
        _ => dir.to_string(),
    };
    let texts: Vec<String> = stack
        .iter()
        .map(|(n, dir)| if numbered { format!("{n:>2}  {}", shown(dir)) } else { shown(dir) })
        .collect();
    sys.print(&format!("{}\n", texts.join(if lines { "\n" } else { " " })));
    Ok(Done::Status(0))
}
