//! The catalogue's file with everything that went wrong with art before: each case is refused before anything is
//! sent, with its line and its reason, or is read as it was meant.

use meteor_rules::catalogue::file::{read, write};
use meteor_rules::metadata::{Column, Template, Values};
use meteor_rules::tier::Tier;

/// Bare CIDs of six images.
const IMAGES: [&str; 6] = [
    "bafkreidlq2zhh7zu7tqz224aj37vup2xi6w2j2vcf4outqa6klo3pb23jm",
    "bafkreiguonpdujs6c3xoap2zogfzwxidagoapwfwyupzbwr2mzxoye5lgu",
    "bafkreicoa5aikyv63ofwbtqfyhpm7y5nc23semewpxqb6zalpzdstne7zy",
    "bafkreiclej3xpvg5d7dby34ij5egihicwtisdu75gkglbc2vgh6kzwv7ri",
    "bafkreihpfujh3y33sqv2vudbixsuwddbtipsemt3f2547pwhr5kwjl7dtu",
    "bafkreihh63abc53orw342mylkqlu7v3ppubbnnqshb5f77h3qhtpbemwqm",
];
const HEADER: &str = "tier,index,image,distance,crystal1,crystal2,crystal3,weight,origin,essence";
const TRAITS: &str = "890,0,1,0,27,0,0";
const NOT_BARE: &str = "is not a bare CID (Qm… of 46, or b… of 59 lower-case base32 characters)";

/// Ten columns, of which the shower contract fills in three.
fn template() -> Template {
    let number = || Values::Number { suffix: String::new() };
    let texts = |count: usize| Values::Text(vec!["a value".into(); count]);
    let columns = [
        ("rarity", texts(4)),
        ("rank", number()),
        ("shower", number()),
        ("distance", number()),
        ("crystal1", texts(6)),
        ("crystal2", texts(7)),
        ("crystal3", texts(7)),
        ("weight", Values::Tenths { suffix: "kg".into() }),
        ("origin", texts(6)),
        ("essence", texts(8)),
    ];
    let column = |(name, values): (&str, Values)| Column { trait_type: name.into(), values };
    Template {
        name: "#{id}".into(),
        description: String::new(),
        columns: columns.into_iter().map(column).collect(),
    }
}

/// The good file: a piece for each tier.
fn good() -> String {
    let row = |(tier, image): (Tier, &str)| format!("{tier},0,{image},{TRAITS}\n");
    let rows: String = Tier::ALL.into_iter().zip(IMAGES).map(row).collect();
    format!("{HEADER}\n{rows}")
}

fn faults(file: &str) -> Vec<String> {
    read(file.as_bytes(), &template()).unwrap_err().iter().map(ToString::to_string).collect()
}

/// How many pieces each tier has.
fn counts(file: &str) -> [usize; 4] {
    let catalogue = read(file.as_bytes(), &template()).unwrap();
    Tier::ALL.map(|tier| catalogue.pieces(tier).len())
}

#[test]
fn good_art_is_read_and_written_the_same() {
    assert_eq!(counts(&good()), [1; 4]);
    let catalogue = read(good().as_bytes(), &template()).unwrap();
    assert_eq!(write(&catalogue, &template()), good());
}

#[test]
fn what_editors_and_spreadsheets_add_is_passed_over() {
    for (case, file) in [
        ("a blank last line", good() + "\n"),
        ("blank last lines", good() + "\r\n\r\n"),
        ("no line end", good().trim_end().to_owned()),
        ("a byte-order mark", format!("\u{feff}{}", good())),
        ("CRLF", good().replace('\n', "\r\n")),
    ] {
        let catalogue = read(file.as_bytes(), &template()).unwrap();
        assert_eq!(write(&catalogue, &template()), good(), "{case}");
    }
}

#[test]
fn too_few_pieces_are_said_and_more_are_no_fault() {
    let three: String = good().split_inclusive('\n').take(4).collect();
    assert_eq!(
        faults(&three),
        ["line 4: the file ends without a piece for common: give each tier at least one"]
    );
    assert_eq!(faults(&format!("{HEADER}\n")).len(), 4);
    let six = format!("{}common,1,{},{TRAITS}\ncommon,2,{},{TRAITS}\n", good(), IMAGES[4], IMAGES[5]);
    assert_eq!(counts(&six), [1, 1, 1, 3]);
}

#[test]
fn a_missing_trait_names_how_many_there_are() {
    let last = format!("{},{TRAITS}", IMAGES[3]);
    let short = good().replace(&last, &format!("{},890,0,1,0,27,0", IMAGES[3]));
    assert_eq!(faults(&short), ["line 5: it has 9 fields where the first line has 10"]);
    let long = good().replace(&last, &format!("{last},0"));
    assert_eq!(faults(&long), ["line 5: it has 11 fields where the first line has 10"]);
}

#[test]
fn a_trait_that_picks_nothing_names_its_column() {
    let bad = good().replace(&format!("{},{TRAITS}", IMAGES[3]), &format!("{},890,99,1,0,27,0,0", IMAGES[3]));
    assert_eq!(faults(&bad), ["line 5: crystal1 is 99, which picks none of its values: write 0 to 5"]);
}

#[test]
fn names_of_files_prefixes_and_upper_case_are_no_images() {
    let each = |image: fn(usize, &str) -> String| {
        let mut file = good();
        for (at, cid) in IMAGES.iter().take(4).enumerate() {
            file = file.replace(cid, &image(at, cid));
        }
        let said = faults(&file);
        assert_eq!(said.len(), 4, "all at once: {said:?}");
        for (at, fault) in said.iter().enumerate() {
            let given = image(at, IMAGES[at]);
            let given: String = given.chars().take(64).collect(); // what a message shows of it
            assert_eq!(*fault, format!("line {}: image {given:?} {NOT_BARE}", at + 2));
        }
    };
    each(|at, _| format!("{at}.png"));
    each(|_, cid| format!("ipfs://{cid}"));
    each(|_, cid| cid.to_uppercase());
}

#[test]
fn an_image_twice_names_both_lines() {
    let swapped = good().replace(IMAGES[2], IMAGES[0]).replace(IMAGES[3], IMAGES[1]);
    assert_eq!(
        faults(&swapped),
        [
            "line 4: its image is that of line 2: two meteors would look the same",
            "line 5: its image is that of line 3: two meteors would look the same",
        ]
    );
}

#[test]
fn faults_of_all_kinds_are_said_at_once() {
    let file = format!(
        "{HEADER}\nlegendary,0,0.png,{TRAITS}\n\nancient,1,{},{TRAITS}\nrare,0,{},far,9,1,0,27,0,0\n",
        IMAGES[1], IMAGES[1]
    );
    let said = faults(&file);
    let starts = [
        "line 2: image \"0.png\"",
        "line 3: it is blank",
        "line 4: its index is \"1\"",
        "line 5: its image is that of line 4",
        "line 5: distance is \"far\"",
        "line 5: crystal1 is 9",
        "line 5: the file ends without a piece for common",
    ];
    assert_eq!(said.len(), starts.len(), "{said:?}");
    for (fault, start) in said.iter().zip(starts) {
        assert!(fault.starts_with(start), "{fault}");
    }
}
