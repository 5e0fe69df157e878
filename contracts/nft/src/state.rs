//! What is stored beside cw721's own: the template, the royalties, the used ids.

use cw_storage_plus::{Item, Map};
use cw721::state::Cw721Config;
use meteor_messages::nft::Royalties;
use meteor_rules::metadata::Template;

use crate::row::Row;

/// How tokens are described; never written again.
pub const TEMPLATE: Item<Template> = Item::new("template");
/// What a sale should pay to whom; never written again.
pub const ROYALTIES: Item<Royalties> = Item::new("royalties");
/// Which ids were ever used: 256 ids a row, one bit each (see `used`).
pub const USED: Map<u64, [u8; 32]> = Map::new("used");

/// The standard's storage with our row in it.
pub fn cw721() -> Cw721Config<'static, Row> {
    Cw721Config::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_namespace_begins_another() {
        // Ours, cw721 0.22's, cw-ownable's and cw2's: an Item inside another's keys is how owners get replaced.
        let names = [
            "template",
            "royalties",
            "used",
            "cw721_collection_info",
            "num_tokens",
            "operators",
            "tokens",
            "withdraw_address",
            "collection_minter",
            "additional_minters",
            cw_ownable::OWNERSHIP_KEY,
            "contract_info",
        ];
        assert_eq!(TEMPLATE.as_slice(), b"template");
        assert_eq!(ROYALTIES.as_slice(), b"royalties");
        assert_eq!(USED.namespace_bytes(), b"used");
        for (at, a) in names.iter().enumerate() {
            for (other, b) in names.iter().enumerate() {
                assert!(at == other || !b.starts_with(a), "{a} begins {b}");
            }
        }
    }
}
