//! Art for mints: images that are CIDs of a number each, and traits that fit a template.

use data_encoding::BASE32_NOPAD;
use meteor_messages::nft::{ExecuteMsg, ExtensionMsg, NewToken};
use meteor_messages::shower::OWN_COLUMNS;
use meteor_rules::catalogue::{Catalogue, Piece};
use meteor_rules::metadata::{Template, Values};
use meteor_rules::tier::PerTier;
use sha2::{Digest, Sha256};

use crate::wallets::address;

/// The bare CID (version 1, raw, SHA-256) of the eight bytes of `number`.
pub fn image(number: u64) -> String {
    let hash: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
    let bytes = [[1, 0x55, 0x12, 32].as_slice(), hash.as_slice()].concat();
    format!("b{}", BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
}

/// Pieces of each tier of a suite's event, unless it says otherwise: few, so that large events use them up.
pub const PIECES: PerTier<u32> = PerTier { legendary: 7, ancient: 11, rare: 30, common: 130 };

/// A catalogue with so many pieces of each tier, no two alike.
pub fn catalogue(template: &Template, counts: PerTier<u32>) -> Catalogue {
    Catalogue::new(PerTier::from_fn(|tier| {
        let first = u64::from(tier.index()) * 1_000_000;
        (0..*counts.get(tier)).map(|index| piece(template, first + u64::from(index))).collect()
    }))
}

/// A piece, its `number` deciding image and traits.
pub fn piece(template: &Template, number: u64) -> Piece {
    let traits = template
        .columns
        .iter()
        .skip(OWN_COLUMNS.len())
        .map(|column| {
            let kinds = match &column.values {
                Values::Number { .. } | Values::Tenths { .. } => 1_000,
                Values::Text(values) | Values::TextOrNone(values) => {
                    u64::try_from(values.len()).unwrap_or(1).max(1)
                }
            };
            u32::try_from(number % kinds).unwrap_or(0)
        })
        .collect();
    Piece { image: image(number), traits }
}

/// A token that a minter could mint.
pub fn token(token_id: u64, owner: &str, traits: Vec<u32>) -> NewToken {
    NewToken { token_id, owner: address(owner).into(), image: image(token_id), traits }
}

/// The message that mints these tokens.
pub fn batch(tokens: Vec<NewToken>) -> ExecuteMsg {
    ExecuteMsg::UpdateExtension { msg: ExtensionMsg::MintBatch { tokens } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_have_the_form_of_cids() {
        assert_eq!(meteor_rules::metadata::check_image(&image(7)), Ok(()));
        assert_ne!(image(7), image(8));
    }
}
