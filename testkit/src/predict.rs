//! What a message should do: the rules once more, naively, from the model alone. Every message sent by a
//! suite is predicted first, and the contract's answer must be the prediction, event for event.

use std::collections::BTreeSet;

use cosmwasm_std::{BlockInfo, Coin, HexBinary};
use cw_ownable::Action;
use meteor_messages::events::{
    Cancel, Close, Contribution, Draw, Key, Minimum, Mint, Minted, NftEvent, Pause, Refund, Resume, Role,
    Settle, Share, ShowerEvent,
};
use meteor_messages::shower::{Art, ExecuteMsg};
use meteor_rules::metadata::check_image;
use meteor_rules::split::split;
use meteor_rules::{NANOS_PER_SECOND, Rank};

use crate::fairness::key;
use crate::model::{Model, Told};
use crate::wallets::is_address;

impl Model {
    /// The events that `msg` from `sender` at `block` should cause, in order; `None` if it should be refused.
    pub fn predict(
        &self,
        block: &BlockInfo,
        sender: &str,
        funds: &[Coin],
        msg: &ExecuteMsg,
    ) -> Option<Vec<Told>> {
        let is_owner = self.owner.as_deref() == Some(sender);
        if let ExecuteMsg::Contribute { shower } = msg {
            return self.contribute(block, sender, funds, *shower);
        }
        if !funds.is_empty() {
            return None;
        }
        let now = block.time.nanos();
        match msg {
            ExecuteMsg::Contribute { .. } => None,
            ExecuteMsg::Close { shower } => self.close(block, *shower),
            ExecuteMsg::CommitDraw { shower, root, leaves, beacon } => {
                let draw =
                    Draw { shower: *shower, root: root.clone(), leaves: *leaves, beacon: beacon.clone() };
                (sender == self.operator).then(|| self.draw(now, draw))?
            }
            ExecuteMsg::PublishKey { shower, key } => self.publish(now, *shower, key),
            ExecuteMsg::Withdraw { .. } | ExecuteMsg::ReturnUnasked { .. } => None, // SPINE
            ExecuteMsg::Mint { shower, first_rank, art, .. } => {
                (sender == self.operator).then(|| self.mint(now, *shower, *first_rank, art))?
            }
            ExecuteMsg::Settle { shower } => self.settle(*shower),
            ExecuteMsg::Cancel { shower } => {
                let here = self.shower(*shower);
                let all_minted = here.closed && here.minted == here.contributors();
                let possible = is_owner && !here.cancelled && !all_minted && now < self.deadline(*shower)?;
                possible.then(|| one(Cancel { shower: *shower }))
            }
            ExecuteMsg::Refund { shower, contributors } => self.refund(now, *shower, contributors),
            ExecuteMsg::Pause {} => (!self.paused && (is_owner || sender == self.guardian))
                .then(|| one(Pause { by: sender.into() })),
            ExecuteMsg::Resume {} => (self.paused && is_owner)
                .then(|| one(Resume { by: sender.into(), from_shower: 0, to_shower: 0 })),
            ExecuteMsg::SetMinimum { from_shower, minimum } => {
                let opens = self.config.schedule.window(*from_shower)?.start;
                (is_owner && !minimum.is_zero() && now < opens)
                    .then(|| one(Minimum { from_shower: *from_shower, minimum: minimum.u128() }))
            }
            ExecuteMsg::SetOperator { address } => {
                (is_owner && is_address(address)).then(|| one(role("operator", address)))
            }
            ExecuteMsg::SetGuardian { address } => {
                (is_owner && is_address(address)).then(|| one(role("guardian", address)))
            }
            ExecuteMsg::UpdateOwnership(action) => self.ownership(block, sender, action),
        }
    }

    fn contribute(&self, block: &BlockInfo, sender: &str, funds: &[Coin], shower: u32) -> Option<Vec<Told>> {
        let [coin] = funds else { return None };
        let window = self.config.schedule.window(shower)?;
        let now = block.time.nanos();
        let mut after = self.shower(shower);
        let amount = coin.amount.u128();
        let inside = window.start <= now && now < window.end;
        if self.paused || !inside || after.cancelled || coin.denom != self.config.denom || amount == 0 {
            return None;
        }
        let before = after.totals().get(sender).map_or(0, |place| place.amount);
        let total = before.checked_add(amount)?;
        let shower_total = after.total().checked_add(amount)?;
        if total < self.minimum(shower) {
            return None;
        }
        let seq = self.seq + 1;
        after.log.push(crate::model::Logged { seq, contributor: sender.into(), amount });
        let contributors = after.contributors();
        let contributor = sender.into();
        Some(one(Contribution { shower, contributor, amount, total, seq, shower_total, contributors }))
    }

