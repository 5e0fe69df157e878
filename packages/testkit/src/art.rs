//! Art for mints: images that look like CIDs and are never the same twice, and traits that fit a template.

use meteor_messages::shower::{Art, OWN_COLUMNS};
use meteor_rules::metadata::{Template, Values};
use sha2::{Digest, Sha256};

/// A bare CID (version 1, base32) made from `number`.
pub fn image(number: u64) -> String {
    let alphabet = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p'];
    let nibbles = Sha256::digest(number.to_be_bytes());
    let letters = nibbles.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let text: String = letters.filter_map(|nibble| alphabet.get(usize::from(nibble))).take(50).collect();
    format!("bafkreiaa{text}")
}

/// The art of one meteor, its `number` deciding image and traits.
pub fn piece(template: &Template, number: u64) -> Art {
    let traits = template
        .columns
        .iter()
        .skip(OWN_COLUMNS.len())
        .map(|column| {
            let kinds = match &column.values {
                Values::Number { .. } | Values::Tenths { .. } => 1_000,
                Values::Text(values) => u64::try_from(values.len()).unwrap_or(1).max(1),
            };
            u32::try_from(number % kinds).unwrap_or(0)
        })
        .collect();
    Art { image: image(number), traits }
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
