//! The prompt: rustyline in front of a desk. The desk says when someone waits for a line and what stands before
//! it; real time is fed in as it passes.

use crate::assist::Assist;
use crate::files;
use drydock::base::{Duration, Time};
use drydock::kernel::Pulse;
use drydock::session::{Answer, Desk, Session};
use drydock::sh::Shell;
use drydock::transcript;
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{
    Cmd, ConditionalEventHandler, Config, EditMode, Editor, Event, EventContext, EventHandler, KeyEvent,
    Modifiers, RepeatCount,
};
use std::collections::VecDeque;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// Slices of the scheduler between two looks at Ctrl-C and the real clock.
const SLICES: u32 = 50;
/// The longest nap while everything waits for time.
const NAP: std::time::Duration = std::time::Duration::from_millis(20);

type LineEditor = Editor<Assist, DefaultHistory>;

/// Someone who sits beside the prompt.
pub trait Company {
    /// Sees the desk before each line is read, and says something or nothing.
    fn look(&mut self, desk: &Desk) -> String;
    /// Answers a line that begins with a colon; `None` leaves it to the desk.
    fn answer(&mut self, desk: &mut Desk, line: &str) -> Option<String>;
    /// What is to stand in the next line, for the learner to enter or to change.
    fn suggest(&mut self) -> String;
}

/// A prompt at a real terminal.
pub struct Prompt<'c> {
    desk: Desk,
    company: Option<&'c mut dyn Company>,
    editor: LineEditor,
    /// The real moment up to which the virtual clock has followed.
    followed: Instant,
    interrupted: Arc<AtomicBool>,
    /// What has been printed since the last line feed: the text in front of the next line.
    pending: String,
    /// The keys that detach from a container were typed instead of a line.
    detached: Arc<AtomicBool>,
    /// The editor has ended a line that the session will end too: of a password, or one that was given up.
    hidden: bool,
    /// Commands that were pasted after the one that runs.
    pasted: VecDeque<String>,
}

/// Watches for the keys that detach from a container, one after the other.
struct Detach {
    keys: Vec<KeyEvent>,
    typed: AtomicUsize,
    done: Arc<AtomicBool>,
}

impl ConditionalEventHandler for Detach {
    fn handle(&self, event: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        let key = event.get(0)?;
        let typed = self.typed.load(Ordering::SeqCst);
        let typed = match self.keys.get(typed) == Some(key) {
            true => typed + 1,
            false => usize::from(self.keys.first() == Some(key)),
        };
        self.typed.store(typed, Ordering::SeqCst);
        if typed == self.keys.len() {
            self.done.store(true, Ordering::SeqCst);
            return Some(Cmd::AcceptLine);
        }
        // A control key may be the first of them: it does nothing else.
        (typed > 0 && key.1 == Modifiers::CTRL).then_some(Cmd::Noop)
    }
}

/// The key that sends a byte.
fn key(byte: u8) -> KeyEvent {
    match byte {
        0..=31 => KeyEvent::ctrl(char::from(byte + 64)),
        _ => KeyEvent::new(char::from(byte), Modifiers::NONE),
    }
}

/// Opens a prompt and stays until the shell ends.
///
/// # Errors
/// Where the terminal cannot be used.
pub fn open(
    desk: Desk,
    company: Option<&mut dyn Company>,
    history: Option<PathBuf>,
    save_to: Option<&str>,
) -> Result<u8, String> {
    let config = Config::builder().edit_mode(EditMode::Emacs).bracketed_paste(true).build();
    let mut editor = LineEditor::with_config(config).map_err(|e| e.to_string())?;
    editor.set_helper(Some(Assist::default()));
    if let Some(path) = &history {
        let _the_first_time_there_is_none = editor.load_history(path);
    }
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = interrupted.clone();
    ctrlc::set_handler(move || flag.store(true, Ordering::SeqCst)).map_err(|e| e.to_string())?;
    let mut prompt = Prompt {
        desk,
        company,
        editor,
        followed: Instant::now(),
        interrupted,
        pending: String::new(),
        detached: Arc::default(),
        hidden: false,
        pasted: VecDeque::new(),
    };
    let code = prompt.stay();
    if let Some(path) = &history {
        let _the_history_is_a_convenience = prompt.editor.save_history(path);
    }
    if let Some(path) = save_to {
        save(&prompt.desk.session, path)?;
    }
    Ok(code)
}

