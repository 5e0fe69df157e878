//! A folder of images as `meteor art generate` leaves it: `TIER/INDEX.png` for each piece. Other pictures do too.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use meteor_rules::tier::{PerTier, Tier};

use crate::cid::LARGEST_IMAGE;

/// Ends of names that images may have.
const EXTENSIONS: [&str; 5] = ["png", "jpg", "jpeg", "webp", "gif"];

/// The images of a folder.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// For each tier the images by their index.
    pub images: PerTier<BTreeMap<u32, Found>>,
    /// What lies in the tiers' folders and is no image of a piece, with why.
    pub odd: Vec<(PathBuf, Odd)>,
}

/// An image's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name, for example `17.png`.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// Why something in a tier's folder is no image of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Odd {
    /// A name that isn't an index with a known end.
    #[error("its name is not an index with the end {}", EXTENSIONS.join(", "))]
    Name,
    /// A name with characters that not every system and gateway takes alike.
    #[error("its name isn't ASCII: name it by its index")]
    NotAscii,
    /// A second image of the same index.
    #[error("another image has this index too: keep one")]
    Twice,
    /// No regular file.
    #[error("it is no regular file: copy the image itself here")]
    NoFile,
}

impl Folder {
    /// Lists a folder. A tier whose folder is missing has no images.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub fn list(path: &Path) -> Result<Self, (PathBuf, io::Error)> {
        let mut folder = Self { path: path.to_owned(), ..Self::default() };
        fs::metadata(path).map_err(|error| (path.to_owned(), error))?;
        for tier in Tier::ALL {
            let images = folder.tier(tier).map_err(|error| (path.join(tier.to_string()), error))?;
            *folder.images.get_mut(tier) = images;
        }
        folder.odd.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(folder)
    }

    fn tier(&mut self, tier: Tier) -> io::Result<BTreeMap<u32, Found>> {
        let within = self.path.join(tier.to_string());
        let mut images = BTreeMap::new();
        let entries = match fs::read_dir(&within) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(images),
            entries => entries?,
        };
        let mut entries: Vec<fs::DirEntry> = entries.collect::<io::Result<_>>()?;
        // Of two images of an index the same one is taken on every machine.
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let odd = match index(&entry) {
                Err(odd) => Some(odd),
                Ok((index, name)) => {
                    let about = entry.metadata()?;
                    let found = Found { name, bytes: about.len() };
                    if about.is_file() {
                        images.insert(index, found).is_some().then_some(Odd::Twice)
                    } else {
                        Some(Odd::NoFile)
                    }
                }
            };
            self.odd.extend(odd.map(|odd| (entry.path(), odd)));
        }
        Ok(images)
    }

    /// Where an image lies.
    pub fn image(&self, tier: Tier, found: &Found) -> PathBuf {
        self.path.join(tier.to_string()).join(&found.name)
    }
}

/// The index that an entry's name says, and the name.
fn index(entry: &fs::DirEntry) -> Result<(u32, String), Odd> {
    let name = entry.file_name().into_string().map_err(|_| Odd::NotAscii)?;
    if !name.is_ascii() {
        return Err(Odd::NotAscii);
    }
    let (stem, end) = name.split_once('.').ok_or(Odd::Name)?;
    let index: u32 = stem.parse().map_err(|_| Odd::Name)?;
    if index.to_string() != stem || !EXTENSIONS.contains(&end) {
        return Err(Odd::Name);
    }
    Ok((index, name))
}

/// The bytes of an image's file. Of one that is too large, a byte more than an image may have.
///
/// # Errors
/// What the system says.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST_IMAGE).unwrap_or(u64::MAX).saturating_add(1);
    fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_tier_and_index_and_the_rest_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let rare = dir.path().join("rare");
        fs::create_dir_all(rare.join("7.png")).unwrap();
        for name in ["0.png", "12.webp", "12.png", "012.png", "a.png", "3.svg", "4", "é.png", ".DS_Store"] {
            fs::write(rare.join(name), name).unwrap();
        }
        let folder = Folder::list(dir.path()).unwrap();
        assert_eq!(folder.images.rare.keys().copied().collect::<Vec<_>>(), [0, 12]);
        assert!(folder.images.common.is_empty());
        let odd = |wanted| folder.odd.iter().filter(|(_, odd)| *odd == wanted).count();
        assert_eq!([odd(Odd::Name), odd(Odd::NotAscii), odd(Odd::Twice), odd(Odd::NoFile)], [5, 1, 1, 1]);
        assert!(Folder::list(&dir.path().join("none")).is_err());
    }
}
