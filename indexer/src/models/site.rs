//! What this server is set to: what the page needs beside the event.

use serde::Serialize;
use utoipa::ToSchema;

use super::Amount;

/// What this server is set to, and the chain's tax.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Site<'a> {
    /// What transactions should pay for gas; null if this server isn't told.
    pub gas_price: Option<GasPrice<'a>>,
    /// The part of an amount that the chain keeps when coins are sent, as refunds are: a decimal number. Null as long as no
    /// node has told it: that is not zero.
    #[schema(example = "0.005")]
    pub burn_tax: Option<String>,
    /// The most that the chain keeps of one transfer of the event's denom; null if there is no such cap, or before the
    /// event or the tax is known.
    pub tax_cap: Option<Amount>,
    /// Sizes of the thumbnails of `/img/{cid}?w=` in pixels, the smallest first; empty if this server serves no pictures.
    #[schema(example = json!([96, 192, 384, 768]))]
    pub thumbnails: Vec<u32>,
    /// Gateways that images can be loaded from: a content identifier is appended to each.
    #[schema(example = json!(["https://ipfs.example.com/ipfs/"]))]
    pub gateways: Vec<&'a str>,
    /// Where help is: an https address, or one that begins with `mailto:`.
    pub support: Option<&'a str>,
    /// What this server runs.
    pub release: Release,
}

/// What a unit of gas costs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GasPrice<'a> {
    /// Denom of the fee.
    #[schema(example = "uluna")]
    pub denom: &'a str,
    /// Price of one unit of gas: a decimal number of the denom.
    #[schema(example = "28.325")]
    pub price: String,
}

/// What a server runs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Release {
    /// Version of the indexer.
    pub version: &'static str,
    /// SHA-256 that names the build of the page; null if none was built in.
    pub page: Option<String>,
}
