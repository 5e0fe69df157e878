//! Files that are there whole or not at all: each is written under another name first, and of one that fails nothing is
//! left.

use std::fs::{self, File};
use std::io::{self, BufWriter, IntoInnerError, Write};
use std::path::{Path, PathBuf};

/// The end of a file's name while it is written.
pub(crate) const UNFINISHED: &str = "part";

/// Writes a file that survives a power cut, in place of an earlier one.
///
/// # Errors
/// What the system says.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fill(path, true, |to| to.write_all(bytes))
}

/// Writes what `fill` does. `lasting` survives a power cut, too.
pub(crate) fn fill(
    path: &Path,
    lasting: bool,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let part = unfinished(path);
    let write = || {
        let mut to = BufWriter::with_capacity(1 << 16, File::create(&part)?);
        fill(&mut to)?;
        let file = to.into_inner().map_err(IntoInnerError::into_error)?;
        if lasting {
            file.sync_all()?;
        }
        fs::rename(&part, path)
    };
    write().inspect_err(|_| {
        // Of a full disk half a file would only take more.
        let _ = fs::remove_file(&part);
    })
}

/// The file's name while it is written.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(".");
    part.push(UNFINISHED);
    part.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("0.png");
        write(&path, b"before").unwrap();
        // As a disk that is full after the first bytes.
        let full = |to: &mut dyn Write| {
            to.write_all(&vec![7; 1 << 17])?;
            Err(io::ErrorKind::StorageFull.into())
        };
        assert_eq!(fill(&path, false, full).unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing half is left");
        write(&path, b"after").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"after");
    }
}
