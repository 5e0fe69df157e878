//! The event on the chain: whether code, admin, roles and payees are what its files say, whether somebody is late, whether
//! accounts can pay for what they have to do, and whether the API tells the same as the contract.

use meteor_messages::shower::{ConfigResponse, ShowerResponse, Status};
use meteor_operator::beacon::{BeaconClient, BeaconConfig, BeaconError, Network};
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs::Deployment;
use meteor_operator::launch::{Launch, Record};
use meteor_operator::node::Node;

use super::Look;
use super::site::Told;
use crate::amounts::counted;
use crate::cockpit::{Cockpit, Seen};
use crate::evidence::{Checksums, code};
use crate::next::State;

/// What a worker's account should have left: gas of twenty transactions with a few reveals each.
const RESERVE_GAS: u64 = 20_000_000;
/// Whatever could be done this long ago and was not is late (seconds).
const LATE: u64 = 900;

/// What is watched.
pub(crate) struct Watched {
    pub(crate) node: Node,
    pub(crate) record: Record,
    pub(crate) event: Deployment,
    /// What was asked for at the launch, if its file is named.
    pub(crate) launch: Option<Launch>,
    pub(crate) gas_price: GasPrice,
    /// Addresses that sign without a role, such as the worker's.
    pub(crate) workers: Vec<String>,
    /// Relays of the beacon; none for those of drand.
    pub(crate) relays: Vec<String>,
}

/// Looks once. `told` is what the API tells of the showers; `clock` is this machine's time.
pub(crate) async fn look(on: &Watched, told: Option<&[Told]>, clock: u64) -> Look {
    let mut look = Look::default();
    let Watched { node, event, .. } = on;
    let seen = Seen::ask(node, &event.chain_id, &event.shower, &on.gas_price, None).await;
    match seen.unknown().first() {
        None => look.right("chain", "the nodes answer"),
        Some(lost) => look.unknown("chain", format!("{}: {}", lost.what, lost.why)),
    }
    match &seen.config {
        Some(config) => setup(&mut look, on, config),
        None => look.unknown("paused", "the contract could not be asked"),
    }
    if let (Some(told), Some(showers)) = (told, &seen.showers) {
        same(&mut look, told, showers);
    }
    let network = seen.fairness.as_ref().and_then(|fairness| Network::of(fairness).ok());
    let cockpit = Cockpit::of(seen, clock);
    runs(&mut look, on).await;
    accounts(&mut look, &cockpit, on).await;
    let late = Late::of(&cockpit);
    let beacon = beacon(on, network, late.rounds.first().copied(), cockpit.now).await;
    late.tell(&mut look, beacon);
    look
}

/// Pause, roles and payees.
fn setup(look: &mut Look, on: &Watched, config: &ConfigResponse) {
    look.figure("watch_paused", None, u8::from(config.paused));
    let faults = if config.paused { vec!["contributing is paused".to_owned()] } else { vec![] };
    look.judge("paused", "contributing is not paused", &faults);
    let Some(launch) = &on.launch else { return };
    look.judge("launch", "roles and payees are those of the launch file", &differing(config, launch));
}

/// Roles and payees that are others than at the launch.
pub(super) fn differing(config: &ConfigResponse, launch: &Launch) -> Vec<String> {
    let roles = &launch.roles;
    let none = "nobody".to_owned();
    let owner = config.owner.as_ref().unwrap_or(&none);
    let named = [
        ("owner", owner, &roles.owner),
        ("operator", &config.operator, &roles.operator),
        ("guardian", &config.guardian, &roles.guardian),
    ];
    let mut faults: Vec<String> = named
        .into_iter()
        .filter(|(_, is, asked)| is != asked)
        .map(|(role, is, asked)| format!("the {role} is {is}, the launch file says {asked}"))
        .collect();
    let held = config.payees.iter().map(|payee| (payee.address.as_str(), payee.share_bp));
    let asked = launch.payees.iter().map(|payee| (payee.address.as_str(), payee.share_bp));
    if !held.clone().eq(asked.clone()) {
        let list = |payees: Vec<(&str, u32)>| {
            payees.iter().map(|(address, share)| format!("{address} {share}")).collect::<Vec<_>>().join(", ")
        };
        faults.push(format!(
            "the payees (and shares in basis points) are {}, the launch file says {}",
            list(held.collect()),
            list(asked.collect())
        ));
    }
    faults
}

