//! What can be offered while a line is typed: commands, flags, names of things that are there.

use super::{COLONS, PROGRAMS, Session};
use crate::base::Reference;
use crate::grammar::{Kind, Names, complete};
use crate::model::Status;
use serde::Serialize;
use std::collections::BTreeMap;

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// What stands in place of the word that was begun.
    pub text: String,
    /// What it is, where that is known.
    pub about: &'static str,
}

/// The names that can be offered, read from a session at one moment.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    names: BTreeMap<&'static str, Vec<String>>,
}

impl Offers {
    /// Reads the names of a session.
    pub fn of(session: &Session) -> Self {
        let world = session.world();
        let containers = |keep: &dyn Fn(Status) -> bool| -> Vec<String> {
            world.containers.values().filter(|c| keep(c.status)).map(|c| c.name.clone()).collect()
        };
        let images = world.images.names.keys().filter_map(|n| Reference::parse(n).ok()).map(|r| r.familiar());
        let files = session.list_files(".").unwrap_or_default().into_iter();
        let names = BTreeMap::from([
            ("container", containers(&|_| true)),
            ("container:", containers(&|_| true).into_iter().map(|name| format!("{name}:")).collect()),
            ("running", containers(&|status| status.is_alive())),
            ("stopped", containers(&|status| !status.is_alive())),
            ("paused", containers(&|status| status == Status::Paused)),
            ("image", images.collect()),
            ("volume", world.volumes.keys().cloned().collect()),
            ("network", world.networks.values().map(|n| n.name.clone()).collect()),
            ("file", files.map(|f| if f.dir { format!("{}/", f.name) } else { f.name }).collect()),
        ]);
        Self { names }
    }

    /// What the word that ends at byte `at` of a line could become: where the word begins, and the offers.
    pub fn complete(&self, line: &str, at: usize) -> (usize, Vec<Offer>) {
        let before = line.get(..at).unwrap_or(line);
        let from = before.rfind([' ', '|', ';', '&', '(']).map_or(0, |i| i + 1);
        let typed = &before[from..];
        let command = before.rfind(['|', ';', '&', '(']).map_or(before, |i| &before[i + 1..]).trim_start();
        if let Some(colon) = command.strip_prefix(':') {
            let named = COLONS.iter().filter_map(|c| Some((c.usage.split(' ').next()?, c.about)));
            let matching = named.filter(|(name, _)| name.starts_with(colon));
            let offers = matching.map(|(name, about)| Offer { text: format!(":{name}"), about }).collect();
            return (before.len() - command.len(), offers);
        }
        let words: Vec<String> = command.split(' ').filter(|w| !w.is_empty()).map(String::from).collect();
        let offers = match words.split_first() {
            Some((docker, rest)) if docker == "docker" && command.contains(' ') => {
                let mut rest = rest.to_vec();
                if typed.is_empty() {
                    rest.push(String::new());
                }
                self.docker(&rest)
            }
            _ if !command.contains(' ') => {
                let programs = PROGRAMS.names().into_iter();
                programs.filter(|n| !n.contains(' ') && n.starts_with(typed)).map(plain).collect()
            }
            _ => self
                .of_kind(Names::File)
                .into_iter()
                .filter(|f| f.starts_with(typed))
                .map(|f| plain(f))
                .collect(),
        };
        (from, offers)
    }

    fn docker(&self, words: &[String]) -> Vec<Offer> {
        let at = words.len().saturating_sub(1);
        let typed = words.last().map_or("", String::as_str);
        let mut offers = vec![];
        for candidate in complete(words, at) {
            match candidate.kind {
                Kind::Names(names) => {
                    let all = self.of_kind(names).into_iter().map(|n| format!("{}{n}", candidate.text));
                    offers.extend(all.filter(|n| n.starts_with(typed)).map(|n| plain(&n)));
                }
                _ => offers.push(Offer { text: candidate.text.to_string(), about: candidate.description }),
            }
        }
        offers
    }

    fn of_kind(&self, names: Names) -> Vec<&String> {
        let kinds: &[&str] = match names {
            Names::Any => &["container", "image", "volume", "network"],
            Names::Container => &["container"],
            Names::Running => &["running"],
            Names::Stopped => &["stopped"],
            Names::Paused => &["paused"],
            Names::Image => &["image"],
            Names::Volume => &["volume"],
            Names::Network => &["network"],
            Names::File | Names::Directory => &["file"],
            Names::CopyPath => &["container:", "file"],
            _ => &[],
        };
        kinds.iter().filter_map(|kind| self.names.get(kind)).flatten().collect()
    }
}

fn plain(text: &str) -> Offer {
    Offer { text: text.to_string(), about: "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_fit_what_was_begun() {
        let mut session = Session::script(7);
        session.run("docker run -d --name web nginx; docker create --name spare busybox; mkdir site");
        let offers = Offers::of(&session);
        let check = |line: &str, from: usize, want: &[&str]| {
            let (at, found) = offers.complete(line, line.len());
            assert_eq!(
                (at, found.iter().map(|o| o.text.as_str()).collect::<Vec<_>>()),
                (from, want.to_vec()),
                "{line}"
            );
        };
        check("docker sto", 7, &["stop"]);
        check("docker stop ", 12, &["web"]);
        check("docker start s", 13, &["spare"]);
        check("echo x | docker rmi ng", 20, &["nginx:latest"]);
        check("cd s", 3, &["site/"]);
        check(":und", 0, &[":undo"]);
        check("docker stop é", 12, &[]);
    }
}
