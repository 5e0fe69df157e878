//! A chain with an event on it. Every message goes through [`Suite::execute`], which predicts, sends and
//! checks it.

use std::collections::BTreeMap;

use cosmwasm_std::testing::{MockStorage, message_info};
use cosmwasm_std::{
    Addr, BankMsg, Coin, ContractInfo, CosmosMsg, DepsMut, Env, Event, MessageInfo, Order, Response, Storage,
    Timestamp, coins, from_json, to_json_vec,
};
use cw_multi_test::{App, AppResponse, BankSudo, Executor, MockApiBech32, SudoMsg};
use cw_ownable::Action;
use meteor_messages::events::{NftEvent, ShowerEvent};
use meteor_messages::shower::{ExecuteMsg, QueryMsg};
use meteor_messages::{hatchery, nft};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bank::RefusingBank;
use crate::builder::SuiteBuilder;
use crate::invariants;
use crate::model::{Model, Told, through_json, told};
use crate::outcome::{Outcome, Reason, Refusal};
use crate::predict::Prediction;
use crate::wallets::address;

/// The chain of a suite: cw-multi-test with Terra's addresses.
pub type TerraApp = App<RefusingBank, MockApiBech32, MockStorage>;

/// A chain with an event on it.
pub struct Suite {
    /// The chain, for what the suite has no verb for: store your own contracts here.
    pub app: TerraApp,
    /// The shower contract.
    pub shower: Addr,
    /// The meteors' contract.
    pub meteors: Addr,
    /// The hatchery.
    pub hatchery: Addr,
    /// The eggs' contract.
    pub eggs: Addr,
    /// The dust's contract.
    pub dust: Addr,
    /// What should be.
    pub model: Model,
    /// The chain's bank, which can be told to refuse an address.
    pub bank: RefusingBank,
    pub(crate) known: Vec<Addr>,
    pub(crate) checked: bool,
}

impl Suite {
    /// Settings that most tests can live with.
    #[allow(clippy::new_ret_no_self)] // reads as it is used: Suite::new().showers(3).build()
    pub fn new() -> SuiteBuilder {
        SuiteBuilder::default()
    }

    /// The address of a wallet by name; of the contracts by `shower`, `meteors`, `hatchery`, `eggs` and
    /// `dust`.
    pub fn address(&self, name: &str) -> Addr {
        match name {
            "shower" => self.shower.clone(),
            "meteors" => self.meteors.clone(),
            "hatchery" => self.hatchery.clone(),
            "eggs" => self.eggs.clone(),
            "dust" => self.dust.clone(),
            _ => address(name),
        }
    }

    /// Block time in nanoseconds.
    pub fn now(&self) -> u64 {
        self.app.block_info().time.nanos()
    }

    /// Sends `msg` to the shower contract. The prediction from the model must come true, and whatever happens
    /// the invariants must hold; a refused message must leave every byte of the chain's state as it was.
    ///
    /// # Panics
    /// If one of these is not so.
    pub fn execute(&mut self, sender: &str, msg: &ExecuteMsg, funds: &[Coin]) -> Outcome {
        let sender = self.address(sender);
        let block = self.app.block_info();
        let predicted = self.model.predict(&block, sender.as_str(), funds, &through_json(msg));
        let predicted = predicted.and_then(|told| {
            let refused = told.iter().filter_map(paid).any(|to| self.bank.refuses(to));
            if refused { Err(Reason::Bank) } else { Ok(told) }
        });
        let shower = self.shower.clone();
        self.refuses_before_it_writes(&shower, &sender, msg, funds, meteor_shower::contract::execute);
        let outcome = self.send(&sender, &shower, msg, funds, predicted);
        if let ExecuteMsg::UpdateOwnership(Action::TransferOwnership { expiry, .. }) = msg
            && let (true, Some((_, until))) = (outcome.is_ok(), &mut self.model.pending)
        {
            *until = *expiry;
        }
        outcome
    }

    /// Sends a message to the meteors' contract, predicted and checked like those to the shower contract.
    ///
    /// # Panics
    /// If the collection does something else than it should.
    pub fn execute_nft(&mut self, sender: &str, msg: &nft::ExecuteMsg, funds: &[Coin]) -> Outcome {
        let meteors = self.meteors.clone();
        self.execute_collection(sender, &meteors, msg, funds)
    }