/// Whether the API tells of each shower what the contract does. Of those that are over: the others change meanwhile.
pub(super) fn same(look: &mut Look, told: &[Told], showers: &[ShowerResponse]) {
    let over = showers.iter().filter(|shower| match shower.status {
        Status::Upcoming | Status::Open => false,
        Status::Ended | Status::Closed | Status::Minted | Status::Refunding => true,
    });
    let mut faults = Vec::new();
    let mut count: u32 = 0;
    for held in over {
        count = count.saturating_add(1);
        let says = told.iter().find(|told| told.shower == held.shower);
        let log = held.log.to_hex();
        if says.is_none_or(|told| told.log != log || told.contributors != held.contributors) {
            faults.push(format!("the API tells of shower {} something else than the contract", held.shower));
        }
    }
    look.judge(
        "api_showers",
        format!("the API and the contract agree on {} that ended", counted(u64::from(count), "shower")),
        &faults,
    );
}

/// Code and admin.
async fn runs(look: &mut Look, on: &Watched) {
    let codes = on.record.codes.iter();
    let lines: Vec<_> = codes.map(|(name, code)| format!("{}  meteor_{name}.wasm", code.checksum)).collect();
    // A deployment file that was lost and written again may have none.
    let published = Checksums::read(&lines.join("\n")).or_else(|_| Checksums::built_in());
    let found = match published {
        Ok(published) => code(&on.node, &on.event.shower, &published).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => {
            look.judge("code", "the contracts run the code that was deployed", &found.other);
            let asked = on.launch.as_ref().and_then(|launch| launch.roles.admin.as_deref());
            let others = found.admins.iter().filter(|admin| asked != Some(admin.as_str()));
            let faults: Vec<String> =
                others.map(|admin| format!("{admin} can replace a contract's code")).collect();
            look.judge("admin", "nobody but whom the launch named can replace the code", &faults);
        }
        Err(error) => {
            look.unknown("code", crate::out::in_words(&error));
            look.unknown("admin", "the contracts could not be asked");
        }
    }
}

/// What accounts have for fees, and what they need.
async fn accounts(look: &mut Look, cockpit: &Cockpit, on: &Watched) {
    let (mut faults, mut known) = (Vec::new(), !cockpit.accounts.is_empty());
    let mut one = |look: &mut Look, role: &str, address: &str, has: u128, needs: u128| {
        look.figure("watch_balance", Some(role), has);
        look.figure("watch_balance_needed", Some(role), needs);
        if has < needs {
            faults.push(format!("{role} {address} has {has}{}, and needs {needs}", on.gas_price.denom));
        }
    };
    for account in &cockpit.accounts {
        match (&account.address, account.balance) {
            (Some(address), Some(has)) => one(look, account.role, address, has.u128(), account.needs.u128()),
            (Some(_), None) => known = false,
            // An owner that renounced has nothing to pay.
            (None, _) => {}
        }
    }
    let needs = on.gas_price.fee(RESERVE_GAS);
    for address in &on.workers {
        match on.node.balance(address, &on.gas_price.denom).await {
            Ok(has) => one(look, "worker", address, has, needs),
            Err(_) => known = false,
        }
    }
    if known || !faults.is_empty() {
        look.judge("balances", "all accounts can pay for what is left to do", &faults);
    } else {
        look.unknown("balances", "what some accounts have could not be asked");
    }
}

/// What could have been done and was not, and how long is left (seconds).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Late {
    close: u64,
    draw: u64,
    reveal: u64,
    mint_left: Option<u64>,
    key_left: Option<u64>,
    /// Rounds of the beacon that are due, and when they were.
    rounds: Vec<(u64, u64)>,
    /// Deadlines that were missed.
    missed: Vec<String>,
    /// Whether it isn't known where some shower stands.
    unknown: bool,
}

