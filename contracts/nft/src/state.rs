//! What is stored beside cw721's own: template, royalties, used ids; and how tokens are stored.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, StdResult, Storage};
use cw_storage_plus::{Index, Item, Map};
use cw721::state::{Approval, Cw721Config};
use meteor_messages::nft::Royalties;
use meteor_rules::metadata::Template;

use crate::error::ContractError;

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

/// cw721's extension of a token, of which we store none: its JSON around a row would cost 690 gas a token.
pub type NoExtension = Option<Empty>;
/// A stored token. `token_uri` has its row (see `row`): the standard's verbs keep that text as it is, and no
/// query of ours shows it.
pub type Token = cw721::state::NftInfo<NoExtension>;

/// The standard's storage.
pub fn cw721() -> Cw721Config<'static, NoExtension> {
    Cw721Config::default()
}

/// A new [`Token`] as it is stored: without the fields that cw721 reads as "none" when they are not there.
#[cw_serde]
struct Stored {
    owner: Addr,
    approvals: Vec<Approval>,
    token_uri: String,
}

/// Where cw721 keeps its tokens.
const TOKENS: Map<&str, Stored> = Map::new("tokens");

/// Stores a new token as the standard's map would: the token, and its place among the owner's.
pub(crate) fn save_new(storage: &mut dyn Storage, token_id: &str, owner: Addr, row: String) -> StdResult<()> {
    let token = Token { owner, approvals: vec![], token_uri: Some(row), extension: None };
    cw721().nft_info.idx.owner.save(storage, token_id.as_bytes(), &token)?;
    let Token { owner, approvals, token_uri, .. } = token;
    TOKENS.save(storage, token_id, &Stored { owner, approvals, token_uri: token_uri.unwrap_or_default() })
}

/// A stored token.
///
/// # Errors
/// [`ContractError::NoSuchToken`] if it was never minted or was burnt.
pub(crate) fn token(storage: &dyn Storage, token_id: &str) -> Result<Token, ContractError> {
    cw721()
        .nft_info
        .may_load(storage, token_id)?
        .ok_or_else(|| ContractError::NoSuchToken { token_id: token_id.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use cosmwasm_std::Order;
    use cosmwasm_std::testing::{MockStorage, message_info, mock_dependencies, mock_env};
    use cw721::state::{ADDITIONAL_MINTERS, CREATOR, MINTER};
    use meteor_messages::nft::{ExecuteMsg, ExtensionMsg, InstantiateMsg, NewToken};

    use super::*;
    use crate::contract;

    #[test]
    fn a_new_token_is_where_the_standard_looks_for_it_and_smaller() {
        let owner = Addr::unchecked("owner");
        let token =
            Token { owner: owner.clone(), approvals: vec![], token_uri: Some("row".into()), extension: None };
        let (mut ours, mut standard) = (MockStorage::new(), MockStorage::new());
        save_new(&mut ours, "12", owner, "row".into()).unwrap();
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
        assert_eq!(bytes(&ours) + r#","extension":null"#.len(), bytes(&standard));
    }

    /// A map's keys begin with the length of its name in two bytes and the name; an item's key is its name.
    fn map(name: &[u8]) -> Vec<u8> {
        [&u16::try_from(name.len()).unwrap().to_be_bytes(), name].concat()
    }

    /// What is stored under how the keys begin: of ours, and of cw721, cw-ownable and cw2.
    fn namespaces() -> BTreeMap<Vec<u8>, &'static str> {
        let config = cw721();
        let all = [
            (TEMPLATE.as_slice().to_vec(), "template"),
            (ROYALTIES.as_slice().to_vec(), "royalties"),
            (map(USED.namespace_bytes()), "used ids"),
            (map(TOKENS.namespace_bytes()), "tokens"),
            (map(b"tokens__owner"), "tokens by owner"),
            (cw2::CONTRACT.as_slice().to_vec(), "version"),
            (MINTER.item.as_slice().to_vec(), "minter"),
            (CREATOR.item.as_slice().to_vec(), "creator"),
            (map(ADDITIONAL_MINTERS.namespace_bytes()), "additional minters"),
            (config.collection_info.as_slice().to_vec(), "collection"),
            (map(config.collection_extension.namespace_bytes()), "collection's extension"),
            (config.num_tokens.as_slice().to_vec(), "number of tokens"),
            (map(config.operators.namespace_bytes()), "operators"),
            (config.withdraw_address.as_slice().to_vec(), "withdraw address"),
        ];
        let count = all.len();
        let namespaces = BTreeMap::from(all);
        assert_eq!(
            namespaces.len(),
            count,
            "two items have one name; an overlap once let owners be replaced"
        );
        namespaces
    }

    #[test]
    fn all_that_a_collection_stores_has_a_place_of_its_own() {
        let mut deps = mock_dependencies();
        let [minter, alice, bob] = ["minter", "alice", "bob"].map(|name| deps.api.addr_make(name));
        let msg = InstantiateMsg {
            name: "Meteors".into(),
            symbol: "M".into(),
            minter: minter.to_string(),
            template: Template { name: "x".into(), description: "x".into(), columns: vec![] },
            royalties: Some(Royalties { payment_address: bob.to_string(), share_bp: 1 }),
        };
        contract::instantiate(deps.as_mut(), mock_env(), message_info(&minter, &[]), msg).unwrap();
        let image = "QmXti2f5NJMVyNDfhZYyxaDJvybGk7V98t245fP7KtRMxK".into();
        let token = NewToken { token_id: 7, owner: alice.to_string(), image, traits: vec![] };
        let mint = ExecuteMsg::UpdateExtension { msg: ExtensionMsg::MintBatch { tokens: vec![token] } };
        contract::execute(deps.as_mut(), mock_env(), message_info(&minter, &[]), mint).unwrap();
        let approve = ExecuteMsg::ApproveAll { operator: bob.to_string(), expires: None };
        contract::execute(deps.as_mut(), mock_env(), message_info(&alice, &[]), approve).unwrap();

        let mut never_written = namespaces();
        for (key, _) in deps.storage.range(None, None, Order::Ascending) {
            let places: Vec<&str> = namespaces()
                .into_iter()
                .filter(|(begin, _)| key == *begin || begin.starts_with(&[0]) && key.starts_with(begin))
                .map(|(_, what)| what)
                .collect();
            assert_eq!(places.len(), 1, "{key:?} is in {places:?}");
            never_written.retain(|_, what| *what != places[0]);
        }
        let never_written: BTreeSet<&str> = never_written.into_values().collect();
        assert_eq!(
            never_written,
            BTreeSet::from(["additional minters", "collection's extension", "withdraw address"])
        );
    }
}
