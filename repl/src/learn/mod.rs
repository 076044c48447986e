//! `drydock learn`: the lessons at the prompt. The world is the same as on the page, and so are goals and hints.

mod progress;
mod text;

use crate::files;
use crate::prompt::{self, Company};
use drydock::session::{Desk, Session};
use drydock_tutorials::{Lesson, find, lessons};
use progress::Progress;
use std::fmt::Write;

const LANGUAGE: &str = "en";
/// Slices of the scheduler that a shell may take until its first prompt.
const SLICES: u32 = 1000;
const HELP: &str = "\
In a lesson:
  :lesson          show its text again
  :goals           what has to hold, and what holds
  :hint            a hint; the last ones write a command into the line
  :solution        one way to do it
  :answer N        answer the question at the end
  :next, :skip     go on to the next lesson, done or not
  :lessons         list all lessons
  :graph, :layers  what the lessons call the picture, in words
";

/// Lists the lessons.
///
/// # Errors
/// Where the progress that is kept cannot be read.
pub fn list() -> Result<u8, String> {
    let progress = Progress::read()?;
    print!("{}", listing(&progress));
    let next = progress.at().or_else(|| lessons(LANGUAGE).iter().find(|lesson| !progress.has_solved(lesson)));
    if let Some(lesson) = next {
        println!("\nGo on with: drydock learn {}", lesson.id);
    }
    Ok(0)
}

/// Opens a lesson, by its name or its number, where it was left.
///
/// # Errors
/// Where there is no such lesson, or the terminal cannot be used.
pub fn open(name: &str) -> Result<u8, String> {
    let numbered = || lessons(LANGUAGE).iter().find(|lesson| name.parse() == Ok(lesson.number));
    let lesson = find(LANGUAGE, name).or_else(numbered);
    let lesson = lesson.ok_or_else(|| format!("there is no lesson {name}; `drydock learn` lists them"))?;
    let mut course = Course::new(lesson, Progress::read()?);
    let mut desk = begin(lesson)?;
    let resumed = course.resume(&mut desk);
    print!("{}", course.introduction());
    if resumed {
        println!("You go on where you left it; :reset begins anew.\n");
    }
    desk.session.type_line("");
    let history = files::state().map(|folder| folder.join("history"));
    let code = prompt::open(desk, Some(&mut course), history, None)?;
    course.keep()?;
    Ok(code)
}

fn listing(progress: &Progress) -> String {
    let mut out = String::new();
    let widest = lessons(LANGUAGE).iter().map(|lesson| lesson.id.len()).max().unwrap_or(0);
    for lesson in lessons(LANGUAGE) {
        let tick = if progress.has_solved(lesson) { '✓' } else { ' ' };
        let _ = writeln!(out, "{tick} {:2}  {:widest$}  {}", lesson.number, lesson.id, lesson.title);
    }
    out
}

/// A desk where a lesson begins; the first prompt is taken away, to stand below the text.
fn begin(lesson: &Lesson) -> Result<Desk, String> {
    let mut desk = lesson.begin().map_err(|e| e.to_string())?;
    desk.session.settle(SLICES);
    desk.session.take_text();
    Ok(desk)
}

/// A learner's way through a lesson.
struct Course {
    lesson: &'static Lesson,
    progress: Progress,
    /// Which goals held when they were last looked at.
    held: Vec<bool>,
    /// The state in which all goals held for the first time, which the question is about.
    done: Option<Session>,
    /// How many hints have been given, and the nudge that was the last.
    hints: usize,
    nudge: Option<&'static str>,
    /// What is to stand in the next line.
    suggestion: String,
    /// The last state in which the shell was alive.
    alive: Option<Session>,
}

impl Company for Course {
    fn look(&mut self, desk: &Desk) -> String {
        if desk.session.has_ended() {
            return String::new();
        }
        self.alive = Some(desk.session.clone());
        let state = self.lesson.state(desk.session.world());
        let mut out = String::new();
        for (goal, (before, now)) in self.lesson.goals.iter().zip(self.held.iter().zip(&state.goals)) {
            match (before, now) {
                (false, true) => out += &text::ticked(goal.say),
                (true, false) => out += &text::lost(goal.say),
                _ => {}
            }
        }
        if state.is_solved() && self.done.is_none() {
            self.done = Some(desk.session.clone());
            out += &self.end();
        }
        self.held = state.goals;
        out
    }

