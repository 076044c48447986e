//! Invocation: arguments, the environment, and how complaints begin.

use super::machine::Shell;
use super::options::Refusal;
use super::start_files::Files;
use super::voice::Voice;
use crate::kernel::{Disposition, Flavor, OpenFlags, Signal, Sys};
use std::sync::Arc;

impl Shell {
    /// Reads the arguments and sets everything up.
    ///
    /// # Errors
    /// The exit status, the complaint having been printed.
    pub(super) fn start(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        let argv = sys.argv();
        self.name = argv.first().map_or_else(|| "sh".to_string(), |a| a.trim_start_matches('-').to_string());
        self.options.login = argv.first().is_some_and(|a| a.starts_with('-'));
        self.voice = match (self.voice, sys.flavor()) {
            (_, Flavor::Busybox) => Voice::Ash,
            (voice, Flavor::Gnu) => voice,
        };
        self.main_vpid = sys.vpid();
        self.seconds = sys.now().0;
        let environment = sys.me().map(|me| me.env.to_vec()).unwrap_or_default();
        self.import(sys, &environment);
        if self.fed.is_some() {
            return Ok(());
        }
        let args: Vec<String> = argv.iter().skip(1).cloned().collect();
        let mut files = Files::default();
        self.options.restricted |= self.voice == Voice::Bash && self.name.rsplit('/').next() == Some("rbash");
        let rest = self.read_options(sys, &args, &mut files)?;
        self.choose_script(sys, rest)?;
        self.push_start_files(sys, &files);
        Ok(())
    }

    /// A shell that runs the commands it reads from a descriptor.
    pub(super) fn start_fed(&mut self, fd: i32) {
        self.fed = Some(fd);
        self.script_from_fd(fd);
    }

    /// Options before the script: what is left of the arguments.
    fn read_options(
        &mut self,
        sys: &mut Sys<'_>,
        args: &[String],
        files: &mut Files,
    ) -> Result<Vec<String>, i32> {
        let mut at = 0;
        while let Some(arg) = args.get(at).filter(|a| *a == "-" || a.len() > 1 && a.starts_with(['-', '+'])) {
            at += 1;
            if arg == "--" || arg == "-" {
                break;
            }
            if let Some(long) = arg.strip_prefix("--") {
                at += self.read_long(sys, long, args.get(at), files)?;
                continue;
            }
            let on = arg.starts_with('-');
            for letter in arg.chars().skip(1) {
                if matches!(letter, 'o' | 'O') {
                    self.read_named(sys, letter, on, args.get(at))?;
                    at += 1;
                } else {
                    self.read_letter(sys, letter, on)?;
                }
            }
        }
        Ok(args.get(at..).unwrap_or_default().to_vec())
    }

    /// `-o NAME` and `-O NAME`.
    fn read_named(
        &mut self,
        sys: &mut Sys<'_>,
        letter: char,
        on: bool,
        name: Option<&String>,
    ) -> Result<(), i32> {
        let name = name.cloned().unwrap_or_default();
        let bash = self.voice == Voice::Bash;
        let refusal = match letter {
            'o' => self.set_option(&name, on),
            _ if bash => self.set_shopt(&name, on),
            _ => return self.read_letter(sys, letter, on),
        };
        let Err(refusal) = refusal else { return Ok(()) };
        let sign = if on { '-' } else { '+' };
        let own = self.name.clone();
        let text = refusal.text(
            &name,
            match (self.voice, letter) {
                (Voice::Bash | Voice::Gnu, 'o') => format!("line 0: {own}: {name}: invalid option name"),
                (Voice::Bash | Voice::Gnu, _) => format!("{name}: invalid shell option name"),
                (Voice::Dash, _) => format!("0: Illegal option {sign}o {name}"),
                (Voice::Ash, _) => format!("illegal option {sign}o {name}"),
            },
        );
        sys.eprint(&format!("{own}: {text}\n"));
        Err(2)
    }

