//! The JSON that a Ledger or Keplr signs (`SIGN_MODE_LEGACY_AMINO_JSON`).
//!
//! Traps: keys are sorted at every depth, the contract's `msg` is raw JSON inside, numbers are strings, empty
//! optional fields are left out, and Go escapes `<`, `>`, `&`, U+2028 and U+2029 inside strings.
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use serde_json::{Value, json};

use super::msg::Msg;
use super::tx::Tx;

/// The bytes that were signed, or why there are none.
pub(crate) fn sign_bytes(
    tx: &Tx,
    chain_id: &str,
    account_number: u64,
    sequence: u64,
) -> Result<Vec<u8>, String> {
    let msgs = tx.msgs.iter().map(msg).collect::<Result<Vec<_>, _>>()?;
    let mut fee = json!({ "amount": coins(&tx.fee.amount), "gas": tx.fee.gas_limit.to_string() });
    set_if_given(&mut fee, "payer", &tx.fee.payer);
    set_if_given(&mut fee, "granter", &tx.fee.granter);
    let mut doc = json!({
        "account_number": account_number.to_string(),
        "chain_id": chain_id,
        "fee": fee,
        "memo": tx.body.memo,
        "msgs": msgs,
        "sequence": sequence.to_string(),
    });
    if tx.body.timeout_height > 0 {
        set_if_given(&mut doc, "timeout_height", &tx.body.timeout_height.to_string());
    }
    Ok(sorted(doc).into_bytes())
}

fn coins(coins: &[Coin]) -> Value {
    coins.iter().map(|coin| json!({ "amount": coin.amount, "denom": coin.denom })).collect()
}

fn raw(msg: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(msg).map_err(|error| format!("msg is not JSON: {error}"))
}

fn set_if_given(object: &mut Value, key: &str, value: &str) {
    if let (Some(object), false) = (object.as_object_mut(), value.is_empty()) {
        object.insert(key.into(), value.into());
    }
}

fn msg(msg: &Msg) -> Result<Value, String> {
    let (name, value) = match msg {
        Msg::Send(msg) => (
            "cosmos-sdk/MsgSend",
            json!({
                "from_address": msg.from_address,
                "to_address": msg.to_address,
                "amount": coins(&msg.amount),
            }),
        ),
        Msg::MultiSend(msg) => {
            let side = |address: &str, amount: &[Coin]| json!({ "address": address, "coins": coins(amount) });
            let inputs: Vec<_> = msg.inputs.iter().map(|input| side(&input.address, &input.coins)).collect();
            let outputs: Vec<_> = msg.outputs.iter().map(|out| side(&out.address, &out.coins)).collect();
            ("cosmos-sdk/MsgMultiSend", json!({ "inputs": inputs, "outputs": outputs }))
        }
        Msg::Execute(msg) => (
            "wasm/MsgExecuteContract",
            json!({
                "sender": msg.sender,
                "contract": msg.contract,
                "msg": raw(&msg.msg)?,
                "funds": coins(&msg.funds),
            }),
        ),
        Msg::Instantiate(msg) => {
            let mut value = json!({
                "sender": msg.sender,
                "code_id": msg.code_id.to_string(),
                "label": msg.label,
                "msg": raw(&msg.msg)?,
                "funds": coins(&msg.funds),
            });
            set_if_given(&mut value, "admin", &msg.admin);
            ("wasm/MsgInstantiateContract", value)
        }
        Msg::Instantiate2(msg) => {
            let mut value = json!({
                "sender": msg.sender,
                "code_id": msg.code_id.to_string(),
                "label": msg.label,
                "msg": raw(&msg.msg)?,
                "funds": coins(&msg.funds),
                "salt": BASE64.encode(&msg.salt),
            });
            set_if_given(&mut value, "admin", &msg.admin);
            if let (true, Some(object)) = (msg.fix_msg, value.as_object_mut()) {
                object.insert("fix_msg".into(), true.into());
            }
            ("wasm/MsgInstantiateContract2", value)
        }
        Msg::Migrate(msg) => (
            "wasm/MsgMigrateContract",
            json!({
                "sender": msg.sender,
                "contract": msg.contract,
                "code_id": msg.code_id.to_string(),
                "msg": raw(&msg.msg)?,
            }),
        ),
        Msg::UpdateAdmin(msg) => (
            "wasm/MsgUpdateAdmin",
            json!({ "sender": msg.sender, "new_admin": msg.new_admin, "contract": msg.contract }),
        ),
        Msg::ClearAdmin(msg) => {
            ("wasm/MsgClearAdmin", json!({ "sender": msg.sender, "contract": msg.contract }))
        }
        Msg::StoreCode(msg) => (
            "wasm/MsgStoreCode",
            // Without `instantiate_permission`: `msg.rs` lets none pass.
            json!({ "sender": msg.sender, "wasm_byte_code": BASE64.encode(&msg.wasm_byte_code) }),
        ),
    };
    Ok(json!({ "type": name, "value": value }))
}

/// The document as signed: keys sorted at every depth, whatever order `serde_json` keeps.
fn sorted(mut document: Value) -> String {
    document.sort_all_objects();
    // Outside strings JSON has none of these.
    let escapes = [
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u{2028}", "\\u2028"),
        ("\u{2029}", "\\u2029"),
    ];
    escapes.iter().fold(document.to_string(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_at_every_depth_and_escaped_like_go() {
        let out = sorted(json!({"b": {"z": 1, "a": [null, true]}, "a": "<&>\u{2028}\"é\n"}));
        assert_eq!(out, r#"{"a":"\u003c\u0026\u003e\u2028\"é\n","b":{"a":[null,true],"z":1}}"#);
    }
}
