//! The catalogue's file: CSV with a line for each piece. Reading it finds everything that is wrong with it at once,
//! because a launch commits to it for good.
//!
//! Two columns may follow the traits, `bytes,sha256`: the length and the hash of each image's file. The launch doesn't
//! commit to them; the CID says it all. They are there so that anyone can check a downloaded image with what every
//! machine has, and so that its file is known to be whole without reading it.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use thiserror::Error;

use super::{Catalogue, Piece};
use crate::fairness::Bytes32;
use crate::metadata::{Column, MetadataError, Template, Values, check_image};
use crate::tier::{PerTier, Tier};

/// The fields before the traits.
const FIELDS: [&str; 3] = ["tier", "index", "image"];
/// The fields after the traits; both or neither. No trait's column can have these names.
const FILE_FIELDS: [&str; 2] = ["bytes", "sha256"];
/// Columns of the meteors' template that the shower contract fills in: rarity, rank, shower.
const OWN_COLUMNS: usize = 3;
/// Most characters of a field that a fault repeats.
const SHOWN: usize = 80;

/// What the file says about an image's file besides its CID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageFile {
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Bytes32,
}

/// A catalogue and what its file says about the images' files.
#[derive(Clone, Debug)]
pub struct Described {
    /// What the launch commits to.
    pub catalogue: Catalogue,
    /// For each piece, in the same order; `None` if the file lacks these columns.
    pub files: Option<PerTier<Vec<ImageFile>>>,
}

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
    #[error(
        "the first line must be {wanted:?}, as the meteors' template has it; only \",bytes,sha256\" may follow"
    )]
    Header {
        /// How it must be, without the columns that may follow.
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
    /// A length of the image's file that is no number above 0.
    #[error("bytes is {given:?}: write how many bytes the image's file has")]
    Bytes {
        /// As given.
        given: String,
    },
    /// A hash that isn't one.
    #[error("sha256 is {given:?}: write 64 lower-case hexadecimal digits")]
    Sha256 {
        /// As given.
        given: String,
    },
    /// A hash that isn't that of the image's CID.
    #[error("its sha256 is not that of its image: a file with this hash has the CID {wanted}")]
    OtherImage {
        /// The CID of the file with this hash.
        wanted: String,
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
    read_described(file, template).map(|described| described.catalogue)
}

/// Reads a catalogue as [`read`] does, and what its file says about the images' files.
///
/// # Errors
/// Everything that is wrong, in the order of lines.
pub fn read_described(file: &[u8], template: &Template) -> Result<Described, Vec<Fault>> {
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
    let first = lines.first().copied().unwrap_or_default();
    let without = without_file_fields(first);
    if without.unwrap_or(first) != wanted {
        // What the fields of the other lines are for is not known.
        return Err(alloc::vec![Fault { line: 1, what: What::Header { wanted } }]);
    }
    let mut reading = Reading { columns, described: without.is_some(), ..Reading::default() };
    for (line, row) in (2..).zip(lines.iter().skip(1)) {
        reading.row(line, row);
    }
    let Reading { pieces, files, described, mut faults, .. } = reading;
    // A line whose tier can't be read or is out of order may be the one that seems to be missing.
    let unplaced = |fault: &Fault| {
        matches!(fault.what, What::Tier { .. } | What::TierOrder { .. } | What::Fields { .. })
    };
    if !faults.iter().any(unplaced) {
        let empty = Tier::ALL.into_iter().filter(|tier| pieces.get(*tier).is_empty());
        faults.extend(empty.map(|tier| Fault { line: last, what: What::NoPieces { tier } }));
    }
    if faults.is_empty() {
        Ok(Described { catalogue: Catalogue::new(pieces), files: described.then_some(files) })
    } else {
        Err(faults)
    }
}

/// The file of a catalogue whose pieces are for meteors of `template`.
pub fn write(catalogue: &Catalogue, template: &Template) -> String {
    written(catalogue, template, None)
}

/// The file of a catalogue with what is known about the images' files; `None` if that isn't as long as the catalogue.
pub fn write_described(
    catalogue: &Catalogue,
    files: &PerTier<Vec<ImageFile>>,
    template: &Template,
) -> Option<String> {
    let as_long = |tier: Tier| files.get(tier).len() == catalogue.pieces(tier).len();
    Tier::ALL.into_iter().all(as_long).then(|| written(catalogue, template, Some(files)))
}

/// Writing to a text never fails, so nothing is done about it.
fn written(catalogue: &Catalogue, template: &Template, files: Option<&PerTier<Vec<ImageFile>>>) -> String {
    let columns: Vec<&Column> = template.columns.iter().skip(OWN_COLUMNS).collect();
    let mut text = header(&columns);
    if files.is_some() {
        let _ = write!(text, ",{}", FILE_FIELDS.join(","));
    }
    text.push('\n');
    for tier in Tier::ALL {
        let mut described = files.map(|files| files.get(tier).iter());
        for (index, Piece { image, traits }) in catalogue.pieces(tier).iter().enumerate() {
            let _ = write!(text, "{tier},{index},{image}");
            for number in traits {
                let _ = write!(text, ",{number}");
            }
            if let Some(ImageFile { bytes, sha256 }) = described.as_mut().and_then(Iterator::next) {
                let _ = write!(text, ",{bytes},{}", hex::encode(sha256));
            }
            text.push('\n');
        }
    }
    text
}

/// The first line without the fields about the images' files, if it ends with them.
pub(crate) fn without_file_fields(header: &str) -> Option<&str> {
    header.strip_suffix("bytes,sha256")?.strip_suffix(',')
}

/// The CID (version 1, raw bytes) of a file with this hash, as text.
pub fn raw_cid(sha256: &Bytes32) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    // Version 1, raw, SHA-256, 32 bytes long.
    let bytes = [0x01, 0x55, 0x12, 0x20].into_iter().chain(*sha256);
    let mut text = String::from("b");
    let (mut held, mut bits) = (0u32, 0u32);
    let mut push = |held: u32| {
        let letter = usize::try_from(held & 31).ok().and_then(|at| ALPHABET.get(at));
        text.push(char::from(letter.copied().unwrap_or_default()));
    };
    for byte in bytes {
        held = (held & 31) << 8 | u32::from(byte);
        bits = bits.saturating_add(8);
        while bits >= 5 {
            bits = bits.saturating_sub(5);
            push(held >> bits);
        }
    }
    // 36 bytes are 288 bits: 57 letters and 3 bits, which the last letter has above two zeros.
    push(held << 5u32.saturating_sub(bits));
    text
}

