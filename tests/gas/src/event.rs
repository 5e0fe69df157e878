//! An event on a chain of cw-multi-test, and what single transactions on it cost.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use anyhow::{Context, Error, Result};
use cosmwasm_std::{Addr, HexBinary, Timestamp, coin, coins};
use cw_multi_test::{BankSudo, Executor, SudoMsg};
use meteor_messages::hatchery;
use meteor_messages::nft;
use meteor_messages::shower::{Art, CatalogueTier, DrawResponse, ExecuteMsg, QueryMsg, ShowerResponse};
use meteor_rules::catalogue::{Catalogue, Piece};
use meteor_rules::fairness::sealed::{Inputs, Sealed};
use meteor_rules::tier::{PerTier, Tier};
use meteor_testkit::wallets::address;
use meteor_testkit::{Suite, SuiteBuilder, art, fairness, reveal_of};
use serde::Serialize;

use crate::artifact;
use crate::meter::{self, Gas};

/// What one transaction cost.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What it did.
    pub(crate) verb: String,
    /// How many meteors or wallets it was for.
    pub(crate) count: u64,
    /// What it was charged.
    pub(crate) gas: Gas,
}

impl Row {
    /// Gas for each meteor or wallet, rounded up.
    pub(crate) fn each(&self) -> u64 {
        self.gas.total().div_ceil(self.count.max(1))
    }
}

/// The event of 2021, 44 showers of an hour, and what was measured on it. It passes by the suite's verbs and
/// model, which look at every contribution again at each: showers here have up to 100,000 wallets.
pub(crate) struct Event {
    suite: Suite,
    /// What was measured so far.
    pub(crate) rows: Vec<Row>,
    /// Totals of the wallets in shower 1.
    totals: BTreeMap<Addr, u128>,
    draw: Option<Draw>,
    minted: u32,
}

/// What the operator knows when shower 1 is drawn.
struct Draw {
    round: u64,
    sealed: Sealed,
    /// Who gets the meteor of rank 1, 2, …
    ranking: Vec<Addr>,
}

impl Event {
    /// An event before its first shower.
    pub(crate) fn launch() -> Self {
        Self::on(SuiteBuilder::preset("levana-2021"))
    }

    #[allow(clippy::expect_used)] // the catalogue below has pieces of every tier
    fn on(builder: SuiteBuilder) -> Self {
        let committed = PerTier::from_fn(|tier| {
            let committed = catalogue().committed(tier).expect("a tier with pieces");
            CatalogueTier { count: committed.count, root: committed.root.into() }
        });
        let builder = builder.with(|msg| msg.catalogue = committed);
        let suite = builder.codes(artifact::codes()).unchecked().build();
        Self { suite, rows: vec![], totals: BTreeMap::new(), draw: None, minted: 0 }
    }

    /// Measures `transaction`, which is for `count` meteors or wallets.
    pub(crate) fn cost(
        &mut self,
        verb: &str,
        count: usize,
        transaction: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let (done, gas) = meter::measure(|| transaction(self));
        done.with_context(|| format!("while measuring: {verb}"))?;
        self.rows.push(Row { verb: verb.into(), count: u64::try_from(count)?, gas });
        Ok(())
    }

    /// Instantiates the contracts of one more such event.
    pub(crate) fn instantiate(&mut self) -> Result<()> {
        let code = self.suite.app.contract_data(&self.suite.shower)?.code_id;
        let msg = self.suite.model.config.clone();
        self.suite.app.instantiate_contract(code, address("deployer"), &msg, &[], "meteor-shower", None)?;
        Ok(())
    }

    fn send(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &(impl Serialize + Debug),
        amount: u128,
    ) -> Result<()> {
        let funds = if amount == 0 { vec![] } else { coins(amount, &self.suite.model.config.denom) };
        self.suite.app.execute_contract(sender.clone(), contract.clone(), msg, &funds)?;
        self.suite.app.update_block(|block| {
            block.height += 1;
            block.time = block.time.plus_nanos(1);
        });
        Ok(())
    }

