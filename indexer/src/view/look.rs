//! What a token shows, as JSON: its collection's template with every text escaped in advance, so that a token is rendered
//! by putting pieces together. `meteor_rules::metadata` says what a template means.

use meteor_messages::shower::InstantiateMsg;
use meteor_rules::metadata::{Template, Values};

use super::json::Json;
use crate::fold::Collection;

/// A template that is ready for rendering.
#[derive(Debug)]
pub(super) struct Look {
    name: Vec<Piece>,
    description: Vec<Piece>,
    columns: Vec<Column>,
}

/// The templates of a launch.
#[derive(Debug)]
pub(super) struct Looks {
    meteors: Option<Look>,
    eggs: Option<Look>,
    dust: Option<Look>,
}

impl Looks {
    /// Of what the contract was instantiated with.
    pub(super) fn new(config: &InstantiateMsg) -> Self {
        Self {
            meteors: Look::new(&config.meteors.template),
            eggs: Look::new(&config.hatchery.eggs.template),
            dust: Look::new(&config.hatchery.dust.template),
        }
    }

    /// How the tokens of a collection look.
    pub(super) const fn of(&self, collection: Collection) -> Option<&Look> {
        match collection {
            Collection::Meteors => self.meteors.as_ref(),
            Collection::Eggs => self.eggs.as_ref(),
            Collection::Dust => self.dust.as_ref(),
        }
    }
}

/// A piece of a text.
#[derive(Debug)]
enum Piece {
    /// These characters, escaped.
    Text(String),
    /// The token's id.
    Id,
    /// The value of the column at this place.
    Column(usize),
}

/// An attribute.
#[derive(Debug)]
struct Column {
    /// The JSON before its value.
    open: String,
    /// Its values, escaped.
    values: Values,
}

impl Look {
    /// Of a template; `None` if it isn't valid.
    pub(super) fn new(template: &Template) -> Option<Self> {
        template.validate().ok()?;
        let columns = template.columns.iter().map(|column| Column {
            open: format!(r#"{{"trait_type":"{}","value":""#, escaped(&column.trait_type)),
            values: match &column.values {
                Values::Number { suffix } => Values::Number { suffix: escaped(suffix) },
                Values::Tenths { suffix } => Values::Tenths { suffix: escaped(suffix) },
                Values::Text(values) => Values::Text(values.iter().map(|it| escaped(it)).collect()),
                Values::TextOrNone(values) => {
                    Values::TextOrNone(values.iter().map(|it| escaped(it)).collect())
                }
            },
        });
        Some(Self {
            name: pieces(&template.name, template)?,
            description: pieces(&template.description, template)?,
            columns: columns.collect(),
        })
    }

    /// Writes the last four fields of a token, or says that its row doesn't fit the template.
    pub(super) fn write(&self, json: &mut Json, id: u64, image: &str, traits: &[u32]) -> bool {
        let fits = |(column, number): (&Column, &u32)| {
            let index = usize::try_from(*number).unwrap_or(usize::MAX);
            match &column.values {
                Values::Number { .. } | Values::Tenths { .. } => true,
                Values::Text(values) => index < values.len(),
                Values::TextOrNone(values) => index <= values.len(),
            }
        };
        if traits.len() != self.columns.len() || !self.columns.iter().zip(traits).all(fits) {
            return false;
        }
        json.raw(r#""name":""#);
        self.text(json, &self.name, id, traits);
        json.raw(r#"","description":""#);
        self.text(json, &self.description, id, traits);
        json.raw(r#"","image":"#).ipfs(image);
        json.raw(r#","attributes":"#);
        let shown = self.columns.iter().zip(traits);
        let shown =
            shown.filter(|(column, number)| **number > 0 || !matches!(column.values, Values::TextOrNone(_)));
        json.list(shown, |json, (column, number)| {
            json.raw(&column.open);
            column.value(json, *number);
            json.raw("\"}");
        });
        true
    }

    fn text(&self, json: &mut Json, pieces: &[Piece], id: u64, traits: &[u32]) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => _ = json.raw(text),
                Piece::Id => _ = json.number(id),
                Piece::Column(at) => {
                    if let (Some(column), Some(number)) = (self.columns.get(*at), traits.get(*at)) {
                        column.value(json, *number);
                    }
                }
            }
        }
    }
}

impl Column {
    fn value(&self, json: &mut Json, number: u32) {
        let index = usize::try_from(number).ok();
        match &self.values {
            Values::Number { suffix } => json.number(number).raw(suffix),
            Values::Tenths { suffix } => json.number(number / 10).raw(".").number(number % 10).raw(suffix),
            Values::Text(values) => json.raw(index.and_then(|at| values.get(at)).map_or("", String::as_str)),
            Values::TextOrNone(values) => {
                let value = index.and_then(|at| values.get(at.checked_sub(1)?));
                json.raw(value.map_or("", String::as_str))
            }
        };
    }
}

fn pieces(text: &str, template: &Template) -> Option<Vec<Piece>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        let column = || template.columns.iter().position(|column| column.trait_type == name);
        pieces.push(Piece::Text(escaped(before)));
        pieces.push(if name == "id" { Piece::Id } else { Piece::Column(column()?) });
        rest = tail;
    }
    pieces.push(Piece::Text(escaped(rest)));
    Some(pieces)
}

/// A text as it stands between quotes.
fn escaped(text: &str) -> String {
    let mut json = Json::with_room(text.len().saturating_add(2));
    json.text(text);
    let quoted = String::from_utf8(json.into_bytes()).unwrap_or_default();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use meteor_rules::metadata::Column;
    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = Values> {
        let text = "[a-z\"\\\\☄\n]{0,5}";
        let texts = || prop::collection::vec(text, 1..4);
        prop_oneof![
            text.prop_map(|suffix| Values::Number { suffix }),
            text.prop_map(|suffix| Values::Tenths { suffix }),
            texts().prop_map(Values::Text),
            texts().prop_map(Values::TextOrNone),
        ]
    }

    proptest! {
        #[test]
        fn tokens_show_what_the_rules_say(
            values in prop::collection::vec(values(), 0..4),
            name in "([a-z\"☄ ]|\\{id\\}|\\{c0\\}|\\{c\"1\\}){0,6}",
            traits in prop::collection::vec(0u32..6, 0..5),
            id in any::<u64>(),
        ) {
            let columns = values.into_iter().zip(0..).map(|(values, n)| {
                Column { trait_type: if n == 1 { "c\"1".into() } else { format!("c{n}") }, values }
            });
            let template = Template { description: format!("a {name}"), name, columns: columns.collect() };
            let Some(look) = Look::new(&template) else {
                prop_assert!(template.validate().is_err());
                return Ok(());
            };
            let mut json = Json::with_room(0);
            json.raw("{");
            let fits = look.write(&mut json, id, "b\"afy", &traits);
            let expected = template.render(&id.to_string(), "b\"afy", &traits).ok();
            prop_assert_eq!(fits, expected.is_some());
            json.raw("}");
            let text = String::from_utf8(json.into_bytes()).unwrap();
            prop_assert_eq!(text, expected.map_or("{}".to_owned(), |shown| serde_json::to_string(&shown).unwrap()));
        }
    }
}
