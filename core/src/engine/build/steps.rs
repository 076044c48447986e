//! The instructions of a stage: what each adds to the plan and to the image's configuration.

use super::convert::{Planner, State, refuse, value_of};
use super::dockerfile::{
    Argument, Copy, Heredoc, Instruction, Lexer, Problem, Range, Rule, Run, ShellOrExec, Source, Step,
    looks_secret, nearest,
};
use super::plan::{CopyOp, CopySource, MountKind, Op, Refusal, RunMount, RunOp};
use super::wording::{below, exposed, health, joined, quoted, target_path};
use crate::base::go_text::quote;
use crate::kernel::Signal;
use crate::model::Nothing;
use crate::model::image::History;

type Done = Result<(), Box<Refusal>>;

/// Arguments that every `RUN` sees without a declaration.
const PROXIES: [&str; 10] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

impl State {
    /// A variable as instructions see it: the environment before the arguments.
    fn value(&self, name: &str) -> Option<String> {
        let env = self.config.config.env.iter().rev();
        let mut set = env.filter_map(|line| line.split_once('=')).filter(|(known, _)| *known == name);
        set.next().map(|(_, value)| value.to_owned()).or_else(|| value_of(&self.args, name))
    }

    fn set_env(&mut self, name: &str, value: &str) {
        let line = format!("{name}={value}");
        let mut env = self.config.config.env.iter_mut();
        match env.find(|known| known.split('=').next() == Some(name)) {
            Some(known) => *known = line,
            None => self.config.config.env.push(line),
        }
    }

    fn remember(&mut self, created_by: String, layer: bool) {
        self.config.history.push(History {
            created_by,
            comment: "buildkit.dockerfile.v0".into(),
            empty_layer: !layer,
            ..History::default()
        });
    }

    fn shell(&self) -> Vec<String> {
        let default = || vec!["/bin/sh".to_owned(), "-c".to_owned()];
        self.config.config.shell.clone().unwrap_or_else(default)
    }

    fn command(&self, command: &ShellOrExec) -> Vec<String> {
        match command {
            ShellOrExec::Exec(words) => words.clone(),
            ShellOrExec::Shell(line) if line.is_empty() => vec![],
            ShellOrExec::Shell(line) => self.shell().into_iter().chain([line.clone()]).collect(),
        }
    }
}

