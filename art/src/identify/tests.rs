//! Lists as teams have them, with and without a field for the image.

use std::fs;
use std::path::Path;

use meteor_rules::preset::Preset;

use super::*;
use crate::cid::image;

fn template() -> Template {
    Preset::named("demo").unwrap().meteors.template
}

/// The bytes of a picture, as far as beginning and end say.
fn png(text: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n", text.as_bytes(), b"\0\0\0\0IEND\xaeB`\x82"].concat()
}

/// A folder with two pictures for each tier, one of them a GIF, and their list.
fn team(path: &Path) -> Vec<String> {
    let mut lines = vec!["tier,index,distance,crystal1,crystal2,crystal3,weight,origin,essence".to_owned()];
    for tier in Tier::ALL {
        fs::create_dir_all(path.join(tier.to_string())).unwrap();
        fs::write(path.join(format!("{tier}/0.png")), png(&tier.to_string())).unwrap();
        fs::write(path.join(format!("{tier}/1.gif")), format!("GIF89a{tier};")).unwrap();
        lines.push(format!("{tier},0,7,0,0,0,27,1,7"));
        lines.push(format!("{tier},1,7 kiloparsecs,Red,,Yellow,2.7kg,Northern ice fields,Dark"));
    }
    lines
}

fn named(path: &Path, list: &str) -> Result<Identified, Vec<String>> {
    let named = identify(list.as_bytes(), &Folder::list(path).unwrap(), &template(), &|_| {});
    let shown = |finding: &Finding| finding.to_string().replace(&format!("{}/", path.display()), "");
    named.map_err(|findings| findings.iter().map(shown).collect())
}

#[test]
fn a_list_of_traits_becomes_the_catalogue_of_the_pictures() {
    let dir = tempfile::tempdir().unwrap();
    let lines = team(dir.path());
    let made = named(dir.path(), &lines.join("\n")).unwrap();
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    let read = described::read(made.file.as_bytes(), &template()).unwrap();
    assert_eq!(read.catalogue.committed(Tier::Rare), made.catalogue.committed(Tier::Rare));
    let [drawn, copied] = read.catalogue.pieces(Tier::Ancient) else { panic!() };
    assert_eq!(drawn.image, image(&png("ancient")).unwrap().cid.to_string());
    assert_eq!(copied.image, image(b"GIF89aancient;").unwrap().cid.to_string());
    assert_eq!(read.files.unwrap().ancient[1].bytes, 14);
    // What holders see is written as the number that the chain stores.
    assert_eq!(drawn.traits, [7, 0, 0, 0, 27, 1, 7]);
    assert_eq!(copied.traits, [7, 0, 0, 2, 27, 1, 7]);

    // As spreadsheets save it, with a field for the image that is empty or right.
    let with = |at: usize, line: &String| match at {
        0 => line.replacen("index", "index,image", 1),
        1 => line.replacen(",0,", &format!(",0,{},", image(&png("legendary")).unwrap().cid), 1),
        _ => {
            let mut fields: Vec<&str> = line.split(',').collect();
            fields.insert(2, "");
            fields.join(",")
        }
    };
    let full: Vec<String> = lines.iter().enumerate().map(|(at, line)| with(at, line)).collect();
    let saved = format!("\u{feff}{}\r\n", full.join("\r\n"));
    assert_eq!(named(dir.path(), &saved).unwrap().file, made.file);
    // Named once more it stays what it is.
    let plain: String =
        made.file.lines().map(|line| line.rsplitn(3, ',').last().unwrap().to_owned() + "\n").collect();
    assert_eq!(named(dir.path(), &plain).unwrap().file, made.file);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut lines = team(dir.path());
    let at = |name: &str| dir.path().join(name);
    fs::remove_file(at("legendary/0.png")).unwrap();
    fs::write(at("ancient/0.gif"), "GIF89a;").unwrap();
    fs::write(at("rare/0.png"), &png("rare")[..12]).unwrap();
    fs::write(at("rare/1.gif"), "GIF89acommon;").unwrap();
    fs::write(at("common/7.png"), png("more")).unwrap();
    lines[2] = lines[2].replace("Red", "Rot");
    lines[4] = lines[4].replace("2.7kg", "2.75kg");
    lines[7] = lines[7].replace("common,0", "common,9");
    lines[8] = lines[8].replace(",Dark", "");
    let said = named(dir.path(), &lines.join("\n")).unwrap_err();
    let starts = [
        "line 2: there is no image legendary/0",
        "line 3: crystal1 is \"Rot\", none of its values: Red, Yellow, ",
        "line 5: weight is \"2.75kg\": write the number",
        "line 8: there is no image common/9",
        "line 8: its index is \"9\", and the next of common is 0",
        "line 9: it has 8 fields where the first line has 9",
        "ancient/0.png: another image has this index too",
        "rare/0.png: it is no whole picture",
        "common/7.png: no line of the catalogue has this image",
    ];
    for start in starts {
        assert!(said.iter().any(|said| said.starts_with(start)), "{start} in {said:#?}");
    }
    let mut lines = team(dir.path());
    fs::remove_file(at("ancient/0.gif")).unwrap();
    fs::write(at("rare/1.gif"), "GIF89acommon;").unwrap();
    let said = named(dir.path(), &lines.join("\n")).unwrap_err();
    assert!(said.iter().any(|said| said.starts_with("line 9: its image is that of line 7")), "{said:#?}");
    lines[0] = lines[0].replace("index", "number");
    let said = named(dir.path(), &lines.join("\n")).unwrap_err();
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("line 1: the first line must be \"tier,index,distance,"), "{said:?}");
    let bytes = [lines.join("\n").as_bytes(), b"\xff"].concat();
    let said = identify(&bytes, &Folder::list(dir.path()).unwrap(), &template(), &|_| {}).unwrap_err();
    assert!(said[0].to_string().contains("it is not UTF-8"), "{said:?}");
}

#[test]
fn another_cid_than_that_of_the_picture_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let lines = team(dir.path());
    let other = image(b"other").unwrap().cid;
    let field = |(at, line): (usize, &String)| match at {
        0 => line.replacen("index", "index,image", 1),
        _ => line.replacen(",0,", &format!(",0,{other},"), 1).replacen(",1,7 k", ",1,,7 k", 1),
    };
    let list: Vec<String> = lines.iter().enumerate().map(field).collect();
    let said = named(dir.path(), &list.join("\n")).unwrap_err();
    assert_eq!(said.len(), 4, "{said:#?}");
    assert!(said[0].contains("it is not the image of line "), "{said:#?}");
}
