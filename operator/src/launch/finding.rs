//! What can be wrong or suspicious in a launch: where it stands, why, and what to do.

use meteor_messages::limits;
use meteor_messages::shower::{MAX_HOLDBACK_BP, MAX_PAYEES, MAX_SHOWERS};
use meteor_rules::fairness::beacon::BeaconError;
use meteor_rules::minimum::MinimumError;
use meteor_rules::odds::OddsError;
use meteor_rules::schedule::ScheduleError;
use thiserror::Error;

use super::place::{File, FormError, Place};
use crate::keys::OtherEvent;

/// What is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressFault {
    /// In capital letters: the same account for wallets, and refused by contracts.
    #[error("is in capital letters, which the contract refuses: write {0}")]
    Capitals(String),
    /// Capital and small letters.
    #[error("has capital and small letters: write it in small letters alone, {0}")]
    Mixed(String),
    /// Of another chain.
    #[error("is an address of another chain: those of this one begin with {0}1")]
    Prefix(String),
    /// Its checksum is wrong.
    #[error("is mistyped (its checksum is wrong): copy it again")]
    Mistyped,
    /// Of a length that no account has.
    #[error("has {0} bytes, and accounts have 20 or 32: copy it again")]
    Length(usize),
}

/// Why a text can't be a label or a name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TextFault {
    /// Nothing.
    #[error("is empty: write 1 to {} bytes", limits::MAX_TEXT)]
    Empty,
    /// Too long.
    #[error("has {0} bytes: write at most {most}", most = limits::MAX_TEXT)]
    Long(usize),
    /// A space at an end.
    #[error("begins or ends with white space, which chains refuse: take it out")]
    Space,
    /// A character that can't be seen.
    #[error("holds the character {0:?}, which can't be printed and which chains refuse: take it out")]
    Unprintable(char),
}

