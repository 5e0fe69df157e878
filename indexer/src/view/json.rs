//! JSON written straight into bytes, for what is made for each request: no text is made of a number first, and nothing is
//! copied twice. `models` describes the same bytes to OpenAPI, and tests compare the two.

use serde::Serialize;

use super::page::write_json;
use crate::models::Odds;

/// JSON that is being written.
#[derive(Debug)]
pub(crate) struct Json(Vec<u8>);

impl Json {
    /// With room for so many bytes.
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// What was written.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// These characters, which must be JSON.
    pub(crate) fn raw(&mut self, json: &str) -> &mut Self {
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
            self.0.push(b'"');
            self.raw(text);
            self.0.push(b'"');
        } else {
            write_json(text, &mut self.0);
        }
        self
    }

    /// A number.
    pub(crate) fn number<I: itoa::Integer>(&mut self, number: I) -> &mut Self {
        self.raw(itoa::Buffer::new().format(number))
    }

    /// A token id, as a text.
    pub(crate) fn token(&mut self, id: u64) -> &mut Self {
        self.raw("\"").number(id).raw("\"")
    }

    /// An amount, as a text.
    pub(crate) fn amount(&mut self, amount: u128) -> &mut Self {
        // Amounts beyond 64 bits are rare, and dividing them is slow.
        self.raw("\"");
        match u64::try_from(amount) {
            Ok(amount) => self.number(amount),
            Err(_) => self.number(amount),
        };
        self.raw("\"")
    }

    /// The address of an image.
    pub(crate) fn ipfs(&mut self, image: &str) -> &mut Self {
        // Its name is a bare CID, so nothing in it is escaped. If it were none, the text would have to be whole.
        if image.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return self.raw("\"ipfs://").raw(image).raw("\"");
        }
        self.text(&format!("ipfs://{image}"))
    }

    /// Any value, by way of serde.
    pub(crate) fn value<T: Serialize>(&mut self, value: &T) -> &mut Self {
        write_json(value, &mut self.0);
        self
    }

    /// Whether it is so.
    pub(crate) fn truth(&mut self, truth: bool) -> &mut Self {
        self.raw(if truth { "true" } else { "false" })
    }

    /// What `write` writes of a value, or null.
    pub(crate) fn or_null<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => {
                self.raw("null");
            }
        }
        self
    }

    /// A list.
    pub(crate) fn list<T>(
        &mut self,
        values: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        let mut before = "[";
        for value in values {
            self.raw(before);
            write(self, value);
            before = ",";
        }
        self.raw(if before == "[" { "[]" } else { "]" })
    }

    /// The odds of an egg.
    pub(crate) fn odds(&mut self, odds: Odds) {
        self.raw(r#"{"numerator":"#).amount(odds.numerator);
        self.raw(r#","denominator":"#).amount(odds.denominator);
        let (whole, part) = (odds.percent.0 / 100, odds.percent.0 % 100);
        self.raw(r#","percent":""#)
            .number(whole)
            .raw(if part < 10 { ".0" } else { "." })
            .number(part)
            .raw("\"}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Amount;

    #[test]
    fn bytes_are_those_of_serde() {
        for text in ["", "terra1x", "a \"quote\"", "back\\slash", "☄ étoile", "line\nbreak", "\u{7f}\u{0}"]
        {
            let mut json = Json::with_room(0);
            json.text(text);
            assert_eq!(json.into_bytes(), serde_json::to_vec(text).unwrap());
        }
        for amount in [0, 7, u64::MAX.into(), u128::from(u64::MAX) + 1, u128::MAX] {
            let mut json = Json::with_room(0);
            json.amount(amount);
            assert_eq!(json.into_bytes(), serde_json::to_vec(&Amount(amount)).unwrap());
        }
        for values in [vec![], vec![1u8], vec![1, 2, 3]] {
            let mut json = Json::with_room(0);
            json.list(&values, |json, value| _ = json.number(*value))
                .or_null(None, |json, ()| _ = json.raw("x"));
            assert_eq!(json.into_bytes(), [serde_json::to_vec(&values).unwrap(), b"null".to_vec()].concat());
        }
        for (numerator, denominator) in
            [(0, 1), (1, 1), (1, 3), (1, 20), (1, 400), (u128::MAX / 10_000, u128::MAX)]
        {
            let odds = Odds::from(meteor_rules::odds::Odds { numerator, denominator });
            let mut json = Json::with_room(0);
            json.odds(odds);
            assert_eq!(json.into_bytes(), serde_json::to_vec(&odds).unwrap());
            let percent = meteor_rules::odds::Odds { numerator, denominator }.percent();
            assert_eq!(serde_json::to_value(odds).unwrap()["percent"], percent);
        }
    }
}