    /// The options of bash with whole names; how many more arguments it took.
    fn read_long(
        &mut self,
        sys: &mut Sys<'_>,
        long: &str,
        next: Option<&String>,
        files: &mut Files,
    ) -> Result<usize, i32> {
        let (bash, ash) = (self.voice == Voice::Bash, self.voice == Voice::Ash);
        match long {
            "login" if bash || ash => self.options.login = true,
            "norc" if bash => files.norc = true,
            "noprofile" if bash => files.noprofile = true,
            "rcfile" | "init-file" if bash => {
                let Some(next) = next else {
                    sys.eprint(&format!("{}: {long}: option requires an argument\n", self.name));
                    return Err(2);
                };
                files.rcfile = Some(next.clone());
                return Ok(1);
            }
            // Whoever shows the terminal edits the line.
            "noediting" if bash => {}
            "restricted" if bash => self.options.restricted = true,
            "verbose" if bash => self.options.verbose = true,
            "version" if bash => {
                sys.print("GNU bash, version 5.2.37(1)-release (x86_64-pc-linux-gnu)\n");
                return Err(0);
            }
            "posix" | "debug" | "debugger" | "dump-po-strings" | "dump-strings" | "help" | "pretty-print"
                if bash =>
            {
                sys.eprint(&format!("{}: --{long}: this option is not simulated by Drydock\n", self.name));
                return Err(2);
            }
            _ => {
                self.usage(sys, &format!("--{long}: invalid option"), "--");
                return Err(2);
            }
        }
        Ok(0)
    }

    fn read_letter(&mut self, sys: &mut Sys<'_>, letter: char, on: bool) -> Result<(), i32> {
        match letter {
            'c' => self.options.command = true,
            's' => self.options.stdin = true,
            'i' => self.options.interactive = true,
            'l' => self.options.login = true,
            'r' if self.voice == Voice::Bash => self.options.restricted = true,
            _ => match self.set_letter(letter, on) {
                Ok(()) => {}
                Err(Refusal::Unknown) => {
                    self.usage(sys, &format!("-{letter}: invalid option"), &format!("-{letter}"));
                    return Err(2);
                }
                Err(refusal) => {
                    let text = refusal.text(&format!("-{letter}"), String::new());
                    sys.eprint(&format!("{}: {text}\n", self.name));
                    return Err(2);
                }
            },
        }
        Ok(())
    }

    fn usage(&self, sys: &mut Sys<'_>, text: &str, option: &str) {
        let text = match self.voice {
            Voice::Bash | Voice::Gnu => format!(
                "{text}\nUsage:\t{0} [GNU long option] [option] ...\n\t{0} [GNU long option] [option] script-file ...",
                self.name
            ),
            Voice::Dash => format!("0: Illegal option {option}"),
            Voice::Ash => format!("invalid option -- '{}'", option.trim_start_matches('-')),
        };
        let name = self.name.clone();
        sys.eprint(&format!("{name}: {text}\n"));
    }

    fn choose_script(&mut self, sys: &mut Sys<'_>, mut rest: Vec<String>) -> Result<(), i32> {
        if self.options.command {
            if rest.is_empty() {
                let text = match self.voice {
                    Voice::Bash | Voice::Gnu => "-c: option requires an argument",
                    Voice::Dash => "0: -c requires an argument",
                    Voice::Ash => "-c requires an argument",
                };
                let name = self.name.clone();
                sys.eprint(&format!("{name}: {text}\n"));
                return Err(2);
            }
            let text = rest.remove(0);
            if !rest.is_empty() {
                self.name = rest.remove(0);
            }
            self.params = Arc::new(rest);
            self.check_size(sys, text.len())?;
            self.script_from_text(&text);
            return self.be_interactive(sys);
        }
        if self.options.stdin || rest.is_empty() {
            self.options.stdin = true;
            self.options.interactive |= sys.is_tty(0) && sys.is_tty(2);
            self.params = Arc::new(rest);
            self.script_from_fd(0);
            return self.be_interactive(sys);
        }
        let path = rest.remove(0);
        if path.starts_with("/dev/fd/")
            && let Ok(fd) = sys.open(&path, OpenFlags::READ, 0)
        {
            self.name = path;
            self.params = Arc::new(rest);
            self.script_from_fd(fd);
            return Ok(());
        }
        let data = self.read_script(sys, &path)?;
        self.check_size(sys, data.len())?;
        self.name = path;
        self.params = Arc::new(rest);
        self.script_from_text(&String::from_utf8_lossy(&data));
        Ok(())
    }