/// Whether a CID is one that [`raw_cid`] could have made: what all these have in front.
fn is_raw(image: &str) -> bool {
    image.starts_with("bafkrei")
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
    /// Whether the lines end with what is known about the images' files.
    described: bool,
    files: PerTier<Vec<ImageFile>>,
    faults: Vec<Fault>,
    /// The tier and index that the next line may have.
    at: Option<(Tier, u32)>,
    /// The line of each image.
    images: BTreeMap<String, usize>,
}

impl Reading<'_> {
    fn row(&mut self, line: usize, row: &str) {
        let fields: Vec<&str> = row.split(',').collect();
        let after = if self.described { FILE_FIELDS.len() } else { 0 };
        let wanted = self.columns.len().saturating_add(FIELDS.len()).saturating_add(after);
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
        let (traits, file) = match traits {
            [traits @ .., bytes, sha256] if self.described => {
                (traits, self.image_file(line, image, bytes, sha256))
            }
            traits => (traits, None),
        };
        let mut numbers = Vec::with_capacity(traits.len());
        for (at, given) in traits.iter().enumerate() {
            let Some(column) = self.columns.get(at) else { return };
            match number(column, given) {
                Ok(number) => numbers.push(number),
                Err(what) => self.fault(line, what),
            }
        }
        let (pieces, files) = match tier {
            None => return,
            Some(Tier::Legendary) => (&mut self.pieces.legendary, &mut self.files.legendary),
            Some(Tier::Ancient) => (&mut self.pieces.ancient, &mut self.files.ancient),
            Some(Tier::Rare) => (&mut self.pieces.rare, &mut self.files.rare),
            Some(Tier::Common) => (&mut self.pieces.common, &mut self.files.common),
        };
        pieces.push(Piece { image: image.to_string(), traits: numbers });
        files.extend(file);
    }

    /// What a line says about the image's file; `None` and a fault if it can't be true.
    fn image_file(&mut self, line: usize, image: &str, bytes: &str, sha256: &str) -> Option<ImageFile> {
        let length = bytes.parse::<u64>().ok().filter(|given| *given > 0 && given.to_string() == bytes);
        if length.is_none() {
            self.fault(line, What::Bytes { given: shown(bytes) });
        }
        let mut hash = [0; 32];
        let lower = sha256.bytes().all(|byte| !byte.is_ascii_uppercase());
        if hex::decode_to_slice(sha256, &mut hash).is_err() || !lower {
            self.fault(line, What::Sha256 { given: shown(sha256) });
            return None;
        }
        if is_raw(image) && raw_cid(&hash) != image {
            self.fault(line, What::OtherImage { wanted: raw_cid(&hash) });
            return None;
        }
        Some(ImageFile { bytes: length?, sha256: hash })
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
mod tests {
    use super::*;

    fn template() -> Template {
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
    fn image(n: usize) -> String {
        format!(
            "b{}{}",
            "a".repeat(55),
            format!("{n:03}").replace('0', "x").replace('1', "y").replace(['8', '9'], "z")
        )
    }

    fn lines() -> Vec<String> {
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
        let header = "line 1: the first line must be \"tier,index,image,distance,crystal,ring\", as the meteors' template has it; only \",bytes,sha256\" may follow";
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
    fn length_and_hash_of_the_images_may_follow_and_must_agree_with_the_cid() {
        // Made with other tools: CID and SHA-256 of "hello world".
        let cid = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
        let sha256 = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
        let mut lines = lines();
        for (at, line) in lines.iter_mut().enumerate() {
            *line = if at == 0 { format!("{line},bytes,sha256") } else { format!("{line},11,{sha256}") };
        }
        lines[1] = lines[1].replace(&image(0), cid);
        let text = lines.join("\n") + "\n";
        let described = read_described(text.as_bytes(), &template()).unwrap();
        let files = described.files.unwrap();
        assert_eq!(files.legendary[0].bytes, 11);
        assert_eq!(raw_cid(&files.legendary[0].sha256), cid);
        assert_eq!(write_described(&described.catalogue, &files, &template()).unwrap(), text);
        // The launch doesn't commit to them.
        let plain = write(&described.catalogue, &template());
        let without = read_described(plain.as_bytes(), &template()).unwrap();
        assert!(without.files.is_none());
        for tier in Tier::ALL {
            assert_eq!(without.catalogue.committed(tier), described.catalogue.committed(tier));
        }

        let spoiled = |from: &str, to: &str| {
            let mut lines = lines.clone();
            assert!(lines[1].contains(from));
            lines[1] = lines[1].replace(from, to);
            faults(&lines)
        };
        assert_eq!(
            spoiled(",11,", ",0,"),
            ["line 2: bytes is \"0\": write how many bytes the image's file has"]
        );
        assert_eq!(
            spoiled(sha256, &sha256.to_uppercase()),
            [format!(
                "line 2: sha256 is {:?}: write 64 lower-case hexadecimal digits",
                sha256.to_uppercase()
            )]
        );
        assert!(
            spoiled("b94d", "b94e")[0]
                .starts_with("line 2: its sha256 is not that of its image: a file with")
        );
        assert_eq!(
            spoiled(&format!(",{sha256}"), ""),
            ["line 2: it has 7 fields where the first line has 8"]
        );
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
