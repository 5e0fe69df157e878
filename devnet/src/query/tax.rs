//! `terra.tax.v1beta1.Query` and `terra.treasury.v1beta1.Query`, on a chain with the burn tax. Without it the paths are
//! unknown.
use cosmos_sdk_proto::cosmos::base::v1beta1::{Coin, DecCoin};
use cosmos_sdk_proto::prost::Message;
use cosmos_sdk_proto::prost::encoding::{message, string, uint64};
use cosmwasm_std::Decimal;

use super::{QueryError, View, request};
use crate::app::tax::BurnTax;
use crate::config::is_denom;

/// Parts of a tax policy that the dev chain has only to show them: what Terra Classic starts with.
pub(crate) const POLICY: [(&str, u64); 5] = [
    ("seigniorage_burden_target", 670),
    ("mining_increment", 1_070),
    ("burn_tax_split", 100),
    ("min_initial_deposit_ratio", 0),
    ("oracle_split", 1_000),
];
/// Epochs (weeks) that its indicators look at: short, long, probation.
pub(crate) const WINDOWS: [u64; 3] = [4, 52, 12];

pub(crate) fn tax(view: &View<'_>, method: &str) -> Result<Vec<u8>, QueryError> {
    let tax = view.app.tax.as_ref().ok_or(QueryError::Unimplemented)?;
    match method {
        // A message of one text, the rate in units of 10^-18: as the SDK encodes decimals.
        "BurnTaxRate" => Ok(atomics(tax.rate).encode_to_vec()),
        "Params" => {
            let prices = view.app.gas_prices.iter().map(|price| DecCoin {
                denom: price.denom.clone(),
                amount: atomics(Decimal::from_ratio(price.micros, 1_000_000_u64)),
            });
            let prices: Vec<_> = prices.collect();
            let mut params = Vec::new();
            message::encode_repeated(1, &prices, &mut params);
            string::encode(2, &atomics(tax.rate), &mut params);
            Ok(params_response(&params))
        }
        _ => Err(QueryError::Unimplemented),
    }
}

pub(crate) fn treasury(view: &View<'_>, method: &str, data: &[u8]) -> Result<Vec<u8>, QueryError> {
    let tax = view.app.tax.as_ref().ok_or(QueryError::Unimplemented)?;
    match method {
        // The stability tax of before the burn tax: governance set it to nothing.
        "TaxRate" => Ok(atomics(Decimal::zero()).encode_to_vec()),
        "TaxCap" => {
            let denom: String = request(data)?;
            if !is_denom(&denom) {
                return Err(QueryError::Invalid("invalid denom".into()));
            }
            Ok(tax.cap.to_string().encode_to_vec())
        }
        "TaxCaps" => {
            let caps = view
                .app
                .gas_prices
                .iter()
                .map(|price| Coin { denom: price.denom.clone(), amount: tax.cap.to_string() });
            let (caps, mut response) = (caps.collect::<Vec<_>>(), Vec::new());
            message::encode_repeated(1, &caps, &mut response);
            Ok(response)
        }
        "Params" => Ok(params_response(&treasury_params(tax))),
        _ => Err(QueryError::Unimplemented),
    }
}

fn atomics(value: Decimal) -> String {
    value.atomics().to_string()
}

fn permille(value: u64) -> String {
    atomics(Decimal::permille(value))
}

/// A message of fields in field 1, which all responses with parameters are.
fn params_response(params: &[u8]) -> Vec<u8> {
    let mut response = Vec::new();
    cosmos_sdk_proto::prost::encoding::bytes::encode(1, &params.to_vec(), &mut response);
    response
}

fn treasury_params(tax: &BurnTax) -> Vec<u8> {
    let policy = |rates: [u64; 3], cap: u128| {
        let [least, most, change] = rates;
        let mut policy = Vec::new();
        string::encode(1, &permille(least), &mut policy);
        string::encode(2, &permille(most), &mut policy);
        message::encode(3, &Coin { denom: "usdr".into(), amount: cap.to_string() }, &mut policy);
        string::encode(4, &permille(change), &mut policy);
        policy
    };
    let mut params = Vec::new();
    let bytes = |tag, value: &Vec<u8>, to: &mut Vec<u8>| {
        cosmos_sdk_proto::prost::encoding::bytes::encode(tag, value, to);
    };
    bytes(1, &policy([0, 0, 0], tax.cap.u128()), &mut params);
    bytes(2, &policy([50, 500, 25], 0), &mut params);
    let [(_, burden), (_, increment), (_, split), (_, deposit), (_, oracle)] = POLICY;
    string::encode(3, &permille(burden), &mut params);
    string::encode(4, &permille(increment), &mut params);
    for (tag, window) in (5..).zip(WINDOWS) {
        uint64::encode(tag, &window, &mut params);
    }
    for (tag, value) in (8..).zip([split, deposit, oracle]) {
        string::encode(tag, &permille(value), &mut params);
    }
    params
}
