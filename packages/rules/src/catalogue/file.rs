//! The catalogue's file: CSV with a line for each piece. Reading it finds everything that is wrong with it at once,
//! because a launch commits to it for good.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use thiserror::Error;

use super::{Catalogue, Piece};
use crate::metadata::{Column, MetadataError, Template, Values, check_image};
use crate::tier::{PerTier, Tier};

/// The fields before the traits.
const FIELDS: [&str; 3] = ["tier", "index", "image"];
/// Columns of the meteors' template that the shower contract fills in: rarity, rank, shower.
const OWN_COLUMNS: usize = 3;
/// Most characters of a field that a fault repeats.
pub(super) const SHOWN: usize = 80;

/// Something wrong with a line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {what}")]
pub struct Fault {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: What,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum What {
    /// Bytes that are no text.
    #[error("it is not UTF-8: save the file as UTF-8")]
    NotText,
    /// Another first line.
    #[error("the first line must be {wanted:?}, as the meteors' template has it")]
    Header {
        /// How it must be.
        wanted: String,
    },
    /// A blank line before the end.
    #[error("it is blank: take it out")]
    Blank,
    /// Too few or too many fields.
    #[error("it has {given} fields where the first line has {wanted}")]
    Fields {
        /// How many there are.
        given: usize,
        /// How many there must be.
        wanted: usize,
    },
    /// A text that is no tier.
    #[error("{given:?} is no tier: write legendary, ancient, rare or common")]
    Tier {
        /// As given.
        given: String,
    },
    /// A tier after one that comes later.
    #[error("{given} comes after {before}: the order is legendary, ancient, rare, common")]
    TierOrder {
        /// Its tier.
        given: Tier,
        /// The tier of an earlier line.
        before: Tier,
    },
    /// An index that isn't the next one.
    #[error("its index is {given:?}, and the next of {tier} is {wanted}")]
    Index {
        /// The tier.
        tier: Tier,
        /// As given.
        given: String,
        /// The next one.
        wanted: u32,
    },
    /// An image that is no bare CID.
    #[error(transparent)]
    Image(MetadataError),
    /// An image that another piece has.
    #[error("its image is that of line {other}: two meteors would look the same")]
    ImageTwice {
        /// The other line.
        other: usize,
    },
    /// A trait that is no number.
    #[error("{column} is {given:?}: write the number that the chain stores")]
    Number {
        /// The column's name.
        column: String,
        /// As given.
        given: String,
    },
    /// A trait that picks none of its column's values.
    #[error("{column} is {given}, which picks none of its values: write 0 to {most}")]
    NoSuchValue {
        /// The column's name.
        column: String,
        /// As given.
        given: u32,
        /// The highest number.
        most: usize,
    },
    /// A tier without pieces.
    #[error("the file ends without a piece for {tier}: give each tier at least one")]
    NoPieces {
        /// The tier.
        tier: Tier,
    },
}

/// Reads a catalogue whose pieces are for meteors of `template`.
///
/// # Errors
/// Everything that is wrong, in the order of lines.
pub fn read(file: &[u8], template: &Template) -> Result<Catalogue, Vec<Fault>> {
    let text = core::str::from_utf8(file).map_err(|error| {
        let good = file.iter().take(error.valid_up_to());
        let line = good.filter(|byte| **byte == b'\n').count().saturating_add(1);
        alloc::vec![Fault { line, what: What::NotText }]
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    while lines.pop_if(|last| last.is_empty()).is_some() {}
    let last = lines.len().max(1);
    let columns: Vec<&Column> = template.columns.iter().skip(OWN_COLUMNS).collect();
    let wanted = header(&columns);
    if lines.first() != Some(&wanted.as_str()) {
        // What the fields of the other lines are for is not known.
        return Err(alloc::vec![Fault { line: 1, what: What::Header { wanted } }]);
    }
    let mut reading = Reading { columns, ..Reading::default() };
    for (line, row) in (2..).zip(lines.iter().skip(1)) {
        reading.row(line, row);
    }
    let Reading { pieces, mut faults, .. } = reading;
    // A line whose tier can't be read or is out of order may be the one that seems to be missing.
    let unplaced = |fault: &Fault| {
        matches!(fault.what, What::Tier { .. } | What::TierOrder { .. } | What::Fields { .. })
    };
    if !faults.iter().any(unplaced) {
        let empty = Tier::ALL.into_iter().filter(|tier| pieces.get(*tier).is_empty());
        faults.extend(empty.map(|tier| Fault { line: last, what: What::NoPieces { tier } }));
    }
    if faults.is_empty() { Ok(Catalogue::new(pieces)) } else { Err(faults) }
}

/// The file of a catalogue whose pieces are for meteors of `template`.
pub fn write(catalogue: &Catalogue, template: &Template) -> String {
    let columns: Vec<&Column> = template.columns.iter().skip(OWN_COLUMNS).collect();
    let mut file = header(&columns);
    file.push('\n');
    for tier in Tier::ALL {
        for (index, Piece { image, traits }) in catalogue.pieces(tier).iter().enumerate() {
            // Writing to a text never fails.
            let _ = write!(file, "{tier},{index},{image}");
            for number in traits {
                let _ = write!(file, ",{number}");
            }
            file.push('\n');
        }
    }
    file
}

fn header(columns: &[&Column]) -> String {
    let names = columns.iter().map(|column| column.trait_type.as_str());
    FIELDS.into_iter().chain(names).collect::<Vec<_>>().join(",")
}

/// What was read so far.
#[derive(Default)]
struct Reading<'a> {
    columns: Vec<&'a Column>,
    pieces: PerTier<Vec<Piece>>,
    faults: Vec<Fault>,
    /// The tier and index that the next line may have.
    at: Option<(Tier, u32)>,
    /// The line of each image.
    images: BTreeMap<String, usize>,
}

impl Reading<'_> {
    fn row(&mut self, line: usize, row: &str) {
        let fields: Vec<&str> = row.split(',').collect();
        let wanted = self.columns.len().saturating_add(FIELDS.len());
        let (&[tier, index, image, ref traits @ ..], true) = (fields.as_slice(), fields.len() == wanted)
        else {
            let what = if row.trim().is_empty() {
                What::Blank
            } else {
                What::Fields { given: fields.len(), wanted }
            };
            self.faults.push(Fault { line, what });
            return;
        };
        let tier = self.place(line, tier, index);
        if let Err(error) = check_image(image) {
            self.fault(line, What::Image(error));
        } else if let Some(other) = self.images.insert(image.to_string(), line) {
            self.fault(line, What::ImageTwice { other });
        }
        let mut numbers = Vec::with_capacity(traits.len());
        for (at, given) in traits.iter().enumerate() {
            let Some(column) = self.columns.get(at) else { return };
            match number(column, given) {
                Ok(number) => numbers.push(number),
                Err(what) => self.fault(line, what),
            }
        }
        let Some(tier) = tier else { return };
        self.pieces.get_mut(tier).push(Piece { image: image.to_string(), traits: numbers });
    }

    /// The tier of a line, if it names one; checks that tier and index are the next.
    fn place(&mut self, line: usize, tier: &str, index: &str) -> Option<Tier> {
        let Ok(tier) = tier.parse::<Tier>() else {
            self.fault(line, What::Tier { given: shown(tier) });
            return None;
        };
        let wanted = match self.at {
            Some((before, next)) if before == tier => next,
            Some((before, _)) if before > tier => {
                self.fault(line, What::TierOrder { given: tier, before });
                return Some(tier);
            }
            Some(_) | None => 0,
        };
        let given = digits(index);
        if given != Some(wanted) {
            self.fault(line, What::Index { tier, given: shown(index), wanted });
        }
        // One that is missing is one fault, not one for every line after it.
        self.at = Some((tier, given.unwrap_or(wanted).saturating_add(1)));
        Some(tier)
    }

    fn fault(&mut self, line: usize, what: What) {
        self.faults.push(Fault { line, what });
    }
}

/// The number of a column, which must pick one of its values.
fn number(column: &Column, given: &str) -> Result<u32, What> {
    let name = || column.trait_type.clone();
    let number = digits(given).ok_or_else(|| What::Number { column: name(), given: shown(given) })?;
    let most = match &column.values {
        Values::Number { .. } | Values::Tenths { .. } => return Ok(number),
        Values::Text(values) => values.len().saturating_sub(1),
        Values::TextOrNone(values) => values.len(),
    };
    if usize::try_from(number).is_ok_and(|number| number <= most) {
        Ok(number)
    } else {
        Err(What::NoSuchValue { column: name(), given: number, most })
    }
}

/// A number as it is written in one way only: no sign, no zeros in front, no spaces.
fn digits(text: &str) -> Option<u32> {
    let number = text.parse::<u32>().ok()?;
    (number.to_string() == text).then_some(number)
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::catalogue) fn template() -> Template {
        let column = |trait_type: &str, values| Column { trait_type: trait_type.into(), values };
        let texts = |values: &[&str]| values.iter().map(ToString::to_string).collect();
        let number = || Values::Number { suffix: String::new() };
        Template {
            name: "{id}".into(),
            description: String::new(),
            columns: vec![
                column("rarity", number()),
                column("rank", number()),
                column("shower", number()),
                column("distance", number()),
                column("crystal", Values::Text(texts(&["Red", "Blue"]))),
                column("ring", Values::TextOrNone(texts(&["Gold"]))),
            ],
        }
    }

