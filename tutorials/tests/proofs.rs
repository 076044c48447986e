//! The proofs of every lesson: it starts unsolved, stays so until the last command of its solution, every way that is
//! said to lead to the goals does, and every near miss misses.

use drydock::session::Session;
use drydock::transcript::split_script;
use drydock_tutorials::{LANGUAGES, Lesson};

fn each(prove: impl Fn(&str, &Lesson)) {
    for (language, lessons) in LANGUAGES {
        for lesson in *lessons {
            prove(&format!("{language}/{}", lesson.id), lesson);
        }
    }
}

fn begun(lesson: &Lesson) -> Session {
    let desk = lesson.begin().expect("the set-up leaves room for a shell");
    desk.session.into_script().expect("room for another shell")
}

fn after(lesson: &Lesson, script: &str) -> Session {
    let mut session = begun(lesson);
    for command in split_script(script) {
        session.run(&command.text);
    }
    session
}

#[test]
fn numbers_and_names_are_unique_and_in_order() {
    for (language, lessons) in LANGUAGES {
        for pair in lessons.windows(2) {
            assert!(pair[0].number < pair[1].number, "{language}: {} before {}", pair[0].id, pair[1].id);
            assert!(
                lessons.iter().filter(|l| l.id == pair[0].id).count() == 1,
                "{language}: {} twice",
                pair[0].id
            );
        }
    }
}

#[test]
fn every_proper_prefix_of_the_solution_is_unsolved_and_the_whole_solves() {
    each(|name, lesson| {
        let mut session = begun(lesson);
        for command in split_script(lesson.solution) {
            assert!(!lesson.state(session.world()).is_solved(), "{name}: solved before {:?}", command.text);
            session.run(&command.text);
        }
        let state = lesson.state(session.world());
        assert!(state.is_solved(), "{name}: the solution leaves {state:?}");
    });
}

#[test]
fn alternatives_solve_and_near_misses_do_not() {
    each(|name, lesson| {
        for way in lesson.alternatives {
            let state = lesson.state(after(lesson, way).world());
            assert!(state.is_solved(), "{name}: {way:?} leaves {state:?}");
        }
        for way in lesson.near_misses {
            assert!(!lesson.state(after(lesson, way).world()).is_solved(), "{name}: {way:?} solves");
        }
    });
}

#[test]
fn one_choice_of_the_quiz_is_what_the_model_answers_when_the_lesson_is_solved() {
    each(|name, lesson| {
        let session = after(lesson, lesson.solution);
        let right =
            lesson.quiz.choices.iter().filter(|choice| lesson.grade(session.world(), choice).right).count();
        let answer = lesson.grade(session.world(), "").answer;
        assert_eq!(right, 1, "{name}: the model answers {answer:?}");
    });
}

#[test]
fn commands_that_the_prose_shows_run() {
    each(|name, lesson| {
        for command in shown(lesson.prose).chain(shown(lesson.why)) {
            let played = after(lesson, &format!("{}\n{command}", lesson.solution)).run("true");
            assert_ne!(played.code, 127, "{name}: {command}");
        }
    });
}

/// The lines of console blocks that begin with a prompt.
fn shown(markdown: &'static str) -> impl Iterator<Item = &'static str> {
    markdown.lines().filter_map(|line| line.strip_prefix("$ "))
}
