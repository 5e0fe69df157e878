//! What people do, in one word each. Verbs own the time: `open` and `close` move it where it must be. Those
//! named `try_…` give the outcome; the others expect success and can be chained.

use cosmwasm_std::{Coin, HexBinary, coins};
use meteor_messages::hatchery::{self, Reveal};
use meteor_messages::nft;
use meteor_messages::shower::{
    Art, ExecuteMsg, MintCursorResponse, QueryMsg, Refundable, RefundableResponse,
};

use meteor_rules::fairness::sealed::{Proven, Sealed};
use meteor_rules::tier::Tier;
use meteor_rules::{NANOS_PER_SECOND, TokenId};

use crate::fairness::{beacon, key};
use crate::outcome::Outcome;
use crate::suite::Suite;

impl Suite {
    /// Moves time to the opening of `shower`, unless it is open.
    ///
    /// # Panics
    /// If there is no such shower, or it is over.
    pub fn open(&mut self, shower: u32) -> &mut Self {
        let window = self.window(shower);
        if window.contains(self.now()) { self } else { self.at(window.start) }
    }

    /// Moves time to the end of `shower`, unless it is over.
    ///
    /// # Panics
    /// If there is no such shower.
    pub fn end(&mut self, shower: u32) -> &mut Self {
        self.not_before(self.window(shower).end)
    }

    /// Moves time to the mint deadline of `shower`, unless it has passed.
    ///
    /// # Panics
    /// If there is no such shower.
    pub fn pass_deadline(&mut self, shower: u32) -> &mut Self {
        self.not_before(self.model.deadline(shower).expect("a shower of the schedule"))
    }

    fn not_before(&mut self, nanos: u64) -> &mut Self {
        if self.now() >= nanos { self } else { self.at(nanos) }
    }

    /// The window of `shower`.
    ///
    /// # Panics
    /// If there is no such shower.
    pub fn window(&self, shower: u32) -> meteor_rules::schedule::Window {
        self.model.config.schedule.window(shower).expect("a shower of the schedule")
    }

    /// `who` contributes `amount` to the shower that is open now. What the wallet lacks is given to it first.
    ///
    /// # Panics
    /// If no shower is open, or the contract refuses.
    pub fn contribute(&mut self, who: &str, amount: u128) -> &mut Self {
        let shower = self.open_shower();
        let lacks = amount.saturating_sub(self.balance(who));
        if lacks > 0 {
            self.fund(who, lacks);
        }
        self.try_contribute(who, shower, amount).ok();
        self
    }

    /// `who` contributes `amount` to `shower`.
    pub fn try_contribute(&mut self, who: &str, shower: u32, amount: u128) -> Outcome {
        let coins = coins(amount, self.model.config.denom.clone());
        self.try_contribute_coins(who, shower, &coins)
    }

    /// `who` contributes any coins to `shower`.
    pub fn try_contribute_coins(&mut self, who: &str, shower: u32, coins: &[Coin]) -> Outcome {
        self.execute(who, &ExecuteMsg::Contribute { shower }, coins)
    }

    /// Which shower is open.
    ///
    /// # Panics
    /// If none is.
    pub fn open_shower(&self) -> u32 {
        match self.model.config.schedule.phase(self.now()) {
            meteor_rules::schedule::Phase::Open(shower) => shower,
            phase => panic!("no shower is open: {phase:?}"),
        }
    }

