//! The `dev_` namespace: controls no real node has. Only on the dev chain, only over JSON-RPC.
//! The table of methods is in the documentation of the crate.
use std::time::Duration;

use cosmwasm_std::{Coin, Timestamp, Uint128};
use serde_json::{Value, json};

use super::RpcError;
use super::params::Params;
use crate::chain::node::Node;
use crate::chain::produce::BlockCall;
use crate::config::Blocks;

/// One call makes no more blocks than this, so that it ends.
pub(crate) const MAX_BLOCKS: u32 = 10_000;

fn number(params: &Params, name: &str) -> Result<Option<u64>, RpcError> {
    let Some(number) = params.integer(name)? else { return Ok(None) };
    let number = u64::try_from(number);
    number.map(Some).map_err(|_| RpcError::invalid_params(format!("{name} must not be negative")))
}

fn needed<T>(value: Option<T>, name: &str) -> Result<T, RpcError> {
    value.ok_or_else(|| RpcError::invalid_params(format!("{name} is required")))
}

fn amount(params: &Params) -> Result<u128, RpcError> {
    let amount = needed(params.text("amount")?, "amount")?;
    amount.parse().map_err(|_| RpcError::invalid_params("amount must be a decimal string"))
}

pub(crate) async fn call(node: &Node, control: &str, params: &Params) -> Result<Value, RpcError> {
    match control {
        "mine" => {
            let blocks = number(params, "blocks")?.unwrap_or(1);
            let blocks = u32::try_from(blocks).ok().filter(|blocks| *blocks <= MAX_BLOCKS);
            let blocks = blocks.ok_or_else(|| {
                RpcError::invalid_params(format!("blocks must be at most {MAX_BLOCKS} a call"))
            })?;
            let height = node.call(move |worker| worker.chain.mine(blocks)).await??;
            Ok(json!({ "height": height.to_string() }))
        }
        "advanceTime" => {
            let by = Duration::from_secs(needed(number(params, "seconds")?, "seconds")?);
            let tip = node.call(move |worker| worker.chain.advance_time(by)).await??;
            Ok(json!({ "height": tip.height.to_string(), "time": tip.time.nanos().to_string() }))
        }
        "setTime" => {
            let seconds = needed(number(params, "seconds")?, "seconds")?;
            // Nanoseconds of 64 bits end in the year 2554.
            let nanos = seconds.checked_mul(1_000_000_000);
            let nanos = nanos.ok_or_else(|| RpcError::invalid_params("seconds are too many"))?;
            let time = Timestamp::from_nanos(nanos);
            let tip = node.call(move |worker| worker.chain.set_time(time)).await??;
            Ok(json!({ "height": tip.height.to_string(), "time": tip.time.nanos().to_string() }))
        }
        "setBalance" => {
            let address = needed(params.text("address")?, "address")?;
            let denom = needed(params.text("denom")?, "denom")?;
            let coin = Coin { denom, amount: Uint128::new(amount(params)?) };
            node.call(move |worker| worker.chain.set_balance(&address, &coin)).await??;
            Ok(json!({}))
        }
        "refuse" => {
            let address = needed(params.text("address")?, "address")?;
            node.call(move |worker| worker.chain.refuse(&address)).await??;
            Ok(json!({}))
        }
        "call" => {
            let contract = needed(params.text("contract")?, "contract")?;
            let msg = needed(params.text("msg")?, "msg")?.into_bytes();
            let funds = match params.text("denom")? {
                None => Vec::new(),
                Some(denom) => vec![Coin { denom, amount: Uint128::new(amount(params)?) }],
            };
            let call = BlockCall { sender: params.text("sender")?, contract, msg, funds };
            let height = node.call(move |worker| worker.chain.call(&call)).await??;
            Ok(json!({ "height": height.to_string() }))
        }
        "renameChain" => {
            let chain_id = needed(params.text("chain_id")?, "chain_id")?;
            let height = node.call(move |worker| worker.chain.rename(&chain_id)).await??;
            Ok(json!({ "height": height.to_string() }))
        }
        "snapshot" => {
            let id = node.call(|worker| worker.chain.snapshot()).await?;
            Ok(json!({ "id": id.to_string() }))
        }
        "revert" => {
            let id = needed(number(params, "id")?, "id")?;
            let height = node.call(move |worker| worker.chain.revert(id)).await??;
            Ok(json!({ "height": height.to_string() }))
        }
        "setBlocks" => {
            let interval = number(params, "interval_ms")?;
            let blocks = match needed(params.text("mode")?, "mode")?.as_str() {
                "interval" => {
                    let millis = needed(interval.filter(|millis| *millis > 0), "interval_ms above 0")?;
                    Blocks::Interval(Duration::from_millis(millis))
                }
                "on_tx" => Blocks::OnTx,
                "on_demand" => Blocks::OnDemand,
                _ => return Err(RpcError::invalid_params("mode is interval, on_tx or on_demand")),
            };
            node.call(move |worker| worker.set_blocks(blocks)).await?;
            Ok(json!({}))
        }
        _ => Err(RpcError::method_not_found()),
    }
}
