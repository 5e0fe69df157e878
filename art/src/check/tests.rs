//! Catalogues and folders with everything that went wrong with art before: each is found, all at once.

use std::fs;
use std::path::Path;

use meteor_rules::fairness::content::Tables;
use meteor_rules::tier::PerTier;

use super::*;
use crate::contents::tests::content;

/// A whole picture as far as beginning and end say, with `text` in it.
fn picture(text: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n", text.as_bytes(), b"\0\0\0\0IEND\xaeB`\x82"].concat()
}

fn preset() -> Preset {
    Preset::named("demo").unwrap()
}

/// A folder with two images for each tier, and the lines of their catalogue.
fn good(path: &Path) -> Vec<String> {
    let template = preset().meteors.template;
    let columns: Vec<&str> =
        template.columns.iter().skip(3).map(|column| column.trait_type.as_str()).collect();
    let traits = ",0".repeat(columns.len());
    let mut lines = vec![format!("tier,index,image,{},bytes,sha256", columns.join(","))];
    for tier in Tier::ALL {
        fs::create_dir_all(path.join(tier.to_string())).unwrap();
        for index in 0..2 {
            let bytes = picture(&format!("{tier} {index}"));
            fs::write(path.join(format!("{tier}/{index}.png")), &bytes).unwrap();
            let made = image(&bytes).unwrap();
            let hash = hex::encode(made.file.sha256);
            lines.push(format!("{tier},{index},{}{traits},{},{hash}", made.cid, made.file.bytes));
        }
    }
    lines
}

fn found(path: &Path, text: &str) -> Vec<String> {
    let checked = catalogue(text.as_bytes(), &preset().meteors.template);
    let mut findings = checked.findings.clone();
    findings.extend(checked.images(&Folder::list(path).unwrap(), &|_| {}));
    let shown = |finding: &Finding| finding.to_string().replace(&format!("{}/", path.display()), "");
    findings.iter().map(shown).collect()
}

#[test]
fn a_good_folder_has_no_findings() {
    let dir = tempfile::tempdir().unwrap();
    let text = good(dir.path()).join("\n") + "\n";
    assert!(found(dir.path(), &text).is_empty(), "{:?}", found(dir.path(), &text));
    assert!(catalogue(text.as_bytes(), &preset().meteors.template).described.unwrap().files.is_some());
}

#[test]
fn what_editors_add_is_said_and_is_no_error() {
    let dir = tempfile::tempdir().unwrap();
    let text = format!("\u{feff}{}\r\n\r\n", good(dir.path()).join("\r\n"));
    let checked = catalogue(text.as_bytes(), &preset().meteors.template);
    assert!(checked.described.is_some());
    let whats: Vec<&What> = checked.findings.iter().map(|finding| &finding.what).collect();
    assert_eq!(whats, [&What::ByteOrderMark, &What::LineEnds { count: 10 }, &What::BlankEnd { count: 1 }]);
    assert!(checked.findings.iter().all(|finding| finding.severity() == Severity::Warning));
    assert_eq!(checked.findings[2].place, Place::Line(10));
}

#[test]
fn everything_that_is_wrong_with_lines_is_said_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut lines = good(dir.path());
    // A letter that looks like c; a CID with a changed letter at its beginning; one of a directory.
    lines[8] = lines[8].replacen("common", "\u{441}ommon", 1);
    let cid = lines[3].split(',').nth(2).unwrap().to_owned();
    lines[3] = lines[3].replace(&cid, &format!("bbfk{}", &cid[4..]));
    let cid = lines[5].split(',').nth(2).unwrap().to_owned();
    lines[5] = lines[5].replace(&cid, "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
    lines[6] = lines[6].replacen(",0,0,", ",0,99,", 1);
    lines.insert(7, " ".into());
    let said = found(dir.path(), &lines.join("\n"));
    let starts = [
        "line 4: image bbfk",
        "line 6: image bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354 is not the CID of one raw block",
        "line 7: ",
        "line 8: it is blank",
        "line 10: \"\u{441}ommon\" is no tier",
        "line 10: it has '\u{441}' (U+0441), which isn't ASCII",
    ];
    for start in starts {
        assert!(said.iter().any(|said| said.starts_with(start)), "{start} in {said:#?}");
    }
}

#[test]
fn everything_that_is_wrong_with_images_is_said_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut lines = good(dir.path());
    let at = |name: &str| dir.path().join(name);
    fs::remove_file(at("legendary/1.png")).unwrap();
    fs::write(at("ancient/0.png"), picture("another")).unwrap();
    fs::write(at("ancient/1.png"), "").unwrap();
    fs::write(at("rare/0.png"), &picture("rare 0")[..12]).unwrap();
    fs::write(at("common/2.png"), picture("more")).unwrap();
    fs::write(at("common/0.gif"), "GIF89a;").unwrap();
    fs::write(at("common/Thumbs.db"), "").unwrap();
    fs::write(at("common/mét\u{e9}or.png"), "").unwrap();
    let length = lines[6].split(',').rev().nth(1).unwrap().to_owned();
    lines[6] = lines[6].replace(&format!(",{length},"), ",7,");
    let said = found(dir.path(), &lines.join("\n"));
    let starts = [
        "line 3: there is no image legendary/1",
        "ancient/0.png: it is not the image of line 4: its CID is bafkrei",
        "ancient/1.png: it is no picture",
        "ancient/1.png: it is empty",
        "rare/0.png: it is no whole picture",
        "rare/0.png: it is not the image of line 6",
        "rare/1.png: it has 26 bytes, and line 7 says 7",
        "common/2.png: no line of the catalogue has this image",
        "common/Thumbs.db: its name is not an index",
        "common/mét\u{e9}or.png: its name isn't ASCII",
    ];
    for start in starts {
        assert!(said.iter().any(|said| said.starts_with(start)), "{start} in {said:#?}");
    }
    assert!(
        said.iter().any(|said| said.starts_with("common/0.png: another image has this index")),
        "{said:#?}"
    );
}

#[test]
fn a_projection_says_what_repeats_and_what_is_never_given() {
    let dir = tempfile::tempdir().unwrap();
    let checked = catalogue(good(dir.path()).join("\n").as_bytes(), &preset().meteors.template);
    let preset = preset();
    let needs = needs(&checked, &preset, 100);
    let sizes = preset.tiers.sizes(100);
    for need in &needs {
        assert_eq!(need.meteors, u64::from(*sizes.get(need.tier)) * u64::from(preset.schedule.count));
        assert_eq!(need.pieces, 2);
        assert_eq!(need.times(), need.meteors.div_ceil(2));
    }
    let need = |meteors, pieces| Need { tier: Tier::Rare, in_a_shower: 1, meteors, pieces };
    assert_eq!(need(5, 5).finding(), None);
    let said = need(11, 5).finding().unwrap().to_string();
    assert_eq!(said, "rare: 11 meteors for 5 pieces: some pictures are given 3 times");
    let said = need(3, 5).finding().unwrap().to_string();
    assert_eq!(said, "rare: 3 meteors for 5 pieces: the last 2 are never given");
}

#[test]
fn eggs_and_dust_are_those_that_the_preset_names() {
    let dir = tempfile::tempdir().unwrap();
    let mut tables = preset().crack.tables;
    let found = |tables: &Tables| {
        let findings = contents(dir.path(), tables).unwrap();
        let errors = findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
        let shown =
            |finding: &Finding| finding.to_string().replace(&format!("{}/", dir.path().display()), "");
        (errors, findings.iter().map(shown).collect::<Vec<_>>())
    };
    let none = ["eggs: there are no pictures of eggs, and the preset names 8: see that they are hosted too"
        .to_owned()];
    let (errors, said) = found(&tables);
    assert_eq!((errors, &said[..1], said.len()), (0, &none[..], 2), "a collection may have none");

    let name = |kind: &str, tier: Tier| content(dir.path(), &format!("{kind}/{tier}/0.png"));
    tables.egg.images = PerTier::from_fn(|tier| vec![name("eggs", tier)]);
    tables.dust.images = PerTier::from_fn(|tier| vec![name("dust", tier)]);
    assert_eq!(found(&tables), (0, vec![]));
    let more = content(dir.path(), "eggs/common/1.png");
    let gone = tables.dust.images.rare[0].clone();
    fs::write(dir.path().join("dust/rare/0.png"), "cut").unwrap();
    fs::write(dir.path().join("dust/rare/0.jpg"), "").unwrap();
    let (errors, said) = found(&tables);
    let starts = [
        "dust/rare/0.png: it is no picture",
        "dust/rare/0.png: another image has this index too",
        &format!(
            "the preset's crack.tables.dust.images.rare: {gone} is no picture in dust/rare: put the images"
        ),
        &format!(
            "eggs/common/1.png: its CID {more} is not in the preset's crack.tables.egg.images.common, so"
        ),
    ];
    for start in starts {
        assert!(said.iter().any(|said| said.starts_with(start)), "{start} in {said:#?}");
    }
    assert_eq!((errors, said.len()), (3, 5), "{said:#?}");
}