    fn close(&self, block: &BlockInfo, shower: u32) -> Option<Vec<Told>> {
        let window = self.config.schedule.window(shower)?;
        let here = self.shower(shower);
        (block.time.nanos() >= window.end && !here.closed).then(|| {
            one(Close {
                shower,
                contributors: here.contributors(),
                total: here.total(),
                log: here.log_hash(&block.chain_id, &self.contract, shower),
                beacon_round: self.round(block.time.nanos(), window.end),
            })
        })
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

    fn draw(&self, now: u64, draw: Draw) -> Option<Vec<Told>> {
        let here = self.shower(draw.shower);
        let in_time = !here.cancelled && now < self.deadline(draw.shower)?;
        let due = self.beacon_due(draw.shower).is_some_and(|due| now >= due * NANOS_PER_SECOND);
        let of_form = draw.root.len() == 32 && (1..=96).contains(&draw.beacon.len());
        let leaves = draw.leaves == here.contributors() && draw.leaves > 0;
        (in_time && due && of_form && leaves && here.draw.is_none()).then(|| one(draw))
    }

    fn publish(&self, now: u64, shower: u32, given: &HexBinary) -> Option<Vec<Told>> {
        let here = self.shower(shower);
        let end = self.config.schedule.window(shower)?.end;
        let late = now >= end + self.config.fairness.crack_window * NANOS_PER_SECOND;
        let right = given.as_slice() == key(&self.contract, shower);
        (here.closed && late && right && !here.key)
            .then(|| one(Key { shower, key: given.clone(), in_time: true }))
    }

    fn mint(&self, now: u64, shower: u32, first_rank: u32, art: &[Art]) -> Option<Vec<Told>> {
        let here = self.shower(shower);
        let count = u32::try_from(art.len()).ok()?;
        let last = first_rank.checked_add(count)?.checked_sub(1)?;
        let contributors = here.contributors();
        let fits = (1..=100).contains(&count) && first_rank == here.minted + 1 && last <= contributors;
        if !here.closed || here.draw.is_none() || here.cancelled || now >= self.deadline(shower)? || !fits {
            return None;
        }
        let images: BTreeSet<&str> = art.iter().map(|piece| piece.image.as_str()).collect();
        if images.len() != art.len() {
            return None;
        }
        let earlier = self.earlier(shower);
        let mut amount = 0;
        let mut minted = vec![];
        let ranking = here.ranking();
        for (rank, piece) in (first_rank..).zip(art) {
            let (place, owner) = ranking.get(usize::try_from(rank - 1).ok()?)?;
            amount += place.amount;
            let tier = self.config.tiers.tier_of(Rank(rank), contributors)?;
            let mut traits = vec![tier.index(), rank, shower];
            traits.extend(&piece.traits);
            check_image(&piece.image).ok()?;
            self.config.meteors.template.check(&traits).ok()?;
            minted.push(Told::Nft(NftEvent::Minted(Minted {
                token_id: earlier + u64::from(rank),
                owner: (*owner).to_owned(),
                image: piece.image.clone(),
                traits,
            })));
        }
        let first_number = earlier + u64::from(first_rank);
        let mut told = one(Mint {
            shower,
            first_rank,
            count,
            tier: self.config.tiers.tier_of(Rank(first_rank), contributors)?,
            first_piece: 0, // SPINE
            first_number,
            amount,
        });
        told.append(&mut minted);
        Some(told)
    }

    fn settle(&self, shower: u32) -> Option<Vec<Told>> {
        let here = self.shower(shower);
        let amount = here.minted_amount().checked_sub(here.settled).filter(|due| *due > 0)?;
        let shares: Vec<u32> = self.config.payees.iter().map(|payee| payee.share_bp).collect();
        let mut told = one(Settle { shower, amount });
        for (payee, amount) in self.config.payees.iter().zip(split(amount, &shares)) {
            if amount > 0 {
                told.append(&mut one(Share { shower, payee: payee.address.clone(), amount }));
            }
        }
        Some(told)
    }

    fn refund(&self, now: u64, shower: u32, contributors: &[String]) -> Option<Vec<Told>> {
        let here = self.shower(shower);
        self.config.schedule.window(shower)?;
        if !self.refunds_open(shower, now) || !(1..=100).contains(&contributors.len()) {
            return None;
        }
        let totals = here.totals();
        let open: BTreeSet<&str> = here.unminted().into_iter().collect();
        let mut seen = BTreeSet::new();
        let mut told = vec![];
        for contributor in contributors {
            if !open.contains(contributor.as_str()) || !seen.insert(contributor) {
                return None;
            }
            let amount = totals.get(contributor.as_str())?.amount;
            told.append(&mut one(Refund {
                shower,
                contributor: contributor.clone(),
                amount,
                what: meteor_messages::shower::Refunded::Contribution,
            }));
        }
        Some(told)
    }

    fn ownership(&self, block: &BlockInfo, sender: &str, action: &Action) -> Option<Vec<Told>> {
        let is_owner = self.owner.as_deref() == Some(sender);
        match action {
            Action::TransferOwnership { new_owner, .. } => {
                (is_owner && is_address(new_owner)).then(|| one(role("pending_owner", new_owner)))
            }
            Action::AcceptOwnership => {
                let (pending, expiry) = self.pending.as_ref()?;
                let in_time = expiry.is_none_or(|expiry| !expiry.is_expired(block));
                (pending == sender && in_time)
                    .then(|| vec![told(role("owner", sender)), told(role("pending_owner", ""))])
            }
            Action::RenounceOwnership => {
                is_owner.then(|| vec![told(role("owner", "")), told(role("pending_owner", ""))])
            }
        }
    }
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
