//! Files on a local disk that are there whole or not at all, and stay after a power cut.
//!
//! `object_store` 0.13 doesn't flush what it writes to a local disk, so that creating there is done here.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file that somebody began to write this long ago is abandoned.
const ABANDONED: Duration = Duration::from_hours(1);

/// Makes a folder and those above it, so that they are still there after a power cut.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        make_folder(if above.as_os_str().is_empty() { Path::new(".") } else { above })?;
        match fs::create_dir(path) {
            Ok(()) => flush(above)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn flush(folder: &Path) -> io::Result<()> {
    File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?.sync_all()
}

/// Writes a file under another name, flushes it, and only then gives it its name, which fails if there is such a file.
/// So whatever has its name is complete.
pub(super) fn create_file(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let folder = path.parent().unwrap_or(path);
    make_folder(folder)?;
    let staged = staged(path);
    let written = write_file(&staged, bytes).and_then(|()| fs::hard_link(&staged, path));
    let _ = fs::remove_file(&staged); // what stays is swept later
    match written {
        Ok(()) => flush(folder).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.exists() => Ok(false),
        Err(error) => Err(error),
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name of its own beside `path`. Listings leave out names that end in a hash and digits.
fn staged(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!("#{}", RandomState::new().build_hasher().finish()));
    name.into()
}

pub(super) fn sweep(folder: &Path, now: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().contains('#') {
            let age = now.duration_since(entry.metadata()?.modified()?);
            if age.is_ok_and(|age| age > ABANDONED) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::store::{Files, Place};

    #[tokio::test]
    async fn what_a_kill_leaves_behind_is_not_taken_for_an_object() {
        // The steps of `create_file`, each followed by the end of the process.
        let dir = tempfile::tempdir().unwrap();
        let files = Files::open(&Place::Folder(dir.path().join("a/b"))).unwrap();
        files.create("x/1", Bytes::from_static(b"one")).await.unwrap();
        let path = dir.path().join("a/b/x/2");
        let part = staged(&path);
        fs::write(&part, b"tw").unwrap(); // before all is written
        assert_eq!(files.list("x", None).await.unwrap().len(), 1);
        let whole = staged(&path);
        fs::write(&whole, b"two").unwrap(); // before it has its name
        assert_eq!(files.get("x/2").await.unwrap(), None);
        fs::hard_link(&whole, &path).unwrap(); // before the other name is gone
        assert_eq!(files.list("x", None).await.unwrap().len(), 2);
        assert!(!files.create("x/2", Bytes::from_static(b"two")).await.unwrap());
        assert_eq!(files.get("x/2").await.unwrap().unwrap(), "two");

        // Young ones may be another replica's, who is still writing.
        let folder = dir.path().join("a/b/x");
        let count = || fs::read_dir(&folder).unwrap().count();
        sweep(&folder, SystemTime::now()).unwrap();
        assert_eq!(count(), 4);
        sweep(&folder, SystemTime::now() + 2 * ABANDONED).unwrap();
        assert_eq!(count(), 2);
    }
}
