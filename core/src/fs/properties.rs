//! Properties of the whole floor: a flat map of paths is the reference for every view, and layers,
//! archives, changes and save files must tell the same story.

use super::*;
use crate::base::Time;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Clone)]
enum Op {
    Create(String, u8),
    Write(String, u64, Vec<u8>),
    Truncate(String, u64),
    Mode(String, u32),
    Owner(String, u32),
    Unlink(String),
    Rmdir(String),
    RemoveAll(String),
    Rename(String, String),
    Link(String, String),
    CopyUp(String),
}

/// A path: literal, `@7` for the seventh that exists (counted round), `@7/a` for an entry of it.
fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![Just("/a"), Just("/b"), Just("/a-c"), Just("/d"), Just("/e")];
    prop_oneof![
        1 => name.clone().prop_map(str::to_owned),
        3 => any::<u8>().prop_map(|n| format!("@{n}")),
        3 => (any::<u8>(), name).prop_map(|(n, name)| format!("@{n}{name}")),
    ]
}

/// The path that one of [`path`] stands for.
fn concrete(path: &mut String, model: &Model) {
    let Some(picked) = path.strip_prefix('@') else { return };
    let (number, rest) = picked.split_at(picked.find('/').unwrap_or(picked.len()));
    let here =
        |(path, n): &(&String, &usize)| rest.is_empty() || model.nodes[**n].is_dir() && path.len() < 12;
    let there: Vec<&String> = model.paths.iter().filter(here).map(|(path, _)| path).collect();
    let number: usize = number.parse().unwrap();
    let above = if there.is_empty() { "/none" } else { there[number % there.len()] };
    *path = format!("{above}{rest}");
}

impl Op {
    fn make_concrete(&mut self, model: &Model) {
        match self {
            Op::Rename(from, to) | Op::Link(from, to) => {
                concrete(from, model);
                concrete(to, model);
            }
            Op::Create(path, _) | Op::Write(path, ..) | Op::Truncate(path, _) => concrete(path, model),
            Op::Mode(path, _) | Op::Owner(path, _) | Op::Unlink(path) => concrete(path, model),
            Op::Rmdir(path) | Op::RemoveAll(path) | Op::CopyUp(path) => concrete(path, model),
        }
    }
}

fn op() -> impl Strategy<Value = Op> {
    let bytes = prop_oneof![proptest::collection::vec(any::<u8>(), 0..6), Just(vec![0; 5000])];
    let offset = prop_oneof![Just(0u64), Just(3), Just(5000), Just(70_000), Just(200_000)];
    prop_oneof![
        16 => (path(), 0..9u8).prop_map(|(p, kind)| Op::Create(p, kind)),
        2 => (path(), offset.clone(), bytes).prop_map(|(p, at, data)| Op::Write(p, at, data)),
        1 => (path(), offset).prop_map(|(p, len)| Op::Truncate(p, len)),
        1 => (path(), 0..0o10000u32).prop_map(|(p, mode)| Op::Mode(p, mode)),
        1 => (path(), any::<u32>()).prop_map(|(p, uid)| Op::Owner(p, uid)),
        1 => path().prop_map(Op::Unlink),
        1 => path().prop_map(Op::Rmdir),
        1 => path().prop_map(Op::RemoveAll),
        6 => (path(), path()).prop_map(|(from, to)| Op::Rename(from, to)),
        6 => (path(), path()).prop_map(|(from, to)| Op::Link(from, to)),
        1 => path().prop_map(Op::CopyUp),
    ]
}

/// The reference: nodes by number, paths to numbers. Inodes here use the plain bytes of files.
#[derive(Debug, Clone, Default)]
struct Model {
    nodes: Vec<Inode>,
    bytes: BTreeMap<usize, Vec<u8>>,
    paths: BTreeMap<String, usize>,
}

/// Everything a user can see of one path: the inode without its directory entries, its number of
/// names, and the first of those names.
type Seen = BTreeMap<String, (Inode, u32, String)>;

fn node_of(kind: u8) -> Node {
    match kind {
        0..=2 => Node::empty_dir(),
        6 => Node::Symlink("/nowhere".into()),
        7 => Node::CharDevice { major: 1, minor: 3 },
        8 => Node::Fifo,
        _ => Node::File(Content::default()),
    }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap()
}

