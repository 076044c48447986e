//! The options of `set` and `shopt`: which shell has which, and what each does here.

use super::machine::{Options, Shell};
use super::voice::Voice;

/// What an option does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Changes what the shell does.
    Acts,
    /// Can be set and asked for; what it would change cannot be seen, for the reason beside it.
    Unseen,
    /// Stays as it is; asking for a change is refused.
    Fixed,
}

use Does::{Acts, Fixed, Unseen};

/// An option of `set`: its letter (a blank where it has none), its name, the shells that have it (`b`ash, `d`ash,
/// `a`sh), what it does.
type SetOption = (char, &'static str, &'static str, Does);

const SET: [SetOption; 28] = [
    ('a', "allexport", "bda", Acts),
    // Ended jobs are told before each prompt; at once would need a terminal that is written to while it is typed at.
    ('b', "notify", "bda", Fixed),
    ('e', "errexit", "bda", Acts),
    ('f', "noglob", "bda", Acts),
    // Programs are looked up anew each time, so nothing is remembered or forgotten.
    ('h', "hashall", "b", Unseen),
    ('i', "interactive", "d", Fixed),
    ('k', "keyword", "b", Fixed),
    ('m', "monitor", "bda", Acts),
    ('n', "noexec", "bda", Acts),
    ('p', "privileged", "bd", Fixed),
    ('t', "onecmd", "b", Fixed),
    ('u', "nounset", "bda", Acts),
    ('v', "verbose", "bda", Acts),
    ('x', "xtrace", "bda", Acts),
    ('B', "braceexpand", "b", Fixed),
    ('C', "noclobber", "bda", Acts),
    ('E', "errtrace", "ba", Acts),
    // `!` in what is typed is replaced by an interactive bash, and only there.
    ('H', "histexpand", "b", Fixed),
    ('I', "ignoreeof", "bda", Fixed),
    ('P', "physical", "b", Acts),
    // DEBUG and RETURN traps are refused, and only they would be inherited.
    ('T', "functrace", "b", Unseen),
    // Whoever shows the terminal edits the line.
    ('E', "emacs", "bd", Unseen),
    ('V', "vi", "bda", Unseen),
    (' ', "history", "b", Fixed),
    (' ', "interactive-comments", "b", Fixed),
    // bash ignores it too; dash writes no log of functions.
    (' ', "nolog", "bd", Unseen),
    (' ', "pipefail", "ba", Acts),
    (' ', "posix", "b", Fixed),
];