    fn shower(&mut self, sender: &str, msg: &ExecuteMsg) -> Result<()> {
        let contract = self.suite.shower.clone();
        self.send(&address(sender), &contract, msg, 0)
    }

    /// The owner sends `msg` to the shower contract.
    pub(crate) fn as_owner(&mut self, msg: &ExecuteMsg) -> Result<()> {
        self.shower("owner", msg)
    }

    /// The guardian pauses.
    pub(crate) fn pause(&mut self) -> Result<()> {
        self.shower("guardian", &ExecuteMsg::Pause {})
    }

    fn at(&mut self, seconds: u64) {
        self.suite.app.update_block(|block| {
            block.height += 1;
            block.time = block.time.max(Timestamp::from_seconds(seconds));
        });
    }

    /// Moves time to the opening of `shower`.
    pub(crate) fn open(&mut self, shower: u32) {
        let opens = Timestamp::from_nanos(self.suite.window(shower).start).seconds();
        self.at(opens);
    }

    /// Moves time to the end of shower 1.
    pub(crate) fn end(&mut self) {
        let end = Timestamp::from_nanos(self.suite.window(1).end).seconds();
        self.at(end);
    }

    /// Moves time on.
    pub(crate) fn advance(&mut self, seconds: u64) {
        let now = self.suite.app.block_info().time.seconds();
        self.at(now + seconds);
    }

    /// Gives a wallet coins, so that it can contribute.
    pub(crate) fn fund(&mut self, who: &Addr, amount: u128) -> Result<()> {
        let funds = coins(amount, &self.suite.model.config.denom);
        self.suite
            .app
            .init_modules(|router, _, storage| router.bank.keeper.init_balance(storage, who, funds))?;
        Ok(())
    }

    /// A wallet that has what it needs contributes.
    pub(crate) fn contribute(&mut self, who: &Addr, shower: u32, amount: u128) -> Result<()> {
        let contract = self.suite.shower.clone();
        self.send(who, &contract, &ExecuteMsg::Contribute { shower }, amount)?;
        if shower == 1 {
            *self.totals.entry(who.clone()).or_default() += amount;
        }
        Ok(())
    }

    /// So many new wallets contribute, each a little more than the one before.
    pub(crate) fn fill(&mut self, shower: u32, wallets: u32) -> Result<()> {
        for n in 0..wallets {
            let (who, amount) = (wallet(n), amount(n));
            self.fund(&who, amount)?;
            self.contribute(&who, shower, amount)?;
        }
        Ok(())
    }

    /// Anyone closes shower 1.
    pub(crate) fn close(&mut self) -> Result<()> {
        self.shower("anyone", &ExecuteMsg::Close { shower: 1 })
    }

    /// Waits for the beacon and draws shower 1.
    pub(crate) fn draw(&mut self) -> Result<()> {
        let ask = QueryMsg::Draw { shower: 1 };
        let told: DrawResponse = self.suite.try_query(&ask).map_err(Error::msg)?;
        let round = told.beacon_round.context("shower 1 is closed")?;
        let ask = QueryMsg::Shower { shower: 1 };
        let told: ShowerResponse = self.suite.try_query(&ask).map_err(Error::msg)?;
        let config = &self.suite.model.config;
        let due = config.fairness.beacon.due(round).context("a round of the beacon")?;
        let mut ranking: Vec<(u128, Addr)> =
            self.totals.iter().map(|(who, total)| (*total, who.clone())).collect();
        ranking.sort_unstable_by(|a, b| b.cmp(a)); // no two totals are equal here
        let contract = self.suite.shower.as_str();
        let sealed = Sealed::make(&Inputs {
            id: fairness::id(contract, 1),
            key: &fairness::key(contract, 1),
            beacon_signature: &fairness::beacon(round),
            log: &told.log.as_slice().try_into()?,
            contributors: told.contributors,
            earlier: 0,
            tiers: &config.tiers,
            eggs: &config.eggs,
            tilt_bp: config.tilt_bp,
            tables: &self.suite.model.tables,
        })?;
        self.at(due);
        self.draw = Some(Draw { round, sealed, ranking: ranking.into_iter().map(|(_, who)| who).collect() });
        Ok(())
    }

