//! Packs the images of a catalogue into CAR files: the form in which they reach IPFS in few requests, and in which the
//! root says everything. Everything is planned from the catalogue and the files' lengths before a byte is written.
//!
//! In the tree an image is `TIER/FIRST/INDEX.png`; those of eggs and dust lie in the same way below `eggs` and `dust`. A
//! sub-directory has at most a thousand images and is named by the first of them. So every directory stays one small
//! block in every implementation: they begin to spread a directory over several blocks at different sizes, the earliest
//! after a thousand entries, and only then do their roots differ. A sub-directory is also what one CAR holds: complete,
//! with the sub-directory as its root. The last CAR has the blocks above, whose root is that of everything. If all of it
//! fits in one CAR, there is only that one.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use cid::Cid;
use meteor_rules::catalogue::Catalogue;
use meteor_rules::catalogue::described::ImageFile;
use meteor_rules::tier::{PerTier, Tier};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::car;
use crate::cid::{LARGEST_IMAGE, image, raw_sha256};
use crate::collection::Kind;
use crate::contents::{self, Content};
use crate::folder::{self, Folder};
use crate::unixfs::{Directory, DirectoryError, Entry, directory};
use crate::whole;

/// Most images of a sub-directory.
const MOST_IMAGES: usize = 1000;
/// Least bytes that a CAR may be limited to: the largest image and its directory fit.
pub const LEAST_CAR_BYTES: u64 = 2 << 20;
/// Name of the file that says what was packed, which is written last.
pub const MANIFEST: &str = "pack.json";
/// Name of the CAR that holds everything.
const WHOLE: &str = "art.car";
/// Name of the CAR with what is above the sub-directories.
const TOP: &str = "top.car";
/// The form of the manifest.
const VERSION: u32 = 1;

/// What is to be written, block by block.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The root of everything.
    pub root: Cid,
    /// The CAR files, in the order in which they should be uploaded.
    pub cars: Vec<Planned>,
    /// Length and hash of each image of the catalogue, in its order.
    pub files: PerTier<Vec<ImageFile>>,
    /// The CIDs of eggs and dust.
    contents: Vec<String>,
    /// Most bytes that a CAR is allowed.
    pub car_bytes: u64,
}

impl Plan {
    /// How many images there are in all CARs.
    pub fn images(&self) -> u64 {
        self.cars.iter().map(|car| car.images).sum()
    }
}

/// A CAR file to be written.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its name.
    pub file: String,
    /// The directory that is its root, below the root of everything; empty for that itself.
    pub path: String,
    /// Its root.
    pub root: Cid,
    /// Whether all that its root leads to is in it.
    pub complete: bool,
    /// Its length in bytes.
    pub bytes: u64,
    /// How many images it has.
    pub images: u64,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
enum Block {
    Directory { cid: Cid, bytes: Vec<u8> },
    Image { cid: Cid, path: PathBuf, bytes: u64 },
}

impl Block {
    const fn cid(&self) -> &Cid {
        match self {
            Self::Directory { cid, .. } | Self::Image { cid, .. } => cid,
        }
    }

    fn length(&self) -> u64 {
        match self {
            Self::Directory { bytes, .. } => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Image { bytes, .. } => *bytes,
        }
    }
}

/// What was packed: the content of [`MANIFEST`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of this file.
    version: u32,
    /// The rules by which the roots come about.
    profile: String,
    /// The root of everything.
    pub root: String,
    /// How many images.
    pub images: u64,
    /// The CIDs of those of eggs and dust.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<String>,
    /// Most bytes that a CAR was allowed.
    pub car_bytes: u64,
    /// The CAR files, in the order in which they should be uploaded.
    pub cars: Vec<Packed>,
}

/// A CAR file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packed {
    /// Its name.
    pub file: String,
    /// The directory that is its root, below the root of everything; empty for that itself.
    pub path: String,
    /// Its root.
    pub root: String,
    /// Whether all that its root leads to is in it.
    pub complete: bool,
    /// How many images it has.
    pub images: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Why packing stops. What is written stays and is used by the next run.
