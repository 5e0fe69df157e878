//! The night itself: what happens in it, in order.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use meteor_chain::contracts::{Collection, HatcheryContract, ShowerContract};
use meteor_indexer::Server;
use meteor_indexer::store::Place;
use meteor_messages::shower::{ExecuteMsg, ShowerResponse};
use meteor_operator::account::Account;
use meteor_operator::beacon::{BeaconClient, BeaconConfig};
use meteor_operator::gas::coins;
use meteor_operator::jobs::{self, Deployment, Hatcher, Sealer, Withdrawn};
use meteor_operator::keys::MasterKey;
use meteor_operator::node::Node;
use meteor_rules::fairness::verify::{Outcome, StepName};
use meteor_rules::preset::Preset;
use meteor_rules::schedule::Schedule;

use super::SHOWERS;
use super::monitoring::{ALERT, Open};
use super::notes::Notes;
use super::replica::Replica;
use crate::amounts::{coins as money, counted, grouped};
use crate::chain::Chain;
use crate::demo::event::{self, Secret};
use crate::demo::options::Options;
use crate::demo::plan::{MINIMUM, Plan};
use crate::demo::site::Site;
use crate::demo::wallets::{self, Wallets};
use crate::demo::{caught_up, launch};
use crate::{evidence, halted, preset as presets, serve};

/// Accounts of the words, besides 1 the owner and 2 the operator.
const GUARDIAN: u32 = 3;
const VISITOR: u32 = 5;
const STRANGER: u32 = 6;
const WORKER: u32 = 7;
/// Seconds for what is started before the first shower opens.
const AHEAD: u64 = 8;
/// Contributions of the first shower end at this part (thousandths) of it: the rest is for what goes wrong.
const QUIET_FROM: u32 = 500;

/// What the night's steps share.
pub(super) struct Night<'a> {
    site: &'a Site,
    chain: &'a Chain,
    preset: Preset,
    deployment: Deployment,
    schedule: Schedule,
    secret: Secret,
    plan: Plan,
    wallets: Wallets,
    node: Node,
    server: Server,
    api: String,
    folder: tempfile::TempDir,
}

impl<'a> Night<'a> {
    /// Holds it.
    pub(super) async fn hold(
        site: &'a Site,
        options: &Options,
        preset: Preset,
        monitoring: Option<&Open>,
        notes: &mut Notes,
    ) -> Result<()> {
        let night = Self::begin(site, options, preset, notes).await?;
        let outcome = Box::pin(night.steps(monitoring, notes)).await;
        night.server.shutdown().await;
        outcome
    }

    /// Funds wallets, deploys the event and serves it.
    async fn begin(site: &'a Site, options: &Options, preset: Preset, notes: &mut Notes) -> Result<Self> {
        let chain = &site.chain;
        let node = Node::new(&chain.rpc)?;
        let count = usize::try_from(options.wallets)?;
        let mut plan = Plan::new(options.seed, count, SHOWERS, options.contributions);
        for planned in plan.contributions.iter_mut().filter(|planned| planned.shower == 1) {
            planned.at = planned.at.saturating_mul(QUIET_FROM) / 1_000;
        }
        let wallets = wallets::fund(chain, &plan, SHOWERS).await?;
        notes.done("fund", format!("{} have coins and fees", counted(count, "wallet")))?;
        notes.figure("wallets", count);
        notes.figure("contributions", plan.contributions.len());

        let salt = format!("rehearsal-{}", event::now());
        let mut planned = launch::plan(chain, preset, &salt).await?;
        let relays = vec![chain.beacon_url.clone()];
        let beacon = BeaconClient::new(BeaconConfig::new(crate::devnet::beacon()?, relays))?;
        let secret = Secret { keys: MasterKey::random()?, beacon };
        planned.preset.schedule.opens_at = Some(event::now().saturating_add(site.lead).saturating_add(AHEAD));
        let deployment = launch::launch(chain, &mut planned, &secret.keys).await.context("deploying")?;
        let schedule = planned.message(chain.codes)?.schedule;
        let preset = planned.preset;
        notes.done(
            "deploy",
            format!("{}, read back field by field, in block {}", deployment.shower, deployment.height),
        )?;

        let folder = tempfile::tempdir().context("making a folder")?;
        let tables = presets::tables(&preset)?;
        std::fs::write(folder.path().join("tables.json"), &tables)?;
        std::fs::write(folder.path().join("catalogue.csv"), &planned.catalogue_file)?;
        let config = serve::config(chain, &deployment, tables, planned.catalogue_file, site.poll)?;
        let server = serve::embedded(config, options.listen, axum::Router::new()).await?;
        server.wait_applied(deployment.height).await.context("waiting for the indexer")?;
        let api = format!("http://{}", server.public_addr());
        notes.done("serve", format!("page and API at {api}"))?;
        Ok(Self {
            site,
            chain,
            preset,
            deployment,
            schedule,
            secret,
            plan,
            wallets,
            node,
            server,
            api,
            folder,
        })
    }

