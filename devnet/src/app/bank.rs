//! The bank module as contracts reach it, on top of the [ledger](super::ledger).
//!
//! It replaces cw-multi-test's keeper, which has no `coin_spent` and `coin_received`, creates no accounts,
//! and adds up every balance for a supply.

use std::fmt::Debug;

use cosmwasm_std::{
    Addr, Api, BankMsg, BankQuery, Binary, BlockInfo, Coin, CustomMsg, CustomQuery, Empty, Querier, Storage,
    Uint128, to_json_binary,
};
use cw_multi_test::error::{AnyResult, anyhow};
use cw_multi_test::{AppResponse, Bank, BankSudo, CosmosRouter, Module};
use serde::de::DeserializeOwned;

use super::events::{Event, to_wasm};
use super::ledger::{balance, balances, burn, checked, send, supply};
use super::tax::BurnTax;
use crate::error::AppError;
use crate::gowords;

/// The bank module of the dev chain, as contracts reach it.
pub(crate) struct DevBank {
    /// The tax on what a contract sends.
    pub(crate) tax: Option<BurnTax>,
}

fn respond(events: Vec<Event>) -> AppResponse {
    let events = events.into_iter().map(to_wasm).collect();
    AppResponse { events, ..AppResponse::default() }
}

impl Bank for DevBank {}

impl Module for DevBank {
    type ExecT = BankMsg;
    type QueryT = BankQuery;
    type SudoT = BankSudo;

    fn execute<ExecC, QueryC>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        _router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        _block: &BlockInfo,
        sender: Addr,
        msg: BankMsg,
    ) -> AnyResult<AppResponse>
    where
        ExecC: CustomMsg + DeserializeOwned + 'static,
        QueryC: CustomQuery + DeserializeOwned + 'static,
    {
        match msg {
            BankMsg::Send { to_address, amount } => {
                let to = api
                    // A node takes an address all in upper case, too.
                    .addr_validate(&gowords::one_case(&to_address))
                    .map_err(|error| AppError::invalid_address(format!("{to_address:?}: {error}")))?;
                let (mut amount, mut events) = (checked(&amount)?, Vec::new());
                if let Some(tax) = &self.tax {
                    (amount, events) = tax.charge(storage, sender.as_str(), &amount)?;
                }
                events.extend(send(storage, sender.as_str(), to.as_str(), &amount)?);
                Ok(respond(events))
            }
            BankMsg::Burn { amount } => Ok(respond(burn(storage, sender.as_str(), &checked(&amount)?)?)),
            other => Err(AppError::not_supported(format!("bank message {other:?}")).into()),
        }
    }

    fn query(
        &self,
        api: &dyn Api,
        storage: &dyn Storage,
        _querier: &dyn Querier,
        _block: &BlockInfo,
        request: BankQuery,
    ) -> AnyResult<Binary> {
        Ok(match request {
            BankQuery::Balance { address, denom } => {
                let address = api.addr_validate(&address)?;
                let amount = Uint128::new(balance(storage, address.as_str(), &denom));
                to_json_binary(&cosmwasm_std::BalanceResponse::new(Coin { denom, amount }))?
            }
            #[expect(deprecated, reason = "deprecated, but contracts of this generation still ask it")]
            BankQuery::AllBalances { address } => {
                let address = api.addr_validate(&address)?;
                to_json_binary(&cosmwasm_std::AllBalanceResponse::new(balances(storage, address.as_str())))?
            }
            BankQuery::Supply { denom } => {
                let amount = Uint128::new(supply(storage, &denom));
                to_json_binary(&cosmwasm_std::SupplyResponse::new(Coin { denom, amount }))?
            }
            other => return Err(unknown(&other)),
        })
    }

    fn sudo<ExecC, QueryC>(
        &self,
        _api: &dyn Api,
        _storage: &mut dyn Storage,
        _router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        _block: &BlockInfo,
        msg: BankSudo,
    ) -> AnyResult<AppResponse>
    where
        ExecC: CustomMsg + DeserializeOwned + 'static,
        QueryC: CustomQuery + DeserializeOwned + 'static,
    {
        Err(unknown(&msg))
    }
}

fn unknown(what: &impl Debug) -> cw_multi_test::error::AnyError {
    anyhow!("the dev chain's bank does not answer {what:?}")
}

/// The contracts of the dev chain send no custom messages.
pub(crate) type NoCustom = cw_multi_test::FailingModule<Empty, Empty, Empty>;