    /// Anyone closes `shower`, once it is over, and the operator draws it, if there is anything to draw and
    /// still time for it.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn close(&mut self, shower: u32) -> &mut Self {
        self.end(shower).try_close(shower).ok();
        let here = self.model.shower(shower);
        let due = self.model.beacon_due(shower).expect("closed") * NANOS_PER_SECOND;
        let in_time = self.model.deadline(shower).is_some_and(|deadline| due.max(self.now()) < deadline);
        if here.contributors() > 0 && !here.cancelled && in_time { self.draw(shower) } else { self }
    }

    /// Moves time until the beacon's round for `shower` is due, unless it is.
    ///
    /// # Panics
    /// If the shower isn't closed.
    pub fn await_beacon(&mut self, shower: u32) -> &mut Self {
        self.not_before(self.model.beacon_due(shower).expect("a closed shower") * NANOS_PER_SECOND)
    }

    /// The operator commits to the draw of `shower`, once the beacon's round is due.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn draw(&mut self, shower: u32) -> &mut Self {
        self.await_beacon(shower).try_draw(shower).ok();
        self
    }

    /// The operator commits to the draw of `shower` now.
    pub fn try_draw(&mut self, shower: u32) -> Outcome {
        let operator = self.model.operator.clone();
        let msg = self.honest_draw(shower);
        self.execute(&operator, &msg, &[])
    }

    /// The `CommitDraw` of an honest operator for `shower`.
    pub fn honest_draw(&self, shower: u32) -> ExecuteMsg {
        let sealed = self.model.sealed(shower);
        let round = self.model.shower(shower).beacon_round.unwrap_or_default();
        ExecuteMsg::CommitDraw {
            shower,
            root: HexBinary::from(sealed.as_ref().map_or([0; 32], Sealed::root)),
            leaves: sealed.map_or(0, |sealed| sealed.leaves()),
            beacon: beacon(round).into(),
        }
    }

    /// Anyone publishes the key of `shower`, once its crack window has passed.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn publish_key(&mut self, shower: u32) -> &mut Self {
        let window = self.model.config.fairness.crack_window;
        let from = self.window(shower).end + window * NANOS_PER_SECOND;
        self.not_before(from).try_publish_key(shower).ok();
        self
    }

    /// Anyone publishes the key of `shower` now.
    pub fn try_publish_key(&mut self, shower: u32) -> Outcome {
        let key = key(&self.model.contract, shower).into();
        self.execute("anyone", &ExecuteMsg::PublishKey { shower, key }, &[])
    }

    /// `who` cracks a meteor.
    ///
    /// # Panics
    /// If the contracts refuse.
    pub fn crack(&mut self, who: &str, meteor: u64) -> &mut Self {
        self.try_crack(who, meteor).ok();
        self
    }

    /// `who` cracks a meteor.
    pub fn try_crack(&mut self, who: &str, meteor: u64) -> Outcome {
        let contract = self.hatchery.to_string();
        let msg = nft::ExecuteMsg::SendNft { contract, token_id: meteor.to_string(), msg: None };
        self.execute_nft(who, &msg, &[])
    }

    /// What these meteors hold, with proofs, as the worker would send it.
    ///
    /// # Panics
    /// If there is no such meteor.
    pub fn reveals(&self, meteors: &[u64]) -> Vec<Reveal> {
        meteors
            .iter()
            .map(|token_id| {
                let shower = self.model.shower_of(*token_id).expect("a meteor of a shower");
                let sealed = self.model.sealed(shower).expect("a shower with contributors");
                let index = sealed.index_of(TokenId(*token_id)).expect("a meteor of the shower");
                reveal_of(&sealed.reveal(index).expect("an index of the shower"))
            })
            .collect()
    }

    /// Anyone reveals what these meteors hold.
    ///
    /// # Panics
    /// If the hatchery refuses.
    pub fn reveal(&mut self, meteors: &[u64]) -> &mut Self {
        let reveals = self.reveals(meteors);
        self.try_reveal(reveals).ok();
        self
    }

    /// Anyone reveals.
    pub fn try_reveal(&mut self, reveals: Vec<Reveal>) -> Outcome {
        self.execute_hatchery("anyone", &hatchery::ExecuteMsg::Reveal { reveals }, &[])
    }

    /// Anyone has a meteor sent back that was not revealed in time; time moves on until it can be.
    ///
    /// # Panics
    /// If it is not in custody, or the hatchery refuses.
    pub fn reclaim(&mut self, meteor: u64) -> &mut Self {
        let cracked = self.model.custody.get(&meteor).expect("a meteor in custody");
        self.not_before(self.model.reclaim_at(cracked)).try_reclaim(meteor).ok();
        self
    }

    /// Anyone asks for a meteor to be sent back.
    pub fn try_reclaim(&mut self, meteor: u64) -> Outcome {
        let msg = hatchery::ExecuteMsg::Reclaim { token_id: meteor.to_string() };
        self.execute_hatchery("anyone", &msg, &[])
    }

    /// Anyone closes `shower` now.
    pub fn try_close(&mut self, shower: u32) -> Outcome {
        self.execute("anyone", &ExecuteMsg::Close { shower }, &[])
    }

    /// Anyone mints the next `count` meteors of `shower`, in as many batches as tiers and lists make of them.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn mint(&mut self, shower: u32, count: u32) -> &mut Self {
        let mut left = count;
        while left > 0 {
            let cursor: MintCursorResponse = self.query(&QueryMsg::MintCursor { shower });
            let next = cursor.next.expect("a shower that can be minted");
            let batch = left.min(next.most);
            self.try_mint(shower, next.first_rank, batch).ok();
            left -= batch;
        }
        self
    }

    /// Anyone mints what is left of `shower`.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn mint_all(&mut self, shower: u32) -> &mut Self {
        let here = self.model.shower(shower);
        self.mint(shower, here.contributors() - here.minted)
    }

    /// Anyone mints to `count` ranks from `first_rank` on, in one batch.
    pub fn try_mint(&mut self, shower: u32, first_rank: u32, count: u32) -> Outcome {
        let msg = self.mint_message(shower, first_rank, count);
        self.execute("anyone", &msg, &[])
    }

    /// The `Mint` that the catalogue has for `count` ranks from `first_rank` on, as if all were of one tier. More
    /// than its list has left begins it again, and then there is no proof.
    ///
    /// # Panics
    /// If the catalogue has no pieces.
    pub fn mint_message(&self, shower: u32, first_rank: u32, count: u32) -> ExecuteMsg {
        let (tier, first) = self.model.piece(shower, first_rank).unwrap_or((Tier::Legendary, 0));
        let pieces = self.model.catalogue.pieces(tier).iter().cycle();
        let pieces = pieces.skip(usize::try_from(first).unwrap_or_default());
        let art = pieces.take(usize::try_from(count).unwrap_or_default());
        let art = art.map(|piece| Art { image: piece.image.clone(), traits: piece.traits.clone() }).collect();
        let proof = self.model.catalogue.range(tier, first, count).map(|(_, proof)| proof);
        let proof = proof.unwrap_or_default().into_iter().map(HexBinary::from).collect();
        ExecuteMsg::Mint { shower, first_rank, art, proof }
    }

    /// Anyone has what `shower` brought booked for the payees.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn settle(&mut self, shower: u32) -> &mut Self {
        self.try_settle(shower).ok();
        self
    }

    /// Anyone has what `shower` brought booked for the payees.
    pub fn try_settle(&mut self, shower: u32) -> Outcome {
        self.execute("anyone", &ExecuteMsg::Settle { shower }, &[])
    }

    /// Anyone has every payee sent what it is owed, but for those that the bank refuses.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn withdraw_all(&mut self) -> &mut Self {
        for payee in self.model.owed.clone().into_keys() {
            if !self.bank.refuses(&payee) {
                self.try_withdraw(&payee).ok();
            }
        }
        self
    }

    /// Anyone has a payee sent what it is owed.
    pub fn try_withdraw(&mut self, payee: &str) -> Outcome {
        let payee = self.address(payee).into();
        self.execute("anyone", &ExecuteMsg::Withdraw { payee }, &[])
    }

    /// The owner returns coins of the event's denom that came unasked.
    pub fn try_return_unasked(&mut self, to: &str, amount: u128) -> Outcome {
        let amount = Coin::new(amount, self.model.config.denom.clone());
        let to = self.address(to).into();
        self.as_owner(&ExecuteMsg::ReturnUnasked { to, amount })
    }

    /// Anyone brings `shower` to its end: publishes its key, has everything booked, and has the payees sent what
    /// they are owed. Time moves past the crack window.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn pay_out(&mut self, shower: u32) -> &mut Self {
        if !self.model.shower(shower).key {
            self.publish_key(shower);
        }
        let here = self.model.shower(shower);
        if here.minted_amount() > here.settled + here.held_returned_amount(self.model.config.holdback_bp) {
            self.settle(shower);
        }
        self.withdraw_all()
    }

    /// Moves time to the key deadline of `shower`, unless it has passed.
    ///
    /// # Panics
    /// If there is no such shower.
    pub fn pass_key_deadline(&mut self, shower: u32) -> &mut Self {
        self.not_before(self.model.key_deadline(shower).expect("a shower of the schedule"))
    }

    /// The owner cancels `shower`.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn cancel(&mut self, shower: u32) -> &mut Self {
        self.as_owner(&ExecuteMsg::Cancel { shower }).ok();
        self
    }

    /// Anyone has these wallets refunded for `shower`.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn refund(&mut self, shower: u32, who: &[&str]) -> &mut Self {
        self.try_refund(shower, who).ok();
        self
    }

    /// Anyone has these wallets refunded for `shower`.
    pub fn try_refund(&mut self, shower: u32, who: &[&str]) -> Outcome {
        let contributors = who.iter().map(|who| self.address(who).into()).collect();
        self.execute("anyone", &ExecuteMsg::Refund { shower, contributors }, &[])
    }

    /// Anyone has everyone refunded who can be, as the contract lists them.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn refund_all(&mut self, shower: u32) -> &mut Self {
        let all: Vec<String> = self.refundable(shower).into_iter().map(|row| row.contributor).collect();
        for some in all.chunks(100) {
            self.refund(shower, &some.iter().map(String::as_str).collect::<Vec<_>>());
        }
        self
    }

    /// What can be refunded of `shower` now, as the contract lists it.
    ///
    /// # Panics
    /// If its pages don't move on.
    pub fn refundable(&self, shower: u32) -> Vec<Refundable> {
        let (mut all, mut start_after) = (vec![], None);
        loop {
            let page: RefundableResponse =
                self.query(&QueryMsg::Refundable { shower, start_after, limit: Some(100) });
            all.extend(page.refundable);
            assert!(page.next.is_none() || page.next != start_after, "a page of refunds doesn't move on");
            start_after = page.next;
            if start_after.is_none() {
                return all;
            }
        }
    }

    /// The owner, whoever it is now, sends `msg`; once renounced, the first one tries.
    pub fn as_owner(&mut self, msg: &ExecuteMsg) -> Outcome {
        let owner = self.model.owner.clone().unwrap_or_else(|| self.model.config.owner.clone());
        self.execute(&owner, msg, &[])
    }

    /// The guardian stops contributing.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn pause(&mut self) -> &mut Self {
        let guardian = self.model.guardian.clone();
        self.execute(&guardian, &ExecuteMsg::Pause {}, &[]).ok();
        self
    }

    /// The owner lets contributing go on.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn resume(&mut self) -> &mut Self {
        self.as_owner(&ExecuteMsg::Resume {}).ok();
        self
    }
}

/// What the hatchery is sent for a proven content.
pub fn reveal_of(proven: &Proven<'_>) -> Reveal {
    Reveal {
        token_id: proven.meteor.number.0,
        shower: proven.meteor.shower.0,
        index: proven.index,
        content: proven.content.clone(),
        salt: proven.salt.into(),
        proof: proven.proof.iter().map(|hash| HexBinary::from(*hash)).collect(),
    }
}
