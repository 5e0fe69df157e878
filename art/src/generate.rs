//! Makes all pictures of a collection in a folder, and last their catalogue. It can be killed at any time: a picture
//! is there whole or not at all, and the next run goes on with those that are missing.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use meteor_rules::catalogue::described::{self, ImageFile};
use meteor_rules::catalogue::{Catalogue, Piece};
use meteor_rules::tier::{PerTier, Tier};
use rayon::prelude::*;
use thiserror::Error;

use crate::cid::{Image, ImageError, image};
use crate::collection::{Collection, Kind, Which};
use crate::contents::for_preset;
use crate::picture::PictureError;
use crate::whole::{self, UNFINISHED};

/// The catalogue of the meteors, in the output folder.
pub const CATALOGUE: &str = "catalogue.csv";
/// The images of eggs and dust as a preset has them, in the output folder.
pub const CONTENTS: &str = "contents.toml";
/// What the folder's pictures were drawn from.
const DRAWN_FROM: &str = "drawn-from";

/// Why pictures can't be made.
#[derive(Debug, Error)]
pub enum GenerateError {
    /// The system refuses to read or write.
    #[error("{} can't be read or written: {why}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// No room.
    #[error("{}: the disk is full: make room, and run it again to go on", path.display())]
    Full {
        /// The file that didn't fit.
        path: PathBuf,
    },
    /// The folder has pictures of another collection.
    #[error(
        "{} has pictures of another collection, or of this one before it was changed: name another folder, or delete this one",
        folder.display()
    )]
    Another {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder has something else in it.
    #[error("{} is not empty and was not made by this command: name another folder", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// A picture can't be made.
    #[error("{} can't be drawn", path.display())]
    Picture {
        /// Where it would be.
        path: PathBuf,
        /// Why.
        #[source]
        why: PictureError,
    },
    /// A picture that can't be in a catalogue.
    #[error("{}: {why}", path.display())]
    Image {
        /// The picture.
        path: PathBuf,
        /// Why.
        why: ImageError,
    },
    /// A catalogue that isn't of the pictures.
    #[error("{}: it has not as many pieces as there are pictures, which is a mistake of this program: report it", path.display())]
    Catalogue {
        /// The catalogue.
        path: PathBuf,
    },
    /// Pictures that are the same.
    #[error(
        "{} pictures look like another one, first {} and {}: give the collection more traits, layers or values, or fewer pieces",
        count, one.display(), other.display()
    )]
    Alike {
        /// How many.
        count: usize,
        /// The first.
        one: PathBuf,
        /// The one that it looks like.
        other: PathBuf,
    },
}

/// What was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// All pictures.
    pub pictures: u64,
    /// Those that were there before.
    pub found: u64,
    /// Bytes of all of them.
    pub bytes: u64,
    /// What the threads did with their time.
    pub spent: Spent,
}

/// Time of all threads together, by what it went into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Drawing.
    pub drawing: Duration,
    /// Encoding as PNG.
    pub encoding: Duration,
    /// Hashing and naming.
    pub hashing: Duration,
    /// Reading and writing files.
    pub files: Duration,
}

impl Spent {
    /// Both together.
    fn plus(self, other: Self) -> Self {
        Self {
            drawing: self.drawing.saturating_add(other.drawing),
            encoding: self.encoding.saturating_add(other.encoding),
            hashing: self.hashing.saturating_add(other.hashing),
            files: self.files.saturating_add(other.files),
        }
    }
}

/// A picture that is there.
struct Done {
    image: Image,
    /// It was there before.
    found: bool,
    spent: Spent,
}

/// Where a picture lies in the output folder.
pub fn path_of(out: &Path, which: Which) -> PathBuf {
    let Which { kind, tier, index } = which;
    kind.within(out).join(tier.to_string()).join(format!("{index}.png"))
}

