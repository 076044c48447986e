//! Drydock in a browser: a desk behind wasm-bindgen. Text goes in, JSON and text come out; nothing here decides
//! anything. What cannot be done comes back as an answer, never as an exception.

mod views;

use drydock::base::Duration;
use drydock::session::{Answer, Desk, Journal, Offers, PointId, scene, xray};
use drydock_tutorials::{Lesson, SEED, find, lessons};
use serde::Serialize;
use views::{Checked, Graded, LessonEntry, LessonText, Piece, PointView, Reply};
use wasm_bindgen::prelude::wasm_bindgen;

/// How many rounds a preview may take: it runs while someone types.
const FORESIGHT: u32 = 400;
/// The longest line that is taken, in bytes.
const LONGEST_LINE: usize = 64 << 10;
/// The longest time that one poll lets pass, in milliseconds.
const LONGEST_POLL: u32 = 60_000;

/// A desk, and the lesson that is open at it.
#[wasm_bindgen]
pub struct Drydock {
    desk: Desk,
    lesson: Option<&'static Lesson>,
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}

#[wasm_bindgen]
impl Drydock {
    /// A fresh world. The same seed gives the same ids and names.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: u32) -> Drydock {
        Drydock { desk: Desk::new(u64::from(seed)), lesson: None }
    }

    /// The world of a lesson; nothing where there is no such lesson.
    pub fn lesson(language: &str, id: &str) -> Option<Drydock> {
        let lesson = find(language, id)?;
        Some(Drydock { desk: lesson.begin().ok()?, lesson: Some(lesson) })
    }

    /// Enters a line. The answer to a colon line comes back as JSON.
    pub fn enter(&mut self, line: &str) -> String {
        if line.len() > LONGEST_LINE {
            return json(&Reply::refused(format!("a line of more than {LONGEST_LINE} bytes\n")));
        }
        json(&match self.desk.enter(line) {
            None => Reply::default(),
            Some(Answer::Text(text)) => Reply { text, ..Reply::default() },
            Some(Answer::Refused(text)) => Reply::refused(text),
            Some(Answer::Save(_) | Answer::Load(_)) => {
                Reply::refused("here, Export and Import of the menu do that\n".into())
            }
        })
    }

    /// Lets milliseconds pass and runs what is ready, for so many rounds at most. Returns what was printed.
    pub fn poll(&mut self, elapsed: u32, rounds: u32) -> String {
        self.desk.poll(Duration::millis(i64::from(elapsed.min(LONGEST_POLL))), rounds);
        self.desk.session.take_text()
    }

    /// What the session is at: `idle` at a prompt, `busy`, `waiting` for time, or `ended`.
    #[wasm_bindgen(getter)]
    pub fn mood(&mut self) -> String {
        let session = &mut self.desk.session;
        let mood = match () {
            () if session.has_ended() => "ended",
            () if session.world().kernel.has_ready() => "busy",
            () if session.is_idle() => "idle",
            () => "waiting",
        };
        mood.into()
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self) {
        self.desk.interrupt();
    }

    /// Ctrl-D.
    pub fn end_input(&mut self) {
        self.desk.end_input();
    }

    /// What the word that ends at byte `at` could become, as JSON: where it begins, and the offers.
    pub fn complete(&self, line: &str, at: usize) -> String {
        json(&Offers::of(&self.desk.session).complete(line, at))
    }

    /// What a line would change, as JSON: sentences, or null where it does not come to its end soon.
    pub fn preview(&self, line: &str) -> String {
        json(&self.desk.foresee(line, FORESIGHT))
    }

    /// Goes back a line; false at the beginning.
    pub fn undo(&mut self) -> bool {
        self.desk.undo(1) == 1
    }

    /// Goes forward a line; false where nothing was undone.
    pub fn redo(&mut self) -> bool {
        self.desk.redo(1) == 1
    }

    /// Goes to a point of any branch; 0 is the beginning.
    pub fn jump(&mut self, point: PointId) -> bool {
        self.desk.jump(point)
    }

    /// The point of the last line.
    #[wasm_bindgen(getter)]
    pub fn here(&self) -> PointId {
        self.desk.here()
    }

    /// All points on all branches, as JSON.
    pub fn points(&self) -> String {
        let view = |(id, point): (PointId, &drydock::session::Point)| PointView {
            id,
            parent: point.parent,
            line: point.line.clone(),
        };
        json(&self.desk.points().map(view).collect::<Vec<_>>())
    }

    /// Everything that led here, as text; nothing where that is not known.
    pub fn journal(&self) -> Option<String> {
        self.desk.journal().map(|journal| journal.write())
    }

    /// Plays a journal on this fresh desk, as JSON: what was printed, by points; or an error.
    pub fn replay(&mut self, text: &str) -> String {
        let journal = match Journal::parse(text) {
            Ok(journal) => journal,
            Err(error) => return json(&Reply::refused(error)),
        };
        let mut pieces: Vec<Piece> = vec![];
        if self.lesson.is_none() {
            self.desk = Desk::new(journal.seed);
        }
        for act in &journal.acts {
            self.desk.perform(act);
            let text = self.desk.session.take_text();
            pieces.push(Piece::new(self.desk.here(), act, text));
        }
        json(&pieces)
    }

    /// The picture of the world, as JSON.
    pub fn scene(&self) -> String {
        json(&scene::scene(self.desk.session.world()))
    }

    /// What a layer of an image or container holds, as JSON.
    pub fn layer(&self, name: &str, at: usize) -> String {
        json(&xray::layer(self.desk.session.world(), name, at))
    }

    /// Where a path of an image or container comes from, as JSON.
    pub fn path(&self, name: &str, path: &str) -> String {
        json(&xray::path(self.desk.session.world(), name, path))
    }

    /// The shell's working directory.
    pub fn directory(&self) -> String {
        self.desk.session.directory()
    }

    /// What is in a directory of the host, as JSON: the files, or an error.
    pub fn files(&self, path: &str) -> String {
        match self.desk.session.list_files(path) {
            Ok(files) => json(&files),
            Err(error) => json(&Reply::refused(error.to_string())),
        }
    }

    /// A file of the host, as JSON: its text, or an error.
    pub fn read(&self, path: &str) -> String {
        json(&match self.desk.session.read_file(path) {
            Ok(text) => Reply { text, ..Reply::default() },
            Err(error) => Reply::refused(error.to_string()),
        })
    }

    /// Writes a file of the host, as JSON: nothing, or an error.
    pub fn write(&mut self, path: &str, text: &str) -> String {
        json(&match self.desk.write_file(path, text) {
            Ok(()) => Reply::default(),
            Err(error) => Reply::refused(error.to_string()),
        })
    }

    /// How the open lesson stands, as JSON; null without one.
    pub fn state(&self) -> String {
        json(&self.lesson.map(|lesson| {
            let state = lesson.state(self.desk.session.world());
            Checked { solved: state.is_solved(), goals: state.goals, nudge: state.nudge }
        }))
    }

    /// Compares an answer to the open lesson's question with the model's, as JSON.
    pub fn grade(&self, answer: &str) -> String {
        json(&self.lesson.map(|lesson| {
            let graded = lesson.grade(self.desk.session.world(), answer);
            Graded { right: graded.right, answer: graded.answer, because: lesson.quiz.because }
        }))
    }
}

