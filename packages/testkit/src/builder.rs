//! How a suite is made: everything has a value that most tests can live with.

use cosmwasm_std::{Addr, Coin, Timestamp, Uint128};
use cw_multi_test::{AppBuilder, BankKeeper, Executor, MockApiBech32};
use meteor_messages::nft::Royalties;
use meteor_messages::shower::{CollectionInit, InstantiateMsg, Payee};
use meteor_rules::preset::Preset;
use meteor_rules::schedule::Schedule;
use meteor_rules::tier::{PerTier, TierRule};

use crate::contracts;
use crate::model::Model;
use crate::outcome::Refusal;
use crate::suite::{Suite, TerraApp};
use crate::wallets::{PREFIX, address};

/// Block time (seconds) when a suite begins.
pub const BEGIN: u64 = 1_700_000_000;

/// Settings of a suite; [`SuiteBuilder::build`] makes it.
#[derive(Clone, Debug)]
pub struct SuiteBuilder {
    msg: InstantiateMsg,
    wallets: Vec<(Addr, Vec<Coin>)>,
    checked: bool,
}

impl Default for SuiteBuilder {
    fn default() -> Self {
        Self::preset("demo")
    }
}

impl SuiteBuilder {
    /// The rules, template and lengths of a preset of `meteor-rules` (`demo`, `levana-2021`), opening 100 seconds
    /// after the suite begins, with roles `owner`, `operator`, `guardian` and the payees `team` (8,350 basis
    /// points) and `fund` (1,650).
    ///
    /// # Panics
    /// If there is no such preset.
    pub fn preset(name: &str) -> Self {
        let preset = Preset::named(name).expect("a preset of meteor-rules");
        let relative = meteor_rules::preset::RelativeSchedule { opens_at: None, ..preset.schedule };
        let payee = |name: &str, share_bp| Payee { address: address(name).into(), share_bp };
        let msg = InstantiateMsg {
            owner: address("owner").into(),
            operator: address("operator").into(),
            guardian: address("guardian").into(),
            denom: "uusd".into(),
            schedule: relative.opening(BEGIN + 100),
            minimum: preset.minimum.into(),
            mint_window: preset.mint_window,
            tiers: preset.tiers,
            eggs: preset.eggs,
            payees: vec![payee("team", 8_350), payee("fund", 1_650)],
            meteors: CollectionInit {
                code_id: 0, // set when the code is stored
                name: preset.meteors.name,
                symbol: preset.meteors.symbol,
                template: preset.meteors.template,
                royalties: None,
            },
        };
        Self { msg, wallets: vec![], checked: true }
    }

    /// How many showers.
    #[must_use]
    pub fn showers(mut self, count: u32) -> Self {
        self.msg.schedule.count = count;
        self
    }

