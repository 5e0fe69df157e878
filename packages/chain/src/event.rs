//! Transactions' results and their events, as nodes write them; borrowed from the answer until they are kept.

use std::borrow::Cow;

use serde::Deserialize;

use crate::nullable::{or_default, text};

/// The attribute in which the chain names the contract that emitted an event. The chain lets no contract
/// write one that begins with an underscore, so it can't be forged. It need not be the first: wasmd sorts the
/// attributes of a submessage's events, and `Action` or `1` sorts before it.
const CONTRACT: &str = "_contract_address";
/// The same as CometBFT 0.34 writes it: all names and values in base64.
const CONTRACT_BASE64: &str = "X2NvbnRyYWN0X2FkZHJlc3M=";

/// The result of one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TxResult<'a> {
    /// 0 for success.
    #[serde(deserialize_with = "or_default")]
    pub code: u32,
    /// Its events, all of them and in order, so that a place among them is the event's identity.
    #[serde(borrow, deserialize_with = "or_default")]
    pub events: Vec<RawEvent<'a>>,
}

/// An event as the node gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RawEvent<'a> {
    /// Its type, for example `wasm-contribution`.
    #[serde(borrow, rename = "type", deserialize_with = "text")]
    pub kind: Cow<'a, str>,
    /// Its attributes.
    #[serde(borrow, deserialize_with = "or_default")]
    pub attributes: Vec<Attribute<'a>>,
}

/// An attribute of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Attribute<'a> {
    /// Its name.
    #[serde(borrow, deserialize_with = "text")]
    pub key: Cow<'a, str>,
    /// Its value.
    #[serde(borrow, deserialize_with = "text")]
    pub value: Cow<'a, str>,
}

impl<'a> Attribute<'a> {
    /// An attribute.
    pub fn new(key: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

impl RawEvent<'_> {
    /// Whether a contract emitted it: the plain event of every call, or a typed one.
    pub fn of_a_contract(&self) -> bool {
        self.kind == "wasm" || self.is_typed()
    }

    /// Whether it is a typed event of a contract.
    pub fn is_typed(&self) -> bool {
        self.kind.starts_with("wasm-")
    }

    /// The contract that emitted it, if the chain names one.
    pub fn contract(&self) -> Option<&str> {
        self.value(CONTRACT)
    }

    /// Whether it names its contract in base64 only, as nodes before CometBFT 0.37 do.
    pub fn in_base64(&self) -> bool {
        self.contract().is_none() && self.value(CONTRACT_BASE64).is_some()
    }

    /// Whether it is the bank's event of coins that went to `recipient`.
    pub fn pays(&self, recipient: &str) -> bool {
        let mut attributes = self.attributes.iter();
        self.kind == "transfer" && attributes.any(|a| a.key == "recipient" && a.value == recipient)
    }

    /// The value of the first attribute of that name.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.key == key).map(|found| found.value.as_ref())
    }

    /// Its attributes, as the parser of typed events reads them.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.attributes.iter().map(|a| (a.key.as_ref(), a.value.as_ref())).collect()
    }

    /// The event to keep; only its type, unless `keep` wants it.
    pub fn into_owned(mut self, keep: impl Fn(&RawEvent<'_>) -> bool) -> RawEvent<'static> {
        if !keep(&self) {
            self.attributes.clear();
        }
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        RawEvent {
            kind: own(self.kind),
            attributes: self
                .attributes
                .into_iter()
                .map(|a| Attribute { key: own(a.key), value: own(a.value) })
                .collect(),
        }
    }
}

impl TxResult<'_> {
    /// The result to keep. Of events that `keep` doesn't want only the type is kept.
    pub fn into_owned(self, keep: impl Fn(&RawEvent<'_>) -> bool) -> TxResult<'static> {
        let own = |event: RawEvent<'_>| event.into_owned(&keep);
        TxResult { code: self.code, events: self.events.into_iter().map(own).collect() }
    }
}