    fn answer(&mut self, desk: &mut Desk, line: &str) -> Option<String> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        Some(match word {
            ":lesson" => text::markdown(self.lesson.prose),
            ":goals" => self.goals(),
            ":hint" => self.hint(desk),
            ":solution" => text::indented(self.lesson.solution),
            ":answer" => self.grade(rest.trim()),
            ":lessons" => listing(&self.progress),
            ":next" if self.done.is_none() => {
                "Not all goals hold yet. :skip goes on all the same.\n".to_string()
            }
            ":next" | ":skip" => self.go_on(desk),
            ":help" => match desk.enter(line) {
                Some(drydock::session::Answer::Text(text)) => format!("{HELP}\n{text}"),
                _ => HELP.to_string(),
            },
            _ => return None,
        })
    }

    fn suggest(&mut self) -> String {
        std::mem::take(&mut self.suggestion)
    }
}

impl Course {
    fn new(lesson: &'static Lesson, progress: Progress) -> Self {
        Self {
            lesson,
            progress,
            held: vec![false; lesson.goals.len()],
            done: None,
            hints: 0,
            nudge: None,
            suggestion: String::new(),
            alive: None,
        }
    }

    /// Puts the world that was kept, if there is one, onto the desk.
    fn resume(&mut self, desk: &mut Desk) -> bool {
        let kept = self.progress.world(self.lesson);
        let resumed = kept.is_some_and(|session| desk.load(session).is_ok());
        self.progress.set_at(self.lesson);
        self.held = self.lesson.state(desk.session.world()).goals;
        resumed
    }

    fn introduction(&self) -> String {
        let lesson = self.lesson;
        let title = text::title(lesson.number, lesson.title);
        format!(
            "{title}{}\n{}\n:hint helps, :help tells the rest.\n\n",
            text::markdown(lesson.prose),
            self.goals()
        )
    }

    fn goals(&self) -> String {
        let line = |(goal, held): (&drydock_tutorials::Goal, &bool)| text::goal(goal.say, *held);
        self.lesson.goals.iter().zip(&self.held).map(line).collect()
    }

    fn end(&mut self) -> String {
        self.progress.set_solved(self.lesson);
        let why = text::markdown(self.lesson.why);
        format!("\n{}{why}\n{}", text::heading("Why it worked"), self.question())
    }

    fn question(&self) -> String {
        let quiz = &self.lesson.quiz;
        let mut out = format!("{}{}", text::heading("A question"), text::html(quiz.ask));
        for (n, choice) in quiz.choices.iter().enumerate() {
            let _ = writeln!(out, "  {}  {choice}", n + 1);
        }
        out + "Answer with :answer N, or go on with :next.\n\n"
    }

    fn grade(&self, answer: &str) -> String {
        let quiz = &self.lesson.quiz;
        let Some(done) = &self.done else { return "The question comes when all goals hold.\n".into() };
        let chosen = answer.parse::<usize>().ok().and_then(|n| quiz.choices.get(n.checked_sub(1)?));
        let Some(chosen) = chosen else { return self.question() };
        let graded = self.lesson.grade(done.world(), chosen);
        let verdict = if graded.right { "Right." } else { "No." };
        format!(
            "{verdict} Run on a copy of the world, it answers: {}\n{}",
            graded.answer,
            text::html(quiz.because)
        )
    }

    /// The gentlest hint that has not been given: what is odd about the present state, the lesson's hints, and then
    /// the next command, in the line.
    fn hint(&mut self, desk: &Desk) -> String {
        if self.done.is_some() {
            return "All goals hold. :next goes on.\n".into();
        }
        let nudge = self.lesson.state(desk.session.world()).nudge;
        if let Some(say) = nudge.filter(|_| nudge != self.nudge) {
            self.nudge = nudge;
            return text::html(say);
        }
        if let Some(hint) = self.lesson.hints.get(self.hints) {
            self.hints += 1;
            return text::html(hint);
        }
        match self.lesson.next_step(&desk.session) {
            Some(step) => {
                self.suggestion = step;
                "The next command stands in the line; Enter runs it.\n".into()
            }
            None => {
                "From here no command of the solution leads on. :solution shows it, :reset begins anew.\n"
                    .into()
            }
        }
    }

    fn go_on(&mut self, desk: &mut Desk) -> String {
        let Some(next) = lessons(LANGUAGE).iter().find(|lesson| lesson.number > self.lesson.number) else {
            return "This was the last lesson.\n".into();
        };
        let begun = match self.keep().and_then(|()| begin(next)) {
            Ok(begun) => begun,
            Err(why) => return format!("{why}\n"),
        };
        *desk = begun;
        let progress = std::mem::take(&mut self.progress);
        *self = Self::new(next, progress);
        self.resume(desk);
        self.introduction()
    }

    /// Keeps the world for the next time; that of a lesson that is done is not needed any more.
    fn keep(&mut self) -> Result<(), String> {
        match self.alive.take().filter(|_| self.done.is_none()) {
            Some(session) => self.progress.keep_world(self.lesson, &session)?,
            None => self.progress.drop_world(self.lesson),
        }
        self.progress.write()
    }
}
