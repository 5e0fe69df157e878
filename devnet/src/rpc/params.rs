//! Arguments of a call: a JSON object, a JSON array, or the GET form. Numbers may be strings.
use serde_json::{Map, Value};

use super::RpcError;
use crate::gowords;

#[derive(Debug, Default)]
pub(crate) struct Params {
    values: Map<String, Value>,
    /// The GET form writes bytes as `0x..` or as a quoted string.
    uri: bool,
}

impl Params {
    pub(crate) fn from_json(raw: Option<&Value>, names: &[&str]) -> Result<Params, RpcError> {
        let values = match raw {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(map)) => map.clone(),
            Some(Value::Array(items)) if items.is_empty() => Map::new(),
            Some(Value::Array(items)) if items.len() == names.len() => {
                names.iter().map(ToString::to_string).zip(items.iter().cloned()).collect()
            }
            Some(Value::Array(items)) => {
                let text = format!("expected {} parameters ({names:?}), got {}", names.len(), items.len());
                return Err(RpcError::invalid_params(text));
            }
            Some(other) => return Err(RpcError::invalid_params(unknown_params(other))),
        };
        Ok(Params { values, uri: false })
    }

    pub(crate) fn from_uri(pairs: impl Iterator<Item = (String, String)>) -> Params {
        let values = pairs.filter(|(_, value)| !value.is_empty()).map(|(key, value)| (key, value.into()));
        Params { values: values.collect(), uri: true }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    fn invalid(&self, why: String) -> RpcError {
        if self.uri { RpcError::invalid_query(why) } else { RpcError::invalid_params(why) }
    }

    /// A whole number, which may be absent. Negative ones are kept: some calls have words for them.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, RpcError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim_matches('"').parse().ok(),
            _ => None,
        };
        number.map(Some).ok_or_else(|| self.invalid(no_number(name, value)))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, RpcError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if self.uri => quoted(text).map(Some).map_err(RpcError::invalid_query),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(RpcError::invalid_params(format!("{name} is not a string: {other}"))),
        }
    }

    /// Bytes that JSON carries as base64: transactions, hashes.
    pub(crate) fn base64(&self, name: &str) -> Result<Vec<u8>, RpcError> {
        self.bytes(name, gowords::base64)
    }

    /// Bytes that JSON carries as hex: the data of a query.
    pub(crate) fn hex(&self, name: &str) -> Result<Vec<u8>, RpcError> {
        self.bytes(name, gowords::hex)
    }

    fn bytes(
        &self,
        name: &str,
        decode: impl Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Vec<u8>, RpcError> {
        let wrong = |error: String| self.invalid(error);
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) if self.uri => match text.strip_prefix("0x") {
                Some(digits) => gowords::hex(digits).map_err(wrong),
                None if text.starts_with('"') => Ok(unquote(text).as_bytes().to_vec()),
                None => Err(wrong(format!("{name}: bytes are written 0x.. or in quotes"))),
            },
            Some(Value::String(text)) => decode(text).map_err(wrong),
            Some(_) => Err(wrong(format!("{name}: not a string"))),
        }
    }
}

/// Go's words where a text holds no number.
fn no_number(name: &str, value: &Value) -> String {
    match value.as_str().and_then(|text| text.chars().find(|letter| !letter.is_ascii_digit())) {
        Some(letter) => format!("invalid character {letter:?} looking for beginning of value"),
        None => format!("{name} is not a whole number: {value}"),
    }
}

/// A text of the GET form, which is JSON in quotes, or the words of Go's `encoding/json` for what isn't.
fn quoted(text: &str) -> Result<String, String> {
    if let Ok(text) = serde_json::from_str(text) {
        return Ok(text);
    }
    let first = text.chars().next().unwrap_or_default();
    let literals = ["true", "false", "null"];
    Err(match literals.iter().find(|literal| literal.starts_with(first)) {
        Some(literal) => match text.chars().zip(literal.chars()).find(|(is, expected)| is != expected) {
            Some((is, expected)) => {
                format!("invalid character {is:?} in literal {literal} (expecting {expected:?})")
            }
            None => "unexpected end of JSON input".into(),
        },
        None if first == '"' => "unexpected end of JSON input".into(),
        None if first.is_ascii_digit() => "json: cannot unmarshal number into Go value of type string".into(),
        None => format!("invalid character {} looking for beginning of value", go_char(first)),
    })
}

/// A character as Go's `strconv.Quote` shows it.
fn go_char(letter: char) -> String {
    if letter == '"' { "'\"'".into() } else { format!("{letter:?}") }
}

fn unknown_params(params: &Value) -> String {
    let kind = match params {
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        _ => "number",
    };
    format!(
        "unknown type for JSON params: json: cannot unmarshal {kind} into Go value of type json.RawMessage. Expected map or array"
    )
}

fn unquote(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_of_the_same_arguments() {
        let names = ["height", "hash"];
        for raw in [json!({"height": "5", "hash": "qg=="}), json!([5, "qg=="])] {
            let params = Params::from_json(Some(&raw), &names).unwrap();
            assert_eq!(params.integer("height").unwrap(), Some(5));
            assert_eq!(params.base64("hash").unwrap(), [0xaa]);
        }
        let pairs = [("height", "5"), ("hash", "0xAA"), ("query", "\"a=1\"")];
        let params = Params::from_uri(pairs.into_iter().map(|(key, value)| (key.into(), value.into())));
        assert_eq!(params.integer("height").unwrap(), Some(5));
        assert_eq!(params.base64("hash").unwrap(), [0xaa]);
        assert_eq!(params.text("query").unwrap().unwrap(), "a=1");
    }

    #[test]
    fn a_text_of_the_get_form_is_in_quotes() {
        let said = |text: &str| quoted(text).unwrap_err();
        assert_eq!(quoted("\"tx.height=5\"").unwrap(), "tx.height=5");
        // What a node of CometBFT 0.38 says.
        assert_eq!(said("tx.height=5"), "invalid character 'x' in literal true (expecting 'r')");
        assert_eq!(said("'tx.height=5'"), "invalid character '\\'' looking for beginning of value");
        assert_eq!(said("\"a"), "unexpected end of JSON input");
        assert_eq!(said("5"), "json: cannot unmarshal number into Go value of type string");
    }

    #[test]
    fn wrong_types_are_errors() {
        let raw = json!({"height": "x", "hash": 5, "query": []});
        let params = Params::from_json(Some(&raw), &[]).unwrap();
        assert!(params.integer("height").is_err());
        assert!(params.base64("hash").is_err() && params.hex("hash").is_err());
        assert!(params.text("query").is_err());
        assert!(Params::from_json(Some(&json!("x")), &[]).is_err());
        assert!(Params::from_json(Some(&json!([1])), &[]).is_err());
    }
}
