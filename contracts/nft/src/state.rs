//! What is stored beside cw721's own: the row of a token, the template, the royalties.

use cosmwasm_schema::cw_serde;
use cw_storage_plus::{Item, Map};
use cw721::state::Cw721Config;
use cw721::traits::Cw721State;
use meteor_messages::nft::Royalties;
use meteor_rules::metadata::Template;

/// What is stored of a token. Names are short because each byte costs 30 gas; it must stay a JSON object, or cw721's
/// own `Burn` and transfers can't read the token.
#[cw_serde]
pub struct Row {
    /// Bare CID of the image.
    #[serde(rename = "i")]
    pub image: String,
    /// One number for each column of the template.
    #[serde(rename = "t")]
    pub traits: Vec<u32>,
}

impl Cw721State for Row {}

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

    #[test]
    fn a_row_is_small_and_an_object() {
        let row = Row { image: "Qm".into(), traits: vec![2, 10614] };
        assert_eq!(cosmwasm_std::to_json_string(&row).unwrap(), r#"{"i":"Qm","t":[2,10614]}"#);
    }
}
