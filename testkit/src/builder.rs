//! How a suite is made: everything has a value that most tests can live with.

use cosmwasm_std::{Addr, Api, Coin, Timestamp, Uint128, instantiate2_address};
use cw_multi_test::{AppBuilder, Executor, MockApiBech32};
use meteor_messages::hatchery::{self, HatcheryInit};
use meteor_messages::nft::CollectionInit;
use meteor_messages::nft::Royalties;
use meteor_messages::shower::{CatalogueTier, InstantiateMsg, MAX_SHOWERS, Payee};
use meteor_rules::catalogue::{Catalogue, Committed};
use meteor_rules::fairness::content::Tables;
use meteor_rules::preset::{Collection, Crack, Preset};
use meteor_rules::tier::PerTier;

use crate::art;
use crate::bank::RefusingBank;
use crate::contracts::Codes;
use crate::fairness::{CHAIN_ID, commitments, without_commitments};
use crate::model::{Contracts, Model};
use crate::outcome::Refusal;
use crate::suite::{Suite, TerraApp};
use crate::wallets::{PREFIX, address};

/// Block time (seconds) when a suite begins.
pub const BEGIN: u64 = 1_700_000_000;

/// Makes the shower contract's address known before it exists: commitments are bound to it.
const SALT: &[u8] = b"meteor-shower";

/// Settings of a suite; [`SuiteBuilder::build`] makes it.
#[derive(Clone, Debug)]
#[must_use = "build() it"]
pub struct SuiteBuilder {
    msg: InstantiateMsg,
    tables: Tables,
    catalogue: Catalogue,
    wallets: Vec<(Addr, Vec<Coin>)>,
    codes: Codes,
    checked: bool,
}

impl Default for SuiteBuilder {
    fn default() -> Self {
        Self::preset("demo")
    }
}

impl SuiteBuilder {
    /// The rules, template and showers of a preset of `meteor-rules` (`demo`, `levana-2021`), opening 100 seconds
    /// after the suite begins, with at least an hour each for minting and for revealing, with roles `owner`, `operator`, `guardian` and the payees `team`
    /// (8,350 basis points) and `fund` (1,650).
    ///
    /// # Panics
    /// If there is no such preset.
    pub fn preset(name: &str) -> Self {
        let preset = Preset::named(name).expect("a preset of meteor-rules");
        let relative = meteor_rules::preset::RelativeSchedule { opens_at: None, ..preset.schedule };
        let payee = |name: &str, share_bp| Payee { address: address(name).into(), share_bp };
        let Crack { reveal_timeout, crack_window, key_window, eggs, dust, tables } = preset.crack;
        // Tests move the time themselves, and don't want the demo's short windows in their way.
        let (mint_window, reveal_timeout) = (preset.mint_window.max(3_600), reveal_timeout.max(3_600));
        let (crack_window, key_window) = (crack_window.max(7_200), key_window.max(10_000));
        let collection = |Collection { name, symbol, template }| CollectionInit {
            code_id: 0, // set when the code is stored
            name,
            symbol,
            template,
            royalties: None,
        };
        let catalogue = art::catalogue(&preset.meteors.template, art::PIECES);
        let msg = InstantiateMsg {
            owner: address("owner").into(),
            operator: address("operator").into(),
            guardian: address("guardian").into(),
            admin: None,
            denom: "uusd".into(),
            schedule: relative.opening(BEGIN + 100),
            minimum: preset.minimum.micro("uusd").expect("an amount of uusd").into(),
            mint_window,
            tiers: preset.tiers,
            eggs: preset.eggs,
            tilt_bp: preset.tilt_bp,
            holdback_bp: preset.holdback_bp,
            catalogue: committed(&catalogue),
            payees: vec![payee("team", 8_350), payee("fund", 1_650)],
            meteors: collection(preset.meteors),
            fairness: without_commitments(&tables, crack_window, key_window), // the commitments when the address is known
            hatchery: HatcheryInit {
                code_id: 0,
                reveal_timeout,
                eggs: collection(eggs),
                dust: collection(dust),
            },
        };
        Self { msg, tables, catalogue, wallets: vec![], codes: Codes::default(), checked: true }
    }

    /// How many pieces the catalogue has of each tier.
    pub fn pieces(mut self, counts: PerTier<u32>) -> Self {
        self.catalogue = art::catalogue(&self.msg.meteors.template, counts);
        self.msg.catalogue = committed(&self.catalogue);
        self
    }

    /// How many showers.
    pub fn showers(mut self, count: u32) -> Self {
        self.msg.schedule.count = count;
        self
    }

    /// Least total of a wallet (micro-denom).
    pub fn minimum(mut self, minimum: u128) -> Self {
        self.msg.minimum = Uint128::new(minimum);
        self
    }

