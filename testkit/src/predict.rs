//! What a message should do: the rules once more, naively, from the model alone. Every message sent by a suite
//! is predicted first, and the contract's answer must be the prediction: event for event, or for that reason.
//! Here is the shower contract; the collections and the hatchery have modules of their own.

mod hatchery;
mod tokens;

use cosmwasm_std::{BlockInfo, Coin, HexBinary};
use cw_ownable::{Action, OwnershipError};
use meteor_contract_kit::{KitError, describe};
use meteor_messages::events::{
    Cancel, Close, Contribution, Draw, Key, Minimum, Mint, Minted, NftEvent, Pause, Refund, Resume,
    ReturnUnasked, Role, Settle, Share, ShowerEvent, Withdraw,
};
use meteor_messages::shower::{Art, ExecuteMsg, NextMint, Refunded};
use meteor_rules::NANOS_PER_SECOND;
use meteor_rules::schedule::Window;
use meteor_rules::split::split;
use meteor_shower::ContractError;

use crate::fairness::{CHAIN_ID, key};
use crate::model::{Logged, Model, Told};
use crate::outcome::Reason;
use crate::wallets::is_address;

/// The events that a message causes, in order, or why it is refused.
pub(crate) type Prediction = Result<Vec<Told>, Reason>;

impl Model {
    /// What `msg` from `sender` at `block` should come to.
    ///
    /// # Errors
    /// The reason for which it should be refused.
    pub fn predict(&self, block: &BlockInfo, sender: &str, funds: &[Coin], msg: &ExecuteMsg) -> Prediction {
        if let ExecuteMsg::Contribute { shower } = msg {
            return self.contribute(block, sender, funds, *shower);
        }
        if !funds.is_empty() {
            return Err(KitError::FundsNotTaken { given: describe(funds) }.into());
        }
        let now = block.time.nanos();
        match msg {
            ExecuteMsg::Contribute { shower } => self.contribute(block, sender, funds, *shower),
            ExecuteMsg::Close { shower } => self.close(now, *shower),
            ExecuteMsg::CommitDraw { shower, root, leaves, beacon } => {
                let draw =
                    Draw { shower: *shower, root: root.clone(), leaves: *leaves, beacon: beacon.clone() };
                self.draw(now, sender, draw)
            }
            ExecuteMsg::PublishKey { shower, key } => self.publish(now, *shower, key),
            ExecuteMsg::Mint { shower, first_rank, art, proof } => {
                self.mint(now, *shower, *first_rank, art, proof)
            }
            ExecuteMsg::Settle { shower } => self.settle(*shower),
            ExecuteMsg::Withdraw { payee } => self.withdraw(payee),
            ExecuteMsg::Cancel { shower } => self.cancel(now, sender, *shower),
            ExecuteMsg::Refund { shower, contributors } => self.refund(now, *shower, contributors),
            ExecuteMsg::ReturnUnasked { to, amount } => self.return_unasked(sender, to, amount),
            ExecuteMsg::Pause {} => self.pause(sender),
            ExecuteMsg::Resume {} => self.resume(now, sender),
            ExecuteMsg::SetMinimum { from_shower, minimum } => {
                self.set_minimum(now, sender, *from_shower, minimum.u128())
            }
            ExecuteMsg::SetOperator { address } => {
                self.owner_only(sender, "SetOperator")?;
                Ok(one(role("operator", an_address(address)?)))
            }
            ExecuteMsg::SetGuardian { address } => {
                self.owner_only(sender, "SetGuardian")?;
                Ok(one(role("guardian", an_address(address)?)))
            }
            ExecuteMsg::UpdateOwnership(action) => self.ownership(block, sender, action),
        }
    }

    fn owner_only(&self, sender: &str, verb: &'static str) -> Result<(), Reason> {
        if self.owner.as_deref() == Some(sender) { Ok(()) } else { Err(not_allowed(verb, "owner")) }
    }

    /// The window of a shower that there is.
    fn here(&self, shower: u32) -> Result<Window, Reason> {
        let count = self.config.schedule.count;
        let none = || ContractError::NoSuchShower { named: shower, count };
        self.config.schedule.window(shower).ok_or_else(|| none().into())
    }

