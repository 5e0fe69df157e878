//! What a token shows, from what is stored of it: an image and a row of small numbers, rendered by the
//! collection's template. Storage bytes are nearly the whole price of a mint; names and tables are
//! configuration.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most columns a template may have.
pub const MAX_COLUMNS: usize = 32;
/// Most values one column may choose from.
pub const MAX_VALUES: usize = 1_000;
/// Longest text (bytes) a template may hold in one place.
pub const MAX_TEXT: usize = 256;

/// How the tokens of a collection are described. In `name` and `description`, `{id}` stands for the token id
/// and `{rarity}`, say, for the value of the attribute `rarity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// For example `Levana Dragons: {rarity} Meteor #{id}`.
    pub name: String,
    /// For example `Evolutionary {rarity} Meteor NFT, stage 1 of the Levana Dragons adventure.`
    pub description: String,
    /// The attributes, in the order in which they are shown.
    pub columns: Vec<Column>,
}

/// One attribute of every token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The attribute's name, for example `rarity`.
    pub trait_type: String,
    /// What a stored number means.
    pub values: Values,
}

/// What the stored number of a column means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Values {
    /// The number itself, followed by a suffix (` kiloparsecs`).
    Number {
        /// Text after the number; may be empty.
        suffix: String,
    },
    /// The number counts tenths, followed by a suffix: 27 with `kg` is `2.7kg`.
    Tenths {
        /// Text after the number; may be empty.
        suffix: String,
    },
    /// The number picks from this list, from 0 on. An empty text is a value too.
    Text(Vec<String>),
    /// 0 leaves the attribute out; n picks the n-th of this list, from 1 on.
    TextOrNone(Vec<String>),
}

/// A token's description in the form marketplaces read (the OpenSea shape; attribute values are texts).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metadata {
    /// For example `Levana Dragons: Rare Meteor #15514`.
    pub name: String,
    /// What the token is.
    pub description: String,
    /// `ipfs://<CID>`.
    pub image: String,
    /// The attributes in the template's order.
    pub attributes: Vec<Attribute>,
}

/// One attribute as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attribute {
    /// The attribute's name.
    pub trait_type: String,
    /// Its value, always a text.
    pub value: String,
}

/// Why a template or a token's row can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MetadataError {
    /// Too many columns or values, or a text too long.
    #[error("the template's {what} has {given}, more than {most}: shorten it")]
    TooLarge {
        /// Which part of the template.
        what: &'static str,
        /// How many it has.
        given: usize,
        /// How many it may have.
        most: usize,
    },
    /// Two columns of one name, or a column without a name or without values.
    #[error("column {index} ({trait_type}) needs a name of its own and at least one value")]
    BadColumn {
        /// Place of the column, from 0.
        index: usize,
        /// Its name as given.
        trait_type: String,
    },
    /// A placeholder that is no column, or an unclosed brace.
    #[error("the template says {{{name}}}, which is neither id nor the name of a column")]
    UnknownPlaceholder {
        /// What stands between the braces.
        name: String,
    },
    /// The row has another number of values than the template has columns.
    #[error("a token has {given} traits where the collection has {wanted}: give one number for each column")]
    WrongCount {
        /// Numbers in the row.
        given: usize,
        /// Columns in the template.
        wanted: usize,
    },
    /// A number that picks nothing.
    #[error("trait {trait_type} has {values} values, counted from 0; {given} picks none of them")]
    NoSuchValue {
        /// The column's name.
        trait_type: String,
        /// How many values it has.
        values: usize,
        /// The number given.
        given: u32,
    },
    /// Not a bare content identifier.
    #[error("image {given:?} is not a bare CID (Qm… of 46, or b… of 59 lower-case base32 characters)")]
    BadImage {
        /// What was given, cut short.
        given: String,
    },
}

impl Values {
    /// The text of `number`; `None` where the attribute is left out.
    fn render(&self, trait_type: &str, number: u32) -> Result<Option<String>, MetadataError> {
        let pick = |values: &Vec<String>, index: Option<usize>| {
            let value = index.and_then(|index| values.get(index)).cloned();
            value.map(Some).ok_or_else(|| MetadataError::NoSuchValue {
                trait_type: trait_type.to_string(),
                values: values.len(),
                given: number,
            })
        };
        let index = usize::try_from(number).ok();
        match self {
            Self::Number { suffix } => Ok(Some(format!("{number}{suffix}"))),
            Self::Tenths { suffix } => Ok(Some(format!("{}.{}{suffix}", number / 10, number % 10))),
            Self::Text(values) => pick(values, index),
            Self::TextOrNone(_) if number == 0 => Ok(None),
            Self::TextOrNone(values) => pick(values, index.and_then(|index| index.checked_sub(1))),
        }
    }
}

