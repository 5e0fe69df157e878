//! What a refusal means to whoever sent the transaction: what happened, and what to do.

use std::fmt;

use super::readable::{of_contract, readable, unwrapped};
use super::{Refusal, SDK, Said};

/// The codespace of what contracts say.
const WASM: &str = "wasm";
/// Code of what a contract says against a message ("execute wasm contract failed").
const CONTRACT_FAILED: u32 = 5;
/// How a contract's words begin that knows no such message.
const NOT_PARSED: &str = "Error parsing into type ";

impl Refusal {
    /// What happened and what to do, in plain words. What a contract says is passed on as it is, without what
    /// the chain wraps around it.
    pub fn plain(&self) -> String {
        let clause = self.clause();
        match self.said() {
            Said::Other if !of_contract(&self.log) => format!("The chain refuses the transaction: {clause}."),
            _said => sentence(&clause),
        }
    }

    /// The same as part of a sentence.
    fn clause(&self) -> String {
        let words = readable(&unwrapped(&self.log), self.now);
        match self.said() {
            Said::WrongSequence => "another transaction of this account came first: try again".to_owned(),
            Said::OutOfGas => {
                "the transaction needs more gas than it was given: try again with a new estimate".to_owned()
            }
            Said::InsufficientFunds => format!(
                "the account has too little for the amount and the fee ({}): send less, or add coins to the account",
                without(": insufficient funds", &words)
            ),
            Said::InsufficientFee => format!(
                "the fee is too low for this chain ({}): try again with a higher one",
                without(": insufficient fee", &words)
            ),
            Said::TimedOut => {
                "the last block that the transaction was meant for has passed: try again".to_owned()
            }
            Said::OverBlockGas => {
                "the transaction is given more gas than a block holds: send it in parts".to_owned()
            }
            Said::MempoolFull => "the chain has more transactions waiting than it can take: nothing was sent. Try \
                                  again in a minute"
                .to_owned(),
            Said::TxInCache => "the chain has this transaction already: wait for its block".to_owned(),
            Said::NoAccount => {
                "the chain does not know this account yet: it needs coins for the fee first".to_owned()
            }
            Said::BadSignature => "the signature does not fit: choose the right account and chain in the wallet, and \
                                   try again"
                .to_owned(),
            Said::NoContract => {
                "this chain does not have that contract: check that the wallet is on the right chain".to_owned()
            }
            Said::NoToken => "there is no NFT of this number: it was never minted, or it is burnt".to_owned(),
            Said::Panicked
            | Said::HeightToCome
            | Said::HeightPruned { .. }
            | Said::TooManyRequests
            | Said::NoQuery
            | Said::NoMethod
            | Said::NoTx
            | Said::NoTxIndex
            | Said::NoWindow { .. } => {
                format!("the chain's node could not check the transaction ({words}): try again in a moment")
            }
            Said::Other if of_contract(&self.log) && words.starts_with(NOT_PARSED) => {
                "the contract does not understand the message: it is not the contract that was meant, or one of \
                 another version"
                    .to_owned()
            }
            Said::Other => words,
        }
    }

    /// What a node says whose mempool is full, with the code that the SDK has for it.
    pub fn mempool_full(words: String) -> Self {
        Self::new(SDK, 20, words)
    }

    /// The same refusal with the code that a block would show. A simulation hides it behind a query's.
    #[must_use]
    pub fn unhidden(self) -> Self {
        let (codespace, code) = match self.said() {
            Said::InsufficientFunds => (SDK, 5),
            Said::NoAccount => (SDK, 9),
            Said::OutOfGas => (SDK, 11),
            Said::MempoolFull => (SDK, 20),
            Said::TimedOut => (SDK, 30),
            Said::WrongSequence => (SDK, 32),
            // What a contract says, understood or not.
            Said::NoToken | Said::Other if of_contract(&self.log) => (WASM, CONTRACT_FAILED),
            Said::InsufficientFee
            | Said::OverBlockGas
            | Said::TxInCache
            | Said::BadSignature
            | Said::NoContract
            | Said::NoToken
            | Said::Panicked
            | Said::HeightToCome
            | Said::HeightPruned { .. }
            | Said::TooManyRequests
            | Said::NoQuery
            | Said::NoMethod
            | Said::NoTx
            | Said::NoTxIndex
            | Said::NoWindow { .. }
            | Said::Other => return self,
        };
        Self { codespace: codespace.to_owned(), code, ..self }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.clause())
    }
}

