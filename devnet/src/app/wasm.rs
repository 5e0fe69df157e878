//! The wasm module: cw-multi-test's keeper, plus what wasmd does around each call and the keeper leaves out,
//! at every depth of submessages: events of the funds, accounts of new contracts, code history, events of
//! admins.
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cosmwasm_std::{
    Addr, Api, BankMsg, Binary, BlockInfo, Coin, CosmosMsg, Empty, Event as WasmEvent, Querier, QueryRequest,
    Record, Storage, WasmMsg, WasmQuery,
};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, ContractData, CosmosRouter, SudoMsg, Wasm, WasmKeeper, WasmSudo};

use super::{auth, events, history, ledger};

/// The keeper is replaced between messages when code ids come or go, see `codes.rs`; calls only borrow it.
pub(crate) struct DevWasm(pub(crate) Rc<RefCell<WasmKeeper<Empty, Empty>>>);

/// A router for one call: the keeper moves the call's funds first, by an ordinary transfer, which a burn tax
/// must not meet. Everything later is the contract's own.
struct FundsFirst<'a> {
    router: Router<'a>,
    /// The funds of the call until they have been moved.
    funds: Cell<Vec<Coin>>,
}

impl CosmosRouter for FundsFirst<'_> {
    type ExecC = Empty;
    type QueryC = Empty;

    fn execute(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        block: &BlockInfo,
        sender: Addr,
        msg: CosmosMsg,
    ) -> AnyResult<AppResponse> {
        let funds = self.funds.take();
        match msg {
            CosmosMsg::Bank(BankMsg::Send { to_address, amount }) if !funds.is_empty() && amount == funds => {
                ledger::transfer_coins(storage, sender.as_str(), &to_address, &ledger::checked(&amount)?)?;
                // Its events are added by `paid`.
                Ok(AppResponse::default())
            }
            msg @ CosmosMsg::Wasm(_) => {
                let mut response = self.router.execute(api, storage, block, sender, msg)?;
                // wasmd sorts them for the caller's reply, and with them those of the block.
                for event in &mut response.events {
                    event.attributes.sort_by(|a, b| a.key.cmp(&b.key));
                }
                Ok(response)
            }
            msg => self.router.execute(api, storage, block, sender, msg),
        }
    }

    fn query(
        &self,
        api: &dyn Api,
        storage: &dyn Storage,
        block: &BlockInfo,
        request: QueryRequest<Empty>,
    ) -> AnyResult<Binary> {
        self.router.query(api, storage, block, request)
    }

    fn sudo(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        block: &BlockInfo,
        msg: SudoMsg,
    ) -> AnyResult<AppResponse> {
        self.router.sudo(api, storage, block, msg)
    }
}

type Router<'a> = &'a dyn CosmosRouter<ExecC = Empty, QueryC = Empty>;

fn attribute<'a>(event: &'a WasmEvent, key: &str) -> Option<&'a str> {
    event.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| attribute.value.as_str())
}

fn new_admin(contract: String, admin: String) -> WasmEvent {
    WasmEvent::new("update_contract_admin")
        .add_attribute("_contract_address", contract)
        .add_attribute("new_admin_address", admin)
}

/// The transfer comes before the call, as in wasmd; without coins there is none.
fn paid(from: &Addr, to: &str, funds: &[Coin], response: &mut AppResponse) {
    if funds.is_empty() {
        return;
    }
    let transfer = ledger::transfer_events(from.as_str(), to, funds);
    response.events.splice(0..0, transfer.into_iter().map(events::to_wasm));
}

impl Wasm<Empty, Empty> for DevWasm {
    fn execute(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: Router<'_>,
        block: &BlockInfo,
        sender: Addr,
        msg: WasmMsg,
    ) -> AnyResult<AppResponse> {
        let asked = msg.clone();
        let funds = match &asked {
            WasmMsg::Execute { funds, .. }
            | WasmMsg::Instantiate { funds, .. }
            | WasmMsg::Instantiate2 { funds, .. } => funds.clone(),
            _ => Vec::new(),
        };
        let router = FundsFirst { router, funds: Cell::new(funds) };
        let mut response = self.0.borrow().execute(api, storage, &router, block, sender.clone(), msg)?;
        match asked {
            WasmMsg::Execute { contract_addr, funds, .. } => {
                paid(&sender, &contract_addr, &funds, &mut response);
            }
            WasmMsg::Instantiate { funds, msg, .. } | WasmMsg::Instantiate2 { funds, msg, .. } => {
                // The keeper puts the event of this very instantiation first.
                let made = response.events.first().and_then(|event| {
                    let code_id = attribute(event, "code_id")?.parse::<u64>().ok()?;
                    Some((attribute(event, "_contract_address")?.to_string(), code_id))
                });
                if let Some((contract, code_id)) = made {
                    auth::ensure(storage, &contract);
                    history::record(storage, &contract, code_id, block.height, &msg);
                    paid(&sender, &contract, &funds, &mut response);
                }
            }
            WasmMsg::Migrate { contract_addr, new_code_id, msg } => {
                history::record(storage, &contract_addr, new_code_id, block.height, &msg);
            }
            WasmMsg::UpdateAdmin { contract_addr, admin } => {
                response.events.push(new_admin(contract_addr, admin));
            }
            WasmMsg::ClearAdmin { contract_addr } => {
                response.events.push(new_admin(contract_addr, String::new()));
            }
            _ => {}
        }
        Ok(response)
    }

    fn query(
        &self,
        api: &dyn Api,
        storage: &dyn Storage,
        querier: &dyn Querier,
        block: &BlockInfo,
        request: WasmQuery,
    ) -> AnyResult<Binary> {
        self.0.borrow().query(api, storage, querier, block, request)
    }

    fn sudo(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: Router<'_>,
        block: &BlockInfo,
        msg: WasmSudo,
    ) -> AnyResult<AppResponse> {
        self.0.borrow().sudo(api, storage, router, block, msg)
    }

    fn store_code(&mut self, creator: Addr, code: Box<dyn Contract<Empty, Empty>>) -> u64 {
        self.0.borrow_mut().store_code(creator, code)
    }

    fn store_code_with_id(
        &mut self,
        creator: Addr,
        code_id: u64,
        code: Box<dyn Contract<Empty, Empty>>,
    ) -> AnyResult<u64> {
        self.0.borrow_mut().store_code_with_id(creator, code_id, code)
    }

    fn duplicate_code(&mut self, code_id: u64) -> AnyResult<u64> {
        self.0.borrow_mut().duplicate_code(code_id)
    }

    fn contract_data(&self, storage: &dyn Storage, address: &Addr) -> AnyResult<ContractData> {
        self.0.borrow().contract_data(storage, address)
    }

    fn dump_wasm_raw(&self, storage: &dyn Storage, address: &Addr) -> Vec<Record> {
        self.0.borrow().dump_wasm_raw(storage, address)
    }
}
