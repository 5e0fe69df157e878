//! The journal of one signing account: the transaction under way, on disk before it is sent, and those in
//! blocks.
//!
//! A directory holds three files: `lock`, held as long as the journal is open; `outstanding.json`, the one
//! signed transaction whose outcome isn't known; and `history.jsonl`, one line for each transaction in a
//! block.

mod error;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use meteor_chain::transactions::hash;
use meteor_chain::tx::Included;
use serde::{Deserialize, Serialize};

pub use self::error::JournalError;

const OUTSTANDING: &str = "outstanding.json";
const HISTORY: &str = "history.jsonl";

/// A signed transaction, as it is written down before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The chain it is signed for.
    pub chain_id: String,
    /// The address that signed.
    pub address: String,
    /// The account's sequence that it uses up.
    pub sequence: u64,
    /// Its fee, amount and denom.
    pub fee: String,
    /// Upper-case hex of its hash.
    pub hash: String,
    /// The last block height seen before it was signed: no block up to this can hold it.
    pub signed_at: u64,
    /// The last block height that may hold it.
    pub timeout_height: u64,
    /// Its bytes, Base64.
    pub tx: String,
}

impl Intent {
    /// The signed bytes.
    ///
    /// # Errors
    /// [`JournalError::Garbled`] if they don't have the hash that was noted.
    pub fn bytes(&self) -> Result<Vec<u8>, JournalError> {
        let garbled = |what: &str| JournalError::Garbled { path: OUTSTANDING.into(), what: what.to_owned() };
        let bytes = BASE64.decode(&self.tx).map_err(|_| garbled("the bytes are not Base64"))?;
        if hash(&bytes) == self.hash { Ok(bytes) } else { Err(garbled("the bytes have another hash")) }
    }
}

/// A transaction in a block: a line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// Upper-case hex of its hash.
    pub hash: String,
    /// The block that holds it.
    pub height: u64,
    /// 0 for success. The fee is paid either way.
    pub code: u32,
    /// Gas used.
    pub gas_used: u64,
    /// The fee paid, amount and denom.
    pub fee: String,
    /// The account's sequence that it used up.
    pub sequence: u64,
}

#[derive(Debug)]
struct Files {
    dir: PathBuf,
    /// Its lock ends with it, however the process ends.
    _lock: File,
}

/// The transactions of an account, under way and done.
#[derive(Debug, Default)]
pub struct Journal {
    files: Option<Files>,
    outstanding: Option<Intent>,
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> JournalError {
    let path = path.to_owned();
    move |source| JournalError::File { path: path.clone(), source }
}

impl Journal {
    /// A journal that ends with the process: for accounts whose work nobody resumes.
    pub fn memory() -> Self {
        Self::default()
    }

