//! Checks a catalogue and its images before anything is paid: everything that is wrong is said at once, with its line or
//! file. A launch commits to the catalogue for good, so what only looks odd is said too.

mod contents;

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use cid::Cid;
use meteor_rules::catalogue::described::{self, Described, Fault};
use meteor_rules::metadata::{Template, check_image};
use meteor_rules::preset::Preset;
use meteor_rules::tier::Tier;
use rayon::prelude::*;
use thiserror::Error;

pub use self::contents::{compared, contents};
use crate::cid::{Image, ImageError, image, raw_sha256};
use crate::folder::{self, Folder, Odd};
use crate::format;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The catalogue or its images can't be used like this.
    Error,
    /// They can, but it is probably not meant.
    Warning,
}

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A line of the catalogue's file, from 1.
    Line(usize),
    /// A file or folder.
    Path(PathBuf),
    /// The pieces of a tier.
    Tier(Tier),
    /// A key of the preset.
    Preset(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Tier(tier) => write!(f, "{tier}"),
            Self::Preset(key) => write!(f, "the preset's {key}"),
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {what}")]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub what: What,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum What {
    /// Something that makes a launch refuse the file.
    #[error(transparent)]
    Fault(#[from] described::What),
    /// A byte-order mark.
    #[error(
        "a byte-order mark comes before the first word: it is passed over, but save the file as UTF-8 without it"
    )]
    ByteOrderMark,
    /// Line ends of Windows.
    #[error(
        "{count} lines end as on Windows: they are read all the same, but copies with other line ends are other files"
    )]
    LineEnds {
        /// How many.
        count: usize,
    },
    /// Blank lines at the end.
    #[error("{count} blank lines end the file: they are passed over")]
    BlankEnd {
        /// How many.
        count: usize,
    },
    /// A character that may look like another.
    #[error("it has {character:?} (U+{:04X}), which isn't ASCII: it may look like the right one, but isn't", u32::from(*character))]
    NotAscii {
        /// The first such one.
        character: char,
    },
    /// A text in the form of a CID that is none.
    #[error("image {given} looks like a CID and is none ({why}): copy it again")]
    NoCid {
        /// As given.
        given: String,
        /// What is wrong.
        why: String,
    },
    /// A CID that doesn't name a file's own bytes.
    #[error("image {given} is not the CID of one raw block (bafkrei…), so no file can be compared with it")]
    NotRaw {
        /// As given.
        given: String,
    },
    /// A text that a trait can't have.
    #[error("{column} is {given:?}, none of its values: {values}")]
    NoValue {
        /// The trait's column.
        column: String,
        /// As given.
        given: String,
        /// Those it can have.
        values: String,
    },
    /// A piece without an image.
    #[error("there is no image {tier}/{index}: draw it, or take the line out")]
    Missing {
        /// The piece's tier.
        tier: Tier,
        /// Its index.
        index: u32,
    },
    /// A file that isn't the image of its line.
    #[error(
        "it is not the image of line {line}: its CID is {found}. Draw or copy it again, or correct the line"
    )]
    OtherImage {
        /// The line.
        line: usize,
        /// The file's CID.
        found: String,
    },
    /// A file that has another length than its line says.
    #[error("it has {has} bytes, and line {line} says {says}")]
    OtherLength {
        /// The line.
        line: usize,
        /// How many there are.
        has: u64,
        /// How many the line says.
        says: u64,
    },
    /// A file that can't be an image of the catalogue.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// A file that isn't a whole picture.
    #[error(transparent)]
    Picture(#[from] format::FormatError),
    /// A file that can't be read.
    #[error("it can't be read: {0}")]
    Unreadable(String),
    /// An image that no line has.
    #[error("no line of the catalogue has this image: add one, or take the file away")]
    Extra,
    /// Something else in a tier's folder.
    #[error(transparent)]
    Odd(#[from] Odd),
    /// An image of the preset that no picture is.
    #[error(
        "{image} is no picture in {}: put the images of contents.toml into the preset, or bring the picture",
        folder.display()
    )]
    NoContent {
        /// Its CID.
        image: String,
        /// Where it should be.
        folder: PathBuf,
    },
    /// A picture of eggs or dust that the preset doesn't name.
    #[error(
        "its CID {cid} is not in the preset's {key}, so no meteor holds it: put the images of contents.toml into the preset"
    )]
    NotInPreset {
        /// Its CID.
        cid: String,
        /// Where it would be.
        key: String,
    },
    /// No pictures of a kind that the preset names.
    #[error("there are no pictures of {kind}, and the preset names {count}: see that they are hosted too")]
    NoContents {
        /// The kind.
        kind: &'static str,
        /// How many the preset names.
        count: usize,
    },
    /// More meteors than pieces.
    #[error("{meteors} meteors for {pieces} pieces: some pictures are given {times} times")]
    Repeats {
        /// How many meteors of the tier there will be.
        meteors: u64,
        /// How many pieces it has.
        pieces: u64,
        /// How often the first piece is given.
        times: u64,
    },
    /// More pieces than meteors.
    #[error("{meteors} meteors for {pieces} pieces: the last {} are never given", pieces.saturating_sub(*meteors))]
    Unused {
        /// How many meteors of the tier there will be.
        meteors: u64,
        /// How many pieces it has.
        pieces: u64,
    },
}