    /// The mint deadline of a shower that there is (nanoseconds).
    fn mint_deadline(&self, shower: u32) -> Result<u64, Reason> {
        Ok(self.here(shower)?.end + self.config.mint_window * NANOS_PER_SECOND)
    }

    fn contribute(&self, block: &BlockInfo, sender: &str, funds: &[Coin], shower: u32) -> Prediction {
        if self.paused_since.is_some() {
            return Err(ContractError::Paused.into());
        }
        let now = block.time.nanos();
        let opens_at = self.config.schedule.opens_at;
        if now < opens_at * NANOS_PER_SECOND {
            return Err(ContractError::NotOpenYet { opens_at }.into());
        }
        let inside = |n: &u32| self.config.schedule.window(*n).is_some_and(|w| w.start <= now && now < w.end);
        let Some(open) = (1..=self.config.schedule.count).find(inside) else {
            return Err(ContractError::Over.into());
        };
        if open != shower {
            return Err(ContractError::WrongShower { named: shower, open }.into());
        }
        let denom = || self.config.denom.clone();
        let given = || describe(funds);
        let [coin] = funds else {
            let several = ContractError::SeveralDenoms { given: given(), denom: denom() };
            let none = ContractError::NoFunds { denom: denom() };
            return Err(if funds.is_empty() { none } else { several }.into());
        };
        if coin.denom != self.config.denom {
            return Err(ContractError::WrongDenom { given: given(), denom: denom() }.into());
        }
        let mut after = self.shower(shower);
        if after.cancelled {
            return Err(ContractError::Cancelled { shower }.into());
        }
        let amount = coin.amount.u128();
        let too_much = |what| Reason::from(ContractError::TooMuch { what });
        let before = after.totals().get(sender).map_or(0, |place| place.amount);
        let total = before.checked_add(amount).ok_or_else(|| too_much("a wallet's total"))?;
        let minimum = self.minimum(shower);
        if total < minimum {
            let (total, minimum) = (total.into(), minimum.into());
            return Err(ContractError::BelowMinimum { shower, total, minimum }.into());
        }
        let shower_total = after.total().checked_add(amount).ok_or_else(|| too_much("a shower's total"))?;
        let seq = self.seq + 1;
        after.log.push(Logged { seq, contributor: sender.into(), amount });
        let contributors = after.contributors();
        let contributor = sender.into();
        Ok(one(Contribution { shower, contributor, amount, total, seq, shower_total, contributors }))
    }

    fn close(&self, now: u64, shower: u32) -> Prediction {
        let window = self.here(shower)?;
        let here = self.shower(shower);
        if now < window.end {
            return Err(ContractError::NotEnded { shower, closes_at: seconds(window.end) }.into());
        }
        if here.closed {
            return Err(ContractError::AlreadyClosed { shower }.into());
        }
        Ok(one(Close {
            shower,
            contributors: here.contributors(),
            total: here.total(),
            // Bound to the chain's id at the instantiation, whatever it is called now.
            log: here.log_hash(CHAIN_ID, &self.contract, shower),
            beacon_round: self.round(now, window.end),
        }))
    }

    /// The first round that is due a delay after close and end (nanoseconds).
    fn round(&self, now: u64, end: u64) -> u64 {
        let rule = self.config.fairness.beacon;
        let from = now.max(end).div_ceil(NANOS_PER_SECOND) + rule.delay;
        if from <= rule.genesis {
            return 1;
        }
        let last = (from - rule.genesis - 1) / rule.period + 1; // the last that is due before `from`
        last + 1
    }

    fn draw(&self, now: u64, sender: &str, draw: Draw) -> Prediction {
        if sender != self.operator {
            return Err(not_allowed("CommitDraw", "operator"));
        }
        let shower = draw.shower;
        let deadline = self.mint_deadline(shower)?;
        let here = self.shower(shower);
        if here.cancelled {
            return Err(ContractError::Cancelled { shower }.into());
        }
        if now >= deadline {
            return Err(ContractError::DeadlinePassed { shower, deadline: seconds(deadline) }.into());
        }
        let Some(round) = here.beacon_round else {
            return Err(ContractError::NotClosed { shower }.into());
        };
        if here.draw.is_some() {
            return Err(ContractError::AlreadyDrawn { shower }.into());
        }
        of_length("the root", &draw.root, 32, "32")?;
        let contributors = here.contributors();
        if draw.leaves != contributors || contributors == 0 {
            return Err(ContractError::Leaves { shower, given: draw.leaves, contributors }.into());
        }
        let due = self.beacon_due(shower).unwrap_or(u64::MAX);
        if now < due * NANOS_PER_SECOND {
            return Err(ContractError::BeaconNotDue { round, due }.into());
        }
        let given = draw.beacon.len();
        if !(1..=96).contains(&given) {
            return Err(KitError::Length { what: "the beacon's signature", given, wanted: "1 to 96" }.into());
        }
        Ok(one(draw))
    }

