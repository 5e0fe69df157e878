//! Reads `catalogue.csv` as far as hashing it needs. What a launch needs to know of the file besides is found
//! when it is made.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::catalogue::Piece;
use crate::fairness::evidence::digits;
use crate::tier::{PerTier, Tier};

/// The columns before the traits.
const COLUMNS: [&str; 3] = ["tier", "index", "image"];

/// The pieces of each tier; or the first fault, with its line.
pub(super) fn read(file: &[u8]) -> Result<PerTier<Vec<Piece>>, String> {
    let text = core::str::from_utf8(file).map_err(|_| "catalogue.csv is not text in UTF-8")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    while lines.pop_if(|last| last.is_empty()).is_some() {}
    let mut lines = (1usize..).zip(lines);
    let first = lines.next().map(|(_, first)| first).unwrap_or_default();
    let header: Vec<&str> = first.split(',').collect();
    if !header.starts_with(&COLUMNS) {
        return Err(format!("catalogue.csv does not begin with \"{}\"", COLUMNS.join(",")));
    }
    // Nothing is hashed of what it says about the images' files.
    let passed_over = if first.ends_with(",bytes,sha256") { 2 } else { 0 };
    let mut read = Reading::default();
    for (line, row) in lines {
        let fields: Vec<&str> = row.split(',').collect();
        let added = if fields.len() == header.len() {
            read.add(fields.get(..fields.len().saturating_sub(passed_over)).unwrap_or_default())
        } else {
            Err("has not the first line's fields")
        };
        added.map_err(|why| format!("line {line} of catalogue.csv {why}"))?;
    }
    Ok(read.pieces)
}

#[derive(Default)]
struct Reading {
    pieces: PerTier<Vec<Piece>>,
    at: Option<Tier>,
}

impl Reading {
    fn add(&mut self, fields: &[&str]) -> Result<(), &'static str> {
        let [tier, index, image, traits @ ..] = fields else { return Err("has too few fields") };
        let tier: Tier = tier.parse().map_err(|_| "names no tier")?;
        if self.at > Some(tier) {
            return Err("is of a tier whose place is before: legendary, ancient, rare, common");
        }
        self.at = Some(tier);
        let pieces = match tier {
            Tier::Legendary => &mut self.pieces.legendary,
            Tier::Ancient => &mut self.pieces.ancient,
            Tier::Rare => &mut self.pieces.rare,
            Tier::Common => &mut self.pieces.common,
        };
        if number(index).and_then(|index| usize::try_from(index).ok()) != Some(pieces.len()) {
            return Err("has an index out of order");
        }
        if image.is_empty() {
            return Err("has no image");
        }
        let traits = traits.iter().map(|text| number(text)).collect::<Option<_>>();
        let traits = traits.ok_or("has a trait that is no whole number of 32 bits")?;
        pieces.push(Piece { image: String::from(*image), traits });
        Ok(())
    }
}

fn number(text: &str) -> Option<u32> {
    digits(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_the_page_says() {
        let good = "\u{feff}tier,index,image,distance\r\nlegendary,0,a,1\r\nrare,0,b,2\nrare,1,c,3\n\n";
        let pieces = read(good.as_bytes()).unwrap();
        assert_eq!(pieces.rare[1], Piece { image: "c".into(), traits: vec![3] });
        assert!(pieces.ancient.is_empty());
        let described = "tier,index,image,distance,bytes,sha256\nrare,0,b,2,9,whatever\n";
        assert_eq!(read(described.as_bytes()).unwrap().rare, [Piece { image: "b".into(), traits: vec![2] }]);
        let head = "tier,index,image,distance\n";
        for bad in [
            "",
            "tier,image,index\n",
            &format!("{head}gold,0,a,1"),
            &format!("{head}rare,1,a,1"),
            &format!("{head}rare,00,a,1"),
            &format!("{head}rare,0,,1"),
            &format!("{head}rare,0,a"),
            &format!("{head}rare,0,a,1,1"),
            &format!("{head}rare,0,a,-1"),
            &format!("{head}rare,0,a,4294967296"),
            &format!("{head}rare,0,a,1\nancient,0,b,1"),
            &format!("{head}\nrare,0,a,1"),
            "tier,index,image,bytes,sha256\nrare,0,a,9",
            "tier,bytes,sha256\nrare,9,0",
        ] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(read(b"\xff").is_err());
    }
}