impl What {
    /// How bad it is.
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Fault(_)
            | Self::NotAscii { .. }
            | Self::NoCid { .. }
            | Self::NoValue { .. }
            | Self::Missing { .. }
            | Self::OtherImage { .. }
            | Self::OtherLength { .. }
            | Self::Image(_)
            | Self::Picture(_)
            | Self::Unreadable(_)
            | Self::NoContent { .. }
            | Self::Odd(Odd::Twice) => Severity::Error,
            Self::ByteOrderMark
            | Self::LineEnds { .. }
            | Self::BlankEnd { .. }
            | Self::NotRaw { .. }
            | Self::Extra
            | Self::NotInPreset { .. }
            | Self::NoContents { .. }
            | Self::Odd(Odd::Name | Odd::NotAscii | Odd::NoFile)
            | Self::Repeats { .. }
            | Self::Unused { .. } => Severity::Warning,
        }
    }
}

impl Finding {
    /// How bad it is.
    pub const fn severity(&self) -> Severity {
        self.what.severity()
    }

    const fn at(line: usize, what: What) -> Self {
        Self { place: Place::Line(line), what }
    }
}

/// A catalogue's file that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What was found, in the order of lines.
    pub findings: Vec<Finding>,
    /// The catalogue, if a launch would take it.
    pub described: Option<Described>,
    rows: Vec<Row>,
}

/// As much of a line as names an image. It is known of lines that are wrong elsewhere, too.
#[derive(Clone, Debug)]
struct Row {
    line: usize,
    tier: Tier,
    index: u32,
    image: String,
    bytes: Option<u64>,
}

/// Checks the file of a catalogue whose pieces are for meteors of `template`.
pub fn catalogue(bytes: &[u8], template: &Template) -> Checked {
    let (described, faults) = match described::read(bytes, template) {
        Ok(described) => (Some(described), Vec::new()),
        Err(faults) => (None, faults),
    };
    let mut findings: Vec<Finding> =
        faults.into_iter().map(|Fault { line, what }| Finding::at(line, what.into())).collect();
    // What is no text is a fault; the rest is read all the same.
    let text = String::from_utf8_lossy(bytes);
    let (text, marked) = match text.strip_prefix('\u{feff}') {
        Some(text) => (text, true),
        None => (&*text, false),
    };
    findings.extend(marked.then(|| Finding::at(1, What::ByteOrderMark)));
    let mut lines: Vec<&str> = text.split('\n').collect();
    let windows = lines.iter().filter(|line| line.ends_with('\r')).count();
    if let Some(first) = lines.iter().position(|line| line.ends_with('\r')) {
        findings.push(Finding::at(first.saturating_add(1), What::LineEnds { count: windows }));
    }
    // The last line end has no line after it.
    lines.pop_if(|last| last.is_empty());
    let all = lines.len();
    while lines.pop_if(|last| last.trim_end_matches('\r').is_empty()).is_some() {}
    let blank = all.saturating_sub(lines.len());
    if blank > 0 && !lines.is_empty() {
        findings.push(Finding::at(lines.len().saturating_add(1), What::BlankEnd { count: blank }));
    }
    let head = lines.first().map(|head| head.strip_suffix('\r').unwrap_or(head)).unwrap_or_default();
    let described_fields = head.ends_with(",bytes,sha256").then(|| head.split(',').count());
    let mut rows = Vec::new();
    for (line, text) in (1usize..).zip(&lines).skip(1) {
        let text = text.trim_end_matches('\r');
        let odd = text.chars().find(|character| !character.is_ascii() && *character != '\u{fffd}');
        findings.extend(odd.map(|character| Finding::at(line, What::NotAscii { character })));
        rows.extend(row(line, text, described_fields));
    }
    for row in &rows {
        // What isn't even in the form of a CID is a fault.
        if check_image(&row.image).is_ok() {
            let given = row.image.clone();
            let what = match Cid::try_from(given.as_str()) {
                Err(error) => Some(What::NoCid { given, why: error.to_string() }),
                Ok(cid) => raw_sha256(&cid).is_none().then_some(What::NotRaw { given }),
            };
            findings.extend(what.map(|what| Finding::at(row.line, what)));
        }
    }
    findings.sort_by(|one, other| one.place.cmp(&other.place));
    Checked { findings, described, rows }
}

/// `described`: how many fields a line has that ends with length and hash.
fn row(line: usize, text: &str, described: Option<usize>) -> Option<Row> {
    let fields: Vec<&str> = text.split(',').collect();
    let [tier, index, image, ..] = fields.as_slice() else { return None };
    let whole = described == Some(fields.len());
    let bytes = whole.then(|| fields.iter().rev().nth(1)?.parse().ok()).flatten();
    Some(Row {
        line,
        tier: tier.parse().ok()?,
        index: index.parse().ok()?,
        image: (*image).to_owned(),
        bytes,
    })
}

