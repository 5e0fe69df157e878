//! The rows of the launch's configuration and of coins that came unasked.

use cosmwasm_std::Uint128;
use meteor_messages::shower::{InstantiateMsg, MinimumFrom};
use serde::{Deserialize, Serialize};

use super::StoredError;
use crate::fold::{Launched, Unasked};

#[derive(Serialize, Deserialize)]
pub(super) struct LaunchRow<'a> {
    /// As JSON, because its types are made for that.
    config: Vec<u8>,
    chain_id: &'a str,
    owner: &'a str,
    pending_owner: &'a str,
    operator: &'a str,
    guardian: &'a str,
    paused_since: Option<u64>,
    minimums: Vec<(u32, u128)>,
    booked: Vec<(&'a str, u128)>,
    paid: Vec<(&'a str, u128)>,
    changed: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CoinsRow<'a> {
    height: u64,
    time: u64,
    who: &'a str,
    amount: u128,
    denom: &'a str,
}

impl<'a> LaunchRow<'a> {
    pub(super) fn of(launched: &'a Launched) -> Result<Self, StoredError> {
        Ok(Self {
            config: serde_json::to_vec(&launched.config)?,
            chain_id: &launched.chain_id,
            owner: &launched.owner,
            pending_owner: &launched.pending_owner,
            operator: &launched.operator,
            guardian: &launched.guardian,
            paused_since: launched.paused_since,
            minimums: launched.minimums.iter().map(|m| (m.from_shower, m.minimum.u128())).collect(),
            booked: launched.booked.iter().map(|(payee, amount)| (payee.as_str(), *amount)).collect(),
            paid: launched.paid.iter().map(|(payee, amount)| (payee.as_str(), *amount)).collect(),
            changed: launched.changed,
        })
    }

    pub(super) fn launched(self) -> Result<Launched, StoredError> {
        let config: InstantiateMsg = serde_json::from_slice(&self.config)?;
        let minimum = |(from_shower, minimum)| MinimumFrom { from_shower, minimum: Uint128::new(minimum) };
        let payees =
            |rows: Vec<(&str, u128)>| rows.into_iter().map(|(who, sum)| (who.to_owned(), sum)).collect();
        Ok(Launched {
            config,
            chain_id: self.chain_id.to_owned(),
            owner: self.owner.to_owned(),
            pending_owner: self.pending_owner.to_owned(),
            operator: self.operator.to_owned(),
            guardian: self.guardian.to_owned(),
            paused_since: self.paused_since,
            minimums: self.minimums.into_iter().map(minimum).collect(),
            booked: payees(self.booked),
            paid: payees(self.paid),
            changed: self.changed,
        })
    }
}

impl<'a> CoinsRow<'a> {
    pub(super) fn of(Unasked { height, time, who, amount, denom }: &'a Unasked) -> Self {
        Self { height: *height, time: *time, who, amount: *amount, denom }
    }

    pub(super) fn coins(self) -> Unasked {
        let Self { height, time, who, amount, denom } = self;
        Unasked { height, time, who: who.to_owned(), amount, denom: denom.to_owned() }
    }
}
