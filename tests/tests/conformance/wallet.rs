//! Transactions with everything in them that a test may want to get wrong, signed with cosmrs.

use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignDoc, SignerInfo, TxBody, TxRaw};
use cosmos_sdk_proto::traits::{Message, Name};
use cosmrs::Any;
use cosmrs::crypto::secp256k1::SigningKey;
use meteor_operator::signer::COIN_TYPE;
use meteor_tests::Stage;

/// Sign mode "direct".
pub(crate) const DIRECT: i32 = 1;

/// An account and where it stands.
pub(crate) struct Wallet {
    pub(crate) key: SigningKey,
    pub(crate) address: String,
    pub(crate) chain_id: String,
    pub(crate) number: u64,
    pub(crate) sequence: u64,
}

impl Wallet {
    /// Account `index` of the stage's mnemonic, with number and sequence from the chain if it has them.
    pub(crate) async fn open(stage: &Stage, index: u32) -> Self {
        let path = format!("m/44'/{COIN_TYPE}'/0'/0/{index}");
        let key = meteor_devnet::signing_key(&stage.chain.mnemonic, &path).unwrap();
        let address = key.public_key().account_id("terra").unwrap().to_string();
        let chain_id = stage.node.status().await.unwrap().chain_id;
        let (number, sequence) =
            stage.node.account(&address).await.map_or((0, 0), |at| (at.value.number, at.value.sequence));
        Self { key, address, chain_id, number, sequence }
    }

    /// A sound transaction of these messages, to spoil.
    pub(crate) fn draft(&self, messages: Vec<Any>) -> Draft {
        Draft {
            chain_id: self.chain_id.clone(),
            number: self.number,
            body: TxBody { messages, ..TxBody::default() },
            fee: Fee { amount: vec![coin(4_000, "uluna")], gas_limit: 400_000, ..Fee::default() },
            signers: vec![SignerInfo {
                public_key: Some(self.key.public_key().into()),
                mode_info: Some(ModeInfo { sum: Some(Sum::Single(Single { mode: DIRECT })) }),
                sequence: self.sequence,
            }],
        }
    }

    /// The same, spoilt and signed.
    pub(crate) fn signed(&self, messages: Vec<Any>, spoil: impl FnOnce(&mut Draft)) -> Vec<u8> {
        let mut draft = self.draft(messages);
        spoil(&mut draft);
        draft.sign(&self.key)
    }
}

/// A transaction before it is signed.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) chain_id: String,
    pub(crate) number: u64,
    pub(crate) body: TxBody,
    pub(crate) fee: Fee,
    pub(crate) signers: Vec<SignerInfo>,
}

impl Draft {
    pub(crate) fn raw(&self, signatures: Vec<Vec<u8>>) -> TxRaw {
        let auth = AuthInfo {
            signer_infos: self.signers.clone(),
            fee: Some(self.fee.clone()),
            ..AuthInfo::default()
        };
        TxRaw { body_bytes: self.body.encode_to_vec(), auth_info_bytes: auth.encode_to_vec(), signatures }
    }

    /// The transaction that a simulation takes: no signature.
    pub(crate) fn unsigned(&self) -> Vec<u8> {
        self.raw(vec![Vec::new()]).encode_to_vec()
    }

    /// What sign mode "direct" signs.
    pub(crate) fn direct(&self, raw: &TxRaw) -> Vec<u8> {
        SignDoc {
            body_bytes: raw.body_bytes.clone(),
            auth_info_bytes: raw.auth_info_bytes.clone(),
            chain_id: self.chain_id.clone(),
            account_number: self.number,
        }
        .encode_to_vec()
    }

    pub(crate) fn sign(&self, key: &SigningKey) -> Vec<u8> {
        let mut raw = self.raw(Vec::new());
        raw.signatures = vec![key.sign(&self.direct(&raw)).unwrap().to_vec()];
        raw.encode_to_vec()
    }
}

pub(crate) fn coin(amount: u128, denom: &str) -> Coin {
    Coin { denom: denom.into(), amount: amount.to_string() }
}

pub(crate) fn any<M: Message + Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}
