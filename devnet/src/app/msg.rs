//! The messages the dev chain accepts, decoded, and checked as `ValidateBasic` does.
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::{MsgMultiSend, MsgSend};
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgClearAdmin, MsgExecuteContract, MsgInstantiateContract, MsgInstantiateContract2, MsgMigrateContract,
    MsgStoreCode, MsgUpdateAdmin,
};
use cosmos_sdk_proto::prost::{DecodeError, Message, Name};
use serde_json::value::RawValue;

use super::codes::MAX_WASM;
use super::{coins, protobuf};
use crate::absent;
use crate::error::AppError;
use crate::gowords;

macro_rules! messages {
    ($($variant:ident($message:ident)),* $(,)?) => {
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) enum Msg {
            $($variant($message)),*
        }

        impl Msg {
            /// Decodes; [`Msg::check`] comes later, as in a node.
            pub(crate) fn decode(any: &Any) -> Result<Msg, AppError> {
                let url = any.type_url.as_str();
                $(if url == $message::type_url() {
                    return Ok(Msg::$variant(payload(any)?));
                })*
                let why = absent::hint(url).map(|hint| format!(" ({hint})")).unwrap_or_default();
                Err(AppError::tx_decode(format!("unable to resolve type URL {url}{why}")))
            }

            pub(crate) fn type_url(&self) -> String {
                match self {
                    $(Msg::$variant(_) => $message::type_url()),*
                }
            }
        }
    };
}

messages! {
    Send(MsgSend),
    MultiSend(MsgMultiSend),
    StoreCode(MsgStoreCode),
    Instantiate(MsgInstantiateContract),
    Instantiate2(MsgInstantiateContract2),
    Execute(MsgExecuteContract),
    Migrate(MsgMigrateContract),
    UpdateAdmin(MsgUpdateAdmin),
    ClearAdmin(MsgClearAdmin),
}

impl Msg {
    /// Who must sign.
    pub(crate) fn signer(&self) -> &str {
        match self {
            Msg::Send(msg) => &msg.from_address,
            Msg::MultiSend(msg) => msg.inputs.first().map_or("", |input| &input.address),
            Msg::StoreCode(msg) => &msg.sender,
            Msg::Instantiate(msg) => &msg.sender,
            Msg::Instantiate2(msg) => &msg.sender,
            Msg::Execute(msg) => &msg.sender,
            Msg::Migrate(msg) => &msg.sender,
            Msg::UpdateAdmin(msg) => &msg.sender,
            Msg::ClearAdmin(msg) => &msg.sender,
        }
    }

    /// `ValidateBasic`: everything that needs no state. Transfers have none; they are checked when made.
    pub(crate) fn check(&self, prefix: &str) -> Result<(), AppError> {
        let address = |field: &str, address: &str| match gowords::bad_address(address, prefix) {
            Some(why) => Err(AppError::plain(format!("{field}: {why}"))),
            None => Ok(()),
        };
        let instantiation = |code_id: u64, label: &str, funds: &[Coin], admin: &str, msg: &[u8]| {
            if code_id == 0 {
                return Err(AppError::invalid_request("code id is required"));
            }
            check_label(label)?;
            check_funds(funds)?;
            if !admin.is_empty() {
                address("admin", admin)?;
            }
            check_json(msg)
        };
        match self {
            Msg::Send(_) | Msg::MultiSend(_) => return Ok(()),
            _ => address("sender", self.signer())?,
        }
        match self {
            Msg::Send(_) | Msg::MultiSend(_) => Ok(()),
            Msg::StoreCode(msg) => check_store_code(msg),
            Msg::Instantiate(msg) => instantiation(msg.code_id, &msg.label, &msg.funds, &msg.admin, &msg.msg),
            Msg::Instantiate2(msg) => {
                instantiation(msg.code_id, &msg.label, &msg.funds, &msg.admin, &msg.msg)?;
                match msg.salt.len() {
                    0 => Err(AppError::empty("salt: is required")),
                    1..=64 => Ok(()),
                    _ => Err(AppError::limit("salt: cannot be longer than 64 characters")),
                }
            }
            Msg::Execute(msg) => {
                address("contract", &msg.contract)?;
                check_funds(&msg.funds)?;
                check_json(&msg.msg)
            }
            Msg::Migrate(msg) => {
                if msg.code_id == 0 {
                    return Err(AppError::invalid_request("code id is required"));
                }
                address("contract", &msg.contract)?;
                check_json(&msg.msg)
            }
            Msg::UpdateAdmin(msg) => {
                address("contract", &msg.contract)?;
                address("new admin", &msg.new_admin)?;
                if msg.sender == msg.new_admin {
                    return Err(AppError::invalid("new admin is the same as the old"));
                }
                Ok(())
            }
            Msg::ClearAdmin(msg) => address("contract", &msg.contract),
        }
    }
}

fn payload<M: Message + Default>(any: &Any) -> Result<M, AppError> {
    let bytes = any.value.as_slice();
    let words = |error: DecodeError| protobuf::broken(bytes).unwrap_or_else(|| error.to_string());
    M::decode(bytes).map_err(|error| AppError::tx_decode(words(error)))
}

fn check_store_code(msg: &MsgStoreCode) -> Result<(), AppError> {
    if msg.wasm_byte_code.is_empty() {
        return Err(AppError::invalid_request("code bytes is required: empty"));
    }
    if msg.wasm_byte_code.len() > MAX_WASM {
        let text = format!("code bytes cannot be longer than {MAX_WASM} bytes: exceeds limit");
        return Err(AppError::invalid_request(text));
    }
    // Anyone may instantiate here. A restriction that is not enforced would be worse than a refusal.
    match msg.instantiate_permission {
        None => Ok(()),
        Some(_) => Err(AppError::not_supported("instantiate_permission: the dev chain restricts nobody")),
    }
}

fn check_funds(funds: &[Coin]) -> Result<(), AppError> {
    coins::validate(funds).map_err(|why| AppError::plain(format!("funds: {why}")))
}

fn check_label(label: &str) -> Result<(), AppError> {
    match label.len() {
        0 => Err(AppError::empty("label: is required")),
        1..=128 if label.trim() == label => Ok(()),
        1..=128 => Err(AppError::invalid("label: label must not start/end with whitespaces")),
        _ => Err(AppError::limit("label: cannot be longer than 128 characters")),
    }
}

fn check_json(msg: &[u8]) -> Result<(), AppError> {
    match serde_json::from_slice::<&RawValue>(msg) {
        Ok(_) => Ok(()),
        Err(_) => Err(AppError::invalid("payload msg")),
    }
}

/// A transfer's own checks, when it is made: one sender, and what goes in comes out.
pub(crate) fn check_multi_send(msg: &MsgMultiSend) -> Result<(), AppError> {
    let [input] = msg.inputs.as_slice() else {
        return Err(AppError { codespace: "bank", code: 9, log: "multiple senders not allowed".into() });
    };
    let differ = || AppError { codespace: "bank", code: 4, log: "sum inputs != sum outputs".into() };
    let mut left = coins::checked(&input.coins)?;
    for output in &msg.outputs {
        for coin in coins::checked(&output.coins)? {
            let rest = left.iter_mut().find(|other| other.denom == coin.denom).and_then(|other| {
                other.amount = other.amount.checked_sub(coin.amount).ok()?;
                Some(())
            });
            rest.ok_or_else(differ)?;
        }
    }
    if left.iter().all(|coin| coin.amount.is_zero()) && !left.is_empty() { Ok(()) } else { Err(differ()) }
}
