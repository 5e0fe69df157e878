//! A stand-in catalogue for rehearsals: well-formed CIDs and traits, made from a seed. Nobody hosts the images.

use data_encoding::BASE32_NOPAD;
use meteor_messages::shower::OWN_COLUMNS;
use meteor_rules::catalogue::{Catalogue, Piece};
use meteor_rules::metadata::{Template, Values};
use meteor_rules::tier::{PerTier, Tier};
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// A catalogue with so many pieces for each tier.
pub fn stand_in(template: &Template, seed: u64, pieces: u32) -> Catalogue {
    let pieces = |tier| (0..pieces.max(1)).map(|index| piece(template, seed, tier, index)).collect();
    Catalogue::new(PerTier::from_fn(pieces))
}

fn piece(template: &Template, seed: u64, tier: Tier, index: u32) -> Piece {
    let digest = Sha256::new()
        .chain_update(b"demo art")
        .chain_update(seed.to_be_bytes())
        .chain_update(tier.index().to_be_bytes())
        .chain_update(index.to_be_bytes())
        .finalize();
    // CIDv1, raw bytes, SHA-256 of 32 bytes, in lower-case base32 with its prefix.
    let mut cid = vec![0x01, 0x55, 0x12, 0x20];
    cid.extend_from_slice(&digest);
    let image = format!("b{}", BASE32_NOPAD.encode(&cid).to_lowercase());
    let mut rng = ChaCha20Rng::from_seed(digest.into());
    let traits = template
        .columns
        .iter()
        .skip(OWN_COLUMNS.len())
        .map(|column| match &column.values {
            Values::Number { .. } | Values::Tenths { .. } => rng.random_range(10..1000),
            Values::Text(values) | Values::TextOrNone(values) => {
                rng.random_range(0..u32::try_from(values.len()).unwrap_or(1).max(1))
            }
        })
        .collect();
    Piece { image, traits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meteor_rules::catalogue::file::{read, write};
    use meteor_rules::preset::Preset;

    #[test]
    fn a_stand_in_catalogue_is_a_good_one() {
        let template = Preset::named("demo").unwrap().meteors.template;
        let made = stand_in(&template, 1, 12);
        let again = read(write(&made, &template).as_bytes(), &template).unwrap();
        for tier in Tier::ALL {
            assert_eq!(made.committed(tier), again.committed(tier));
            assert_eq!(made.pieces(tier).len(), 12);
        }
    }
}
