//! Transactions exactly once: nodes that go wrong in every way at every request, jobs that are ended at every
//! step.

use anyhow::Result;
use meteor_operator::gas::coins;
use meteor_operator::tx;
use meteor_tests::Stage;
use meteor_tests::proxy::{Fault, Plan, Proxy, by_chance, seed};
use tempfile::TempDir;

/// So little that a tax of half a percent, rounded down, is nothing.
const AMOUNT: u128 = 100;
/// Runs with faults by chance.
const CHANCES: u64 = 30;

/// Payments to account 9 out of the operator's, one at a time.
struct Payments {
    stage: Stage,
    to: String,
    dir: TempDir,
    /// What the operator had to pay fees with.
    before: u128,
    /// What account 9 has once all payments were made.
    target: u128,
    made: usize,
}

impl Payments {
    async fn start() -> Self {
        let stage = Stage::start(1).await;
        let to = stage.account(9).await.address().to_owned();
        let (before, target) = (luna(&stage).await, stage.balance(&to).await);
        Self { stage, to, dir: tempfile::tempdir().unwrap(), before, target, made: 0 }
    }

    async fn proxy(&self, plan: Plan) -> Proxy {
        Proxy::start(&self.stage.chain.rpc, plan).await
    }

    /// One more payment is due.
    fn due(&mut self) {
        self.target += AMOUNT;
        self.made += 1;
    }

    /// A job whose cursor is the payee's balance: it pays once, whenever and however often it is run.
    async fn pay(&self, urls: &[&str]) -> Result<()> {
        let mut account = self.stage.operator(self.dir.path(), urls).await?;
        if account.node().balance(&self.to, "uusd").await? < self.target {
            let message = tx::send(account.address(), &self.to, &coins(AMOUNT, "uusd"));
            account.send(vec![message]).await?;
        }
        Ok(())
    }

    async fn paid(&self, what: &str) {
        assert_eq!(self.stage.balance(&self.to).await, self.target, "{what}");
    }

    /// The journal's history has each payment once, with the fee that the chain took.
    async fn books(self) {
        let account = self.stage.operator(self.dir.path(), &[&self.stage.chain.rpc]).await.unwrap();
        let history = account.journal().history().unwrap();
        assert_eq!(history.len(), self.made);
        let fee = |fee: &str| fee.trim_end_matches(char::is_alphabetic).parse::<u128>().unwrap();
        let fees: u128 = history.iter().map(|line| fee(&line.fee)).sum();
        assert_eq!(self.before - luna(&self.stage).await, fees, "the fees are those of the chain");
        self.stage.stop().await;
    }
}

/// What the operator has to pay fees with.
async fn luna(stage: &Stage) -> u128 {
    let operator = stage.account(2).await.address().to_owned();
    stage.node.balance(&operator, "uluna").await.unwrap()
}

/// Each step of the job, gone wrong in each way, pays exactly once; the history is what the chain took.
#[tokio::test(flavor = "multi_thread")]
async fn each_fault_at_each_request_pays_once() {
    let mut payments = Payments::start().await;
    for fault in Fault::ALL {
        for at in 0.. {
            payments.due();
            let plan = move |number, method: &str| (number == at && fault.fits(method)).then_some(fault);
            let proxy = payments.proxy(Box::new(plan)).await;
            let done = payments.pay(&[&proxy.url]).await;
            done.unwrap_or_else(|error| panic!("{fault:?} at {at}: {error}"));
            payments.paid(&format!("{fault:?} at request {at}")).await;
            if proxy.requests() <= at + 1 {
                break;
            }
        }
    }
    payments.books().await;
}

/// A job that ends before or after each of its requests, and is run again, pays exactly once.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_ended_at_each_request_pays_once() {
    let mut payments = Payments::start().await;
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        for at in 0.. {
            payments.due();
            let proxy = payments.proxy(Box::new(move |number, _| (number == at).then_some(fault))).await;
            let urls = [proxy.url.as_str()];
            let through = tokio::select! {
                done = payments.pay(&urls) => { done.unwrap(); true }
                // The job's future is dropped: nothing of it goes on.
                () = proxy.hung() => false,
            };
            if !through {
                payments.pay(&[&payments.stage.chain.rpc]).await.unwrap();
            }
            payments.paid(&format!("{fault:?} at request {at}")).await;
            if through {
                break;
            }
        }
    }
    payments.books().await;
}

/// Everything goes wrong at once, by chance: a job that is run until it says that it has paid, has paid once.
#[tokio::test(flavor = "multi_thread")]
async fn faults_by_chance_pay_once() {
    let seed = seed();
    let mut payments = Payments::start().await;
    for run in 0..CHANCES {
        payments.due();
        let proxy = payments.proxy(by_chance(seed, run)).await;
        let mut ended = 0;
        while let Err(error) = payments.pay(&[&proxy.url]).await {
            ended += 1;
            assert!(ended < 20, "METEOR_SEED={seed}, run {run}: {error}");
        }
        payments.paid(&format!("METEOR_SEED={seed}, run {run}")).await;
    }
    payments.books().await;
}

/// Neither a dead node, nor one that answers garbage, nor one that stalls holds anything up while another
/// works.
#[tokio::test(flavor = "multi_thread")]
async fn bad_nodes_beside_a_good_one_hold_nothing_up() {
    let mut payments = Payments::start().await;
    let garbage = payments.proxy(Box::new(|_, _| Some(Fault::Garbage))).await;
    // Whatever it is asked again it answers as the first time.
    let still = payments.proxy(Box::new(|_, _| Some(Fault::Stale))).await;
    for _ in 0..3 {
        payments.due();
        let urls = ["http://127.0.0.1:1", &garbage.url, &still.url, &payments.stage.chain.rpc];
        payments.pay(&urls).await.unwrap();
        payments.paid("beside bad nodes").await;
    }
    payments.books().await;
}
