//! What a node can do wrong. Each has a name, so that it can be asked for alone.

use clap::ValueEnum;

/// What a node does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Fault {
    /// 429.
    RateLimit,
    /// 429 with `Retry-After` in seconds.
    RetryAfter,
    /// 429 with `Retry-After` as a date.
    RetryDate,
    /// 503.
    Unavailable,
    /// 500 without JSON.
    Broken,
    /// 502 with a page of HTML.
    BadGateway,
    /// The connection ends without an answer.
    Reset,
    /// No answer for some seconds.
    Hang,
    /// The body comes in small pieces.
    Slow,
    /// The body ends half-way.
    Truncated,
    /// 200 with something that is no JSON.
    Garbage,
    /// 200 with JSON of another shape.
    WrongJson,
    /// 200 with `"result": null`.
    NullResult,
    /// 200 without a body.
    Empty,
    /// An error of the node's own: it panicked.
    Panicked,
    /// A batch's answers, each twice.
    Duplicated,
    /// A batch's answers in another order.
    Reordered,
    /// A batch's answers without one of them.
    ShortBatch,
    /// A batch's answers under other numbers.
    WrongIds,
    /// Batches of more than five are refused.
    BatchLimit,
    /// All batches are refused.
    NoBatch,
    /// It has only blocks up to some before the tip, and says so.
    Lag,
    /// It has only the last blocks.
    Pruned,
    /// Two machines behind one address: one lags, or has only the last blocks.
    TwoMachines,
    /// Results are not there yet, as right after a block.
    NotYet,
    /// Another chain.
    OtherChain,
    /// The same chain started again under the same id.
    Restarted,
    /// A fork of the chain, in which all hashes are right.
    Fork,
    /// A tip of 0.
    TipZero,
    /// A tip that isn't there: `{}`.
    TipEmpty,
    /// A tip that goes back.
    TipBack,
    /// A tip a million ahead.
    TipAhead,
    /// A tip that stands still.
    TipStill,
    /// Blocks that have no transactions, says the header, which has them.
    NoTxs,
    /// Header times that are a year off.
    YearOff,
    /// A header whose parent is another.
    Parent,
    /// Headers of which the first is missing.
    HeaderMissing,
    /// Headers of other heights than asked for.
    Shifted,
    /// A header with another hash of its parent's results.
    OtherResults,
    /// Results of another height.
    OtherHeight,
    /// A transaction's result is missing.
    TxLost,
    /// A transaction that went well failed, or the other way round.
    Code,
    /// The last event of a transaction is missing.
    EventLost,
    /// All events of a transaction are missing.
    EventsLost,
    /// An event's numbers are others.
    EventAltered,
    /// An event is there twice.
    EventTwice,
    /// Names and values of events are in base64.
    Base64,
    /// An event of a kind that nobody knows.
    EventUnknown,
}

/// What shows that a node lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// It is no lie, or one that the answer itself shows: a hash, a count, a height.
    AtOnce,
    /// The next block's header.
    NextHeader,
    /// Only another node.
    AnotherNode,
}

impl Fault {
    /// What shows it.
    pub const fn shows(self) -> Shows {
        match self {
            Self::RateLimit
            | Self::RetryAfter
            | Self::RetryDate
            | Self::Unavailable
            | Self::Broken
            | Self::BadGateway
            | Self::Reset
            | Self::Hang
            | Self::Slow
            | Self::Truncated
            | Self::Garbage
            | Self::WrongJson
            | Self::NullResult
            | Self::Empty
            | Self::Panicked
            | Self::Duplicated
            | Self::Reordered
            | Self::ShortBatch
            | Self::WrongIds
            | Self::BatchLimit
            | Self::NoBatch
            | Self::Lag
            | Self::Pruned
            | Self::TwoMachines
            | Self::NotYet
            | Self::OtherChain
            | Self::TipZero
            | Self::TipEmpty
            | Self::TipBack
            | Self::TipAhead
            | Self::TipStill
            | Self::NoTxs
            | Self::YearOff
            | Self::Parent
            | Self::HeaderMissing
            | Self::Shifted
            | Self::OtherHeight
            | Self::OtherResults
            | Self::TxLost => Shows::AtOnce,
            Self::Code => Shows::NextHeader,
            Self::Restarted
            | Self::Fork
            | Self::EventLost
            | Self::EventsLost
            | Self::EventAltered
            | Self::EventTwice
            | Self::Base64
            | Self::EventUnknown => Shows::AnotherNode,
        }
    }

    /// How long it lasts for good after it ended, at most (seconds): what was asked to wait longer waits.
    pub const fn echo(self) -> u64 {
        match self {
            Self::OtherChain => 60,
            _ => 0,
        }
    }

    /// Its name on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}
