//! Pictures of eggs and dust: whole pictures, and those that the preset names.

use std::collections::BTreeSet;
use std::path::Path;

use meteor_rules::fairness::content::Tables;
use meteor_rules::tier::Tier;

use super::{Finding, Place, What, of_folder, picture};
use crate::contents::{Content, ContentsError, folders, key, recipes};

/// What is wrong with the pictures of eggs and dust in the folder `of`, and how they differ from what the preset names.
///
/// # Errors
/// If a folder can't be listed.
pub fn contents(of: &Path, tables: &Tables) -> Result<Vec<Finding>, ContentsError> {
    let (mut findings, mut good) = (Vec::new(), Vec::new());
    for (kind, folder) in folders(of)? {
        for tier in Tier::ALL {
            for (index, found) in folder.images.get(tier) {
                let path = folder.image(tier, found);
                let (image, whats) = picture(&path);
                findings
                    .extend(whats.into_iter().map(|what| Finding { place: Place::Path(path.clone()), what }));
                good.extend(image.map(|image| Content { kind, tier, index: *index, path, image }));
            }
        }
        findings.extend(of_folder(&folder));
    }
    findings.extend(compared(of, &good, tables));
    Ok(findings)
}

/// How pictures of eggs and dust in the folder `of` differ from what the preset names.
pub fn compared(of: &Path, contents: &[Content], tables: &Tables) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (kind, recipe) in recipes(tables) {
        if !contents.iter().any(|content| content.kind == kind) {
            let count = recipe.images.iter().map(|(_, images)| images.len()).sum();
            let what = What::NoContents { kind: kind.plural(), count };
            findings.push(Finding { place: Place::Path(kind.within(of)), what });
            continue;
        }
        for (tier, images) in recipe.images.iter() {
            let those = contents.iter().filter(|content| (content.kind, content.tier) == (kind, tier));
            let there: Vec<(String, &Path)> =
                those.map(|content| (content.image.cid.to_string(), content.path.as_path())).collect();
            let have: BTreeSet<&String> = there.iter().map(|(cid, _)| cid).collect();
            let named: BTreeSet<&String> = images.iter().collect();
            let key = key(kind, tier);
            let folder = kind.within(of).join(tier.to_string());
            findings.extend(named.iter().filter(|image| !have.contains(**image)).map(|image| Finding {
                place: Place::Preset(key.clone()),
                what: What::NoContent { image: (*image).clone(), folder: folder.clone() },
            }));
            findings.extend(there.iter().filter(|(cid, _)| !named.contains(cid)).map(|(cid, path)| {
                Finding {
                    place: Place::Path((*path).to_owned()),
                    what: What::NotInPreset { cid: cid.clone(), key: key.clone() },
                }
            }));
        }
    }
    findings
}
