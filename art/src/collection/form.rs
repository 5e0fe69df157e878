//! The collection file's form, as TOML has it.

use std::collections::BTreeMap;

use meteor_rules::tier::PerTier;
use serde::Deserialize;
use toml::Spanned;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) preset: Spanned<String>,
    pub(super) seed: String,
    pub(super) size: Spanned<u32>,
    pub(super) pieces: Spanned<PerTier<u32>>,
    pub(super) traits: BTreeMap<String, Spanned<Chances>>,
    pub(super) palettes: BTreeMap<String, BTreeMap<String, Spanned<Vec<String>>>>,
    pub(super) layers: Vec<Spanned<LayerForm>>,
    pub(super) eggs: Option<ContentForm>,
    pub(super) dust: Option<ContentForm>,
}

/// Pictures of eggs or of dust.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContentForm {
    pub(super) pieces: Spanned<PerTier<u32>>,
    pub(super) layers: Vec<Spanned<LayerForm>>,
}

/// How a trait comes by its number.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Chances {
    /// Each value as likely as its weight is large.
    Weights(BTreeMap<String, u32>),
    /// The same with weights for each tier.
    TierWeights(PerTier<BTreeMap<String, u32>>),
    /// A number from the first to the second, both included.
    Range(u32, u32),
    /// The same for each tier.
    TierRange(PerTier<(u32, u32)>),
}

/// One layer: drawn by the program, an SVG template or a PNG.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayerForm {
    pub(crate) draw: Option<String>,
    pub(crate) svg: Option<String>,
    pub(crate) png: Option<String>,
    /// Only for pieces whose traits have one of these values.
    #[serde(default)]
    pub(crate) when: BTreeMap<String, Vec<String>>,
}