#[derive(Debug, Error)]
pub enum PackError {
    /// Images that a catalogue's pieces need are not there.
    #[error("{count} images are missing, the first is {tier}/{index}: meteor art check lists them all")]
    Missing {
        /// How many.
        count: u64,
        /// Tier of the first.
        tier: Tier,
        /// Index of the first.
        index: u32,
    },
    /// A CID that isn't one of a single raw block.
    #[error(
        "{tier} {index}: its image {image} is no CID of one raw block (CIDv1, SHA-256), as packing needs it"
    )]
    NoRawCid {
        /// The piece's tier.
        tier: Tier,
        /// Its index.
        index: u32,
        /// As the catalogue has it.
        image: String,
    },
    /// A file that isn't the image that the catalogue names.
    #[error("{} is not the image of the catalogue ({why}): make it again, then pack again", path.display())]
    OtherImage {
        /// The file.
        path: PathBuf,
        /// In what it differs.
        why: String,
    },
    /// A limit that no image would fit in.
    #[error("a CAR of {0} bytes can't hold every image: allow at least {LEAST_CAR_BYTES}")]
    TooSmall(u64),
    /// A directory that can't be made.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// A file that can't be read.
    #[error("can't read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file that can't be written.
    #[error("can't write {}; what is finished is kept: run the same command again to go on", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A manifest that isn't one.
    #[error("{} is not what meteor art pack writes ({why}): pack again", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// Plans the CARs of a catalogue's images and of `contents`, none longer than `car_bytes`. Reads no image.
///
/// # Errors
/// Everything of [`PackError`] but reading and writing.
pub fn plan(
    folder: &Folder,
    catalogue: &Catalogue,
    contents: &[Content],
    car_bytes: u64,
) -> Result<Plan, PackError> {
    if car_bytes < LEAST_CAR_BYTES {
        return Err(PackError::TooSmall(car_bytes));
    }
    let (meteors, files) = meteors(folder, catalogue)?;
    let mut tree = Tree { car_bytes, cars: Vec::new(), above: Vec::new() };
    let mut entries = tree.tiers("", meteors)?;
    for kind in contents::KINDS {
        let name = kind.plural();
        let below = tree.tiers(&format!("{name}/"), images_of(contents, kind))?;
        if !below.is_empty() {
            entries.push(tree.above(name, below)?);
        }
    }
    let top = directory(entries)?;
    let root = top.cid;
    let blocks = [block(top)].into_iter().chain(tree.above).collect();
    let last = planned(TOP.to_owned(), String::new(), root, blocks, false);
    let mut cars = tree.cars;
    let all = cars.iter().fold(last.bytes, |sum, car| sum.saturating_add(car.bytes));
    if all <= car_bytes {
        let blocks = last.blocks.into_iter().chain(cars.into_iter().flat_map(|car| car.blocks)).collect();
        cars = vec![planned(WHOLE.to_owned(), String::new(), root, blocks, true)];
    } else {
        cars.push(last);
    }
    let contents = contents.iter().map(|content| content.image.cid.to_string()).collect();
    Ok(Plan { root, cars, files, contents, car_bytes })
}

/// The images of a tier: index, name, and what is to be written.
type Images = Vec<(u32, String, Block)>;

/// The catalogue's images, and what its full file says of them.
fn meteors(
    folder: &Folder,
    catalogue: &Catalogue,
) -> Result<(PerTier<Images>, PerTier<Vec<ImageFile>>), PackError> {
    let mut missing = (0u64, None);
    let (mut all, mut files) = (PerTier::<Images>::default(), PerTier::<Vec<ImageFile>>::default());
    for tier in Tier::ALL {
        for (index, piece) in (0u32..).zip(catalogue.pieces(tier)) {
            let Some(found) = folder.images.get(tier).get(&index) else {
                missing = (missing.0.saturating_add(1), missing.1.or(Some((tier, index))));
                continue;
            };
            let no_raw = || PackError::NoRawCid { tier, index, image: piece.image.clone() };
            let cid = Cid::try_from(piece.image.as_str()).map_err(|_| no_raw())?;
            let sha256 = raw_sha256(&cid).ok_or_else(no_raw)?;
            let path = folder.image(tier, found);
            if found.bytes == 0 || found.bytes > u64::try_from(LARGEST_IMAGE).unwrap_or(u64::MAX) {
                let why = format!("it has {} bytes, and an image has 1 to {LARGEST_IMAGE}", found.bytes);
                return Err(PackError::OtherImage { path, why });
            }
            files.get_mut(tier).push(ImageFile { bytes: found.bytes, sha256 });
            let image = Block::Image { cid, path, bytes: found.bytes };
            all.get_mut(tier).push((index, found.name.clone(), image));
        }
    }
    match missing {
        (count, Some((tier, index))) => Err(PackError::Missing { count, tier, index }),
        (_, None) => Ok((all, files)),
    }
}

/// The images of a kind that no catalogue names.
fn images_of(contents: &[Content], kind: Kind) -> PerTier<Images> {
    let mut all = PerTier::<Images>::default();
    for Content { tier, index, path, image, .. } in contents.iter().filter(|content| content.kind == kind) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let image = Block::Image { cid: image.cid, path: path.clone(), bytes: image.file.bytes };
        all.get_mut(*tier).push((*index, name, image));
    }
    all
}

