//! What a refusal means to whoever sent the transaction: what happened, and what to do.

use super::{Refusal, SDK, Said};

/// The codespace of what contracts say.
const WASM: &str = "wasm";
/// Code of what a contract says against a message ("execute wasm contract failed").
const CONTRACT_FAILED: u32 = 5;
/// How the chain ends the words of a contract.
const CONTRACT: &str = ": execute wasm contract failed";

impl Refusal {
    /// What happened and what to do, in plain words. What a contract says is passed on as it is, without what
    /// the chain wraps around it.
    pub fn plain(&self) -> String {
        let log = without_places(&self.log);
        let words = unwrapped(&log);
        match self.said() {
            Said::WrongSequence => "Another transaction of this account came first: try again.".to_owned(),
            Said::OutOfGas => {
                "The transaction needs more gas than it was given: try again with a new estimate.".to_owned()
            }
            Said::InsufficientFunds => format!(
                "The account has too little for the amount and the fee ({}): send less, or add coins to the account.",
                words.trim_end_matches(": insufficient funds")
            ),
            Said::InsufficientFee => {
                format!(
                    "The fee is too low for this chain ({}): try again with a higher one.",
                    words.trim_end_matches(": insufficient fee")
                )
            }
            Said::TimedOut => {
                "The last block that the transaction was meant for has passed: try again.".to_owned()
            }
            Said::OverBlockGas => {
                "The transaction is given more gas than a block holds: send it in parts.".to_owned()
            }
            Said::MempoolFull => {
                "The chain has more transactions waiting than it can take: nothing was sent. Try again \
                                  in a minute."
                    .to_owned()
            }
            Said::TxInCache => "The chain has this transaction already: wait for its block.".to_owned(),
            Said::NoAccount => {
                "The chain does not know this account yet: it needs coins for the fee first.".to_owned()
            }
            Said::BadSignature => {
                "The signature does not fit: choose the right account and chain in the wallet, and try \
                                   again."
                    .to_owned()
            }
            Said::NoContract => {
                "This chain does not have that contract: check that the wallet is on the right chain."
                    .to_owned()
            }
            Said::Panicked
            | Said::HeightToCome
            | Said::HeightPruned { .. }
            | Said::TooManyRequests
            | Said::NoQuery
            | Said::NoMethod
            | Said::NoTx
            | Said::NoTxIndex
            | Said::NoWindow { .. } => {
                format!("The chain's node could not check the transaction ({words}): try again in a moment.")
            }
            Said::Other if self.of_contract() => sentence(words),
            Said::Other => format!("The chain refuses the transaction: {words}."),
        }
    }

    /// What a node says whose mempool is full, with the code that the SDK has for it.
    pub fn mempool_full(words: String) -> Self {
        Self { codespace: SDK.to_owned(), code: 20, log: words }
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
            Said::Other if self.of_contract() => (WASM, CONTRACT_FAILED),
            Said::InsufficientFee
            | Said::OverBlockGas
            | Said::TxInCache
            | Said::BadSignature
            | Said::NoContract
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
        Self { codespace: codespace.to_owned(), code, log: self.log }
    }

    /// Whether the words are a contract's.
    fn of_contract(&self) -> bool {
        self.log.contains(CONTRACT)
    }
}

/// A refusal's words without places in the chain's source, as SDK 0.53 adds them: ` [cosmos/cosmos-sdk@v0.53.6/x.go:9]`.
fn without_places(log: &str) -> String {
    let mut words = log.to_owned();
    let mut from = 0;
    while let Some(file) =
        words.get(from..).and_then(|rest| rest.find(".go:")).map(|at| from.saturating_add(at))
    {
        let begin = words.get(..file).and_then(|before| before.rfind(" ["));
        let end = words.get(file..).and_then(|after| after.find(']')).map(|at| file.saturating_add(at));
        let (Some(begin), Some(end)) = (begin, end) else { break };
        words.replace_range(begin..=end, "");
        from = begin;
    }
    words
}

/// A refusal's words without what the SDK and wasmd put around them.
fn unwrapped(log: &str) -> &str {
    let mut words = log;
    if let Some((_, rest)) =
        words.strip_prefix("rpc error: code = ").and_then(|text| text.split_once(" desc = "))
    {
        words = rest;
    }
    // A simulation's gas, as SDK 0.47 and 0.53 write it.
    for gas in [" With gas wanted: '", " with gas used: '"] {
        words = words.rsplit_once(gas).map_or(words, |(before, _)| before);
    }
    if let Some(rest) = words.strip_prefix("failed to execute message; message index: ") {
        words = rest.split_once(": ").map_or(rest, |(_, rest)| rest);
    }
    // Around what a contract's message was refused with.
    while let Some(rest) = words.strip_prefix("dispatch: ").or_else(|| words.strip_prefix("submessages: ")) {
        words = rest;
    }
    while let Some(rest) = words.strip_suffix(CONTRACT) {
        words = rest;
    }
    words
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
    use super::*;

    fn refusal(codespace: &str, code: u32, log: &str) -> Refusal {
        Refusal { codespace: codespace.to_owned(), code, log: log.to_owned() }
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
                "too little for the amount and the fee (spendable balance 5uusd is smaller than 10uusd): ",
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
        assert!(fee.plain().contains("(insufficient fees; got: 1uluna required: 9uluna)"), "{}", fee.plain());
        let full = refusal("undefined", 1, "pool reached max tx capacity");
        assert!(full.plain().contains("nothing was sent"));
        assert_eq!(
            refusal("sdk", 12, "memo too large").plain(),
            "The chain refuses the transaction: memo too large."
        );
        assert_eq!(refusal("sdk", 12, "memo too large").unhidden().code, 12);
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
