//! A session with its past: every line entered is a point to come back to. Undo, redo, branches and previews are
//! clones.

use super::journal::{Act, Journal, whole};
use super::{Session, colon};
use crate::base::{Duration, Errno, Time};
use crate::kernel::{Budgets, Pulse};
use imbl::OrdMap;

/// How many points of the past are kept; the oldest go first.
pub const REMEMBERED: usize = 1_000;
/// How many rounds a span of time may take.
const SPAN_ROUNDS: u32 = 30_000;

/// The number of a point; 0 is the beginning.
pub type PointId = u32;

/// A point of the past: a line, and what was there before and after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// What was entered.
    pub line: String,
    /// The point it was entered at.
    pub parent: PointId,
    /// The session before the line.
    pub before: Session,
    /// What happened between the parent's line and this one.
    lead: Vec<Act>,
    /// The session when it was left, and what had happened since the line.
    after: Option<(Session, Vec<Act>)>,
}

/// A session with its past.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    /// The present.
    pub session: Session,
    points: OrdMap<PointId, Point>,
    /// Where redo leads from a point.
    onward: OrdMap<PointId, PointId>,
    here: PointId,
    last: PointId,
    /// What happened since the line of `here`.
    acts: Vec<Act>,
    /// What happened before the oldest point that is kept.
    forgotten: Vec<Act>,
    seed: u64,
    start: Session,
    /// Part of it came from a save file, which no journal can tell.
    loaded: bool,
    /// The last stretch of rounds made no jump in time.
    steady: bool,
}

/// What a colon line asks of whoever shows the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Show this.
    Text(String),
    /// Show this as an error.
    Refused(String),
    /// Write a save file there.
    Save(String),
    /// Read a save file from there.
    Load(String),
}

impl Desk {
    /// A desk with a fresh world.
    pub fn new(seed: u64) -> Self {
        Self::at(Session::terminal(seed), seed)
    }

    /// A desk with a world in which a script has been run first. The script is no part of its journal.
    ///
    /// # Errors
    /// `EAGAIN` where the script leaves no room for a shell.
    pub fn prepared(seed: u64, script: &str) -> Result<Self, Errno> {
        let mut session = Session::terminal(seed);
        if !script.trim().is_empty() {
            session.prepare(script)?;
        }
        Ok(Self::at(session, seed))
    }

    fn at(session: Session, seed: u64) -> Self {
        Self {
            start: session.clone(),
            session,
            points: OrdMap::new(),
            onward: OrdMap::new(),
            here: 0,
            last: 0,
            acts: Vec::new(),
            forgotten: Vec::new(),
            seed,
            loaded: false,
            steady: false,
        }
    }

    /// Takes a line: one that begins with a colon is answered at once, any other is typed at the terminal.
    pub fn enter(&mut self, line: &str) -> Option<Answer> {
        if let Some(command) = line.trim_start().strip_prefix(':') {
            return Some(colon::run(self, command));
        }
        if line.trim().is_empty() {
            self.acts.push(Act::Line(line.into()));
        } else {
            self.remember(line);
        }
        self.session.type_line(line);
        None
    }

    fn remember(&mut self, line: &str) {
        self.last += 1;
        let point = Point {
            line: line.to_string(),
            parent: self.here,
            before: self.session.clone(),
            lead: std::mem::take(&mut self.acts),
            after: None,
        };
        self.points.insert(self.last, point);
        self.onward.insert(self.here, self.last);
        self.here = self.last;
        while self.points.len() > REMEMBERED {
            self.forget();
        }
    }

    /// Drops the oldest point: where it led to the present, with every branch that began no later; otherwise with
    /// all that came of it.
    fn forget(&mut self) {
        let path = self.path(self.here);
        let Some((oldest, point)) = self.points.get_min() else { return };
        let mut dropped = vec![*oldest];
        if path.contains(oldest) {
            self.forgotten.extend(point.lead.iter().cloned());
            self.forgotten.push(Act::Line(point.line.clone()));
        }
        for (id, point) in self.points.iter().skip(1) {
            let is_past = path.get(1) == Some(id);
            let is_older = path.first() == Some(oldest) && !self.points.contains_key(&point.parent);
            if !is_past && (is_older || dropped.contains(&point.parent)) {
                dropped.push(*id);
            }
        }
        for id in dropped {
            self.points.remove(&id);
            self.onward.remove(&id);
        }
    }

    /// True where lines have been forgotten, which nothing brings back.
    pub fn has_forgotten(&self) -> bool {
        !self.forgotten.is_empty()
    }

