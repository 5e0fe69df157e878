//! What a message to the hatchery should do: which reveals are true, and who gets what back.

use std::collections::BTreeSet;

use cosmwasm_std::{BlockInfo, Coin, HexBinary};
use meteor_contract_kit::{KitError, describe};
use meteor_hatchery::ContractError;
use meteor_messages::events::{Burn, Draw, Minted, NftEvent, Reclaim, Revealed, Transfer};
use meteor_messages::hatchery::{ExecuteMsg, Reveal};
use meteor_rules::fairness::Bytes32;
use meteor_rules::fairness::content::Kind;
use meteor_rules::fairness::tree::{Leaf, leaf_hash, root_from};
use meteor_rules::metadata::check_image;
use meteor_rules::{NANOS_PER_SECOND, TokenId};

use super::Prediction;
use crate::fairness::id;
use crate::model::{Model, Told};
use crate::outcome::Reason;
use crate::verbs::reveal_of;

impl Model {
    /// What `msg` from `sender` to the hatchery at `block` should come to.
    ///
    /// # Errors
    /// The reason for which it should be refused.
    pub fn predict_hatchery(
        &self,
        block: &BlockInfo,
        sender: &str,
        funds: &[Coin],
        msg: &ExecuteMsg,
    ) -> Prediction {
        if !funds.is_empty() {
            return Err(hatchery(KitError::FundsNotTaken { given: describe(funds) }));
        }
        let now = block.time.nanos();
        match msg {
            ExecuteMsg::ReceiveNft(_) if sender == self.contracts.meteors => Err(Reason::Elsewhere),
            ExecuteMsg::ReceiveNft(_) => Err(hatchery(ContractError::NotAMeteor {
                meteors: self.contracts.meteors.clone(),
                given: sender.into(),
            })),
            ExecuteMsg::Reveal { reveals } => self.reveal(now, reveals),
            ExecuteMsg::Reclaim { token_id } => self.reclaim(now, token_id),
        }
    }

    fn reclaim(&self, now: u64, text: &str) -> Prediction {
        let number = text.parse().ok().filter(|number: &u64| number.to_string() == text);
        let Some(token_id) = number else {
            return Err(hatchery(ContractError::BadTokenId { given: text.chars().take(32).collect() }));
        };
        let Some(cracked) = self.custody.get(&token_id) else {
            return Err(hatchery(ContractError::NotInCustody { token_id }));
        };
        let at = self.reclaim_at(cracked);
        if now < at {
            let reclaim_at = at.div_ceil(NANOS_PER_SECOND);
            return Err(hatchery(ContractError::TooEarly { token_id, reclaim_at }));
        }
        let (from, to) = (self.contracts.hatchery.clone(), cracked.holder.clone());
        Ok(vec![
            Told::Hatchery(Reclaim { token_id, holder: to.clone() }.into()),
            Told::Nft(Transfer { token_id, from, to }.into()),
        ])
    }