/// Makes what is missing in the folder `out`. `each` is called after every picture, from many threads.
///
/// # Errors
/// The first thing that went wrong, see [`GenerateError`]. Pictures that were made stay.
pub fn generate(
    collection: &Collection,
    out: &Path,
    each: &(dyn Fn() + Sync),
) -> Result<Made, GenerateError> {
    begin(collection, out)?;
    let all = collection.all();
    let one = |which: &Which| {
        let done = picture(collection, out, *which)?;
        each();
        Ok(done)
    };
    let done: Vec<Done> = all.par_iter().map(one).collect::<Result<_, GenerateError>>()?;
    differ(out, &all, &done)?;
    let images: BTreeMap<Which, Image> =
        all.iter().copied().zip(done.iter().map(|done| done.image)).collect();
    contents(out, &images)?;
    catalogue(collection, out, &images)?;
    let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    Ok(Made {
        pictures: count(all.len()),
        found: count(done.iter().filter(|done| done.found).count()),
        bytes: done.iter().map(|done| done.image.file.bytes).sum(),
        spent: done.iter().fold(Spent::default(), |sum, done| sum.plus(done.spent)),
    })
}

/// Makes the folders, and notes what they are for. Refuses a folder with anything else in it.
fn begin(collection: &Collection, out: &Path) -> Result<(), GenerateError> {
    let mark = out.join(DRAWN_FROM);
    let wanted = HEXLOWER.encode(&collection.fingerprint());
    fs::create_dir_all(out).map_err(|why| failed(out, why))?;
    match fs::read_to_string(&mark) {
        Ok(found) if found.trim_end() == wanted => {}
        Ok(_) => return Err(GenerateError::Another { folder: out.to_owned() }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut entries = fs::read_dir(out).map_err(|why| failed(out, why))?;
            // What is left of a run that was killed while it wrote the note is no reason to stop.
            let ours =
                |name: &std::ffi::OsStr| Path::new(name).extension().is_some_and(|end| end == UNFINISHED);
            if entries.any(|entry| entry.is_ok_and(|entry| !ours(&entry.file_name()))) {
                return Err(GenerateError::NotEmpty { folder: out.to_owned() });
            }
            write(&mark, format!("{wanted}\n").as_bytes(), true)?;
        }
        Err(why) => return Err(failed(&mark, why)),
    }
    for kind in [Kind::Meteor, Kind::Egg, Kind::Dust] {
        for (tier, count) in collection.pieces(kind).iter() {
            let place = path_of(out, Which { kind, tier, index: 0 });
            if let (Some(folder), true) = (place.parent(), *count > 0) {
                fs::create_dir_all(folder).map_err(|why| failed(folder, why))?;
            }
        }
    }
    Ok(())
}

/// Makes one picture if it isn't there, and names it.
fn picture(collection: &Collection, out: &Path, which: Which) -> Result<Done, GenerateError> {
    let path = path_of(out, which);
    let mut spent = Spent::default();
    let there = timed(&mut spent.files, || fs::read(&path));
    let (bytes, found) = match there {
        Ok(bytes) if whole(&bytes) => (bytes, true),
        // After a power cut a file can be there without its bytes.
        Ok(_) => (Vec::new(), false),
        Err(error) if error.kind() == ErrorKind::NotFound => (Vec::new(), false),
        Err(why) => return Err(failed(&path, why)),
    };
    let bytes = if found {
        bytes
    } else {
        let cant = |why| GenerateError::Picture { path: path.clone(), why };
        let drawn = timed(&mut spent.drawing, || collection.draw(which)).map_err(cant)?;
        let bytes = timed(&mut spent.encoding, || drawn.png()).map_err(cant)?;
        timed(&mut spent.files, || write(&path, &bytes, false))?;
        bytes
    };
    let image = timed(&mut spent.hashing, || image(&bytes));
    image.map(|image| Done { image, found, spent }).map_err(|why| GenerateError::Image { path, why })
}

