//! A chain with one collection, whose minter is a wallet. A refusal must not change its state.

use cosmwasm_std::testing::MockStorage;
use cosmwasm_std::{Addr, Coin, Event, Order, QueryRequest, Storage, Timestamp, WasmQuery, coins};
use cosmwasm_std::{Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdResult, to_json_binary};
use cw_multi_test::{
    App, AppBuilder, BankKeeper, BankSudo, ContractWrapper, Executor, MockApiBech32, SudoMsg,
};
use cw721::receiver::ReceiverExecuteMsg;
use meteor_messages::nft::{ExecuteMsg, InstantiateMsg, QueryMsg};
use meteor_nft::ContractError;
use meteor_rules::preset::Preset;
use meteor_testkit::contracts;
use meteor_testkit::wallets::{PREFIX, address};
use serde::de::DeserializeOwned;

pub(crate) const BEGIN: u64 = 1_700_000_000;

pub(crate) struct Chain {
    app: App<BankKeeper, MockApiBech32, MockStorage>,
    pub(crate) nft: Addr,
}

impl Chain {
    pub(crate) fn msg() -> InstantiateMsg {
        let meteors = Preset::named("levana-2021").unwrap().meteors;
        InstantiateMsg {
            name: meteors.name,
            symbol: meteors.symbol,
            minter: address("minter").into(),
            template: meteors.template,
            royalties: None,
        }
    }

    pub(crate) fn new() -> Self {
        Self::launch(&Self::msg(), &[]).unwrap()
    }

    pub(crate) fn launch(msg: &InstantiateMsg, funds: &[Coin]) -> Result<Self, ContractError> {
        let mut app = AppBuilder::new()
            .with_bank(BankKeeper::new())
            .with_api(MockApiBech32::new(PREFIX))
            .build(|_, _, _| ());
        app.update_block(|block| block.time = Timestamp::from_seconds(BEGIN));
        for coin in funds {
            let amount = vec![coin.clone()];
            app.sudo(SudoMsg::Bank(BankSudo::Mint { to_address: address("deployer").into(), amount }))
                .unwrap();
        }
        let code = app.store_code(contracts::nft());
        let nft = app
            .instantiate_contract(code, address("deployer"), msg, funds, "nft", None)
            .map_err(|error| error.downcast::<ContractError>().unwrap())?;
        Ok(Self { app, nft })
    }

    pub(crate) fn fund(&mut self, who: &str, amount: u128) {
        let to_address = address(who).into();
        let mint = BankSudo::Mint { to_address, amount: coins(amount, "uusd") };
        self.app.sudo(SudoMsg::Bank(mint)).unwrap();
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.app.update_block(|block| block.time = block.time.plus_seconds(seconds));
    }

    fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app.storage().range(None, None, Order::Ascending).collect()
    }

    fn execute(&mut self, sender: &str, msg: &ExecuteMsg, funds: &[Coin]) -> anyhow::Result<Vec<Event>> {
        let before = self.dump();
        let result = self.app.execute_contract(address(sender), self.nft.clone(), msg, funds);
        assert!(result.is_ok() || before == self.dump(), "a refused message changed something");
        result.map(|response| response.events)
    }

    pub(crate) fn send(
        &mut self,
        sender: &str,
        msg: &ExecuteMsg,
        funds: &[Coin],
    ) -> Result<Vec<Event>, ContractError> {
        self.execute(sender, msg, funds).map_err(|error| error.downcast().unwrap())
    }

    pub(crate) fn does(&mut self, sender: &str, msg: &ExecuteMsg) -> Vec<Event> {
        self.send(sender, msg, &[]).unwrap()
    }

    pub(crate) fn refuses(&mut self, sender: &str, msg: &ExecuteMsg, refusal: ContractError) {
        assert_eq!(self.send(sender, msg, &[]).map(|_| ()), Err(refusal));
    }

    pub(crate) fn refuses_somehow(&mut self, sender: &str, msg: &ExecuteMsg) {
        self.execute(sender, msg, &[]).unwrap_err();
    }

    pub(crate) fn try_query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> Result<T, String> {
        self.app.wrap().query_wasm_smart(&self.nft, msg).map_err(|error| error.to_string())
    }

    pub(crate) fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.try_query(msg).unwrap()
    }

    /// The answer's bytes as they are.
    pub(crate) fn raw(&self, msg: &QueryMsg) -> String {
        let smart =
            WasmQuery::Smart { contract_addr: self.nft.to_string(), msg: to_json_binary(msg).unwrap() };
        let request = to_json_binary(&QueryRequest::<Empty>::Wasm(smart)).unwrap();
        let answer = self.app.wrap().raw_query(&request).unwrap().unwrap();
        String::from_utf8(answer.to_vec()).unwrap()
    }

    /// A contract that takes any token it is sent.
    #[allow(clippy::unnecessary_wraps)] // entry points give results
    pub(crate) fn vault(&mut self) -> Addr {
        fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
            Ok(Response::new())
        }
        fn execute(_: DepsMut, _: Env, _: MessageInfo, _: ReceiverExecuteMsg) -> StdResult<Response> {
            Ok(Response::new())
        }
        fn query(_: Deps, _: Env, _: Empty) -> StdResult<Binary> {
            Ok(Binary::default())
        }
        let code = self.app.store_code(Box::new(ContractWrapper::new(execute, instantiate, query)));
        self.app.instantiate_contract(code, address("deployer"), &Empty {}, &[], "vault", None).unwrap()
    }
}