impl Model {
    fn dir(&self, path: &str) -> bool {
        path.is_empty() || self.paths.get(path).is_some_and(|n| self.nodes[*n].is_dir())
    }

    fn free(&self, path: &str) -> bool {
        self.dir(split(path).0) && !self.paths.contains_key(path)
    }

    fn has_entries(&self, path: &str) -> bool {
        let prefix = format!("{path}/");
        self.paths.range(prefix.clone()..).next().is_some_and(|(p, _)| p.starts_with(&prefix))
    }

    fn touch_parent(&mut self, path: &str, now: Time) {
        if let Some(n) = self.paths.get(split(path).0) {
            self.nodes[*n].mtime = now;
        }
    }

    fn file(&mut self, path: &str, now: Time) -> Option<&mut Vec<u8>> {
        let n = *self.paths.get(path)?;
        let bytes = self.bytes.get_mut(&n)?;
        self.nodes[n].mtime = now;
        Some(bytes)
    }

    fn node(&mut self, path: &str) -> Option<&mut Inode> {
        Some(&mut self.nodes[*self.paths.get(path)?])
    }

    /// Runs one operation; whether it succeeds.
    fn run(&mut self, op: &Op, now: Time) -> Option<()> {
        match op {
            Op::Create(path, kind) => {
                self.free(path).then_some(())?;
                self.nodes.push(Inode::new(node_of(*kind), 0o644, now));
                let n = self.nodes.len() - 1;
                if self.nodes[n].as_file().is_some() {
                    self.bytes.insert(n, Vec::new());
                }
                self.paths.insert(path.clone(), n);
                self.touch_parent(path, now);
            }
            Op::Write(path, at, data) => {
                let bytes = self.file(path, now)?;
                if !data.is_empty() {
                    let at = *at as usize;
                    bytes.resize(bytes.len().max(at + data.len()), 0);
                    bytes[at..at + data.len()].copy_from_slice(data);
                }
            }
            Op::Truncate(path, len) => self.file(path, now)?.resize(*len as usize, 0),
            Op::Mode(path, mode) => self.node(path)?.mode = *mode,
            Op::Owner(path, uid) => self.node(path)?.uid = *uid,
            Op::Unlink(path) => {
                (!self.node(path)?.is_dir()).then_some(())?;
                self.paths.remove(path);
                self.touch_parent(path, now);
            }
            Op::Rmdir(path) => {
                (self.node(path)?.is_dir() && !self.has_entries(path)).then_some(())?;
                self.paths.remove(path);
                self.touch_parent(path, now);
            }
            Op::RemoveAll(path) => {
                self.paths.remove(path)?;
                let prefix = format!("{path}/");
                self.paths.retain(|p, _| !p.starts_with(&prefix));
                self.touch_parent(path, now);
            }
            Op::Link(from, to) => {
                let n = *self.paths.get(from)?;
                (!self.nodes[n].is_dir() && self.free(to)).then_some(())?;
                self.paths.insert(to.clone(), n);
                self.touch_parent(to, now);
            }
            Op::Rename(from, to) => return self.rename(from, to, now),
            Op::CopyUp(path) => drop(self.node(path)?),
        }
        Some(())
    }

    fn rename(&mut self, from: &str, to: &str, now: Time) -> Option<()> {
        let n = *self.paths.get(from)?;
        let is_dir = self.nodes[n].is_dir();
        let inside = format!("{from}/");
        if is_dir && to.starts_with(&inside) {
            return None;
        }
        self.dir(split(to).0).then_some(())?;
        if let Some(&old) = self.paths.get(to) {
            if old == n {
                return Some(());
            }
            (self.nodes[old].is_dir() == is_dir && !self.has_entries(to)).then_some(())?;
        }
        self.paths.insert(to.to_owned(), n);
        self.paths.remove(from);
        let below: Vec<String> = self.paths.keys().filter(|p| p.starts_with(&inside)).cloned().collect();
        for path in below {
            let n = self.paths.remove(&path).unwrap();
            self.paths.insert(format!("{to}/{}", &path[inside.len()..]), n);
        }
        self.touch_parent(from, now);
        self.touch_parent(to, now);
        Some(())
    }

