//! What the API answers with. Amounts are decimal strings in micro-denom, because JSON numbers lose digits; token ids are
//! strings, as in CW721. Times are seconds since the Unix epoch, and heights are called heights. Ranks and showers count
//! from 1. Every field is always there: what there isn't is null.

mod event;
mod fairness;
mod live;
mod shower;
mod site;
mod tx;
mod wallet;

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

pub use event::{
    Coins, CollectionInfo, Config, Hatchery, Minimum, Moved, PayeeShare, PublicStatus, Roles, ServerState,
    UnaskedCoins,
};
pub use fairness::{Reveal, Reveals};
pub use live::{
    LiveBurn, LiveContribution, LiveCrack, LiveEvents, LiveHeight, LiveMint, LiveMissed, LivePause,
    LiveReclaim, LiveRefund, LiveReveal, LiveShower, LiveTransfer, LiveWallet, Missed,
};
pub use shower::{
    Floors, Odds, OddsTable, Past, Percent, Quote, RankOdds, Ranked, Ranking, Shower, Showers, Status,
    Telescope, TierFloor,
};
pub use site::{GasPrice, Release, Site};
pub use tx::{Account, Balance, Sent, Simulated, TxRequest, TxStatus};
pub use wallet::{
    Cave, Cracking, FoundNfts, Nft, NftState, Nfts, Wallet, WalletContribution, WalletContributions,
    WalletShower,
};

/// The id of an NFT, written as a decimal string, as CW721 has it. Egg and dust have the id of the meteor they were in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9]{1,20}$", examples("1042"))]
pub struct TokenId(pub u64);

impl Serialize for TokenId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(itoa::Buffer::new().format(self.0))
    }
}

/// An amount in micro-denom, written as a decimal string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9]{1,39}$", examples("8000000"))]
pub struct Amount(pub u128);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(itoa::Buffer::new().format(self.0))
    }
}
