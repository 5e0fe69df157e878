//! The demo's pictures: a few of each tier, drawn when it starts and served by the demo itself.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use meteor_art::cid::image;
use meteor_art::collection::{Collection, Kind, Which};
use meteor_art::generate::{CATALOGUE, generate, path_of};
use meteor_indexer::store::Place;
use meteor_rules::catalogue::{Catalogue, described};
use meteor_rules::preset::Preset;
use meteor_rules::tier::{PerTier, Tier};
use tempfile::TempDir;
use tokio::task::spawn_blocking;

/// The collection.
const COLLECTION: &str = "levana-2021";
/// Pictures of each tier and kind. A demo has more meteors: then the list starts again.
const PIECES: u32 = 8;
/// Sides of a picture (pixels).
const SIDE: u32 = 512;

/// Pictures, as long as the demo runs.
#[derive(Debug)]
pub(super) struct Art {
    folder: TempDir,
    /// How many there are.
    pub(super) count: usize,
    /// The pictures of meteors, with their traits.
    pub(super) catalogue: Catalogue,
}

impl Art {
    /// Draws them. The tables of `preset` get those of eggs and dust. `None` if its meteors have other traits than the
    /// collection.
    ///
    /// # Errors
    /// If there is no room for them.
    pub(super) async fn draw(preset: &mut Preset) -> Result<Option<Self>> {
        let template = preset.meteors.template.clone();
        let collection = Collection::open(COLLECTION, Some(SIDE))?.with_at_most(PerTier::from_fn(|_| PIECES));
        let Some(collection) = collection.for_template(template.clone()) else { return Ok(None) };
        let folder = tempfile::tempdir().context("a folder for the demo's pictures")?;
        let out = folder.path().to_owned();
        let named = spawn_blocking(move || -> Result<Vec<(Which, String)>> {
            generate(&collection, &out.join("drawn"), &|| {})?;
            collection.all().into_iter().map(|which| Ok((which, publish(&out, which)?))).collect()
        });
        let named = named.await.context("drawing the demo's pictures")??;
        let of = |kind: Kind| {
            PerTier::from_fn(|tier: Tier| {
                let those = named.iter().filter(|(which, _)| which.kind == kind && which.tier == tier);
                those.map(|(_, cid)| cid.clone()).collect::<Vec<_>>()
            })
        };
        preset.crack.tables.egg.images = of(Kind::Egg);
        preset.crack.tables.dust.images = of(Kind::Dust);
        let list = fs::read(folder.path().join("drawn").join(CATALOGUE))?;
        let read = described::read(&list, &template);
        let catalogue = read.map_err(|faults| anyhow::anyhow!("the demo's catalogue: {faults:?}"))?.catalogue;
        Ok(Some(Self { folder, count: named.len(), catalogue }))
    }

    /// Where they are.
    pub(super) fn place(&self) -> Place {
        Place::Folder(self.folder.path().to_owned())
    }
}

/// Puts a picture where a server looks for it, and names it.
fn publish(out: &Path, which: Which) -> Result<String> {
    let drawn = path_of(&out.join("drawn"), which);
    let cid = image(&fs::read(&drawn)?)?.cid.to_string();
    let folder = out.join("img");
    fs::create_dir_all(&folder)?;
    fs::rename(drawn, folder.join(&cid))?;
    Ok(cid)
}