    fn reveal(&self, now: u64, reveals: &[Reveal]) -> Prediction {
        let given = reveals.len();
        if !(1..=30).contains(&given) {
            return Err(hatchery(KitError::BatchSize { given, most: 30 }));
        }
        let mut skipped = None;
        let mut seen = BTreeSet::new();
        let (mut told, mut burns, mut eggs, mut dust) = (vec![], vec![], vec![], vec![]);
        for reveal in reveals {
            let token_id = reveal.token_id;
            let late = self.custody.get(&token_id).map(|cracked| (cracked, self.reclaim_at(cracked)));
            let cracked = match late {
                Some((_, at)) if now >= at => {
                    let reclaim_at = at.div_ceil(NANOS_PER_SECOND);
                    skipped.get_or_insert(hatchery(ContractError::TooLate { token_id, reclaim_at }));
                    continue;
                }
                Some((cracked, _)) if seen.insert(token_id) => cracked,
                Some(_) | None => {
                    skipped.get_or_insert(hatchery(ContractError::NotInCustody { token_id }));
                    continue;
                }
            };
            self.proven(reveal)?;
            let Reveal { shower, index, content, salt, proof, .. } = reveal.clone();
            let holder = cracked.holder.clone();
            burns.push(Told::Nft(Burn { token_id, owner: self.contracts.hatchery.clone() }.into()));
            let token = Minted {
                token_id,
                owner: holder.clone(),
                image: content.image.clone(),
                traits: content.traits.clone(),
            };
            match content.kind {
                Kind::Egg => eggs.push(token),
                Kind::Dust => dust.push(token),
            }
            let revealed = Revealed {
                token_id,
                shower,
                index,
                holder,
                kind: content.kind,
                image: content.image,
                traits: content.traits,
                salt,
                proof,
            };
            told.push(Told::Hatchery(revealed.into()));
        }
        match skipped {
            Some(reason) if seen.is_empty() => return Err(reason),
            _ => {}
        }
        told.append(&mut burns);
        for (kind, init, tokens) in
            [(Kind::Egg, &self.config.hatchery.eggs, eggs), (Kind::Dust, &self.config.hatchery.dust, dust)]
        {
            for token in tokens {
                // Only who drew from other tables than the committed ones can prove what fits no template.
                let fits = check_image(&token.image).and_then(|()| init.template.check(&token.traits));
                let token_id = token.token_id;
                fits.map_err(|source| Reason::Nft(meteor_nft::ContractError::Token { token_id, source }))?;
                told.push(Told::Inside(kind, NftEvent::Minted(token)));
            }
        }
        Ok(told)
    }

    /// Whether a reveal of a meteor in custody is true of its shower's draw.
    fn proven(&self, reveal: &Reveal) -> Result<(), Reason> {
        let Reveal { token_id, shower, index, .. } = *reveal;
        if self.config.schedule.window(shower).is_none() {
            return Err(Reason::Std); // the shower contract has no answer
        }
        let Some(draw) = self.shower(shower).draw else {
            return Err(hatchery(ContractError::NoDraw { shower }));
        };
        if u128::from(token_id) != u128::from(self.earlier(shower)) + u128::from(index) + 1 {
            return Err(hatchery(ContractError::WrongPlace { token_id, shower, index }));
        }
        let salt = hash("the salt", &reveal.salt)?;
        let siblings =
            reveal.proof.iter().map(|one| hash("a hash of the proof", one)).collect::<Result<Vec<_>, _>>()?;
        if self.is_true(reveal, &draw, salt, &siblings) {
            Ok(())
        } else {
            Err(hatchery(ContractError::WrongProof { token_id, shower }))
        }
    }

    fn is_true(&self, reveal: &Reveal, draw: &Draw, salt: Bytes32, siblings: &[Bytes32]) -> bool {
        let sealed = self.sealed(reveal.shower).filter(|sealed| sealed.root() == draw.root.as_slice());
        if let Some(sealed) = sealed {
            // An honest draw has one true reveal for each meteor.
            return sealed.reveal(reveal.index).is_some_and(|proven| reveal_of(&proven) == *reveal);
        }
        // The tree of another root is its maker's alone; what leads to it is true.
        let content = reveal.content.bytes();
        let leaf = Leaf { index: reveal.index, token_id: TokenId(reveal.token_id), content: &content, salt };
        let leaf = leaf_hash(&id(&self.contract, reveal.shower), &leaf);
        let root = root_from(leaf, reveal.index, draw.leaves, siblings);
        root.is_some_and(|root| root == draw.root.as_slice())
    }
}

fn hash(what: &'static str, bytes: &HexBinary) -> Result<Bytes32, Reason> {
    let given = bytes.len();
    bytes.as_slice().try_into().map_err(|_| hatchery(KitError::Length { what, given, wanted: "32" }))
}

fn hatchery(error: impl Into<ContractError>) -> Reason {
    Reason::Hatchery(error.into())
}