    /// The journal of `address` on `chain_id` under `dir`, for this process alone.
    ///
    /// # Errors
    /// [`JournalError::InUse`] if another process has it; otherwise if its files can't be used or understood.
    pub fn open(dir: &Path, chain_id: &str, address: &str) -> Result<Self, JournalError> {
        // A chain's id comes from a node: it must not lead out of the directory.
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let dir = dir.join(format!("{}-{address}", chain_id.chars().map(safe).collect::<String>()));
        fs::create_dir_all(&dir).map_err(at(&dir))?;
        let path = dir.join("lock");
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(at(&path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::InUse { path: dir.clone() },
            TryLockError::Error(source) => JournalError::File { path: path.clone(), source },
        })?;
        let path = dir.join(OUTSTANDING);
        let outstanding = match fs::read(&path) {
            Ok(bytes) => {
                let intent: Intent = serde_json::from_slice(&bytes)
                    .map_err(|error| JournalError::Garbled { path: path.clone(), what: error.to_string() })?;
                if intent.chain_id != chain_id || intent.address != address {
                    let Intent { address, chain_id, .. } = intent;
                    return Err(JournalError::Foreign { path, address, chain_id });
                }
                intent.bytes()?;
                Some(intent)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(source) => return Err(JournalError::File { path, source }),
        };
        Ok(Self { files: Some(Files { dir, _lock: lock }), outstanding })
    }

    /// Whether it is on disk.
    pub const fn durable(&self) -> bool {
        self.files.is_some()
    }

    /// The transaction whose outcome isn't known.
    pub const fn outstanding(&self) -> Option<&Intent> {
        self.outstanding.as_ref()
    }

    /// Notes what is about to be sent. It is on disk when this returns, and may be sent only then.
    ///
    /// # Errors
    /// If it can't be written. Nothing may be sent then.
    pub fn write(&mut self, intent: Intent) -> Result<(), JournalError> {
        if let Some(files) = &self.files {
            let path = files.dir.join(OUTSTANDING);
            let temporary = files.dir.join("outstanding.tmp");
            let text = serde_json::to_vec(&intent)
                .map_err(|error| JournalError::Garbled { path: path.clone(), what: error.to_string() })?;
            let mut file = File::create(&temporary).map_err(at(&temporary))?;
            file.write_all(&text).and_then(|()| file.sync_all()).map_err(at(&temporary))?;
            fs::rename(&temporary, &path).map_err(at(&path))?;
            files.sync()?;
        }
        self.outstanding = Some(intent);
        Ok(())
    }

    /// Notes that the outstanding transaction is in a block.
    ///
    /// # Errors
    /// If it can't be written. It stays outstanding then.
    pub fn committed(&mut self, included: &Included) -> Result<(), JournalError> {
        let Some(intent) = &self.outstanding else { return Ok(()) };
        if let Some(files) = &self.files {
            files.append(&Committed {
                hash: included.hash.clone(),
                height: included.height,
                code: included.refusal.as_ref().map_or(0, |refusal| refusal.code),
                gas_used: included.gas_used,
                fee: intent.fee.clone(),
                sequence: intent.sequence,
            })?;
        }
        self.forget()
    }

    /// Drops the outstanding transaction, which no block can hold any more.
    ///
    /// # Errors
    /// If its file can't be removed.
    pub fn forget(&mut self) -> Result<(), JournalError> {
        if let (Some(files), Some(_)) = (&self.files, &self.outstanding) {
            let path = files.dir.join(OUTSTANDING);
            fs::remove_file(&path).map_err(at(&path))?;
            files.sync()?;
        }
        self.outstanding = None;
        Ok(())
    }

    /// Every committed transaction, in order. A last line that was torn by a crash is left out.
    ///
    /// # Errors
    /// If the file or any line but the last can't be read.
    pub fn history(&self) -> Result<Vec<Committed>, JournalError> {
        self.files.as_ref().map_or_else(|| Ok(Vec::new()), Files::history)
    }
}

impl Files {
    fn sync(&self) -> Result<(), JournalError> {
        File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(at(&self.dir))
    }

    fn history(&self) -> Result<Vec<Committed>, JournalError> {
        let path = self.dir.join(HISTORY);
        let text = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(JournalError::File { path, source }),
        };
        // A line without a line feed was not written whole.
        let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        lines.pop();
        lines
            .into_iter()
            .map(|line| {
                serde_json::from_slice(line)
                    .map_err(|error| JournalError::Garbled { path: path.clone(), what: error.to_string() })
            })
            .collect()
    }

    fn append(&self, line: &Committed) -> Result<(), JournalError> {
        // A crash after the append and before the removal of what is outstanding would book the fee twice.
        if self.history()?.last().is_some_and(|last| last.hash == line.hash) {
            return Ok(());
        }
        let path = self.dir.join(HISTORY);
        let mut text = serde_json::to_vec(line)
            .map_err(|error| JournalError::Garbled { path: path.clone(), what: error.to_string() })?;
        text.push(b'\n');
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(at(&path))?;
        let write = |file: &mut File| {
            let mut before = Vec::new();
            file.read_to_end(&mut before)?;
            // A torn last line goes: its transaction was still outstanding and is being written again.
            let whole = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end.saturating_add(1));
            let whole = u64::try_from(whole).map_err(std::io::Error::other)?;
            file.set_len(whole)?;
            file.seek(SeekFrom::Start(whole))?;
            file.write_all(&text)?;
            file.sync_all()
        };
        write(&mut file).map_err(at(&path))?;
        self.sync()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
    use super::*;

