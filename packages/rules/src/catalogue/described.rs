//! The catalogue's file with two more columns after the traits, `bytes,sha256`: length and hash of each image's file.
//!
//! The launch doesn't commit to them; the CID says it all. They are there so that anyone can check a downloaded image
//! with what every machine has, and so that its file is known to be whole without reading it. Both are there or neither.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use thiserror::Error;

use super::Catalogue;
use super::file::{self, SHOWN};
use crate::fairness::Bytes32;
use crate::metadata::Template;
use crate::tier::{PerTier, Tier};

/// How the first line ends where the columns are there. No trait's column can have these names.
const ENDING: &str = ",bytes,sha256";

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
    /// Something that a launch refuses without these columns, too.
    #[error(transparent)]
    File(#[from] file::What),
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
}

/// Reads a catalogue whose pieces are for meteors of `template`, with or without these columns.
///
/// # Errors
/// Everything that is wrong, in the order of lines.
pub fn read(file: &[u8], template: &Template) -> Result<Described, Vec<Fault>> {
    let plain = |file: &[u8]| file::read(file, template);
    let text = core::str::from_utf8(file).unwrap_or_default();
    let first = text.split('\n').next().unwrap_or_default();
    if !first.strip_suffix('\r').unwrap_or(first).ends_with(ENDING) {
        let faults =
            |faults: Vec<file::Fault>| faults.into_iter().map(|fault| of_file(fault, 0, 0)).collect();
        return plain(file).map(|catalogue| Described { catalogue, files: None }).map_err(faults);
    }
    let cut = cut(text);
    match plain(cut.plain.as_bytes()) {
        Ok(catalogue) if cut.faults.is_empty() => {
            let mut files = cut.files.into_iter();
            let of = |tier| files.by_ref().take(catalogue.pieces(tier).len()).collect();
            let files = PerTier::from_fn(of);
            Ok(Described { catalogue, files: Some(files) })
        }
        Ok(_) => Err(cut.faults),
        Err(faults) => {
            // A line is told with all of its fields.
            let whole = |fault: file::Fault| {
                let more = if cut.short.binary_search(&fault.line).is_ok() { 0 } else { 2 };
                of_file(fault, more, 2)
            };
            let mut all: Vec<Fault> = faults.into_iter().map(whole).chain(cut.faults).collect();
            all.sort_by_key(|fault| fault.line);
            Err(all)
        }
    }
}

/// The file of a catalogue with what is known about the images' files; `None` if that isn't as long as the catalogue.
pub fn write(catalogue: &Catalogue, files: &PerTier<Vec<ImageFile>>, template: &Template) -> Option<String> {
    let as_long = |tier: Tier| files.get(tier).len() == catalogue.pieces(tier).len();
    if !Tier::ALL.into_iter().all(as_long) {
        return None;
    }
    let plain = file::write(catalogue, template);
    let mut lines = plain.lines();
    let mut text = String::from(lines.next()?);
    text.push_str(ENDING);
    let files = Tier::ALL.into_iter().flat_map(|tier| files.get(tier));
    for (line, ImageFile { bytes, sha256 }) in lines.zip(files) {
        // Writing to a text never fails.
        let _ = write!(text, "\n{line},{bytes},{}", hex::encode(sha256));
    }
    text.push('\n');
    Some(text)
}

/// A file that was cut into what a launch reads and what these columns say.
#[derive(Default)]
struct Cut {
    plain: String,
    files: Vec<ImageFile>,
    faults: Vec<Fault>,
    /// Lines with too few fields to cut any off, in order.
    short: Vec<usize>,
}

fn cut(text: &str) -> Cut {
    let mut cut = Cut::default();
    let commas = |row: &str| row.matches(',').count();
    let wanted = commas(text.split('\n').next().unwrap_or_default());
    for (line, row) in (1usize..).zip(text.split('\n')) {
        if line > 1 {
            cut.plain.push('\n');
        }
        let row = row.strip_suffix('\r').unwrap_or(row);
        let mut fields = row.rsplitn(3, ',');
        // Without anything before them, the plain line would pass for a blank one.
        let fields = (fields.next(), fields.next(), fields.next().filter(|rest| !rest.is_empty()));
        let (Some(sha256), Some(bytes), Some(rest)) = fields else {
            cut.plain.push_str(row);
            cut.short.push(line);
            continue;
        };
        cut.plain.push_str(rest);
        // With too few or too many fields it isn't known which these are.
        if line > 1 && commas(row) == wanted {
            let image = rest.split(',').nth(2).unwrap_or_default();
            let read = image_file(image, bytes, sha256, |what| cut.faults.push(Fault { line, what }));
            cut.files.extend(read);
        }
    }
    cut
}

/// What a line says about the image's file; `None` and a fault if it can't be true.
fn image_file(image: &str, bytes: &str, sha256: &str, mut fault: impl FnMut(What)) -> Option<ImageFile> {
    let length = bytes.parse::<u64>().ok().filter(|given| *given > 0 && given.to_string() == bytes);
    if length.is_none() {
        fault(What::Bytes { given: shown(bytes) });
    }
    let mut hash = [0; 32];
    let lower = sha256.bytes().all(|byte| !byte.is_ascii_uppercase());
    if hex::decode_to_slice(sha256, &mut hash).is_err() || !lower {
        fault(What::Sha256 { given: shown(sha256) });
        return None;
    }
    if is_raw(image) && raw_cid(&hash) != image {
        fault(What::OtherImage { wanted: raw_cid(&hash) });
        return None;
    }
    Some(ImageFile { bytes: length?, sha256: hash })
}

/// A fault of a file without these columns, whose lines have `given` fields more and should have `wanted` more.
fn of_file(fault: file::Fault, given: usize, wanted: usize) -> Fault {
    let what = match fault.what {
        file::What::Fields { given: fields, wanted: all } => {
            file::What::Fields { given: fields.saturating_add(given), wanted: all.saturating_add(wanted) }
        }
        what => what,
    };
    Fault { line: fault.line, what: what.into() }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
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

#[cfg(test)]
mod tests {
    use super::super::file::tests::{image, lines, template};
    use super::*;

    fn faults(lines: &[String]) -> Vec<String> {
        let faults = read(lines.join("\n").as_bytes(), &template()).unwrap_err();
        faults.iter().map(ToString::to_string).collect()
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
        let described = read(text.as_bytes(), &template()).unwrap();
        let files = described.files.unwrap();
        assert_eq!(files.legendary[0].bytes, 11);
        assert_eq!(raw_cid(&files.legendary[0].sha256), cid);
        assert_eq!(write(&described.catalogue, &files, &template()).unwrap(), text);
        // The launch doesn't commit to them.
        let plain = file::write(&described.catalogue, &template());
        let without = read(plain.as_bytes(), &template()).unwrap();
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
        // Each of a line's faults is told, with all of its fields.
        let both = spoiled(",0,1,1,11,", ",x,1,1,0,");
        assert_eq!(both.len(), 2, "{both:?}");
        assert!(both[0].starts_with("line 2: distance is \"x\"") && both[1].starts_with("line 2: bytes is"));
        let short = [lines.as_slice(), &[",".into()]].concat();
        assert_eq!(faults(&short), ["line 7: it has 2 fields where the first line has 8"]);
        let end = [lines.as_slice(), &[",,".into()]].concat();
        assert_eq!(faults(&end), ["line 7: it has 3 fields where the first line has 8"]);
        assert_eq!(
            spoiled(&format!(",{sha256}"), ""),
            ["line 2: it has 7 fields where the first line has 8"]
        );
    }
}
