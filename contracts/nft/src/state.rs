//! What is stored beside cw721's own: template, royalties, used ids; and how new tokens are stored.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, StdResult, Storage};
use cw_storage_plus::{Index, Item, Map};
use cw721::state::{Approval, Cw721Config, NftInfo};
use meteor_messages::nft::Royalties;
use meteor_rules::metadata::Template;

use crate::row::Row;

/// Name of the contract, as cw2 stores it.
pub const NAME: &str = concat!("crates.io:", env!("CARGO_PKG_NAME"));
/// Version of the contract, as cw2 stores it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

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

/// cw721's `NftInfo` without its `token_uri`: no token has one, cw721 reads a row without it as one that has
/// none, and its 17 bytes cost 510 gas a token.
#[cw_serde]
struct NewInfo {
    owner: Addr,
    approvals: Vec<Approval>,
    extension: Row,
}

/// Where cw721 keeps its tokens.
const TOKENS: Map<&str, NewInfo> = Map::new("tokens");

/// Stores a new token as the standard's map would: the token, and its place among the owner's.
pub(crate) fn save_new(storage: &mut dyn Storage, token_id: &str, token: NftInfo<Row>) -> StdResult<()> {
    cw721().nft_info.idx.owner.save(storage, token_id.as_bytes(), &token)?;
    let NftInfo { owner, approvals, extension, .. } = token;
    TOKENS.save(storage, token_id, &NewInfo { owner, approvals, extension })
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Order;
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    #[test]
    fn a_new_token_is_where_the_standard_looks_for_it_and_seventeen_bytes_smaller() {
        let owner = Addr::unchecked("owner");
        let extension = Row::pack("Qm", &[7]).unwrap();
        let token = NftInfo { owner: owner.clone(), approvals: vec![], token_uri: None, extension };
        let (mut ours, mut standard) = (MockStorage::new(), MockStorage::new());
        save_new(&mut ours, "12", token.clone()).unwrap();
        cw721().nft_info.save(&mut standard, "12", &token).unwrap();
        assert_eq!(cw721().nft_info.load(&ours, "12"), Ok(token));
        let rows = |storage: &MockStorage| -> Vec<(Vec<u8>, Vec<u8>)> {
            storage.range(None, None, Order::Ascending).collect()
        };
        let (ours, standard) = (rows(&ours), rows(&standard));
        let keys =
            |rows: &[(Vec<u8>, Vec<u8>)]| -> Vec<Vec<u8>> { rows.iter().map(|row| row.0.clone()).collect() };
        assert_eq!(keys(&ours), keys(&standard));
        let bytes = |rows: &[(Vec<u8>, Vec<u8>)]| -> usize { rows.iter().map(|row| row.1.len()).sum() };
        assert_eq!(bytes(&ours) + 17, bytes(&standard));
    }

    #[test]
    fn no_namespace_begins_another() {
        // Ours and those of cw721 0.22, cw-ownable and cw2. An overlap once let owners be replaced.
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