    /// The points that lead to one, the oldest first, itself last.
    fn path(&self, to: PointId) -> Vec<PointId> {
        let up = std::iter::successors(Some(to), |id| self.points.get(id).map(|p| p.parent));
        let mut path: Vec<PointId> = up.filter(|id| self.points.contains_key(id)).collect();
        path.reverse();
        path
    }

    /// The point of the last line.
    pub fn here(&self) -> PointId {
        self.here
    }

    /// All points that are kept, on every branch.
    pub fn points(&self) -> impl Iterator<Item = (PointId, &Point)> {
        self.points.iter().map(|(id, point)| (*id, point))
    }

    /// The lines that led here, oldest first.
    pub fn past(&self) -> Vec<&str> {
        self.lines(&self.path(self.here))
    }

    /// The lines that redo would do, the next first.
    pub fn undone(&self) -> Vec<&str> {
        let next = |id: &PointId| self.onward.get(id).copied();
        let on: Vec<PointId> = std::iter::successors(next(&self.here), next).collect();
        self.lines(&on)
    }

    fn lines(&self, ids: &[PointId]) -> Vec<&str> {
        ids.iter().filter_map(|id| self.points.get(id)).map(|p| p.line.as_str()).collect()
    }

    /// Goes back `n` lines; how many it were.
    pub fn undo(&mut self, n: usize) -> usize {
        (0..n).take_while(|_| self.back()).count()
    }

    /// Goes forward `n` undone lines; how many it were.
    pub fn redo(&mut self, n: usize) -> usize {
        (0..n).take_while(|_| self.onward.get(&self.here).copied().is_some_and(|id| self.forth(id))).count()
    }

    /// Goes to a point of any branch, or to the beginning; false where there is none.
    pub fn jump(&mut self, to: PointId) -> bool {
        if to != 0 && !self.points.contains_key(&to) {
            return false;
        }
        let path = self.path(to);
        while self.here != 0 && !path.contains(&self.here) {
            if !self.back() {
                return false;
            }
        }
        let done = path.iter().position(|id| *id == self.here).map_or(0, |at| at + 1);
        path.iter().skip(done).all(|id| self.forth(*id))
    }

    fn back(&mut self) -> bool {
        let Some(point) = self.points.get_mut(&self.here) else { return false };
        let session = std::mem::replace(&mut self.session, point.before.clone());
        let acts = std::mem::replace(&mut self.acts, point.lead.clone());
        point.after = Some((session, acts));
        let parent = point.parent;
        self.onward.insert(parent, self.here);
        self.here = parent;
        true
    }

    fn forth(&mut self, to: PointId) -> bool {
        let Some((session, acts)) = self.points.get(&to).and_then(|point| point.after.clone()) else {
            return false;
        };
        self.session = session;
        self.acts = acts;
        self.onward.insert(self.here, to);
        self.here = to;
        true
    }

    /// Lets time pass: what is ready runs, for `rounds` at most, and where it comes to rest the clock goes on by
    /// `elapsed`. A busy world takes its time from its own work.
    pub fn poll(&mut self, elapsed: Duration, rounds: u32) -> Pulse {
        let until = whole(self.session.world().now() + elapsed);
        self.pass(until, rounds)
    }

    /// Runs what is ready and due up to a moment, for `rounds` at most.
    pub(super) fn pass(&mut self, until: Time, rounds: u32) -> Pulse {
        let mut jumped = false;
        for _ in 0..rounds {
            match self.session.pulse() {
                Pulse::Busy => {}
                Pulse::Quiet(_) if self.session.has_ended() => return self.rested(until, Pulse::Quiet(None)),
                Pulse::Quiet(Some(next)) if next <= until => {
                    self.session.reach(next);
                    jumped = true;
                }
                Pulse::Quiet(next) => {
                    self.session.reach(until);
                    return self.rested(until, Pulse::Quiet(next));
                }
            }
        }
        self.toiled(rounds, until, jumped);
        Pulse::Busy
    }

    /// Notes rounds that did not come to rest; one after another they count as one stretch while the clock made
    /// no jump.
    fn toiled(&mut self, rounds: u32, until: Time, jumped: bool) {
        let before = match self.acts.last() {
            Some(Act::Rounds(before, _)) if self.steady => before.saturating_add(rounds),
            _ => rounds,
        };
        if before != rounds {
            self.acts.pop();
        }
        self.acts.push(Act::Rounds(before, until));
        self.steady = !jumped;
    }

