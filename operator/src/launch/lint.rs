//! Finds what is wrong or suspicious in a launch before anything is signed. Each finding says what to do.

use std::collections::BTreeSet;

use cosmrs::AccountId;
use meteor_messages::shower::MAX_HOLDBACK_BP;
use meteor_rules::fairness::beacon::{BeaconError, BeaconRule, Network};
use meteor_rules::odds::{MAX_TILT_BP, OddsError, monotone};
use meteor_rules::preset::{Crack, Preset};
use thiserror::Error;

use super::Launch;
use crate::keys::OtherEvent;

/// What a launch doesn't say and the caller finds out.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The chain's time, or this machine's without a node (Unix seconds).
    pub now: u64,
    /// What the commitments file says of another event than this launch.
    pub other_event: Vec<OtherEvent>,
    /// Whether the contract is on the chain already: then its opening may be in the past.
    pub deployed: bool,
    /// Faults of the catalogue's file, each with its line.
    pub catalogue: Vec<String>,
    /// Payees that the chain refuses to send anything, and its words.
    pub refused: Vec<(String, String)>,
    /// Why nothing could be sent to the payees for a try; `None` if it was tried.
    pub untried: Option<String>,
}

/// Chains whose coins are worth something.
const MAINNETS: [&str; 2] = ["columbus-5", "phoenix-1"];
/// Accounts 0 to 9 of the dev chain's words, whose keys everyone has.
const PUBLIC_ACCOUNTS: [&str; 10] = [
    "terra1x46rqay4d3cssq8gxxvqz8xt6nwlz4td20k38v",
    "terra1gzk3usnc26avhf3deuxuwr3wggm9ntarsp7h6k",
    "terra1y3hz0k2wjpnju6wcykhmkrxts2me3zc5z47gtv",
    "terra1nuj4jmph0kta79lk9y4d4ud5ycmc07z5f7g378",
    "terra1nmvjk2tpz67j7d2lleqeq4t5pqzjz5mqaj84hd",
    "terra1cs3ty32fs9t030avewmcayftpjg3n9qpllljfc",
    "terra1z5zg9lc57dstjnsdqlnzlxcufkvme62qefegpy",
    "terra185y6wku32zx54mg03rvjpg4xdvveapg0mgvllc",
    "terra1kqq4zutcxl9w295cy9xy8g8jv7ww3hsf6w402f",
    "terra1cwua5rrrp3djklpxuaacvcg90k9prg5h5pl5xm",
];
/// The dev beacon's key, whose secret everyone has.
const PUBLIC_BEACON: &str = "8fff3274d482e3cbf1f4f59985e55becff0c9f2fe2149ae0a3874e2df939d7e29a2284f862cd27c401591fb0e59e342c15caebf20c5f33472320d9b77b39eafd79157dc956c6c6b0eafa6b6b43a81b38c26f449cf558c029ed05698a42695d88";
/// Showers shorter than this are for rehearsals (seconds).
const SHORT: u64 = 120;
/// Keys are published, read back and announced before the opening (seconds).
const SOON: u64 = 3_600;
/// Marketplaces accept no royalties above this (basis points).
const MOST_ROYALTIES: u32 = 1_000;
const WHOLE: u32 = 10_000;
/// Odds are checked for showers of up to this many contributors.
const MOST_CONTRIBUTORS: u32 = 100_000;
/// Least mint window that the contract accepts (seconds).
const MINT_WINDOW: u64 = 60;
/// Least time for revealing (seconds): with drand quicknet or on a mainnet, and on test chains.
const REVEAL_TIMEOUT: (u64, u64) = (15 * 60, 60);
/// Blocks may be behind real time by so many seconds and more on a bad day; less than this needs a reason.
const GOOD_DELAY: u64 = 600;

