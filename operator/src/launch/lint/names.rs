//! Labels, names and symbols: what chains and collections take. A collection's name is its contract's label, too.

use meteor_messages::limits::MAX_TEXT;
use meteor_messages::shower::OWN_COLUMNS;
use meteor_rules::metadata::{Template, Values};
use meteor_rules::preset::Preset;
use meteor_rules::tier::Tier;

use crate::launch::finding::{Finding, TextFault};

/// What is wrong with a text that becomes a label or a name.
pub(super) fn fault(text: &str) -> Option<TextFault> {
    if text.is_empty() {
        return Some(TextFault::Empty);
    }
    if text.len() > MAX_TEXT {
        return Some(TextFault::Long(text.len()));
    }
    if text.trim() != text {
        return Some(TextFault::Space);
    }
    text.chars().find(|c| !printable(*c)).map(TextFault::Unprintable)
}

/// Whether Go's `unicode.IsPrint`, by which chains go, holds: Rust escapes the same characters, and three more.
fn printable(c: char) -> bool {
    // After a letter, marks that are put upon one are not escaped either.
    matches!(c, '"' | '\'' | '\\') || format!("a{c}").escape_debug().count() == 2
}

/// Names, symbols and the columns that the shower contract fills in.
pub(super) fn collections(preset: &Preset, found: &mut Vec<Finding>) {
    let crack = &preset.crack;
    for (key, collection) in
        [("meteors", &preset.meteors), ("crack.eggs", &crack.eggs), ("crack.dust", &crack.dust)]
    {
        for (what, text) in [("name", &collection.name), ("symbol", &collection.symbol)] {
            let fault = fault(text);
            found.extend(fault.map(|fault| Finding::Text { key: format!("{key}.{what}"), what, fault }));
        }
    }
    own_columns(&preset.meteors.template, found);
}

/// The first columns are filled in by the contract and must mean what it writes.
fn own_columns(template: &Template, found: &mut Vec<Finding>) {
    let tiers: Vec<&str> = Tier::ALL.into_iter().map(Tier::title).collect();
    for (wanted, at) in OWN_COLUMNS.into_iter().zip(1..) {
        let column = template.columns.get(at - 1_usize);
        let fits = column.is_some_and(|column| {
            column.trait_type == wanted
                && match &column.values {
                    Values::Text(values) => at == 1 && *values == tiers,
                    Values::Number { .. } => at > 1,
                    Values::Tenths { .. } | Values::TextOrNone(_) => false,
                }
        });
        if !fits {
            let values = if at == 1 { format!("the texts {}", tiers.join(", ")) } else { "a number".into() };
            let why = format!(
                "column {at} must be {wanted:?} with {values}: the contract fills it in, so put it there, before the art's"
            );
            found.push(Finding::Preset { key: format!("meteors.template.columns[{at}]"), why });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chains_print_is_printable_and_nothing_else() {
        for good in ["My Dragons", "d'Artagnan \"x\" \\", "Drachen-Müller", "e\u{301}", "龍", "🐉"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for (bad, c) in
            [("a\tb", '\t'), ("a\u{200b}b", '\u{200b}'), ("a\u{a0}b", '\u{a0}'), ("a\u{1}", '\u{1}')]
        {
            assert_eq!(fault(bad), Some(TextFault::Unprintable(c)));
        }
        assert_eq!(fault(" a"), Some(TextFault::Space));
        assert_eq!(fault("a\n"), Some(TextFault::Space));
        assert_eq!(fault(""), Some(TextFault::Empty));
        assert_eq!(fault(&"é".repeat(64)), None);
        assert_eq!(fault(&"é".repeat(65)), Some(TextFault::Long(130)));
    }
}
