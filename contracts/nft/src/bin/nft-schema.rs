//! Writes `schema/meteor-nft.json` of the repository: the messages and answers of the contract.

use cosmwasm_schema::generate_api;
use cosmwasm_std::Empty;
use meteor_messages::nft::{ExecuteMsg, InstantiateMsg, QueryMsg};

fn main() -> std::io::Result<()> {
    meteor_contract_kit::write_schema(generate_api! {
        instantiate: InstantiateMsg,
        query: QueryMsg,
        execute: ExecuteMsg,
        migrate: Empty,
    })
}