/// `words` without the SDK's name of the code, which it may say twice.
fn without<'a>(code: &str, words: &'a str) -> &'a str {
    words.trim_end_matches(code)
}

/// Words as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use super::*;

    fn refusal(codespace: &str, code: u32, log: &str) -> Refusal {
        Refusal::new(codespace, code, log)
    }

    #[test]
    fn a_contracts_words_come_without_what_is_around_them() {
        let words = "your total in shower 1 would be 5: contribute so that it is at least 8";
        let expected = "Your total in shower 1 would be 5: contribute so that it is at least 8.";
        let failed =
            format!("failed to execute message; message index: 0: {words}: execute wasm contract failed");
        for (codespace, code, log) in [
            ("wasm", 5, failed.clone()),
            ("wasm", 5, failed.replace("0: ", "12: dispatch: submessages: ")),
            // SDK 0.47 and 0.53.
            (
                "sdk",
                6,
                format!(
                    "rpc error: code = Unknown desc = {failed} With gas wanted: '0' and gas used: '9' : unknown request"
                ),
            ),
            (
                "sdk",
                6,
                format!("rpc error: code = Unknown desc = {failed} with gas used: '99': unknown request"),
            ),
            // As a node of SDK 0.53 said it, with places in its source.
            ("wasm", 5, format!("{failed} [!cosm!wasm/wasmd@v0.61.14/x/wasm/keeper/keeper.go:452]")),
            (
                "sdk",
                6,
                format!(
                    "rpc error: code = Unknown desc = {failed} [!cosm!wasm/wasmd@v0.61.14/x/wasm/keeper.go:452] \
                     with gas used: '99': unknown request [cosmos/cosmos-sdk@v0.53.6/baseapp/abci.go:10]"
                ),
            ),
        ] {
            let refusal = refusal(codespace, code, &log).unhidden();
            assert_eq!(refusal.plain(), expected, "{log}");
            assert_eq!((refusal.codespace.as_str(), refusal.code), ("wasm", 5), "{log}");
        }
    }

    #[test]
    fn what_the_chain_says_is_told_in_plain_words() {
        let wrapped = |words: &str| {
            format!("rpc error: code = Unknown desc = {words} with gas used: '9': unknown request")
        };
        let sequence = "account sequence mismatch, expected 4, got 3: incorrect account sequence";
        let funds = "spendable balance 5uusd is smaller than 10uusd: insufficient funds";
        let gas = "out of gas in location: ReadFlat; gasWanted: 9, gasUsed: 10: out of gas";
        for (words, code, says) in [
            (sequence, 32, "Another transaction of this account came first"),
            (
                funds,
                5,
                "too little for the amount and the fee (spendable balance 0.000005 UST is smaller than 0.00001 UST): ",
            ),
            (gas, 11, "more gas"),
            ("block height: 9, timeout height: 8: tx timeout height", 30, "has passed"),
            ("fee payer address: terra1x does not exist: unknown address", 9, "does not know this account"),
        ] {
            for refusal in [refusal("sdk", code, words), refusal("sdk", 6, &wrapped(words))] {
                let plain = refusal.plain();
                assert!(plain.contains(says) && plain.ends_with('.'), "{plain}");
                let unhidden = refusal.unhidden();
                assert_eq!((unhidden.codespace.as_str(), unhidden.code), ("sdk", code));
            }
        }
        let signature = "signature verification failed; please verify account number (7): unauthorized";
        assert!(refusal("sdk", 4, signature).plain().contains("signature does not fit"));
        let fee = refusal("sdk", 13, "insufficient fees; got: 1uluna required: 9uluna: insufficient fee");
        assert!(
            fee.plain().contains("(insufficient fees; got: 0.000001 LUNA required: 0.000009 LUNA)"),
            "{}",
            fee.plain()
        );
        let full = refusal("undefined", 1, "pool reached max tx capacity");
        assert!(full.plain().contains("nothing was sent"));
        assert_eq!(
            refusal("sdk", 12, "memo too large").plain(),
            "The chain refuses the transaction: memo too large."
        );
        assert_eq!(refusal("sdk", 12, "memo too large").unhidden().code, 12);
        for words in [
            "type: cw721::state::NftInfo<Extension>; key: [00, 06, 74] not found",
            "no token \"999\" here: it was never minted or it was burnt",
        ] {
            let log = format!(
                "rpc error: code = Unknown desc = failed to execute message; message index: 0: {words}: execute wasm \
                 contract failed with gas used: '152034': unknown request"
            );
            let told = refusal("sdk", 6, &log);
            assert_eq!(told.said(), Said::NoToken, "{words}");
            let shown = told.unhidden();
            assert_eq!((&*shown.codespace, shown.code), ("wasm", 5), "{words}");
        }
    }

    #[test]
    fn nothing_of_what_real_nodes_wrap_around_is_left() {
        for answers in [
            include_str!("../../../../tests/fixtures/node-0.61.json"),
            include_str!("../../../../tests/fixtures/node-0.46.json"),
        ] {
            let answers: BTreeMap<String, serde_json::Value> = serde_json::from_str(answers).unwrap();
            let mut refusals = 0;
            for (name, answer) in answers {
                let Ok((code, codespace, log)) = serde_json::from_value::<(u32, String, String)>(answer)
                else {
                    continue;
                };
                if code == 0 {
                    continue;
                }
                refusals += 1;
                let refusal = Refusal::new(codespace, code, log);
                for told in [refusal.to_string(), refusal.plain()] {
                    for wrapper in [
                        "rpc error",
                        "code =",
                        "message index",
                        "wasm contract",
                        "gas used",
                        "gas wanted",
                        "unknown request",
                        "invalid request",
                        "meteor_messages",
                    ] {
                        assert!(!told.contains(wrapper), "{name}: {told}");
                    }
                }
            }
            assert!(refusals > 80, "{refusals}");
        }
    }

    #[test]
    fn a_terrad_of_today_says_the_same_with_places() {
        // As v4 answered a simulation and a query; its places are wasmd's and the SDK's.
        let place = "[CosmWasm/wasmd@v0.61.8/x/wasm/keeper/keeper.go:452]";
        let failed = format!(
            "failed to execute message; message index: 0: shower 1 goes on until 1795632501 (Unix seconds): close it \
             from then on: execute wasm contract failed {place} with gas used: '152034': unknown request"
        );
        let told =
            Refusal::new("sdk", 6, format!("rpc error: code = Unknown desc = {failed}")).at(1_795_631_781);
        let expected = "shower 1 goes on until 18:48:21Z, in 12 min: close it from then on";
        assert_eq!(told.to_string(), expected);
        let query = "type: cw721::state::NftInfo<core::option::Option<cosmwasm_std::results::empty::Empty>>; key: [00, \
                     06, 74] not found: query wasm contract failed: unknown request";
        let told = Refusal::new("wasm", 9, query);
        assert_eq!(told.said(), Said::NoToken);
        assert_eq!(told.to_string(), "there is no NFT of this number: it was never minted, or it is burnt");
        let other = "Error parsing into type meteor_messages::nft::QueryMsg: unknown variant `config`, expected one of \
                     `owner_of`: query wasm contract failed: unknown request";
        assert!(Refusal::new("sdk", 6, other).to_string().contains("not the contract that was meant"));
    }

    #[test]
    fn nothing_makes_it_fall_over() {
        for log in [
            "",
            ": execute wasm contract failed",
            "failed to execute message; message index: ",
            "rpc error: code = ",
            "☄",
        ] {
            for code in [0, 5, 6, 32] {
                assert!(!refusal("sdk", code, log).plain().is_empty());
            }
        }
    }
}
