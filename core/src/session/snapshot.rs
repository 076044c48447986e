//! Save files: a session in a versioned envelope.

use super::{PROGRAMS, Session};
use crate::fs::ChainStore;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the format that this build writes. A reader takes this one and those it knows how to lift.
pub const VERSION: u32 = 1;

/// Why a save file could not be read. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    /// It is no save file of Drydock's.
    NotASaveFile(String),
    /// A later build wrote it.
    TooNew(u32),
    /// Its parts do not fit together.
    Damaged(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NotASaveFile(why) => write!(f, "not a save file of Drydock: {why}"),
            LoadError::TooNew(version) => {
                write!(f, "saved by a later Drydock (format {version}; this one reads up to {VERSION})")
            }
            LoadError::Damaged(why) => write!(f, "the save file is damaged: {why}"),
        }
    }
}

impl std::error::Error for LoadError {}

#[derive(Serialize)]
struct Written<'a> {
    drydock: u32,
    session: &'a Session,
}

#[derive(Deserialize)]
struct Head {
    drydock: u32,
}

#[derive(Deserialize)]
struct Body {
    session: Session,
}

impl Session {
    /// The session as a save file.
    ///
    /// # Errors
    /// `Damaged` where the state has no form in a file, which is a fault of Drydock's.
    pub fn save(&self) -> Result<Vec<u8>, LoadError> {
        serde_json::to_vec(&Written { drydock: VERSION, session: self })
            .map_err(|e| LoadError::Damaged(e.to_string()))
    }

    /// Reads a save file.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        let head: Head = serde_json::from_slice(bytes).map_err(|e| LoadError::NotASaveFile(e.to_string()))?;
        if head.drydock > VERSION {
            return Err(LoadError::TooNew(head.drydock));
        }
        let body: Body = serde_json::from_slice(bytes).map_err(|e| LoadError::Damaged(e.to_string()))?;
        let mut session = body.session;
        let store: ChainStore = session.world.images.chains.clone();
        session.world.kernel.rehydrate(&store).map_err(|e| LoadError::Damaged(e.to_string()))?;
        session.world.kernel.thaw_programs(&PROGRAMS).map_err(LoadError::Damaged)?;
        Ok(session)
    }
}
