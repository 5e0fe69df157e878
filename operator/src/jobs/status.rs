//! Where a shower stands, in a word.

use meteor_messages::shower::Status;

/// Where a shower stands, as a word that follows "is".
pub const fn in_a_word(status: Status) -> &'static str {
    match status {
        Status::Upcoming => "upcoming",
        Status::Open => "open",
        Status::Ended => "ended",
        Status::Closed => "closed",
        Status::Minted => "minted",
        Status::Refunding => "being refunded",
    }
}
