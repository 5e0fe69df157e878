//! `cosmos.base.tendermint.v1beta1.Service`: what a wallet asks about the node and the tip.
use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::{
    GetLatestBlockResponse, GetNodeInfoResponse, GetSyncingResponse, VersionInfo,
};
use cosmos_sdk_proto::prost::Message;
use cosmos_sdk_proto::tendermint::p2p::DefaultNodeInfo;
use cosmos_sdk_proto::tendermint::types::Block as ProtoBlock;

use super::{QueryError, View};
use crate::chain::produce::Chain;
use crate::rpc::VERSION;

pub(crate) fn query(
    chain: &Chain,
    view: &View<'_>,
    method: &str,
    _data: &[u8],
) -> Result<Vec<u8>, QueryError> {
    Ok(match method {
        "GetLatestBlock" => {
            let blocks = chain.blocks.read();
            let block = blocks
                .get(view.past.block.height)
                .ok_or_else(|| QueryError::NotFound("the block is pruned".into()))?;
            let proto = ProtoBlock {
                header: Some(block.header.clone().into()),
                data: Some(cosmos_sdk_proto::tendermint::types::Data {
                    txs: block.txs.iter().map(|tx| tx.bytes.clone()).collect(),
                }),
                evidence: None,
                last_commit: None,
            };
            GetLatestBlockResponse { block_id: Some(block.id.into()), block: Some(proto), sdk_block: None }
                .encode_to_vec()
        }
        "GetNodeInfo" => {
            let info = DefaultNodeInfo {
                network: chain.app.chain_id.clone(),
                version: VERSION.into(),
                moniker: "meteor-devnet".into(),
                ..DefaultNodeInfo::default()
            };
            let application = VersionInfo {
                name: "meteor-devnet".into(),
                app_name: "meteor-devnet".into(),
                version: env!("CARGO_PKG_VERSION").into(),
                cosmos_sdk_version: "v0.53.6".into(),
                ..VersionInfo::default()
            };
            GetNodeInfoResponse { default_node_info: Some(info), application_version: Some(application) }
                .encode_to_vec()
        }
        "GetSyncing" => GetSyncingResponse { syncing: false }.encode_to_vec(),
        _ => return Err(QueryError::Unimplemented),
    })
}