    fn check_size(&self, sys: &mut Sys<'_>, len: usize) -> Result<(), i32> {
        if len <= super::input::MAX_SCRIPT {
            return Ok(());
        }
        let name = self.name.clone();
        sys.eprint(&format!("{name}: a script of more than 1 MiB, which Drydock does not read\n"));
        Err(2)
    }

    fn read_script(&self, sys: &mut Sys<'_>, path: &str) -> Result<Vec<u8>, i32> {
        let found = if path.contains('/') || sys.stat(path).is_ok() {
            path.to_string()
        } else {
            let dirs = self.vars.text("PATH").unwrap_or("").to_string();
            sys.find_program(path, &dirs).unwrap_or_else(|_| path.to_string())
        };
        let name = self.name.clone();
        match sys.read_file(&found) {
            Ok(data) if data.iter().take(80).any(|b| *b == 0) => {
                let text = match self.voice {
                    Voice::Bash | Voice::Gnu => format!("{path}: {path}: cannot execute binary file\n"),
                    Voice::Dash => format!("{path}: 1: Syntax error: word unexpected\n"),
                    Voice::Ash => format!("{path}: line 1: syntax error: unexpected word\n"),
                };
                sys.eprint(&text);
                Err(if self.voice == Voice::Bash { 126 } else { 2 })
            }
            Ok(data) => Ok(data),
            Err(e) => {
                let missing = e == crate::base::Errno::ENOENT;
                let (text, code) = match self.voice {
                    Voice::Bash | Voice::Gnu if e == crate::base::Errno::EISDIR => {
                        (format!("{path}: {path}: Is a directory"), 126)
                    }
                    Voice::Bash | Voice::Gnu => {
                        (format!("{name}: {path}: {}", e.text()), if missing { 127 } else { 126 })
                    }
                    Voice::Dash if missing => (format!("{name}: 0: cannot open {path}: No such file"), 2),
                    Voice::Dash => (format!("{name}: 0: cannot open {path}: {}", e.text()), 2),
                    Voice::Ash => (format!("{name}: can't open '{path}': {}", e.text()), 2),
                };
                sys.eprint(&format!("{text}\n"));
                Err(code)
            }
        }
    }

    fn be_interactive(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        if !self.options.interactive {
            return Ok(());
        }
        sys.on_signal(Signal::INT, Some(Disposition::Handle));
        self.options.monitor = sys.terminal().is_some();
        self.options.expand_aliases = true;
        if self.options.monitor {
            let pid = sys.pid();
            sys.set_group(pid, pid);
            sys.set_foreground(pid);
        }
        if self.vars.get("PS1").is_none() {
            self.vars.set("PS1", self.default_prompt(sys));
        }
        if self.vars.get("PS2").is_none() {
            self.vars.set("PS2", "> ");
        }
        Ok(())
    }

    fn default_prompt(&self, sys: &Sys<'_>) -> String {
        let root = sys.me().is_ok_and(|me| me.cred.uid == 0);
        match self.voice {
            Voice::Bash | Voice::Gnu => "\\s-\\v\\$ ".to_string(),
            Voice::Dash => if root { "# " } else { "$ " }.to_string(),
            Voice::Ash => "\\w \\$ ".to_string(),
        }
    }

