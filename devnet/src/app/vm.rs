//! The contracts: cw-multi-test's router over our own state and bank.
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use cosmwasm_std::testing::{MockApi, MockStorage};
use cosmwasm_std::{
    Addr, Api, Binary, BlockInfo, CanonicalAddr, CodeInfoResponse, CosmosMsg, Empty, QueryRequest, Storage,
    WasmQuery, from_json,
};
use cw_multi_test::error::{AnyError, AnyResult};
use cw_multi_test::{App, AppBuilder, AppResponse, ContractData, CosmosRouter, Wasm, WasmKeeper, no_init};

use super::bank::{DevBank, NoCustom};
use super::codes::{self, Upload};
use super::store::Store;
use super::tax::BurnTax;
use super::wasm::DevWasm;
use crate::config::Code;
use crate::error::AppError;
use crate::gowords;

type Inner = App<DevBank, MockApi, MockStorage, NoCustom, DevWasm>;

/// Runs contracts. The state is handed in with each call: the `App` inside keeps none.
pub(crate) struct Vm {
    app: Inner,
    keeper: Rc<RefCell<WasmKeeper<Empty, Empty>>>,
    /// What the keeper was made of.
    table: RefCell<Vec<codes::Entry>>,
    prefix: &'static str,
    natives: Vec<Code>,
}

impl Vm {
    /// A machine for these contracts; none has a code id yet.
    pub(crate) fn new(prefix: &str, natives: Vec<Code>, tax: Option<BurnTax>) -> Vm {
        // MockApi takes a static prefix; one short string per chain started is what that costs.
        let prefix: &'static str = prefix.to_string().leak();
        let keeper = Rc::new(RefCell::new(codes::keeper(&[], &natives)));
        let app = AppBuilder::default()
            .with_api(MockApi::default().with_prefix(prefix))
            .with_bank(DevBank { tax })
            .with_wasm(DevWasm(Rc::clone(&keeper)))
            .build(no_init);
        Vm { app, keeper, table: RefCell::default(), prefix, natives }
    }

    /// Gives each contract its code id, in the order they were given: genesis.
    pub(crate) fn register(&self, store: &mut Store, creator: &str) {
        for native in 0..self.natives.len() {
            codes::add(store, creator, native);
        }
    }

    /// Another code id for the contract whose wasm this is.
    pub(crate) fn upload(
        &self,
        store: &mut Store,
        creator: &Addr,
        wasm: &[u8],
    ) -> Result<(u64, Upload), AppError> {
        let upload = codes::recognise(wasm, &self.natives)?;
        store.charge(upload.gas);
        Ok((codes::add(store, creator.as_str(), upload.native), upload))
    }

    pub(crate) fn code_ids(store: &Store) -> impl Iterator<Item = u64> {
        (1..).zip(codes::table(store)).map(|(id, _)| id)
    }

    /// Before anything looks at code ids: makes the keeper that of this state.
    fn follow(&self, store: &Store) {
        let table = codes::table(store);
        if *self.table.borrow() != table {
            *self.keeper.borrow_mut() = codes::keeper(&table, &self.natives);
            *self.table.borrow_mut() = table;
        }
    }

    /// The prefix of addresses.
    pub(crate) fn prefix(&self) -> &str {
        self.prefix
    }

    pub(crate) fn address(&self, address: &str) -> Result<Addr, AppError> {
        if let Some(why) = gowords::bad_address(address, self.prefix) {
            return Err(AppError::invalid_address(why));
        }
        let address = address.to_lowercase();
        self.app.api().addr_validate(&address).map_err(|error| AppError::invalid_address(error.to_string()))
    }

    /// The address of 20 or 32 raw bytes.
    pub(crate) fn humanize(&self, bytes: &[u8]) -> Result<Addr, AppError> {
        self.app
            .api()
            .addr_humanize(&CanonicalAddr::from(bytes))
            .map_err(|error| AppError::invalid_address(error.to_string()))
    }

    /// Runs one message. `failed` is the error wasmd registers for what was asked.
    pub(crate) fn execute(
        &self,
        store: &mut Store,
        block: &BlockInfo,
        sender: &Addr,
        msg: CosmosMsg,
        failed: fn(String) -> AppError,
    ) -> Result<AppResponse, AppError> {
        self.follow(store);
        // A contract that panics is a failed transaction, as it is under wasm. The half-written state is a
        // branch that the caller drops.
        catch_unwind(AssertUnwindSafe(|| {
            self.app.router().execute(self.app.api(), store, block, sender.clone(), msg)
        }))
        .unwrap_or_else(|payload| Err(AppError::vm(panic_text(payload.as_ref())).into()))
        .map_err(|error| explain(&error, failed))
    }