/// Does something, and adds the time that it took.
fn timed<T>(sum: &mut Duration, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = act();
    *sum = sum.saturating_add(start.elapsed());
    done
}

/// Whether bytes are a PNG from its signature to its end, each chunk undamaged.
fn whole(bytes: &[u8]) -> bool {
    const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
    let Some(mut rest) = bytes.strip_prefix(SIGNATURE) else { return false };
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let Ok(length) = usize::try_from(u32::from_be_bytes(*length)) else { return false };
        let Some((chunk, after)) = length.checked_add(4).and_then(|end| after.split_at_checked(end)) else {
            return false;
        };
        let Some((sum, after)) = after.split_first_chunk::<4>() else { return false };
        if crc32fast::hash(chunk) != u32::from_be_bytes(*sum) {
            return false;
        }
        if chunk == b"IEND" {
            return after.is_empty();
        }
        rest = after;
    }
    false
}

/// Writes a file whole or not at all. `lasting` survives a power cut, too.
fn write(path: &Path, bytes: &[u8], lasting: bool) -> Result<(), GenerateError> {
    whole::fill(path, lasting, |to| to.write_all(bytes)).map_err(|why| failed(path, why))
}

/// What the system said, with what to do where that is known.
fn failed(path: &Path, why: io::Error) -> GenerateError {
    let path = path.to_owned();
    match why.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => GenerateError::Full { path },
        _ => GenerateError::File { path, why },
    }
}

/// Refuses two pictures that are the same.
fn differ(out: &Path, all: &[Which], done: &[Done]) -> Result<(), GenerateError> {
    let mut seen: BTreeMap<[u8; 32], Which> = BTreeMap::new();
    let mut alike = Vec::new();
    for (which, done) in all.iter().zip(done) {
        if let Some(other) = seen.insert(done.image.file.sha256, *which) {
            alike.push((*which, other));
        }
    }
    match alike.first() {
        None => Ok(()),
        Some((one, other)) => Err(GenerateError::Alike {
            count: alike.len(),
            one: path_of(out, *one),
            other: path_of(out, *other),
        }),
    }
}

/// The pictures of a tier, in order.
fn of_tier(
    images: &BTreeMap<Which, Image>,
    kind: Kind,
    tier: Tier,
) -> impl Iterator<Item = (&Which, &Image)> {
    let end = |index| Which { kind, tier, index };
    images.range(end(0)..=end(u32::MAX))
}

/// Writes the images of eggs and dust in the form in which a preset has them.
fn contents(out: &Path, images: &BTreeMap<Which, Image>) -> Result<(), GenerateError> {
    let named: Vec<_> = images
        .iter()
        .filter(|(which, _)| which.kind != Kind::Meteor)
        .map(|(which, image)| (which.kind, which.tier, image.cid.to_string()))
        .collect();
    for_preset(&named).map_or(Ok(()), |text| write(&out.join(CONTENTS), text.as_bytes(), true))
}

/// Writes the catalogue of the meteors.
fn catalogue(
    collection: &Collection,
    out: &Path,
    images: &BTreeMap<Which, Image>,
) -> Result<(), GenerateError> {
    let pieces = PerTier::from_fn(|tier| {
        let piece = |(which, image): (&Which, &Image)| Piece {
            image: image.cid.to_string(),
            traits: collection.traits(tier, which.index),
        };
        of_tier(images, Kind::Meteor, tier).map(piece).collect()
    });
    let files: PerTier<Vec<ImageFile>> =
        PerTier::from_fn(|tier| of_tier(images, Kind::Meteor, tier).map(|(_, image)| image.file).collect());
    let path = out.join(CATALOGUE);
    let text = described::write(&Catalogue::new(pieces), &files, &collection.template);
    let text = text.ok_or_else(|| GenerateError::Catalogue { path: path.clone() })?;
    write(&path, text.as_bytes(), true)
}

#[cfg(test)]
mod tests;