/// An option of `shopt`, what it does, and whether it is on at first.
type ShellOption = (&'static str, Does, bool);

/// The options of `shopt`, in its order.
pub const SHOPT: [ShellOption; 57] = [
    ("autocd", Fixed, false),
    ("assoc_expand_once", Fixed, false),
    ("cdable_vars", Fixed, false),
    ("cdspell", Fixed, false),
    // Programs are looked up anew each time.
    ("checkhash", Unseen, false),
    ("checkjobs", Fixed, false),
    // LINES and COLUMNS are not set.
    ("checkwinsize", Unseen, true),
    // The history is not written to a file, and a command is kept with its line feeds.
    ("cmdhist", Unseen, true),
    ("compat31", Fixed, false),
    ("compat32", Fixed, false),
    ("compat40", Fixed, false),
    ("compat41", Fixed, false),
    ("compat42", Fixed, false),
    ("compat43", Fixed, false),
    ("compat44", Fixed, false),
    // Whoever shows the terminal completes words.
    ("complete_fullquote", Unseen, true),
    ("direxpand", Unseen, false),
    ("dirspell", Unseen, false),
    ("dotglob", Acts, false),
    ("execfail", Acts, false),
    ("expand_aliases", Acts, false),
    ("extdebug", Fixed, false),
    // Patterns such as `@(a|b)` are always read, which a script without them cannot see.
    ("extglob", Unseen, false),
    ("extquote", Fixed, true),
    ("failglob", Acts, false),
    ("force_fignore", Unseen, true),
    // There is one collation, by bytes.
    ("globasciiranges", Unseen, true),
    ("globskipdots", Fixed, true),
    ("globstar", Acts, false),
    ("gnu_errfmt", Fixed, false),
    ("histappend", Unseen, false),
    ("histreedit", Unseen, false),
    ("histverify", Unseen, false),
    ("hostcomplete", Unseen, true),
    ("huponexit", Fixed, false),
    ("inherit_errexit", Acts, false),
    ("interactive_comments", Fixed, true),
    ("lastpipe", Acts, false),
    ("lithist", Unseen, false),
    ("localvar_inherit", Fixed, false),
    ("localvar_unset", Fixed, false),
    ("login_shell", Fixed, false),
    // There is no mail.
    ("mailwarn", Unseen, false),
    ("no_empty_cmd_completion", Unseen, false),
    ("nocaseglob", Acts, false),
    ("nocasematch", Acts, false),
    ("noexpand_translation", Fixed, false),
    ("nullglob", Acts, false),
    ("patsub_replacement", Fixed, true),
    ("progcomp", Unseen, true),
    ("progcomp_alias", Unseen, false),
    ("promptvars", Acts, true),
    ("restricted_shell", Fixed, false),
    ("shift_verbose", Acts, false),
    ("sourcepath", Acts, true),
    ("varredir_close", Fixed, false),
    ("xpg_echo", Acts, false),
];

/// Why an option could not be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The shell has none such.
    Unknown,
    /// The shell has it; here it cannot be changed.
    NotSimulated,
}

impl Refusal {
    /// The complaint: `unknown` in the shell's words, or that the option is not simulated.
    pub fn text(self, option: &str, unknown: String) -> String {
        match self {
            Refusal::Unknown => unknown,
            Refusal::NotSimulated => format!("{option}: changing this option is not simulated by Drydock"),
        }
    }
}

impl Options {
    fn slot(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "allexport" => &mut self.allexport,
            "errexit" => &mut self.errexit,
            "errtrace" => &mut self.errtrace,
            "noglob" => &mut self.noglob,
            "monitor" => &mut self.monitor,
            "noexec" => &mut self.noexec,
            "nounset" => &mut self.nounset,
            "verbose" => &mut self.verbose,
            "xtrace" => &mut self.xtrace,
            "noclobber" => &mut self.noclobber,
            "physical" => &mut self.physical,
            "pipefail" => &mut self.pipefail,
            "interactive" => &mut self.interactive,
            "dotglob" => &mut self.dotglob,
            "execfail" => &mut self.execfail,
            "expand_aliases" => &mut self.expand_aliases,
            "failglob" => &mut self.failglob,
            "globstar" => &mut self.globstar,
            "inherit_errexit" => &mut self.inherit_errexit,
            "lastpipe" => &mut self.lastpipe,
            "nocaseglob" => &mut self.nocaseglob,
            "nocasematch" => &mut self.nocasematch,
            "nullglob" => &mut self.nullglob,
            "shift_verbose" => &mut self.shift_verbose,
            "login_shell" => &mut self.login,
            "restricted_shell" => &mut self.restricted,
            "xpg_echo" => &mut self.xpg_echo,
            _ => return None,
        })
    }

    /// An option: as it was set, else as it is at first.
    fn value(&self, name: &str, at_first: bool) -> bool {
        match self.clone().slot(name) {
            Some(slot) => *slot,
            None => at_first != self.turned.contains(name),
        }
    }

    fn turn(&mut self, name: &str, does: Does, on: bool, at_first: bool) -> Result<(), Refusal> {
        if self.value(name, at_first) == on {
            return Ok(());
        }
        match (does, self.slot(name)) {
            (Fixed, _) => return Err(Refusal::NotSimulated),
            (_, Some(slot)) => *slot = on,
            (_, None) if on != at_first => {
                self.turned.insert(name.to_string());
            }
            (_, None) => {
                self.turned.remove(name);
            }
        }
        Ok(())
    }
}