impl Checked {
    /// How many images [`Self::images`] reads.
    pub fn len(&self) -> u64 {
        u64::try_from(self.rows.len()).unwrap_or(u64::MAX)
    }

    /// Whether no line names an image.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Compares each line with its image, reading every file. Tells how many are done.
    pub fn images(&self, folder: &Folder, done: &(dyn Fn(u64) + Sync)) -> Vec<Finding> {
        let so_far = AtomicU64::new(0);
        let compared = self.rows.par_iter().flat_map_iter(|row| {
            let found = compare(folder, row);
            done(so_far.fetch_add(1, Ordering::Relaxed).saturating_add(1));
            found
        });
        let mut findings: Vec<Finding> = compared.collect();
        findings.extend(self.unlisted(folder));
        findings
    }

    /// What lies in the folder and in no line.
    pub(crate) fn unlisted(&self, folder: &Folder) -> Vec<Finding> {
        let mut findings = Vec::new();
        let wanted: HashSet<(Tier, u32)> = self.rows.iter().map(|row| (row.tier, row.index)).collect();
        for (tier, images) in folder.images.iter() {
            let extra = images.iter().filter(|(index, _)| !wanted.contains(&(tier, **index)));
            findings.extend(extra.map(|(_, found)| Finding {
                place: Place::Path(folder.image(tier, found)),
                what: What::Extra,
            }));
        }
        findings.extend(of_folder(folder));
        findings
    }
}

/// What else lies in a folder of images.
fn of_folder(folder: &Folder) -> impl Iterator<Item = Finding> {
    let odd = folder.odd.iter().cloned();
    odd.map(|(path, odd)| Finding { place: Place::Path(path), what: odd.into() })
}

/// Reads a picture: its name, if it can have one, and what is wrong with it.
pub(crate) fn picture(path: &Path) -> (Option<Image>, Vec<What>) {
    let bytes = match folder::read(path) {
        Err(error) => return (None, vec![What::Unreadable(error.to_string())]),
        Ok(bytes) => bytes,
    };
    let mut whats: Vec<What> = format::whole(&bytes).err().map(What::from).into_iter().collect();
    let image = image(&bytes).map_err(|error| whats.push(error.into())).ok();
    (image, whats)
}

fn compare(folder: &Folder, row: &Row) -> Vec<Finding> {
    let Some(found) = folder.images.get(row.tier).get(&row.index) else {
        return vec![Finding::at(row.line, What::Missing { tier: row.tier, index: row.index })];
    };
    let path = folder.image(row.tier, found);
    let (found, mut whats) = picture(&path);
    if let Some(found) = found {
        // One that names other things can't be compared, which was said.
        let said = Cid::try_from(row.image.as_str()).ok().filter(|cid| raw_sha256(cid).is_some());
        if said.is_some_and(|said| said != found.cid) {
            whats.push(What::OtherImage { line: row.line, found: found.cid.to_string() });
        } else if let Some(says) = row.bytes.filter(|says| *says != found.file.bytes) {
            whats.push(What::OtherLength { line: row.line, has: found.file.bytes, says });
        }
    }
    whats.into_iter().map(|what| Finding { place: Place::Path(path.clone()), what }).collect()
}

/// What a tier will need, and what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The tier.
    pub tier: Tier,
    /// Its meteors in a shower.
    pub in_a_shower: u64,
    /// Its meteors in all showers.
    pub meteors: u64,
    /// Its pieces.
    pub pieces: u64,
}

impl Need {
    /// How often the first piece is given.
    pub const fn times(&self) -> u64 {
        if self.pieces == 0 { 0 } else { self.meteors.div_ceil(self.pieces) }
    }

    /// What is odd about it.
    pub fn finding(&self) -> Option<Finding> {
        let Self { tier, meteors, pieces, .. } = *self;
        let what = if self.times() > 1 {
            What::Repeats { meteors, pieces, times: self.times() }
        } else if meteors < pieces {
            What::Unused { meteors, pieces }
        } else {
            return None;
        };
        Some(Finding { place: Place::Tier(tier), what })
    }
}

/// What each tier needs if every shower of `preset` has so many contributors.
pub fn needs(checked: &Checked, preset: &Preset, contributors: u32) -> Vec<Need> {
    let sizes = preset.tiers.sizes(contributors);
    let need = |tier| {
        let in_a_shower = u64::from(*sizes.get(tier));
        let meteors = in_a_shower.saturating_mul(preset.schedule.count.into());
        let pieces = checked.rows.iter().filter(|row| row.tier == tier).count();
        Need { tier, in_a_shower, meteors, pieces: u64::try_from(pieces).unwrap_or(u64::MAX) }
    };
    Tier::ALL.into_iter().map(need).collect()
}

#[cfg(test)]
mod tests;