    /// The same to any of the event's collections.
    fn execute_collection(
        &mut self,
        sender: &str,
        collection: &Addr,
        msg: &nft::ExecuteMsg,
        funds: &[Coin],
    ) -> Outcome {
        let sender = self.address(sender);
        let block = self.app.block_info();
        let predicted = self.model.predict_token(&block, collection.as_str(), sender.as_str(), funds, msg);
        self.refuses_before_it_writes(collection, &sender, msg, funds, meteor_nft::contract::execute);
        let outcome = self.send(&sender, collection, msg, funds, predicted);
        if let (
            Ok(response),
            nft::ExecuteMsg::Approve { expires, .. } | nft::ExecuteMsg::ApproveAll { expires, .. },
        ) = (&outcome.0, msg)
        {
            for event in &response.events {
                self.model.follow_approval(event, Some(expires.unwrap_or_default()));
            }
        }
        outcome
    }

    /// Sends a message to the hatchery, predicted and checked like those to the shower contract.
    ///
    /// # Panics
    /// If the hatchery does something else than it should.
    pub fn execute_hatchery(&mut self, sender: &str, msg: &hatchery::ExecuteMsg, funds: &[Coin]) -> Outcome {
        let sender = self.address(sender);
        let block = self.app.block_info();
        let predicted = self.model.predict_hatchery(&block, sender.as_str(), funds, msg);
        let hatchery = self.hatchery.clone();
        self.refuses_before_it_writes(&hatchery, &sender, msg, funds, meteor_hatchery::contract::execute);
        self.send(&sender, &hatchery, msg, funds, predicted)
    }

    /// Sends a message to any contract, your own for instance. What it makes the event's contracts do is
    /// followed and checked; what is sent to one of them directly is predicted too.
    ///
    /// # Panics
    /// If an invariant doesn't hold afterwards, or a refused message changed something.
    pub fn call<M: Serialize + std::fmt::Debug>(
        &mut self,
        sender: &str,
        contract: &Addr,
        msg: &M,
        funds: &[Coin],
    ) -> Outcome {
        let json = to_json_vec(msg).expect("messages serialise");
        let predicted = if *contract == self.shower {
            match from_json(&json) {
                Ok(msg) => return self.execute(sender, &msg, funds),
                Err(_) => Err(Reason::Unread),
            }
        } else if *contract == self.hatchery {
            match from_json(&json) {
                Ok(msg) => return self.execute_hatchery(sender, &msg, funds),
                Err(_) => Err(Reason::Unread),
            }
        } else if [&self.meteors, &self.eggs, &self.dust].contains(&contract) {
            match from_json(&json) {
                Ok(msg) => return self.execute_collection(sender, contract, &msg, funds),
                Err(_) => Err(Reason::Unread),
            }
        } else {
            Err(Reason::Elsewhere)
        };
        let sender = self.address(sender);
        self.send(&sender, contract, msg, funds, predicted)
    }

