//! What cracked meteors were shown to hold: `reveals.json` of `docs/fairness.md`, page by page.

use meteor_rules::fairness::content::Kind;
use serde::Serialize;
use utoipa::ToSchema;

/// What the meteors of a shower were shown to hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reveals<'a> {
    /// The page, in the order of the reveals.
    pub reveals: Vec<Reveal<'a>>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
}

/// Egg or dust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// A dragon egg.
    Egg,
    /// Meteor dust.
    Dust,
}

/// What one cracked meteor was shown to hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reveal<'a> {
    /// The meteor's number.
    pub token_id: u64,
    /// Its place in the shower, from 0: rank - 1.
    pub index: u32,
    /// Egg or dust.
    pub kind: FoundKind,
    /// Bare CID of the image.
    pub image: &'a str,
    /// One number for each column of the kind's template.
    pub traits: &'a [u32],
    /// The leaf's salt.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub salt: String,
}

impl<'a> Reveal<'a> {
    /// As the chain told it.
    pub fn new(from: &'a crate::fold::Reveal) -> Self {
        Self {
            token_id: from.token_id,
            index: from.index,
            kind: match from.kind {
                Kind::Egg => FoundKind::Egg,
                Kind::Dust => FoundKind::Dust,
            },
            image: &from.image,
            traits: &from.traits,
            salt: hex::encode(from.salt),
        }
    }
}
