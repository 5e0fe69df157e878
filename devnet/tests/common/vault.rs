//! The contract of the tests: counts deposits, pays out, fails, panics, calls itself.
use cosmwasm_std::{
    Addr, BankMsg, Binary, Deps, DepsMut, Empty, Env, Event, MessageInfo, Reply, Response, StdError,
    StdResult, SubMsg, WasmMsg, coins, to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::{Item, Map};
use serde::{Deserialize, Serialize};

const COUNT: Item<u64> = Item::new("count");
const TOTALS: Map<&Addr, u128> = Map::new("totals");

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Execute {
    Deposit {},
    Pay {
        to: String,
        amount: u64,
    },
    Fail {},
    Panic {},
    /// Calls itself; with `catch` the failure is answered by a reply.
    Nested {
        catch: bool,
    },
    /// Makes another vault.
    Spawn {
        code_id: u64,
    },
    Note {
        text: String,
    },
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    Count {},
    Total { address: String },
    Time {},
    Panic {},
}

pub fn contract() -> Box<dyn Contract<Empty>> {
    let contract = ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate);
    Box::new(contract)
}

fn instantiate(deps: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    COUNT.save(deps.storage, &0)?;
    Ok(Response::new().add_attribute("action", "instantiate").set_data(b"made"))
}

#[allow(clippy::unnecessary_wraps, reason = "the shape of an entry point")]
fn migrate(_: DepsMut, _: Env, _: Empty) -> StdResult<Response> {
    Ok(Response::new().add_attribute("action", "migrate"))
}

#[allow(clippy::unnecessary_wraps, reason = "the shape of an entry point")]
fn reply(_: DepsMut, _: Env, msg: Reply) -> StdResult<Response> {
    Ok(Response::new().add_attribute("caught", msg.result.is_err().to_string()))
}

fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: Execute) -> StdResult<Response> {
    let contract_addr = env.contract.address.to_string();
    match msg {
        Execute::Deposit {} => {
            let paid = info.funds.first().map_or(0, |coin| coin.amount.u128());
            if paid == 0 {
                return Err(StdError::generic_err("send some uusd"));
            }
            let count = COUNT.load(deps.storage)? + 1;
            COUNT.save(deps.storage, &count)?;
            let total = TOTALS.may_load(deps.storage, &info.sender)?.unwrap_or_default() + paid;
            TOTALS.save(deps.storage, &info.sender, &total)?;
            let event =
                Event::new("deposit").add_attribute("v", "1").add_attribute("total", total.to_string());
            let response = Response::new().add_attribute("action", "deposit").add_event(event);
            Ok(response.set_data(count.to_string().as_bytes()))
        }
        Execute::Pay { to, amount } => {
            let msg = BankMsg::Send { to_address: to, amount: coins(amount.into(), "uusd") };
            Ok(Response::new().add_message(msg))
        }
        Execute::Fail {} => {
            COUNT.save(deps.storage, &1_000)?;
            Err(StdError::generic_err("told to fail"))
        }
        Execute::Panic {} => {
            COUNT.save(deps.storage, &1_000)?;
            panic!("told to panic")
        }
        Execute::Nested { catch } => {
            let msg =
                WasmMsg::Execute { contract_addr, msg: to_json_binary(&Execute::Fail {})?, funds: vec![] };
            let msg = if catch { SubMsg::reply_always(msg, 1) } else { SubMsg::new(msg) };
            Ok(Response::new().add_submessage(msg))
        }
        Execute::Spawn { code_id } => {
            let msg = WasmMsg::Instantiate {
                admin: None,
                code_id,
                msg: Binary::from(b"{}"),
                funds: vec![],
                label: "child".into(),
            };
            Ok(Response::new().add_message(msg))
        }
        Execute::Note { text } => Ok(Response::new().add_attribute("text", text)),
    }
}

fn query(deps: Deps, env: Env, msg: Query) -> StdResult<Binary> {
    match msg {
        Query::Count {} => to_json_binary(&COUNT.load(deps.storage)?),
        Query::Total { address } => {
            let address = deps.api.addr_validate(&address)?;
            to_json_binary(&TOTALS.may_load(deps.storage, &address)?.unwrap_or_default().to_string())
        }
        Query::Time {} => to_json_binary(&env.block.time),
        Query::Panic {} => panic!("told to panic"),
    }
}
