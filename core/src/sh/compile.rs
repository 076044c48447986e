//! From trees to instructions: commands.

use super::ast::{
    Arg, Arm, ArmEnd, Assign, Command, Document, Item, Kind, List, Pipeline, Redir, Target, Test, Value, Word,
};
use super::code::{Code, Mode, Op};
use super::parse::Complete;
use super::voice::Voice;
use std::sync::Arc;

/// Compiles a complete command.
pub fn compile(complete: &Complete, voice: Voice) -> Code {
    let mut c = Compiler { ops: vec![], documents: &complete.documents, voice };
    match voice {
        Voice::Ash => c.list(&complete.list, true),
        Voice::Bash if ends_simply(&complete.list) => c.list(&complete.list, true),
        Voice::Bash | Voice::Dash | Voice::Gnu => c.list(&complete.list, false),
    }
    c.ops.push(Op::End);
    Code { ops: c.ops }
}

/// True where bash becomes the last command of `-c`: a simple one without redirections, alone or after `;` or `&&`.
fn ends_simply(list: &List) -> bool {
    let Some(item) = list.last() else { return false };
    let last = match item.rest.last() {
        Some((and, pipeline)) if *and => pipeline,
        Some(_) => return false,
        None => &item.first,
    };
    matches!(last.commands.as_slice(), [Command { kind: Kind::Simple { .. }, redirs, .. }] if redirs.is_empty())
}

/// Instructions so far.
pub struct Compiler<'a> {
    pub(super) ops: Vec<Op>,
    pub(super) documents: &'a [Document],
    pub(super) voice: Voice,
}

