//! What the chain's modules and contracts answer at the tip.

use std::time::Duration;

use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    ContractInfo, QueryCodeRequest, QueryCodeResponse, QueryContractInfoRequest, QueryContractInfoResponse,
    QueryRawContractStateRequest, QueryRawContractStateResponse, QuerySmartContractStateResponse,
};
use cosmos_sdk_proto::traits::Message;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::blocks::{self, Status};
use crate::query::{self, Answer};
use crate::waits::Wait;
use crate::words::Said;
use crate::{NodeError, Pool, jsonrpc, time};

/// How often the chain's time is looked at while something waits for it.
const SHORTEST_LOOK: Duration = Duration::from_millis(100);
const LONGEST_LOOK: Duration = Duration::from_secs(1);

impl Pool {
    /// What a node says of itself and of the last block.
    ///
    /// # Errors
    /// If no node answers as a CometBFT node does.
    pub async fn status(&self) -> Result<Status, NodeError> {
        self.ask("status", json!({}), |body| {
            let status = blocks::status(body)?;
            self.not_behind(status.height)?;
            Ok(status)
        })
        .await
    }

    /// Time of the chain's last block (Unix seconds).
    ///
    /// # Errors
    /// If no node answers as a CometBFT node does.
    pub async fn time(&self) -> Result<u64, NodeError> {
        Ok(self.status().await?.time_ns / 1_000_000_000)
    }

    /// Waits until the chain's last block is of `seconds` (Unix) or later. Contracts go by block time, which
    /// is behind every clock: what is due by ours may still be refused, by a simulation as well.
    ///
    /// # Errors
    /// If no node answers as a CometBFT node does.
    pub async fn wait_for_time(&self, seconds: u64) -> Result<(), NodeError> {
        let wait = Wait::begin(format!("the chain's clock to reach {}", time::clock(seconds)));
        loop {
            let status = self.status().await?;
            let now = status.time_ns / 1_000_000_000;
            if now >= seconds {
                return Ok(());
            }
            wait.at(status.height);
            let missing = Duration::from_secs(seconds.saturating_sub(now));
            tokio::time::sleep(missing.clamp(SHORTEST_LOOK, LONGEST_LOOK)).await;
        }
    }

    /// How much gas a block holds; `None` where that is not limited.
    ///
    /// # Errors
    /// If no node answers as a CometBFT node does.
    pub async fn block_gas(&self) -> Result<Option<u64>, NodeError> {
        #[derive(Deserialize)]
        struct Params {
            consensus_params: Consensus,
        }
        #[derive(Deserialize)]
        struct Consensus {
            block: Block,
        }
        #[derive(Deserialize)]
        struct Block {
            max_gas: String,
        }
        self.ask("consensus_params", json!({}), |body| {
            let gas = jsonrpc::result::<Params>(body)?.consensus_params.block.max_gas;
            if gas == "-1" {
                return Ok(None);
            }
            gas.parse().map(Some).map_err(|_| NodeError::Malformed(format!("max_gas {gas}")))
        })
        .await
    }

    /// The answer to a query of the chain's modules, and the height at which it holds.
    ///
    /// # Errors
    /// [`NodeError::Query`] if the chain refuses; if no node answers.
    pub async fn query<A: Message + Default>(
        &self,
        path: &str,
        request: &impl Message,
    ) -> Result<Answer<A>, NodeError> {
        self.ask(query::METHOD, query::params(path, request, 0), |body| {
            // A refusal says no height: a node behind may refuse what is true at the tip.
            let answer = query::answer(body)?;
            self.not_behind(answer.height)?;
            Ok(answer)
        })
        .await
    }

    /// The answer to a query of the chain's modules at `height`, each node asked once. A node that can't look back may
    /// answer for another height, and says so.
    ///
    /// # Errors
    /// [`NodeError::Query`] if the chain refuses; the last node's error if none answers.
    pub async fn query_at<A: Message + Default>(
        &self,
        path: &str,
        request: &impl Message,
        height: u64,
    ) -> Result<Answer<A>, NodeError> {
        let params = query::params(path, request, height);
        let ask = self.first(height, query::METHOD, |node| node.ask(query::METHOD, &params, query::answer));
        Ok(ask.await?.1)
    }

