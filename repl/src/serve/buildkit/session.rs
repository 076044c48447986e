//! A client's session: a connection on which the daemon is the one who calls, for files and secrets.

use super::grpc::{Incoming, Status, send};
use super::messages::{GetSecret, Packet, Secret, Stat};
use bytes::Bytes;
use drydock::base::Time;
use drydock::fs::Content;
use drydock::fs::tar::{TarEntry, TarKind};
use h2::SendStream;
use h2::client::SendRequest;
use std::collections::BTreeMap;

/// How many files a directory of the client may have.
const MAX_FILES: usize = 100_000;
/// How many bytes a directory of the client may have.
const MAX_BYTES: i64 = 256 << 20;
/// The kinds of files, as Go numbers them.
const DIR: u32 = 1 << 31;
const LINK: u32 = 1 << 27;
const OTHER: u32 = 0b111 << 24;

/// What packets are.
mod kind {
    pub const STAT: i32 = 0;
    pub const REQUEST: i32 = 1;
    pub const DATA: i32 = 2;
    pub const FIN: i32 = 3;
    pub const ERROR: i32 = 4;
}

/// A client that can be called.
#[derive(Clone)]
pub struct Session {
    /// Its connection.
    pub caller: SendRequest<Bytes>,
}

/// Which files of a directory are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    /// The name of the directory.
    pub dir: &'a str,
    /// Only these paths.
    pub only: Vec<&'a str>,
    /// Not what these patterns say.
    pub without: Vec<&'a str>,
}

impl Session {
    async fn call(
        &self,
        method: &str,
        about: &[(&str, &str)],
    ) -> Result<(SendStream<Bytes>, h2::client::ResponseFuture), Status> {
        let mut request = http::Request::post(format!("http://localhost{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        for (name, value) in about {
            request = request.header(*name, *value);
        }
        let request = request.body(()).map_err(Status::broken)?;
        let mut caller = self.caller.clone().ready().await.map_err(Status::broken)?;
        let (answer, stream) = caller.send_request(request, false).map_err(Status::broken)?;
        Ok((stream, answer))
    }

    /// A secret.
    pub async fn secret(&self, id: &str) -> Result<Vec<u8>, Status> {
        let (mut stream, answer) = self.call("/moby.buildkit.secrets.v1.Secrets/GetSecret", &[]).await?;
        send(&mut stream, &GetSecret { id: id.to_owned() }, true)?;
        let mut incoming = Incoming::new(answer.await.map_err(Status::broken)?.into_body());
        let secret: Option<Secret> = incoming.next().await?;
        secret.map(|secret| secret.data).ok_or_else(|| Status::broken("no such secret"))
    }

    /// The files of a directory of the client.
    pub async fn files(&self, wanted: &Wanted<'_>) -> Result<Vec<TarEntry>, Status> {
        let mut about = vec![("dir-name", wanted.dir), ("override-excludes", "true")];
        about.extend(wanted.only.iter().map(|path| ("followpaths", *path)));
        about.extend(wanted.without.iter().map(|pattern| ("exclude-patterns", *pattern)));
        let (mut stream, answer) = self.call("/moby.filesync.v1.FileSync/DiffCopy", &about).await?;
        let mut incoming = Incoming::new(answer.await.map_err(Status::broken)?.into_body());
        let mut stats: Vec<Stat> = vec![];
        let mut open: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        let mut contents: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        let (mut listed, mut bytes, mut ended) = (false, 0, false);
        while let Some(packet) = incoming.next::<Packet>().await? {
            match (packet.kind, packet.stat) {
                (kind::STAT, Some(stat)) => {
                    bytes += stat.size.max(0);
                    if stats.len() >= MAX_FILES || bytes > MAX_BYTES {
                        return Err(Status::gap("a directory of more than 100,000 files or 256 MiB"));
                    }
                    let id = u32::try_from(stats.len()).unwrap_or(u32::MAX);
                    if is_file(&stat) && stat.size > 0 {
                        open.insert(id, vec![]);
                        send(&mut stream, &Packet { kind: kind::REQUEST, id, ..Packet::default() }, false)?;
                    }
                    stats.push(stat);
                }
                (kind::STAT, None) => listed = true,
                (kind::DATA, _) if packet.data.is_empty() => {
                    contents.extend(open.remove(&packet.id).map(|data| (packet.id, data)));
                }
                (kind::DATA, _) => {
                    let Some(data) = open.get_mut(&packet.id) else { continue };
                    data.extend_from_slice(&packet.data);
                    if data.len() as i64 > MAX_BYTES {
                        return Err(Status::gap("a file of more than 256 MiB"));
                    }
                }
                (kind::ERROR, _) => {
                    return Err(Status::unknown(String::from_utf8_lossy(&packet.data).into_owned()));
                }
                (kind::FIN, _) => break,
                _ => {}
            }
            if listed && open.is_empty() && !ended {
                ended = true;
                send(&mut stream, &Packet { kind: kind::FIN, ..Packet::default() }, false)?;
            }
        }
        let _it_may_have_ended = stream.send_data(Bytes::new(), true);
        let numbered = stats.into_iter().zip(0..);
        Ok(numbered.filter_map(|(stat, id)| entry(stat, contents.remove(&id).unwrap_or_default())).collect())
    }
}

fn is_file(stat: &Stat) -> bool {
    stat.mode & (DIR | LINK | OTHER) == 0 && stat.linkname.is_empty()
}

fn entry(stat: Stat, data: Vec<u8>) -> Option<TarEntry> {
    let kind = if stat.mode & DIR != 0 {
        TarKind::Dir
    } else if stat.mode & LINK != 0 {
        TarKind::Symlink(stat.linkname)
    } else if stat.mode & OTHER != 0 {
        return None;
    } else if !stat.linkname.is_empty() {
        TarKind::Link(stat.linkname)
    } else {
        TarKind::File(Content::from(data))
    };
    let special = [(1 << 23, 0o4000), (1 << 22, 0o2000), (1 << 20, 0o1000)];
    let bits: u32 = special.iter().filter(|(go, _)| stat.mode & go != 0).map(|(_, bit)| bit).sum();
    let mode = stat.mode & 0o777 | bits;
    Some(TarEntry { kind, mode, mtime: Time(stat.modified), ..TarEntry::empty(&stat.path) })
}