    fn publish(&self, now: u64, shower: u32, given: &HexBinary) -> Prediction {
        let end = self.here(shower)?.end;
        let here = self.shower(shower);
        if !here.closed {
            return Err(ContractError::NotClosed { shower }.into());
        }
        if here.key {
            return Err(ContractError::KeyKnown { shower }.into());
        }
        let at = seconds(end) + self.config.fairness.crack_window;
        if now < at * NANOS_PER_SECOND {
            return Err(ContractError::KeyTooEarly { shower, at }.into());
        }
        of_length("the key", given, 32, "32")?;
        if given.as_slice() != key(&self.contract, shower) {
            return Err(ContractError::WrongKey { shower }.into());
        }
        let in_time = now < end + self.config.fairness.key_window * NANOS_PER_SECOND;
        Ok(one(Key { shower, key: given.clone(), in_time }))
    }

    fn mint(&self, now: u64, shower: u32, first_rank: u32, art: &[Art], proof: &[HexBinary]) -> Prediction {
        let given = art.len();
        if !(1..=100).contains(&given) {
            return Err(KitError::BatchSize { given, most: 100 }.into());
        }
        let window = self.here(shower)?;
        let deadline = self.mint_deadline(shower)?;
        let here = self.shower(shower);
        let contributors = here.contributors();
        let all_minted = here.minted == contributors;
        let refused = if here.cancelled {
            Some(ContractError::Cancelled { shower })
        } else if !all_minted && now >= deadline {
            Some(ContractError::DeadlinePassed { shower, deadline: seconds(deadline) })
        } else if now < window.end || !here.closed {
            Some(ContractError::NotClosed { shower })
        } else if all_minted {
            Some(ContractError::AllMinted { shower })
        } else if here.draw.is_none() {
            Some(ContractError::NotDrawn { shower })
        } else if first_rank != here.minted + 1 {
            Some(ContractError::WrongFirstRank { shower, given: first_rank, next: here.minted + 1 })
        } else {
            None
        };
        if let Some(refused) = refused {
            return Err(refused.into());
        }
        let no_piece = || Reason::from(ContractError::AllMinted { shower });
        let NextMint { tier, first_piece, most, .. } = self.next_mint(shower, now).ok_or_else(no_piece)?;
        let count = u32::try_from(given).unwrap_or(u32::MAX);
        if count > most {
            return Err(ContractError::TooMuchArt { given, tier, most }.into());
        }
        for hash in proof {
            of_length("a hash of the proof", hash, 32, "32")?;
        }
        let (pieces, wanted) = self.catalogue.range(tier, first_piece, count).ok_or_else(no_piece)?;
        let same = pieces.iter().zip(art).all(|(a, b)| (&a.image, &a.traits) == (&b.image, &b.traits));
        if !same || !wanted.iter().map(<[u8; 32]>::as_slice).eq(proof.iter().map(HexBinary::as_slice)) {
            return Err(ContractError::NotThePieces { tier, first_piece }.into());
        }
        let earlier = self.earlier(shower);
        let mut amount = 0;
        let mut minted = vec![];
        let ranking = here.ranking();
        let winners = ranking.iter().skip(usize::try_from(here.minted).unwrap_or(usize::MAX));
        for ((rank, piece), (place, owner)) in (first_rank..).zip(art).zip(winners) {
            amount += place.amount;
            let traits = [tier.index(), rank, shower].into_iter().chain(piece.traits.clone()).collect();
            minted.push(Told::Nft(NftEvent::Minted(Minted {
                token_id: earlier + u64::from(rank),
                owner: (*owner).to_owned(),
                image: piece.image.clone(),
                traits,
            })));
        }
        let first_number = earlier + u64::from(first_rank);
        let mut told = one(Mint { shower, first_rank, count, tier, first_piece, first_number, amount });
        told.append(&mut minted);
        Ok(told)
    }

