//! Runs transactions: checks, messages, gas, and the result as a block keeps it.
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::base::abci::v1beta1::TxMsgData;
use cosmos_sdk_proto::cosmwasm::wasm::v1::{MsgExecuteContract, MsgStoreCodeResponse};
use cosmos_sdk_proto::prost::Message;
use cosmwasm_std::{Addr, Binary, BlockInfo, Coin, CosmosMsg, WasmMsg};

use super::ante::{self, Mode};
use super::events::{self, Event};
use super::msg::Msg;
use super::sign::Verdict;
use super::store::Store;
use super::tax::{BurnTax, Due};
use super::tx::Tx;
use super::vm::Vm;
use super::{coins, ledger, msg, tax};
use crate::chain::produce::BlockCall;
use crate::config::GasPrice;
use crate::error::AppError;
use crate::gas;

/// What stays the same as long as the chain runs.
pub(crate) struct App {
    pub(crate) vm: Vm,
    pub(crate) chain_id: String,
    pub(crate) fee_collector: String,
    /// The account of the module `gov`.
    pub(crate) governance: String,
    pub(crate) gas_prices: Vec<GasPrice>,
    pub(crate) max_gas: Option<u64>,
    pub(crate) tax: Option<BurnTax>,
}

/// `ExecTxResult` of ABCI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TxResult {
    pub(crate) code: u32,
    pub(crate) codespace: &'static str,
    pub(crate) log: String,
    pub(crate) data: Vec<u8>,
    pub(crate) gas_wanted: u64,
    pub(crate) gas_used: u64,
    pub(crate) events: Vec<Event>,
}

impl TxResult {
    /// What a check says: the gas used so far, or the error.
    pub(crate) fn of_check(checked: Result<u64, AppError>) -> TxResult {
        match checked {
            Ok(gas_used) => TxResult { gas_used, ..TxResult::default() },
            Err(error) => TxResult::failed(error, 0, 0, Vec::new()),
        }
    }

    fn failed(error: AppError, gas_wanted: u64, gas_used: u64, events: Vec<Event>) -> TxResult {
        let AppError { codespace, code, log } = error;
        TxResult { code, codespace, log, data: Vec::new(), gas_wanted, gas_used, events }
    }
}

/// The error that wasmd registers for a kind of call.
type Failed = fn(String) -> AppError;

/// What the messages of a transaction did.
pub(crate) struct Done {
    pub(crate) responses: Vec<Any>,
    pub(crate) events: Vec<Event>,
}

impl Done {
    pub(crate) fn data(&self) -> Vec<u8> {
        TxMsgData { msg_responses: self.responses.clone(), ..TxMsgData::default() }.encode_to_vec()
    }
}

impl App {
    /// `CheckTx`: on success `store` carries the fee taken and the sequence used.
    pub(crate) fn check(
        &self,
        store: &mut Store,
        block: &BlockInfo,
        tx: &Tx,
        verdicts: &[Verdict],
    ) -> Result<u64, AppError> {
        let mut branch = store.branch();
        ante::run(self, &mut branch, block, tx, Mode::Check, verdicts)?;
        let gas = ante::base_gas(tx, Mode::Check).saturating_add(branch.gas_used());
        *store = branch;
        Ok(gas)
    }

    /// Runs a transaction in a block. Fee and sequence stay whatever the messages do.
    pub(crate) fn deliver(
        &self,
        store: &mut Store,
        block: &BlockInfo,
        tx: &Tx,
        verdicts: &[Verdict],
    ) -> TxResult {
        let wanted = tx.fee.gas_limit;
        let mut branch = store.branch();
        let checked = ante::run(self, &mut branch, block, tx, Mode::Deliver, verdicts);
        let mut used = ante::base_gas(tx, Mode::Deliver).saturating_add(branch.gas_used());
        let mut events = match checked {
            Ok(events) => events,
            Err(error) => return TxResult::failed(error, wanted, used, Vec::new()),
        };
        *store = branch;
        let mut branch = store.branch();
        let (gas, done) = self.messages(&mut branch, block, tx, &self.due(tx));
        used = used.saturating_add(gas);
        let done =
            done.and_then(|done| if used > wanted { Err(out_of_gas(tx, wanted, used)) } else { Ok(done) });
        match done {
            Ok(done) => {
                *store = branch;
                let data = done.data();
                events.extend(done.events);
                TxResult { data, gas_wanted: wanted, gas_used: used, events, ..TxResult::default() }
            }
            Err(error) => TxResult::failed(error, wanted, used, events),
        }
    }