    fn seen(&self) -> Seen {
        let mut first: BTreeMap<usize, (u32, &String)> = BTreeMap::new();
        for (path, n) in &self.paths {
            first.entry(*n).or_insert((0, path)).0 += 1;
        }
        let see = |(path, n): (&String, &usize)| {
            let mut inode = self.nodes[*n].clone();
            if let Some(bytes) = self.bytes.get(n) {
                inode.node = Node::File(bytes.clone().into());
            }
            let mut nlink = first[n].0;
            if inode.is_dir() {
                let prefix = format!("{path}/");
                let sub = |(p, n): &(&String, &usize)| {
                    p.starts_with(&prefix) && !p[prefix.len()..].contains('/') && self.nodes[**n].is_dir()
                };
                nlink = 2 + self.paths.iter().filter(sub).count() as u32;
            }
            inode.nlink = 1;
            (path.clone(), (inode, nlink, first[n].1.clone()))
        };
        self.paths.iter().map(see).collect()
    }
}

fn run(view: &mut View, op: &Op, now: Time) -> Result<(), crate::base::Errno> {
    let at = |view: &View, path: &str| {
        let (dir, name) = view.parent_of(path)?;
        view.lookup(dir, &name)
    };
    match op {
        Op::Create(path, kind) => {
            let (dir, name) = view.parent_of(path)?;
            view.create(dir, &name, Inode::new(node_of(*kind), 0o644, now), now).map(drop)
        }
        Op::Write(path, offset, data) => view.write(at(view, path)?, *offset, data, now),
        Op::Truncate(path, len) => view.truncate(at(view, path)?, *len, now),
        Op::Mode(path, mode) => view.set_mode(at(view, path)?, *mode),
        Op::Owner(path, uid) => view.set_owner(at(view, path)?, *uid, 0),
        Op::Unlink(path) => {
            let (dir, name) = view.parent_of(path)?;
            view.unlink(dir, &name, now)
        }
        Op::Rmdir(path) => {
            let (dir, name) = view.parent_of(path)?;
            view.rmdir(dir, &name, now)
        }
        Op::RemoveAll(path) => {
            let (dir, name) = view.parent_of(path)?;
            view.remove_all(dir, &name, now)
        }
        Op::Rename(from, to) => {
            let (dir, name) = view.parent_of(from)?;
            let (new_dir, new_name) = view.parent_of(to)?;
            view.rename(dir, &name, new_dir, &new_name, now)
        }
        Op::Link(from, to) => {
            let (dir, name) = view.parent_of(to)?;
            view.link(dir, &name, at(view, from)?, now)
        }
        Op::CopyUp(path) => {
            let (dir, name) = view.parent_of(path)?;
            view.copy_up(dir, view.lookup(dir, &name)?);
            Ok(())
        }
    }
}

fn seen(view: &View) -> Seen {
    let mut first: BTreeMap<Ino, String> = BTreeMap::new();
    let mut all = Seen::new();
    let mut paths: Vec<_> = view.walk().skip(1).collect();
    paths.sort();
    for (path, ino) in paths {
        let inode = view.get(ino).unwrap();
        let mut bare = inode.clone();
        if bare.is_dir() {
            assert_eq!(view.path_of(ino), path);
            bare.node = Node::empty_dir();
        }
        bare.nlink = 1;
        let name = first.entry(ino).or_insert_with(|| path.clone()).clone();
        all.insert(path, (bare, inode.nlink, name));
    }
    all
}

/// What `docker diff` must say, from the two trees alone.
fn expected_changes(old: &Seen, new: &Seen) -> Vec<Change> {
    let dir = |tree: &Seen, path: &str| path.is_empty() || tree.get(path).is_some_and(|(i, ..)| i.is_dir());
    let mut found = BTreeMap::new();
    for path in old.keys().filter(|path| !new.contains_key(*path)) {
        if dir(new, split(path).0) {
            found.insert(path.clone(), ChangeKind::Deleted);
        }
    }
    for (path, (inode, ..)) in new {
        let kind = match old.get(path) {
            None => ChangeKind::Added,
            Some((was, ..)) if was.is_dir() && inode.is_dir() => {
                if (was.mode, was.uid) == (inode.mode, inode.uid) {
                    continue;
                }
                ChangeKind::Changed
            }
            Some((was, ..)) if was == inode => continue,
            Some(_) => ChangeKind::Changed,
        };
        found.insert(path.clone(), kind);
    }
    for mut path in found.keys().cloned().collect::<Vec<_>>() {
        while let Some((above, _)) = path.rsplit_once('/').filter(|(above, _)| !above.is_empty()) {
            path = above.to_owned();
            found.entry(path.clone()).or_insert(ChangeKind::Changed);
        }
    }
    found.into_iter().map(|(path, kind)| Change { kind, path }).collect()
}

