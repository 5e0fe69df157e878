//! The plan as a marketplace imports it: CSV (RFC 4180) with a line for each meteor. Columns of attributes are called
//! `attributes[rarity]`, as marketplaces' own templates call them.

use std::borrow::Cow;

use meteor_rules::TokenId;
use meteor_rules::metadata::{Metadata, Template};

/// A meteor of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its number.
    pub token_id: TokenId,
    /// Who gets it.
    pub owner: &'a str,
    /// What it shows: the same as the collection will say.
    pub shown: Metadata,
    /// Whether its shower is over: nothing in this line can change any more.
    pub is_final: bool,
}

/// The first line, with its end.
pub fn header(template: &Template) -> String {
    let attributes = template.columns.iter().map(|column| format!("attributes[{}]", column.trait_type));
    let names = ["token_id", "owner", "name", "description", "image"].map(str::to_owned);
    joined(names.into_iter().chain(attributes).chain(["status".to_owned()]))
}

/// The line of one meteor, with its end. An attribute that it doesn't have is empty.
pub fn line(template: &Template, row: &Row<'_>) -> String {
    let Row { token_id, owner, shown, is_final } = row;
    let Metadata { name, description, image, attributes } = shown;
    let number = token_id.to_string();
    let attribute = |wanted: &str| {
        let found = attributes.iter().find(|attribute| attribute.trait_type == wanted);
        found.map_or("", |attribute| attribute.value.as_str())
    };
    let fields = [number.as_str(), owner, name, description, image].into_iter();
    let attributes = template.columns.iter().map(|column| attribute(&column.trait_type));
    let status = if *is_final { "final" } else { "as of now" };
    joined(fields.chain(attributes).chain([status]))
}

fn joined(fields: impl Iterator<Item = impl AsRef<str>>) -> String {
    let mut line = String::new();
    for field in fields {
        if !line.is_empty() {
            line.push(',');
        }
        line.push_str(&quoted(field.as_ref()));
    }
    line.push('\n');
    line
}

/// A field as CSV has it: in quotes where it holds what separates fields or lines.
fn quoted(field: &str) -> Cow<'_, str> {
    if field.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", field.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(field)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use meteor_rules::metadata::{Column, Values};

    use super::*;

    #[test]
    fn a_meteor_is_a_line_with_a_field_for_each_attribute() {
        let column = |trait_type: &str, values| Column { trait_type: trait_type.into(), values };
        let texts = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
        let template = Template {
            name: "Dragons: {rarity} Meteor #{id}".into(),
            description: "Stage 1, \"the fall\".".into(),
            columns: vec![
                column("rarity", Values::Text(texts(&["Legendary", "Rare"]))),
                column("ring", Values::TextOrNone(texts(&["Gold"]))),
                column("distance", Values::Number { suffix: " kiloparsecs".into() }),
            ],
        };
        let head = "token_id,owner,name,description,image,attributes[rarity],attributes[ring],attributes[distance],status\n";
        assert_eq!(header(&template), head);
        let of = |ring, is_final| {
            let shown = template.render("15514", "Qm", &[1, ring, 890]).unwrap();
            line(&template, &Row { token_id: TokenId(15514), owner: "terra1a", shown, is_final })
        };
        let start = "15514,terra1a,Dragons: Rare Meteor #15514,\"Stage 1, \"\"the fall\"\".\",ipfs://Qm,Rare";
        assert_eq!(of(0, true), format!("{start},,890 kiloparsecs,final\n"));
        assert_eq!(of(1, false), format!("{start},Gold,890 kiloparsecs,as of now\n"));
    }
}
