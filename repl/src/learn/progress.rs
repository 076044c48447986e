//! What a learner has done: a small text file beside the prompt's history, and the world of each lesson that was left.

use crate::{files, prompt};
use drydock::base::Digest;
use drydock::session::Session;
use drydock_tutorials::{Lesson, find};
use std::path::PathBuf;

/// Lessons that are done, and the one that was open last.
#[derive(Default)]
pub struct Progress {
    /// Where it is kept; nowhere without a home.
    folder: Option<PathBuf>,
    solved: Vec<String>,
    at: Option<String>,
}

impl Progress {
    /// What is kept; nothing the first time.
    ///
    /// # Errors
    /// A message that names the file.
    pub fn read() -> Result<Self, String> {
        let mut progress = Self { folder: files::state(), ..Self::default() };
        let Some(path) = progress.path("lessons").filter(|path| PathBuf::from(path).exists()) else {
            return Ok(progress);
        };
        for line in files::read(&path)?.lines() {
            match line.split_once(' ') {
                Some(("solved", id)) => progress.solved.push(id.to_string()),
                Some(("at", id)) => progress.at = Some(id.to_string()),
                _ => return Err(format!("{path}: not understood: {line}")),
            }
        }
        Ok(progress)
    }

    /// Keeps it.
    ///
    /// # Errors
    /// A message that names the file.
    pub fn write(&self) -> Result<(), String> {
        let Some(path) = self.path("lessons") else { return Ok(()) };
        let mut text: String = self.solved.iter().map(|id| format!("solved {id}\n")).collect();
        text.extend(self.at.iter().map(|id| format!("at {id}\n")));
        files::write(&path, text.as_bytes())
    }

    /// The lesson that was open last, unless it is done.
    pub fn at(&self) -> Option<&'static Lesson> {
        let lesson = find(super::LANGUAGE, self.at.as_ref()?)?;
        (!self.has_solved(lesson)).then_some(lesson)
    }

    /// A lesson is open.
    pub fn set_at(&mut self, lesson: &Lesson) {
        self.at = Some(lesson.id.to_string());
    }

    /// A lesson has been done.
    pub fn has_solved(&self, lesson: &Lesson) -> bool {
        self.solved.iter().any(|id| id == lesson.id)
    }

    /// A lesson is done.
    pub fn set_solved(&mut self, lesson: &Lesson) {
        if !self.has_solved(lesson) {
            self.solved.push(lesson.id.to_string());
        }
    }

    /// The world in which a lesson was left.
    pub fn world(&self, lesson: &Lesson) -> Option<Session> {
        prompt::load(&self.path(&world_of(lesson))?).ok()
    }

    /// Keeps the world in which a lesson is left.
    ///
    /// # Errors
    /// A message that names the file.
    pub fn keep_world(&self, lesson: &Lesson, session: &Session) -> Result<(), String> {
        self.path(&world_of(lesson)).map_or(Ok(()), |path| prompt::save(session, &path))
    }

    /// Forgets the world in which a lesson was left.
    pub fn drop_world(&self, lesson: &Lesson) {
        if let Some(path) = self.path(&world_of(lesson)) {
            let _there_may_be_none = std::fs::remove_file(path);
        }
    }

    fn path(&self, name: &str) -> Option<String> {
        Some(self.folder.as_ref()?.join(name).to_string_lossy().into_owned())
    }
}

/// The file of a lesson's world. A lesson that begins otherwise than it did has another.
fn world_of(lesson: &Lesson) -> String {
    format!("lesson-{}-{}.drydock", lesson.id, Digest::of(lesson.setup.as_bytes()).short())
}
