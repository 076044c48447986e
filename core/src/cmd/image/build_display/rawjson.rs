//! `--progress=rawjson`: what happens, as BuildKit reports it, one JSON document a line.

use crate::base::time_format::rfc3339_nano;
use crate::base::{Digest, Time};
use crate::kernel::Stream;
use crate::model::build::{Event, News, Progress};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What has been shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RawJson {
    seen: usize,
    began: BTreeMap<usize, Time>,
}

impl RawJson {
    /// What there is to print.
    pub fn show(&mut self, progress: &Progress) -> String {
        let news = progress.events.get(self.seen..).unwrap_or_default();
        self.seen = progress.events.len();
        news.iter().filter_map(|event| self.document(progress, event)).map(|d| format!("{d}\n")).collect()
    }

    fn document(&mut self, progress: &Progress, event: &Event) -> Option<Value> {
        let name = progress.steps.get(event.step)?;
        let digest = Digest::of(format!("{} {name}", event.step).as_bytes());
        let time = rfc3339_nano(event.time);
        let mut vertex = json!({ "digest": digest, "name": name });
        Some(match &event.news {
            News::Same => return None,
            News::Started => {
                self.began.insert(event.step, event.time);
                vertex["started"] = time.into();
                json!({ "vertexes": [vertex] })
            }
            News::Status(status) => {
                let mut known = json!({
                    "id": status.id,
                    "vertex": digest,
                    "current": status.current,
                    "timestamp": time,
                    "started": rfc3339_nano(status.began),
                });
                if status.total > 0 {
                    known["total"] = status.total.into();
                }
                if status.done {
                    known["completed"] = rfc3339_nano(event.time).into();
                }
                json!({ "statuses": [known] })
            }
            News::Warning(text) => {
                json!({ "warnings": [{ "vertex": digest, "level": 1, "short": base64(text.as_bytes()) }] })
            }
            News::Log { stream, text, .. } => {
                let stream = if *stream == Stream::Stdout { 1 } else { 2 };
                let data = base64(format!("{text}\n").as_bytes());
                json!({ "logs": [{ "vertex": digest, "stream": stream, "data": data, "timestamp": time }] })
            }
            News::Cached | News::Done | News::Failed(_) | News::Canceled => {
                let began = self.began.remove(&event.step).unwrap_or(event.time);
                vertex["started"] = rfc3339_nano(began).into();
                vertex["completed"] = time.into();
                match &event.news {
                    News::Cached => vertex["cached"] = true.into(),
                    News::Failed(message) => vertex["error"] = message.as_str().into(),
                    News::Canceled => vertex["error"] = "context canceled".into(),
                    _ => {}
                }
                json!({ "vertexes": [vertex] })
            }
        })
    }
}

fn base64(bytes: &[u8]) -> String {
    crate::base::base64::encode(bytes)
}
