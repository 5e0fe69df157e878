//! What all contracts do alike: refuse coins, migrate forward only, make collections, write their schema.

use std::path::Path;
use std::{fs, io};

use cosmwasm_schema::Api as Schema;
use cosmwasm_std::{
    Addr, Api, Coin, Env, HexBinary, Reply, Response, StdError, StdResult, Storage, SubMsgResult, WasmMsg,
    to_json_binary,
};
use meteor_messages::nft;
use meteor_messages::nft::CollectionInit;
use meteor_rules::fairness::Bytes32;
use thiserror::Error;

/// What every contract refuses.
#[derive(Debug, PartialEq, Error)]
pub enum KitError {
    /// The chain or its storage failed.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Coins came with a message that takes none.
    #[error("{given} came with a message that takes no coins: send it without")]
    FundsNotTaken {
        /// The coins.
        given: String,
    },
    /// A reply came that nothing asked for.
    #[error("reply {id} answers nothing that this contract asked for")]
    UnknownReply {
        /// Its id.
        id: u64,
    },
    /// The chain's answer to an instantiation can't be read.
    #[error("the chain's answer names no address of the new contract")]
    NoAddress,
    /// A batch is empty or too large.
    #[error("the batch has {given} entries: give 1 to {most}")]
    BatchSize {
        /// Its entries.
        given: usize,
        /// Most entries.
        most: usize,
    },
    /// Bytes have another length.
    #[error("{what} has {given} bytes: it must have {wanted}")]
    Length {
        /// Which bytes.
        what: &'static str,
        /// How many there are.
        given: usize,
        /// How many there must be.
        wanted: &'static str,
    },
    /// The migration is from another contract.
    #[error("the contract is {stored}, not {expected}: migrate it with its own code")]
    WrongContract {
        /// What it is.
        stored: String,
        /// What this code migrates.
        expected: &'static str,
    },
    /// The migration is to an older version.
    #[error("the contract is at version {stored}, newer than {offered}: migrate forward only")]
    Downgrade {
        /// Its version.
        stored: String,
        /// This code's version.
        offered: &'static str,
    },
}

