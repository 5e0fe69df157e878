//! Stand-in art for rehearsals: a well-formed CID and traits for every meteor, made from a seed. Nobody hosts
//! the images.

use data_encoding::BASE32_NOPAD;
use meteor_messages::shower::{Art, OWN_COLUMNS};
use meteor_rules::metadata::{Template, Values};
use meteor_rules::{Rank, ShowerId};
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// The art of one meteor of `shower`.
pub fn stand_in(template: &Template, seed: u64, shower: ShowerId, rank: Rank) -> Art {
    let digest = Sha256::new()
        .chain_update(b"demo art")
        .chain_update(seed.to_be_bytes())
        .chain_update(shower.0.to_be_bytes())
        .chain_update(rank.0.to_be_bytes())
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
    Art { image, traits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meteor_rules::preset::Preset;

    #[test]
    fn stand_in_art_is_accepted_art() {
        let template = Preset::named("demo").unwrap().meteors.template;
        let one = stand_in(&template, 1, ShowerId(1), Rank(1));
        meteor_rules::metadata::check_image(&one.image).unwrap();
        let mut traits = vec![0, 1, 1];
        traits.extend(&one.traits);
        template.check(&traits).unwrap();
        assert_ne!(one, stand_in(&template, 1, ShowerId(1), Rank(2)));
    }
}
