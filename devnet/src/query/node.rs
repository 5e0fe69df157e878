//! `cosmos.base.node.v1beta1.Service`: how the node is configured.
use cosmos_sdk_proto::cosmos::base::node::v1beta1::ConfigResponse;
use cosmos_sdk_proto::prost::Message;

use super::View;
use crate::config::GasPrice;
use crate::rest::tax::price;

/// The prices that [`crate::app::ante`] enforces, as a node writes them.
pub(crate) fn prices(of: &[GasPrice]) -> String {
    let prices: Vec<_> = of.iter().map(|of| format!("{}{}", price(of), of.denom)).collect();
    prices.join(",")
}

pub(crate) fn config(view: &View<'_>) -> Vec<u8> {
    let none = || "0".to_owned();
    ConfigResponse {
        minimum_gas_price: prices(&view.app.gas_prices),
        pruning_keep_recent: none(),
        pruning_interval: none(),
        halt_height: 0,
    }
    .encode_to_vec()
}
