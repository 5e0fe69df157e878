//! What every transaction must pass before its messages run: memo, timeout, fee, sequence, signature. The
//! order and the texts are the SDK's, because wallets and scripts read them.
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmwasm_std::{BlockInfo, Storage};

use super::events::Event;
use super::execute::App;
use super::keys::{Key, Signed};
use super::sign::{self, Verdict};
use super::store::Store;
use super::tx::{Signer, Tx};
use super::{auth, coins, ledger, tax};
use crate::error::AppError;
use crate::{gas, gowords};

/// Why the checks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// At broadcast: the only time the least fee counts.
    Check,
    /// In a block.
    Deliver,
    /// For an estimate: neither signature nor gas limit count.
    Simulate,
}

/// Bytes of x/auth's parameters.
const PARAMS: usize = 20;
/// x/auth `tx_sig_limit`.
const MAX_SIGNATURES: usize = 7;
/// x/auth `max_memo_characters`.
const MAX_MEMO: usize = 256;

/// Checks `tx` and takes its fee; on an error the caller drops `store`.
pub(crate) fn run(
    app: &App,
    store: &mut Store,
    block: &BlockInfo,
    tx: &Tx,
    mode: Mode,
    verdicts: &[Verdict],
) -> Result<Vec<Event>, AppError> {
    let wanted = tx.fee.gas_limit;
    if mode != Mode::Simulate
        && let Some(max) = app.max_gas.filter(|max| wanted > *max)
    {
        return Err(AppError::invalid_gas_limit(format!(
            "tx gas limit {wanted} exceeds block max gas {max}"
        )));
    }
    // A node's first step reads parameters: so much for the flat price, then for their bytes.
    if mode != Mode::Simulate && wanted < gas::read(PARAMS) {
        let place = if wanted < gas::read(0) { "ReadFlat" } else { "ReadPerByte" };
        return Err(out_of_gas(place, wanted, gas::read(PARAMS)));
    }
    let timeout = tx.body.timeout_height;
    if timeout > 0 && block.height > timeout {
        let text = format!("block height: {}, timeout height: {timeout}", block.height);
        return Err(AppError::timeout_height(text));
    }
    let memo = tx.body.memo.len();
    if memo > MAX_MEMO {
        return Err(AppError::memo_too_large(format!(
            "maximum number of characters is {MAX_MEMO} but received {memo} characters"
        )));
    }
    let mut events = fee(app, store, tx, mode)?;
    for (index, signer) in tx.signers.iter().enumerate() {
        keep_public_key(app, store, signer, index, mode)?;
        let sequence = format!("{}/{}", signer.address, signer.sequence);
        events.push(Event::new("tx").with("acc_seq", sequence));
        let shown = signer.signed.shown().into_iter();
        events.extend(shown.map(|bytes| Event::new("tx").with("signature", BASE64.encode(bytes))));
    }
    let keys =
        tx.signers.iter().map(|signer| signer.public_key.as_ref().map_or(1, Key::count)).sum::<usize>();
    if keys > MAX_SIGNATURES {
        return Err(AppError::too_many_signatures(format!("signatures: {keys}, limit: {MAX_SIGNATURES}")));
    }
    for (index, signer) in tx.signers.iter().enumerate() {
        signature(app, store, tx, signer, mode, verdicts.get(index))?;
    }
    let used = base_gas(tx, mode).saturating_add(store.gas_used());
    if mode != Mode::Simulate && used > wanted {
        return Err(out_of_gas("ReadFlat", wanted, used));
    }
    Ok(events)
}

/// Gas of the transaction's bytes and signatures.
pub(crate) fn base_gas(tx: &Tx, mode: Mode) -> u64 {
    let signatures = || tx.signers.iter().flat_map(|signer| signer.signed.all());
    let (mut missing, mut fee) = (0, 0);
    if mode == Mode::Simulate {
        let unsigned = signatures().filter(|signature| signature.bytes.is_empty()).count();
        missing = unsigned.saturating_mul(gas::SIMULATED_SIGNATURE_BYTES);
        fee = if tx.fee_coins.is_empty() { gas::SIMULATED_FEE } else { 0 };
    }
    let signatures = u64::try_from(signatures().count()).unwrap_or(u64::MAX).saturating_mul(gas::SIGNATURE);
    gas::tx_bytes(tx.bytes.len().saturating_add(missing))
        .saturating_add(gas::TRANSACTION)
        .saturating_add(signatures)
        .saturating_add(fee)
}

/// `place` is what a node was about when the gas ran out. Only the first steps and the loading of a contract
/// can be told here; in between it may name another.
pub(crate) fn out_of_gas(place: &str, wanted: u64, used: u64) -> AppError {
    AppError::out_of_gas(format!("out of gas in location: {place}; gasWanted: {wanted}, gasUsed: {used}"))
}