/// Something wrong or suspicious in a launch.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Finding {
    /// A file is not of its form.
    #[error("{why}")]
    Form {
        /// Which file.
        file: File,
        /// What is wrong.
        why: FormError,
    },
    /// A file can't be used.
    #[error("{why}")]
    File {
        /// Which file.
        file: File,
        /// Why.
        why: String,
    },
    /// A file that the launch file names can't be read.
    #[error("{why}")]
    Named {
        /// The launch file's key.
        key: &'static str,
        /// Why.
        why: String,
    },
    /// The label.
    #[error("the label {0}")]
    Label(TextFault),
    /// The salt.
    #[error("a salt of {0} bytes: write 1 to {most}", most = super::MAX_SALT)]
    Salt(usize),
    /// A name or symbol of a collection.
    #[error("the {what} {fault}")]
    Text {
        /// Where it stands in the preset.
        key: String,
        /// `name` or `symbol`.
        what: &'static str,
        /// What is wrong.
        fault: TextFault,
    },
    /// Not an address that this chain and its contracts take.
    #[error("{address} {fault}")]
    Address {
        /// Where it stands in the launch.
        key: String,
        /// What stands there.
        address: String,
        /// What is wrong with it.
        fault: AddressFault,
    },
    /// An address whose key everyone has.
    #[error("everyone has the key of {address}: put an address of your own there")]
    PublicKey {
        /// Where it stands in the launch.
        key: String,
        /// The address.
        address: String,
    },
    /// Two roles at one address.
    #[error("{0} and {1} are the same address: one stolen key would hold both roles, so give them two keys")]
    SameRole(&'static str, &'static str),
    /// Somebody may replace the contract's code.
    #[error(
        "the admin {0} can exchange the contract's code and with it every rule: say so in public, or leave admin out"
    )]
    Admin(String),
    /// One key may replace the contract's code.
    #[error(
        "the admin is also the {0}, who signs the deployment with one key: make it a multisig, or leave admin out"
    )]
    AdminOfOneKey(&'static str),
    /// No payees or too many.
    #[error("{0} payees: name 1 to {MAX_PAYEES}")]
    PayeeCount(usize),
    /// Shares that don't add up.
    #[error("the payees' shares add up to {0} basis points: make them 10000")]
    Shares(u64),
    /// A payee with nothing.
    #[error("payee {address} gets no share: give it one or take it out")]
    NoShare {
        /// Which of the payees, from 1.
        at: usize,
        /// The payee.
        address: String,
    },
    /// A payee twice.
    #[error("payee {address} is listed twice: add up its shares")]
    PayeeTwice {
        /// Which of the payees, from 1.
        at: usize,
        /// The payee.
        address: String,
    },
    /// Money that would never leave the event's own contract.
    #[error(
        "{address} is the event's own contract, from which the money would never come out: name a wallet"
    )]
    PaysItself {
        /// Where it stands in the launch.
        key: String,
        /// The address.
        address: String,
    },
    /// A payee that also has a role.
    #[error("payee {address} is also the {role}: keep the money apart from the keys that sign jobs")]
    PayeeIsRole {
        /// Which of the payees, from 1.
        at: usize,
        /// The payee.
        address: String,
        /// The role.
        role: &'static str,
    },
    /// A payee that the chain refuses to send anything.
    #[error(
        "payee {address} can't be paid: {why}. What it is owed would stay in the contract for good: name another"
    )]
    PayeeRefused {
        /// Which of the payees, from 1.
        at: usize,
        /// The payee.
        address: String,
        /// The chain's words.
        why: String,
    },
    /// Royalties for an address that the chain refuses to send anything.
    #[error("royalties can't be paid to {address}: {why}. No marketplace could pay them: name another")]
    RoyaltiesRefused {
        /// The address.
        address: String,
        /// The chain's words.
        why: String,
    },
    /// Nobody knows whether the payees can be paid.
    #[error("that the payees can be paid was not tried: {0}")]
    PayeesUntried(String),
    /// An opening that is no point in time.
    #[error("{0} is not a point in time: write date, time and zone, like 2026-12-01T12:00:00Z")]
    Opening(String),
    /// Nobody says when shower 1 opens.
    #[error("nothing says when shower 1 opens: set opens_at = 2026-12-01T12:00:00Z")]
    NoOpening,
    /// An opening in the past.
    #[error("shower 1 opens {0} seconds in the past: move opens_at")]
    Past(u64),
    /// An opening that leaves no time.
    #[error("shower 1 opens in {0} seconds: leave an hour to read everything back and to announce it")]
    Soon(u64),
    /// An opening that leaves no time to deploy.
    #[error("shower 1 opens in {0} seconds, and a deployment may take that long: leave an hour or more")]
    TooSoon(u64),
    /// More showers than an event may have.
    #[error("{0} showers: make it 1 to {MAX_SHOWERS}")]
    Showers(u32),
    /// A schedule that can't be used.
    #[error("{0}")]
    Schedule(ScheduleError),
    /// Times beyond what a chain can write.
    #[error(
        "the last key would be due after the year 2554, and block time ends there: open earlier, or have fewer or shorter \
         showers"
    )]
    TooLate,
    /// Showers of a rehearsal.
    #[error("showers of {0} seconds are a rehearsal's: set first and interval of the preset")]
    Short(u64),
    /// The preset that comes for trying out.
    #[error("the preset demo is for trying out: write one of your own")]
    DemoPreset,
    /// Part of the preset.
    #[error("{why}")]
    Preset {
        /// Where it stands in the preset.
        key: String,
        /// What is wrong.
        why: String,
    },
    /// The dev chain's beacon.
    #[error("everyone has the key of this beacon and can foresee its rounds: use network = \"quicknet\"")]
    PublicBeacon,
    /// A beacon that is none.
    #[error("{0}")]
    Beacon(BeaconError),
    /// The beacon's key is not a public key.
    #[error("this is not a public key: it takes 96 bytes in hex")]
    BeaconKey,
    /// A beacon that isn't drand's.
    #[error(
        "whoever holds the key of this beacon knows its rounds ahead: it is for test chains, and no verifier will say \
         that everything holds. Use network = \"quicknet\""
    )]
    OwnBeacon,
    /// A delay that leaves little.
    #[error("a delay of {0} seconds: blocks can be later than that, leave 600")]
    Delay(u64),
    /// A round that leaves no time to mint.
    #[error(
        "the round that decides a shower is due {after} seconds after its close: make the mint window ({mint_window}) at \
         least twice as long"
    )]
    RoundTooLate {
        /// Seconds from the close to the round.
        after: u64,
        /// The mint window (seconds).
        mint_window: u64,
    },
    /// A mint window that the contract refuses.
    #[error("a mint window of {0} seconds: make it {least} to {most}", least = limits::MINT_WINDOW.0, most = limits::MINT_WINDOW.1)]
    MintWindow(u64),
    /// A mint window that leaves nobody time to help.
    #[error(
        "a mint window of {given} seconds: what is not minted by then is refunded, so leave people time to help, at least \
         {least}"
    )]
    ShortMintWindow {
        /// As given (seconds).
        given: u64,
        /// Least (seconds).
        least: u64,
    },
    /// Too little or too much time to reveal.
    #[error("a reveal timeout of {given} seconds: make it {least} to {}", limits::MAX_REVEAL_TIMEOUT)]
    RevealTimeout {
        /// As given (seconds).
        given: u64,
        /// Least (seconds).
        least: u64,
    },
    /// A key that could be public while meteors are minted or revealed, or too late.
    #[error(
        "a crack window of {given} seconds: make it at least mint_window + reveal_timeout = {least}, and at most {}",
        limits::MAX_KEY_WINDOW
    )]
    CrackWindow {
        /// As given (seconds).
        given: u64,
        /// Least (seconds).
        least: u64,
    },
    /// A key deadline before the key may be public, or too late.
    #[error(
        "a key window of {given} seconds: make it more than crack_window = {crack_window}, and at most {}",
        limits::MAX_KEY_WINDOW
    )]
    KeyWindow {
        /// As given (seconds).
        given: u64,
        /// The crack window (seconds).
        crack_window: u64,
    },
    /// A minimum of nothing.
    #[error("a minimum of zero would let anyone fill a shower with empty rows: make it at least 1")]
    ZeroMinimum,
    /// A minimum that is no amount of the denom.
    #[error("{0}")]
    Minimum(MinimumError),
    /// No eggs, or more than numbers can say.
    #[error("{0} eggs a shower: make it 1 to {most}", most = u32::MAX)]
    Eggs(u64),
    /// More tilt than the rules have.
    #[error("a tilt of {0}: at most 10000, the first of a tier twice as likely as its last")]
    Tilt(u32),
    /// More held back than the contract accepts.
    #[error("{0} basis points held back: at most {MAX_HOLDBACK_BP}")]
    Holdback(u32),
    /// Nothing is held back.
    #[error("nothing is lost by never publishing a key, so nobody but you makes you; 500 is usual")]
    NoHoldback,
    /// Odds that are worse for a better rank.
    #[error("{0}")]
    Odds(OddsError),
    /// A line of the catalogue.
    #[error("{0}")]
    Catalogue(String),
    /// A denom that no chain has.
    #[error(
        "{0:?} is not a denom: write 3 to 128 letters, digits or /:._- beginning with a letter, such as uusd"
    )]
    Denom(String),
    /// A denom that nobody has.
    #[error(
        "there is no {denom} on {chain}, so nobody could contribute: write the denom as the chain does, such as uusd"
    )]
    NoSupply {
        /// The denom.
        denom: String,
        /// The chain.
        chain: String,
    },
    /// A price that can't be read, or is nothing.
    #[error(
        "{0:?} is not a price of gas: write amount and denom without spaces or exponents, with at most six places after \
         the point, such as 28.325uluna"
    )]
    GasPrice(String),
    /// A price at which the node takes nothing.
    #[error(
        "the node takes no transaction for less than {least}{denom} a unit of gas: set gas_price to that or more"
    )]
    GasPriceLow {
        /// The node's least price.
        least: String,
        /// Its denom.
        denom: String,
    },
    /// Fees in a denom that the chain doesn't accept.
    #[error("{chain} accepts no fees in {denom}: set gas_price to an amount of uluna")]
    GasDenom {
        /// The given denom.
        denom: String,
        /// The chain.
        chain: String,
    },
    /// Royalties that the collections refuse.
    #[error(
        "royalties of {0} basis points: make it 1 to {most}, which is the most that marketplaces pay, or leave royalties out",
        most = limits::MAX_ROYALTY_BP
    )]
    Royalties(u32),
    /// Codes that are not compared.
    #[error("the codes that are on the chain are used: compare their checksums with a build of your own")]
    CodesAsTheyAre,
    /// A code that can't be used.
    #[error("code {id} can't be used: {why}")]
    Code {
        /// The contract's name.
        name: &'static str,
        /// The code's id.
        id: u64,
        /// Why.
        why: String,
    },
    /// Wasm larger than chains take.
    #[error(
        "{file} has {bytes} bytes, and chains take at most {}: build the artifacts with make artifacts",
        super::MAX_WASM
    )]
    WasmSize {
        /// The file.
        file: &'static str,
        /// Its size.
        bytes: usize,
    },
    /// No node answers, or not as one does.
    #[error("{0}")]
    Node(String),
    /// A node of another chain.
    #[error("the node is on {held}, the launch on {asked}: name nodes of {asked}, or correct the id")]
    OtherChain {
        /// The node's.
        held: String,
        /// The launch's.
        asked: String,
    },
    /// A signer that can't pay.
    #[error("{signer} has {has} {denom}, and the deployment costs about {fee}: send it the rest")]
    Balance {
        /// Where the signer stands in the launch.
        key: &'static str,
        /// The signer.
        signer: String,
        /// What it has (micro-denom).
        has: u128,
        /// What is needed (micro-denom).
        fee: u128,
        /// The denom.
        denom: String,
    },
    /// A transaction larger than a block.
    #[error("{what} would take {gas} gas, and a block of this chain holds {most}: it could never be in one")]
    BlockGas {
        /// What it does.
        what: String,
        /// Its gas.
        gas: u64,
        /// The most.
        most: u64,
    },
    /// The chain refused to do it for a try.
    #[error("the chain would refuse {what}: {why}")]
    Refused {
        /// What was tried.
        what: String,
        /// The chain's words.
        why: String,
    },
    /// A contract, run here, refused the launch.
    #[error("the {contract} contract refuses this launch: {why}")]
    Contract {
        /// Which contract.
        contract: &'static str,
        /// Its words.
        why: String,
    },
    /// Commitments to the keys of another event.
    #[error(
        "these are the commitments of another event, with which nothing could ever be drawn: {0}. Make them again from the \
         key with meteor commitments, or put back what was changed"
    )]
    OtherEvent(OtherEvent),
}

