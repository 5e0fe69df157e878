//! The commitments file: the commitments to an event's keys, and the event that they are of.

use std::path::{Path, PathBuf};

use cosmwasm_std::HexBinary;
use meteor_chain::amounts::counted;
use meteor_rules::fairness::Bytes32;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Event;

/// The form of the file that this code writes and reads.
const VERSION: u32 = 1;

/// The commitments to an event's keys, those of shower 1 first, and the event that they are of. They are bound to it:
/// with those of another event nothing could ever be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitmentsFile {
    /// The form of this file: 1.
    version: u32,
    /// The chain's id.
    pub chain_id: String,
    /// Address that the shower contract has or will have.
    pub contract: String,
    /// How many showers the event has, and commitments there are.
    pub showers: u32,
    /// A commitment for each shower (32 bytes each).
    commitments: Vec<HexBinary>,
}

/// Why a commitments file can't be used.
#[derive(Debug, Error)]
pub enum CommitmentsError {
    /// It can't be read or written.
    #[error("the commitments file {} can't be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A list alone, as older versions wrote it.
    #[error(
        "it is a bare list, which doesn't say of which event: make it again from the key, with meteor commitments"
    )]
    Bare,
    /// Something else.
    #[error("it is not a commitments file ({0}): make it again from the key, with meteor commitments")]
    Form(String),
    /// A newer form.
    #[error("it is of version {0}, and this meteor reads version {VERSION}: use the meteor that wrote it")]
    Version(u32),
    /// It contradicts itself.
    #[error(
        "it is of {} and has {}: make it again from the key, with meteor commitments",
        counted(showers, "shower"),
        counted(given, "commitment")
    )]
    Count {
        /// As it says.
        showers: u32,
        /// As it has.
        given: usize,
    },
    /// A commitment of another length.
    #[error(
        "the commitment to shower {shower} has {given} bytes, not 32: make it again from the key, with meteor commitments"
    )]
    Length {
        /// Which shower.
        shower: u32,
        /// Bytes.
        given: usize,
    },
}

/// What of an event is another than in its commitments file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OtherEvent {
    /// Another chain.
    #[error("they are of the chain {held}, the event is on {asked}")]
    Chain {
        /// As the file says.
        held: String,
        /// The event's.
        asked: String,
    },
    /// Another contract.
    #[error("they are of the contract {held}, the event's is {asked}")]
    Contract {
        /// As the file says.
        held: String,
        /// The event's.
        asked: String,
    },
    /// Another number of showers.
    #[error("they are of {}, the event has {asked}", counted(held, "shower"))]
    Showers {
        /// As the file says.
        held: u32,
        /// The event's.
        asked: u32,
    },
}

/// What every form has. A later one may have other fields, so this is read before they are.
#[derive(Deserialize)]
struct Form {
    version: u32,
}

impl CommitmentsFile {
    /// The file of an event's commitments, that of shower 1 first.
    pub fn new(event: &Event<'_>, commitments: &[Bytes32]) -> Self {
        Self {
            version: VERSION,
            chain_id: event.chain_id.to_owned(),
            contract: event.contract.to_owned(),
            showers: event.showers,
            commitments: commitments.iter().map(HexBinary::from).collect(),
        }
    }

    /// Reads what [`Self::save`] wrote.
    ///
    /// # Errors
    /// A [`CommitmentsError`] that says how to make the file again.
    pub fn read(bytes: &[u8]) -> Result<Self, CommitmentsError> {
        if serde_json::from_slice::<Vec<serde::de::IgnoredAny>>(bytes).is_ok() {
            return Err(CommitmentsError::Bare);
        }
        let form = |error: serde_json::Error| CommitmentsError::Form(error.to_string());
        let Form { version } = serde_json::from_slice(bytes).map_err(form)?;
        if version != VERSION {
            return Err(CommitmentsError::Version(version));
        }
        let file: Self = serde_json::from_slice(bytes).map_err(form)?;
        let given = file.commitments.len();
        if u32::try_from(given) != Ok(file.showers) {
            return Err(CommitmentsError::Count { showers: file.showers, given });
        }
        let wrong = (1..).zip(&file.commitments).find(|(_, each)| each.len() != 32);
        if let Some((shower, each)) = wrong {
            return Err(CommitmentsError::Length { shower, given: each.len() });
        }
        Ok(file)
    }

