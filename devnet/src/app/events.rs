//! Events as SDK 0.53 gives them: plain strings, `msg_index` at the end of each list.
use cosmwasm_std::Event as WasmEvent;
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Event {
    pub(crate) fn new(kind: &str) -> Event {
        Event { kind: kind.into(), attributes: Vec::new() }
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<String>) -> Event {
        self.attributes.push((key.into(), value.into()));
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        let attributes: Vec<Value> = self
            .attributes
            .iter()
            .map(|(key, value)| json!({ "key": key, "value": value, "index": true }))
            .collect();
        json!({ "type": self.kind, "attributes": attributes })
    }
}

/// An event of cw-multi-test as wasmd prints it.
pub(crate) fn from_wasm(event: WasmEvent) -> Event {
    let mut event = Event {
        kind: event.ty,
        attributes: event.attributes.into_iter().map(|attribute| (attribute.key, attribute.value)).collect(),
    };
    match event.kind.as_str() {
        // cw-multi-test adds a `mode` which no chain has.
        "reply" => event.attributes.retain(|(key, _)| key != "mode"),
        // wasmd names the code first here, and only here.
        "migrate" => event.attributes.reverse(),
        _ => {}
    }
    // wasmd trims what a contract emits.
    if event.kind.starts_with("wasm") {
        for (key, value) in &mut event.attributes {
            *key = key.trim().into();
            *value = value.trim().into();
        }
    }
    event
}

/// What the SDK adds to an event outside of transactions.
pub(crate) fn at_end_of_block(mut event: Event) -> Event {
    event.attributes.push(("mode".into(), "EndBlock".into()));
    event
}

/// An event of ours on its way through cw-multi-test.
pub(crate) fn to_wasm(event: Event) -> WasmEvent {
    WasmEvent::new(event.kind).add_attributes(event.attributes)
}

/// The event baseapp puts before a message's own.
pub(crate) fn action(type_url: &str, sender: &str) -> Event {
    // `/cosmwasm.wasm.v1.MsgExecuteContract` belongs to module `wasm`: the second word of the package.
    let module = type_url.trim_start_matches('/').split('.').nth(1).unwrap_or_default();
    Event::new("message").with("action", type_url).with("sender", sender).with("module", module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_look_like_wasmd_s() {
        let reply =
            WasmEvent::new("reply").add_attribute("_contract_address", "c").add_attribute("mode", "x");
        assert_eq!(from_wasm(reply), Event::new("reply").with("_contract_address", "c"));
        let migrate =
            WasmEvent::new("migrate").add_attribute("_contract_address", "c").add_attribute("code_id", "2");
        assert_eq!(
            from_wasm(migrate),
            Event::new("migrate").with("code_id", "2").with("_contract_address", "c")
        );
        let custom =
            WasmEvent::new("wasm-x").add_attribute("_contract_address", "c").add_attribute("a", " b ");
        assert_eq!(from_wasm(custom), Event::new("wasm-x").with("_contract_address", "c").with("a", "b"));
        let module = ("module".to_string(), "bank".to_string());
        assert_eq!(action("/cosmos.bank.v1beta1.MsgSend", "s").attributes.last(), Some(&module));
    }
}
