//! `meteor art generate`: pictures and their catalogue from a collection file.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use meteor_art::collection::{Collection, Kind, MOST_PIECES, SIDES};
use meteor_art::generate::{CATALOGUE, CONTENTS, Made, Spent, generate};
use meteor_rules::tier::PerTier;
use serde_json::json;

use crate::commands::Command;
use crate::out::{self, report, say};
use crate::progress::Progress;

/// Exit code where all pictures were there.
const NOTHING: u8 = 4;
/// What is said below the options: there `--help` stays on one screen.
const AFTER: &str = "\
The file says what is drawn: pieces of each tier, chances of traits, colours and
layers (docs/art.md). The same file makes the same bytes on every machine.
Meteors are FOLDER/TIER/INDEX.png, eggs and dust FOLDER/eggs/TIER/INDEX.png and
FOLDER/dust/TIER/INDEX.png; FOLDER/catalogue.csv comes last. A run that was
ended goes on: run it again. Exit code 4: all pictures were there.
Example: meteor art generate levana-2021 --out art --pieces 20";
/// How often the progress is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Draw the pictures of a collection, and write the catalogue of its meteors.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Generate {
    /// The collection file, or levana-2021, which comes with the program
    collection: String,
    /// The folder for the pictures; a new one, or one to go on with
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// At most so many of each tier, to try a file out
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PIECES)))]
    pieces: Option<u32>,
    /// Pixels a side, instead of what the file says
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(i64::from(*SIDES.start())..=i64::from(*SIDES.end())))]
    size: Option<u32>,
    /// Pictures drawn at once [default: one for each core]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// Write JSON, a line for each object, for programs
    #[arg(long)]
    json: bool,
}

impl Command for Generate {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let mut collection = Collection::open(&self.collection, self.size)?;
        if let Some(pieces) = self.pieces {
            collection = collection.with_at_most(PerTier::from_fn(|_| pieces));
        }
        let contents = collection.pieces(Kind::Egg).total() + collection.pieces(Kind::Dust).total();
        let Made { pictures, found, bytes, spent } = self.make(collection).await?;
        let catalogue = self.out.join(CATALOGUE);
        let new = pictures.saturating_sub(found);
        report!(
            "generated",
            {"catalogue": catalogue, "pictures": pictures, "new": new, "bytes": bytes, "thread_seconds": {
                "drawing": spent.drawing.as_secs_f64(), "encoding": spent.encoding.as_secs_f64(),
                "hashing": spent.hashing.as_secs_f64(), "files": spent.files.as_secs_f64(),
            }},
            "{pictures} pictures, {new} of them new, {} MB: {}",
            bytes / 1_000_000,
            catalogue.display()
        );
        say!("{}", shares(&spent));
        if contents > 0 {
            say!("images of eggs and dust, for the preset: {}", self.out.join(CONTENTS).display());
        }
        Ok(if new == 0 { ExitCode::from(NOTHING) } else { ExitCode::SUCCESS })
    }
}

/// What the time went into, in parts of a hundred.
fn shares(spent: &Spent) -> String {
    let parts = [spent.drawing, spent.encoding, spent.hashing, spent.files].map(|part| part.as_secs_f64());
    let all = parts.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let [drawing, encoding, hashing, files] = parts.map(|part| 100.0 * part / all);
    format!(
        "time of the threads: {drawing:.0} % drawing, {encoding:.0} % encoding, {hashing:.0} % hashing, {files:.0} % reading and writing files"
    )
}

impl Generate {
    /// Draws in threads of its own, and shows how far it is.
    async fn make(&self, collection: Collection) -> Result<Made> {
        let total = u64::try_from(collection.all().len())?;
        let threads = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build();
        let threads = threads.context("starting threads to draw with")?;
        let count = Arc::new(AtomicU64::new(0));
        let (counted, out) = (Arc::clone(&count), self.out.clone());
        let mut job = tokio::task::spawn_blocking(move || {
            let each = || {
                counted.fetch_add(1, Ordering::Relaxed);
            };
            threads.install(|| generate(&collection, &out, &each))
        });
        let mut progress = Progress::new("drawn".to_owned(), total);
        let mut ticks = tokio::time::interval(LOOK);
        let step = (total / 100).max(1);
        let mut next = 0;
        loop {
            tokio::select! {
                made = &mut job => return Ok(made??),
                _ = ticks.tick() => {}
            }
            let done = count.load(Ordering::Relaxed);
            if done >= next {
                let fields = || json!({"done": done, "of": total});
                progress.at(done, "drawn", fields, format_args!("drawn: {done} of {total}"));
                next = done.saturating_add(step);
            }
        }
    }
}