    /// When they open and close. The suite begins at [`BEGIN`].
    #[must_use]
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.msg.schedule = schedule;
        self
    }

    /// Least total of a wallet (micro-denom).
    #[must_use]
    pub fn minimum(mut self, minimum: u128) -> Self {
        self.msg.minimum = Uint128::new(minimum);
        self
    }

    /// Seconds after a shower's close during which it may be minted.
    #[must_use]
    pub fn mint_window(mut self, seconds: u64) -> Self {
        self.msg.mint_window = seconds;
        self
    }

    /// The denom that is contributed.
    #[must_use]
    pub fn denom(mut self, denom: &str) -> Self {
        self.msg.denom = denom.into();
        self
    }

    /// How ranks are cut into tiers.
    #[must_use]
    pub fn tiers(mut self, tiers: TierRule) -> Self {
        self.msg.tiers = tiers;
        self
    }

    /// Eggs of each tier.
    #[must_use]
    pub fn eggs(mut self, eggs: PerTier<u32>) -> Self {
        self.msg.eggs = eggs;
        self
    }

    /// Who is paid: names (or addresses) and shares in basis points.
    #[must_use]
    pub fn payees(mut self, payees: &[(&str, u32)]) -> Self {
        let payee =
            |(name, share_bp): &(&str, u32)| Payee { address: address(name).into(), share_bp: *share_bp };
        self.msg.payees = payees.iter().map(payee).collect();
        self
    }

    /// The meteors' royalties.
    #[must_use]
    pub fn royalties(mut self, name: &str, share_bp: u32) -> Self {
        self.msg.meteors.royalties = Some(Royalties { payment_address: address(name).into(), share_bp });
        self
    }

    /// The owner, if not `owner`.
    #[must_use]
    pub fn owner(mut self, name: &str) -> Self {
        self.msg.owner = address(name).into();
        self
    }

    /// The operator, if not `operator`.
    #[must_use]
    pub fn operator(mut self, name: &str) -> Self {
        self.msg.operator = address(name).into();
        self
    }

    /// The guardian, if not `guardian`.
    #[must_use]
    pub fn guardian(mut self, name: &str) -> Self {
        self.msg.guardian = address(name).into();
        self
    }

    /// A wallet with `amount` of the event's denom.
    #[must_use]
    pub fn wallet(mut self, name: &str, amount: u128) -> Self {
        let coin = Coin::new(amount, self.msg.denom.clone());
        self.wallets.push((address(name), vec![coin]));
        self
    }

    /// Anything else about the event.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut InstantiateMsg)) -> Self {
        change(&mut self.msg);
        self
    }

    /// Leaves out the checks after every message, for events so large that they would take too long. The model is
    /// kept; [`crate::invariants::check`] can be called when it suits.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.checked = false;
        self
    }

    /// Makes the chain and the event on it.
    ///
    /// # Panics
    /// If the contract refuses the event.
    pub fn build(self) -> Suite {
        self.try_build().unwrap_or_else(|refusal| panic!("the event is refused: {refusal}"))
    }

    /// Makes the chain and the event on it, or says why the event is refused.
    ///
    /// # Errors
    /// The contract's refusal.
    ///
    /// # Panics
    /// If the contracts don't tell of themselves.
    pub fn try_build(self) -> Result<Suite, Refusal> {
        self.launch(&[])
    }

    /// As [`SuiteBuilder::try_build`], with coins sent along.
    ///
    /// # Errors
    /// The contract's refusal.
    ///
    /// # Panics
    /// If the contracts don't tell of themselves.
    pub fn launch(self, funds: &[Coin]) -> Result<Suite, Refusal> {
        let Self { mut msg, wallets, checked } = self;
        let owner = Addr::unchecked(&msg.owner);
        let mut app: TerraApp = AppBuilder::new()
            .with_bank(BankKeeper::new())
            .with_api(MockApiBech32::new(PREFIX))
            .build(|router, _, storage| {
                let deployer = (address("deployer"), funds.to_vec());
                for (wallet, coins) in wallets.iter().chain([&deployer]) {
                    router.bank.init_balance(storage, wallet, coins.clone()).expect("balances fit");
                }
            });
        app.update_block(|block| {
            block.time = Timestamp::from_seconds(BEGIN);
            block.chain_id = "meteor-test-1".into();
        });
        msg.meteors.code_id = app.store_code(contracts::nft());
        let code = app.store_code(contracts::shower());
        let shower = app
            .instantiate_contract(code, address("deployer"), &msg, funds, "meteor-shower", None)
            .map_err(Refusal::of)?;
        let config: meteor_messages::shower::ConfigResponse = app
            .wrap()
            .query_wasm_smart(&shower, &meteor_messages::shower::QueryMsg::Config {})
            .expect("the contract answers");
        let mut suite = Suite {
            model: Model::new(msg.clone(), shower.to_string()),
            meteors: Addr::unchecked(config.meteors),
            unsolicited: 0,
            known: vec![shower.clone(), owner],
            shower,
            app,
            checked,
            pieces: 0,
        };
        let roles = [&msg.operator, &msg.guardian];
        for who in wallets.iter().map(|(who, _)| who.as_str()).chain(roles.map(String::as_str)) {
            suite.know(who);
        }
        for payee in &msg.payees {
            suite.know(&payee.address);
        }
        suite.know(address("deployer").as_str());
        suite.check_if_asked();
        Ok(suite)
    }
}