/// Something wrong or suspicious in a launch.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Finding {
    /// Not an address of this chain.
    #[error(
        "{place}: {address} is not an address of this chain: check its prefix, and the rest for typing mistakes"
    )]
    Address {
        /// Where it stands in the launch.
        place: String,
        /// What stands there.
        address: String,
    },
    /// An address whose key everyone has.
    #[error("{place}: everyone has the key of {address}: put an address of your own there")]
    PublicKey {
        /// Where it stands in the launch.
        place: String,
        /// The address.
        address: String,
    },
    /// Two roles at one address.
    #[error("{0} and {1} are the same address: one stolen key would hold both roles, so give them two keys")]
    SameRole(&'static str, &'static str),
    /// Somebody may replace the contract's code.
    #[error(
        "the admin {0} can exchange the contract's code and with it every rule: say so in public, or leave admin out"
    )]
    Admin(String),
    /// One key may replace the contract's code.
    #[error(
        "the admin is also the {0}, who signs the deployment with one key: make it a multisig, or leave admin out"
    )]
    AdminOfOneKey(&'static str),
    /// Shares that don't add up.
    #[error("the payees' shares add up to {0} basis points: make them 10000")]
    Shares(u64),
    /// A payee with nothing.
    #[error("payee {0} gets no share: give it one or take it out")]
    NoShare(String),
    /// A payee twice.
    #[error("payee {0} is listed twice: add up its shares")]
    PayeeTwice(String),
    /// A payee that also has a role.
    #[error("payee {payee} is also the {role}: keep the money apart from the keys that sign jobs")]
    PayeeIsRole {
        /// The payee.
        payee: String,
        /// The role.
        role: &'static str,
    },
    /// An opening in the past.
    #[error("shower 1 opens {0} seconds in the past: move opens_at")]
    Past(u64),
    /// An opening that leaves no time.
    #[error("shower 1 opens in {0} seconds: leave an hour to read everything back and to announce it")]
    Soon(u64),
    /// Showers of a rehearsal.
    #[error("showers of {0} seconds are a rehearsal's: set first and interval of the preset")]
    Short(u64),
    /// The preset that comes for trying out.
    #[error("the preset demo is for trying out: write one of your own")]
    DemoPreset,
    /// The dev chain's beacon.
    #[error("everyone has the key of this beacon and can foresee its rounds: use network = \"quicknet\"")]
    PublicBeacon,
    /// A beacon that is none.
    #[error("{0}")]
    Beacon(BeaconError),
    /// A beacon that isn't drand's.
    #[error(
        "whoever holds the key of this beacon knows its rounds ahead: it is for test chains, and no verifier will say \
         that everything holds. Use network = \"quicknet\""
    )]
    OwnBeacon,
    /// A delay that leaves little.
    #[error("a delay of {0} seconds: blocks can be later than that, leave 600")]
    Delay(u64),
    /// A round that leaves no time to mint.
    #[error(
        "the round that decides a shower is due {after} seconds after its close: make the mint window ({mint_window}) at \
         least twice as long"
    )]
    RoundTooLate {
        /// Seconds from the close to the round.
        after: u64,
        /// The mint window (seconds).
        mint_window: u64,
    },
    /// A mint window that the contract refuses.
    #[error("a mint window of {0} seconds: make mint_window at least 60")]
    MintWindow(u64),
    /// Too little time to reveal.
    #[error("a reveal timeout of {given} seconds: make reveal_timeout at least {least}")]
    RevealTimeout {
        /// As given (seconds).
        given: u64,
        /// Least (seconds).
        least: u64,
    },
    /// A key that could be public while meteors are minted or revealed.
    #[error(
        "a crack window of {given} seconds: make crack_window at least mint_window + reveal_timeout = {least}"
    )]
    CrackWindow {
        /// As given (seconds).
        given: u64,
        /// Least (seconds).
        least: u64,
    },
    /// A key deadline before the key may be public.
    #[error("a key window of {given} seconds: make key_window more than crack_window = {crack_window}")]
    KeyWindow {
        /// As given (seconds).
        given: u64,
        /// The crack window (seconds).
        crack_window: u64,
    },
    /// More tilt than the rules have.
    #[error("tilt_bp = {0}: at most 10000, the first of a tier twice as likely as its last")]
    Tilt(u32),
    /// More held back than the contract accepts.
    #[error("holdback_bp = {0}: at most 5000")]
    Holdback(u32),
    /// Nothing is held back.
    #[error(
        "holdback_bp = 0: nothing is lost by never publishing a key, so nobody but you makes you; 500 is usual"
    )]
    NoHoldback,
    /// Odds that are worse for a better rank.
    #[error("{0}")]
    Odds(OddsError),
    /// A line of the catalogue.
    #[error("the catalogue, {0}")]
    Catalogue(String),
    /// A payee that the chain refuses to send anything.
    #[error("payee {payee} can't be paid: {why}. What it is owed would stay in the contract for good")]
    PayeeRefused {
        /// The payee.
        payee: String,
        /// The chain's words.
        why: String,
    },
    /// Nobody knows whether the payees can be paid.
    #[error("that the payees can be paid was not tried: {0}")]
    PayeesUntried(String),
    /// A price that can't be read, or is nothing.
    #[error("gas_price {0:?} pays for nothing: give amount and denom, for example 28.325uluna")]
    GasPrice(String),
    /// Fees in a denom that the chain doesn't accept.
    #[error("{chain} accepts no fees in {denom}: set gas_price to an amount of uluna")]
    GasDenom {
        /// The given denom.
        denom: String,
        /// The chain.
        chain: String,
    },
    /// Commitments to the keys of another event.
    #[error(
        "{file} holds another event's commitments, with which nothing could ever be drawn: {differs}. Make them again \
         from the key with meteor commitments, or put back what was changed"
    )]
    OtherEvent {
        /// The commitments file.
        file: String,
        /// What is another.
        differs: OtherEvent,
    },
    /// Royalties that nobody pays.
    #[error("royalties of {0} basis points: marketplaces accept at most 1000")]
    Royalties(u32),
    /// Something of the launch itself can't be used.
    #[error("{0}")]
    Unusable(String),
    /// Codes that are not compared.
    #[error("the codes that are on the chain are used: compare their checksums with a build of your own")]
    CodesAsTheyAre,
}