    fn settle(&self, shower: u32) -> Prediction {
        self.here(shower)?;
        let here = self.shower(shower);
        let held = if here.key_in_time { 0 } else { here.held(self.config.holdback_bp) };
        let amount = here.minted_amount() - held - here.settled;
        if amount == 0 {
            return Err(ContractError::NothingToSettle { shower }.into());
        }
        let shares: Vec<u32> = self.config.payees.iter().map(|payee| payee.share_bp).collect();
        let mut told = one(Settle { shower, amount });
        for (payee, amount) in self.config.payees.iter().zip(split(amount, &shares)) {
            if amount > 0 {
                told.append(&mut one(Share { shower, payee: payee.address.clone(), amount }));
            }
        }
        Ok(told)
    }

    fn withdraw(&self, payee: &str) -> Prediction {
        let address = an_address(payee)?;
        if !self.config.payees.iter().any(|known| known.address == address) {
            return Err(ContractError::NotAPayee { address: address.into() }.into());
        }
        match self.owed.get(address) {
            Some(amount) if *amount > 0 => Ok(one(Withdraw { payee: address.into(), amount: *amount })),
            _ => Err(ContractError::NothingOwed { address: address.into() }.into()),
        }
    }

    fn cancel(&self, now: u64, sender: &str, shower: u32) -> Prediction {
        self.owner_only(sender, "Cancel")?;
        let deadline = self.mint_deadline(shower)?;
        let here = self.shower(shower);
        if here.cancelled {
            return Err(ContractError::Cancelled { shower }.into());
        }
        if now >= deadline {
            return Err(ContractError::DeadlinePassed { shower, deadline: seconds(deadline) }.into());
        }
        if here.closed && here.contributors() == 0 {
            return Err(ContractError::AllMinted { shower }.into());
        }
        if let Some(due) = self.beacon_due(shower)
            && now >= due * NANOS_PER_SECOND
        {
            return Err(ContractError::TooLateToCancel { shower, due }.into());
        }
        Ok(one(Cancel { shower }))
    }

    fn refund(&self, now: u64, shower: u32, contributors: &[String]) -> Prediction {
        let given = contributors.len();
        if !(1..=100).contains(&given) {
            return Err(KitError::BatchSize { given, most: 100 }.into());
        }
        let deadline = self.mint_deadline(shower)?;
        let here = self.shower(shower);
        if !here.cancelled && now < deadline {
            return Err(ContractError::RefundsNotOpen { shower, deadline: seconds(deadline) }.into());
        }
        let key_deadline = self.here(shower)?.end + self.config.fairness.key_window * NANOS_PER_SECOND;
        let totals = here.totals();
        let parts = here.held_parts(self.config.holdback_bp);
        let (mut refunded, mut returned) = (here.refunded.clone(), here.held_returned.clone());
        let mut skipped: Option<Reason> = None;
        let mut told = vec![];
        for contributor in contributors {
            let who = an_address(contributor)?;
            let address = || contributor.clone();
            let Some(place) = totals.get(who) else {
                return Err(ContractError::NoContribution { shower, address: address() }.into());
            };
            if refunded.contains(who) || returned.contains(who) {
                skipped.get_or_insert(ContractError::AlreadyRefunded { shower, address: address() }.into());
                continue;
            }
            let (what, amount) = match parts.get(who) {
                Some(_) if here.key_in_time || now < key_deadline => {
                    let key_deadline = seconds(key_deadline);
                    let error = ContractError::HasMeteor { shower, address: address(), key_deadline };
                    return Err(error.into());
                }
                Some(0) => {
                    skipped.get_or_insert(ContractError::NothingHeld { shower, address: address() }.into());
                    continue;
                }
                Some(part) => {
                    returned.insert(address());
                    (Refunded::Holdback, *part)
                }
                None => {
                    refunded.insert(address());
                    (Refunded::Contribution, place.amount)
                }
            };
            told.append(&mut one(Refund { shower, contributor: address(), what, amount }));
        }
        match skipped {
            Some(reason) if told.is_empty() => Err(reason),
            _ => Ok(told),
        }
    }

