//! Addresses: who owns, who operates, who is paid.

use cosmrs::AccountId;
use meteor_messages::shower::MAX_PAYEES;
use meteor_rules::BASIS_POINTS;

use super::Known;
use crate::launch::Launch;
use crate::launch::finding::{AddressFault, Finding};

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
/// Lengths of accounts: of a key, and of a contract (bytes).
const LENGTHS: [usize; 2] = [20, 32];

pub(super) fn check(launch: &Launch, known: &Known, mainnet: bool, found: &mut Vec<Finding>) {
    addresses(launch, known, mainnet, found);
    roles(launch, found);
    admin(launch, mainnet, found);
    payees(launch, found);
}

/// The account that an address is of, in whatever case it is written; `None` for what is no address.
fn account(address: &str) -> Option<AccountId> {
    address.to_ascii_lowercase().parse().ok()
}

/// Whether two addresses are of one account.
fn same(one: &str, other: &str) -> bool {
    match (account(one), account(other)) {
        (Some(one), Some(other)) => one.to_bytes() == other.to_bytes(),
        _ => one == other,
    }
}

/// Whether chain and contracts take `address` as it is written.
pub(in crate::launch) fn is_good(address: &str, prefix: &str) -> bool {
    fault(address, prefix).is_none()
}

fn fault(address: &str, prefix: &str) -> Option<AddressFault> {
    let Some(id) = account(address) else { return Some(AddressFault::Mistyped) };
    if id.prefix() != prefix {
        return Some(AddressFault::Prefix(prefix.to_owned()));
    }
    let length = id.to_bytes().len();
    if !LENGTHS.contains(&length) {
        return Some(AddressFault::Length(length));
    }
    let small = address.to_ascii_lowercase();
    if address == small {
        None
    } else if address == address.to_ascii_uppercase() {
        Some(AddressFault::Capitals(small))
    } else {
        Some(AddressFault::Mixed(small))
    }
}

fn addresses(launch: &Launch, known: &Known, mainnet: bool, found: &mut Vec<Finding>) {
    let roles = &launch.roles;
    let mut all: Vec<(String, &String)> = vec![
        ("roles.owner".into(), &roles.owner),
        ("roles.operator".into(), &roles.operator),
        ("roles.guardian".into(), &roles.guardian),
    ];
    all.extend(roles.deployer.iter().map(|address| ("roles.deployer".into(), address)));
    all.extend(roles.admin.iter().map(|address| ("roles.admin".into(), address)));
    let payees = (1..).zip(&launch.payees);
    let paid = payees.map(|(at, payee)| (format!("payees[{at}].address"), &payee.address));
    let paid = paid.chain(launch.royalties.iter().map(|given| ("royalties.address".into(), &given.address)));
    let paid: Vec<(String, &String)> = paid.collect();
    for (key, address) in all.iter().chain(&paid) {
        let (key, address) = (key.clone(), (*address).clone());
        match fault(&address, &launch.chain.prefix) {
            Some(fault) => found.push(Finding::Address { key, address, fault }),
            None if mainnet && is_public(&address) => found.push(Finding::PublicKey { key, address }),
            None => {}
        }
    }
    for (key, address) in paid {
        if known.contract.as_ref().is_some_and(|contract| same(contract, address)) {
            found.push(Finding::PaysItself { key, address: address.clone() });
        }
    }
}

/// Whether everyone has the key of an account, whatever its chain's prefix.
fn is_public(address: &str) -> bool {
    PUBLIC_ACCOUNTS.iter().any(|public| same(public, address))
}

fn roles(launch: &Launch, found: &mut Vec<Finding>) {
    let roles = &launch.roles;
    let named = [("owner", &roles.owner), ("operator", &roles.operator), ("guardian", &roles.guardian)];
    for (at, (name, address)) in named.into_iter().enumerate() {
        for (other, twin) in named.into_iter().skip(at.saturating_add(1)) {
            if same(address, twin) {
                found.push(Finding::SameRole(name, other));
            }
        }
        for (at, payee) in (1..).zip(&launch.payees) {
            if same(&payee.address, address) {
                found.push(Finding::PayeeIsRole { at, address: payee.address.clone(), role: name });
            }
        }
    }
}

/// Nobody may replace the code, or a multisig may. A deployment is signed with one key.
fn admin(launch: &Launch, mainnet: bool, found: &mut Vec<Finding>) {
    let roles = &launch.roles;
    let Some(admin) = &roles.admin else { return };
    for (name, address) in [("operator", &roles.operator), ("guardian", &roles.guardian)] {
        if same(admin, address) {
            found.push(Finding::SameRole("admin", name));
        }
    }
    if mainnet && same(admin, launch.deployer()) {
        let signs = if roles.deployer.is_some() { "deployer" } else { "owner" };
        found.push(Finding::AdminOfOneKey(signs));
    } else if mainnet {
        found.push(Finding::Admin(admin.clone()));
    }
}

fn payees(launch: &Launch, found: &mut Vec<Finding>) {
    let count = launch.payees.len();
    if !(1..=MAX_PAYEES).contains(&count) {
        return found.push(Finding::PayeeCount(count));
    }
    let total: u64 = launch.payees.iter().map(|payee| u64::from(payee.share_bp)).sum();
    if total != u64::from(BASIS_POINTS) {
        found.push(Finding::Shares(total));
    }
    for (at, payee) in (1..).zip(&launch.payees) {
        let (address, earlier) = (payee.address.clone(), at - 1_usize);
        if payee.share_bp == 0 {
            found.push(Finding::NoShare { at, address: address.clone() });
        }
        if launch.payees.iter().take(earlier).any(|other| same(&other.address, &address)) {
            found.push(Finding::PayeeTwice { at, address });
        }
    }
}
