#![allow(clippy::unwrap_used, clippy::panic)]
use std::path::Path;

use meteor_rules::tier::Tier;

use crate::collection::{Collection, Kind, Which};

/// A collection of 64 pixels with these layers, in a folder with these files.
fn open(layers: &str, files: &[(&str, &[u8])]) -> Result<Collection, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let shipped = include_str!("../../collections/levana-2021.toml");
    let text =
        shipped.replacen("[[layers]]\ndraw = \"meteor\"", layers, 1).replacen("size = 512", "size = 64", 1);
    assert_ne!(text, shipped);
    let path = folder.path().join("art.toml");
    std::fs::write(&path, text).unwrap();
    Collection::open(path.to_str().unwrap(), None).map_err(|error| error.to_string())
}

/// What is said of an SVG with this inside.
fn refused(inside: &str) -> String {
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 8 8'>{inside}</svg>"
    );
    open("[[layers]]\nsvg = \"a.svg\"", &[("a.svg", svg.as_bytes())]).err().unwrap_or_default()
}

fn png(side: u32, pixel: [u8; 4]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Rgba);
    let pixels = pixel.repeat(usize::try_from(side * side).unwrap());
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    file
}

/// The pixel in the middle.
fn middle(collection: &Collection, tier: Tier, index: u32) -> [u8; 4] {
    let drawn = collection.draw(Which { kind: Kind::Meteor, tier, index }).unwrap();
    drawn.pixels().chunks(4).nth(64 * 32 + 32).unwrap().try_into().unwrap()
}

#[test]
fn templates_are_filled_with_tones_and_values_and_shown_where_they_belong() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><rect width='8' height='8' fill='{{tier.light}}'/></svg>";
    let layers = "[[layers]]\nsvg = \"a.svg\"\nwhen = { tier = [\"rare\", \"common\"] }";
    let collection = open(layers, &[("a.svg", svg)]).unwrap();
    assert_eq!(middle(&collection, Tier::Rare, 0), [0x7c, 0xc7, 0xff, 255]);
    assert_eq!(middle(&collection, Tier::Common, 0), [0xc3, 0xcb, 0xe6, 255]);
    assert_eq!(middle(&collection, Tier::Legendary, 0), [0; 4]);
}

#[test]
fn png_layers_are_chosen_by_traits_and_cover_each_other() {
    let mut files = vec![("base.png".to_owned(), png(64, [10, 20, 30, 255]))];
    for (at, colour) in (0_u8..).zip(["Red", "Yellow", "Blue", "Green", "Purple", "White"]) {
        files.push((format!("{colour}.png"), png(64, [at, 100, 0, 255])));
    }
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let layers = "[[layers]]\npng = \"base.png\"\n[[layers]]\npng = \"{crystal1}.png\"";
    let collection = open(layers, &files).unwrap();
    for index in 0..20 {
        let crystal = *collection.traits(Tier::Rare, index).get(1).unwrap();
        assert_eq!(middle(&collection, Tier::Rare, index), [u8::try_from(crystal).unwrap(), 100, 0, 255]);
    }
    let lacking = open(layers, files.get(..6).unwrap()).unwrap_err();
    assert!(lacking.contains("White.png: it can't be read: No such file"), "{lacking}");
}

#[test]
fn hostile_svgs_are_refused_with_what_to_do() {
    let bomb = (0..20).map(|k| format!("<g id='a{}'><use href='#a{k}'/><use href='#a{k}'/></g>", k + 1));
    let bomb: String = std::iter::once("<path id='a0' d='M0 0h1v1z'/>".to_owned()).chain(bomb).collect();
    let deep = format!("{}{}", "<g>".repeat(60), "</g>".repeat(60));
    // As deep as fits into a file: it is read once, not once for each element.
    let deepest = format!("{}{}", "<g>".repeat(60_000), "</g>".repeat(60_000));
    for (inside, told) in [
        (bomb.as_str(), "draws more than 20000 elements"),
        (deep.as_str(), "more than 48 deep"),
        (deepest.as_str(), "more than 48 deep"),
        ("<g id='a'><use href='#a'/></g>", "draws more than"),
        ("<image href='http://example.com/a.png'/>", "line 1: <image> is not allowed"),
        ("<use href='file:///etc/passwd#x'/>", "refers to something outside"),
        ("<use xlink:href='other.svg#x'/>", "refers to something outside"),
        ("<rect fill='url(http://example.com/#a)'/>", "refers to something outside"),
        ("<script>1</script>", "<script> is not allowed"),
        ("<style>@import 'x';</style>", "<style> is not allowed"),
        ("<text>a</text>", "<text> is not allowed: take it out, or convert it to shapes"),
        ("<filter id='f'/>", "<filter> is not allowed"),
        ("<rect style='filter: blur(9px)'/>", "filter is not allowed"),
        ("<rect onload='x()'/>", "onload is not allowed"),
        ("<g style='mix-blend-mode: color-burn'/>", "color-burn looks different on other machines"),
        ("<rect fill='{{essense.light}}'/>", "there is no \"essense.light\""),
        ("<rect fill='{{tier.light'/>", "begins a placeholder that nothing ends"),
        ("<g>", "it is no SVG that can be read"),
    ] {
        let said = refused(inside);
        assert!(
            said.contains("art.toml:") && said.contains("a.svg: ") && said.contains(told),
            "{inside}: {said}"
        );
    }
    let entities = "<!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg xmlns='http://www.w3.org/2000/svg'/>";
    let said = open("[[layers]]\nsvg = \"a.svg\"", &[("a.svg", entities.as_bytes())]).unwrap_err();
    assert!(said.contains("it has a document type"), "{said}");
}

#[test]
fn hostile_pngs_and_paths_are_refused_with_what_to_do() {
    let good = png(64, [1, 2, 3, 255]);
    // A header that promises 30,000 x 30,000 pixels.
    let mut huge = Vec::new();
    let mut encoder = png::Encoder::new(&mut huge, 30_000, 30_000);
    encoder.set_color(png::ColorType::Rgba);
    drop(encoder.write_header().unwrap());
    let cut = good.get(..good.len() / 2).unwrap();
    for (bytes, told) in [
        (huge.as_slice(), "it is 30000 x 30000 pixels"),
        (png(32, [0; 4]).as_slice(), "it is 32 x 32 pixels, and the collection's pictures are 64 x 64"),
        (cut, "it is no PNG that can be read"),
        (b"GIF89a", "it is no PNG that can be read"),
    ] {
        let said = open("[[layers]]\npng = \"a.png\"", &[("a.png", bytes)]).unwrap_err();
        assert!(said.contains("a.png: ") && said.contains(told), "{told}: {said}");
    }
    for path in ["../a.png", "/etc/a.png", ""] {
        let said = open(&format!("[[layers]]\npng = {path:?}"), &[]).unwrap_err();
        assert!(said.contains("leads out of the collection's folder"), "{path}: {said}");
    }
    let said = open("[[layers]]\npng = \"{colour}.png\"", &[]).unwrap_err();
    assert!(said.contains("there is no \"colour\": what can be named here is tier, distance"), "{said}");
    assert!(!Path::new("art.toml").exists());
}
