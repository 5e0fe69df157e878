#![allow(clippy::unwrap_used, clippy::panic)]
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use meteor_rules::catalogue::described::read;

use super::*;

/// Few and small pictures.
fn small(pieces: u32) -> Collection {
    Collection::open("levana-2021", Some(64)).unwrap().with_at_most(PerTier::from_fn(|_| pieces))
}

fn made(collection: &Collection, out: &Path) -> Made {
    generate(collection, out, &|| {}).unwrap()
}

/// Every file in the folder with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(
                files(&path)
                    .into_iter()
                    .map(|(name, bytes)| (Path::new(path.file_name().unwrap()).join(name), bytes)),
            );
        } else {
            all.insert(PathBuf::from(path.file_name().unwrap()), fs::read(&path).unwrap());
        }
    }
    all
}

#[test]
fn the_catalogue_names_every_picture_and_traits_and_images_are_right() {
    let folder = tempfile::tempdir().unwrap();
    let collection = small(3);
    let count = AtomicU32::new(0);
    let each = || {
        count.fetch_add(1, Ordering::Relaxed);
    };
    let made = generate(&collection, folder.path(), &each).unwrap();
    assert_eq!((made.pictures, made.found, count.into_inner()), (36, 0, 36));
    let text = fs::read(folder.path().join(CATALOGUE)).unwrap();
    let read = read(&text, &collection.template).unwrap();
    for (tier, described) in read.files.unwrap().iter() {
        for (index, (piece, file)) in (0..).zip(read.catalogue.pieces(tier).iter().zip(described)) {
            let bytes = fs::read(path_of(folder.path(), Which { kind: Kind::Meteor, tier, index })).unwrap();
            let named = image(&bytes).unwrap();
            assert_eq!((named.cid.to_string(), named.file), (piece.image.clone(), *file));
            assert_eq!(piece.traits, collection.traits(tier, index));
        }
        assert_eq!(described.len(), 3);
    }
    let contents: toml::Table = fs::read_to_string(folder.path().join(CONTENTS)).unwrap().parse().unwrap();
    let tables = contents["crack"]["tables"].as_table().unwrap();
    for kind in ["egg", "dust"] {
        for tier in Tier::ALL.map(|tier| tier.to_string()) {
            assert_eq!(tables[kind]["images"][&tier].as_array().unwrap().len(), 3);
        }
    }
}

#[test]
fn a_run_that_ended_anywhere_goes_on_to_the_same_bytes_and_damage_is_mended() {
    let (whole_run, resumed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let collection = small(4);
    made(&collection, whole_run.path());
    made(&collection, resumed.path());
    // As a kill or a power cut leaves it: files missing, cut, empty, or half-written under another name.
    let place = |tier, index| path_of(resumed.path(), Which { kind: Kind::Meteor, tier, index });
    fs::remove_file(resumed.path().join(CATALOGUE)).unwrap();
    fs::remove_file(place(Tier::Rare, 1)).unwrap();
    fs::write(place(Tier::Rare, 2), b"").unwrap();
    let bytes = fs::read(place(Tier::Common, 3)).unwrap();
    fs::write(place(Tier::Common, 3), &bytes[..bytes.len() - 9]).unwrap();
    let mut flipped = fs::read(place(Tier::Ancient, 0)).unwrap();
    let at = flipped.len() / 2;
    flipped[at] ^= 1;
    fs::write(place(Tier::Ancient, 0), flipped).unwrap();
    fs::write(whole::unfinished(&place(Tier::Rare, 1)), b"half").unwrap();
    let Made { pictures, found, .. } = made(&collection, resumed.path());
    assert_eq!((pictures, found), (48, 44));
    assert_eq!(files(resumed.path()), files(whole_run.path()));
    assert_eq!(made(&collection, resumed.path()).found, 48);
}

#[test]
fn the_same_bytes_with_one_thread_or_many_and_more_pieces_leave_the_first_as_they_are() {
    let (one, many) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let threads = |count| rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
    threads(1).install(|| made(&small(2), one.path()));
    threads(5).install(|| made(&small(3), many.path()));
    let many = files(many.path());
    for (name, bytes) in
        files(one.path()).iter().filter(|(name, _)| name.extension().is_some_and(|end| end == "png"))
    {
        assert_eq!(many.get(name), Some(bytes), "{}", name.display());
    }
}

#[test]
fn folders_that_are_not_ours_or_cant_be_written_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let said =
        |collection: &Collection, out: &Path| generate(collection, out, &|| {}).unwrap_err().to_string();
    made(&small(1), folder.path());
    let other = Collection::open("levana-2021", Some(65)).unwrap().with_at_most(PerTier::from_fn(|_| 1));
    assert!(said(&other, folder.path()).contains("has pictures of another collection"));
    let full = tempfile::tempdir().unwrap();
    fs::write(full.path().join("mine.txt"), b"").unwrap();
    assert!(said(&small(1), full.path()).contains("is not empty and was not made by this command"));
    assert!(said(&small(1), &full.path().join("mine.txt")).contains("mine.txt can't be read or written: "));
}