    async fn steps(&self, monitoring: Option<&Open>, notes: &mut Notes) -> Result<()> {
        let mut replica = self.replica(notes).await?;
        self.contribute(1, notes).await?;
        self.lose(&mut replica, notes).await?;
        self.halt(notes).await?;
        self.contribute(2, notes).await?;
        self.restart(notes).await?;
        self.cancel(notes).await?;
        let closed = self.draw(notes).await?;
        self.mint(&closed, notes).await?;
        self.reveal(notes).await?;
        self.finish(notes).await?;
        self.verify(notes).await?;
        self.alert(monitoring, notes).await
    }

    fn contract(&self) -> ShowerContract<'_> {
        ShowerContract::new(&self.node, &self.deployment.shower)
    }

    fn closes_at(&self, shower: u32) -> Result<u64> {
        self.schedule.closes_at(shower).context("a shower without an end")
    }

    /// Many wallets contribute to `shower`.
    async fn contribute(&self, shower: u32, notes: &mut Notes) -> Result<()> {
        let closes_at = self.closes_at(shower)?;
        let opens_at = closes_at.saturating_sub(self.schedule.interval);
        let planned: Vec<_> =
            self.plan.contributions.iter().filter(|planned| planned.shower == shower).copied().collect();
        let due: u128 = planned.iter().map(|planned| planned.amount).sum();
        let many = planned.len();
        let sent =
            event::contribute(self.chain, &self.deployment, &self.wallets, planned, opens_at, closes_at)
                .await?;
        let state = self.contract().shower(shower).await?;
        ensure!(sent.len() == many && state.total.u128() == due, "{} of {due} contributed", state.total);
        let denom = &self.chain.denom;
        let of = counted(u64::from(state.contributors), "wallet");
        notes.done(
            "contribute",
            format!("shower {shower}: {many} contributions of {of}, {}, each in a block", money(due, denom)),
        )?;
        Ok(())
    }

    /// The guardian pauses while a shower is open, a visitor is refused, the owner resumes, the visitor gets in.
    async fn halt(&self, notes: &mut Notes) -> Result<()> {
        let (contract, start) = (&self.deployment.shower, Instant::now());
        let mut guardian = self.chain.account(GUARDIAN).await?;
        let mut owner = self.chain.account(1).await?;
        let mut visitor = self.chain.account(VISITOR).await?;
        let site = Place::Folder(self.folder.path().join("site"));
        std::fs::create_dir(self.folder.path().join("site"))?;
        let page = self.folder.path().join("site").join(halted::NAME);
        halted::show(&site, halted::PAGE.as_bytes()).await?;
        ensure!(std::fs::read_to_string(&page)? == halted::PAGE, "the page is not there");
        let paused = guardian.execute(contract, &ExecuteMsg::Pause {}, &[]).await.context("pausing")?;
        let took = start.elapsed();
        let give = coins(MINIMUM, &self.chain.denom);
        let refused = visitor.execute(contract, &ExecuteMsg::Contribute { shower: 1 }, &give).await;
        let Err(refused) = refused else { bail!("somebody contributed while it was paused") };
        let refused = crate::out::in_words(&refused.into());
        ensure!(refused.contains("paused"), "while it was paused, a contribution was refused for: {refused}");
        notes.done(
            "halt",
            format!(
                "the page is shown, the guardian paused in block {}; a contribution is refused and costs nothing",
                paused.height
            ),
        )?;
        notes.figure("seconds from the decision to the page and a paused contract", tenths(took));
        halted::hide(&site).await?;
        ensure!(!page.exists(), "the page is still there");
        let resumed = owner.execute(contract, &ExecuteMsg::Resume {}, &[]).await.context("resuming")?;
        let again = visitor.execute(contract, &ExecuteMsg::Contribute { shower: 1 }, &give).await;
        again.context("contributing after the pause; longer showers (--seconds) leave more time")?;
        let marked = self.contract().shower(1).await?;
        ensure!(marked.paused, "the shower is not marked as one that was paused");
        notes.done(
            "resume",
            format!("the page is gone, the owner resumed in block {}; the same contribution is in, the pause stays marked", resumed.height),
        )?;
        Ok(())
    }

    /// A second replica starts.
    async fn replica(&self, notes: &mut Notes) -> Result<Replica> {
        let (replica, took) = self.start(None).await?;
        notes
            .done("replica", format!("a second one is ready at {} after {} s", replica.api, tenths(took)))?;
        Ok(replica)
    }

    /// Starts a replica whose metrics are at `admin`, and looks at them.
    async fn start(&self, admin: Option<&str>) -> Result<(Replica, Duration)> {
        let started = Replica::start(self.chain, &self.deployment, self.folder.path(), admin).await?;
        ensure!(started.0.is_scraped().await, "a replica that is ready has no metrics");
        Ok(started)
    }

    /// It is killed as a machine's loss would kill it.
    async fn lose(&self, replica: &mut Replica, notes: &mut Notes) -> Result<()> {
        replica.kill()?;
        ensure!(!replica.is_scraped().await, "a replica that was killed has metrics");
        notes.done("replica lost", "it is killed (SIGKILL), and its metrics can't be scraped any more".into())
    }

    /// A shower later it starts from its store and catches up.
    async fn restart(&self, notes: &mut Notes) -> Result<()> {
        let (replica, took) = self.start(None).await?;
        let height = self.node.status().await?.height;
        replica.reaches(height).await?;
        self.server.wait_applied(height).await.context("waiting for the indexer")?;
        for shower in 1..=SHOWERS {
            let path = format!("/v1/showers/{shower}/ranking?limit=1000");
            let theirs = replica.serves(&path).await?;
            let ours = meteor_chain::http::get(&format!("{}{path}", self.api)).await?;
            ensure!(
                ranking(&theirs)? == ranking(&ours)?,
                "after its restart the replica has another ranking"
            );
        }
        notes.done(
            "replica back",
            format!(
                "ready again after {} s; at height {height} both replicas serve the same rankings",
                tenths(took)
            ),
        )?;
        notes.figure("seconds from a killed replica's restart until it is ready", tenths(took));
        Ok(())
    }

    /// Where monitoring was named a replica is lost once more: the alert fires, reaches its receivers, and resolves. Now
    /// no deadline of the chain waits for it.
    async fn alert(&self, monitoring: Option<&Open>, notes: &mut Notes) -> Result<()> {
        let Some(monitoring) = monitoring else {
            notes.not_shown(
                "that an alert fires, reaches its receivers and resolves. No monitoring was named: give --prometheus, \
                 --alertmanager and --targets",
            );
            return Ok(());
        };
        let (mut replica, _) = self.start(None).await?;
        let watching = monitoring.watch(&replica.admin).await?;
        notes.done("scraped", format!("Prometheus scrapes the replica at {}", replica.admin))?;
        let before = watching.sent().await?;
        let start = Instant::now();
        replica.kill()?;
        watching.fires().await?;
        let took = start.elapsed().as_secs();
        notes.done(
            "alert fires",
            format!("{ALERT} fires in Prometheus {took} s after the replica was killed"),
        )?;
        notes.figure("seconds from a killed replica to the firing alert", took);
        let receivers = watching.reaches(before).await?;
        let took = start.elapsed().as_secs();
        notes.done(
            "alert sent",
            format!(
                "Alertmanager has {ALERT} for {receivers}; it has sent notifications since, and none failed"
            ),
        )?;
        notes.figure("seconds from a killed replica until Alertmanager had sent a notification", took);
        let (_replica, _) = self.start(Some(&replica.admin)).await?;
        watching.resolves().await?;
        notes.done(
            "alert resolves",
            "the replica is back, and neither Prometheus nor Alertmanager has the alert any more".into(),
        )
    }

    /// The owner cancels shower 2, and everyone gets all of it back.
    async fn cancel(&self, notes: &mut Notes) -> Result<()> {
        let contract = &self.deployment.shower;
        let before = self.contract().shower(2).await?;
        jobs::cancel(&mut self.chain.account(1).await?, contract, 2).await.context("cancelling")?;
        notes.done("cancel", "shower 2 is cancelled by the owner".into())?;
        // By anyone.
        let refunds = jobs::refund(&mut self.chain.account(STRANGER).await?, contract, 2, |_| ()).await?;
        ensure!(
            refunds.amount == before.total.u128() && refunds.left_out.is_empty(),
            "{} of {} went back",
            refunds.amount,
            before.total
        );
        let count = refunds.count;
        notes.done(
            "refund",
            format!(
                "{} to {}, sent by a stranger",
                money(refunds.amount, &self.chain.denom),
                counted(count, "contributor")
            ),
        )?;
        Ok(())
    }

    async fn draw(&self, notes: &mut Notes) -> Result<ShowerResponse> {
        let mut operator = self.chain.account(2).await?;
        let closed = event::close(&mut operator, &self.deployment, 1, self.closes_at(1)?).await?;
        notes.done(
            "close",
            format!("shower 1 has {}", counted(u64::from(closed.contributors), "contributor")),
        )?;
        event::draw(&mut operator, &self.deployment, &self.secret, &self.preset, &closed).await?;
        let draw = self.contract().draw(1).await?;
        let root = draw.root.context("a draw without a root")?.to_hex();
        notes.done(
            "draw",
            format!(
                "root {}…, decided by the beacon's round after the close",
                root.get(..16).unwrap_or(&root)
            ),
        )?;
        Ok(closed)
    }

    /// The operator mints half of it, and a stranger the rest, from the published catalogue.
    async fn mint(&self, closed: &ShowerResponse, notes: &mut Notes) -> Result<()> {
        let all = closed.contributors;
        let url = format!("{}/v1/catalogue", self.api);
        let catalogue = crate::catalogue::read(&url, &self.preset.meteors.template).await?;
        let mut operator = self.chain.account(2).await?;
        let mut stranger = self.chain.account(STRANGER).await?;
        let half = event::mint(&mut operator, &self.deployment, &catalogue, 1, all / 2).await?;
        event::mint(&mut stranger, &self.deployment, &catalogue, 1, all).await?;
        let minted = self.contract().shower(1).await?.minted;
        ensure!(minted == all, "{minted} of {all} minted");
        notes.done("mint", format!("{half} of {all} by the operator, the rest by a stranger from {url}"))?;
        self.pay(&mut operator, notes).await
    }

    /// Books what is due and sends it to the payees.
    async fn pay(&self, operator: &mut Account, notes: &mut Notes) -> Result<()> {
        let contract = &self.deployment.shower;
        let booked = jobs::settle(operator, contract, 1).await?;
        let mut sent = 0u128;
        for payee in self.contract().payees().await? {
            match jobs::withdraw(operator, contract, &payee.address).await? {
                Withdrawn::Sent(amount) => sent = sent.saturating_add(amount),
                Withdrawn::Refused(why) => bail!("payee {} was not paid: {why}", payee.address),
            }
        }
        ensure!(sent == booked, "{booked} was booked and {sent} paid");
        notes.done("settle", format!("{} to the payees", money(sent, &self.chain.denom)))?;
        Ok(())
    }

    /// Every second wallet cracks, and the worker reveals.
    async fn reveal(&self, notes: &mut Notes) -> Result<()> {
        let cracked = event::crack(&self.deployment, &self.wallets).await?;
        notes.done("crack", counted(cracked.len(), "meteor"))?;
        let config = self.contract().config().await?;
        let (deployment, tables) = (&self.deployment, &self.preset.crack.tables);
        let sealer = Sealer { deployment, config: &config, keys: &self.secret.keys, tables };
        let done = Hatcher::new(sealer).round(&mut self.chain.account(WORKER).await?).await?;
        ensure!(done.revealed.len() == cracked.len(), "of {} cracked: {done:?}", cracked.len());
        let hatchery = HatcheryContract::new(&self.node, &deployment.hatchery).config().await?;
        let eggs = Collection::new(&self.node, &hatchery.eggs).count().await?;
        let dust = Collection::new(&self.node, &hatchery.dust).count().await?;
        ensure!(usize::try_from(eggs.saturating_add(dust))? == cracked.len(), "{eggs} eggs and {dust} dust");
        notes.done("reveal", format!("{} and {dust} dust", counted(eggs, "egg")))?;
        Ok(())
    }

    /// The key is published after the crack window, and all the money has left.
    async fn finish(&self, notes: &mut Notes) -> Result<()> {
        let from = self.closes_at(1)?.saturating_add(self.preset.crack.crack_window);
        self.site.pass_to(&self.node, from).await?;
        let mut operator = self.chain.account(2).await?;
        jobs::publish_key(&mut operator, &self.deployment, &self.secret.keys, 1).await?;
        ensure!(self.contract().shower(1).await?.key_in_time, "the key counts as late");
        notes.done("publish-key", "shower 1, in time: what was held back is the payees'".into())?;
        self.pay(&mut operator, notes).await?;
        let left = self.node.balance(&self.deployment.shower, &self.chain.denom).await?;
        ensure!(left == 0, "{left} is left in the contract");
        notes
            .done("money", "nothing is left in the contract: all of it is the payees' or went back".into())?;
        Ok(())
    }

    /// Everything is recomputed from what is public, and a changed copy is caught.
    async fn verify(&self, notes: &mut Notes) -> Result<()> {
        caught_up(&self.server, &self.node).await?;
        let mut bundle = evidence::load(&self.api).await?;
        let mut steps = 0usize;
        for report in bundle.verify(Some(1)) {
            for step in &report.steps {
                match &step.outcome {
                    Outcome::Passed(_) => steps = steps.saturating_add(1),
                    // The beacon here is a test chain's, as the verifier has to say.
                    Outcome::NotChecked(_) if step.name == StepName::BeaconRule => {}
                    Outcome::NotChecked(why) | Outcome::Failed(why) => bail!("verify: {}: {why}", step.name),
                }
            }
        }
        ensure!(steps > 0, "nothing was verified");
        let rows = bundle.showers.first_mut().and_then(|(rows, _)| rows.first_mut());
        rows.context("a shower without contributions")?.amount ^= 1;
        let caught =
            bundle.verify(Some(1)).iter().find_map(|report| report.first_failure().map(|step| step.name));
        let caught = caught.context("a changed copy passed")?;
        notes.done(
            "verify",
            format!("{steps} steps of shower 1 hold; a changed copy is caught at {caught}"),
        )?;
        let height = self.node.status().await?.height;
        notes.figure("blocks", grouped(height.saturating_sub(self.deployment.height).into()));
        Ok(())
    }
}

/// The rows of a page of a ranking, without what says how old the page is.
fn ranking(page: &[u8]) -> Result<serde_json::Value> {
    let page: serde_json::Value = serde_json::from_slice(page).context("reading a ranking")?;
    page.get("ranking").cloned().context("a ranking without rows")
}

fn tenths(duration: Duration) -> String {
    format!("{}.{}", duration.as_secs(), duration.subsec_millis() / 100)
}