impl Planner<'_> {
    pub(super) fn step(&mut self, state: &mut State, step: &Step) -> Done {
        match &step.instruction {
            Instruction::Arg(args) => self.arg(state, args, step.range),
            Instruction::Run(run) => self.run_step(state, run, step),
            Instruction::Copy(copy) => self.copy(state, copy, step),
            Instruction::Workdir(path) => self.workdir(state, path, step),
            Instruction::Cmd(command) => {
                self.once(state, "CMD", command, step.range);
                let words = state.command(command);
                state.remember(format!("CMD {}", quoted(&words)), false);
                state.config.config.cmd = Some(words);
                state.config.config.args_escaped = true;
                state.has_cmd = true;
                Ok(())
            }
            Instruction::Entrypoint(command) => {
                self.once(state, "ENTRYPOINT", command, step.range);
                let words = state.command(command);
                state.remember(format!("ENTRYPOINT {}", quoted(&words)), false);
                state.config.config.entrypoint = Some(words);
                if !state.has_cmd {
                    state.config.config.cmd = None;
                }
                Ok(())
            }
            _ => self.setting(state, step),
        }
    }

    /// Replaces the variables of a text; warns of those nothing has set.
    pub(super) fn expand(&mut self, state: &State, text: &str, range: Range) -> Result<String, Box<Refusal>> {
        let lexer = self.lexer();
        let lookup = |name: &str| state.value(name);
        self.warn_unset(state, &lexer.unset(text, &lookup), range);
        lexer.word(text, &lookup).map_err(|e| refuse(Problem::at(range, e)))
    }

    fn warn_unset(&mut self, state: &State, unset: &[String], range: Range) {
        for name in unset.iter().filter(|name| !state.args.iter().any(|(known, _)| known == *name)) {
            let known = state.config.config.env.iter().filter_map(|line| line.split('=').next());
            let known = known.chain(state.args.iter().map(|(name, _)| name.as_str()));
            let near = nearest(name, known);
            let hint = near.map_or(String::new(), |near| format!(" (did you mean ${near}?)"));
            self.warn(Rule::UndefinedVar, format!("Usage of undefined variable '${name}'{hint}"), range);
        }
    }

    /// What the progress calls a step.
    fn shown(&self, state: &mut State, text: &str) -> String {
        let lexer = Lexer { raw_quotes: true, raw_escapes: true, keep_unset: true, ..self.lexer() };
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let rest = lexer.word(rest, &|name: &str| state.value(name)).unwrap_or_else(|_| rest.to_owned());
        let number = state.number();
        let word = word.to_uppercase();
        if rest.is_empty() { format!("{number}{word}") } else { format!("{number}{word} {rest}") }
    }

    fn once(&mut self, state: &mut State, what: &'static str, command: &ShellOrExec, range: Range) {
        if let Some(line) = state.once.insert(what, range.start) {
            self.warn_repeated(what, line);
        }
        let in_shell = matches!(command, ShellOrExec::Shell(line) if !line.is_empty());
        if in_shell && state.config.config.shell.is_none() {
            let message = format!(
                "JSON arguments recommended for {what} to prevent unintended behavior related to OS signals"
            );
            self.warn(Rule::JSONArgsRecommended, message, range);
        }
    }

    fn warn_repeated(&mut self, what: &str, line: usize) {
        let message = format!(
            "Multiple {what} instructions should not be used in the same stage because only the last one will \
             be used"
        );
        self.warn(Rule::MultipleInstructionsDisallowed, message, Range::line(line));
    }

    fn arg(&mut self, state: &mut State, args: &[Argument], range: Range) -> Done {
        let mut words = Vec::new();
        for arg in args {
            if looks_secret(&arg.name) {
                self.warn_secret("ARG", &arg.name, range);
            }
            let default = match &arg.value {
                Some(text) => Some(self.expand(state, text, range)?),
                None => self.global(&arg.name),
            };
            let given = self.request.args.iter().rev().find(|(name, _)| *name == arg.name);
            let value = given.map(|(_, value)| value.clone()).or(default);
            words.push(match &value {
                Some(value) => format!("{}={value}", arg.name),
                None => arg.name.clone(),
            });
            match state.args.iter_mut().find(|(name, _)| *name == arg.name) {
                Some(known) => known.1 = value,
                None => state.args.push((arg.name.clone(), value)),
            }
        }
        state.remember(format!("ARG {}", words.join(" ")), false);
        Ok(())
    }

    fn warn_secret(&mut self, what: &str, name: &str, range: Range) {
        let message =
            format!("Do not use ARG or ENV instructions for sensitive data ({what} {})", quote(name));
        self.warn(Rule::SecretsUsedInArgOrEnv, message, range);
    }

    /// Instructions that only touch the configuration.
    fn setting(&mut self, state: &mut State, step: &Step) -> Done {
        let range = step.range;
        match &step.instruction {
            Instruction::Env(pairs, _) => {
                let mut set = Vec::new();
                for (name, text) in pairs {
                    if looks_secret(name) {
                        self.warn_secret("ENV", name, range);
                    }
                    set.push((name.clone(), self.expand(state, text, range)?));
                }
                state.remember(format!("ENV {}", joined(&set)), false);
                set.iter().for_each(|(name, value)| state.set_env(name, value));
            }
            Instruction::Label(pairs, _) => {
                let mut set = Vec::new();
                for (name, text) in pairs {
                    set.push((self.expand(state, name, range)?, self.expand(state, text, range)?));
                }
                state.remember(format!("LABEL {}", joined(&set)), false);
                state.config.config.labels.get_or_insert_default().extend(set);
            }
            Instruction::User(text) => {
                let user = self.expand(state, text, range)?;
                state.remember(format!("USER {user}"), false);
                state.config.config.user = user;
            }
            Instruction::Volume(paths) => {
                let mut expanded = Vec::new();
                for path in paths {
                    expanded.push(self.expand(state, path, range)?);
                }
                state.remember(format!("VOLUME [{}]", expanded.join(" ")), false);
                let volumes = state.config.config.volumes.get_or_insert_default();
                volumes.extend(expanded.into_iter().map(|path| (path, Nothing {})));
            }
            Instruction::Expose(ports) => self.expose(state, ports, range)?,
            Instruction::StopSignal(text) => {
                let signal = self.expand(state, text, range)?;
                if Signal::parse(&signal).is_none() {
                    return Err(refuse(Problem::at(range, format!("invalid signal: {signal}"))));
                }
                state.remember(format!("STOPSIGNAL {signal}"), false);
                state.config.config.stop_signal = signal;
            }
            Instruction::Shell(words) => {
                state.remember(format!("SHELL [{}]", words.join(" ")), false);
                state.config.config.shell = Some(words.clone());
            }
            Instruction::OnBuild(text) => {
                state.remember(format!("ONBUILD {text}"), false);
                state.config.config.on_build.get_or_insert_default().push(text.clone());
            }
            Instruction::Maintainer(name) => {
                state.remember(format!("MAINTAINER {name}"), false);
                state.config.author.clone_from(name);
            }
            Instruction::Healthcheck(check) => {
                if let Some(line) = state.once.insert("HEALTHCHECK", range.start) {
                    self.warn_repeated("HEALTHCHECK", line);
                }
                state.remember(health(check), false);
                state.config.config.healthcheck = Some(check.clone());
            }
            _ => {}
        }
        Ok(())
    }

    fn expose(&mut self, state: &mut State, ports: &[String], range: Range) -> Done {
        let fail = |message: String| refuse(Problem::at(range, message));
        let lexer = self.lexer();
        let mut words = Vec::new();
        for port in ports {
            let lookup = |name: &str| state.value(name);
            self.warn_unset(state, &lexer.unset(port, &lookup), range);
            words.extend(lexer.words(port, &lookup).map_err(fail)?);
        }
        let mut all = Vec::new();
        for word in &words {
            let (_, protocol) = word.split_once('/').unwrap_or((word, "tcp"));
            if protocol != protocol.to_lowercase() {
                let message = format!("Defined protocol '{word}' in EXPOSE instruction should be lowercase");
                self.warn(Rule::ExposeProtoCasing, message, range);
            }
            if word.contains(':') {
                let message = format!(
                    "EXPOSE instruction should not define an IP address or host-port mapping, found '{word}'"
                );
                self.warn(Rule::ExposeInvalidFormat, message, range);
            }
            all.extend(exposed(word).map_err(fail)?);
        }
        state.remember(format!("EXPOSE [{}]", all.join(" ")), false);
        let exposed = state.config.config.exposed_ports.get_or_insert_default();
        exposed.extend(all.into_iter().map(|port| (port, Nothing {})));
        Ok(())
    }

    fn workdir(&mut self, state: &mut State, text: &str, step: &Step) -> Done {
        let path = self.expand(state, text, step.range)?;
        if path.starts_with('/') {
            state.absolute_workdir = true;
        } else if !state.absolute_workdir {
            let message = format!(
                "Relative workdir {} can have unexpected results if the base image changes",
                quote(&path)
            );
            self.warn(Rule::WorkdirRelativePath, message, step.range);
            state.absolute_workdir = true;
        }
        let full = below(&state.config.config.working_dir, &path);
        let name = self.shown(state, &step.text);
        let node = self.add(
            name,
            Op::Workdir(full.clone(), state.config.config.user.clone()),
            state.node,
            step.range,
            state.no_cache,
        );
        state.node = Some(node);
        state.remember(format!("WORKDIR {full}"), true);
        state.config.config.working_dir = full;
        Ok(())
    }

    fn run_step(&mut self, state: &mut State, run: &Run, step: &Step) -> Done {
        let fail = |message: String| refuse(Problem::at(step.range, message));
        let network = run.network.clone().unwrap_or_else(|| self.request.network.clone());
        if run.security.as_deref() == Some("insecure") {
            return Err(refuse(Problem::new("failed to load LLB: security.insecure is not allowed")));
        }
        // `docker build --network host` grants the right as well.
        let granted =
            self.request.network == "host" || self.request.rights.iter().any(|right| right == "network.host");
        if network == "host" && !granted {
            return Err(refuse(Problem::new("failed to load LLB: network.host is not allowed")));
        }
        if let Some(device) = run.devices.first() {
            return Err(fail(format!("RUN --device={device} is not simulated by Drydock")));
        }
        let mut mounts = Vec::new();
        state.agents = 0;
        for mount in &run.mounts {
            mounts.push(self.mount(state, mount, step.range)?);
        }
        let (argv, script, summary) = script_of(state, run);
        mounts.extend(script);
        let argv =
            if argv.is_empty() { state.shell().into_iter().chain([String::new()]).collect() } else { argv };
        let mut env = state.config.config.env.clone();
        let named = |env: &[String], name: &str| env.iter().any(|line| line.split('=').next() == Some(name));
        let given = self.request.args.iter().filter(|(name, _)| PROXIES.contains(&name.as_str()));
        let proxies = given.map(|(name, value)| (name.clone(), Some(value.clone())));
        for (name, value) in state.args.iter().cloned().chain(proxies) {
            if let Some(value) = value.filter(|_| !named(&env, &name)) {
                env.push(format!("{name}={value}"));
            }
        }
        let declared: Vec<String> = state
            .args
            .iter()
            .map(|(name, _)| format!("{name}={}", state.value(name).unwrap_or_default()))
            .collect();
        let mut words = Vec::new();
        if !declared.is_empty() {
            words.push(format!("|{}", declared.len()));
            words.extend(declared);
        }
        words.extend(argv.iter().cloned());
        let mut name = self.shown(state, &step.text);
        name.push_str(&summary);
        let op = Op::Run(RunOp {
            argv,
            env,
            cwd: state.config.config.working_dir.clone(),
            user: state.config.config.user.clone(),
            network,
            mounts,
            hosts: self.request.hosts.clone(),
            bounds: self.request.bounds.clone(),
        });
        state.node = Some(self.add(name, op, state.node, step.range, state.no_cache));
        state.remember(format!("RUN {} # buildkit", words.join(" ")), true);
        Ok(())
    }

    /// The step that `--from` means, and whether that is an image as it is.
    pub(super) fn from(
        &mut self,
        from: Option<&str>,
        range: Range,
    ) -> Result<(Option<usize>, bool), Box<Refusal>> {
        let Some(from) = from else { return Ok((Some(self.context("", range)), false)) };
        if self.request.contexts.iter().any(|name| name == from) {
            return Ok((Some(self.context(from, range)), false));
        }
        if let Some(stage) = self.stage_of(from, range)? {
            let state = self.states.get(&stage).cloned().unwrap_or_default();
            return Ok((state.node, state.bare));
        }
        if from == "scratch" {
            return Ok((None, true));
        }
        let given = self.request.images.iter().find(|(name, _)| name == from);
        let image = given.map_or(from.to_owned(), |(_, image)| image.clone());
        let (node, _) = self.image(&image, range)?;
        Ok((Some(node), true))
    }

    fn copy(&mut self, state: &mut State, copy: &Copy, step: &Step) -> Done {
        let range = step.range;
        let fail = |message: String| refuse(Problem::at(range, message));
        let mut sources = Vec::new();
        let mut words = vec![if copy.add { "ADD".to_owned() } else { "COPY".to_owned() }];
        let chown = self.expand(state, copy.chown.as_deref().unwrap_or_default(), range)?;
        let chmod = self.expand(state, copy.chmod.as_deref().unwrap_or_default(), range)?;
        words.extend(copy.parents.then(|| "--parents".to_owned()));
        words.extend(Some(&chown).filter(|t| !t.is_empty()).map(|t| format!("--chown={t}")));
        words.extend(Some(&chmod).filter(|t| !t.is_empty()).map(|t| format!("--chmod={t}")));
        if !chmod.is_empty() && crate::coreutils::mode::parse(&chmod, 0, false, 0).is_none() {
            return Err(fail("invalid syntax".into()));
        }
        let (mut reads, mut paths) = (false, vec![]);
        for source in &copy.sources {
            match source {
                Source::Path(text) => {
                    let path = self.expand(state, text, range)?;
                    paths.push(path.clone());
                    words.push(path.clone());
                    reads = true;
                    sources.push(CopySource::Path(path));
                }
                Source::Inline(heredoc) => {
                    words.push(format!("<<{}", heredoc.name));
                    let content = self.content(state, heredoc, range)?;
                    sources.push(CopySource::Inline(heredoc.name.clone(), content));
                }
            }
        }
        let target = self.expand(state, &copy.target, range)?;
        words.push(target.clone());
        let from = copy.from.as_deref().map(|text| self.expand(state, text, range)).transpose()?;
        let fetched = self.fetched(state, copy, &paths, range)?;
        let (from, from_image) = match &fetched {
            Some((node, _)) => (Some(*node), false),
            None if reads => self.from(from.as_deref(), range)?,
            None => (None, false),
        };
        let remote = fetched.is_some();
        if copy.from.is_none() && !remote {
            self.check_ignored(&sources, copy.add, range);
        }
        let name = self.shown(state, &step.text);
        let op = Op::Copy(CopyOp {
            from,
            from_image,
            sources: fetched.map_or(sources, |(_, source)| vec![source]),
            target: target_path(&state.config.config.working_dir, &target),
            chown,
            chmod,
            exclude: copy.exclude.clone(),
            parents: copy.parents,
            unpack: copy.unpack.unwrap_or(copy.add && !remote),
        });
        state.node = Some(self.add(name, op, state.node, range, state.no_cache));
        state.remember(format!("{} # buildkit", words.join(" ")), true);
        Ok(())
    }

    /// The text of a here-document, variables replaced where it is not quoted.
    fn content(&mut self, state: &State, heredoc: &Heredoc, range: Range) -> Result<String, Box<Refusal>> {
        if !heredoc.expand {
            return Ok(heredoc.content.clone());
        }
        let lexer = Lexer { raw_quotes: true, ..self.lexer() };
        let lookup = |name: &str| state.value(name);
        lexer.word(&heredoc.content, &lookup).map_err(|e| refuse(Problem::at(range, e)))
    }

    /// Warns of sources that the context leaves out.
    fn check_ignored(&mut self, sources: &[CopySource], add: bool, range: Range) {
        for source in sources {
            let CopySource::Path(path) = source else { continue };
            let clean = path.trim_start_matches("./").trim_matches('/');
            if clean.is_empty() || clean == "." || clean.contains(['*', '?', '[']) {
                continue;
            }
            if self.ignore.excludes(clean) {
                let what = if add { "Add" } else { "Copy" };
                let message =
                    format!("Attempting to {what} file {} that is excluded by .dockerignore", quote(path));
                self.warn(Rule::CopyIgnoredFile, message, range);
            }
        }
    }
}

