//! The words of nodes: what a node or its chain means by the text or the code of an error.
//!
//! Nothing else in this workspace compares such a text. The texts are those of CometBFT 0.37 and 0.38 and of
//! SDK 0.47 and 0.53; `tests/fixtures/node-*.json` holds what real nodes said.

mod plain;
mod readable;

/// The codespace of the SDK's own codes. Modules number their errors too: code 5 is another error in `wasm`.
const SDK: &str = "sdk";

/// What a node or its chain means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The node has no such method.
    NoMethod,
    /// The node has the transaction, or had it a short while ago.
    TxInCache,
    /// The mempool has no room: no verdict on the transaction, which may be sent again.
    MempoolFull,
    /// No transaction with this hash is in a block, as far as the node's index goes.
    NoTx,
    /// The node keeps no index of transactions.
    NoTxIndex,
    /// The height is above the node's last block, or its results are not saved yet.
    HeightToCome,
    /// The node no longer has this height.
    HeightPruned {
        /// The lowest height that it has, if it says so.
        lowest: Option<u64>,
    },
    /// The window of heights lies outside of what the node has.
    NoWindow {
        /// The window's lower end, after the node raised it to the lowest height that it has.
        from: Option<u64>,
    },
    /// The node limits requests.
    TooManyRequests,
    /// The account's next transaction must use another sequence.
    WrongSequence,
    /// The transaction used more gas than its limit.
    OutOfGas,
    /// The account has less than what would be taken from it.
    InsufficientFunds,
    /// The node asks for a higher fee.
    InsufficientFee,
    /// The transaction's last height has passed.
    TimedOut,
    /// The gas limit is more than a block holds.
    OverBlockGas,
    /// The node's own code panicked: a node that was only just started does, and answers a moment later.
    Panicked,
    /// The chain has no such query: it lacks the module, or has another version of it.
    NoQuery,
    /// There is no contract at this address.
    NoContract,
    /// There is no account at this address: it never received coins.
    NoAccount,
    /// A collection has no token of this number.
    NoToken,
    /// The signature is not the sender's, or is for another chain, account or sequence.
    BadSignature,
    /// Anything else: the words are for people.
    Other,
}

impl Said {
    /// Reads the error of a JSON-RPC answer. Its code says little: nearly everything is an "Internal error".
    pub fn of_rpc(message: &str, data: &str) -> Self {
        let says = |part: &str| message.contains(part) || data.contains(part);
        let after = |part: &str| [data, message].into_iter().find_map(|text| number_after(text, part));
        if says("Method not found") {
            Self::NoMethod
        } else if says("already exists in cache") {
            Self::TxInCache
        } else if says("mempool is full") {
            Self::MempoolFull
        } else if says("lowest height is") {
            Self::HeightPruned { lowest: after("lowest height is") }
        } else if says("min height") {
            Self::NoWindow { from: after("min height") }
        } else if says("must be less than or equal to") || says("could not find results for height") {
            Self::HeightToCome
        } else if says("indexing is disabled") {
            Self::NoTxIndex
        } else if says("not found") {
            Self::NoTx
        } else if says("too many requests") || says("rate limit") {
            Self::TooManyRequests
        } else {
            Self::Other
        }
    }

