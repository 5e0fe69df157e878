//! Writes `schema/meteor-hatchery.json` of the repository: the messages and answers of the contract.

use std::error::Error;
use std::fs;
use std::path::Path;

use cosmwasm_schema::generate_api;
use cosmwasm_std::Empty;
use meteor_messages::hatchery::{ExecuteMsg, InstantiateMsg, QueryMsg};

fn main() -> Result<(), Box<dyn Error>> {
    let api = generate_api! {
        name: "meteor-hatchery",
        version: "0.1.0",
        instantiate: InstantiateMsg,
        query: QueryMsg,
        execute: ExecuteMsg,
        migrate: Empty,
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    fs::create_dir_all(&folder)?;
    let mut text = api.render().to_string()?;
    text.push('\n');
    fs::write(folder.join("meteor-hatchery.json"), text)?;
    Ok(())
}