/// Coins as error texts name them.
pub fn describe(funds: &[Coin]) -> String {
    funds.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Refuses coins: nobody's name would be on them.
pub fn nonpayable(funds: &[Coin]) -> Result<(), KitError> {
    if funds.is_empty() { Ok(()) } else { Err(KitError::FundsNotTaken { given: describe(funds) }) }
}

/// Refuses a list that is empty or that could exceed a block's gas.
pub const fn batch_size(given: usize, most: usize) -> Result<(), KitError> {
    if given == 0 || given > most { Err(KitError::BatchSize { given, most }) } else { Ok(()) }
}

/// 32 bytes, or a refusal that names `what`.
pub fn bytes32(what: &'static str, bytes: &HexBinary) -> Result<Bytes32, KitError> {
    bytes.as_slice().try_into().map_err(|_| KitError::Length { what, given: bytes.len(), wanted: "32" })
}

/// Checks that `name` is migrated, and not to an older `version`, and writes the new version.
pub fn migrate(
    storage: &mut dyn Storage,
    name: &'static str,
    version: &'static str,
) -> Result<Response, KitError> {
    let stored = cw2::get_contract_version(storage)?;
    if stored.contract != name {
        return Err(KitError::WrongContract { stored: stored.contract, expected: name });
    }
    cw2::ensure_from_older_version(storage, name, version)
        .map_err(|_| KitError::Downgrade { stored: stored.version.clone(), offered: version })?;
    Ok(Response::new()
        .add_attribute("action", "migrate")
        .add_attribute("from_version", stored.version)
        .add_attribute("to_version", version))
}

/// The message that makes a collection with this contract as its one minter. It has no admin, so nobody can
/// swap its code or its minter.
pub fn make_collection(collection: CollectionInit, env: &Env) -> StdResult<WasmMsg> {
    Ok(WasmMsg::Instantiate {
        admin: None,
        code_id: collection.code_id,
        label: collection.name.chars().take(128).collect(),
        msg: to_json_binary(&nft::InstantiateMsg {
            name: collection.name,
            symbol: collection.symbol,
            minter: env.contract.address.to_string(),
            template: collection.template,
            royalties: collection.royalties,
        })?,
        funds: vec![],
    })
}

/// The address of the contract that was just made.
pub fn instantiated(api: &dyn Api, reply: Reply) -> Result<Addr, KitError> {
    let SubMsgResult::Ok(done) = reply.result else { return Err(KitError::NoAddress) };
    // Chains before CosmWasm 2 answer in `data` alone. It holds the same message.
    #[allow(deprecated)]
    let data = done.msg_responses.first().map(|answer| answer.value.clone()).or(done.data);
    let answer = data.and_then(|data| cw_utils::parse_instantiate_response_data(data.as_slice()).ok());
    Ok(api.addr_validate(&answer.ok_or(KitError::NoAddress)?.contract_address)?)
}

/// Writes a contract's messages and answers to `schema/`, in a file with the contract's name.
pub fn write_schema(schema: Schema) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{}.json", schema.contract_name));
    fs::write(file, schema.render().to_string().map_err(io::Error::other)? + "\n")
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::{MockApi, MockStorage, mock_env};
    use cosmwasm_std::{Binary, MsgResponse, SubMsgResponse, coin, coins, from_json};
    use meteor_messages::nft::Royalties;
    use meteor_rules::metadata::Template;

    use super::*;

    #[test]
    fn coins_are_refused_and_named() {
        assert_eq!(nonpayable(&[]), Ok(()));
        let refused = |funds: &[Coin], given: &str| {
            assert_eq!(nonpayable(funds), Err(KitError::FundsNotTaken { given: given.into() }));
        };
        refused(&coins(3, "uusd"), "3uusd");
        refused(&coins(0, "uusd"), "0uusd");
        refused(&[coin(3, "uusd"), coin(1, "uluna")], "3uusd,1uluna");
    }

    #[test]
    fn batches_have_1_to_most_entries() {
        for given in [0, 4, usize::MAX] {
            assert_eq!(batch_size(given, 3), Err(KitError::BatchSize { given, most: 3 }));
        }
        assert_eq!((batch_size(1, 3), batch_size(3, 3)), (Ok(()), Ok(())));
    }

    #[test]
    fn hashes_have_32_bytes() {
        assert_eq!(bytes32("the root", &[7; 32].into()), Ok([7; 32]));
        for given in [0, 31, 33] {
            let refused = KitError::Length { what: "the root", given, wanted: "32" };
            assert_eq!(bytes32("the root", &vec![7; given].into()), Err(refused));
        }
    }

    #[test]
    fn a_migration_is_of_the_same_contract_and_forward() {
        let mut storage = MockStorage::new();
        let mut from = |name: &str, version: &str| {
            cw2::set_contract_version(&mut storage, name, version).unwrap();
            let done = migrate(&mut storage, "ours", "1.2.0");
            (done.map(|response| response.attributes), cw2::get_contract_version(&storage).unwrap().version)
        };
        for version in ["0.9.9", "1.1.9", "1.2.0"] {
            let (told, now) = from("ours", version);
            let told: Vec<String> = told.unwrap().into_iter().map(|told| told.value).collect();
            assert_eq!(
                (told, now.as_str()),
                (vec!["migrate".into(), version.into(), "1.2.0".into()], "1.2.0")
            );
        }
        for version in ["1.2.1", "2.0.0"] {
            let refused = KitError::Downgrade { stored: version.into(), offered: "1.2.0" };
            assert_eq!(from("ours", version), (Err(refused), version.into()));
        }
        let refused = KitError::WrongContract { stored: "other".into(), expected: "ours" };
        assert_eq!(from("other", "0.1.0"), (Err(refused), "0.1.0".into()));
        assert!(matches!(migrate(&mut MockStorage::new(), "ours", "1.2.0"), Err(KitError::Std(_))));
    }

    #[test]
    fn a_collection_is_made_without_an_admin_for_this_contract_to_mint() {
        let template = Template { name: "x".into(), description: "y".into(), columns: vec![] };
        let royalties = Some(Royalties { payment_address: "team".into(), share_bp: 7 });
        let name = "é".repeat(200); // 400 bytes: a label is cut by characters
        let collection =
            CollectionInit { code_id: 3, name: name.clone(), symbol: "S".into(), template, royalties };
        let made = make_collection(collection.clone(), &mock_env()).unwrap();
        let WasmMsg::Instantiate { admin, code_id, msg, funds, label } = made else { panic!("{made:?}") };
        assert_eq!((admin, code_id, funds, label), (None, 3, vec![], "é".repeat(128)));
        let CollectionInit { symbol, template, royalties, .. } = collection;
        let minter = mock_env().contract.address.into();
        assert_eq!(from_json(msg), Ok(nft::InstantiateMsg { name, symbol, minter, template, royalties }));
    }

    #[test]
    fn the_new_contracts_address_is_read_or_nothing_is() {
        let api = MockApi::default();
        let address = api.addr_make("new");
        // A protobuf message with the address in field 1, as every chain since CosmWasm 1 answers.
        let answer = |address: &str| -> Binary {
            [&[10, u8::try_from(address.len()).unwrap()], address.as_bytes()].concat().into()
        };
        #[allow(deprecated)] // chains before CosmWasm 2 answer in `data`
        let read = |data: Option<Binary>, response: Option<Binary>| {
            let msg_responses = response.map(|value| MsgResponse { type_url: "any".into(), value });
            let done =
                SubMsgResponse { events: vec![], data, msg_responses: msg_responses.into_iter().collect() };
            let result = SubMsgResult::Ok(done);
            instantiated(&api, Reply { id: 1, payload: Binary::default(), gas_used: 0, result })
        };
        let good = || Some(answer(address.as_str()));
        assert_eq!(read(None, good()), Ok(address.clone()));
        assert_eq!(read(good(), None), Ok(address.clone()));
        assert_eq!(read(Some(answer("old")), good()), Ok(address.clone()), "the new form counts");
        assert_eq!(read(None, None), Err(KitError::NoAddress));
        assert_eq!(read(None, Some(b"no protobuf".into())), Err(KitError::NoAddress));
        assert!(matches!(read(None, Some(answer("nobody"))), Err(KitError::Std(_))), "checked by the chain");
        let failed = SubMsgResult::Err("no".into());
        let failed = Reply { id: 1, payload: Binary::default(), gas_used: 0, result: failed };
        assert_eq!(instantiated(&api, failed), Err(KitError::NoAddress));
    }
}