    fn drawn(&self) -> Result<&Draw> {
        self.draw.as_ref().context("shower 1 is drawn first")
    }

    /// The operator commits to the draw.
    pub(crate) fn commit_draw(&mut self) -> Result<()> {
        let Draw { round, sealed, .. } = self.drawn()?;
        let (root, leaves) = (sealed.root().into(), sealed.leaves());
        let beacon = fairness::beacon(*round).into();
        self.shower("operator", &ExecuteMsg::CommitDraw { shower: 1, root, leaves, beacon })
    }

    /// Anyone mints the next `count` meteors of shower 1, which are of one tier.
    pub(crate) fn mint(&mut self, count: u32) -> Result<()> {
        let (tier, first_piece, _) = self.next_mint()?.context("a meteor to mint")?;
        let (pieces, proof) = catalogue().range(tier, first_piece, count).context("so many pieces")?;
        let art = pieces.iter().cloned().map(|Piece { image, traits }| Art { image, traits }).collect();
        let proof = proof.into_iter().map(HexBinary::from).collect();
        let first_rank = self.minted + 1;
        self.minted += count;
        self.shower("anyone", &ExecuteMsg::Mint { shower: 1, first_rank, art, proof })
    }

    /// Tier of the next meteor of shower 1, its place in the tier, and how many the tier has from there on. It
    /// is reckoned and not asked, because a question would be measured too.
    fn next_mint(&self) -> Result<Option<(Tier, u32, u32)>> {
        let contributors = u32::try_from(self.totals.len())?;
        let mut first = 0;
        for (tier, size) in self.suite.model.config.tiers.sizes(contributors).iter() {
            if self.minted < first + size {
                return Ok(Some((tier, self.minted - first, first + size - self.minted)));
            }
            first += size;
        }
        Ok(None)
    }

    /// Mints until so many meteors of shower 1 are minted.
    pub(crate) fn mint_up_to(&mut self, count: u32) -> Result<()> {
        while self.minted < count {
            let (_, _, left) = self.next_mint()?.context("so many meteors")?;
            self.mint(left.min(count - self.minted).min(100))?;
        }
        Ok(())
    }

    /// Anyone has booked what payees are owed.
    pub(crate) fn settle(&mut self) -> Result<()> {
        self.shower("anyone", &ExecuteMsg::Settle { shower: 1 })
    }

    /// Anyone has the first payee paid.
    pub(crate) fn withdraw(&mut self) -> Result<()> {
        let payee = self.suite.model.config.payees.first().context("a payee")?.address.clone();
        self.shower("anyone", &ExecuteMsg::Withdraw { payee })
    }

    /// Somebody sends the shower contract coins, by a plain transfer.
    pub(crate) fn send_unasked(&mut self, amount: u128) -> Result<()> {
        let (to_address, denom) = (self.suite.shower.to_string(), &self.suite.model.config.denom);
        self.suite.app.sudo(SudoMsg::Bank(BankSudo::Mint { to_address, amount: coins(amount, denom) }))?;
        Ok(())
    }

    /// The owner returns them.
    pub(crate) fn return_unasked(&mut self, amount: u128) -> Result<()> {
        let amount = coin(amount, &self.suite.model.config.denom);
        self.as_owner(&ExecuteMsg::ReturnUnasked { to: address("somebody").into(), amount })
    }

    /// Anyone has wallets refunded.
    pub(crate) fn refund(&mut self, shower: u32, wallets: &[Addr]) -> Result<()> {
        let contributors = wallets.iter().map(Addr::to_string).collect();
        self.shower("anyone", &ExecuteMsg::Refund { shower, contributors })
    }

