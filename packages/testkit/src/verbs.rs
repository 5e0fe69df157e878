//! What people do, in one word each. Verbs own the time: `open` and `close` move it where it must be. Those named
//! `try_…` give the outcome; the others expect success and can be chained.

use cosmwasm_std::{Coin, coins};
use meteor_messages::shower::{Art, ExecuteMsg, MintCursorResponse, QueryMsg, RefundableResponse};

use crate::art::piece;
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
        let end = self.window(shower).end;
        if self.now() >= end { self } else { self.at(end) }
    }

    /// Moves time to the mint deadline of `shower`, unless it has passed.
    ///
    /// # Panics
    /// If there is no such shower.
    pub fn pass_deadline(&mut self, shower: u32) -> &mut Self {
        let deadline = self.model.deadline(shower).expect("a shower of the schedule");
        if self.now() >= deadline { self } else { self.at(deadline) }
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

    /// Anyone closes `shower`, once it is over.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn close(&mut self, shower: u32) -> &mut Self {
        self.end(shower).try_close(shower).ok();
        self
    }

    /// Anyone closes `shower` now.
    pub fn try_close(&mut self, shower: u32) -> Outcome {
        self.execute("anyone", &ExecuteMsg::Close { shower }, &[])
    }

    /// The operator mints the next `count` meteors of `shower`.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn mint(&mut self, shower: u32, count: usize) -> &mut Self {
        let first_rank = self.model.shower(shower).minted + 1;
        let art = self.art(count);
        self.try_mint(shower, first_rank, art).ok();
        self
    }

    /// The operator mints what is left of `shower`, in batches of 100.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn mint_all(&mut self, shower: u32) -> &mut Self {
        loop {
            let cursor: MintCursorResponse = self.query(&QueryMsg::MintCursor { shower });
            let left = cursor.contributors - cursor.minted;
            if left == 0 {
                return self;
            }
            self.mint(shower, usize::try_from(left.min(100)).unwrap_or(100));
        }
    }

    /// The operator mints to the ranks from `first_rank` on.
    pub fn try_mint(&mut self, shower: u32, first_rank: u32, art: Vec<Art>) -> Outcome {
        let operator = self.model.operator.clone();
        self.execute(&operator, &ExecuteMsg::Mint { shower, first_rank, art }, &[])
    }

    /// New art for `count` meteors.
    pub fn art(&mut self, count: usize) -> Vec<Art> {
        let template = &self.model.config.meteors.template;
        (0..count)
            .map(|_| {
                self.pieces += 1;
                piece(template, self.pieces)
            })
            .collect()
    }

    /// Anyone has the payees of `shower` paid.
    ///
    /// # Panics
    /// If the contract refuses.
    pub fn settle(&mut self, shower: u32) -> &mut Self {
        self.try_settle(shower).ok();
        self
    }

    /// Anyone has the payees of `shower` paid.
    pub fn try_settle(&mut self, shower: u32) -> Outcome {
        self.execute("anyone", &ExecuteMsg::Settle { shower }, &[])
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
        let mut start_after = None;
        loop {
            let page: RefundableResponse =
                self.query(&QueryMsg::Refundable { shower, start_after, limit: Some(100) });
            let who: Vec<&str> = page.refundable.iter().map(|row| row.contributor.as_str()).collect();
            if !who.is_empty() {
                self.refund(shower, &who);
            }
            assert!(page.next.is_none() || page.next != start_after, "a page of refunds doesn't move on");
            start_after = page.next;
            if start_after.is_none() {
                return self;
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