impl Late {
    pub(super) fn of(cockpit: &Cockpit) -> Self {
        let now = cockpit.now;
        let mut late = Self { unknown: cockpit.showers.is_empty(), ..Self::default() };
        let least = |so_far: Option<u64>, left: u64| Some(so_far.map_or(left, |so_far| so_far.min(left)));
        for shower in &cockpit.showers {
            let Some(state) = shower.state else {
                late.unknown = true;
                continue;
            };
            match state {
                State::Ended => late.close = late.close.max(now.saturating_sub(shower.closes_at)),
                State::Closed => {
                    if let Some((round, due)) =
                        shower.round.zip(shower.round_due).filter(|(_, due)| *due <= now)
                    {
                        late.draw = late.draw.max(now.saturating_sub(due));
                        late.rounds.push((round, due));
                    }
                }
                State::Minted | State::Settled => {
                    let open = shower.minted > 0 && shower.key_public == Some(false);
                    if open && shower.key_from.is_some_and(|from| from <= now) {
                        late.key_left = least(late.key_left, shower.key_deadline.saturating_sub(now));
                    }
                }
                State::KeyLate => {
                    late.missed.push(format!("the key of shower {} came too late", shower.number));
                }
                State::NotMinted => {
                    late.missed.push(format!("shower {} was not minted by its deadline", shower.number));
                }
                State::Drawn
                | State::Minting
                | State::Cancelled
                | State::Open
                | State::NotBegun
                | State::Done
                | State::Refunded
                | State::Empty => {}
            }
            let unminted = matches!(state, State::Ended | State::Closed | State::Drawn | State::Minting);
            if unminted && shower.contributors > 0 {
                late.mint_left = least(late.mint_left, shower.mint_deadline.saturating_sub(now));
            }
        }
        if let Some(since) = cockpit.worker.and_then(|worker| worker.since) {
            late.reveal = now.saturating_sub(since);
        }
        late
    }

    fn tell(&self, look: &mut Look, beacon: Result<u64, String>) {
        let mut faults = self.missed.clone();
        let beacon_late = *beacon.as_ref().unwrap_or(&0);
        for (job, late) in
            [("close", self.close), ("draw", self.draw), ("reveal", self.reveal), ("beacon", beacon_late)]
        {
            look.figure("watch_late_seconds", Some(job), late);
            if late > LATE {
                faults.push(format!("{job} is late by {late} s"));
            }
        }
        for (job, left) in [("mint", self.mint_left), ("publish_key", self.key_left)] {
            if let Some(left) = left {
                look.figure("watch_left_seconds", Some(job), left);
            }
        }
        look.figure("watch_missed_deadlines", None, self.missed.len());
        // What is known to be late stays so, whatever else could not be asked.
        if self.unknown && faults.is_empty() {
            look.unknown("deadlines", "where some showers stand could not be asked");
        } else {
            look.judge("deadlines", "nothing is late", &faults);
        }
        if let Err(why) = beacon {
            look.unknown("beacon", why);
        }
    }
}

/// How late the beacon's `round` is (seconds): 0 if a relay has it, or if none is waited for. Late is what a relay of the
/// beacon says that it doesn't have; one that can't be reached says nothing.
async fn beacon(
    on: &Watched,
    network: Option<Network>,
    waited: Option<(u64, u64)>,
    now: u64,
) -> Result<u64, String> {
    let Some((round, due)) = waited else { return Ok(0) };
    let network = network.ok_or("the event's beacon is not known")?;
    let said = |error: BeaconError| error.to_string();
    let mut client = BeaconClient::new(BeaconConfig::new(network, on.relays.clone())).map_err(said)?;
    // A server that is no relay doesn't have the round, either.
    client.check().await.map_err(said)?;
    match client.round(round).await {
        Ok(_) => Ok(0),
        Err(error) if error.not_yet() => Ok(now.saturating_sub(due)),
        Err(error) => Err(said(error)),
    }
}
