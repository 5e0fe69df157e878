//! The rows of tokens, which their holders get.

use std::sync::Arc;

use meteor_rules::{Rank, ShowerId};
use serde::{Deserialize, Serialize};

use super::{Contradiction, StoredError, at, image};
use crate::fold::tokens::Tokens;
use crate::fold::{Collection, Token, TokenRef, Wallet};
use crate::table::Table;

#[derive(Serialize, Deserialize)]
pub(super) struct TokenRow {
    pub(super) id: u64,
    pub(super) owner: u32,
    pub(super) shower: u32,
    pub(super) rank: u32,
    pub(super) burnt: bool,
    pub(super) height: u64,
    pub(super) image: u32,
    pub(super) traits: Vec<u32>,
}

pub(super) fn token_rows(tokens: &Tokens, images: &Table<&str>) -> (u64, Vec<TokenRow>) {
    let row = |id: &u64| {
        let token = tokens.by_id.get(id)?;
        Some(TokenRow {
            id: *id,
            owner: token.owner,
            shower: token.shower.0,
            rank: token.rank.0,
            burnt: token.burnt,
            height: token.height,
            image: images.place(&token.image),
            traits: token.traits.to_vec(),
        })
    };
    (tokens.changed, tokens.order.iter().filter_map(row).collect())
}

/// The tokens of one collection, which their holders get.
pub(super) fn tokens(
    of: Collection,
    rows: Vec<TokenRow>,
    changed: u64,
    images: &[Arc<str>],
    wallets: &mut [Wallet],
) -> Result<Tokens, StoredError> {
    let mut tokens = Tokens::default();
    for row in rows {
        let key = TokenRef::new(of, row.id).ok_or(Contradiction("a token's number is too large"))?;
        let owner = at(wallets, row.owner).ok_or(Contradiction("a token belongs to nobody"))?;
        let image = image(images, row.image)?;
        if row.burnt {
            tokens.burnt = tokens.burnt.saturating_add(1);
        } else {
            owner.tokens.insert(key);
        }
        let token = Token {
            owner: row.owner,
            shower: ShowerId(row.shower),
            rank: Rank(row.rank),
            burnt: row.burnt,
            height: row.height,
            image,
            traits: row.traits.into(),
        };
        tokens.add(row.id, token).map_err(|_| Contradiction("two tokens have one number"))?;
    }
    tokens.changed = changed;
    Ok(tokens)
}
