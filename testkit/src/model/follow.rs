//! How the model follows the contracts' events. An event that contradicts what was before is a failed test.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::Event;
use meteor_messages::events::{HatcheryEvent, Minted, NftEvent, ShowerEvent};
use meteor_messages::shower::Refunded;
use meteor_rules::fairness::content::{Content, Kind};
use meteor_rules::{NANOS_PER_SECOND, TokenId};

use super::{Cracked, Logged, Model, Token, Told, Until};

impl Model {
    /// Follows an event that happened at `now` (nanoseconds).
    ///
    /// # Panics
    /// If the event contradicts what happened before it.
    pub fn follow(&mut self, told: &Told, now: u64) {
        match told {
            Told::Shower(event) => self.follow_shower(event, now),
            Told::Nft(event) => follow_nft(&mut self.tokens, &mut self.burnt, event),
            Told::Hatchery(event) => self.follow_hatchery(event, now),
            Told::Inside(kind, event) => self.follow_inside(*kind, event),
        }
    }

    fn follow_shower(&mut self, event: &ShowerEvent, now: u64) {
        match event {
            ShowerEvent::Launch(_) | ShowerEvent::Collection(_) => {}
            ShowerEvent::Share(e) => *self.owed.entry(e.payee.clone()).or_default() += e.amount,
            ShowerEvent::Withdraw(e) => {
                let owed = self.owed.remove(&e.payee).unwrap_or_default();
                assert_eq!(owed, e.amount, "{} is sent what it is owed", e.payee);
                *self.withdrawn.entry(e.payee.clone()).or_default() += e.amount;
            }
            ShowerEvent::ReturnUnasked(e) => {
                let left = self.unasked.entry(e.denom.clone()).or_default();
                *left = left.checked_sub(e.amount).expect("only what came unasked is returned");
            }
            ShowerEvent::Contribution(e) => {
                assert_eq!(e.seq, self.seq + 1, "sequence numbers follow each other");
                self.seq = e.seq;
                let shower = self.showers.entry(e.shower).or_default();
                shower.log.push(Logged { seq: e.seq, contributor: e.contributor.clone(), amount: e.amount });
                let place = shower.totals().get(e.contributor.as_str()).copied();
                assert_eq!(place.map(|place| place.amount), Some(e.total), "a wallet's contributions add up");
                assert_eq!(e.shower_total, shower.total(), "a shower's contributions add up");
                assert_eq!(e.contributors, shower.contributors(), "each contributor is counted once");
            }
            ShowerEvent::Close(e) => {
                let shower = self.showers.entry(e.shower).or_default();
                shower.closed = true;
                shower.beacon_round = Some(e.beacon_round);
            }
            ShowerEvent::Draw(e) => {
                let draw = &mut self.showers.entry(e.shower).or_default().draw;
                assert!(draw.replace(e.clone()).is_none(), "shower {} is drawn once", e.shower);
            }
            ShowerEvent::Key(e) => {
                let shower = self.showers.entry(e.shower).or_default();
                (shower.key, shower.key_in_time) = (true, e.in_time);
            }
            ShowerEvent::Mint(e) => self.showers.entry(e.shower).or_default().minted += e.count,
            ShowerEvent::Settle(e) => self.showers.entry(e.shower).or_default().settled += e.amount,
            ShowerEvent::Cancel(e) => self.showers.entry(e.shower).or_default().cancelled = true,
            ShowerEvent::Refund(e) => {
                let shower = self.showers.entry(e.shower).or_default();
                let refunded = match e.what {
                    Refunded::Contribution => &mut shower.refunded,
                    Refunded::Holdback => &mut shower.held_returned,
                };
                assert!(refunded.insert(e.contributor.clone()), "{} is refunded once", e.contributor);
            }
            ShowerEvent::Pause(_) => self.paused_since = Some(now),
            ShowerEvent::Resume(e) => {
                assert!(self.paused_since.take().is_some(), "only what is paused is resumed");
                for shower in e.from_shower.max(1)..=e.to_shower {
                    self.showers.entry(shower).or_default().paused = true;
                }
            }
            ShowerEvent::Minimum(e) => {
                self.minimums.insert(e.from_shower, e.minimum);
            }
            ShowerEvent::Role(e) => {
                let holder = (!e.address.is_empty()).then(|| e.address.clone());
                match e.role.as_str() {
                    "owner" => self.owner = holder,
                    // The expiry is not told; `Suite::execute` adds it from the message.
                    "pending_owner" => self.pending = holder.map(|holder| (holder, None)),
                    "operator" => self.operator.clone_from(&e.address),
                    "guardian" => self.guardian.clone_from(&e.address),
                    role => panic!("no role {role}"),
                }
            }
        }
    }

