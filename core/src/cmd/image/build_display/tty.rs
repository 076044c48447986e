//! `--progress=tty`: a heading and a line for each step, redrawn in place; steps that run show their last lines.

use super::bytes;
use crate::base::{Duration, Time, Order};
use crate::model::build::{Event, News, Progress, Status};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Where the build runs, at the right of the heading.
const WHERE: &str = "docker:default";
/// How many lines a running step may show of what it prints.
const LINES: usize = 6;
/// What took less is shown as nothing.
const LEAST: Duration = Duration::millis(50);

/// What has been shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tty {
    began: Time,
    colors: bool,
    seen: usize,
    steps: Vec<Shown>,
    /// How many lines stand under the heading; none where nothing was drawn yet.
    drawn: Option<usize>,
}

/// A step as it is known here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Shown {
    began: Option<Time>,
    ended: Option<Time>,
    end: End,
    parts: Vec<(Status, Time)>,
    warnings: Vec<String>,
    log: VecDeque<String>,
    same: bool,
    /// Which step began how many-eth.
    order: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum End {
    #[default]
    Well,
    Cached,
    Failed,
    Canceled,
}

/// A line to be drawn.
struct Row {
    name: String,
    status: String,
    took: Duration,
    end: Option<End>,
    warning: bool,
    log: Vec<String>,
}

impl Tty {
    /// Nothing shown yet of a build that begins now.
    pub fn begin(now: Time, colors: bool) -> Self {
        Self { began: now, colors, ..Self::default() }
    }

    /// The whole picture anew, over the one before; `last` shows all steps, however many.
    pub fn show(&mut self, progress: &Progress, now: Time, size: (u16, u16), last: bool) -> String {
        self.read(progress);
        let (height, width) = (usize::from(size.0).max(4), usize::from(size.1).max(20));
        let mut rows = self.rows(progress, now);
        if !last {
            rows = fitting(rows, height - 2);
        }
        let mut out = self.drawn.map_or(String::new(), |lines| format!("\x1b[{}A", lines + 1));
        out.push_str("\x1b[0G\x1b[?25l");
        let known = self.steps.iter().filter(|step| !step.same).count();
        let over = self.steps.iter().filter(|step| !step.same && step.ended.is_some()).count();
        let finished = if last && over > 0 && over == known { "FINISHED" } else { "" };
        let took = (now - self.began).as_secs_f64();
        let head = format!("[+] Building {took:.1}s ({over}/{known}) {finished}");
        out.push_str(&format!("{}\n", apart(&head, WHERE, width - 1)));
        let mut lines = 0;
        for row in &rows {
            let text = self.line(row, width);
            lines += usize::from(!text.is_empty());
            out.push_str(&text);
            let shown = if last { &[] } else { row.log.as_slice() };
            for text in shown {
                let text: String = text.chars().take(width.saturating_sub(10)).collect();
                let text = format!(" => => # {text}");
                out.push_str(&self.colored("2", &format!("{text:<w$}", w = width - 1)));
                out.push('\n');
                lines += 1;
            }
        }
        // What stood further down goes.
        let left = self.drawn.unwrap_or(0).saturating_sub(lines);
        if left > 0 {
            out.push_str(&format!("{}\n", " ".repeat(width - 1)).repeat(left));
            out.push_str(&format!("\x1b[{left}A\x1b[0G"));
        }
        out.push_str("\x1b[?25h");
        self.drawn = Some(lines);
        out
    }

    fn read(&mut self, progress: &Progress) {
        self.steps.resize_with(progress.steps.len(), Shown::default);
        let news = progress.events.get(self.seen..).unwrap_or_default();
        self.seen = progress.events.len();
        for event in news {
            let order = self.steps.iter().filter(|step| step.began.is_some()).count();
            if let Some(step) = self.steps.get_mut(event.step) {
                step.read(event, order);
            }
        }
    }