impl Finding {
    /// Whether the launch must not be deployed with it; otherwise it is a warning.
    pub const fn is_error(&self) -> bool {
        !matches!(
            self,
            Self::Soon(_)
                | Self::PayeeIsRole { .. }
                | Self::CodesAsTheyAre
                | Self::Admin(_)
                | Self::Delay(_)
                | Self::NoHoldback
                | Self::PayeesUntried(_)
        )
    }
}

/// Everything wrong or suspicious in `launch`, errors and warnings.
pub fn lint(launch: &Launch, preset: &Preset, known: &Known) -> Vec<Finding> {
    let mut found = Vec::new();
    let mainnet = MAINNETS.contains(&launch.chain.id.as_str());
    addresses(launch, mainnet, &mut found);
    admin(launch, mainnet, &mut found);
    payees(launch, &mut found);
    match launch.opens_at(preset) {
        Ok(_) if known.deployed => {}
        Ok(opens_at) if opens_at <= known.now => {
            found.push(Finding::Past(known.now.saturating_sub(opens_at)));
        }
        Ok(opens_at) if opens_at.saturating_sub(known.now) < SOON => {
            found.push(Finding::Soon(opens_at.saturating_sub(known.now)));
        }
        Ok(_) => {}
        Err(error) => found.push(Finding::Unusable(error.to_string())),
    }
    beacon(launch, preset, mainnet, &mut found);
    rules(preset, &mut found);
    match launch.gas_price() {
        Ok(price) if price.millionths > 0 => {
            if mainnet && price.denom != "uluna" {
                found.push(Finding::GasDenom { denom: price.denom, chain: launch.chain.id.clone() });
            }
        }
        _ => found.push(Finding::GasPrice(launch.chain.gas_price.clone())),
    }
    let file = &launch.commitments;
    let others = known.other_event.iter().cloned();
    found.extend(others.map(|differs| Finding::OtherEvent { file: file.clone(), differs }));
    if let Some(royalties) = launch.royalties.as_ref().filter(|given| given.share_bp > MOST_ROYALTIES) {
        found.push(Finding::Royalties(royalties.share_bp));
    }
    if mainnet {
        let shortest = preset.schedule.first.min(preset.schedule.interval);
        if shortest < SHORT {
            found.push(Finding::Short(shortest));
        }
        if launch.preset == "demo" {
            found.push(Finding::DemoPreset);
        }
    }
    if launch.codes.is_some() {
        found.push(Finding::CodesAsTheyAre);
    }
    found.extend(known.catalogue.iter().cloned().map(Finding::Catalogue));
    let refused = known.refused.iter().cloned();
    found.extend(refused.map(|(payee, why)| Finding::PayeeRefused { payee, why }));
    found.extend(known.untried.iter().cloned().map(Finding::PayeesUntried));
    found
}

/// The beacon, and the times that depend on whose it is.
fn beacon(launch: &Launch, preset: &Preset, mainnet: bool, found: &mut Vec<Finding>) {
    let (network, delay) = match launch.beacon.network() {
        Ok(given) => given,
        Err(error) => return found.push(Finding::Unusable(error.to_string())),
    };
    let rule = BeaconRule { genesis: network.genesis, period: network.period, delay };
    let whose = match rule.check(network.public_key.as_bytes()) {
        Ok(whose) => whose,
        Err(error) => return found.push(Finding::Beacon(error)),
    };
    match whose {
        Network::Quicknet if delay < GOOD_DELAY => found.push(Finding::Delay(delay)),
        Network::Own if mainnet && network.public_key.to_string() == PUBLIC_BEACON => {
            found.push(Finding::PublicBeacon);
        }
        Network::Own if mainnet => found.push(Finding::OwnBeacon),
        Network::Quicknet | Network::Own => {}
    }
    // The latest round is named where the close is just after one was due.
    let (after, mint_window) = (delay.saturating_add(network.period), preset.mint_window);
    if mint_window < MINT_WINDOW {
        found.push(Finding::MintWindow(mint_window));
    } else if after.saturating_mul(2) > mint_window {
        found.push(Finding::RoundTooLate { after, mint_window });
    }
    let Crack { reveal_timeout: given, crack_window, key_window, .. } = preset.crack;
    let (real, test) = REVEAL_TIMEOUT;
    let least = if mainnet || whose == Network::Quicknet { real } else { test };
    if given < least {
        found.push(Finding::RevealTimeout { given, least });
    }
    let least = mint_window.saturating_add(given);
    if crack_window < least {
        found.push(Finding::CrackWindow { given: crack_window, least });
    }
    if key_window <= crack_window {
        found.push(Finding::KeyWindow { given: key_window, crack_window });
    }
}