    /// Who is paid: names (or addresses) and shares in basis points.
    pub fn payees(mut self, payees: &[(&str, u32)]) -> Self {
        let payee =
            |(name, share_bp): &(&str, u32)| Payee { address: address(name).into(), share_bp: *share_bp };
        self.msg.payees = payees.iter().map(payee).collect();
        self
    }

    /// The meteors' royalties.
    pub fn royalties(mut self, name: &str, share_bp: u32) -> Self {
        self.msg.meteors.royalties = Some(Royalties { payment_address: address(name).into(), share_bp });
        self
    }

    /// A wallet with `amount` of the event's denom.
    pub fn wallet(mut self, name: &str, amount: u128) -> Self {
        let coin = Coin::new(amount, self.msg.denom.clone());
        self.wallets.push((address(name), vec![coin]));
        self
    }

    /// Seconds that a cracked meteor may wait to be revealed.
    pub fn reveal_timeout(mut self, seconds: u64) -> Self {
        self.msg.hatchery.reveal_timeout = seconds;
        self
    }

    /// Anything else about the event. Commitments are made when the event is launched, unless there are some
    /// by then.
    pub fn with(mut self, change: impl FnOnce(&mut InstantiateMsg)) -> Self {
        change(&mut self.msg);
        self
    }

    /// Other code of the contracts than the crates' own.
    pub fn codes(mut self, codes: Codes) -> Self {
        self.codes = codes;
        self
    }

    /// Leaves out the checks after every message, for events so large that they would take too long. The
    /// model is kept; [`crate::invariants::check`] can be called when it suits.
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
        let Self { mut msg, tables, catalogue, wallets, codes, checked } = self;
        let bank = RefusingBank::default();
        let owner = Addr::unchecked(&msg.owner);
        let mut app: TerraApp = AppBuilder::new()
            .with_bank(bank.clone())
            .with_api(MockApiBech32::new(PREFIX))
            .build(|router, _, storage| {
                let deployer = (address("deployer"), funds.to_vec());
                for (wallet, coins) in wallets.iter().chain([&deployer]) {
                    router.bank.keeper.init_balance(storage, wallet, coins.clone()).expect("balances fit");
                }
            });
        app.update_block(|block| {
            block.time = Timestamp::from_seconds(BEGIN);
            block.chain_id = CHAIN_ID.into();
        });
        let collections = app.store_code((codes.nft)());
        let code = app.store_code((codes.shower)());
        msg.hatchery.code_id = app.store_code((codes.hatchery)());
        for collection in [&mut msg.meteors, &mut msg.hatchery.eggs, &mut msg.hatchery.dust] {
            collection.code_id = collections;
        }
        if msg.fairness.commitments.is_empty() {
            let contract = predicted(&app, code);
            let count = msg.schedule.count.min(MAX_SHOWERS);
            msg.fairness.commitments =
                commitments(contract.as_str(), count).into_iter().map(Into::into).collect();
        }
        let shower = app
            .instantiate2_contract(
                code,
                address("deployer"),
                &msg,
                funds,
                "meteor-shower",
                msg.admin.clone(),
                SALT,
            )
            .map_err(Refusal::of)?;
        let config: meteor_messages::shower::ConfigResponse = app
            .wrap()
            .query_wasm_smart(&shower, &meteor_messages::shower::QueryMsg::Config {})
            .expect("the contract answers");
        let nest: hatchery::ConfigResponse = app
            .wrap()
            .query_wasm_smart(&config.hatchery, &hatchery::QueryMsg::Config {})
            .expect("the hatchery answers");
        let contracts = Contracts {
            shower: shower.to_string(),
            meteors: config.meteors,
            hatchery: config.hatchery,
            eggs: nest.eggs,
            dust: nest.dust,
        };
        let mut suite = Suite {
            meteors: Addr::unchecked(&contracts.meteors),
            hatchery: Addr::unchecked(&contracts.hatchery),
            eggs: Addr::unchecked(&contracts.eggs),
            dust: Addr::unchecked(&contracts.dust),
            model: Model::new(msg.clone(), tables, catalogue, contracts),
            bank,
            known: vec![shower.clone(), owner],
            shower,
            app,
            checked,
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

/// What a launch commits to of `catalogue`.
pub fn committed(catalogue: &Catalogue) -> PerTier<CatalogueTier> {
    PerTier::from_fn(|tier| {
        let Committed { count, root } =
            catalogue.committed(tier).unwrap_or(Committed { count: 0, root: [0; 32] });
        CatalogueTier { count, root: root.into() }
    })
}

/// The address that the shower contract will have.
fn predicted(app: &TerraApp, code: u64) -> Addr {
    let checksum = app.wrap().query_wasm_code_info(code).expect("the code was stored").checksum;
    let api = app.api();
    let deployer = api.addr_canonicalize(address("deployer").as_str()).expect("an address");
    let contract = instantiate2_address(checksum.as_slice(), &deployer, SALT).expect("a salt of its length");
    api.addr_humanize(&contract).expect("an address")
}