#[test]
fn a_full_disk_is_told_as_such() {
    // What the system answers where there is no room.
    let error = fs::File::options()
        .write(true)
        .open("/dev/full")
        .and_then(|mut file| file.write_all(b"x"))
        .unwrap_err();
    let said = failed(Path::new("art/rare/7.png"), error).to_string();
    assert_eq!(said, "art/rare/7.png: the disk is full: make room, and run it again to go on");
}

#[test]
fn pictures_that_are_the_same_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("../../collections/levana-2021.toml").replacen(
        "draw = \"meteor\"",
        "svg = \"a.svg\"",
        1,
    );
    let path = folder.path().join("art.toml");
    fs::write(&path, text).unwrap();
    fs::write(folder.path().join("a.svg"), "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>")
        .unwrap();
    let collection =
        Collection::open(path.to_str().unwrap(), Some(64)).unwrap().with_at_most(PerTier::from_fn(|_| 2));
    let error = generate(&collection, &folder.path().join("out"), &|| {}).unwrap_err().to_string();
    assert!(error.starts_with("7 pictures look like another one, first "), "{error}");
    assert!(!folder.path().join("out").join(CATALOGUE).exists());
}

/// Pictures whose bytes are fixed: they must be these on every machine. Another hash here means that every catalogue
/// made before is of other pictures; `DRAWING` in collection/mod.rs must change with it.
#[test]
fn the_bytes_are_those_of_every_machine() {
    let collection = Collection::open("levana-2021", Some(128)).unwrap();
    let hash = |kind, tier, index| {
        let bytes = collection.png(Which { kind, tier, index }).unwrap();
        HEXLOWER.encode(&image(&bytes).unwrap().file.sha256)
    };
    let found = [
        hash(Kind::Meteor, Tier::Legendary, 0),
        hash(Kind::Meteor, Tier::Ancient, 1),
        hash(Kind::Meteor, Tier::Rare, 2),
        hash(Kind::Meteor, Tier::Common, 68_198),
        hash(Kind::Egg, Tier::Legendary, 3),
        hash(Kind::Dust, Tier::Common, 4),
    ];
    let fixed = include_str!("fixed.txt");
    assert_eq!(found.join("\n"), fixed.trim_end());
}

/// Takes a while: `cargo test --release -p meteor-art -- --ignored`.
#[test]
#[ignore = "draws 10,000 pictures: for the long run"]
fn no_two_of_ten_thousand_are_alike() {
    let pieces = PerTier { legendary: 440, ancient: 1560, rare: 3000, common: 5000 };
    let collection = Collection::open("levana-2021", Some(64)).unwrap().with_at_most(pieces);
    let folder = tempfile::tempdir().unwrap();
    // It refuses two that are alike.
    assert_eq!(made(&collection, folder.path()).pictures, 10_000 + 2 * 96);
}