    fn return_unasked(&self, sender: &str, to: &str, amount: &Coin) -> Prediction {
        self.owner_only(sender, "ReturnUnasked")?;
        let to = an_address(to)?;
        let surplus = self.unasked.get(&amount.denom).copied().unwrap_or_default();
        let given = amount.amount;
        if given.is_zero() || given.u128() > surplus {
            let surplus = surplus.into();
            return Err(ContractError::Surplus { given, denom: amount.denom.clone(), surplus }.into());
        }
        Ok(one(ReturnUnasked { to: to.into(), amount: given.u128(), denom: amount.denom.clone() }))
    }

    fn pause(&self, sender: &str) -> Prediction {
        if sender != self.guardian && self.owner.as_deref() != Some(sender) {
            return Err(not_allowed("Pause", "guardian or the owner"));
        }
        match self.paused_since {
            Some(_) => Err(ContractError::AlreadyPaused.into()),
            None => Ok(one(Pause { by: sender.into() })),
        }
    }

    fn resume(&self, now: u64, sender: &str) -> Prediction {
        self.owner_only(sender, "Resume")?;
        let Some(since) = self.paused_since else { return Err(ContractError::NotPaused.into()) };
        let touched = |n: &u32| {
            self.config.schedule.window(*n).is_some_and(|window| since < window.end && window.start <= now)
        };
        let touched: Vec<u32> = (1..=self.config.schedule.count).filter(touched).collect();
        let from_shower = touched.first().copied().unwrap_or_default();
        let to_shower = touched.last().copied().unwrap_or_default();
        Ok(one(Resume { by: sender.into(), from_shower, to_shower }))
    }

    fn set_minimum(&self, now: u64, sender: &str, from_shower: u32, minimum: u128) -> Prediction {
        self.owner_only(sender, "SetMinimum")?;
        if minimum == 0 {
            return Err(ContractError::ZeroMinimum.into());
        }
        if now >= self.here(from_shower)?.start {
            return Err(ContractError::AlreadyOpen { shower: from_shower }.into());
        }
        Ok(one(Minimum { from_shower, minimum }))
    }

    fn ownership(&self, block: &BlockInfo, sender: &str, action: &Action) -> Prediction {
        let owner = || match self.owner.as_deref() {
            Some(owner) if owner == sender => Ok(()),
            Some(_) => Err(Reason::from(ContractError::from(OwnershipError::NotOwner))),
            None => Err(Reason::from(ContractError::from(OwnershipError::NoOwner))),
        };
        let refused = |error: OwnershipError| Err(Reason::from(ContractError::from(error)));
        match action {
            Action::TransferOwnership { new_owner, .. } => {
                owner()?;
                Ok(one(role("pending_owner", an_address(new_owner)?)))
            }
            Action::AcceptOwnership => match &self.pending {
                None => refused(OwnershipError::TransferNotFound),
                Some((pending, _)) if pending != sender => refused(OwnershipError::NotPendingOwner),
                Some((_, Some(expiry))) if expiry.is_expired(block) => {
                    refused(OwnershipError::TransferExpired)
                }
                Some(_) => Ok(vec![told(role("owner", sender)), told(role("pending_owner", ""))]),
            },
            Action::RenounceOwnership => {
                owner()?;
                Ok(vec![told(role("owner", "")), told(role("pending_owner", ""))])
            }
        }
    }
}

fn not_allowed(verb: &'static str, role: &'static str) -> Reason {
    ContractError::NotAllowed { verb, role }.into()
}

fn an_address(text: &str) -> Result<&str, Reason> {
    if is_address(text) { Ok(text) } else { Err(Reason::Std) }
}

fn of_length(
    what: &'static str,
    bytes: &HexBinary,
    length: usize,
    wanted: &'static str,
) -> Result<(), Reason> {
    let given = bytes.len();
    if given == length { Ok(()) } else { Err(KitError::Length { what, given, wanted }.into()) }
}

fn seconds(nanos: u64) -> u64 {
    nanos / NANOS_PER_SECOND
}

fn told(event: impl Into<ShowerEvent>) -> Told {
    Told::Shower(event.into())
}

fn one(event: impl Into<ShowerEvent>) -> Vec<Told> {
    vec![told(event)]
}

fn role(role: &str, address: &str) -> Role {
    Role { role: role.into(), address: address.into() }
}
