//! Which images and directories go into which CAR, from the catalogue and the files' lengths alone.

use cid::Cid;
use meteor_rules::catalogue::Catalogue;
use meteor_rules::catalogue::described::ImageFile;
use meteor_rules::tier::{PerTier, Tier};

use super::{Block, PackError, Plan, Planned};
use crate::car;
use crate::cid::{LARGEST_IMAGE, raw_sha256};
use crate::collection::Kind;
use crate::contents::{self, Content};
use crate::folder::Folder;
use crate::unixfs::{Directory, Entry, directory};

/// Most images of a sub-directory.
const MOST_IMAGES: usize = 1000;
/// Least bytes that a CAR may be limited to: the largest image and its directory fit.
pub const LEAST_CAR_BYTES: u64 = 2 << 20;
/// Name of the CAR that holds everything.
pub(super) const WHOLE: &str = "art.car";
/// Name of the CAR with what is above the sub-directories.
pub(super) const TOP: &str = "top.car";

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
