//! A chain with one collection, whose minter is a wallet. What the contract refuses must not have changed its
//! storage, even before the chain takes a refused message back.

use cosmwasm_std::testing::{MockQuerier, MockStorage, message_info, mock_env};
use cosmwasm_std::{
    Addr, Binary, Coin, Deps, DepsMut, Empty, Env, Event, MessageInfo, Order, QuerierWrapper, QueryRequest,
    Response, StdResult, Storage, Timestamp, WasmMsg, WasmQuery, coins, to_json_binary,
};
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

    /// What the contract itself says to a message, on a copy of its storage that nothing rolls back.
    fn asked_directly(&self, sender: &str, msg: &ExecuteMsg, funds: &[Coin]) -> Result<(), ContractError> {
        let rows = |storage: &dyn Storage| -> Vec<(Vec<u8>, Vec<u8>)> {
            storage.range(None, None, Order::Ascending).collect()
        };
        let before = rows(&*self.app.contract_storage(&self.nft));
        let mut storage = MockStorage::new();
        for (key, value) in &before {
            storage.set(key, value);
        }
        let querier = MockQuerier::<Empty>::new(&[]);
        let deps =
            DepsMut { storage: &mut storage, api: self.app.api(), querier: QuerierWrapper::new(&querier) };
        let mut env = mock_env();
        env.block = self.app.block_info();
        env.contract.address = self.nft.clone();
        let said =
            meteor_nft::contract::execute(deps, env, message_info(&address(sender), funds), msg.clone());
        assert!(said.is_ok() || rows(&storage) == before, "{msg:?} is refused and changed something");
        said.map(|_| ())
    }

    pub(crate) fn send(
        &mut self,
        sender: &str,
        msg: &ExecuteMsg,
        funds: &[Coin],
    ) -> Result<Vec<Event>, ContractError> {
        let directly = self.asked_directly(sender, msg, funds);
        let done = self
            .app
            .execute_contract(address(sender), self.nft.clone(), msg, funds)
            .map(|response| response.events)
            .map_err(|error| error.downcast().unwrap());
        assert_eq!(directly.as_ref().err(), done.as_ref().err(), "{msg:?}");
        done
    }

    /// Sends a message as the bytes that a wallet would sign.
    pub(crate) fn send_json(&mut self, sender: &str, msg: &str) -> anyhow::Result<Vec<Event>> {
        let (contract_addr, msg) = (self.nft.to_string(), Binary::from(msg.as_bytes()));
        let execute = WasmMsg::Execute { contract_addr, msg, funds: vec![] };
        self.app.execute(address(sender), execute.into()).map(|response| response.events)
    }

    pub(crate) fn does(&mut self, sender: &str, msg: &ExecuteMsg) -> Vec<Event> {
        self.send(sender, msg, &[]).unwrap()
    }

    pub(crate) fn refuses(&mut self, sender: &str, msg: &ExecuteMsg, refusal: ContractError) {
        assert_eq!(self.send(sender, msg, &[]).map(|_| ()), Err(refusal));
    }

    pub(crate) fn refuses_somehow(&mut self, sender: &str, msg: &ExecuteMsg) {
        self.asked_directly(sender, msg, &[]).ok();
        self.app.execute_contract(address(sender), self.nft.clone(), msg, &[]).unwrap_err();
    }

    pub(crate) fn try_query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> Result<T, String> {
        self.app.wrap().query_wasm_smart(&self.nft, msg).map_err(|error| error.to_string())
    }

    pub(crate) fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.try_query(msg).unwrap()
    }

    /// Asks with the bytes of `msg` and gives the answer's as they are.
    pub(crate) fn ask_json(&self, msg: &str) -> Result<String, String> {
        let (contract_addr, msg) = (self.nft.to_string(), Binary::from(msg.as_bytes()));
        let request = QueryRequest::<Empty>::Wasm(WasmQuery::Smart { contract_addr, msg });
        let answer = self.app.wrap().raw_query(&to_json_binary(&request).unwrap());
        let answer = answer.into_result().unwrap().into_result()?;
        Ok(String::from_utf8(answer.to_vec()).unwrap())
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
