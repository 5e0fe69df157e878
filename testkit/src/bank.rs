//! The bank of a suite: cw-multi-test's own, which can also refuse an address as a chain's bank refuses its
//! module accounts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, bail};
use cosmwasm_std::{
    Addr, Api, BankMsg, BankQuery, Binary, BlockInfo, CustomMsg, CustomQuery, Querier, Storage,
};
use cw_multi_test::{AppResponse, Bank, BankKeeper, BankSudo, CosmosRouter, Module};
use serde::de::DeserializeOwned;

/// A bank that sends to everyone but to those it refuses.
#[derive(Clone, Default)]
pub struct RefusingBank {
    /// The bank itself.
    pub keeper: Arc<BankKeeper>,
    refused: Arc<Mutex<BTreeSet<String>>>,
}

impl RefusingBank {
    /// Refuses everything sent to `address` from now on.
    pub fn refuse(&self, address: &str) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned());
    }

    /// Accepts what is sent to `address` again.
    pub fn accept(&self, address: &str) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
    }

    /// Whether it refuses what is sent to `address`.
    pub fn refuses(&self, address: &str) -> bool {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).contains(address)
    }
}

impl Bank for RefusingBank {}

impl Module for RefusingBank {
    type ExecT = BankMsg;
    type QueryT = BankQuery;
    type SudoT = BankSudo;

    fn execute<ExecC, QueryC>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        block: &BlockInfo,
        sender: Addr,
        msg: BankMsg,
    ) -> Result<AppResponse>
    where
        ExecC: CustomMsg + DeserializeOwned + 'static,
        QueryC: CustomQuery + DeserializeOwned + 'static,
    {
        if let BankMsg::Send { to_address, .. } = &msg
            && self.refuses(to_address)
        {
            bail!("{to_address} is not allowed to receive funds: unauthorized");
        }
        self.keeper.execute(api, storage, router, block, sender, msg)
    }

    fn query(
        &self,
        api: &dyn Api,
        storage: &dyn Storage,
        querier: &dyn Querier,
        block: &BlockInfo,
        request: BankQuery,
    ) -> Result<Binary> {
        self.keeper.query(api, storage, querier, block, request)
    }

    fn sudo<ExecC, QueryC>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        block: &BlockInfo,
        msg: BankSudo,
    ) -> Result<AppResponse>
    where
        ExecC: CustomMsg + DeserializeOwned + 'static,
        QueryC: CustomQuery + DeserializeOwned + 'static,
    {
        self.keeper.sudo(api, storage, router, block, msg)
    }
}