/// What a `RUN` with here-documents runs: arguments, a file to mount, and a summary for the progress.
fn script_of(state: &State, run: &Run) -> (Vec<String>, Option<RunMount>, String) {
    let ShellOrExec::Shell(line) = &run.command else {
        return (state.command(&run.command), None, String::new());
    };
    let Some(first) = run.heredocs.first() else { return (state.command(&run.command), None, String::new()) };
    let alone = run.heredocs.len() == 1 && Heredoc::announced(line).is_some_and(|h| h.name == first.name);
    if !alone {
        let mut text = format!("{line}\n");
        for heredoc in &run.heredocs {
            text.push_str(&format!("{}{}\n", heredoc.content, heredoc.name));
        }
        let text = text.trim_end_matches('\n').to_owned();
        return (state.shell().into_iter().chain([text]).collect(), None, String::new());
    }
    let content = first.content.clone();
    let trimmed = content.trim();
    let mut lines = trimmed.lines();
    let head = lines.next().unwrap_or_default();
    let summary = format!(" ({head}{})", if lines.next().is_some() { "..." } else { "" });
    if content.starts_with("#!") {
        let path = format!("/dev/pipes/{}", first.name);
        let kind = MountKind::Script(content);
        let mount = RunMount { target: path.clone(), kind, read_only: true };
        return (vec![path], Some(mount), summary);
    }
    (state.shell().into_iter().chain([content]).collect(), None, summary)
}