fn fee(app: &App, store: &mut Store, tx: &Tx, mode: Mode) -> Result<Vec<Event>, AppError> {
    if mode == Mode::Check {
        least_fee(app, tx)?;
    }
    let due = app.due(tx);
    let payer = tx.payer();
    if auth::load(store, payer).is_none() {
        // The SDK prints the address's bytes here.
        let bytes: Vec<u8> = bech32::decode(payer).map(|(_, bytes)| bytes).unwrap_or_default();
        let payer = gowords::text(&bytes);
        return Err(AppError::unknown_address(format!("fee payer address: {payer} does not exist")));
    }
    let mut events = Vec::new();
    let now = tax::minus(&tx.fee_coins, &due.taxes).and_then(|rest| tax::minus(&rest, &due.refund));
    let now = now.unwrap_or_else(|| tx.fee_coins.clone());
    if !now.is_empty() {
        events = ledger::transfer_coins(store, payer, &app.fee_collector, &now).map_err(|error| {
            // The SDK wraps the error around its own text once more.
            AppError::insufficient_funds(error.log)
        })?;
        events.push(Event::new("message").with("sender", payer));
    }
    events.push(Event::new("tx").with("fee", coins::print(&tx.fee_coins)).with("fee_payer", payer));
    let refunds = due.refund.iter().map(|coin| coins::print(std::slice::from_ref(coin)));
    events.extend(refunds.map(|coin| Event::new("tax_refund").with("tax_amount", coin)));
    Ok(events)
}

fn least_fee(app: &App, tx: &Tx) -> Result<(), AppError> {
    let (prices, gas) = (&app.gas_prices, tx.fee.gas_limit);
    if tax::pays_gas(prices, gas, &tx.fee_coins) {
        return Ok(());
    }
    let list: Vec<_> = prices.iter().map(|price| format!("{}{}", price.of(gas), price.denom)).collect();
    let (got, required) = (coins::print(&tx.fee_coins), list.join(","));
    Err(AppError::insufficient_fee(match &app.tax {
        None => format!("insufficient fees; got: {got} required: {required}"),
        Some(tax) => {
            let taxes = coins::print(&tax.owed(tx));
            format!(r#"insufficient fees; got: "{got}", required: "{required}"(gas) [+ "{taxes}"(tax)]"#)
        }
    }))
}

/// The first transaction of an account brings its key, which must be the one the address is made of.
fn keep_public_key(
    app: &App,
    store: &mut dyn Storage,
    signer: &Signer,
    index: usize,
    mode: Mode,
) -> Result<(), AppError> {
    let Some(mut account) = auth::load(store, &signer.address) else {
        return Err(AppError::unknown_address(format!("account {} does not exist", signer.address)));
    };
    let Some(key) = &signer.public_key else {
        return match signer.signed {
            // The SDK dereferences the missing key, panics and recovers.
            Signed::Multi { .. } if mode != Mode::Simulate => {
                Err(AppError::recovered("runtime error: invalid memory address or nil pointer dereference"))
            }
            _ => Ok(()),
        };
    };
    if mode != Mode::Simulate {
        let address = key.address().and_then(|bytes| app.vm.humanize(&bytes).ok());
        if address.is_none_or(|address| address.as_str() != signer.address) {
            return Err(AppError::invalid_pubkey(format!(
                "pubKey does not match signer address {} with signer index: {index}",
                signer.address
            )));
        }
    }
    if account.pub_key.is_none() {
        account.pub_key = Some(key.any());
        auth::save(store, &account);
    }
    Ok(())
}

fn signature(
    app: &App,
    store: &mut dyn Storage,
    tx: &Tx,
    signer: &Signer,
    mode: Mode,
    verdict: Option<&Verdict>,
) -> Result<(), AppError> {
    let Some(mut account) = auth::load(store, &signer.address) else {
        return Err(AppError::unknown_address(format!("account {} does not exist", signer.address)));
    };
    let key = account.pub_key.as_ref().and_then(|any| Key::decode(any).ok());
    if key.is_none() && mode != Mode::Simulate {
        return Err(AppError::invalid_pubkey("unrecognized public key type: <nil>"));
    }
    if let (Some(Key::Multi { .. }), Signed::Single(_), true) = (&key, &signer.signed, mode != Mode::Simulate)
    {
        let text = "expected *signing.MultiSignatureData, got, *signing.SingleSignatureData";
        return Err(AppError::plain(text));
    }
    if signer.sequence != account.sequence {
        return Err(AppError::wrong_sequence(format!(
            "account sequence mismatch, expected {}, got {}",
            account.sequence, signer.sequence
        )));
    }
    if let (Some(key), true) = (key, mode != Mode::Simulate) {
        let number = account.account_number;
        // Verified once, outside the chain's thread; again only if a revert changed the account since.
        let result = match verdict {
            Some(verdict) if verdict.account_number == number && verdict.key.as_ref() == Some(&key) => {
                verdict.result.clone()
            }
            _ => sign::verify(tx, signer, &key, &app.chain_id, number),
        };
        result.map_err(|reason| AppError::unauthorized(refused(app, signer, number, &reason)))?;
    }
    account.sequence = account.sequence.saturating_add(1);
    auth::save(store, &account);
    Ok(())
}

fn refused(app: &App, signer: &Signer, number: u64, reason: &str) -> String {
    if signer.signed.only_amino() {
        format!(
            "signature verification failed; please verify account number ({number}), sequence ({}) and chain-id ({})",
            signer.sequence, app.chain_id
        )
    } else {
        format!(
            "signature verification failed; please verify account number ({number}) and chain-id ({}): ({reason})",
            app.chain_id
        )
    }
}