impl Compiler<'_> {
    pub(super) fn here(&self) -> u32 {
        self.ops.len() as u32
    }

    /// Adds an instruction whose target is set by [`Compiler::land`].
    pub(super) fn hole(&mut self, op: Op) -> usize {
        self.ops.push(op);
        self.ops.len() - 1
    }

    /// Makes the instruction at `hole` lead here.
    pub(super) fn land(&mut self, hole: usize) {
        let here = self.here();
        self.aim(hole, here);
    }

    fn aim(&mut self, hole: usize, to: u32) {
        if let Some(
            Op::Jump(target)
            | Op::JumpIf(_, target)
            | Op::Match(target)
            | Op::Subshell(target)
            | Op::Spawn(target, _)
            | Op::Redirected(target)
            | Op::Default { end: target, .. }
            | Op::Substitute { end: target, .. }
            | Op::Process { end: target, .. }
            | Op::Loop { end: target, .. }
            | Op::For { end: target, .. }
            | Op::ForNext { end: target, .. }
            | Op::Select { end: target, .. }
            | Op::SelectNext { end: target, .. }
            | Op::Member { end: target, .. },
        ) = self.ops.get_mut(hole)
        {
            *target = to
        }
    }

    /// `tail`: the process ends after it.
    pub(super) fn list(&mut self, list: &List, tail: bool) {
        for (i, item) in list.iter().enumerate() {
            self.item(item, tail && i + 1 == list.len());
        }
    }

    fn item(&mut self, item: &Item, tail: bool) {
        if item.background {
            let hole = self.hole(Op::Spawn(0, item.text.clone()));
            self.and_or(item, true);
            self.ops.push(Op::EndFork);
            self.land(hole);
            return;
        }
        self.and_or(item, tail);
    }

    fn and_or(&mut self, item: &Item, tail: bool) {
        let mut holes = vec![];
        let mut pipeline = &item.first;
        for (and, next) in &item.rest {
            self.ops.push(Op::Shield);
            self.pipeline(pipeline, false);
            self.ops.push(Op::Unshield);
            // A failure of `a && b || c` skips b only, so each operator looks at the status anew.
            holes.push(self.hole(Op::JumpIf(!and, 0)));
            if holes.len() > 1 {
                let before = holes[holes.len() - 2];
                let at = holes[holes.len() - 1] as u32;
                self.aim(before, at);
            }
            pipeline = next;
        }
        self.pipeline(pipeline, tail);
        if let Some(last) = holes.last() {
            self.land(*last);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, tail: bool) {
        if let Some(timed) = pipeline.timed {
            self.ops.push(Op::Time(timed.posix));
        }
        if pipeline.bang {
            self.ops.push(Op::Shield);
        }
        let tail = tail && !pipeline.bang && pipeline.timed.is_none();
        match pipeline.commands.as_slice() {
            [] => self.ops.push(Op::Status(0)),
            [one] => self.command(one, tail),
            many => {
                self.ops.push(Op::Pipeline);
                for (i, command) in many.iter().enumerate() {
                    let hole = self.hole(Op::Member { end: 0, last: i + 1 == many.len() });
                    self.command(command, true);
                    self.ops.push(Op::EndFork);
                    self.land(hole);
                }
                self.ops.push(Op::Join);
                if !pipeline.bang {
                    self.ops.push(Op::Check);
                }
            }
        }
        if pipeline.bang {
            self.ops.push(Op::Unshield);
            self.ops.push(Op::Not);
        }
        if let Some(timed) = pipeline.timed {
            self.ops.push(Op::Timed(timed.posix));
        }
    }

    fn command(&mut self, command: &Command, tail: bool) {
        if let Kind::Simple { assigns, words } = &command.kind {
            return self.simple(command, assigns, words, tail);
        }
        if command.redirs.is_empty() {
            return self.compound(command, tail);
        }
        self.ops.push(Op::Begin(command.line));
        self.redirs(&command.redirs);
        let hole = self.hole(Op::Redirected(0));
        self.compound(command, false);
        self.ops.push(Op::Restore);
        self.land(hole);
    }

    pub(super) fn simple(&mut self, command: &Command, assigns: &[Assign], words: &[Arg], tail: bool) {
        self.ops.push(Op::Begin(command.line));
        for word in words {
            match word {
                Arg::Word(word) => self.argument(word),
                Arg::Assign(assign) => self.assign(assign, true),
            }
        }
        self.redirs(&command.redirs);
        for (i, assign) in assigns.iter().enumerate() {
            self.assign(assign, false);
            if words.is_empty() && i + 1 < assigns.len() {
                self.ops.push(Op::Settle);
            }
        }
        self.ops.push(Op::Run { tail });
    }

    fn redirs(&mut self, redirs: &[Redir]) {
        for redir in redirs {
            match &redir.target {
                Target::Word(word) => self.text(word),
                Target::Document(index) => {
                    let documents = self.documents;
                    let body = documents.get(*index).map(|d| d.body.clone()).unwrap_or_default();
                    self.text(&body);
                }
                Target::Text(word) => {
                    let mut word = word.clone();
                    word.push(super::ast::Part::Quoted("\n".into()));
                    self.text(&word);
                }
            }
            self.ops.push(Op::Redirect { fd: redir.fd, kind: redir.kind });
        }
    }

    fn assign(&mut self, assign: &Assign, declared: bool) {
        match &assign.value {
            Value::Word(value) => {
                if let Some(index) = &assign.index {
                    self.text(index);
                }
                self.text(value);
                self.ops.push(Op::Assign {
                    name: assign.name.clone(),
                    index: assign.index.is_some(),
                    append: assign.append,
                    declared,
                });
            }
            Value::Array(elements) => {
                self.ops.push(Op::Array);
                for (index, value) in elements {
                    match index {
                        Some(index) => {
                            self.text(index);
                            self.text(value);
                            self.ops.push(Op::Element);
                        }
                        None => self.argument(value),
                    }
                }
                self.ops.push(Op::AssignArray { name: assign.name.clone(), append: assign.append, declared });
            }
        }
    }

    fn compound(&mut self, command: &Command, tail: bool) {
        match &command.kind {
            Kind::Simple { .. } => {}
            Kind::Brace(list) => self.list(list, tail),
            Kind::Subshell(list) => {
                let hole = self.hole(Op::Subshell(0));
                self.list(list, true);
                self.ops.push(Op::EndFork);
                self.land(hole);
            }
            Kind::For { name, words, body, text } => {
                self.items(command.line, words.as_ref());
                let again = self.hole(Op::For { name: name.clone(), end: 0 });
                self.each(again, Op::ForNext { name: name.clone(), end: 0 }, body, Some(text));
            }
            Kind::Select { name, words, body } => {
                self.items(command.line, words.as_ref());
                let again = self.hole(Op::Select { name: name.clone(), end: 0 });
                self.each(again, Op::SelectNext { name: name.clone(), end: 0 }, body, None);
            }
            Kind::ArithFor { parts, body } => self.arithmetic_for(command.line, parts, body),
            Kind::Arith(text) => {
                self.ops.push(Op::Begin(command.line));
                self.compute(text);
                self.ops.push(Op::Drop);
                self.ops.push(Op::Check);
            }
            Kind::If { branches, otherwise } => self.if_clause(branches, otherwise.as_ref(), tail),
            Kind::While { until, condition, body } => self.while_clause(*until, condition, body),
            Kind::Case { word, arms, text } => {
                self.trace(text);
                self.case_clause(word, arms, tail);
            }
            Kind::Function { name, body, text } => {
                let entry = self.here() + 2;
                self.ops.push(Op::Define { name: name.clone(), entry, text: text.clone() });
                let hole = self.hole(Op::Jump(0));
                self.command(body, false);
                self.ops.push(Op::Return);
                self.land(hole);
            }
            Kind::Test(test) => {
                self.ops.push(Op::Begin(command.line));
                self.test(test);
                self.ops.push(Op::Drop);
                self.ops.push(Op::Check);
            }
        }
    }

    fn items(&mut self, line: u32, words: Option<&Vec<Word>>) {
        self.ops.push(Op::Begin(line));
        match words {
            Some(words) => words.iter().for_each(|word| self.argument(word)),
            None => self.argument(&super::compile_word::all_parameters()),
        }
    }

    /// A loop over values: its head has been compiled.
    fn each(&mut self, head: usize, next: Op, body: &List, text: Option<&Arc<str>>) {
        let again = self.here();
        let step = self.hole(next);
        if let Some(text) = text {
            self.trace(text);
        }
        self.list(body, false);
        self.ops.push(Op::Jump(again));
        let end = self.here();
        self.aim(head, end);
        self.aim(step, end);
    }

    fn trace(&mut self, text: &Arc<str>) {
        if self.voice == Voice::Bash {
            self.ops.push(Op::Trace(text.clone()));
        }
    }

    fn while_clause(&mut self, until: bool, condition: &List, body: &List) {
        let enter = self.hole(Op::Loop { again: 0, end: 0 });
        let again = self.here();
        if let Some(Op::Loop { again: target, .. }) = self.ops.get_mut(enter) {
            *target = again;
        }
        self.ops.push(Op::Shield);
        self.list(condition, false);
        self.ops.push(Op::Unshield);
        let out = self.hole(Op::JumpIf(until, 0));
        self.list(body, false);
        self.ops.push(Op::LoopAgain(again));
        self.land(out);
        self.ops.push(Op::EndLoop);
        self.land(enter);
    }

    fn arithmetic_for(&mut self, line: u32, parts: &[Word; 3], body: &List) {
        let [first, condition, step] = parts;
        self.ops.push(Op::Begin(line));
        if !first.is_empty() {
            self.compute(first);
        }
        let enter = self.hole(Op::Loop { again: 0, end: 0 });
        let test = self.here();
        let out = (!condition.is_empty()).then(|| {
            self.compute(condition);
            self.hole(Op::JumpIf(false, 0))
        });
        self.list(body, false);
        self.ops.push(Op::LoopAgain(self.here() + 1));
        let again = self.here();
        if let Some(Op::Loop { again: target, .. }) = self.ops.get_mut(enter) {
            *target = again;
        }
        if !step.is_empty() {
            self.compute(step);
        }
        self.ops.push(Op::Jump(test));
        if let Some(out) = out {
            self.land(out);
        }
        self.ops.push(Op::EndLoop);
        self.land(enter);
        self.ops.push(Op::Drop);
    }

    fn if_clause(&mut self, branches: &[(List, List)], otherwise: Option<&List>, tail: bool) {
        let mut ends = vec![];
        for (condition, body) in branches {
            self.ops.push(Op::Shield);
            self.list(condition, false);
            self.ops.push(Op::Unshield);
            let skip = self.hole(Op::JumpIf(false, 0));
            self.list(body, tail);
            ends.push(self.hole(Op::Jump(0)));
            self.land(skip);
        }
        match otherwise {
            Some(body) => self.list(body, tail),
            None => self.ops.push(Op::Status(0)),
        }
        for end in ends {
            self.land(end);
        }
    }

    fn case_clause(&mut self, word: &Word, arms: &[Arm], tail: bool) {
        self.text(word);
        let mut ends = vec![];
        let mut fall = None;
        for arm in arms {
            let mut bodies = vec![];
            let mut next = None;
            for (i, pattern) in arm.patterns.iter().enumerate() {
                if let Some(hole) = next.take() {
                    self.land(hole);
                }
                self.pattern(pattern);
                next = Some(self.hole(Op::Match(0)));
                if i + 1 < arm.patterns.len() {
                    bodies.push(self.hole(Op::Jump(0)));
                }
            }
            for body in bodies {
                self.land(body);
            }
            if let Some(hole) = fall.take() {
                self.land(hole);
            }
            if arm.body.is_empty() {
                self.ops.push(Op::Status(0));
            }
            self.list(&arm.body, tail && arm.end == ArmEnd::Leave);
            match arm.end {
                ArmEnd::Leave => ends.push(self.hole(Op::Jump(0))),
                ArmEnd::Fall => fall = Some(self.hole(Op::Jump(0))),
                ArmEnd::Test => {}
            }
            if let Some(hole) = next {
                self.land(hole);
            }
        }
        self.ops.push(Op::Status(0));
        for hole in ends.into_iter().chain(fall) {
            self.land(hole);
        }
        self.ops.push(Op::DropText);
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Not(inner) => {
                self.test(inner);
                self.ops.push(Op::Not);
            }
            Test::And(left, right) | Test::Or(left, right) => {
                self.test(left);
                let hole = self.hole(Op::JumpIf(matches!(test, Test::Or(..)), 0));
                self.test(right);
                self.land(hole);
            }
            Test::Unary(op, word) => {
                self.text(word);
                self.ops.push(Op::TestUnary(op.clone()));
            }
            Test::Binary(left, op, right) => {
                self.text(left);
                match &**op {
                    "=" | "==" | "!=" => self.pattern(right),
                    "=~" => self.word_as(right, Mode::Regex),
                    _ => self.text(right),
                }
                self.ops.push(Op::TestBinary(op.clone()));
            }
            Test::Word(word) => {
                self.text(word);
                self.ops.push(Op::TestText);
            }
        }
    }

    pub(super) fn shared(text: &str) -> Arc<str> {
        Arc::from(text)
    }
}
