//! `terra.tax.v1beta1.Query`, on a chain with the burn tax. Without it the path is unknown.
use cosmos_sdk_proto::prost::Message;

use super::{QueryError, View};

pub(crate) fn query(view: &View<'_>, method: &str) -> Result<Vec<u8>, QueryError> {
    match (&view.app.tax, method) {
        // A message of one text, the rate in units of 10^-18: as the SDK encodes decimals.
        (Some(tax), "BurnTaxRate") => Ok(tax.rate.atomics().to_string().encode_to_vec()),
        _ => Err(QueryError::Unimplemented),
    }
}