    fn rested(&mut self, until: Time, pulse: Pulse) -> Pulse {
        if matches!(self.acts.last(), Some(Act::Until(_))) {
            self.acts.pop();
        }
        self.acts.push(Act::Until(until));
        pulse
    }

    /// Lets a span of time pass, with whatever comes due in it.
    pub fn advance(&mut self, span: Duration) {
        let until = whole(self.session.world().now() + span);
        self.pass(until, SPAN_ROUNDS);
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self) {
        self.acts.push(Act::Interrupt);
        self.session.interrupt();
    }

    /// Ctrl-D.
    pub fn end_input(&mut self) {
        self.acts.push(Act::EndInput);
        self.session.end_input();
    }

    /// Writes a file of the host, as the learner; see [`Session::write_file`].
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write_file(&mut self, path: &str, text: &str) -> Result<(), Errno> {
        self.session.write_file(path, text)?;
        self.acts.push(Act::Write(path.into(), text.into()));
        Ok(())
    }

    /// Everything that led here; `None` where part of it came from a save file.
    pub fn journal(&self) -> Option<Journal> {
        if self.loaded {
            return None;
        }
        let mut acts = self.forgotten.clone();
        for point in self.path(self.here).iter().filter_map(|id| self.points.get(id)) {
            acts.extend(point.lead.iter().cloned());
            acts.push(Act::Line(point.line.clone()));
        }
        acts.extend(self.acts.iter().cloned());
        Some(Journal { seed: self.seed, acts })
    }

    /// What a line would do: the session after it, and what it would print; `None` where it has not come to its
    /// end after so many rounds. The present stays as it is.
    pub fn preview(&self, line: &str, rounds: u32) -> Option<(Session, String)> {
        let mut session = self.session.clone();
        session.take_text();
        session.type_line(line);
        for _ in 0..rounds {
            match session.pulse() {
                Pulse::Busy => {}
                Pulse::Quiet(_) if session.is_idle() || session.has_ended() => {
                    let text = session.take_text();
                    return Some((session, text));
                }
                Pulse::Quiet(Some(next)) if (next - session.world().now()).as_secs_f64() < 3600.0 => {
                    session.reach(next);
                }
                Pulse::Quiet(_) => break,
            }
        }
        None
    }

    /// What a line would change, in words; `None` where it would not come to its end in so many rounds.
    pub fn foresee(&self, line: &str, rounds: u32) -> Option<Vec<String>> {
        let (after, _) = self.preview(line, rounds)?;
        Some(colon::changes(self.session.world(), after.world()))
    }

    /// What the world may use at most, now and after a [`Desk::reset`].
    pub fn set_budgets(&mut self, budgets: Budgets) {
        for session in [&mut self.session, &mut self.start] {
            session.world_mut().kernel.budgets = budgets;
        }
    }

    /// Starts over with a fresh world; the past stays, so this can be undone.
    pub fn reset(&mut self) {
        self.remember(":reset");
        self.session = self.start.clone();
    }