    /// A contract's answer to `message`.
    ///
    /// # Errors
    /// [`NodeError::Query`] with the contract's words if it refuses; if no node answers.
    pub async fn smart<A: DeserializeOwned>(
        &self,
        contract: &str,
        message: &impl Serialize,
    ) -> Result<A, NodeError> {
        let request = query::smart(contract, json(message)?);
        let answer: Answer<QuerySmartContractStateResponse> = self.query(query::SMART, &request).await?;
        from_json(&answer.value.data)
    }

    /// What a contract keeps as JSON at `key` of its storage.
    ///
    /// # Errors
    /// [`NodeError::Malformed`] if there is nothing, or something else.
    pub async fn raw<A: DeserializeOwned>(&self, contract: &str, key: &[u8]) -> Result<A, NodeError> {
        let request = QueryRawContractStateRequest { address: contract.to_owned(), query_data: key.to_vec() };
        let answer: Answer<QueryRawContractStateResponse> = self.query(query::RAW, &request).await?;
        from_json(&answer.value.data)
    }

    /// SHA-256 of the code with this id, from which addresses of contracts follow.
    ///
    /// # Errors
    /// [`NodeError::Query`] if there is no such code.
    pub async fn code_checksum(&self, code_id: u64) -> Result<Vec<u8>, NodeError> {
        let path = "/cosmwasm.wasm.v1.Query/Code";
        let answer: Answer<QueryCodeResponse> = self.query(path, &QueryCodeRequest { code_id }).await?;
        let info = answer.value.code_info.map(|info| info.data_hash);
        info.ok_or_else(|| NodeError::Malformed(format!("nothing about code {code_id}")))
    }

    /// How a contract was made, and who may migrate it.
    ///
    /// # Errors
    /// [`NodeError::Query`] if there is no such contract.
    pub async fn contract(&self, address: &str) -> Result<ContractInfo, NodeError> {
        let request = QueryContractInfoRequest { address: address.to_owned() };
        let path = "/cosmwasm.wasm.v1.Query/ContractInfo";
        let answer: Answer<QueryContractInfoResponse> = self.query(path, &request).await?;
        let info = answer.value.contract_info;
        info.ok_or_else(|| NodeError::Malformed(format!("nothing about {address}")))
    }

    /// The chain's tax on coins that are sent, in units of 10⁻¹⁸, as it writes it; `None` where there is
    /// none.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn burn_tax_rate(&self) -> Result<Option<String>, NodeError> {
        self.text("/terra.tax.v1beta1.Query/BurnTaxRate", &()).await
    }

    /// The most that the chain takes of one transfer of `denom` (micro-denom), as it writes it; `None` where it has no
    /// such query.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn tax_cap(&self, denom: &str) -> Result<Option<String>, NodeError> {
        // The request is one text field, as prost encodes a wrapped string.
        self.text("/terra.treasury.v1beta1.Query/TaxCap", &denom.to_owned()).await
    }

    /// The least that the node takes for a unit of gas, as it writes it, for example
    /// `0.010000000000000000uluna,0.150000000000000000uusd`; `None` where it has no such query.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn least_gas_price(&self) -> Result<Option<String>, NodeError> {
        // The answer's first field; what else newer nodes tell there is passed over.
        self.text("/cosmos.base.node.v1beta1.Service/Config", &()).await
    }

    /// An answer of one text field, as prost decodes a wrapped string; `None` where the chain has no such query.
    async fn text(&self, path: &'static str, request: &impl Message) -> Result<Option<String>, NodeError> {
        match self.query::<String>(path, request).await {
            Ok(answer) => Ok(Some(answer.value)),
            Err(NodeError::Query(refusal)) if refusal.said() == Said::NoQuery => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn json(message: &impl Serialize) -> Result<Vec<u8>, NodeError> {
    serde_json::to_vec(message).map_err(|error| NodeError::Malformed(error.to_string()))
}

fn from_json<A: DeserializeOwned>(data: &[u8]) -> Result<A, NodeError> {
    serde_json::from_slice(data)
        .map_err(|error| NodeError::Malformed(format!("a contract's answer: {error}")))
}