    /// A bare CID for each number.
    pub(in crate::catalogue) fn image(n: usize) -> String {
        format!(
            "b{}{}",
            "a".repeat(55),
            format!("{n:03}").replace('0', "x").replace('1', "y").replace(['8', '9'], "z")
        )
    }

    pub(in crate::catalogue) fn lines() -> Vec<String> {
        let mut lines = vec!["tier,index,image,distance,crystal,ring".to_string()];
        for (n, place) in ["legendary,0", "ancient,0", "ancient,1", "rare,0", "common,0"].iter().enumerate() {
            lines.push(format!("{place},{},{n},1,1", image(n)));
        }
        lines
    }

    fn faults(lines: &[String]) -> Vec<String> {
        let faults = read(lines.join("\n").as_bytes(), &template()).unwrap_err();
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let catalogue = read(lines().join("\n").as_bytes(), &template()).unwrap();
        assert_eq!(catalogue.pieces(Tier::Ancient).len(), 2);
        assert_eq!(catalogue.pieces(Tier::Common)[0], Piece { image: image(4), traits: vec![4, 1, 1] });
        let text = write(&catalogue, &template());
        assert_eq!(text, lines().join("\n") + "\n");
        // As spreadsheets save it.
        let saved = format!("\u{feff}{}\r\n\r\n", lines().join("\r\n"));
        let again = read(saved.as_bytes(), &template()).unwrap();
        for tier in Tier::ALL {
            assert_eq!(again.committed(tier), catalogue.committed(tier));
        }
    }