    /// Runs a call that no transaction asked for, and returns its events. A call that fails changes nothing.
    pub(crate) fn block_call(
        &self,
        store: &mut Store,
        block: &BlockInfo,
        call: &BlockCall,
    ) -> Result<Vec<Event>, AppError> {
        let sender = self.vm.address(call.sender.as_ref().unwrap_or(&self.governance))?;
        let msg = Msg::Execute(MsgExecuteContract {
            sender: sender.to_string(),
            contract: call.contract.clone(),
            msg: call.msg.clone(),
            funds: call.funds.iter().map(coins::to_proto).collect(),
        });
        msg.check(self.vm.prefix())?;
        let (mut branch, mut events) = (store.branch(), Vec::new());
        self.contract_call(&mut branch, block, &sender, &msg, &mut events)?;
        *store = branch;
        Ok(events.into_iter().map(events::at_end_of_block).collect())
    }

    /// Gas the transaction uses, and what it would do or why not. Changes nothing.
    pub(crate) fn simulate(
        &self,
        store: &Store,
        block: &BlockInfo,
        tx: &Tx,
    ) -> (u64, Result<Done, AppError>) {
        let mut branch = store.branch();
        let checked = ante::run(self, &mut branch, block, tx, Mode::Simulate, &[]);
        let used = ante::base_gas(tx, Mode::Simulate).saturating_add(branch.gas_used());
        let mut events = match checked {
            Ok(events) => events,
            Err(error) => return (used, Err(error)),
        };
        let mut branch = branch.branch();
        // terrad leaves the tax on a wallet's transfers out, so its simulations tell too little.
        let (gas, done) = self.messages(&mut branch, block, tx, &Due::default());
        let done = done.map(|mut done| {
            events.append(&mut done.events);
            Done { events, ..done }
        });
        (used.saturating_add(gas), done)
    }

    /// How this transaction pays the burn tax.
    pub(crate) fn due(&self, tx: &Tx) -> Due {
        self.tax.as_ref().map(|tax| tax.due(tx, &self.gas_prices)).unwrap_or_default()
    }

    fn messages(
        &self,
        store: &mut Store,
        block: &BlockInfo,
        tx: &Tx,
        due: &Due,
    ) -> (u64, Result<Done, AppError>) {
        let mut done = Done { responses: Vec::new(), events: Vec::new() };
        for (index, msg) in tx.msgs.iter().enumerate() {
            match self.message(store, block, msg, due) {
                Ok((mut events, response)) => {
                    for event in &mut events {
                        event.attributes.push(("msg_index".into(), index.to_string()));
                    }
                    done.events.extend(events);
                    done.responses.push(response);
                }
                Err(error) => {
                    let error = error.within(format!("failed to execute message; message index: {index}"));
                    // The failed call has no events left to count; count the call itself.
                    let gas = gas::events(&done.events).saturating_add(gas::CONTRACT_CALL);
                    return (gas.saturating_add(store.gas_used()), Err(error));
                }
            }
        }
        let mut taxed = 0;
        // terrad's post handler: a tax the fee pays for is taken only once all messages succeeded.
        if let Some(tax) = self.tax.as_ref().filter(|_| !due.taxes.is_empty()) {
            match tax.pay(store, tx.payer(), &due.taxes) {
                Ok(events) => done.events.extend(events),
                Err(error) => return (store.gas_used(), Err(error)),
            }
            taxed = gas::TAX;
        }
        (gas::events(&done.events).saturating_add(taxed).saturating_add(store.gas_used()), Ok(done))
    }

