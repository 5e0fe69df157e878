//! What the chain's modules and contracts answer at the tip, over `abci_query`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use cosmos_sdk_proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    ContractInfo, QueryContractInfoRequest, QueryContractInfoResponse,
};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{QueryCodeRequest, QueryCodeResponse};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{QueryRawContractStateRequest, QueryRawContractStateResponse};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{QuerySmartContractStateRequest, QuerySmartContractStateResponse};
use cosmos_sdk_proto::traits::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Node;
use super::call::{number, text};
use crate::error::OperatorError;

/// An account as the chain knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// Its number, fixed when it first received coins.
    pub number: u64,
    /// The sequence that its next transaction must use.
    pub sequence: u64,
}

/// What a node answered to a query, and the height at which it holds.
struct Answer<A> {
    value: A,
    height: u64,
}

impl Node {
    /// SHA-256 of the code with this id, from which addresses of contracts follow.
    ///
    /// # Errors
    /// [`OperatorError::Query`] if there is no such code.
    pub async fn code_checksum(&self, code_id: u64) -> Result<Vec<u8>, OperatorError> {
        let answer: QueryCodeResponse =
            self.query("/cosmwasm.wasm.v1.Query/Code", &QueryCodeRequest { code_id }).await?;
        answer.code_info.map(|info| info.data_hash).ok_or_else(|| OperatorError::Malformed {
            method: "code",
            what: format!("nothing about code {code_id}"),
        })
    }

    /// How a contract was made, and who may migrate it.
    ///
    /// # Errors
    /// [`OperatorError::Query`] if there is no such contract.
    pub async fn contract(&self, address: &str) -> Result<ContractInfo, OperatorError> {
        let request = QueryContractInfoRequest { address: address.to_owned() };
        let answer: QueryContractInfoResponse =
            self.query("/cosmwasm.wasm.v1.Query/ContractInfo", &request).await?;
        answer.contract_info.ok_or_else(|| OperatorError::Malformed {
            method: "contract info",
            what: format!("nothing about {address}"),
        })
    }

    /// What a contract keeps as JSON at `key` of its storage.
    ///
    /// # Errors
    /// [`OperatorError::Malformed`] if there is nothing, or something else.
    pub async fn raw<A: DeserializeOwned>(&self, contract: &str, key: &[u8]) -> Result<A, OperatorError> {
        let request = QueryRawContractStateRequest { address: contract.to_owned(), query_data: key.to_vec() };
        let answer: QueryRawContractStateResponse =
            self.query("/cosmwasm.wasm.v1.Query/RawContractState", &request).await?;
        serde_json::from_slice(&answer.data)
            .map_err(|error| OperatorError::Malformed { method: "raw query", what: error.to_string() })
    }

    async fn query<Q: Message, A: Message + Default>(
        &self,
        path: &str,
        request: &Q,
    ) -> Result<A, OperatorError> {
        self.query_at(path, request).await.map(|answer| answer.value)
    }

    async fn query_at<Q: Message, A: Message + Default>(
        &self,
        path: &str,
        request: &Q,
    ) -> Result<Answer<A>, OperatorError> {
        const METHOD: &str = "abci_query";
        let params = json!({"path": path, "data": hex::encode(request.encode_to_vec()), "prove": false});
        self.ask(METHOD, params, |answer| {
            // A refusal says no height: a node behind may refuse what is true at the tip.
            let code = answer.pointer("/response/code").and_then(Value::as_u64).unwrap_or_default();
            if code != 0 {
                let log = answer.pointer("/response/log").and_then(Value::as_str).unwrap_or_default();
                return Err(OperatorError::Query {
                    code: u32::try_from(code).unwrap_or(u32::MAX),
                    log: log.to_owned(),
                });
            }
            let height = number(&answer, METHOD, "/response/height")?;
            self.not_behind(height)?;
            // An empty answer comes as null: proto's default.
            let value = answer.pointer("/response/value").and_then(Value::as_str).unwrap_or_default();
            let malformed = |what: String| OperatorError::Malformed { method: METHOD, what };
            let bytes = BASE64.decode(value).map_err(|error| malformed(error.to_string()))?;
            let value = A::decode(bytes.as_slice()).map_err(|error| malformed(error.to_string()))?;
            Ok(Answer { value, height })
        })
        .await
    }

    /// An account's number and sequence.
    ///
    /// # Errors
    /// [`OperatorError::Query`] for an address that never received coins.
    pub async fn account(&self, address: &str) -> Result<AccountState, OperatorError> {
        self.account_at(address).await.map(|(state, _)| state)
    }

