//! Transactions' results and their events, as nodes write them; borrowed from the answer until they are kept.
//!
//! A contribution's transaction has thirteen events of which two are of interest. The others are passed over
//! without being read, and nothing is allocated for a name that every event has.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::nullable::{Text, or_default, text};

/// The attribute in which the chain names the contract that emitted an event. The chain lets no contract
/// write one that begins with an underscore, so it can't be forged. It need not be the first: wasmd sorts the
/// attributes of a submessage's events, and `Action` or `1` sorts before it.
const CONTRACT: &str = "_contract_address";
/// The same as CometBFT 0.34 writes it: all names and values in base64.
const CONTRACT_BASE64: &str = "X2NvbnRyYWN0X2FkZHJlc3M=";

/// The type of the bank's event of a payment.
const PAYMENT: &str = "transfer";

/// Names that events of interest have, the most frequent first: they are not copied.
const NAMES: [&str; 22] = [
    CONTRACT,
    "msg_index",
    "v",
    "shower",
    "contributor",
    "amount",
    "total",
    "seq",
    "shower_total",
    "contributors",
    "recipient",
    "sender",
    "token_id",
    "owner",
    "image",
    "traits",
    "from",
    "to",
    "holder",
    "wasm-contribution",
    "transfer",
    "wasm-minted",
];

/// The result of one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TxResult<'a> {
    /// 0 for success.
    #[serde(deserialize_with = "or_default")]
    pub code: u32,
    /// Its events in order, so that a place among them is the event's identity. In the place of one that is not
    /// kept stands an empty one; after the last one that is kept there are none.
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
        self.kind == PAYMENT && attributes.any(|a| a.key == "recipient" && a.value == recipient)
    }

    /// The value of the first attribute of that name.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.key == key).map(|found| found.value.as_ref())
    }

    /// Its attributes, as the parser of typed events reads them.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.attributes.iter().map(|a| (a.key.as_ref(), a.value.as_ref())).collect()
    }

    /// The event, independent of the answer.
    pub(crate) fn into_owned(self) -> RawEvent<'static> {
        let Self { kind, attributes } = self;
        let owned =
            |Attribute { key, value }| Attribute { key: name(key), value: Cow::Owned(String::from(value)) };
        RawEvent { kind: name(kind), attributes: attributes.into_iter().map(owned).collect() }
    }
}

/// A name that outlives the answer.
fn name(of: Cow<'_, str>) -> Cow<'static, str> {
    let known = NAMES.iter().find(|known| **known == of);
    known.map_or_else(|| Cow::Owned(of.into_owned()), |known| Cow::Borrowed(*known))
}

/// The events to keep, each in its place: an empty one stands for one that `keep` doesn't want.
pub(crate) fn kept(
    events: Vec<RawEvent<'_>>,
    keep: impl Fn(&RawEvent<'_>) -> bool,
) -> Vec<RawEvent<'static>> {
    let count = events.iter().rposition(&keep).map_or(0, |last| last.saturating_add(1));
    let one = |event| if keep(&event) { event.into_owned() } else { RawEvent::default() };
    events.into_iter().take(count).map(one).collect()
}

/// An event of a transaction. Its attributes are read only if one may want them: a contract's, or a payment's.
pub(crate) struct TxEvent<'a>(pub(crate) RawEvent<'a>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum EventField {
    Type,
    Attributes,
    #[serde(other)]
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for TxEvent<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(TxEventVisitor(PhantomData))
    }
}

struct TxEventVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for TxEventVisitor<'a> {
    type Value = TxEvent<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TxEvent<'a>, A::Error> {
        let (mut kind, mut attributes) = (None, None);
        while let Some(field) = map.next_key()? {
            match field {
                EventField::Type if kind.is_some() => return Err(A::Error::duplicate_field("type")),
                EventField::Type => kind = Some(map.next_value::<Option<Text<'a>>>()?.unwrap_or_default().0),
                EventField::Attributes if attributes.is_some() => {
                    return Err(A::Error::duplicate_field("attributes"));
                }
                // Nodes write the type first; else the attributes are read in any case.
                EventField::Attributes if kind.as_deref().is_some_and(|kind| !may_matter(kind)) => {
                    map.next_value::<IgnoredAny>()?;
                    attributes = Some(Vec::new());
                }
                EventField::Attributes => {
                    attributes = Some(map.next_value::<Option<Vec<Attribute<'a>>>>()?.unwrap_or_default());
                }
                EventField::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let (kind, mut attributes) = (kind.unwrap_or_default(), attributes.unwrap_or_default());
        if !may_matter(&kind) {
            attributes.clear();
        }
        Ok(TxEvent(RawEvent { kind, attributes }))
    }
}

/// Whether an event of a transaction can be of interest, by its type.
fn may_matter(kind: &str) -> bool {
    kind == PAYMENT || kind.starts_with("wasm")
}
