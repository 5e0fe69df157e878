//! Pictures of eggs and dust: `eggs/TIER/INDEX.png` and `dust/TIER/INDEX.png` beside the meteors. No catalogue names
//! them; the preset does, by their CIDs. A folder may have none.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use meteor_rules::fairness::content::{Recipe, Tables};
use meteor_rules::tier::{PerTier, Tier};
use thiserror::Error;

use crate::cid::{Image, ImageError, image};
use crate::collection::Kind;
use crate::folder::{self, Folder};

/// The kinds of pictures that a preset names.
pub(crate) const KINDS: [Kind; 2] = [Kind::Egg, Kind::Dust];

/// A picture of eggs or dust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Egg or dust.
    pub kind: Kind,
    /// Whose it may be.
    pub tier: Tier,
    /// Its place in the tier's list.
    pub index: u32,
    /// Its file.
    pub path: PathBuf,
    /// Its CID and length.
    pub image: Image,
}

/// Why a picture of an egg or of dust can't be used.
#[derive(Debug, Error)]
pub enum ContentsError {
    /// It can't be read.
    #[error("reading {} failed", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no image of one block.
    #[error("{} can't be used", path.display())]
    Image {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ImageError,
    },
}

/// Lists the folders of eggs and dust that are in `of`.
pub(crate) fn folders(of: &Path) -> Result<Vec<(Kind, Folder)>, ContentsError> {
    let there = KINDS.into_iter().filter(|kind| kind.within(of).exists());
    let list = |kind: Kind| {
        let listed = Folder::list(&kind.within(of));
        listed.map(|folder| (kind, folder)).map_err(|(path, source)| ContentsError::Read { path, source })
    };
    there.map(list).collect()
}

/// Reads the pictures of eggs and dust that are in `of`, by kind, tier and index.
///
/// # Errors
/// [`ContentsError`]. A folder that has none of them is no error.
pub fn read(of: &Path) -> Result<Vec<Content>, ContentsError> {
    let mut contents = Vec::new();
    for (kind, folder) in folders(of)? {
        for tier in Tier::ALL {
            for (index, found) in folder.images.get(tier) {
                let path = folder.image(tier, found);
                let bytes = folder::read(&path);
                let bytes = bytes.map_err(|source| ContentsError::Read { path: path.clone(), source })?;
                let image =
                    image(&bytes).map_err(|source| ContentsError::Image { path: path.clone(), source })?;
                contents.push(Content { kind, tier, index: *index, path, image });
            }
        }
    }
    Ok(contents)
}

/// What a preset says of each kind.
pub(crate) fn recipes(tables: &Tables) -> [(Kind, &Recipe); 2] {
    [(Kind::Egg, &tables.egg), (Kind::Dust, &tables.dust)]
}

/// Where a preset names a tier's pictures of a kind.
pub(crate) fn key(kind: Kind, tier: Tier) -> String {
    format!("crack.tables.{}.images.{tier}", kind.name())
}

/// Pictures of eggs and dust in the form in which a preset has them; `None` if there are none.
pub fn for_preset(contents: &[(Kind, Tier, String)]) -> Option<String> {
    let mut text = String::from(
        "# Images of eggs and dust: put them in place of those in the preset, before its commitments are made.\n",
    );
    for kind in KINDS.into_iter().filter(|kind| contents.iter().any(|(of, ..)| of == kind)) {
        let images = PerTier::from_fn(|tier| {
            let those = contents.iter().filter(|(of, its, _)| (*of, *its) == (kind, tier));
            those.map(|(.., cid)| format!("\"{cid}\"")).collect::<Vec<_>>().join(", ")
        });
        let tiers: Vec<String> = images.iter().map(|(tier, images)| format!("{tier} = [{images}]")).collect();
        // Writing to a text never fails.
        let _ = write!(text, "\n[crack.tables.{}]\nimages = {{ {} }}\n", kind.name(), tiers.join(", "));
    }
    (!contents.is_empty()).then_some(text)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Writes a picture of eggs or dust, as far as beginning and end say; its CID.
    pub(crate) fn content(of: &Path, name: &str) -> String {
        let path = of.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let bytes = [b"\x89PNG\r\n\x1a\n", name.as_bytes(), b"\0\0\0\0IEND\xaeB`\x82"].concat();
        std::fs::write(path, &bytes).unwrap();
        image(&bytes).unwrap().cid.to_string()
    }

    #[test]
    fn eggs_and_dust_are_read_in_order_and_a_folder_may_have_none() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), []);
        let names = ["eggs/rare/2.png", "eggs/rare/10.png", "dust/common/0.png"];
        let cids = names.map(|name| content(dir.path(), name));
        let found = read(dir.path()).unwrap();
        let of = |content: &Content| (content.kind, content.tier, content.image.cid.to_string());
        let named: Vec<_> = found.iter().map(of).collect();
        assert_eq!(named.iter().map(|(.., cid)| cid).collect::<Vec<_>>(), cids.iter().collect::<Vec<_>>());
        let text = for_preset(&named).unwrap();
        let table: toml::Table = text.parse().unwrap();
        assert_eq!(table["crack"]["tables"]["egg"]["images"]["rare"][1].as_str(), Some(cids[1].as_str()));
        assert_eq!(table["crack"]["tables"]["dust"]["images"]["rare"].as_array().unwrap().len(), 0);
        assert_eq!(for_preset(&[]), None);

        std::fs::write(dir.path().join(names[0]), "").unwrap();
        assert!(read(dir.path()).unwrap_err().to_string().contains("eggs/rare/2.png can't be used"));
    }
}