impl Template {
    /// Checks sizes, names and placeholders.
    ///
    /// # Errors
    /// The first fault found, see [`MetadataError`].
    pub fn validate(&self) -> Result<(), MetadataError> {
        within("name", self.name.len(), MAX_TEXT)?;
        within("description", self.description.len(), MAX_TEXT)?;
        within("list of columns", self.columns.len(), MAX_COLUMNS)?;
        for (index, column) in self.columns.iter().enumerate() {
            within("column name", column.trait_type.len(), MAX_TEXT)?;
            let earlier = self.columns.iter().take(index);
            let (lengths, empty) = match &column.values {
                Values::Number { suffix } | Values::Tenths { suffix } => (suffix.len(), false),
                Values::Text(values) | Values::TextOrNone(values) => {
                    within("list of values", values.len(), MAX_VALUES)?;
                    (values.iter().map(String::len).max().unwrap_or(0), values.is_empty())
                }
            };
            within("value", lengths, MAX_TEXT)?;
            if empty
                || column.trait_type.is_empty()
                || earlier.clone().any(|other| other.trait_type == column.trait_type)
            {
                return Err(MetadataError::BadColumn { index, trait_type: column.trait_type.clone() });
            }
        }
        let known = |name: &str| {
            (name == "id" || self.columns.iter().any(|c| c.trait_type == name)).then(String::new)
        };
        fill(&self.name, known)?;
        fill(&self.description, known)?;
        Ok(())
    }

    /// Checks that `traits` has one number for each column and that each picks a value.
    ///
    /// # Errors
    /// [`MetadataError::WrongCount`] or [`MetadataError::NoSuchValue`].
    pub fn check(&self, traits: &[u32]) -> Result<(), MetadataError> {
        if traits.len() != self.columns.len() {
            return Err(MetadataError::WrongCount { given: traits.len(), wanted: self.columns.len() });
        }
        for (column, number) in self.columns.iter().zip(traits) {
            let (values, least) = match &column.values {
                Values::Text(values) => (values.len(), 0),
                Values::TextOrNone(values) => (values.len(), 1),
                Values::Number { .. } | Values::Tenths { .. } => continue,
            };
            // Compared first: a batch of tokens is checked without making their texts.
            if usize::try_from(*number).map_or(true, |index| index >= values + least) {
                column.values.render(&column.trait_type, *number)?; // says which and why
            }
        }
        Ok(())
    }

    /// What the token `id` with this `image` (a bare CID) and these `traits` shows.
    ///
    /// # Errors
    /// As [`Template::check`]; an unknown placeholder if the template was never validated.
    pub fn render(&self, id: &str, image: &str, traits: &[u32]) -> Result<Metadata, MetadataError> {
        self.check(traits)?;
        let attributes = self
            .columns
            .iter()
            .zip(traits)
            .filter_map(|(column, number)| {
                let value = column.values.render(&column.trait_type, *number).transpose()?;
                Some(value.map(|value| Attribute { trait_type: column.trait_type.clone(), value }))
            })
            .collect::<Result<Vec<_>, MetadataError>>()?;
        let value = |name: &str| {
            if name == "id" {
                return Some(id.to_string());
            }
            let column = self.columns.iter().find(|c| c.trait_type == name)?;
            let shown = attributes.iter().find(|a| a.trait_type == column.trait_type);
            Some(shown.map_or_else(String::new, |a| a.value.clone()))
        };
        Ok(Metadata {
            name: fill(&self.name, value)?,
            description: fill(&self.description, value)?,
            image: format!("ipfs://{image}"),
            attributes,
        })
    }
}

/// Checks that `image` is a bare CID: version 0 (`Qm…`, base58, 46 characters) or version 1 of a SHA-256 in
/// lower-case base32 (`b…`, 59 characters). The form is checked, not the multihash inside: nobody can tell
/// from a CID whether its bytes are hosted.
///
/// # Errors
/// [`MetadataError::BadImage`].
pub fn check_image(image: &str) -> Result<(), MetadataError> {
    let base58 = |c: char| c.is_ascii_alphanumeric() && !matches!(c, '0' | 'O' | 'I' | 'l');
    let base32 = |c: char| matches!(c, 'a'..='z' | '2'..='7');
    let good = (image.len() == 46 && image.starts_with("Qm") && image.chars().all(base58))
        || (image.len() == 59 && image.starts_with('b') && image.chars().all(base32));
    if good { Ok(()) } else { Err(MetadataError::BadImage { given: image.chars().take(64).collect() }) }
}

fn within(what: &'static str, given: usize, most: usize) -> Result<(), MetadataError> {
    if given > most { Err(MetadataError::TooLarge { what, given, most }) } else { Ok(()) }
}