    fn intent(sequence: u64) -> Intent {
        let bytes = sequence.to_be_bytes();
        Intent {
            chain_id: "test-1".into(),
            address: "terra1x".into(),
            sequence,
            fee: "15uusd".into(),
            hash: hash(&bytes),
            signed_at: 5,
            timeout_height: 35,
            tx: BASE64.encode(bytes),
        }
    }

    fn included(intent: &Intent) -> Included {
        let hash = intent.hash.clone();
        Included { hash, height: 6, refusal: None, gas_used: 7, events: vec![] }
    }

    fn open(dir: &Path) -> Result<Journal, JournalError> {
        Journal::open(dir, "test-1", "terra1x")
    }

    #[test]
    fn what_was_written_is_there_after_a_restart_and_committed_once() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = open(dir.path()).unwrap();
        journal.write(intent(1)).unwrap();
        drop(journal);
        let mut journal = open(dir.path()).unwrap();
        assert_eq!(journal.outstanding(), Some(&intent(1)));
        journal.committed(&included(&intent(1))).unwrap();
        assert_eq!(journal.outstanding(), None);
        // As after a crash between the history and the removal.
        journal.write(intent(1)).unwrap();
        drop(journal);
        let mut journal = open(dir.path()).unwrap();
        journal.committed(&included(&intent(1))).unwrap();
        assert_eq!(journal.history().unwrap().len(), 1, "the fee is booked once");
        assert!(open(dir.path()).is_err());
        drop(journal);
        assert_eq!(open(dir.path()).unwrap().outstanding(), None);
    }

    #[test]
    fn two_cannot_have_it_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let first = open(dir.path()).unwrap();
        assert!(matches!(open(dir.path()), Err(JournalError::InUse { .. })));
        Journal::open(dir.path(), "test-1", "terra1y").unwrap();
        drop(first);
        open(dir.path()).unwrap();
    }

    #[test]
    fn cut_or_changed_files_are_refused_at_every_byte() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).unwrap().write(intent(1)).unwrap();
        let path = dir.path().join("test-1-terra1x").join(OUTSTANDING);
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            assert!(matches!(open(dir.path()), Err(JournalError::Garbled { .. })), "cut at {cut}");
        }
        let other = String::from_utf8(whole).unwrap().replace(&intent(1).tx, &intent(2).tx);
        fs::write(&path, other).unwrap();
        assert!(matches!(open(dir.path()), Err(JournalError::Garbled { .. })));
        fs::write(&path, serde_json::to_vec(&Intent { address: "terra1z".into(), ..intent(1) }).unwrap())
            .unwrap();
        assert!(matches!(open(dir.path()), Err(JournalError::Foreign { .. })));
    }

    #[test]
    fn a_torn_last_line_of_the_history_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = open(dir.path()).unwrap();
        for sequence in [1, 2] {
            journal.write(intent(sequence)).unwrap();
            journal.committed(&included(&intent(sequence))).unwrap();
        }
        let path = dir.path().join("test-1-terra1x").join(HISTORY);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        assert_eq!(journal.history().unwrap().len(), 1);
        journal.write(intent(2)).unwrap();
        journal.committed(&included(&intent(2))).unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn what_cannot_be_written_is_not_outstanding() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = open(dir.path()).unwrap();
        // A directory in the way fails the write for root too, as a full disk would.
        fs::create_dir(dir.path().join("test-1-terra1x").join("outstanding.tmp")).unwrap();
        assert!(matches!(journal.write(intent(1)), Err(JournalError::File { .. })));
        assert_eq!(journal.outstanding(), None);
    }
}