    /// Who gets the meteor of that rank in shower 1.
    pub(crate) fn ranked(&self, rank: u32) -> Result<Addr> {
        let at = usize::try_from(rank)?.checked_sub(1);
        at.and_then(|at| self.drawn().ok()?.ranking.get(at).cloned()).context("a rank of shower 1")
    }

    fn nft(&mut self, rank: u32, msg: impl FnOnce(String) -> nft::ExecuteMsg) -> Result<()> {
        let (who, meteors) = (self.ranked(rank)?, self.suite.meteors.clone());
        self.send(&who, &meteors, &msg(rank.to_string()), 0)
    }

    /// The holder of the meteor of that rank gives it to somebody.
    pub(crate) fn transfer(&mut self, rank: u32) -> Result<()> {
        let recipient = address("somebody").into();
        self.nft(rank, |token_id| nft::ExecuteMsg::TransferNft { recipient, token_id })
    }

    /// The holder of the meteor of that rank cracks it.
    pub(crate) fn crack(&mut self, rank: u32) -> Result<()> {
        let contract = self.suite.hatchery.to_string();
        self.nft(rank, |token_id| nft::ExecuteMsg::SendNft { contract, token_id, msg: None })
    }

    /// The worker reveals what the meteors of these ranks hold.
    pub(crate) fn reveal(&mut self, ranks: RangeInclusive<u32>) -> Result<()> {
        let sealed = &self.drawn()?.sealed;
        let reveals = ranks
            .map(|rank| Ok(reveal_of(&sealed.reveal(rank - 1).context("a rank of shower 1")?)))
            .collect::<Result<Vec<_>>>()?;
        let hatchery = self.suite.hatchery.clone();
        self.send(&address("operator"), &hatchery, &hatchery::ExecuteMsg::Reveal { reveals }, 0)
    }

    /// Anyone has the meteor of that rank sent back.
    pub(crate) fn reclaim(&mut self, rank: u32) -> Result<()> {
        let (hatchery, token_id) = (self.suite.hatchery.clone(), rank.to_string());
        self.send(&address("anyone"), &hatchery, &hatchery::ExecuteMsg::Reclaim { token_id }, 0)
    }

    /// Anyone publishes the key of shower 1.
    pub(crate) fn publish_key(&mut self) -> Result<()> {
        let key = fairness::key(self.suite.shower.as_str(), 1).into();
        self.shower("anyone", &ExecuteMsg::PublishKey { shower: 1, key })
    }
}

#[cfg(test)]
impl Event {
    /// An event of a single shower of the demo.
    pub(crate) fn launch_small() -> Self {
        Self::on(SuiteBuilder::preset("demo").showers(1))
    }

    /// Every byte that the chain keeps.
    pub(crate) fn state(&self) -> Vec<cosmwasm_std::Record> {
        use cosmwasm_std::Storage;
        self.suite.app.storage().range(None, None, cosmwasm_std::Order::Ascending).collect()
    }
}

/// Pieces for showers of 100,000 wallets, of a tier as many as the largest of them has meteors of it.
fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        // Every preset's meteors have these columns, and every list of theirs this number.
        let piece = |number| Piece { image: art::image(number), traits: vec![890, 0, 1, 0, 27, 0, 0] };
        Catalogue::new(PerTier::from_fn(|tier| {
            let count = match tier {
                Tier::Legendary => 1_000,
                Tier::Ancient => 9_000,
                Tier::Rare => 22_500,
                Tier::Common => 68_500,
            };
            (0..count).map(piece).collect()
        }))
    })
}

/// The wallets that fill showers.
pub(crate) fn wallet(n: u32) -> Addr {
    address(&format!("wallet {n}"))
}

/// What the wallets that fill showers contribute (micro-denom).
pub(crate) fn amount(n: u32) -> u128 {
    8_000_000 + 1_000 * u128::from(n)
}