/// What the preset says of odds and of money.
fn rules(preset: &Preset, found: &mut Vec<Finding>) {
    let Preset { tiers, eggs, tilt_bp, holdback_bp, .. } = preset;
    if *holdback_bp > MAX_HOLDBACK_BP {
        found.push(Finding::Holdback(*holdback_bp));
    } else if *holdback_bp == 0 {
        found.push(Finding::NoHoldback);
    }
    if *tilt_bp > MAX_TILT_BP {
        return found.push(Finding::Tilt(*tilt_bp));
    }
    let worse = (1..=MOST_CONTRIBUTORS).find_map(|count| monotone(tiers, eggs, *tilt_bp, count).err());
    found.extend(worse.map(Finding::Odds));
}

fn addresses(launch: &Launch, mainnet: bool, found: &mut Vec<Finding>) {
    let roles = &launch.roles;
    let named = [("owner", &roles.owner), ("operator", &roles.operator), ("guardian", &roles.guardian)];
    let mut all: Vec<(String, &String)> =
        named.iter().map(|(name, address)| (format!("roles.{name}"), *address)).collect();
    for (name, address) in [("deployer", &roles.deployer), ("admin", &roles.admin)] {
        all.extend(address.iter().map(|address| (format!("roles.{name}"), address)));
    }
    all.extend((1..).zip(&launch.payees).map(|(at, payee)| (format!("payee {at}"), &payee.address)));
    all.extend(launch.royalties.iter().map(|given| ("royalties".to_owned(), &given.address)));
    for (place, address) in all {
        match address.parse::<AccountId>() {
            Ok(id) if id.prefix() == launch.chain.prefix => {
                if mainnet && is_public(&id) {
                    found.push(Finding::PublicKey { place, address: address.clone() });
                }
            }
            Ok(_) | Err(_) => found.push(Finding::Address { place, address: address.clone() }),
        }
    }
    for (at, (name, address)) in named.iter().enumerate() {
        for (other, same) in named.iter().skip(at.saturating_add(1)) {
            if address == same {
                found.push(Finding::SameRole(name, other));
            }
        }
        if launch.payees.iter().any(|payee| &payee.address == *address) {
            found.push(Finding::PayeeIsRole { payee: (*address).clone(), role: name });
        }
    }
}

/// Whether everyone has the key of an account, whatever its chain's prefix.
fn is_public(id: &AccountId) -> bool {
    let same =
        |public: &&str| public.parse::<AccountId>().is_ok_and(|public| public.to_bytes() == id.to_bytes());
    PUBLIC_ACCOUNTS.iter().any(same)
}

/// Nobody may replace the code, or a multisig may. A deployment is signed with one key.
fn admin(launch: &Launch, mainnet: bool, found: &mut Vec<Finding>) {
    let roles = &launch.roles;
    let Some(admin) = &roles.admin else { return };
    for (name, address) in [("operator", &roles.operator), ("guardian", &roles.guardian)] {
        if admin == address {
            found.push(Finding::SameRole("admin", name));
        }
    }
    if mainnet && admin == launch.deployer() {
        let signs = if roles.deployer.is_some() { "deployer" } else { "owner" };
        found.push(Finding::AdminOfOneKey(signs));
    } else if mainnet {
        found.push(Finding::Admin(admin.clone()));
    }
}

fn payees(launch: &Launch, found: &mut Vec<Finding>) {
    let total: u64 = launch.payees.iter().map(|payee| u64::from(payee.share_bp)).sum();
    if total != u64::from(WHOLE) {
        found.push(Finding::Shares(total));
    }
    let mut seen = BTreeSet::new();
    for payee in &launch.payees {
        if payee.share_bp == 0 {
            found.push(Finding::NoShare(payee.address.clone()));
        }
        if !seen.insert(&payee.address) {
            found.push(Finding::PayeeTwice(payee.address.clone()));
        }
    }
}