    pub(crate) fn smart_query(
        &self,
        store: &Store,
        block: &BlockInfo,
        contract: &str,
        msg: &[u8],
    ) -> Result<Binary, AppError> {
        self.follow(store);
        let query = WasmQuery::Smart { contract_addr: contract.into(), msg: msg.into() };
        catch_unwind(AssertUnwindSafe(|| self.query(store, block, query)))
            .unwrap_or_else(|payload| Err(AppError::vm(panic_text(payload.as_ref())).into()))
            .map_err(|error| explain(&error, AppError::query_failed))
    }

    fn query(&self, store: &dyn Storage, block: &BlockInfo, query: WasmQuery) -> AnyResult<Binary> {
        self.app.router().query(self.app.api(), store, block, QueryRequest::Wasm(query))
    }

    pub(crate) fn contract(&self, store: &dyn Storage, address: &str) -> Result<ContractData, AppError> {
        let addr = self.address(address)?;
        WasmKeeper::<Empty, Empty>::new()
            .contract_data(store, &addr)
            .map_err(|_| AppError::no_such_contract(format!("address {address}")))
    }

    pub(crate) fn code(&self, store: &Store, code_id: u64) -> Result<CodeInfoResponse, AppError> {
        self.follow(store);
        self.query(store, &self.app.block_info(), WasmQuery::CodeInfo { code_id })
            .and_then(|answer| Ok(from_json(answer)?))
            .map_err(|_| AppError::no_such_code(format!("code id {code_id}")))
    }

    pub(crate) fn raw_query(
        &self,
        store: &dyn Storage,
        contract: &Addr,
        key: &[u8],
    ) -> Result<Vec<u8>, AppError> {
        let query = WasmQuery::Raw { contract_addr: contract.to_string(), key: key.into() };
        self.query(store, &self.app.block_info(), query)
            .map(Into::into)
            .map_err(|error| explain(&error, AppError::query_failed))
    }
}

/// The keys and values of one contract.
pub(crate) fn contract_state(store: &dyn Storage, contract: &Addr) -> Vec<(Vec<u8>, Vec<u8>)> {
    WasmKeeper::<Empty, Empty>::new().dump_wasm_raw(store, contract)
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    format!("Error executing Wasm: Aborted: panicked: {text}")
}

/// How cw-multi-test's context of a failed message starts; the message's `Debug` follows.
const CONTEXT: &str = "Error executing WasmMsg:";

/// The error a node would show: the contract's own, without the context cw-multi-test wraps around it.
fn explain(error: &AnyError, failed: fn(String) -> AppError) -> AppError {
    if let Some(error) = error.chain().find_map(|cause| cause.downcast_ref::<AppError>()) {
        return error.clone();
    }
    let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
    let contexts: Vec<_> = causes.iter().filter(|cause| cause.starts_with(CONTEXT)).collect();
    let text = causes.iter().find(|cause| !cause.starts_with(CONTEXT)).cloned().unwrap_or_default();
    // The innermost message failed. Around it wasmd 0.61 has a word for each instantiation and migration, and
    // none for an execution.
    let nested = contexts.len().saturating_sub(1);
    let instantiates = |context: &str| context.contains("\n  Instantiate");
    let migrates = |context: &str| context.contains("\n  Migrate");
    let failed = match contexts.last() {
        Some(context) if nested > 0 && instantiates(context) => AppError::instantiate_failed,
        Some(context) if nested > 0 && migrates(context) => AppError::migrate_failed,
        Some(_) if nested > 0 => AppError::execute_failed,
        _ => failed,
    };
    let error = refused_by_wasmd(&text).unwrap_or_else(|| failed(text));
    let around = contexts.iter().take(nested).filter(|context| instantiates(context) || migrates(context));
    around.fold(error, |error, _| error.within("dispatch"))
}

/// cw-multi-test has only texts for what wasmd refuses itself, with codes.
fn refused_by_wasmd(text: &str) -> Option<AppError> {
    Some(if text.starts_with("Only admin can migrate") {
        AppError::unauthorized("can not migrate")
    } else if text.starts_with("Only admin can update") {
        AppError::unauthorized("can not modify contract")
    } else if text.starts_with("Contract with this address already exists") {
        AppError::duplicate(
            "contract address already exists, try a different combination of creator, checksum and salt",
        )
    } else if text.starts_with("Cannot migrate contract to unregistered code id") {
        AppError::invalid_request("unknown code")
    } else if text.contains("unregistered code id") {
        AppError::no_such_code(text)
    } else if text.contains("cw_multi_test::wasm::ContractData") {
        AppError::no_such_contract("not found")
    } else {
        return None;
    })
}