impl Finding {
    /// Whether the launch must not be deployed with it; otherwise it is a warning.
    pub const fn is_error(&self) -> bool {
        !matches!(
            self,
            Self::Soon(_)
                | Self::PayeeIsRole { .. }
                | Self::CodesAsTheyAre
                | Self::Admin(_)
                | Self::Delay(_)
                | Self::NoHoldback
                | Self::PayeesUntried(_)
        )
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        let launch = |key: &str| Place::launch(key);
        let preset = |key: &str| Place::preset(key);
        match self {
            Self::Form { file, .. } | Self::File { file, .. } => Place::whole(*file),
            Self::Label(_) => launch("label"),
            Self::Salt(_) => launch("salt"),
            Self::Text { key, .. } | Self::Preset { key, .. } => preset(key),
            Self::Address { key, .. } | Self::PublicKey { key, .. } | Self::PaysItself { key, .. } => {
                launch(key)
            }
            Self::SameRole(_, name) => launch(&format!("roles.{name}")),
            Self::Admin(_) | Self::AdminOfOneKey(_) => launch("roles.admin"),
            Self::PayeeCount(_) | Self::Shares(_) | Self::PayeesUntried(_) => launch("payees"),
            Self::NoShare { at, .. } => launch(&format!("payees[{at}].share_bp")),
            Self::PayeeTwice { at, .. } | Self::PayeeIsRole { at, .. } | Self::PayeeRefused { at, .. } => {
                launch(&format!("payees[{at}].address"))
            }
            Self::Opening(_)
            | Self::NoOpening
            | Self::Past(_)
            | Self::Soon(_)
            | Self::TooSoon(_)
            | Self::TooLate
            | Self::Schedule(ScheduleError::TooLong) => launch("opens_at"),
            Self::Showers(_) | Self::Schedule(ScheduleError::NoShowers) => preset("schedule.count"),
            Self::Schedule(ScheduleError::ClosesBeforeOpening { .. }) => preset("schedule.first"),
            Self::Schedule(ScheduleError::NoInterval) => preset("schedule.interval"),
            Self::Short(_) => preset("schedule"),
            Self::DemoPreset => launch("preset"),
            Self::PublicBeacon
            | Self::OwnBeacon
            | Self::Beacon(BeaconError::Zero | BeaconError::Rhythm { .. }) => launch("beacon"),
            Self::BeaconKey => launch("beacon.public_key"),
            Self::Delay(_) | Self::Beacon(BeaconError::Delay { .. }) => launch("beacon.delay"),
            Self::RoundTooLate { .. } | Self::MintWindow(_) | Self::ShortMintWindow { .. } => {
                preset("mint_window")
            }
            Self::RevealTimeout { .. } => preset("crack.reveal_timeout"),
            Self::CrackWindow { .. } => preset("crack.crack_window"),
            Self::KeyWindow { .. } => preset("crack.key_window"),
            Self::ZeroMinimum | Self::Minimum(_) => preset("minimum"),
            Self::Eggs(_) | Self::Odds(_) => preset("eggs"),
            Self::Tilt(_) => preset("tilt_bp"),
            Self::Holdback(_) | Self::NoHoldback => preset("holdback_bp"),
            Self::Catalogue(_) => Place::whole(File::Catalogue),
            Self::Denom(_) | Self::NoSupply { .. } => launch("chain.denom"),
            Self::GasPrice(_) | Self::GasPriceLow { .. } | Self::GasDenom { .. } => launch("chain.gas_price"),
            Self::Royalties(_) => launch("royalties.share_bp"),
            Self::RoyaltiesRefused { .. } => launch("royalties.address"),
            Self::CodesAsTheyAre => launch("codes"),
            Self::Code { name, .. } => launch(&format!("codes.{name}")),
            Self::WasmSize { .. } => Place::whole(File::Artifacts),
            Self::Node(_) => launch("chain.nodes"),
            Self::OtherChain { .. } => launch("chain.id"),
            Self::Named { key, .. } | Self::Balance { key, .. } => launch(key),
            Self::BlockGas { .. } | Self::Refused { .. } | Self::Contract { .. } => {
                Place::whole(File::Launch)
            }
            Self::OtherEvent(_) => Place::whole(File::Commitments),
        }
    }
}