    fn message(
        &self,
        store: &mut Store,
        block: &BlockInfo,
        msg: &Msg,
        due: &Due,
    ) -> Result<(Vec<Event>, Any), AppError> {
        let url = msg.type_url();
        let sender = self.vm.address(msg.signer())?;
        let mut events = vec![events::action(&url, sender.as_str())];
        let value = match msg {
            Msg::Send(msg) => {
                let to =
                    self.vm.address(&msg.to_address).map_err(|error| error.within("invalid to address"))?;
                let amount = coins::checked(&msg.amount)?;
                if amount.is_empty() {
                    return Err(AppError::invalid_coins(""));
                }
                let (amount, taxed) = self.taxed(store, sender.as_str(), amount, due)?;
                events.extend(taxed);
                events.extend(ledger::send(store, sender.as_str(), to.as_str(), &amount)?);
                events.push(Event::new("message").with("sender", sender.as_str()));
                Vec::new()
            }
            Msg::MultiSend(msg) => {
                msg::check_multi_send(msg)?;
                let total =
                    msg.inputs.first().map_or(Ok(Vec::new()), |input| coins::checked(&input.coins))?;
                let (total, taxed) = self.taxed(store, sender.as_str(), total, due)?;
                events.extend(taxed);
                let mut outputs = msg
                    .outputs
                    .iter()
                    .map(|output| {
                        let to = self.vm.address(&output.address)?;
                        Ok((to.into_string(), coins::checked(&output.coins)?))
                    })
                    .collect::<Result<Vec<_>, AppError>>()?;
                if let Some(tax) = self.tax.as_ref().filter(|_| due.reverse_charge) {
                    net_outputs(tax, &total, &mut outputs)?;
                }
                events.extend(ledger::multi_send(store, sender.as_str(), &total, &outputs)?);
                Vec::new()
            }
            Msg::StoreCode(msg) => {
                let (code_id, upload) = self.vm.upload(store, &sender, &msg.wasm_byte_code)?;
                let event = Event::new("store_code").with("code_checksum", upload.checksum.to_hex());
                // wasmd builds a list of what the code requires of the chain, and discards it.
                events.push(event.with("code_id", code_id.to_string()));
                let checksum = upload.checksum.as_slice().to_vec();
                MsgStoreCodeResponse { code_id, checksum }.encode_to_vec()
            }
            call => self.contract_call(store, block, &sender, call, &mut events)?,
        };
        Ok((events, Any { type_url: format!("{url}Response"), value }))
    }

    /// What a wallet's transfer of `amount` moves after the tax it is charged with.
    fn taxed(
        &self,
        store: &mut Store,
        sender: &str,
        amount: Vec<Coin>,
        due: &Due,
    ) -> Result<(Vec<Coin>, Vec<Event>), AppError> {
        match &self.tax {
            None => Ok((amount, Vec::new())),
            Some(tax) if due.reverse_charge => tax.charge(store, sender, &amount),
            Some(_) => Ok((amount, vec![tax::payment(false)])),
        }
    }

    /// Returns the encoded response: cw-multi-test's data has the same field numbers.
    fn contract_call(
        &self,
        store: &mut Store,
        block: &BlockInfo,
        sender: &Addr,
        msg: &Msg,
        events: &mut Vec<Event>,
    ) -> Result<Vec<u8>, AppError> {
        let (call, failed) = self.wasm_msg(store, msg)?;
        let response = self.vm.execute(store, block, sender, CosmosMsg::Wasm(call), failed)?;
        events.extend(response.events.into_iter().map(events::from_wasm));
        Ok(response.data.unwrap_or_default().into())
    }

