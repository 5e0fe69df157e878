//! Packing small folders: what is in the files, what a second run keeps, and what is refused.

use std::collections::HashSet;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use meteor_rules::catalogue::{Catalogue, Piece};
use meteor_rules::tier::Tier;
use sha2::{Digest as _, Sha256};

use super::plan::{TOP, WHOLE};
use super::*;
use crate::cid::image;
use crate::contents::tests::content;
use crate::folder::Folder;
use crate::{car, contents};

/// A folder with so many images for each tier, and their catalogue. Image `n` of a tier has `bytes(n)` bytes.
fn folder(path: &Path, pieces: u32, bytes: impl Fn(u32) -> usize) -> Catalogue {
    Catalogue::new(PerTier::from_fn(|tier| {
        let within = path.join(tier.to_string());
        fs::create_dir_all(&within).unwrap();
        (0..pieces)
            .map(|index| {
                let mut content = format!("{tier} {index}").into_bytes();
                content.resize(bytes(index), b'.');
                fs::write(within.join(format!("{index}.png")), &content).unwrap();
                Piece { image: image(&content).unwrap().cid.to_string(), traits: vec![] }
            })
            .collect()
    }))
}

fn pack(dir: &Path, catalogue: &Catalogue, car_bytes: u64) -> Result<Manifest, PackError> {
    let plan = plan(&Folder::list(dir).unwrap(), catalogue, &contents::read(dir).unwrap(), car_bytes)?;
    write(&plan, &dir.join("cars"), &|_| {})
}

/// The blocks of a CAR, which all have the hash of their CID.
fn blocks(path: &Path) -> (Cid, Vec<(Cid, Vec<u8>)>) {
    let mut reader = car::Reader::new(File::open(path).unwrap()).unwrap();
    let mut blocks = Vec::new();
    while let Some(block) = reader.block().unwrap() {
        blocks.push(block);
    }
    (reader.root(), blocks)
}

#[test]
fn what_fits_is_one_car_and_the_rest_is_cut_with_the_same_root() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = folder(dir.path(), 6, |_| 700_000);
    let whole = pack(dir.path(), &catalogue, 100 << 20).unwrap();
    assert_eq!(whole.cars.len(), 1);
    assert_eq!((whole.images, whole.cars[0].file.as_str(), whole.cars[0].complete), (24, WHOLE, true));
    let (root, all) = blocks(&dir.path().join("cars").join(WHOLE));
    // The root, four tiers, a sub-directory in each, 24 images.
    assert_eq!((root.to_string(), all.len()), (whole.root.clone(), 33));
    assert_eq!(all[0].0, root, "the root comes first");

    // Two images a CAR. Sub-directories are named by their first image, and cutting changes the root.
    let cut = pack(dir.path(), &catalogue, 2 << 20).unwrap();
    let names: Vec<&str> = cut.cars.iter().map(|car| car.file.as_str()).collect();
    assert_eq!(names[..4], ["legendary-0.car", "legendary-2.car", "legendary-4.car", "ancient-0.car"]);
    assert_eq!((names.len(), names[12]), (13, TOP));
    assert_eq!(cut.cars[1].path, "legendary/2");
    let mut images = HashSet::new();
    for car in &cut.cars {
        let path = dir.path().join("cars").join(&car.file);
        let (root, blocks) = blocks(&path);
        assert_eq!((root.to_string(), fs::metadata(&path).unwrap().len()), (car.root.clone(), car.bytes));
        assert!(car.bytes <= 2 << 20);
        assert_eq!(hex::encode(Sha256::digest(fs::read(&path).unwrap())), car.sha256);
        images.extend(blocks.into_iter().map(|(cid, _)| cid).filter(|cid| cid.codec() == crate::cid::RAW));
    }
    assert_eq!(images.len(), 24);
    assert_eq!(manifest(&dir.path().join("cars")).unwrap(), cut);
}

#[test]
fn eggs_and_dust_are_packed_below_the_same_root() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = folder(dir.path(), 2, |_| 900_000);
    let without = pack(dir.path(), &catalogue, 2 << 20).unwrap();
    assert!(without.contents.is_empty());
    let names = ["eggs/rare/0.png", "eggs/rare/7.png", "dust/common/0.png"];
    let cids = names.map(|name| content(dir.path(), name));
    let whole = pack(dir.path(), &catalogue, 100 << 20).unwrap();
    assert_eq!((whole.images, &whole.contents), (8 + 3, &cids.to_vec()));
    let cut = pack(dir.path(), &catalogue, 2 << 20).unwrap();
    assert_ne!(cut.root, without.root);
    assert_eq!(cut.root, whole.root, "cut elsewhere than at a sub-directory changes nothing");
    let paths: Vec<(&str, &str)> = cut.cars.iter().map(|car| (&*car.file, &*car.path)).collect();
    assert_eq!(
        paths[4..],
        [("eggs-rare-0.car", "eggs/rare/0"), ("dust-common-0.car", "dust/common/0"), ("top.car", ""),]
    );
    // The meteors' CARs are those of before.
    assert_eq!(cut.cars[..4], without.cars[..4]);
    let (root, held) = blocks(&dir.path().join("cars/eggs-rare-0.car"));
    assert_eq!((root.to_string(), held.len()), (cut.cars[4].root.clone(), 3));
    assert_eq!(held[1].0.to_string(), cids[0]);
    // Root, four tiers, eggs with rare, dust with common.
    assert_eq!(blocks(&dir.path().join("cars").join(TOP)).1.len(), 9);
    assert_eq!(manifest(&dir.path().join("cars")).unwrap(), cut);
}

