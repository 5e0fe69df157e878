#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;

const SHIPPED: &str = include_str!("../../collections/levana-2021.toml");

/// What is said of the shipped file with `from` replaced by `to`.
fn said(from: &str, to: &str) -> String {
    assert!(SHIPPED.contains(from), "{from}");
    let text = SHIPPED.replacen(from, to, 1);
    Collection::read(&text, Path::new("art.toml"), None, None).unwrap_err().to_string()
}

#[test]
fn the_shipped_collection_is_good_and_fits_its_preset_and_the_demo() {
    let collection = Collection::open("levana-2021", None).unwrap();
    assert_eq!(collection.pieces(Kind::Meteor).total(), 100_000);
    let template = collection.template.clone();
    for (tier, count) in collection.pieces(Kind::Meteor).iter() {
        for index in (0..*count).step_by(97) {
            let mut row = vec![tier.index(), 1, 1];
            row.extend(collection.traits(tier, index));
            template.check(&row).unwrap();
        }
    }
    let demo = Preset::named("demo").unwrap().meteors.template;
    assert!(collection.for_template(demo).is_some());
}

#[test]
fn every_fault_names_file_line_and_key() {
    for (from, to, told) in [
        ("preset = \"levana-2021\"", "preset = \"levana\"", "art.toml:4: preset: no preset \"levana\""),
        ("size = 512", "size = 9000", "art.toml:6: size is 9000: write pixels from 64 to 1024"),
        ("size = 512", "sise = 512", "art.toml:6: unknown field `sise`"),
        ("legendary = 440", "legendary = 0", "art.toml:9: pieces.legendary is 0: write 1 to"),
        ("distance =", "distanse =", "art.toml:15: traits.distanse is no trait"),
        ("distance = { range = [11, 990] }", "", "art.toml: traits.distance is missing"),
        ("[11, 990]", "[990, 11]", "art.toml:15: traits.distance: 990 is more than 11"),
        ("range = [11, 990]", "weights = { a = 1 }", "art.toml:15: traits.distance is a number"),
        ("Red = 22", "Rde = 22", "art.toml:16: traits.crystal1 has no value \"Rde\""),
        (
            "common = { \"\" = 1 } }",
            "common = { \"\" = 0 } }",
            "art.toml:18: traits.crystal3: all its weights are 0",
        ),
        (
            "[\"#ffd27a\",",
            "[\"ffd27a\",",
            "art.toml:35: palettes.tier.\"legendary\": \"ffd27a\" is no colour",
        ),
        ("[\"#ffd27a\",", "[", "art.toml:35: palettes.tier.\"legendary\" needs three colours"),
        ("\nFire = ", "\nFyre = ", "art.toml: palettes.essence has no colours for \"Fire\""),
        ("draw = \"meteor\"", "draw = \"egg\"", "layers, number 1: draw = \"egg\" is not drawn here"),
        ("draw = \"meteor\"", "svg = \"a.svg\"", "only a collection in a file of its own can name files"),
        (
            "draw = \"meteor\"",
            "draw = \"meteor\"\nwhen = { tier = [\"epic\"] }",
            "when.tier has no value \"epic\"",
        ),
        ("draw = \"meteor\"", "", "layers, number 1: write one of draw, svg and png"),
        (
            "legendary = 440",
            "legendary = -1",
            "art.toml:9: invalid value: integer `-1`, expected a whole number",
        ),
    ] {
        let said = said(from, to);
        assert!(said.contains(told), "{to}: {said}");
    }
}

#[test]
fn what_is_no_file_no_text_or_too_large_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("art.toml");
    let open = || Collection::open(path.to_str().unwrap(), None).unwrap_err().to_string();
    assert!(open().contains("there is no such collection"), "{}", open());
    std::fs::write(&path, SHIPPED.replacen("preset = \"levana-2021\"", "preset = \"lavana\"", 1)).unwrap();
    assert!(open().contains("preset: no preset \"lavana\": there are levana-2021 and demo"), "{}", open());
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(open().ends_with("it is not UTF-8: save the file as UTF-8"), "{}", open());
    std::fs::write(&path, vec![b'#'; 2 << 20]).unwrap();
    assert!(open().contains("it has more than 1048576 bytes"), "{}", open());
}

#[test]
fn chances_are_followed_and_each_trait_has_its_own() {
    let collection = Collection::open("levana-2021", None).unwrap();
    let crystals = |tier, index: u32| {
        let traits = collection.traits(tier, index);
        1 + traits.get(2..4).unwrap().iter().filter(|number| **number > 0).count()
    };
    let mean = |tier| (0..400).map(|index| crystals(tier, index)).sum::<usize>();
    let sums = [Tier::Legendary, Tier::Ancient, Tier::Rare, Tier::Common].map(mean);
    assert!(
        sums.is_sorted_by(|richer, poorer| richer > poorer) && sums.iter().all(|sum| *sum > 400),
        "{sums:?}"
    );
    assert!((0..400).all(|index| crystals(Tier::Legendary, index) >= 2));
    // Another weight of one trait leaves the others as they were.
    let text = SHIPPED.replacen("Red = 22", "Red = 9000", 1);
    let other = Collection::read(&text, Path::new("art.toml"), None, None).unwrap();
    for index in 0..50 {
        let (mut one, mut other) = (collection.traits(Tier::Rare, index), other.traits(Tier::Rare, index));
        let _: (u32, u32) = (one.remove(1), other.remove(1));
        assert_eq!(one, other);
    }
}