    /// Reads what the chain says no with: to a query, to a transaction before it is in a block, or in the
    /// block.
    ///
    /// Queries and simulations hide a transaction's code behind one of their own, so their words must do.
    pub fn of_chain(codespace: &str, code: u32, log: &str) -> Self {
        let known = match (codespace, code) {
            (SDK, 5) => Self::InsufficientFunds,
            (SDK, 8 | 15) => Self::BadSignature,
            (SDK, 9) => Self::NoAccount,
            (SDK, 11) => Self::OutOfGas,
            (SDK, 13) => Self::InsufficientFee,
            (SDK, 19) => Self::TxInCache,
            (SDK, 20) => Self::MempoolFull,
            (SDK, 26) => Self::HeightToCome,
            (SDK, 30) => Self::TimedOut,
            (SDK, 32) => Self::WrongSequence,
            (SDK, 41) => Self::OverBlockGas,
            _ => Self::Other,
        };
        if known != Self::Other {
            known
        } else if log.contains("wasm contract failed") {
            // What a contract says is not the chain's word, whatever it says. cw721 names its storage, ours the token.
            let no_token =
                log.contains("cw721::state::NftInfo") || readable::unwrapped(log).starts_with("no token ");
            if no_token { Self::NoToken } else { Self::Other }
        } else if log.contains("baseapp/recovery.go") {
            Self::Panicked
        } else if log.contains("failed to load state at height") {
            // Blocks are kept longer than states: a node has the block at this height all the same.
            Self::HeightPruned { lowest: None }
        } else if log.contains("account sequence mismatch") {
            Self::WrongSequence
        } else if log.contains("pool reached max tx capacity") {
            // The mempool that SDK 0.47 has besides CometBFT's.
            Self::MempoolFull
        } else if log.contains("unknown query path") {
            Self::NoQuery
        } else if log.contains("no such contract") {
            Self::NoContract
        } else if log.contains("insufficient funds") {
            Self::InsufficientFunds
        } else if log.contains("out of gas in location") {
            Self::OutOfGas
        } else if log.contains("tx timeout height") {
            Self::TimedOut
        } else if log.contains("unknown address") || log.contains("desc = account ") {
            Self::NoAccount
        } else if log.contains("signature verification failed") {
            Self::BadSignature
        } else {
            Self::Other
        }
    }
}

/// The number that follows `part` in a text.
fn number_after(text: &str, part: &str) -> Option<u64> {
    let (_, rest) = text.rsplit_once(part)?;
    let rest = rest.trim_start();
    rest.get(..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()))?.parse().ok()
}

/// What the chain said no with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Whose code it is; empty if the node doesn't say.
    pub codespace: String,
    /// The code.
    pub code: u32,
    /// The words.
    pub log: String,
    /// The chain's time when it said so (Unix seconds), where that is known.
    pub now: Option<u64>,
}

impl Refusal {
    /// What the chain says.
    pub fn new(codespace: impl Into<String>, code: u32, log: impl Into<String>) -> Self {
        Self { codespace: codespace.into(), code, log: log.into(), now: None }
    }

    /// The same, said at this time of the chain (Unix seconds): people are told how far off other times are.
    #[must_use]
    pub fn at(self, now: u64) -> Self {
        Self { now: Some(now), ..self }
    }

