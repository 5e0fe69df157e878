//! Compares roles, minimums, the pause, and what payees are owed and were paid.

use std::collections::BTreeMap;

use meteor_messages::shower::{ConfigResponse, PayeesResponse, QueryMsg};
use serde::Deserialize;

use super::differences::Differences;
use super::{Asked, AuditError};
use crate::fold::Launched;

/// The owner, as the contract's `Ownership` query answers.
#[derive(Debug, Default, Deserialize)]
struct Ownership {
    owner: Option<String>,
    pending_owner: Option<String>,
}

/// Compares all of it.
pub(super) async fn compare(at: &Asked<'_>) -> Result<(), AuditError> {
    let Some(launched) = &at.view.launched else { return Ok(()) };
    let contract = &at.app.config.shower;
    let config: ConfigResponse = at.contract(contract, &QueryMsg::Config {}).await?;
    let ownership: Ownership = at.contract(contract, &QueryMsg::Ownership {}).await?;
    at.found("roles".to_owned(), None, roles(launched, &config, &ownership));
    let theirs: PayeesResponse = at.contract(contract, &QueryMsg::Payees {}).await?;
    at.found("payees".to_owned(), None, payees(launched, &theirs));
    Ok(())
}

fn roles(ours: &Launched, theirs: &ConfigResponse, ownership: &Ownership) -> Differences {
    let mut found = Differences::default();
    // What nobody holds is an empty text here and nothing there.
    let named = |name: &Option<String>| name.clone().unwrap_or_default();
    found.same("owner", ours.owner.clone(), named(&ownership.owner));
    found.same("pending owner", ours.pending_owner.clone(), named(&ownership.pending_owner));
    found.same("operator", &ours.operator, &theirs.operator);
    found.same("guardian", &ours.guardian, &theirs.guardian);
    found.same("paused", ours.paused_since.is_some(), theirs.paused);
    // They may keep a minimum that a later one of the same shower replaced, or not: what counts is what holds.
    let minimum = |of: &Launched, shower| of.minimum(shower);
    let told = Launched { minimums: theirs.minimums.clone(), ..ours.clone() };
    for shower in ours.minimums.iter().chain(&theirs.minimums).map(|minimum| minimum.from_shower) {
        found.same(format_args!("minimum of shower {shower}"), minimum(ours, shower), minimum(&told, shower));
    }
    found
}

fn payees(ours: &Launched, theirs: &PayeesResponse) -> Differences {
    let mut found = Differences::default();
    found.same("number of payees", ours.config.payees.len(), theirs.payees.len());
    let of = |sums: &BTreeMap<String, u128>, payee: &str| sums.get(payee).copied().unwrap_or_default();
    for payee in &theirs.payees {
        let (booked, paid) = (of(&ours.booked, &payee.address), of(&ours.paid, &payee.address));
        found.same(format_args!("paid to {}", payee.address), paid, payee.withdrawn.u128());
        // Nothing is paid that was not booked; if it were, that is a difference too.
        let owed = payee.owed.u128().saturating_add(payee.withdrawn.u128());
        found.same(format_args!("booked for {}", payee.address), booked, owed);
    }
    found
}