/// Replaces each `{name}` in `text` by `value(name)`.
fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, MetadataError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let unknown = |name: &str| MetadataError::UnknownPlaceholder { name: name.to_string() };
        let (name, tail) = after.split_once('}').ok_or_else(|| unknown(after))?;
        out.push_str(&value(name).ok_or_else(|| unknown(name))?);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Values {
        Values::Text(values.iter().map(ToString::to_string).collect())
    }

    fn template() -> Template {
        let column = |trait_type: &str, values| Column { trait_type: trait_type.to_string(), values };
        Template {
            name: "Levana Dragons: {rarity} Meteor #{id}".into(),
            description: "Evolutionary {rarity} Meteor NFT, stage 1 of the Levana Dragons adventure.".into(),
            columns: vec![
                column("rarity", texts(&["Legendary", "Ancient", "Rare", "Common"])),
                column("rank", Values::Number { suffix: String::new() }),
                column("distance", Values::Number { suffix: " kiloparsecs".into() }),
                column("crystal3", texts(&["", "Red"])),
                column("weight", Values::Tenths { suffix: "kg".into() }),
            ],
        }
    }

    const CID: &str = "QmXti2f5NJMVyNDfhZYyxaDJvybGk7V98t245fP7KtRMxK";

    #[test]
    fn renders_a_meteor_of_2021() {
        let template = template();
        assert_eq!(template.validate(), Ok(()));
        let shown = template.render("15514", CID, &[2, 10614, 890, 0, 27]).unwrap();
        assert_eq!(shown.name, "Levana Dragons: Rare Meteor #15514");
        assert_eq!(
            shown.description,
            "Evolutionary Rare Meteor NFT, stage 1 of the Levana Dragons adventure."
        );
        assert_eq!(shown.image, format!("ipfs://{CID}"));
        let values: Vec<&str> = shown.attributes.iter().map(|a| a.value.as_str()).collect();
        assert_eq!(values, ["Rare", "10614", "890 kiloparsecs", "", "2.7kg"]);
    }

    #[test]
    fn an_attribute_can_be_left_out() {
        let mut template = template();
        let values = vec!["Gold".into(), "Iron".into()];
        template.columns[3] = Column { trait_type: "composition".into(), values: Values::TextOrNone(values) };
        let shown = |number| {
            let token = template.render("1", CID, &[0, 1, 1, number, 1])?;
            Ok(token.attributes.iter().find(|a| a.trait_type == "composition").map(|a| a.value.clone()))
        };
        assert_eq!(shown(0), Ok(None));
        assert_eq!(shown(2), Ok(Some("Iron".into())));
        assert!(matches!(shown(3), Err(MetadataError::NoSuchValue { given: 3, values: 2, .. })));
    }

    #[test]
    fn bad_rows_are_refused() {
        let template = template();
        assert_eq!(template.check(&[0]), Err(MetadataError::WrongCount { given: 1, wanted: 5 }));
        assert!(matches!(
            template.render("1", CID, &[4, 1, 1, 0, 1]),
            Err(MetadataError::NoSuchValue { given: 4, values: 4, .. })
        ));
        assert!(template.check(&[0, u32::MAX, u32::MAX, 0, u32::MAX]).is_ok());
    }

    #[test]
    fn bad_templates_are_refused() {
        let with = |change: fn(&mut Template)| {
            let mut template = template();
            change(&mut template);
            template.validate().unwrap_err()
        };
        let unknown = |error| matches!(error, MetadataError::UnknownPlaceholder { .. });
        assert!(unknown(with(|t| t.name = "Meteor {nmae}".into())));
        assert!(unknown(with(|t| t.description = "Meteor {rarity".into())));
        let bad = |error, at| matches!(error, MetadataError::BadColumn { index, .. } if index == at);
        assert!(bad(with(|t| t.columns[1].trait_type = "rarity".into()), 1));
        assert!(bad(with(|t| t.columns[0].values = texts(&[])), 0));
        assert!(matches!(with(|t| t.name = "x".repeat(MAX_TEXT + 1)), MetadataError::TooLarge { .. }));
    }

    #[test]
    fn images_are_bare_cids() {
        assert!(check_image(CID).is_ok());
        assert!(check_image("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e").is_ok());
        for bad in [
            "",
            "ipfs://QmXti2f5NJMVyNDfhZYyxaDJvybGk7V98t245fP7KtRMxK",
            "Qm",
            "BAFK",
            "Qm0ti2f5NJMVyNDfhZYyxaDJvybGk7V98t245fP7KtRMxK",
        ] {
            assert!(matches!(check_image(bad), Err(MetadataError::BadImage { .. })), "{bad}");
        }
    }

    #[test]
    fn values_read_as_json() {
        let values: Values = serde_json::from_str(r#"{"tenths":{"suffix":"kg"}}"#).unwrap();
        assert_eq!(values, Values::Tenths { suffix: "kg".into() });
        assert_eq!(serde_json::to_string(&texts(&["a"])).unwrap(), r#"{"text":["a"]}"#);
    }
}