    /// Puts a loaded session in the present's place; the past stays. A session without a terminal gets one.
    ///
    /// # Errors
    /// `EAGAIN` where its world has no room for a shell.
    pub fn load(&mut self, session: Session) -> Result<(), Errno> {
        let session = session.into_terminal()?;
        self.remember(":load");
        self.session = session;
        self.loaded = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Duration;

    fn enter(desk: &mut Desk, line: &str) {
        desk.enter(line);
        settle(desk);
    }

    fn settle(desk: &mut Desk) {
        for _ in 0..200 {
            desk.poll(Duration::millis(20), 500);
            if desk.session.is_idle() {
                break;
            }
        }
        desk.session.take_text();
    }

    #[test]
    fn a_new_line_after_undo_is_a_branch_and_both_futures_stay() {
        let mut desk = Desk::new(7);
        settle(&mut desk);
        enter(&mut desk, "docker volume create one");
        let (one, with_one) = (desk.here(), desk.session.clone());
        assert_eq!(desk.undo(1), 1);
        enter(&mut desk, "docker volume create two");
        let two = desk.here();
        assert!(desk.undone().is_empty() && !desk.session.world().volumes.contains_key("one"));
        assert!(desk.jump(one) && desk.session == with_one);
        assert_eq!(desk.past(), ["docker volume create one"]);
        assert!(desk.jump(two) && desk.session.world().volumes.contains_key("two"));
        assert!(desk.jump(0) && desk.session.world().volumes.is_empty());
        assert_eq!(desk.undone(), ["docker volume create two"]);
        assert!(!desk.jump(99));
    }

    #[test]
    fn what_is_forgotten_is_the_oldest() {
        let mut desk = Desk::new(7);
        settle(&mut desk);
        let line = |n| format!("echo {n}");
        for n in 0..REMEMBERED + 5 {
            enter(&mut desk, &line(n));
        }
        assert_eq!((desk.past().len(), desk.past()[0]), (REMEMBERED, line(5).as_str()));
        let text = format!("nothing more to undo: the last {REMEMBERED} lines are remembered\n");
        let Some(Answer::Text(told)) = desk.enter(":undo 2000") else { panic!("refused") };
        assert!(told.ends_with(&text) && told.lines().count() == REMEMBERED + 1, "{told}");
        assert_eq!(desk.enter(":undo"), Some(Answer::Refused(text)));
        // A new branch costs the oldest of the one that was left, which goes on from there: all of it.
        enter(&mut desk, "echo other");
        assert_eq!((desk.past(), desk.points().count()), (vec!["echo other"], 1));
        assert_eq!(desk.undo(2), 1);
    }

    #[test]
    fn the_shell_of_a_set_up_is_gone_when_the_lesson_begins() {
        for script in ["docker volume create one", "docker volume create one\nexit 3"] {
            let mut desk = Desk::prepared(7, script).expect("room for a shell");
            settle(&mut desk);
            assert!(desk.session.world().volumes.contains_key("one"));
            assert_eq!(desk.session.world().kernel.processes().count(), 1, "{script}");
            desk.enter("echo $$");
            desk.poll(Duration::millis(20), 500);
            assert!(desk.session.take_text().starts_with("1\r\n"));
        }
    }

    #[test]
    fn a_command_of_several_lines_is_asked_for_and_may_be_given_up() {
        let mut desk = Desk::new(7);
        settle(&mut desk);
        let mut answer = |lines: &[&str]| {
            for line in lines {
                match *line {
                    "^C" => desk.interrupt(),
                    line => drop(desk.enter(line)),
                }
            }
            desk.poll(Duration::millis(20), 500);
            desk.session.take_text()
        };
        let prompt = "learner@drydock:~$ ";
        assert_eq!(answer(&["for i in 1 2; do", "echo $i", "done"]), format!("1\r\n2\r\n{prompt}"));
        assert_eq!(answer(&["echo a \\"]), "> ");
        assert_eq!(answer(&["b"]), format!("a b\r\n{prompt}"));
        assert_eq!(answer(&["if true; then"]), "> ");
        assert_eq!(answer(&["^C"]), format!("\r\n{prompt}"));
        assert_eq!(answer(&["echo $?"]), format!("130\r\n{prompt}"));
    }

    #[test]
    fn an_earlier_command_is_not_put_into_a_here_document() {
        let mut desk = Desk::new(7);
        settle(&mut desk);
        for (line, told) in [("!!", "!!\r\n"), ("echo $((1<<2)) !!", "4 echo start\r\n")] {
            enter(&mut desk, "echo start");
            let block = format!("if true; then cat <<E; fi\n{line}\nE");
            let block = if line == "!!" { block } else { format!("if true; then {line}; fi") };
            desk.enter(&block);
            desk.poll(Duration::millis(20), 500);
            let text = desk.session.take_text();
            assert!(text.contains(told), "{block}: {text}");
        }
    }

    #[test]
    fn a_journal_played_again_leads_to_the_same_session() {
        let mut desk = Desk::new(7);
        settle(&mut desk);
        enter(&mut desk, "docker run -d --name web nginx");
        enter(&mut desk, "sleep 0.2; docker volume create $(date +%N)");
        desk.write_file("Dockerfile", "FROM busybox\n").expect("the learner's own directory");
        desk.enter("while true; do :; done");
        desk.poll(Duration::millis(5), 7);
        desk.poll(Duration::millis(5), 9);
        desk.interrupt();
        settle(&mut desk);
        for _ in 0..30 {
            desk.poll(Duration::millis(33), 100);
        }
        enter(&mut desk, "docker rm -f web");
        desk.undo(1);
        desk.poll(Duration::millis(500), 100);
        let journal = desk.journal().expect("nothing was loaded");
        let mut again = Desk::new(journal.seed);
        let read = Journal::parse(&journal.write()).expect("what was written");
        read.acts.iter().for_each(|act| again.perform(act));
        again.session.take_text();
        desk.session.take_text();
        assert_eq!(again.session.world().now(), desk.session.world().now());
        assert!(again.session == desk.session);
    }
}