impl Prompt<'_> {
    fn stay(&mut self) -> u8 {
        loop {
            self.show();
            self.fit();
            if self.desk.session.has_ended() {
                return 0;
            }
            match self.desk.session.settle(SLICES) {
                Pulse::Busy => {
                    self.follow_time();
                    self.heed_interrupt();
                }
                Pulse::Quiet(_) if self.desk.session.is_idle() => {
                    self.show();
                    if !self.read() {
                        return 0;
                    }
                }
                Pulse::Quiet(next) => self.nap(next),
            }
        }
    }

    /// Prints what is new. The unfinished last line is remembered: the editor draws it again in front of the next
    /// line.
    fn show(&mut self) {
        let mut text = self.desk.session.take_text();
        if text.is_empty() {
            return;
        }
        if std::mem::take(&mut self.hidden)
            && let Some(rest) = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n'))
        {
            text = rest.to_string();
        }
        print!("{text}");
        let _a_closed_terminal_ends_us_soon = std::io::stdout().flush();
        self.pending.push_str(&text);
        let whole = self.pending.rfind(['\n', '\r']).map_or(0, |i| i + 1);
        self.pending.drain(..whole);
    }

    /// The simulated terminal is as large as the real one.
    fn fit(&mut self) {
        if let Some((columns, rows)) = self.editor.dimensions() {
            self.desk.session.resize(rows, columns);
        }
    }

    fn read(&mut self) -> bool {
        if let Some(command) = self.pasted.pop_front() {
            println!("{}", command.replace('\n', &format!("\n{}", self.more())));
            self.pending.clear();
            self.enter(&command);
            return true;
        }
        let shown = self.desk.session.echoes();
        if let Some(helper) = self.editor.helper_mut() {
            helper.look_at(&self.desk.session);
            helper.shown = shown;
        }
        self.hidden = !shown;
        let keys = self.desk.session.detach_keys();
        if let Some(keys) = &keys {
            let keys = keys.iter().copied().map(key).collect();
            let watch = Detach { keys, typed: AtomicUsize::new(0), done: self.detached.clone() };
            self.editor.bind_sequence(Event::Any, EventHandler::Conditional(Box::new(watch)));
        }
        let mut suggested = String::new();
        if let Some(company) = &mut self.company {
            print!("{}", company.look(&self.desk));
            suggested = company.suggest();
        }
        let prompt = std::mem::take(&mut self.pending);
        let line = self.editor.readline_with_initial(&prompt, (&suggested, ""));
        if keys.is_some() {
            self.editor.unbind_sequence(Event::Any);
        }
        self.follow_time();
        if self.detached.swap(false, Ordering::SeqCst) {
            self.desk.session.type_bytes(&keys.unwrap_or_default());
            return true;
        }
        // What a program reads is entered as it is, line by line.
        let commanded = self.desk.session.shell().is_some_and(Shell::is_idle);
        match line.and_then(|line| if commanded { self.complete(line) } else { Ok(line) }) {
            Ok(text) => {
                if shown {
                    let _history_is_a_convenience = self.editor.add_history_entry(&text);
                }
                match commanded {
                    true => self.take(text),
                    false => text.split('\n').for_each(|line| self.enter(line)),
                }
                true
            }
            Err(ReadlineError::Interrupted) => {
                // The editor has ended the line.
                self.hidden = true;
                self.desk.session.interrupt();
                true
            }
            Err(ReadlineError::Eof) => {
                self.desk.session.end_input();
                true
            }
            Err(_) => false,
        }
    }

    /// Asks for the lines that a command of the shell lacks.
    fn complete(&mut self, mut text: String) -> rustyline::Result<String> {
        while !text.trim_start().starts_with(':') && !transcript::is_complete(&text) {
            let line = match self.editor.readline(&self.more()) {
                Err(ReadlineError::Eof) => break,
                line => line?,
            };
            text = format!("{text}\n{line}");
        }
        Ok(text)
    }

    /// What stands before each further line of a command.
    fn more(&self) -> String {
        self.desk.session.shell().and_then(|shell| shell.variable("PS2")).unwrap_or("> ").to_string()
    }

    /// Enters the first command of what was typed or pasted; the others wait for their prompts.
    fn take(&mut self, text: String) {
        let mut commands = transcript::split_script(&text).into_iter().map(|command| command.text);
        match commands.next() {
            Some(first) if text.contains('\n') => {
                self.pasted = commands.collect();
                self.enter(&first);
            }
            _ => self.enter(&text),
        }
    }

    fn enter(&mut self, line: &str) {
        let colon = line.trim_start().starts_with(':');
        if let Some(company) = self.company.as_mut().filter(|_| colon)
            && let Some(text) = company.answer(&mut self.desk, line.trim())
        {
            print!("{text}");
            self.desk.session.type_line("");
            return;
        }
        let Some(answer) = self.desk.enter(line) else { return };
        match answer {
            Answer::Text(text) => print!("{text}"),
            Answer::Refused(text) => eprint!("{text}"),
            Answer::Save(path) => match save(&self.desk.session, &path) {
                Ok(()) => println!("saved to {path}"),
                Err(e) => eprintln!("{e}"),
            },
            Answer::Load(path) => match load(&path) {
                Ok(session) => {
                    if let Err(e) = self.desk.load(session) {
                        eprintln!("{path}: {e}");
                    }
                }
                Err(e) => eprintln!("{e}"),
            },
        }
        // The shell prints its prompt again after an empty line.
        self.desk.session.type_line("");
    }

    /// Lets the virtual clock follow the real one.
    fn follow_time(&mut self) {
        let now = Instant::now();
        let passed = now - self.followed;
        self.followed = now;
        self.desk.session.advance(Duration(i64::try_from(passed.as_nanos()).unwrap_or(i64::MAX)));
    }

    fn nap(&mut self, next: Option<Time>) {
        let now = self.desk.session.world().now();
        let until = next.map_or(NAP.as_nanos() as i64, |next| (next - now).0.max(0));
        let nap = std::time::Duration::from_nanos(u64::try_from(until).unwrap_or(0)).min(NAP);
        std::thread::sleep(nap);
        self.follow_time();
        self.heed_interrupt();
    }

    fn heed_interrupt(&mut self) {
        if self.interrupted.swap(false, Ordering::SeqCst) {
            self.desk.session.interrupt();
        }
    }
}

/// Writes a session to a file.
///
/// # Errors
/// A message that names the file.
pub fn save(session: &Session, path: &str) -> Result<(), String> {
    let bytes = session.save().map_err(|e| e.to_string())?;
    files::write(path, &bytes)
}

/// Reads a session from a file.
///
/// # Errors
/// A message that names the file.
pub fn load(path: &str) -> Result<Session, String> {
    Session::load(&files::read_bytes(path)?).map_err(|e| format!("{path}: {e}"))
}
