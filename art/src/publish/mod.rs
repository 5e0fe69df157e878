//! Brings the images to where they are hosted, and looks whether they are there: a folder or bucket with an object for each
//! image, or a pinning service that takes CARs. What a place has is asked of the place itself, so a run that was stopped
//! goes on from any machine, and there is no state to lose.

pub mod pinning;
pub mod store;

use std::collections::BTreeMap;
use std::path::PathBuf;

use cid::Cid;
use meteor_rules::catalogue::described::Described;
use meteor_rules::fairness::content::Tables;
use meteor_rules::tier::Tier;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use thiserror::Error;

use crate::cid::raw_sha256;
use crate::contents::{Content, key, recipes};
use crate::folder::Folder;

/// An image to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its CID.
    pub cid: Cid,
    /// Its file.
    pub path: PathBuf,
    /// The file's length.
    pub bytes: u64,
}

/// An image that should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its CID.
    pub cid: Cid,
    /// Its length, if the catalogue says so.
    pub bytes: Option<u64>,
}

/// What a place lacks of what should be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// How many are there.
    pub there: u64,
    /// What isn't there, in the catalogue's order.
    pub missing: Vec<String>,
    /// What has another length than it should.
    pub other_length: Vec<String>,
}

/// Why an image or CAR can't be named.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ItemError {
    /// A CID that names no file's own bytes.
    #[error("{tier} {index}: {image} is no CID of one raw block, as publishing needs it")]
    NoRawCid {
        /// The piece's tier.
        tier: Tier,
        /// Its index.
        index: u32,
        /// As the catalogue has it.
        image: String,
    },
    /// The same of an image that the preset names.
    #[error("{key}: {image} is no CID of one raw block, which no bytes can be compared with")]
    NoRawContent {
        /// Where in the preset.
        key: String,
        /// As the preset has it.
        image: String,
    },
    /// A piece whose image isn't in the folder.
    #[error("there is no image {tier}/{index}: meteor art check lists all that are missing")]
    Missing {
        /// The piece's tier.
        tier: Tier,
        /// Its index.
        index: u32,
    },
}

/// The images that a catalogue says should be there.
///
/// # Errors
/// [`ItemError::NoRawCid`].
pub fn wanted(described: &Described) -> Result<Vec<Wanted>, ItemError> {
    let mut wanted = Vec::new();
    for tier in Tier::ALL {
        let files = described.files.as_ref().map(|files| files.get(tier).as_slice()).unwrap_or_default();
        for (index, piece) in (0u32..).zip(described.catalogue.pieces(tier)) {
            let image = piece.image.clone();
            let cid = raw(&image).ok_or(ItemError::NoRawCid { tier, index, image })?;
            let bytes = usize::try_from(index).ok().and_then(|at| files.get(at)).map(|file| file.bytes);
            wanted.push(Wanted { cid, bytes });
        }
    }
    Ok(wanted)
}

/// The images of eggs and dust that a preset names, each once.
///
/// # Errors
/// [`ItemError::NoRawContent`].
pub fn wanted_contents(tables: &Tables) -> Result<Vec<Wanted>, ItemError> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for (kind, recipe) in recipes(tables) {
        for (tier, image) in recipe.images.iter().flat_map(|(tier, all)| all.iter().map(move |it| (tier, it)))
        {
            let none = || ItemError::NoRawContent { key: key(kind, tier), image: image.clone() };
            let it = Wanted { cid: raw(image).ok_or_else(none)?, bytes: None };
            if !wanted.contains(&it) {
                wanted.push(it);
            }
        }
    }
    Ok(wanted)
}

/// The CID that a text is, if it names a file's own bytes.
fn raw(text: &str) -> Option<Cid> {
    Cid::try_from(text).ok().filter(|cid| raw_sha256(cid).is_some())
}

/// The images of a catalogue with their files.
///
/// # Errors
/// [`ItemError`].
pub fn items(described: &Described, folder: &Folder) -> Result<Vec<Item>, ItemError> {
    let mut wanted = wanted(described)?.into_iter();
    let mut items = Vec::new();
    for tier in Tier::ALL {
        for (index, _) in (0u32..).zip(described.catalogue.pieces(tier)) {
            let found = folder.images.get(tier).get(&index).ok_or(ItemError::Missing { tier, index })?;
            let Some(Wanted { cid, .. }) = wanted.next() else { break };
            items.push(Item { cid, path: folder.image(tier, found), bytes: found.bytes });
        }
    }
    Ok(items)
}

impl From<Content> for Item {
    fn from(Content { path, image, .. }: Content) -> Self {
        Self { cid: image.cid, path, bytes: image.file.bytes }
    }
}

/// Compares what a place has (names and lengths) with what should be there.
pub fn lacks(have: &BTreeMap<String, u64>, wanted: &[Wanted]) -> Lacks {
    let mut lacks = Lacks::default();
    for Wanted { cid, bytes } in wanted {
        let name = cid.to_string();
        match (have.get(&name), bytes) {
            (None, _) => lacks.missing.push(name),
            (Some(has), Some(says)) if has != says => lacks.other_length.push(name),
            (Some(_), _) => lacks.there = lacks.there.saturating_add(1),
        }
    }
    lacks
}

/// `count` of what should be there, drawn by `seed`, without repetition; all of it if there is no more.
pub fn sample(wanted: &[Wanted], count: usize, seed: u64) -> Vec<Cid> {
    let mut cids: Vec<Cid> = wanted.iter().map(|wanted| wanted.cid).collect();
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let count = count.min(cids.len());
    for at in 0..count {
        let rest = u64::try_from(cids.len().saturating_sub(at)).unwrap_or(u64::MAX);
        // The tiny bias of the remainder does no harm to a sample.
        let other = usize::try_from(rng.next_u64().checked_rem(rest).unwrap_or(0)).unwrap_or(0);
        cids.swap(at, at.saturating_add(other));
    }
    cids.truncate(count);
    cids
}

#[cfg(test)]
mod places;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cid::image;

    #[test]
    fn a_sample_is_drawn_by_its_seed_without_repetition() {
        let of = |n: u8| Wanted { cid: image(&[n]).unwrap().cid, bytes: Some(1) };
        let wanted: Vec<Wanted> = (0..50).map(of).collect();
        let drawn = sample(&wanted, 10, 7);
        assert_eq!(drawn, sample(&wanted, 10, 7));
        assert_ne!(drawn, sample(&wanted, 10, 8));
        let different: std::collections::HashSet<Cid> = drawn.iter().copied().collect();
        assert_eq!((drawn.len(), different.len()), (10, 10));
        assert_eq!(sample(&wanted, 99, 7).len(), 50);
        assert!(sample(&[], 5, 7).is_empty());
    }

    #[test]
    fn what_is_missing_or_of_another_length_is_named() {
        let of = |n: u8, bytes| Wanted { cid: image(&[n]).unwrap().cid, bytes };
        let wanted = [of(1, Some(1)), of(2, Some(1)), of(3, None), of(4, Some(1))];
        let name = |at: usize| wanted[at].cid.to_string();
        let have = BTreeMap::from([(name(0), 1), (name(1), 2), (name(2), 9), ("other".into(), 1)]);
        let lacks = lacks(&have, &wanted);
        assert_eq!((lacks.there, lacks.missing, lacks.other_length), (2, vec![name(3)], vec![name(1)]));
    }
}