#[test]
fn a_sub_directory_has_a_thousand_images_at_most() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = folder(dir.path(), 1001, |_| 20);
    let plan = plan(&Folder::list(dir.path()).unwrap(), &catalogue, &[], LEAST_CAR_BYTES).unwrap();
    assert_eq!(plan.cars.len(), 1, "all of it fits");
    let (_, all) = {
        write(&plan, &dir.path().join("cars"), &|_| {}).unwrap();
        blocks(&dir.path().join("cars").join(WHOLE))
    };
    let directories = all.iter().filter(|(cid, _)| cid.codec() == crate::cid::DAG_PB).count();
    assert_eq!(directories, 1 + 4 + 8);
}

#[test]
fn a_second_run_keeps_what_is_good_and_writes_the_rest_with_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = folder(dir.path(), 4, |_| 800_000);
    let first = pack(dir.path(), &catalogue, 2 << 20).unwrap();
    let path = |at: usize| dir.path().join("cars").join(&first.cars[at].file);
    let identity = |at: usize| fs::metadata(path(at)).unwrap().ino();
    let (kept, spoiled) = (identity(0), identity(1));
    // As after a kill: no manifest, one file damaged, one gone, one half-written.
    let mut bytes = fs::read(path(1)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path(1), bytes).unwrap();
    fs::remove_file(path(2)).unwrap();
    fs::write(dir.path().join("cars/rare-0.car.part"), "half").unwrap();
    fs::remove_file(dir.path().join("cars").join(MANIFEST)).unwrap();
    assert!(matches!(manifest(&dir.path().join("cars")), Err(PackError::Read { .. })));
    assert_eq!(pack(dir.path(), &catalogue, 2 << 20).unwrap(), first);
    assert_eq!(identity(0), kept);
    assert_ne!(identity(1), spoiled);
    assert_eq!(hex::encode(Sha256::digest(fs::read(path(1)).unwrap())), first.cars[1].sha256);
    // Its images are only read where a CAR is written.
    fs::write(dir.path().join("common/0.png"), "changed").unwrap();
    assert!(pack(dir.path(), &catalogue, 2 << 20).is_err());
}

#[test]
fn what_is_missing_or_another_image_is_refused_and_leaves_no_half_file() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = folder(dir.path(), 3, |_| 50);
    let image = dir.path().join("rare/1.png");
    fs::write(&image, "a changed image, as long as the one before, to the byt").unwrap();
    let error = pack(dir.path(), &catalogue, 4 << 20).unwrap_err().to_string();
    assert!(
        error.contains("rare/1.png is not the image of the catalogue (its bytes have the CID"),
        "{error}"
    );
    assert_eq!(fs::read_dir(dir.path().join("cars")).unwrap().count(), 0);
    fs::write(&image, "").unwrap();
    assert!(matches!(pack(dir.path(), &catalogue, 4 << 20), Err(PackError::OtherImage { .. })));
    fs::remove_file(&image).unwrap();
    let error = pack(dir.path(), &catalogue, 4 << 20).unwrap_err();
    assert!(matches!(error, PackError::Missing { count: 1, tier: Tier::Rare, index: 1 }), "{error}");
    assert!(matches!(pack(dir.path(), &catalogue, 1000), Err(PackError::TooSmall(1000))));
    let other = Catalogue::new(PerTier::from_fn(|_| {
        vec![Piece { image: "QmXti2f5NJMVyNDfhZYyxaDJvybGk7V98t245fP7KtRMxK".into(), traits: vec![] }]
    }));
    assert!(matches!(pack(dir.path(), &other, 4 << 20), Err(PackError::NoRawCid { .. })));
}

#[test]
fn a_place_that_takes_no_file_is_an_error_that_says_how_to_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = folder(dir.path(), 1, |_| 50);
    fs::write(dir.path().join("cars"), "a file").unwrap();
    let error = pack(dir.path(), &catalogue, 4 << 20).unwrap_err();
    assert!(error.to_string().contains("run the same command again"), "{error}");
}

#[test]
fn a_manifest_of_another_form_or_with_names_that_lead_elsewhere_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = folder(dir.path(), 1, |_| 50);
    pack(dir.path(), &catalogue, 4 << 20).unwrap();
    let path = dir.path().join("cars").join(MANIFEST);
    let good = fs::read_to_string(&path).unwrap();
    for (from, to) in [("\"version\": 1", "\"version\": 2"), ("art.car", "../art.car"), ("{", "[")] {
        fs::write(&path, good.replacen(from, to, 1)).unwrap();
        assert!(matches!(manifest(&dir.path().join("cars")), Err(PackError::Manifest { .. })), "{to}");
    }
}