    #[test]
    fn each_fault_is_said_with_its_line() {
        let spoiled = |line: usize, from: &str, to: &str| {
            let mut lines = lines();
            assert!(lines[line - 1].contains(from));
            lines[line - 1] = lines[line - 1].replace(from, to);
            faults(&lines)
        };
        let header = "line 1: the first line must be \"tier,index,image,distance,crystal,ring\", as the meteors' template has it";
        assert_eq!(spoiled(1, "ring", "rings"), [header]);
        let cases = [
            ("rare", "epic", "line 5: \"epic\" is no tier: write legendary, ancient, rare or common"),
            ("rare,0", "rare,1", "line 5: its index is \"1\", and the next of rare is 0"),
            ("rare,0", "rare,00", "line 5: its index is \"00\", and the next of rare is 0"),
            (",3,1,1", ",x,1,1", "line 5: distance is \"x\": write the number that the chain stores"),
            (",3,1,1", ",-3,1,1", "line 5: distance is \"-3\": write the number that the chain stores"),
            (",3,1,1", ",3,2,1", "line 5: crystal is 2, which picks none of its values: write 0 to 1"),
            (",3,1,1", ",3,1,2", "line 5: ring is 2, which picks none of its values: write 0 to 1"),
            (",3,1,1", ",3,1", "line 5: it has 5 fields where the first line has 6"),
            (",3,1,1", ",3,1,1,", "line 5: it has 7 fields where the first line has 6"),
        ];
        for (from, to, fault) in cases {
            assert_eq!(spoiled(5, from, to), [fault], "{to}");
        }
        assert_eq!(
            spoiled(5, &image(3), &image(1)),
            ["line 5: its image is that of line 3: two meteors would look the same"]
        );
        assert!(
            spoiled(5, &image(3), "ipfs://x")[0].starts_with("line 5: image \"ipfs://x\" is not a bare CID")
        );
        assert_eq!(
            spoiled(5, "rare,0", "legendary,1"),
            ["line 5: legendary comes after ancient: the order is legendary, ancient, rare, common"]
        );
        let mut blank = lines();
        blank.insert(3, " ".into());
        assert_eq!(faults(&blank), ["line 4: it is blank: take it out"]);
        assert_eq!(
            faults(&lines()[..5]),
            ["line 5: the file ends without a piece for common: give each tier at least one"]
        );
        let bytes = [lines().join("\n").as_bytes(), b"\n\xff"].concat();
        assert_eq!(read(&bytes, &template()).unwrap_err()[0].line, 7);
        assert_eq!(faults(&[]).len(), 1);
    }

    #[test]
    fn all_faults_are_said_at_once_and_a_gap_is_one() {
        let mut lines = lines();
        lines[2] = lines[2].replace("ancient,0", "ancient,4");
        lines[3] = lines[3].replace("ancient,1", "ancient,5");
        lines[4] = lines[4].replace(",3,1,1", ",x,7,1");
        let said = faults(&lines);
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("line 3: its index is \"4\"") && said[1].starts_with("line 5: distance"));
        // A tier that is missing is said too, unless one of the other faults may be its line.
        let last = lines.pop().unwrap();
        let said = faults(&lines);
        assert_eq!(said.len(), 4, "{said:?}");
        assert!(said[3].starts_with("line 5: the file ends without a piece for common"));
        lines.push(last.replace("common", "Common"));
        assert_eq!(faults(&lines).len(), 4);
    }
}