/// What is planned so far.
struct Tree {
    car_bytes: u64,
    cars: Vec<Planned>,
    /// The directories above the CARs, but not the root.
    above: Vec<Block>,
}

impl Tree {
    /// Adds the images of each tier, with `within` before the tier's name; what their directory lists.
    fn tiers(&mut self, within: &str, images: PerTier<Images>) -> Result<Vec<Entry>, PackError> {
        let PerTier { legendary, ancient, rare, common } = images;
        let mut tiers = Vec::new();
        for (tier, images) in Tier::ALL.into_iter().zip([legendary, ancient, rare, common]) {
            let name = tier.to_string();
            let mut below = Vec::new();
            for part in cut(images, self.car_bytes) {
                let (first, car) = sub_directory(&format!("{within}{name}"), part)?;
                below.push(Entry { name: first.to_string(), cid: car.root, size: car.size });
                self.cars.push(car.planned);
            }
            if !below.is_empty() {
                tiers.push(self.above(&name, below)?);
            }
        }
        Ok(tiers)
    }

    /// Adds a directory above others; how the one above it lists it.
    fn above(&mut self, name: &str, below: Vec<Entry>) -> Result<Entry, PackError> {
        let above = directory(below)?;
        let entry = Entry { name: name.to_owned(), cid: above.cid, size: above.size };
        self.above.push(block(above));
        Ok(entry)
    }
}

/// Cuts a tier's images into sub-directories that are small enough in number and bytes.
fn cut(images: Images, car_bytes: u64) -> Vec<Images> {
    // A link has fewer than 80 bytes: CID, name, length and what is between them.
    let room = |images: usize| u64::try_from(images).unwrap_or(u64::MAX).saturating_mul(80);
    let most = car_bytes.saturating_sub(car::header_length()).saturating_sub(100);
    let mut parts: Vec<Images> = Vec::new();
    let mut bytes = 0u64;
    for image in images {
        let more = car::block_length(image.2.length());
        let full = parts.last().is_none_or(|part| {
            let with = bytes.saturating_add(more).saturating_add(room(part.len().saturating_add(1)));
            part.len() >= MOST_IMAGES || with > most
        });
        if full {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes = bytes.saturating_add(more);
        if let Some(part) = parts.last_mut() {
            part.push(image);
        }
    }
    parts
}

/// A sub-directory's CAR, and the bytes of everything in it.
struct SubDirectory {
    planned: Planned,
    root: Cid,
    size: u64,
}

/// `within`: the directory above it.
fn sub_directory(within: &str, images: Images) -> Result<(u32, SubDirectory), PackError> {
    let first = images.first().map_or(0, |(index, ..)| *index);
    let entry = |(_, name, image): &(u32, String, Block)| Entry {
        name: name.clone(),
        cid: *image.cid(),
        size: image.length(),
    };
    let made = directory(images.iter().map(entry).collect())?;
    let (root, size) = (made.cid, made.size);
    let blocks = [block(made)].into_iter().chain(images.into_iter().map(|(_, _, image)| image)).collect();
    let path = format!("{within}/{first}");
    let planned = planned(path.replace('/', "-") + ".car", path, root, blocks, true);
    Ok((first, SubDirectory { planned, root, size }))
}

fn block(directory: Directory) -> Block {
    Block::Directory { cid: directory.cid, bytes: directory.block }
}

fn planned(file: String, path: String, root: Cid, mut blocks: Vec<Block>, complete: bool) -> Planned {
    // The same image or directory twice is one block.
    let mut seen = std::collections::HashSet::new();
    blocks.retain(|block| seen.insert(*block.cid()));
    let bytes = blocks
        .iter()
        .fold(car::header_length(), |sum, block| sum.saturating_add(car::block_length(block.length())));
    let images = blocks.iter().filter(|block| matches!(block, Block::Image { .. })).count();
    Planned { file, path, root, complete, bytes, images: u64::try_from(images).unwrap_or(u64::MAX), blocks }
}

/// Writes what was planned into `out`, and the manifest last. Files of an earlier run that are what they should be are
/// kept; of another plan's none is. Tells after each CAR how many images are done.
///
/// # Errors
/// [`PackError`]; what is written stays.
pub fn write(plan: &Plan, out: &Path, done: &(dyn Fn(u64) + Sync)) -> Result<Manifest, PackError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| PackError::Write { path, source }
    };
    fs::create_dir_all(out).map_err(failed(out))?;
    let manifest = out.join(MANIFEST);
    // As long as it is there, everything is.
    match fs::remove_file(&manifest) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&manifest)(error)),
        Ok(()) | Err(_) => {}
    }
    let so_far = AtomicU64::new(0);
    let cars: Result<Vec<Packed>, PackError> = plan
        .cars
        .par_iter()
        .map(|car| {
            let path = out.join(&car.file);
            let sha256 = match kept(car, &path) {
                Some(sha256) => sha256,
                None => write_car(car, &path)?,
            };
            done(so_far.fetch_add(car.images, Ordering::Relaxed).saturating_add(car.images));
            Ok(Packed {
                file: car.file.clone(),
                path: car.path.clone(),
                root: car.root.to_string(),
                complete: car.complete,
                images: car.images,
                bytes: car.bytes,
                sha256,
            })
        })
        .collect();
    let cars = cars?;
    let images = cars.iter().map(|car| car.images).sum();
    let made = Manifest {
        version: VERSION,
        profile: "unixfs-v1-2025".to_owned(),
        root: plan.root.to_string(),
        images,
        contents: plan.contents.clone(),
        car_bytes: plan.car_bytes,
        cars,
    };
    let mut text = serde_json::to_vec_pretty(&made).map_err(|error| failed(&manifest)(error.into()))?;
    text.push(b'\n');
    whole::write(&manifest, &text).map_err(failed(&manifest))?;
    Ok(made)
}