    /// The file at `path`; `None` if there is none.
    ///
    /// # Errors
    /// As [`Self::read`], or if it can't be read.
    pub fn load(path: &Path) -> Result<Option<Self>, CommitmentsError> {
        match std::fs::read(path) {
            Ok(bytes) => Self::read(&bytes).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(CommitmentsError::File { path: path.to_owned(), source }),
        }
    }

    /// Writes it to `path`, over what was there.
    ///
    /// # Errors
    /// [`CommitmentsError::File`].
    pub fn save(&self, path: &Path) -> Result<(), CommitmentsError> {
        let file = |source| CommitmentsError::File { path: path.to_owned(), source };
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::from).map_err(file)?;
        std::fs::write(path, text + "\n").map_err(file)
    }

    /// The commitments, that of shower 1 first.
    pub fn commitments(&self) -> Vec<Bytes32> {
        // `read` and `new` let none of another length in.
        self.commitments.iter().filter_map(|each| each.as_slice().try_into().ok()).collect()
    }

    /// Everything about `event` that is another than in the file; nothing if the file is of this event.
    pub fn differs(&self, event: &Event<'_>) -> Vec<OtherEvent> {
        let mut found = Vec::new();
        if self.chain_id != event.chain_id {
            found.push(OtherEvent::Chain { held: self.chain_id.clone(), asked: event.chain_id.to_owned() });
        }
        if self.contract != event.contract {
            found
                .push(OtherEvent::Contract { held: self.contract.clone(), asked: event.contract.to_owned() });
        }
        if self.showers != event.showers {
            found.push(OtherEvent::Showers { held: self.showers, asked: event.showers });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const EVENT: Event<'_> = Event { chain_id: "columbus-5", contract: "terra1one", showers: 2 };

    fn written(folder: &Path) -> String {
        let path = folder.join("commitments.json");
        CommitmentsFile::new(&EVENT, &[[1; 32], [2; 32]]).save(&path).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn what_was_written_is_read_and_names_its_event() {
        let folder = tempfile::tempdir().unwrap();
        assert!(CommitmentsFile::load(&folder.path().join("commitments.json")).unwrap().is_none());
        let text = written(folder.path());
        assert!(text.starts_with("{\n  \"version\": 1,\n  \"chain_id\": \"columbus-5\",\n"), "{text}");
        let read = CommitmentsFile::load(&folder.path().join("commitments.json")).unwrap().unwrap();
        assert_eq!(read.commitments(), [[1; 32], [2; 32]]);
        assert_eq!(read.differs(&EVENT), []);
        let other = Event { chain_id: "phoenix-1", contract: "terra1two", showers: 3 };
        let said: Vec<String> = read.differs(&other).iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "they are of the chain columbus-5, the event is on phoenix-1",
                "they are of the contract terra1one, the event's is terra1two",
                "they are of 2 showers, the event has 3",
            ]
        );
    }

    #[test]
    fn a_list_without_its_event_is_refused_and_anything_else() {
        let folder = tempfile::tempdir().unwrap();
        let good = written(folder.path());
        let refused = |text: &str| CommitmentsFile::read(text.as_bytes()).unwrap_err().to_string();
        let bare = refused(&format!("[\"{}\"]", "07".repeat(32)));
        assert!(bare.contains("a bare list") && bare.contains("meteor commitments"), "{bare}");
        assert!(
            refused(&good.replace("\"version\": 1", "\"version\": 2, \"more\": 1")).contains("of version 2")
        );
        assert!(
            refused(&good.replace("\"showers\": 2", "\"showers\": 3")).contains("of 3 showers and has 2")
        );
        let short = refused(&good.replace(&"02".repeat(32), &"02".repeat(31)));
        assert!(short.contains("the commitment to shower 2 has 31 bytes"), "{short}");
        for spoiled in [good.replace("chain_id", "chain"), good.replace('{', ""), String::new()] {
            assert!(refused(&spoiled).contains("is not a commitments file ("), "{spoiled}");
        }
    }
}
