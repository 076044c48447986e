//! What crosses into JavaScript as JSON.

use drydock::session::{Act, PointId};
use drydock_tutorials::Lesson;
use serde::Serialize;

/// An answer: text, or why there is none.
#[derive(Default, Serialize)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Reply {
    /// A refusal.
    pub fn refused(why: String) -> Self {
        Self { text: String::new(), error: Some(why) }
    }
}

/// A point of the past.
#[derive(Serialize)]
pub struct PointView {
    /// Its number.
    pub id: PointId,
    /// The point before it.
    pub parent: PointId,
    /// What was entered.
    pub line: String,
}

/// What a replayed act showed.
#[derive(Serialize)]
pub struct Piece {
    point: PointId,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    text: String,
}

impl Piece {
    /// Of an act that has just been played.
    pub fn new(point: PointId, act: &Act, text: String) -> Self {
        let line = match act {
            Act::Line(line) => Some(line.clone()),
            Act::Interrupt => Some("^C".into()),
            _ => None,
        };
        Self { point, line, text }
    }
}

/// How a lesson stands.
#[derive(Serialize)]
pub struct Checked {
    /// All goals hold.
    pub solved: bool,
    /// Whether each goal holds.
    pub goals: Vec<bool>,
    /// Advice.
    pub nudge: Option<&'static str>,
}

/// A graded answer.
#[derive(Serialize)]
pub struct Graded {
    /// It was right.
    pub right: bool,
    /// The model's.
    pub answer: String,
    /// Why.
    pub because: &'static str,
}

/// A lesson in a list.
#[derive(Serialize)]
pub struct LessonEntry {
    number: u32,
    id: &'static str,
    title: &'static str,
    goals: usize,
    /// Something has been done in its world before it begins.
    prepared: bool,
    text: &'static str,
}

impl LessonEntry {
    /// Of a lesson.
    pub fn of(lesson: &Lesson) -> Self {
        Self {
            number: lesson.number,
            id: lesson.id,
            title: lesson.title,
            goals: lesson.goals.len(),
            prepared: !lesson.setup.is_empty(),
            text: lesson.prose_html,
        }
    }
}

/// The text of a lesson.
#[derive(Serialize)]
pub struct LessonText {
    number: u32,
    id: &'static str,
    title: &'static str,
    goals: Vec<&'static str>,
    hints: &'static [&'static str],
    solution: &'static str,
    ask: &'static str,
    choices: &'static [&'static str],
    prose: &'static str,
    why: &'static str,
}

impl LessonText {
    /// Of a lesson.
    pub fn of(lesson: &Lesson) -> Self {
        Self {
            number: lesson.number,
            id: lesson.id,
            title: lesson.title,
            goals: lesson.goals.iter().map(|goal| goal.say).collect(),
            hints: lesson.hints,
            solution: lesson.solution,
            ask: lesson.quiz.ask,
            choices: lesson.quiz.choices,
            prose: lesson.prose_html,
            why: lesson.why_html,
        }
    }
}
