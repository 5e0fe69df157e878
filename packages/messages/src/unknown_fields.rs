//! Test: no message takes a field that it doesn't know, in any object at any depth, as the schema says. A
//! misspelt optional field would otherwise be read as left out.

use cosmwasm_schema::{Api, generate_api};
use cosmwasm_std::from_json;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Types of other crates, which take unknown fields although their schema says otherwise.
const OTHERS: [&str; 4] = ["Action", "Coin", "Cw721ReceiveMsg", "Expiration"];

/// Every message that `schema` describes, with all its fields, and under each where its objects are.
struct Walk<'a> {
    definitions: &'a Map<String, Value>,
}

/// A message, or a part of one, and the places of objects in it that take no other field.
#[derive(Clone)]
struct Sample {
    value: Value,
    strict: Vec<String>,
}

impl Sample {
    fn plain(value: Value) -> Vec<Self> {
        vec![Self { value, strict: vec![] }]
    }

    fn under(self, key: &str, wrap: impl FnOnce(Value) -> Value) -> Self {
        let strict = self.strict.iter().map(|place| format!("/{key}{place}")).collect();
        Self { value: wrap(self.value), strict }
    }
}

impl Walk<'_> {
    fn samples(&self, schema: &Value) -> Vec<Sample> {
        let Value::Object(schema) = schema else { return Sample::plain(json!({})) };
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|at| at.rsplit('/').next()) {
            let mut samples = self.samples(&self.definitions[name]);
            if OTHERS.contains(&name) {
                for sample in &mut samples {
                    sample.strict.clear();
                }
            }
            return samples;
        }
        for choice in ["oneOf", "anyOf", "allOf"] {
            if let Some(choices) = schema.get(choice).and_then(Value::as_array) {
                return choices
                    .iter()
                    .filter(|of| of["type"] != "null")
                    .flat_map(|of| self.samples(of))
                    .collect();
            }
        }
        if let Some(names) = schema.get("enum").and_then(Value::as_array) {
            return names.iter().cloned().flat_map(Sample::plain).collect();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds[0].clone(), // of what may also be null
            kind => kind.clone(),
        };
        match kind.as_str().unwrap() {
            // A number, bytes in hex and in base64, all at once.
            "string" => Sample::plain(json!("0000")),
            "integer" => Sample::plain(json!(1)),
            "boolean" => Sample::plain(json!(true)),
            "array" => {
                let items = self.samples(&schema["items"]);
                items.into_iter().map(|item| item.under("0", |value| json!([value]))).collect()
            }
            "object" => self.objects(schema),
            other => panic!("a {other} in a message: {schema:?}"),
        }
    }

    /// One object for each way to fill any of its fields, the other fields filled in their first way.
    fn objects(&self, schema: &Map<String, Value>) -> Vec<Sample> {
        let strict = schema.get("additionalProperties") == Some(&json!(false));
        let mut first =
            Sample { value: json!({}), strict: if strict { vec![String::new()] } else { vec![] } };
        let mut more = vec![];
        for (key, of) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let mut ways = self.samples(of).into_iter().map(|way| way.under(key, |value| value));
            let way = ways.next().unwrap();
            first.value[key] = way.value;
            first.strict.extend(way.strict);
            more.extend(ways.map(|way| (key.clone(), way)));
        }
        let others = more.into_iter().map(|(key, way)| {
            let mut other = first.clone();
            other.value[&key] = way.value;
            other.strict.retain(|place| !place.starts_with(&format!("/{key}")));
            other.strict.extend(way.strict);
            other
        });
        std::iter::once(first.clone()).chain(others.collect::<Vec<_>>()).collect()
    }
}

/// Tries every message of one part of an API. Gives how many objects were tried.
fn refused<T: DeserializeOwned>(api: &Value, part: &str) -> usize {
    let none = Map::new();
    let schema = &api[part];
    let walk = Walk { definitions: schema["definitions"].as_object().unwrap_or(&none) };
    let mut tried = 0;
    for sample in walk.samples(schema) {
        let text = sample.value.to_string();
        from_json::<T>(&text).unwrap_or_else(|error| panic!("{part} {text}: {error}"));
        for place in sample.strict {
            let mut changed = sample.value.clone();
            changed.pointer_mut(&place).unwrap()["surprise"] = json!(1);
            assert!(from_json::<T>(changed.to_string()).is_err(), "{part} takes {changed}");
            tried += 1;
        }
    }
    tried
}

fn all<I: DeserializeOwned, E: DeserializeOwned, Q: DeserializeOwned>(api: Api) -> usize {
    let api: Value = serde_json::from_str(&api.render().to_string().unwrap()).unwrap();
    refused::<I>(&api, "instantiate") + refused::<E>(&api, "execute") + refused::<Q>(&api, "query")
}

macro_rules! refuses_unknown_fields {
    ($($contract:ident)*) => {$(
        #[test]
        fn $contract() {
            use crate::$contract::{ExecuteMsg, InstantiateMsg, QueryMsg};
            let api = generate_api! { instantiate: InstantiateMsg, query: QueryMsg, execute: ExecuteMsg };
            let tried = all::<InstantiateMsg, ExecuteMsg, QueryMsg>(api);
            assert!(tried > 20, "{tried}: the schema's form has changed, and this test looks away");
        }
    )*};
}

refuses_unknown_fields! { hatchery nft shower }