    /// Takes the environment and adds what each shell sets itself.
    pub(super) fn import(&mut self, sys: &mut Sys<'_>, environment: &[(String, String)]) {
        self.vars.import(environment);
        let cwd = sys.cwd();
        let given = self.vars.text("PWD").map(str::to_string);
        let pwd =
            given.filter(|p| p.starts_with('/') && sys.realpath(p).is_ok_and(|r| r == cwd)).unwrap_or(cwd);
        self.vars.set("IFS", " \t\n");
        self.vars.entry("IFS").exported = false;
        self.vars.set("OPTIND", "1");
        self.vars.entry("OPTIND").exported = false;
        let parent = sys.me().map_or(0, |me| sys.vpid_of(me.parent));
        self.vars.set("PPID", parent.to_string());
        if self.vars.get("PATH").is_none() {
            self.vars.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        }
        self.vars.set("PS4", "+ ");
        self.vars.export("PWD", pwd);
        let level = self.vars.text("SHLVL").and_then(|l| l.parse::<i64>().ok()).unwrap_or(0);
        match self.voice {
            Voice::Bash | Voice::Gnu => {
                self.vars.export("SHLVL", level.saturating_add(1).clamp(1, 999).to_string());
                self.vars.entry("OLDPWD").exported = true;
                self.bash_variables(sys);
            }
            Voice::Ash => self.vars.export("SHLVL", level.saturating_add(1).to_string()),
            Voice::Dash => {}
        }
    }

    fn bash_variables(&mut self, sys: &Sys<'_>) {
        let (uid, gid) = sys.me().map_or((0, 0), |me| (me.cred.uid, me.cred.gid));
        let texts = [
            ("BASH", "/bin/bash".to_string()),
            ("BASH_VERSION", "5.2.37(1)-release".to_string()),
            ("HOSTNAME", sys.hostname()),
            ("HOSTTYPE", "x86_64".to_string()),
            ("MACHTYPE", "x86_64-pc-linux-gnu".to_string()),
            ("OSTYPE", "linux-gnu".to_string()),
            ("UID", uid.to_string()),
            ("EUID", uid.to_string()),
            ("GROUPS", gid.to_string()),
            ("OPTERR", "1".to_string()),
        ];
        for (name, text) in texts {
            if self.vars.get(name).is_none() {
                self.vars.set(name, text);
            }
        }
        for name in ["UID", "EUID", "PPID"] {
            self.vars.entry(name).readonly = true;
        }
    }

    // --- complaints -----------------------------------------------------------------------------------

    /// Prints a complaint of the shell itself.
    pub(super) fn complain(&mut self, sys: &mut Sys<'_>, text: &str) {
        let line = self.line();
        let name = &self.name;
        let prefix = match self.voice {
            Voice::Bash | Voice::Gnu if self.fed.is_some() => "bash: ".to_string(),
            Voice::Bash | Voice::Gnu if self.options.interactive => format!("{name}: "),
            Voice::Bash | Voice::Gnu => format!("{}: line {line}: ", self.source_name()),
            Voice::Dash => format!("{}: {line}: ", self.source_name()),
            Voice::Ash if self.is_script() => format!("{name}: line {line}: "),
            Voice::Ash => format!("{name}: "),
        };
        sys.eprint(&format!("{prefix}{text}\n"));
    }

    /// Prints a complaint of a builtin.
    pub(super) fn complain_as(&mut self, sys: &mut Sys<'_>, builtin: &str, text: &str) {
        if self.voice == Voice::Ash && !self.options.interactive && !self.is_script() {
            let line = if self.options.command { self.line().saturating_sub(1) } else { self.line() };
            let name = self.name.clone();
            sys.eprint(&format!("{name}: {builtin}: line {line}: {text}\n"));
            return;
        }
        if self.voice == Voice::Ash && self.is_script() {
            let (name, line) = (self.name.clone(), self.line());
            sys.eprint(&format!("{name}: {builtin}: line {line}: {text}\n"));
            return;
        }
        self.complain(sys, &format!("{builtin}: {text}"));
    }

    fn is_script(&self) -> bool {
        !self.options.command && !self.options.stdin && self.fed.is_none()
    }

    fn source_name(&self) -> String {
        let sourced = self.frames.iter().rev().find_map(|f| match &f.kind {
            super::machine::Kind::Source { path, .. } => Some(path.clone()),
            _ => None,
        });
        sourced.filter(|_| self.voice == Voice::Bash).unwrap_or_else(|| self.name.clone())
    }
}