    /// The message as cw-multi-test takes it, and the error wasmd registers for it.
    fn wasm_msg(&self, store: &Store, msg: &Msg) -> Result<(WasmMsg, Failed), AppError> {
        let admin = |admin: &str| match admin {
            "" => Ok(None),
            admin => self.vm.address(admin).map(|admin| Some(admin.into_string())),
        };
        let known = |contract: &str| self.vm.contract(store, contract).map(|_| contract.to_lowercase());
        // For a migration wasmd has other words.
        let migratable =
            |contract: &str| known(contract).map_err(|_| AppError::invalid_request("unknown contract"));
        Ok(match msg {
            Msg::Instantiate(msg) => (
                WasmMsg::Instantiate {
                    admin: admin(&msg.admin)?,
                    code_id: self.vm.code(store, msg.code_id)?.code_id,
                    msg: Binary::from(msg.msg.as_slice()),
                    funds: coins::checked(&msg.funds)?,
                    label: msg.label.clone(),
                },
                AppError::instantiate_failed,
            ),
            Msg::Instantiate2(msg) => (
                WasmMsg::Instantiate2 {
                    admin: admin(&msg.admin)?,
                    code_id: self.vm.code(store, msg.code_id)?.code_id,
                    msg: Binary::from(msg.msg.as_slice()),
                    funds: coins::checked(&msg.funds)?,
                    label: msg.label.clone(),
                    salt: Binary::from(msg.salt.as_slice()),
                },
                AppError::instantiate_failed,
            ),
            Msg::Execute(msg) => (
                WasmMsg::Execute {
                    contract_addr: known(&msg.contract)?,
                    msg: Binary::from(msg.msg.as_slice()),
                    funds: coins::checked(&msg.funds)?,
                },
                AppError::execute_failed,
            ),
            Msg::Migrate(msg) => (
                WasmMsg::Migrate {
                    contract_addr: migratable(&msg.contract)?,
                    new_code_id: msg.code_id,
                    msg: Binary::from(msg.msg.as_slice()),
                },
                AppError::migrate_failed,
            ),
            Msg::UpdateAdmin(msg) => (
                WasmMsg::UpdateAdmin {
                    contract_addr: known(&msg.contract)?,
                    admin: self.vm.address(&msg.new_admin)?.into_string(),
                },
                AppError::unauthorized,
            ),
            Msg::ClearAdmin(msg) => {
                (WasmMsg::ClearAdmin { contract_addr: known(&msg.contract)? }, AppError::unauthorized)
            }
            other @ (Msg::Send(_) | Msg::MultiSend(_) | Msg::StoreCode(_)) => {
                return Err(AppError::unknown_request(format!("{} is no contract call", other.type_url())));
            }
        })
    }
}

/// The first message of a contract loads it, which is where the gas of most calls runs out.
fn out_of_gas(tx: &Tx, wanted: u64, used: u64) -> AppError {
    let place = match tx.msgs.first() {
        Some(Msg::Send(_) | Msg::MultiSend(_)) => "WriteFlat",
        Some(Msg::StoreCode(_)) => "Compiling wasm bytecode",
        Some(Msg::Instantiate(_) | Msg::Instantiate2(_)) => "Loading CosmWasm module: instantiate",
        Some(Msg::Migrate(_)) => "Loading CosmWasm module: migrate",
        _ => "Loading CosmWasm module: execute",
    };
    ante::out_of_gas(place, wanted, used)
}

/// Each output less its tax. The tax of the sum may be more than that of the parts, each rounded down: terrad
/// refuses such a transfer, and so must we.
fn net_outputs(tax: &BurnTax, total: &[Coin], outputs: &mut [(String, Vec<Coin>)]) -> Result<(), AppError> {
    let mut left = Some(total.to_vec());
    for (_, amount) in outputs.iter_mut() {
        *amount = tax.net(amount);
        left = left.and_then(|left| tax::minus(&left, amount));
    }
    match left {
        Some(left) if left.is_empty() => Ok(()),
        _ => Err(AppError::invalid_request("sum inputs != sum outputs")),
    }
}