/// Reads what was packed into `folder`.
///
/// # Errors
/// [`PackError::Read`] and [`PackError::Manifest`].
pub fn manifest(folder: &Path) -> Result<Manifest, PackError> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).map_err(|source| PackError::Read { path: path.clone(), source })?;
    let wrong = |why: String| PackError::Manifest { path: path.clone(), why };
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    if manifest.version != VERSION {
        return Err(wrong(format!("version {} where this program knows {VERSION}", manifest.version)));
    }
    // Names are of files beside it: one with a slash would lead elsewhere.
    if let Some(car) = manifest.cars.iter().find(|car| car.file.contains(['/', '\\'])) {
        return Err(wrong(format!("a CAR is named {:?}", car.file)));
    }
    Ok(manifest)
}

/// The SHA-256 of a CAR of an earlier run, if it is what is planned.
fn kept(car: &Planned, path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    if file.metadata().ok()?.len() != car.bytes {
        return None;
    }
    let mut from = Hashing { inner: file, hash: Sha256::new() };
    let mut reader = car::Reader::new(BufReader::with_capacity(1 << 16, &mut from)).ok()?;
    if reader.root() != car.root {
        return None;
    }
    for block in &car.blocks {
        // Its bytes are what its CID names.
        let (cid, _) = reader.block().ok()??;
        if cid != *block.cid() {
            return None;
        }
    }
    reader.block().ok()?.is_none().then_some(())?;
    Some(hex::encode(from.hash.finalize()))
}

fn write_car(car: &Planned, path: &Path) -> Result<String, PackError> {
    let failed = |source| PackError::Write { path: path.to_owned(), source };
    let mut sha256 = String::new();
    let mut unfit = None;
    let written = whole::fill(path, true, |file| {
        let mut to = Hashing { inner: file, hash: Sha256::new() };
        car::begin(&mut to, &car.root)?;
        for block in &car.blocks {
            match block {
                Block::Directory { cid, bytes } => car::add(&mut to, cid, bytes)?,
                Block::Image { cid, path, .. } => match read_image(path, cid) {
                    Ok(bytes) => car::add(&mut to, cid, &bytes)?,
                    Err(error) => {
                        unfit = Some(error);
                        return Err(io::ErrorKind::Other.into());
                    }
                },
            }
        }
        sha256 = hex::encode(to.hash.finalize());
        Ok(())
    });
    match unfit {
        Some(error) => Err(error),
        None => written.map(|()| sha256).map_err(failed),
    }
}

/// The bytes of the image, which are what `cid` names.
fn read_image(path: &Path, cid: &Cid) -> Result<Vec<u8>, PackError> {
    let bytes = folder::read(path).map_err(|source| PackError::Read { path: path.to_owned(), source })?;
    let other = |why: String| PackError::OtherImage { path: path.to_owned(), why };
    let found = image(&bytes).map_err(|error| other(error.to_string()))?;
    if found.cid != *cid {
        return Err(other(format!("its bytes have the CID {}, and the catalogue says {cid}", found.cid)));
    }
    Ok(bytes)
}

/// Hashes what passes.
struct Hashing<T> {
    inner: T,
    hash: Sha256,
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests;