/// Plays a script on a fresh world; the transcript is the one that `drydock transcript` prints for it.
#[wasm_bindgen]
pub fn transcript(script: &str, seed: u32) -> String {
    drydock::transcript::write(&drydock::session::play(script, u64::from(seed)))
}

/// The lessons of a language, as JSON.
#[wasm_bindgen]
pub fn lesson_list(language: &str) -> String {
    json(&lessons(language).iter().map(LessonEntry::of).collect::<Vec<_>>())
}

/// The text of a lesson, as JSON; null where there is none.
#[wasm_bindgen]
pub fn lesson_text(language: &str, id: &str) -> String {
    json(&find(language, id).map(LessonText::of))
}

/// The table of a container's life, as JSON.
#[wasm_bindgen]
pub fn lifecycle() -> String {
    json(&scene::lifecycle())
}

/// The seed of lessons.
#[wasm_bindgen]
pub fn lesson_seed() -> u32 {
    SEED as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(page: &mut Drydock) -> String {
        let mut text = String::new();
        for _ in 0..2_000 {
            text += &page.poll(5, 200);
            if page.mood() == "idle" {
                break;
            }
        }
        text
    }

    fn typed(page: &mut Drydock, line: &str) -> String {
        page.enter(line);
        settle(page)
    }

    #[test]
    fn a_journal_brings_back_the_screen_and_the_world() {
        let mut page = Drydock::new(7);
        settle(&mut page);
        typed(&mut page, "docker run -d --name web nginx");
        let shown = typed(&mut page, "docker ps; date +%N");
        let mut other = Drydock::new(1);
        let pieces = other.replay(&page.journal().expect("nothing was loaded"));
        assert_eq!(other.scene(), page.scene());
        assert!(pieces.contains(&json(&shown)[1..20]), "{pieces}");
    }

    #[test]
    fn a_lesson_is_begun_solved_and_asked_about() {
        assert!(Drydock::lesson("en", "no-such-lesson").is_none());
        let mut page = Drydock::lesson("en", "first-container").expect("a lesson");
        settle(&mut page);
        assert!(page.state().contains("\"solved\":false"));
        typed(&mut page, "docker run hello-world");
        assert!(page.state().contains("\"solved\":true"));
        assert!(page.grade("2").contains("\"right\":true") && page.grade("1").contains("\"right\":false"));
    }

    #[test]
    fn nonsense_is_answered() {
        let mut page = Drydock::new(7);
        settle(&mut page);
        for text in [
            "",
            "\0",
            "\u{1b}[999999999A",
            "é\u{300}",
            "$(",
            ":undo 99999999999999999999",
            "docker run -v",
            "/../..",
            "~",
        ] {
            page.enter(text);
            page.interrupt();
            settle(&mut page);
            for at in 0..4 {
                page.complete(text, at);
                page.layer(text, at);
            }
            page.preview(text);
            page.path("nginx", text);
            page.files(text);
            page.read(text);
            page.write(text, text);
            page.replay(text);
            page.grade(text);
        }
        assert!(page.enter(&"x".repeat(LONGEST_LINE + 1)).contains("error"));
        assert!(page.jump(0) && !page.jump(u32::MAX) && !page.undo());
    }
}