    /// What it means.
    pub fn said(&self) -> Said {
        Said::of_chain(&self.codespace, self.code, &self.log)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    /// What each recorded answer that is an error means, by the name of its request.
    fn recorded(answers: &str) -> BTreeMap<String, Said> {
        let answers: BTreeMap<String, Value> = serde_json::from_str(answers).unwrap();
        let read = |(name, answer): (String, Value)| {
            let parts = answer.as_array().filter(|parts| parts.len() == 3)?;
            let (code, of, log) = (parts[0].as_i64()?, parts[1].as_str()?, parts[2].as_str()?);
            match code {
                0 => None,
                ..0 => Some((name, Said::of_rpc(of, log))),
                _ => Some((name, Said::of_chain(of, code.try_into().unwrap(), log))),
            }
        };
        answers.into_iter().filter_map(read).collect()
    }

    /// Every recorded error that our code goes by, under the name of its request.
    const MEANT: [(Said, &[&str]); 14] = [
        (Said::NoMethod, &["call no such method"]),
        (Said::TxInCache, &["the same again at once", "the same again after its block"]),
        (Said::NoTx, &["call tx: none"]),
        (Said::NoWindow { from: None }, &["call blockchain: backwards"]),
        (
            Said::HeightToCome,
            &[
                "call block: to come",
                "call block_results: to come",
                "call commit: to come",
                "call validators: to come",
                "query at a height to come",
            ],
        ),
        (Said::WrongSequence, &["sequence too low", "sequence too high", "simulate: sequence too high"]),
        (
            Said::OutOfGas,
            &["no gas", "too little gas for the signature", "gas for the signature, not for the rest"],
        ),
        (
            Said::InsufficientFee,
            &[
                "no fee",
                "insufficient fee",
                "negative fee",
                "fee not sorted",
                "fee without amount",
                "fee in an unknown denom",
            ],
        ),
        (
            Said::InsufficientFunds,
            &[
                "fee that nobody can pay",
                "simulate: insufficient funds",
                "simulate: send: insufficient funds",
                "simulate: funds of an unknown denom",
            ],
        ),
        (Said::TimedOut, &["timeout height passed", "simulate: timeout height passed"]),
        (
            Said::NoAccount,
            &["an account that does not exist", "query account: none", "simulate: unknown account"],
        ),
        (
            Said::BadSignature,
            &[
                "a signature of nothing",
                "an empty signature",
                "multisig: a member alone",
                "multisig: another document",
                "multisig: another than is marked",
                "multisig: in the wrong order",
                "multisig: one of them twice",
                "multisig: one of three",
                "multisig: two sign modes unspecified",
                "no public key",
                "no signature",
                "public key of another",
                "sign mode textual",
                "sign mode unspecified",
                "signed by another",
                "wrong account number",
                "wrong chain id",
            ],
        ),
        (Said::NoQuery, &["query no such service", "query no such method", "query a path of old"]),
        (
            Said::NoContract,
            &[
                "query contract: none",
                "query smart: no such contract",
                "query raw: no such contract",
                "query state: none",
                "simulate: unknown contract",
            ],
        ),
    ];

    #[test]
    fn what_real_nodes_said_is_understood() {
        for answers in [
            include_str!("../../../tests/fixtures/node-0.61.json"),
            include_str!("../../../tests/fixtures/node-0.46.json"),
        ] {
            let mut said = recorded(answers);
            assert_eq!(said.get("query smart: the contract refuses"), Some(&Said::Other));
            said.retain(|_, said| *said != Said::Other);
            let names: BTreeMap<String, Said> = MEANT
                .iter()
                .flat_map(|(said, names)| names.iter().map(|name| ((*name).to_owned(), *said)))
                .collect();
            assert_eq!(said, names);
        }
    }

    #[test]
    fn what_was_not_recorded_is_understood_too() {
        let rpc = |data: &str| Said::of_rpc("Internal error", data);
        let lowest = |height| Said::HeightPruned { lowest: height };
        assert_eq!(rpc("height 5 is not available, lowest height is 9"), lowest(Some(9)));
        assert_eq!(rpc("min height 9 can't be greater than max height 5"), Said::NoWindow { from: Some(9) });
        assert_eq!(rpc("could not find results for height #5"), Said::HeightToCome);
        assert_eq!(rpc("transaction indexing is disabled"), Said::NoTxIndex);
        assert_eq!(rpc("mempool is full: number of txs 5000 (max: 5000)"), Said::MempoolFull);
        assert_eq!(Said::of_rpc("too many requests", ""), Said::TooManyRequests);
        assert_eq!(rpc("EOF"), Said::Other);
        let chain = Said::of_chain;
        assert_eq!(chain(SDK, 20, "mempool is full"), Said::MempoolFull);
        assert_eq!(chain("undefined", 1, "pool reached max tx capacity"), Said::MempoolFull);
        assert_eq!(chain("undefined", 1, "internal"), Said::Other);
        assert_eq!(chain(SDK, 19, "tx already in mempool"), Said::TxInCache);
        assert_eq!(chain(SDK, 41, "tx gas limit 9 exceeds block max gas 5"), Said::OverBlockGas);
        let panic = "panic [cosmos/cosmos-sdk@v0.53.6/baseapp/recovery.go:72] with gas used";
        assert_eq!(chain(SDK, 6, panic), Said::Panicked);
        let pruned =
            "failed to load state at height 5; version does not exist (latest height: 9): invalid request";
        assert_eq!(chain(SDK, 18, pruned), lowest(None));
    }

    #[test]
    fn the_words_and_codes_of_a_contract_are_not_the_chains() {
        let contract = "there is no such contract, account sequence mismatch: execute wasm contract failed";
        assert_eq!(Said::of_chain(SDK, 6, contract), Said::Other);
        // wasm's code 5 is "execute wasm contract failed".
        assert_eq!(Said::of_chain("wasm", 5, contract), Said::Other);
    }
}