    fn rows(&self, progress: &Progress, now: Time) -> Vec<Row> {
        let mut steps: Vec<(&Shown, &String)> = self.steps.iter().zip(&progress.steps).collect();
        steps.retain(|(step, _)| step.began.is_some() && !step.same);
        steps.order_by_key(|(step, _)| step.order);
        let mut rows = Vec::new();
        for (step, name) in steps {
            let Some(began) = step.began else { continue };
            let prefix = match step.end {
                End::Well => "",
                End::Cached => "CACHED ",
                End::Failed => "ERROR ",
                End::Canceled => "CANCELED ",
            };
            let running = step.ended.is_none();
            rows.push(Row {
                name: format!("{prefix}{}", name.lines().next().unwrap_or_default().replace('\t', " ")),
                status: String::new(),
                took: step.ended.unwrap_or(now) - began,
                end: step.ended.map(|_| step.end),
                warning: false,
                log: if running { step.log.iter().cloned().collect() } else { vec![] },
            });
            rows.extend(step.parts.iter().map(|(part, ended)| Row {
                name: format!("=> {}", part.id),
                status: bytes(part.current, part.total).trim_start().to_owned(),
                took: if part.done { *ended } else { now } - part.began,
                end: part.done.then_some(End::Well),
                warning: false,
                log: vec![],
            }));
            rows.extend(step.warnings.iter().map(|text| Row {
                name: format!("WARN: {text}"),
                status: String::new(),
                took: Duration::ZERO,
                end: Some(End::Well),
                warning: true,
                log: vec![],
            }));
        }
        rows
    }

    fn line(&self, row: &Row, width: usize) -> String {
        let took = if row.took < LEAST { Duration::ZERO } else { row.took };
        let timer = format!(" {:3.1}s", took.as_secs_f64());
        let mut left = width.saturating_sub(" => ".len() + timer.len() + 2);
        let shows = !row.status.is_empty() && left + row.status.len() > 20;
        if shows {
            left = left.saturating_sub(row.status.len() + 1);
        }
        if left < 12 {
            return String::new();
        }
        let name: String = row.name.chars().take(left).collect();
        let status = if shows { format!(" {}", row.status) } else { String::new() };
        let text = apart(&format!(" => {name}{status}"), &timer, width);
        let color = match row.end {
            _ if row.warning => "33",
            Some(End::Failed) => "31",
            Some(End::Canceled) => "33",
            Some(_) => "34",
            None => return format!("{text}\n"),
        };
        format!("{}\n", self.colored(color, &text))
    }

    fn colored(&self, color: &str, text: &str) -> String {
        if self.colors { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

impl Shown {
    fn read(&mut self, event: &Event, order: usize) {
        match &event.news {
            News::Started if self.began.is_none() => (self.began, self.order) = (Some(event.time), order),
            News::Started => {}
            News::Same => self.same = true,
            News::Status(status) => match self.parts.iter_mut().find(|(known, _)| known.id == status.id) {
                Some(known) => *known = (status.clone(), event.time),
                None => self.parts.push((status.clone(), event.time)),
            },
            News::Warning(text) => self.warnings.push(text.clone()),
            News::Log { text, .. } => {
                if !text.trim().is_empty() {
                    self.log.push_back(text.clone());
                }
                while self.log.len() > LINES {
                    self.log.pop_front();
                }
            }
            News::Cached => self.over(event.time, End::Cached),
            News::Done => self.over(event.time, End::Well),
            News::Failed(_) => self.over(event.time, End::Failed),
            News::Canceled => self.over(event.time, End::Canceled),
        }
    }

    fn over(&mut self, now: Time, end: End) {
        self.ended = Some(now);
        self.end = end;
    }
}

/// The rows that fit: the last ones, and of those above that still run as many as can take the place of finished
/// ones. What a step prints is shown where there is room.
fn fitting(mut rows: Vec<Row>, most: usize) -> Vec<Row> {
    while rows.len() > most {
        let at = rows.iter().position(|row| row.end.is_some()).unwrap_or(0);
        rows.remove(at);
    }
    let mut room = most - rows.len();
    for row in &mut rows {
        let shown = row.log.len().min(room);
        row.log.drain(..row.log.len() - shown);
        room -= shown;
    }
    rows
}

/// Two texts at the two ends of a line.
fn apart(left: &str, right: &str, width: usize) -> String {
    let gap = width.saturating_sub(left.chars().count() + right.chars().count());
    format!("{left}{}{right}", " ".repeat(gap))
}