    /// Sends a message, and compares what comes of it with what should.
    fn send<M: Serialize + std::fmt::Debug>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &M,
        funds: &[Coin],
        predicted: Prediction,
    ) -> Outcome {
        self.know(sender.as_str());
        // Before the contract is asked the bank refuses nothing at all, and what the sender doesn't have.
        let mut needed: BTreeMap<&str, u128> = BTreeMap::new();
        for Coin { denom, amount } in funds {
            let sum = needed.entry(denom).or_default();
            *sum = sum.saturating_add(amount.u128());
        }
        let has = |(denom, sum): (&&str, &u128)| self.balance_of(sender.as_str(), denom) >= *sum;
        let payable = needed.iter().all(has) && (funds.is_empty() || needed.values().any(|sum| *sum > 0));
        let predicted = if payable { predicted } else { Err(Reason::Funds) };
        let before = self.checked.then(|| (self.dump(), self.balances()));
        let result = self.app.execute_contract(sender.clone(), contract.clone(), msg, funds);
        let outcome = self.finish(result);
        match (&outcome.0, predicted) {
            (Ok(response), Ok(predicted)) => {
                let told = self.told(&response.events);
                assert_eq!(told, predicted, "{msg:?} did something else than it should");
                if let Some((_, balances)) = before {
                    self.money_moved_as_told(balances, &told);
                }
            }
            (Ok(_), Err(Reason::Elsewhere)) => {}
            (Ok(_), Err(reason)) => panic!("{msg:?} should be refused and was not: {reason:?}"),
            (Err(refusal), Ok(_)) => panic!("{msg:?} should do its work and was refused: {refusal}"),
            (Err(refusal), Err(reason)) => {
                assert!(reason.is(refusal), "{msg:?} was refused because {refusal:?}, and not {reason:?}");
                if let Some((dump, _)) = before {
                    assert!(dump == self.dump(), "{msg:?} was refused and still changed something");
                }
            }
        }
        self.check_if_asked();
        outcome
    }

    /// A contract alone, without a chain that undoes what a refused message did, has not written by then.
    fn refuses_before_it_writes<M, E>(
        &self,
        contract: &Addr,
        sender: &Addr,
        msg: &M,
        funds: &[Coin],
        execute: fn(DepsMut, Env, MessageInfo, M) -> Result<Response, E>,
    ) where
        M: Clone + std::fmt::Debug,
    {
        if self.checked {
            let info = message_info(sender, funds);
            let changed = self.alone(contract, |deps, env| execute(deps, env, info, msg.clone()).is_err());
            assert!(!changed, "{contract} refuses {msg:?} after it has written");
        }
    }

    /// Runs a contract's code on a copy of its storage; whether it was refused and changed the copy all the same.
    fn alone(&self, contract: &Addr, run: impl FnOnce(DepsMut, Env) -> bool) -> bool {
        let rows = || -> Vec<_> {
            self.app.contract_storage(contract).range(None, None, Order::Ascending).collect()
        };
        let mut copy = MockStorage::new();
        for (key, value) in rows() {
            copy.set(&key, &value);
        }
        let deps = DepsMut { storage: &mut copy, api: self.app.api(), querier: self.app.wrap() };
        let env = Env {
            block: self.app.block_info(),
            transaction: None,
            contract: ContractInfo { address: contract.clone() },
        };
        let refused = run(deps, env);
        refused && copy.range(None, None, Order::Ascending).ne(rows())
    }

    /// The typed events of the event's contracts among `events`.
    ///
    /// # Panics
    /// If one of them can't be read.
    pub fn told(&self, events: &[Event]) -> Vec<Told> {
        told(events, &self.model.contracts)
    }

    /// Follows what was told and begins the next block, a nanosecond later.
    fn finish(&mut self, result: anyhow::Result<AppResponse>) -> Outcome {
        if let Ok(response) = &result {
            let now = self.now();
            for event in self.told(&response.events) {
                self.know_those_in(&event);
                self.model.follow(&event, now);
            }
            for event in &response.events {
                self.model.follow_approval(event, None); // until when is known only of what a suite sends
            }
        }
        self.app.update_block(|block| {
            block.height += 1;
            block.time = block.time.plus_nanos(1);
        });
        Outcome(result.map_err(Refusal::of))
    }

    /// Asks the shower contract.
    ///
    /// # Panics
    /// If it has no answer.
    pub fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.try_query(msg).unwrap_or_else(|error| panic!("no answer to {msg:?}: {error}"))
    }

    /// Asks the shower contract.
    ///
    /// # Errors
    /// Its refusal, as text.
    pub fn try_query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> Result<T, String> {
        self.app.wrap().query_wasm_smart(&self.shower, msg).map_err(|error| error.to_string())
    }

    /// Asks the meteors' contract.
    ///
    /// # Panics
    /// If it has no answer.
    pub fn query_nft<T: DeserializeOwned>(&self, msg: &nft::QueryMsg) -> T {
        self.try_query_inside(&self.meteors, msg)
            .unwrap_or_else(|error| panic!("no answer to {msg:?}: {error}"))
    }

    /// Asks the hatchery.
    ///
    /// # Panics
    /// If it has no answer.
    pub fn query_hatchery<T: DeserializeOwned>(&self, msg: &hatchery::QueryMsg) -> T {
        let told = self.app.wrap().query_wasm_smart(&self.hatchery, msg);
        told.unwrap_or_else(|error| panic!("no answer to {msg:?}: {error}"))
    }

    /// Asks the eggs' or the dust's contract (or any collection of ours).
    ///
    /// # Errors
    /// Its refusal, as text.
    pub fn try_query_inside<T: DeserializeOwned>(
        &self,
        collection: &Addr,
        msg: &nft::QueryMsg,
    ) -> Result<T, String> {
        self.app.wrap().query_wasm_smart(collection, msg).map_err(|error| error.to_string())
    }

    /// What a wallet (by name) has of the event's denom.
    pub fn balance(&self, name: &str) -> u128 {
        self.balance_of(self.address(name).as_str(), &self.model.config.denom)
    }

    pub(crate) fn balance_of(&self, who: &str, denom: &str) -> u128 {
        self.app.wrap().query_balance(who, denom).expect("the bank answers").amount.u128()
    }

    /// Gives a wallet (by name) `amount` of the event's denom, out of nothing.
    ///
    /// # Panics
    /// If it would have more than fits.
    pub fn fund(&mut self, name: &str, amount: u128) -> &mut Self {
        let denom = self.model.config.denom.clone();
        self.fund_in(name, amount, &denom)
    }

    /// Gives a wallet (by name) `amount` of any denom, out of nothing.
    ///
    /// # Panics
    /// If it would have more than fits.
    pub fn fund_in(&mut self, name: &str, amount: u128, denom: &str) -> &mut Self {
        let to = self.address(name);
        self.know(to.as_str());
        let mint = BankSudo::Mint { to_address: to.into(), amount: coins(amount, denom) };
        self.app.sudo(SudoMsg::Bank(mint)).expect("the bank mints");
        self
    }

    /// Sends coins of the event's denom to the shower contract outside any message, as anyone can.
    ///
    /// # Panics
    /// If the wallet doesn't have them.
    pub fn send_unasked(&mut self, name: &str, amount: u128) -> &mut Self {
        let denom = self.model.config.denom.clone();
        self.send_unasked_in(name, amount, &denom)
    }

    /// The same with coins of any denom.
    ///
    /// # Panics
    /// If the wallet doesn't have them.
    pub fn send_unasked_in(&mut self, name: &str, amount: u128, denom: &str) -> &mut Self {
        let send = BankMsg::Send { to_address: self.shower.to_string(), amount: coins(amount, denom) };
        let from = self.address(name);
        self.know(from.as_str());
        self.app.execute(from, CosmosMsg::Bank(send)).expect("the wallet has the coins");
        *self.model.unasked.entry(denom.to_owned()).or_default() += amount;
        self.check_if_asked();
        self
    }

    /// The chain is called something else from now on.
    pub fn rename_chain(&mut self, chain_id: &str) -> &mut Self {
        self.app.update_block(|block| chain_id.clone_into(&mut block.chain_id));
        self
    }

    /// Moves block time to `nanos`.
    ///
    /// # Panics
    /// If that lies in the past.
    pub fn at(&mut self, nanos: u64) -> &mut Self {
        assert!(nanos >= self.now(), "time doesn't go back: it is {}, not {nanos}", self.now());
        self.app.update_block(|block| {
            block.height += 1;
            block.time = Timestamp::from_nanos(nanos);
        });
        self
    }

    /// Moves block time on by `seconds`.
    pub fn advance(&mut self, seconds: u64) -> &mut Self {
        let then = self.app.block_info().time.plus_seconds(seconds).nanos();
        self.at(then)
    }

    /// The whole state of the chain.
    pub(crate) fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app.storage().range(None, None, Order::Ascending).collect()
    }

    /// Remembers an account, so that its balance is watched.
    pub(crate) fn know(&mut self, who: &str) {
        let who = Addr::unchecked(who);
        if !self.known.contains(&who) {
            self.known.push(who);
        }
    }

    fn know_those_in(&mut self, event: &Told) {
        match event {
            Told::Shower(ShowerEvent::Contribution(e)) => self.know(&e.contributor),
            Told::Shower(ShowerEvent::ReturnUnasked(e)) => self.know(&e.to),
            Told::Shower(ShowerEvent::Role(e)) if !e.address.is_empty() => self.know(&e.address),
            Told::Nft(NftEvent::Transfer(e)) | Told::Inside(_, NftEvent::Transfer(e)) => self.know(&e.to),
            _ => {}
        }
    }

    /// Balances of all known accounts.
    pub(crate) fn balances(&self) -> BTreeMap<Addr, u128> {
        let denom = &self.model.config.denom;
        self.known.iter().map(|who| (who.clone(), self.balance_of(who.as_str(), denom))).collect()
    }

    /// Coins may move only as the events tell, to the last unit and between no others.
    fn money_moved_as_told(&self, mut balances: BTreeMap<Addr, u128>, told: &[Told]) {
        let contract = self.shower.to_string();
        let mut send = |from: &str, to: &str, amount: u128| {
            let from = balances.entry(Addr::unchecked(from)).or_default();
            *from = from.checked_sub(amount).expect("nobody pays more than they have");
            *balances.entry(Addr::unchecked(to)).or_default() += amount;
        };
        for event in told {
            match event {
                Told::Shower(ShowerEvent::Contribution(e)) => send(&e.contributor, &contract, e.amount),
                Told::Shower(ShowerEvent::Withdraw(e)) => send(&contract, &e.payee, e.amount),
                Told::Shower(ShowerEvent::Refund(e)) => send(&contract, &e.contributor, e.amount),
                Told::Shower(ShowerEvent::ReturnUnasked(e)) if e.denom == self.model.config.denom => {
                    send(&contract, &e.to, e.amount);
                }
                _ => {}
            }
        }
        for (who, balance) in balances {
            assert_eq!(self.balance(who.as_str()), balance, "{who} has more or less than the events tell");
        }
    }

    pub(crate) fn check_if_asked(&self) {
        if self.checked {
            invariants::check(self);
        }
    }
}

/// To whom an event says that coins were sent.
fn paid(told: &Told) -> Option<&str> {
    match told {
        Told::Shower(ShowerEvent::Withdraw(e)) => Some(&e.payee),
        Told::Shower(ShowerEvent::Refund(e)) => Some(&e.contributor),
        Told::Shower(ShowerEvent::ReturnUnasked(e)) => Some(&e.to),
        _ => None,
    }
}
