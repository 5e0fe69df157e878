//! How long a picture takes: drawing, encoding, hashing, and a whole run. `cargo bench -p meteor-art`.
//!
//! Times are CPU time of the process, so that a busy machine shows the same figures.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss
)]

use std::hint::black_box;
use std::time::Instant;

use meteor_art::cid::image;
use meteor_art::collection::{Collection, Kind, Which};
use meteor_art::generate::generate;
use meteor_rules::tier::{PerTier, Tier};

/// Pictures of each tier that are measured.
const MANY: u32 = 60;

/// CPU time of this process, all threads (seconds).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}

/// Milliseconds of CPU for each of `count`.
fn each(count: usize, mut run: impl FnMut()) -> f64 {
    let before = cpu();
    run();
    (cpu() - before) * 1000.0 / count as f64
}

/// What resvg's own `save_png` does: the `png` crate's defaults.
fn reference(pixels: &[u8], side: u32) -> usize {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(pixels).unwrap();
    file.len()
}

fn main() {
    println!("size  tier       draw ms  encode ms  hash ms  KB each  png crate's default ms, KB");
    for side in [256, 512, 1024] {
        let collection = Collection::open("levana-2021", Some(side)).unwrap();
        for tier in Tier::ALL {
            let many = if side > 512 { MANY / 3 } else { MANY };
            let which = |index| Which { kind: Kind::Meteor, tier, index };
            let mut drawn = Vec::new();
            let draw =
                each(many as usize, || drawn.extend((0..many).map(|i| collection.draw(which(i)).unwrap())));
            let mut files = Vec::new();
            let encode = each(drawn.len(), || files.extend(drawn.iter().map(|drawn| drawn.png().unwrap())));
            let hash = each(files.len() * 20, || {
                for _ in 0..20 {
                    for file in &files {
                        let _ = black_box(image(file));
                    }
                }
            });
            let few = drawn.len() / 6;
            let mut bytes = 0;
            let other =
                each(few, || bytes = drawn[..few].iter().map(|drawn| reference(drawn.pixels(), side)).sum());
            let size = files.iter().map(Vec::len).sum::<usize>() / files.len() / 1000;
            println!(
                "{side:<5} {:<10} {draw:>7.1} {encode:>10.1} {hash:>8.2} {size:>8}  {other:>7.1}, {}",
                tier.to_string(),
                bytes / few / 1000
            );
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let pieces = PerTier { legendary: 9, ancient: 179, rare: 448, common: 1364 };
    let collection = Collection::open("levana-2021", None).unwrap().with_at_most(pieces);
    let (start, before) = (Instant::now(), cpu());
    let made = generate(&collection, folder.path(), &|| {}).unwrap();
    let (wall, used) = (start.elapsed().as_secs_f64(), cpu() - before);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!(
        "{} pictures: {:.1} a second, {:.1} for each second of CPU, {} KB each; {peak}",
        made.pictures,
        made.pictures as f64 / wall,
        made.pictures as f64 / used,
        made.bytes / made.pictures / 1000
    );
}
