//! What a message to a collection should do: who may move, burn and approve, and what a sent meteor sets off.

use cosmwasm_std::{BlockInfo, Coin};
use cw_ownable::OwnershipError;
use cw_utils::Expiration;
use cw721::error::Cw721ContractError;
use meteor_contract_kit::{KitError, describe};
use meteor_messages::events::{Burn, Crack, NftEvent, Transfer};
use meteor_messages::nft::{ExecuteMsg, ExtensionMsg};
use meteor_nft::ContractError;
use meteor_rules::NANOS_PER_SECOND;
use meteor_rules::fairness::content::Kind;

use super::{Prediction, an_address};
use crate::model::{Cracked, Model, Token, Told};
use crate::outcome::Reason;

impl Model {
    /// What `msg` from `sender` to `collection` at `block` should come to.
    ///
    /// # Errors
    /// The reason for which it should be refused.
    pub fn predict_token(
        &self,
        block: &BlockInfo,
        collection: &str,
        sender: &str,
        funds: &[Coin],
        msg: &ExecuteMsg,
    ) -> Prediction {
        if !funds.is_empty() {
            return Err(nft(KitError::FundsNotTaken { given: describe(funds) }));
        }
        match msg {
            ExecuteMsg::TransferNft { recipient, token_id } => {
                let (id, token) = self.there(collection, token_id)?;
                self.may_move(block, collection, sender, token)?;
                Ok(vec![self.of(collection, moved(id, token, an_address(recipient)?))])
            }
            ExecuteMsg::SendNft { contract, token_id, .. } => {
                let (id, token) = self.there(collection, token_id)?;
                let to = an_address(contract)?;
                self.may_move(block, collection, sender, token)?;
                if to != self.contracts.hatchery {
                    return Err(Reason::Elsewhere);
                }
                if collection != self.contracts.meteors {
                    let (meteors, given) = (self.contracts.meteors.clone(), collection.to_owned());
                    return Err(Reason::Hatchery(meteor_hatchery::ContractError::NotAMeteor {
                        meteors,
                        given,
                    }));
                }
                let cracked = Cracked { holder: sender.into(), since: block.time.nanos() };
                let reclaim_at = self.reclaim_at(&cracked).div_ceil(NANOS_PER_SECOND);
                let crack = Crack { token_id: id, holder: cracked.holder, reclaim_at };
                Ok(vec![self.of(collection, moved(id, token, to)), Told::Hatchery(crack.into())])
            }
            ExecuteMsg::Burn { token_id } => {
                let (id, token) = self.there(collection, token_id)?;
                self.may_move(block, collection, sender, token)?;
                Ok(vec![self.of(collection, Burn { token_id: id, owner: token.owner.clone() }.into())])
            }
            ExecuteMsg::Approve { spender, token_id, expires } => {
                self.may_approve(block, collection, sender, self.known(collection, token_id)?)?;
                an_address(spender)?;
                not_over(block, *expires)
            }
            ExecuteMsg::Revoke { spender, token_id } => {
                self.may_approve(block, collection, sender, self.known(collection, token_id)?)?;
                an_address(spender)?;
                Ok(vec![])
            }
            ExecuteMsg::ApproveAll { operator, expires } => {
                not_over(block, *expires)?;
                an_address(operator)?;
                Ok(vec![])
            }
            ExecuteMsg::RevokeAll { operator } => {
                an_address(operator)?;
                Ok(vec![])
            }
            ExecuteMsg::UpdateExtension { msg: ExtensionMsg::MintBatch { .. } } => {
                let meteors = collection == self.contracts.meteors;
                let minter = if meteors { &self.contracts.shower } else { &self.contracts.hatchery };
                if sender == minter {
                    return Err(Reason::Elsewhere); // only a test that signs for a contract can do this
                }
                Err(nft(ContractError::NotMinter { minter: minter.clone() }))
            }
            ExecuteMsg::Mint(_) => Err(Reason::Verb("mint")),
            ExecuteMsg::UpdateNftInfo(_) => Err(Reason::Verb("update_nft_info")),
            ExecuteMsg::UpdateCollectionInfo(_) => Err(Reason::Verb("update_collection_info")),
            ExecuteMsg::AddMinter(_) => Err(Reason::Verb("add_minter")),
            ExecuteMsg::RemoveMinter(_) => Err(Reason::Verb("remove_minter")),
            ExecuteMsg::UpdateOwnership(_) => Err(Reason::Verb("update_ownership")),
            ExecuteMsg::UpdateMinterOwnership(_) => Err(Reason::Verb("update_minter_ownership")),
            ExecuteMsg::UpdateCreatorOwnership(_) => Err(Reason::Verb("update_creator_ownership")),
            ExecuteMsg::SetWithdrawAddress(_) => Err(Reason::Verb("set_withdraw_address")),
            ExecuteMsg::RemoveWithdrawAddress(_) => Err(Reason::Verb("remove_withdraw_address")),
            ExecuteMsg::WithdrawFunds(_) => Err(Reason::Verb("withdraw_funds")),
        }
    }

