//! What happens to stored files: they are damaged, cut, emptied, and lost. And what they must be in the end.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use meteor_indexer::store::{Event, snapshot};
use rand::Rng;

use crate::oracle::Oracle;
use crate::record::Recording;

/// What happens to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A byte of the newest snapshot is another.
    SnapshotByte,
    /// The newest snapshot ends half-way.
    SnapshotCut,
    /// The newest snapshot is empty.
    SnapshotEmpty,
    /// The newest snapshot is lost.
    SnapshotLost,
    /// All snapshots are lost.
    SnapshotsLost,
    /// All snapshots are damaged.
    SnapshotsBytes,
    /// A byte of a segment is another.
    SegmentByte,
    /// A segment is lost.
    SegmentLost,
    /// Everything is lost.
    AllLost,
}

/// All kinds.
pub const ALL: [Damage; 9] = [
    Damage::SnapshotByte,
    Damage::SnapshotCut,
    Damage::SnapshotEmpty,
    Damage::SnapshotLost,
    Damage::SnapshotsLost,
    Damage::SnapshotsBytes,
    Damage::SegmentByte,
    Damage::SegmentLost,
    Damage::AllLost,
];

/// The files of a store whose path has this part, in the order of their names.
fn files(folder: &Path, part: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains(part) && !path.to_string_lossy().contains('#') {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Damages the store in `folder`.
///
/// # Errors
/// If a file can't be written. One that is gone meanwhile is no error.
pub fn damage(folder: &Path, damage: Damage, rng: &mut impl Rng) -> Result<()> {
    let (snapshots, segments) = (files(folder, "/snapshots/"), files(folder, "/segments/"));
    let newest = snapshots.last().cloned();
    let any = segments.get(rng.random_range(0..segments.len().max(1))).cloned();
    let chosen: Vec<PathBuf> = match damage {
        Damage::SnapshotByte | Damage::SnapshotCut | Damage::SnapshotEmpty | Damage::SnapshotLost => {
            newest.into_iter().collect()
        }
        Damage::SnapshotsLost | Damage::SnapshotsBytes => snapshots,
        Damage::SegmentByte | Damage::SegmentLost => any.into_iter().collect(),
        Damage::AllLost => snapshots.into_iter().chain(segments).collect(),
    };
    for path in chosen {
        let Ok(mut bytes) = fs::read(&path) else { continue };
        match damage {
            Damage::SnapshotByte | Damage::SnapshotsBytes | Damage::SegmentByte => {
                let at = rng.random_range(0..bytes.len().max(1));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << rng.random_range(0..8);
                }
                fs::write(&path, bytes)?;
            }
            Damage::SnapshotCut => {
                let half = bytes.len() / 2;
                fs::write(&path, bytes.get(..half).unwrap_or_default())?;
            }
            Damage::SnapshotEmpty => fs::write(&path, b"")?,
            Damage::SnapshotLost | Damage::SnapshotsLost | Damage::SegmentLost | Damage::AllLost => {
                fs::remove_file(&path)?;
            }
        }
    }
    Ok(())
}

/// The snapshots in `folder`, with their names. Retention may delete one meanwhile.
pub fn snapshots(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = files(folder, "/snapshots/").into_iter();
    files.filter_map(|path| Some((path.display().to_string(), fs::read(&path).ok()?))).collect()
}

/// How many of these snapshots are, byte for byte, those of a clean rebuild at their heights, and what is wrong with the
/// others. Those that can't be read don't count if something was `damaged` on purpose.
///
/// # Errors
/// If a clean rebuild's snapshot can't be made.
pub fn check(
    snapshots: &[(String, Vec<u8>)],
    recording: &Recording,
    oracle: &Oracle,
    damaged: bool,
) -> Result<(u64, Vec<String>)> {
    let of = Event {
        chain_id: Some(&recording.chain_id),
        contract: &recording.shower,
        start_height: recording.launched,
    };
    let (mut good, mut wrong) = (0, Vec::new());
    for (name, bytes) in snapshots {
        match snapshot::read(bytes, &of) {
            Ok(state) => match oracle.state(state.at.height).map(snapshot::write).transpose()? {
                Some(right) if right == *bytes => good += 1,
                Some(_) => wrong.push(format!("{name} is not that of a clean rebuild")),
                None => wrong.push(format!("{name} is of height {}, which does not exist", state.at.height)),
            },
            Err(_) if damaged => {}
            Err(error) => wrong.push(format!("{name} can't be read: {error}")),
        }
    }
    Ok((good, wrong))
}
