//! Asking a world whether a lesson's goals hold. Every question is asked of a copy.

use crate::{Lesson, SEED};
use drydock::base::Errno;
use drydock::model::World;
use drydock::session::{Desk, Played, Session};

/// How a learner stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonState {
    /// Whether each goal holds, in order.
    pub goals: Vec<bool>,
    /// Advice that fits the present state, until all goals hold.
    pub nudge: Option<&'static str>,
}

impl LessonState {
    /// All goals hold.
    pub fn is_solved(&self) -> bool {
        self.goals.iter().all(|holds| *holds)
    }
}

/// How an answer to a quiz compares with the model's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuizAnswer {
    /// What the model answers.
    pub answer: String,
    /// The answer was the same.
    pub right: bool,
}

impl Lesson {
    /// A desk where the lesson begins.
    ///
    /// # Errors
    /// `EAGAIN` where the set-up leaves no room for a shell.
    pub fn begin(&self) -> Result<Desk, Errno> {
        Desk::prepared(SEED, self.setup)
    }

    /// How a world stands.
    pub fn state(&self, world: &World) -> LessonState {
        let goals: Vec<bool> = self.goals.iter().map(|goal| holds(world, goal.check)).collect();
        let solved = goals.iter().all(|holds| *holds);
        let fitting = self.nudges.iter().find(|nudge| !solved && holds(world, nudge.when));
        LessonState { goals, nudge: fitting.map(|nudge| nudge.say) }
    }

    /// Compares an answer with what the model prints in a world.
    pub fn grade(&self, world: &World, answer: &str) -> QuizAnswer {
        let printed = run(world, self.quiz.run).map_or_else(String::new, |played| played.stdout);
        let model = printed.trim().to_string();
        QuizAnswer { right: model == answer.trim(), answer: model }
    }
}

fn holds(world: &World, script: &str) -> bool {
    run(world, script).is_some_and(|played| played.code == 0)
}

/// Runs a script on a copy, in a shell of its own, so that `exit` gives its answer.
fn run(world: &World, script: &str) -> Option<Played> {
    Session::script_on(world.clone()).ok().map(|mut session| session.run(&format!("(\n{script}\n)")))
}