    /// A token of a collection by its id as text, if it is there.
    fn token(&self, collection: &str, token_id: &str) -> Option<(u64, &Token)> {
        let id: u64 = token_id.parse().ok()?;
        let of_kind = |kind| self.revealed.get(&id).is_some_and(|revealed| revealed.kind == kind);
        let token = if collection == self.contracts.meteors {
            self.tokens.get(&id)
        } else if collection == self.contracts.eggs {
            self.found.get(&id).filter(|_| of_kind(Kind::Egg))
        } else {
            self.found.get(&id).filter(|_| of_kind(Kind::Dust))
        };
        token.filter(|_| id.to_string() == token_id).map(|token| (id, token))
    }

    /// The same, refused in the collection's words.
    fn there(&self, collection: &str, token_id: &str) -> Result<(u64, &Token), Reason> {
        let none = || nft(ContractError::NoSuchToken { token_id: token_id.into() });
        self.token(collection, token_id).ok_or_else(none)
    }

    /// The same, refused in the storage's words.
    fn known(&self, collection: &str, token_id: &str) -> Result<&Token, Reason> {
        self.token(collection, token_id).map(|(_, token)| token).ok_or(Reason::Std)
    }

    fn may_move(&self, block: &BlockInfo, collection: &str, by: &str, token: &Token) -> Result<(), Reason> {
        match token.approvals.get(by) {
            Some(Some(until)) if !until.is_expired(block) => Ok(()),
            Some(None) if token.owner != by => Err(Reason::Elsewhere),
            Some(_) | None => self.may_approve(block, collection, by, token),
        }
    }

    fn may_approve(
        &self,
        block: &BlockInfo,
        collection: &str,
        by: &str,
        token: &Token,
    ) -> Result<(), Reason> {
        if token.owner == by {
            return Ok(());
        }
        match self.grants.get(&(collection.into(), token.owner.clone(), by.into())) {
            Some(None) => Err(Reason::Elsewhere),
            Some(Some(until)) if !until.is_expired(block) => Ok(()),
            Some(_) | None => Err(nft(Cw721ContractError::Ownership(OwnershipError::NotOwner))),
        }
    }

    /// An event of a collection of ours.
    fn of(&self, collection: &str, event: NftEvent) -> Told {
        if collection == self.contracts.meteors {
            Told::Nft(event)
        } else if collection == self.contracts.eggs {
            Told::Inside(Kind::Egg, event)
        } else {
            Told::Inside(Kind::Dust, event)
        }
    }
}

fn moved(token_id: u64, token: &Token, to: &str) -> NftEvent {
    Transfer { token_id, from: token.owner.clone(), to: to.into() }.into()
}

fn not_over(block: &BlockInfo, expires: Option<Expiration>) -> Prediction {
    if expires.is_some_and(|expires| expires.is_expired(block)) {
        return Err(nft(Cw721ContractError::Expired {}));
    }
    Ok(vec![])
}

fn nft(error: impl Into<ContractError>) -> Reason {
    Reason::Nft(error.into())
}
