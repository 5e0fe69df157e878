//! Which pictures are the event's: those of the catalogue that the launch committed to, and those of the tables from which
//! eggs and dust are drawn.

use std::collections::HashSet;

use data_encoding::BASE32_NOPAD;
use foldhash::fast::RandomState;
use meteor_rules::catalogue::Catalogue;
use meteor_rules::catalogue::described::raw_cid;
use meteor_rules::fairness::content::{Recipe, Tables};
use meteor_rules::tier::Tier;

/// SHA-256 of a picture.
pub type Digest = [u8; 32];

/// What a CID of a raw block begins with: version 1, raw, SHA-256 of 32 bytes.
const RAW: [u8; 4] = [0x01, 0x55, 0x12, 0x20];

/// The hash in the CID of a raw block, written as catalogues do; `None` for any other, whose bytes nothing simple verifies.
pub fn digest_of(cid: &str) -> Option<Digest> {
    let text = cid.strip_prefix('b').filter(|text| text.len() == 58)?;
    let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
    let digest: Digest = bytes.strip_prefix(&RAW)?.try_into().ok()?;
    // There is one way to write it.
    (raw_cid(&digest) == cid).then_some(digest)
}

/// The pictures of a catalogue.
pub(crate) fn of_tiers(catalogue: &Catalogue) -> HashSet<Digest, RandomState> {
    let pieces = Tier::ALL.into_iter().flat_map(|tier| catalogue.pieces(tier));
    pieces.filter_map(|piece| digest_of(&piece.image)).collect()
}

/// The pictures of eggs and dust.
pub(crate) fn of_recipes(tables: &Tables) -> HashSet<Digest, RandomState> {
    let images = |recipe: &Recipe| -> Vec<String> {
        Tier::ALL.into_iter().flat_map(|tier| recipe.images.get(tier).clone()).collect()
    };
    [&tables.egg, &tables.dust].into_iter().flat_map(images).filter_map(|image| digest_of(&image)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_from_the_one_text_that_stands_for_it() {
        let cid = raw_cid(&[7; 32]);
        assert_eq!(digest_of(&cid), Some([7; 32]));
        for other in [
            "",
            "b",
            "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
            "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
            &cid.to_uppercase(),
            &format!("{cid}/x"),
            &format!("{cid}a"),
            &cid[..58],
            "../../etc/passwd",
        ] {
            assert_eq!(digest_of(other), None, "{other}");
        }
        // The last letter has two bits that stand for nothing.
        let last = cid.chars().last().unwrap();
        let next = char::from_u32(u32::from(last) + 1).unwrap();
        assert_eq!(digest_of(&format!("{}{next}", &cid[..58])), None);
    }
}