    /// An account's number and sequence, and the height of the block after which they are so.
    ///
    /// # Errors
    /// [`OperatorError::Query`] for an address that never received coins.
    pub async fn account_at(&self, address: &str) -> Result<(AccountState, u64), OperatorError> {
        let request = QueryAccountRequest { address: address.to_owned() };
        let answer = self.query_at("/cosmos.auth.v1beta1.Query/Account", &request).await?;
        let Answer { value, height }: Answer<QueryAccountResponse> = answer;
        let malformed = |what: &str| OperatorError::Malformed { method: "account", what: what.to_owned() };
        let any = value.account.ok_or_else(|| malformed("no account"))?;
        let account = BaseAccount::decode(any.value.as_slice()).map_err(|_| malformed(&any.type_url))?;
        Ok((AccountState { number: account.account_number, sequence: account.sequence }, height))
    }

    /// [`Node::account_at`], of every node that answers.
    ///
    /// # Errors
    /// If none answers.
    pub async fn account_everywhere(&self, address: &str) -> Result<Vec<(AccountState, u64)>, OperatorError> {
        let mut found = Vec::new();
        let mut last = None;
        for url in self.urls.iter() {
            let one = Self { urls: [url.clone()].into(), ..self.clone() };
            match one.account_at(address).await {
                Ok(answer) => found.push(answer),
                Err(error) => last = Some(error),
            }
        }
        match last {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(found),
        }
    }

    /// What `address` has of `denom` (micro-denom).
    ///
    /// # Errors
    /// If the node doesn't answer.
    pub async fn balance(&self, address: &str, denom: &str) -> Result<u128, OperatorError> {
        let request = QueryBalanceRequest { address: address.to_owned(), denom: denom.to_owned() };
        let answer: QueryBalanceResponse = self.query("/cosmos.bank.v1beta1.Query/Balance", &request).await?;
        let amount = answer.balance.map_or_else(|| "0".to_owned(), |coin| coin.amount);
        amount.parse().map_err(|_| OperatorError::Malformed { method: "balance", what: amount })
    }

    /// The chain's tax on coins that are sent, in units of 10⁻¹⁸, as it writes it; `None` where there is none.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn burn_tax_rate(&self) -> Result<Option<String>, OperatorError> {
        // The answer is one text field, a decimal's atomics: as prost decodes a wrapped string.
        match self.query::<_, String>("/terra.tax.v1beta1.Query/BurnTaxRate", &()).await {
            Ok(answer) => Ok(Some(answer)),
            Err(OperatorError::Query { log, .. }) if log.contains("unknown query path") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A contract's answer to `message`.
    ///
    /// # Errors
    /// [`OperatorError::Query`] with the contract's words if it refuses.
    pub async fn smart<A: DeserializeOwned>(
        &self,
        contract: &str,
        message: &impl Serialize,
    ) -> Result<A, OperatorError> {
        let query_data =
            serde_json::to_vec(message).map_err(|error| OperatorError::Build(error.to_string()))?;
        let request = QuerySmartContractStateRequest { address: contract.to_owned(), query_data };
        let answer: QuerySmartContractStateResponse =
            self.query("/cosmwasm.wasm.v1.Query/SmartContractState", &request).await?;
        serde_json::from_slice(&answer.data)
            .map_err(|error| OperatorError::Malformed { method: "smart query", what: error.to_string() })
    }

    /// How much gas the transaction would use now.
    ///
    /// # Errors
    /// [`OperatorError::Query`] with the chain's words if the transaction would fail.
    pub async fn simulate(&self, tx_bytes: Vec<u8>) -> Result<u64, OperatorError> {
        let request = SimulateRequest { tx_bytes, ..SimulateRequest::default() };
        let answer: SimulateResponse = self.query("/cosmos.tx.v1beta1.Service/Simulate", &request).await?;
        answer
            .gas_info
            .map(|gas| gas.gas_used)
            .ok_or_else(|| OperatorError::Malformed { method: "simulate", what: "no gas".into() })
    }

    /// How much gas a block holds; `None` where that is not limited.
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn block_gas(&self) -> Result<Option<u64>, OperatorError> {
        const METHOD: &str = "consensus_params";
        self.ask(METHOD, json!({}), |answer| {
            let gas = text(&answer, METHOD, "/consensus_params/block/max_gas")?;
            if gas == "-1" {
                return Ok(None);
            }
            let malformed = || OperatorError::Malformed { method: METHOD, what: format!("max_gas {gas}") };
            gas.parse().map(Some).map_err(|_| malformed())
        })
        .await
    }
}
