//! `meteor art sheet`: pictures of a tier side by side.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_art::collection::{Collection, Kind, SIDES};
use meteor_art::sheet::sheet;
use meteor_rules::tier::Tier;
use serde_json::json;

use crate::commands::Command;
use crate::out::{self, reported};

/// What is said below the options: there `--help` stays on one screen.
const AFTER: &str = "\
The pictures are drawn anew: it shows what meteor art generate would make.
Example: meteor art sheet levana-2021 --tier legendary --out legendary.png";

/// Make a contact sheet: the first pictures of a tier side by side, to look at.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Sheet {
    /// The collection file, or levana-2021, which comes with the program
    collection: String,
    /// The tier: legendary, ancient, rare or common
    #[arg(long)]
    tier: Tier,
    /// What is shown: meteor, egg or dust
    #[arg(long, value_parser = kind, default_value = "meteor")]
    kind: Kind,
    /// The PNG to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Pictures beside each other
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=40))]
    columns: u32,
    /// Rows of pictures
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=40))]
    rows: u32,
    /// Pixels a side of each picture
    #[arg(long, value_name = "PIXELS", default_value_t = 160, value_parser = clap::value_parser!(u32).range(i64::from(*SIDES.start())..=i64::from(*SIDES.end())))]
    size: u32,
    /// Write JSON for programs
    #[arg(long)]
    json: bool,
}

/// The kind of that name.
fn kind(name: &str) -> Result<Kind, String> {
    let all = [Kind::Meteor, Kind::Egg, Kind::Dust];
    all.into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| "it is one of meteor, egg and dust".to_owned())
}

impl Command for Sheet {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let collection = Collection::open(&self.collection, Some(self.size))?;
        let png = sheet(&collection, self.kind, self.tier, self.columns, self.rows)?;
        let writing = || format!("writing {}", self.out.display());
        if let Some(folder) = self.out.parent() {
            std::fs::create_dir_all(folder).with_context(writing)?;
        }
        std::fs::write(&self.out, png).with_context(writing)?;
        let said = format!("{} {} pictures: {}", self.tier, self.kind.name(), self.out.display());
        reported(
            "sheet",
            || json!({"file": self.out, "tier": self.tier, "kind": self.kind.name()}),
            format_args!("{said}"),
        );
        Ok(ExitCode::SUCCESS)
    }
}