fn check_provenance(chain: &Chain, tree: &Seen) {
    let layers: Vec<_> = chain.layers().collect();
    for (path, (inode, ..)) in tree {
        let supplier = chain.provenance(path).supplier.unwrap_or_else(|| panic!("{path} comes from nowhere"));
        let mut entry = &layers[supplier].entries()[path.as_str()];
        if let Entry::Link(target) = entry {
            entry = &layers[supplier].entries()[target];
        }
        match entry {
            Entry::Put(put) | Entry::Opaque(put) => assert_eq!(&put.node, &inode.node, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
    }
    for path in layers.iter().flat_map(|layer| layer.entries().keys()) {
        let found = chain.provenance(path);
        if !tree.contains_key(&**path) && &**path != "/" {
            assert_eq!(found.supplier, None, "{path}");
            assert!(found.hidden_by.is_some(), "{path}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// Each group of operations runs on the layers that the groups before it made.
    #[test]
    fn views_layers_and_archives_agree_with_a_flat_map(
        groups in proptest::collection::vec(proptest::collection::vec(op(), 0..60), 1..5)
    ) {
        let mut model = Model::default();
        let mut store = ChainStore::default();
        let mut chain = Chain::empty();
        let mut now = Time(1_700_000_000_123_456_789);
        for group in groups {
            let mut view = View::on(chain.clone());
            let before = seen(&view);
            for mut op in group {
                op.make_concrete(&model);
                let op = &op;
                now.0 += 1_000_000_007;
                let saved = view.clone();
                let done = run(&mut view, op, now);
                prop_assert_eq!(done.is_ok(), model.run(op, now).is_some(), "{:?}: {:?}", op, done);
                if done.is_err() {
                    prop_assert!(view == saved, "{:?} failed and changed the view", op);
                }
                let orphans: Vec<Ino> = view.orphans().collect();
                orphans.into_iter().for_each(|ino| view.release(ino));
            }
            let tree = seen(&view);
            prop_assert_eq!(&tree, &model.seen());
            prop_assert_eq!(view.changes(), expected_changes(&before, &tree));

            let layer = view.layer();
            let tar = layer.to_tar();
            prop_assert_eq!(layer.tar_size(), tar.len() as u64);
            prop_assert_eq!(layer.diff_id(), crate::base::Digest::of(&tar));
            let read = Layer::from_tar(&tar, tar::Limits::default()).unwrap();
            prop_assert_eq!(read.entries(), layer.entries());
            prop_assert_eq!(read.diff_id(), layer.diff_id());

            chain = store.push(&chain, Arc::new(layer));
            let committed = seen(&View::on(chain.clone()));
            prop_assert_eq!(&committed, &tree);
            check_provenance(&chain, &tree);

            let text = serde_json::to_string(&(&view, &store)).unwrap();
            let (mut loaded, shelf): (View, ChainStore) = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&shelf, &store);
            prop_assert!(loaded.rehydrate(&shelf).is_ok());
            prop_assert_eq!(&loaded, &view);
            prop_assert_eq!(seen(&loaded), tree);
        }
    }

    /// Damaged archives give an error or entries, never a panic.
    #[test]
    fn garbage_is_no_panic(cut in 0..4000usize, at in 0..4000usize, byte: u8, junk: Vec<u8>) {
        let mut view = View::empty(Time(5));
        view.write_file("/etc/motd", "hello", 0o644, Time(7)).unwrap();
        view.write_file(&format!("/{}/x", "long".repeat(40)), vec![1; 600], 0o644, Time(9)).unwrap();
        let mut tar = view.layer().to_tar();
        let at = at.min(tar.len() - 1);
        tar[at] = byte;
        tar.truncate(cut);
        let _ = Layer::from_tar(&tar, tar::Limits::default());
        let _ = Layer::from_tar(&junk, tar::Limits::default());
        let _ = gzip::gunzip(&junk, 1000);
    }
}
