//! Lessons: text, set-up, goals and proofs as data, and what checks them on a simulated world.
//!
//! A goal holds or does not hold of a world; how the learner came there does not matter. To add a lesson, write
//! `lessons/LANGUAGE/NN-NAME.md`; `README.md` beside this crate says how.

mod check;
mod typing;

pub use check::{LessonState, QuizAnswer};
pub use typing::type_in;

include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// The seed of every lesson's world: names, ids and times are the same for all.
pub const SEED: u64 = 7;

/// A lesson.
#[derive(Debug, Clone, Copy)]
pub struct Lesson {
    /// Its place in the curriculum.
    pub number: u32,
    /// Its name in addresses and on the command line.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// A script that runs before it begins.
    pub setup: &'static str,
    /// One way to reach the goals, a command a line.
    pub solution: &'static str,
    /// What has to hold in the end.
    pub goals: &'static [Goal],
    /// Advice for states that learners get into; the first that fits is given.
    pub nudges: &'static [Nudge],
    /// Hints, the gentlest first.
    pub hints: &'static [&'static str],
    /// Other ways that reach the goals.
    #[cfg(feature = "terminal")]
    pub alternatives: &'static [&'static str],
    /// Ways that come close and do not.
    #[cfg(feature = "terminal")]
    pub near_misses: &'static [&'static str],
    /// The question at the end.
    pub quiz: Quiz,
    /// The text, in Markdown.
    #[cfg(feature = "terminal")]
    pub prose: &'static str,
    /// What is told once the goals are reached, in Markdown.
    #[cfg(feature = "terminal")]
    pub why: &'static str,
    /// The text, in HTML.
    pub prose_html: &'static str,
    /// What is told once the goals are reached, in HTML.
    pub why_html: &'static str,
}

/// One thing that has to hold.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    /// It in a sentence.
    pub say: &'static str,
    /// A shell script that ends with 0 where it holds.
    pub check: &'static str,
}

/// Advice for a certain state.
#[derive(Debug, Clone, Copy)]
pub struct Nudge {
    /// A shell script that ends with 0 in that state.
    pub when: &'static str,
    /// The advice.
    pub say: &'static str,
}

/// A question whose answer the model gives.
#[derive(Debug, Clone, Copy)]
pub struct Quiz {
    /// The question.
    pub ask: &'static str,
    /// The script whose output is the answer.
    pub run: &'static str,
    /// The answers to choose from.
    pub choices: &'static [&'static str],
    /// Why it is so.
    pub because: &'static str,
}

/// The languages that there are lessons in.
pub fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(language, _)| *language)
}

/// The lessons of a language, in order; none in a language that there are none in.
pub fn lessons(language: &str) -> &'static [Lesson] {
    LANGUAGES.iter().find(|(name, _)| *name == language).map_or(&[], |(_, lessons)| lessons)
}

/// The lesson of a name.
pub fn find(language: &str, id: &str) -> Option<&'static Lesson> {
    lessons(language).iter().find(|lesson| lesson.id == id)
}