impl Shell {
    fn set_options(&self) -> impl Iterator<Item = &'static SetOption> {
        let own = match self.voice {
            Voice::Bash | Voice::Gnu => 'b',
            Voice::Dash => 'd',
            Voice::Ash => 'a',
        };
        SET.iter().filter(move |(_, _, voices, _)| voices.contains(own))
    }

    /// Whether an option of `set` is on in a fresh shell of this kind.
    fn at_first(&self, name: &str) -> bool {
        let bash = self.voice == Voice::Bash;
        match name {
            "hashall" | "braceexpand" | "interactive-comments" => bash,
            "histexpand" | "history" | "emacs" => bash && self.options.interactive,
            _ => false,
        }
    }

    /// Sets an option by its letter.
    pub(super) fn set_letter(&mut self, letter: char, on: bool) -> Result<(), Refusal> {
        let bash = self.voice == Voice::Bash;
        let known = |(l, name, ..): &&SetOption| {
            *l == letter
                && !matches!(letter, ' ' | 'i')
                && !(bash && matches!(*name, "emacs" | "vi" | "ignoreeof"))
        };
        let found = self.set_options().find(known).map(|(_, name, ..)| *name);
        match found {
            Some(name) => self.set_option(name, on),
            None => Err(Refusal::Unknown),
        }
    }

    /// Sets an option by its name.
    pub(super) fn set_option(&mut self, name: &str, on: bool) -> Result<(), Refusal> {
        let Some((_, name, _, does)) = self.set_options().find(|(_, n, ..)| *n == name).copied() else {
            return Err(Refusal::Unknown);
        };
        let at_first = self.at_first(name);
        self.options.turn(name, does, on, at_first)?;
        // Of the two ways of editing a line at most one is on.
        if on && let Some(other) = [("vi", "emacs"), ("emacs", "vi")].iter().find(|(n, _)| *n == name) {
            return self.options.turn(other.1, Unseen, false, self.at_first(other.1));
        }
        Ok(())
    }

    pub(super) fn set_shopt(&mut self, name: &str, on: bool) -> Result<(), Refusal> {
        match SHOPT.iter().find(|(n, ..)| *n == name) {
            Some((name, does, at_first)) => self.options.turn(name, *does, on, *at_first),
            None => Err(Refusal::Unknown),
        }
    }

    pub(super) fn shopt(&self, name: &str) -> Option<bool> {
        let (name, _, at_first) = SHOPT.iter().find(|(n, ..)| *n == name)?;
        Some(self.options.value(name, *at_first))
    }

    /// An option by its name.
    pub(super) fn option(&self, name: &str) -> Option<bool> {
        self.set_options().find(|(_, n, ..)| *n == name)?;
        Some(self.options.value(name, self.at_first(name)))
    }

    /// The names of all options of `set`, sorted.
    pub(super) fn option_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.set_options().map(|(_, name, ..)| *name).collect();
        names.sort_unstable();
        names
    }

    /// `$-`
    pub(super) fn option_letters(&self) -> String {
        let bash = self.voice == Voice::Bash;
        let mut letters = String::new();
        for (letter, name, ..) in self.set_options() {
            let has_letter = *letter != ' ' && !(bash && matches!(*name, "emacs" | "vi" | "ignoreeof"));
            if has_letter && self.option(name).unwrap_or(false) {
                letters.push(*letter);
            }
            if *letter == 'h' && self.options.interactive {
                letters.push('i');
            }
        }
        if !bash && self.options.interactive && !letters.contains('i') {
            letters.push('i');
        }
        letters.extend(self.options.command.then_some('c').filter(|_| self.voice != Voice::Dash));
        letters.extend(self.options.stdin.then_some('s'));
        letters
    }
}
