//! What cracked meteors held: `reveals.json` of `docs/fairness.md`, page by page.

use serde::Serialize;
use utoipa::ToSchema;

use super::TokenId;
use crate::fold::Collection;

/// What the revealed meteors of a shower held.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reveals<'a> {
    /// The page, in the order of the reveals.
    pub reveals: Vec<Reveal<'a>>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
}

/// What one revealed meteor held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reveal<'a> {
    /// The meteor.
    pub token_id: TokenId,
    /// Its place in the shower, from 0: rank - 1.
    pub index: u32,
    /// The collection of what was found in it.
    pub found: Collection,
    /// Bare CID of the image.
    pub image: &'a str,
    /// One number for each column of the kind's template.
    pub traits: &'a [u32],
    /// The leaf's salt.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub salt: String,
    /// The siblings that lead from its leaf to the shower's root, from the bottom up.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub proof: Vec<String>,
}

impl<'a> Reveal<'a> {
    /// Of the fold's reveal.
    pub fn new(from: &'a crate::fold::Reveal, proof: &[[u8; 32]]) -> Self {
        Self {
            token_id: TokenId(from.token_id),
            index: from.index,
            found: from.kind.into(),
            image: &from.image,
            traits: &from.traits,
            salt: hex::encode(from.salt),
            proof: proof.iter().map(hex::encode).collect(),
        }
    }
}
