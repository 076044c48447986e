//! The proofs of every lesson: it starts unsolved, stays so until the last command of its solution, every way that is
//! said to lead to the goals does, and every near miss misses. All is typed at a terminal, as learners do.

use drydock::session::Session;
use drydock::transcript::split_script;
use drydock_tutorials::{LANGUAGES, Lesson, type_in};

fn each(prove: impl Fn(&str, &Lesson, &Session)) {
    for (language, lessons) in LANGUAGES {
        for lesson in *lessons {
            let desk = lesson.begin().expect("the set-up leaves room for a shell");
            prove(&format!("{language}/{}", lesson.id), lesson, &desk.session);
        }
    }
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
fn every_lesson_has_what_a_learner_may_need() {
    each(|name, lesson, _| {
        assert!((1..=4).contains(&lesson.goals.len()), "{name}: {} goals", lesson.goals.len());
        assert!(lesson.hints.len() >= 3, "{name}: {} hints", lesson.hints.len());
        assert!(lesson.alternatives.len() >= 2, "{name}: {} alternatives", lesson.alternatives.len());
        assert!(lesson.near_misses.len() >= 3, "{name}: {} near misses", lesson.near_misses.len());
    });
}

#[test]
fn every_proper_prefix_of_the_solution_is_unsolved_and_the_whole_solves_and_answers_the_question() {
    each(|name, lesson, begun| {
        let mut session = begun.clone();
        let steps = split_script(lesson.solution);
        assert!(
            lesson.next_step(begun).is_some(),
            "{name}: no command of the solution leads on from the beginning"
        );
        for command in steps {
            let state = lesson.state(session.world());
            assert!(!state.is_solved(), "{name}: solved before {:?}", command.text);
            type_in(&mut session, &command.text);
        }
        let world = session.world();
        let state = lesson.state(world);
        assert!(state.is_solved(), "{name}: the solution leaves {state:?}");
        let right = lesson.quiz.choices.iter().filter(|choice| lesson.grade(world, choice).right).count();
        assert_eq!(right, 1, "{name}: the model answers {:?}", lesson.grade(world, "").answer);
    });
}

#[test]
fn alternatives_solve_and_near_misses_do_not() {
    each(|name, lesson, begun| {
        for (way, solves) in
            lesson.alternatives.iter().map(|w| (w, true)).chain(lesson.near_misses.iter().map(|w| (w, false)))
        {
            let mut session = begun.clone();
            let shown = type_in(&mut session, way);
            let state = lesson.state(session.world());
            assert_eq!(state.is_solved(), solves, "{name}: {way:?} leaves {state:?}\n{shown}");
        }
    });
}

#[test]
fn commands_that_the_prose_shows_exist() {
    each(|name, lesson, begun| {
        let shown = type_in(&mut begun.clone(), &typed_lines(lesson.prose));
        for unknown in ["command not found", ": not found\r\n/ # ", "not simulated"] {
            assert!(!shown.contains(unknown), "{name}: {unknown}\n{shown}");
        }
    });
}

/// What the blocks of a text show behind a prompt.
fn typed_lines(markdown: &str) -> String {
    let typed =
        |line: &str| ["$ ", "/ # ", "> "].iter().find_map(|p| Some(line.strip_prefix(p)?.to_string()));
    let mut inside = false;
    let mut out = String::new();
    for line in markdown.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = typed(line).filter(|_| inside) {
            out += &format!("{command}\n");
        }
    }
    out
}
