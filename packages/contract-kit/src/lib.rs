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