    /// Follows an approval, of which the standard's own events tell, but not until when.
    pub(crate) fn follow_approval(&mut self, event: &Event, until: Until) {
        let said = |key: &str| event.attributes.iter().find(|a| a.key == key).map(|a| a.value.as_str());
        let (Some(collection), Some(action), Some(sender)) =
            (said("_contract_address"), said("action"), said("sender"))
        else {
            return;
        };
        let tokens = if collection == self.contracts.meteors {
            &mut self.tokens
        } else if collection == self.contracts.eggs || collection == self.contracts.dust {
            &mut self.found
        } else {
            return;
        };
        let token = said("token_id").and_then(|id| tokens.get_mut(&id.parse().ok()?));
        let who = said("spender").or(said("operator")).unwrap_or_default().to_owned();
        let grant = (collection.to_owned(), sender.to_owned(), who.clone());
        match (action, token) {
            ("approve", Some(token)) => {
                token.approvals.insert(who, until);
            }
            ("revoke", Some(token)) => {
                token.approvals.remove(&who);
            }
            ("approve_all", None) => {
                self.grants.insert(grant, until);
            }
            ("revoke_all", None) => {
                self.grants.remove(&grant);
            }
            _ => {}
        }
    }

    fn follow_inside(&mut self, kind: Kind, event: &NftEvent) {
        if let NftEvent::Minted(Minted { token_id, owner, image, traits }) = event {
            assert!(self.burnt.contains(token_id), "the meteor {token_id} is burnt first");
            let shown = self.revealed.get(token_id).expect("only what is revealed is minted");
            let revealed = (shown.kind, &shown.holder, &shown.image, &shown.traits);
            assert_eq!((kind, owner, image, traits), revealed, "what meteor {token_id} held");
        }
        follow_nft(&mut self.found, &mut self.gone, event);
    }

    fn follow_hatchery(&mut self, event: &HatcheryEvent, now: u64) {
        match event {
            HatcheryEvent::Nest(_) => {}
            HatcheryEvent::Crack(e) => {
                let owner = self.tokens.get(&e.token_id).map(|token| &token.owner);
                assert_eq!(owner, Some(&self.contracts.hatchery), "a cracked meteor is in custody");
                let cracked = Cracked { holder: e.holder.clone(), since: now };
                assert_eq!(e.reclaim_at, self.reclaim_at(&cracked).div_ceil(NANOS_PER_SECOND));
                assert!(self.custody.insert(e.token_id, cracked).is_none(), "a meteor is cracked once");
            }
            HatcheryEvent::Revealed(e) => {
                let cracked = self.custody.remove(&e.token_id).expect("only cracked meteors are revealed");
                assert_eq!(e.holder, cracked.holder, "what a meteor holds is for who cracked it");
                assert!(now < self.reclaim_at(&cracked), "meteor {} is revealed in time", e.token_id);
                assert_eq!(
                    (self.shower_of(e.token_id), e.token_id),
                    (Some(e.shower), self.earlier(e.shower) + u64::from(e.index) + 1),
                    "a meteor is revealed by the leaf at its own place"
                );
                let draw = self.shower(e.shower).draw.expect("only drawn showers are revealed");
                let sealed = self.sealed(e.shower).expect("the shower has contributors");
                // An operator may commit to another root, and prove against it; `meteor verify` tells, not
                // the chain.
                if draw.root.as_slice() == sealed.root() {
                    let shown = Content { kind: e.kind, image: e.image.clone(), traits: e.traits.clone() };
                    let salt = e.salt.as_slice();
                    let (content, real) = sealed.content(e.index).expect("an index of the shower");
                    assert_eq!(sealed.index_of(TokenId(e.token_id)), Some(e.index), "meteor {}", e.token_id);
                    assert_eq!((&shown, salt), (content, real.as_slice()), "meteor {}", e.token_id);
                }
                assert!(self.revealed.insert(e.token_id, e.clone()).is_none(), "a meteor is revealed once");
            }
            HatcheryEvent::Reclaim(e) => {
                let cracked = self.custody.remove(&e.token_id).expect("only cracked meteors go back");
                assert_eq!(e.holder, cracked.holder, "a meteor goes back to who cracked it");
                assert!(now >= self.reclaim_at(&cracked), "meteor {} had time to be revealed", e.token_id);
            }
        }
    }
}

fn follow_nft(tokens: &mut BTreeMap<u64, Token>, burnt: &mut BTreeSet<u64>, event: &NftEvent) {
    match event {
        NftEvent::Minted(e) => {
            assert!(!burnt.contains(&e.token_id), "burnt id {} is back", e.token_id);
            let token = Token {
                owner: e.owner.clone(),
                approvals: BTreeMap::new(),
                image: e.image.clone(),
                traits: e.traits.clone(),
            };
            assert!(tokens.insert(e.token_id, token).is_none(), "id {} is twice", e.token_id);
        }
        NftEvent::Transfer(e) => {
            let token = tokens.get_mut(&e.token_id).expect("only minted tokens move");
            assert_eq!(token.owner, e.from, "a token moves from its owner");
            token.owner.clone_from(&e.to);
            token.approvals.clear();
        }
        NftEvent::Burn(e) => {
            let token = tokens.remove(&e.token_id).expect("only minted tokens burn");
            assert_eq!(token.owner, e.owner, "a token burns at its owner's");
            burnt.insert(e.token_id);
        }
    }
}
