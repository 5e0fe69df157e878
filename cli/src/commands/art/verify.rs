//! `meteor art verify`: whether the images are where they should be.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_art::cid::Cid;
use meteor_art::pack;
use meteor_art::publish::pinning::{Gateway, Pinning};
use meteor_art::publish::store::Store;
use meteor_art::publish::{Wanted, lacks, sample, wanted, wanted_contents};

use super::described;
use super::places::{Place, open, token};
use crate::commands::Command;
use crate::out::{self, complain, report, say};
use crate::preset;

/// Most images that are named of those that are missing.
const NAMED: usize = 10;

/// Look whether the images are where they should be.
///
/// Each place is asked for every image of the catalogue and for the eggs and dust that the preset names (a pinning
/// service for every root), and some images, drawn by a seed, are downloaded and hashed. It exits with 1 if anything is
/// missing or wrong.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Verify {
    /// The catalogue, or the address of one
    catalogue: String,
    /// Name or path of the preset whose meteors the pieces are for
    #[arg(long)]
    preset: String,
    /// A folder, `s3://bucket/prefix`, or the address of a Pinning Service API. May be repeated
    #[arg(long, value_name = "PLACE", required_unless_present = "gateway")]
    at: Vec<Place>,
    /// An IPFS gateway from which images are downloaded. May be repeated
    #[arg(long, value_name = "URL")]
    gateway: Vec<reqwest::Url>,
    /// The folder with the CARs, whose roots a pinning service must have
    #[arg(long, value_name = "FOLDER")]
    cars: Option<PathBuf>,
    /// How many images are downloaded from each place
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    sample: usize,
    /// Which images these are; another number draws others. By chance if not given
    #[arg(long)]
    seed: Option<u64>,
    /// Leave out eggs and dust, if they are hosted elsewhere
    #[arg(long)]
    meteors_only: bool,
    /// A private file with the service's token, instead of `METEOR_PINNING_TOKEN`
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Write what is found as JSON, one object a line, instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Verify {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let preset = preset::read(&self.preset)?;
        let (_, of) = described(&self.catalogue, &preset).await?;
        let mut wanted = wanted(&of)?;
        let contents = if self.meteors_only { Vec::new() } else { wanted_contents(&preset.crack.tables)? };
        wanted.extend(&contents);
        let seed = self.seed.unwrap_or_else(rand::random);
        let drawn = sample(&wanted, self.sample, seed);
        say!("{} images are downloaded from each place: --seed {seed} draws the same", drawn.len());
        let mut good = true;
        for place in &self.at {
            good &= match place {
                Place::Store(name) => store(&open(name, false)?, &wanted, &contents, &drawn, seed).await?,
                Place::Service(url) => {
                    let service = Pinning::new(url.clone(), None, token(self.token_file.as_deref())?)?;
                    self.service(&service, &contents).await?
                }
            };
        }
        for url in &self.gateway {
            let gateway = Gateway::new(url.clone())?;
            let mut wrong = Vec::new();
            for cid in &drawn {
                match gateway.is_right(cid).await {
                    Ok(true) => {}
                    Ok(false) => wrong.push((cid, "its bytes have another hash".to_owned())),
                    Err(error) => wrong.push((cid, out::in_words(&error.into()))),
                }
            }
            good &= told(&gateway.name(), &wrong, drawn.len(), seed);
        }
        Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Verify {
    async fn service(&self, service: &Pinning, contents: &[Wanted]) -> Result<bool> {
        let cars = self
            .cars
            .as_deref()
            .context("name the folder of the CARs with --cars: its roots are asked for")?;
        let manifest = pack::manifest(cars)?;
        let unpinned = service.unpinned(&manifest).await?;
        let (name, all, left) = (service.name(), manifest.cars.len(), unpinned.len());
        for root in unpinned.iter().take(NAMED) {
            complain!("missing", {"place": name, "root": root}, "{name}: the root {root} isn't pinned");
        }
        report!("verified", {"place": name, "roots": all, "missing": left},
            "{name}: {} of {all} roots are pinned", all.saturating_sub(left));
        let unpacked: Vec<String> = contents.iter().map(|image| image.cid.to_string()).collect();
        let unpacked: Vec<&String> = unpacked.iter().filter(|cid| !manifest.contents.contains(cid)).collect();
        for cid in unpacked.iter().take(NAMED) {
            let of = cars.display();
            complain!("missing", {"place": name, "image": cid, "said": "it is in no CAR"}, "{name}: {cid} is in no CAR of {of}");
        }
        differ(unpacked.len());
        Ok(left == 0 && unpacked.is_empty())
    }
}

/// Says what to do if eggs and dust are missing.
fn differ(missing: usize) {
    if missing > 0 {
        out::tell!(
            "{missing} of these are eggs and dust that the preset names: meteor art check says how the folder differs; \
             --meteors-only leaves them out"
        );
    }
}

async fn store(
    store: &Store,
    wanted: &[Wanted],
    contents: &[Wanted],
    drawn: &[Cid],
    seed: u64,
) -> Result<bool> {
    let (name, all) = (store.name(), wanted.len());
    let have = store.have().await?;
    let without = lacks(&have, contents).missing.len();
    let lacks = lacks(&have, wanted);
    let named = |cids: &[String], why: &str| {
        for cid in cids.iter().take(NAMED) {
            complain!("missing", {"place": name, "image": cid, "said": why}, "{name}: {cid} {why}");
        }
    };
    named(&lacks.missing, "isn't there");
    named(&lacks.other_length, "has another length than the catalogue says");
    differ(without);
    let (there, missing, other) = (lacks.there, lacks.missing.len(), lacks.other_length.len());
    report!("verified", {"place": name, "images": all, "there": there, "missing": missing, "other_length": other},
        "{name}: {there} of {all} images are there, {missing} are missing, {other} have another length");
    let mut wrong = Vec::new();
    let there: Vec<&Cid> = drawn.iter().filter(|cid| have.contains_key(&cid.to_string())).collect();
    for cid in &there {
        match store.is_right(cid).await {
            Ok(true) => {}
            Ok(false) => wrong.push((*cid, "its bytes have another hash".to_owned())),
            Err(error) => wrong.push((*cid, out::in_words(&error.into()))),
        }
    }
    Ok(told(name, &wrong, there.len(), seed) && missing == 0 && other == 0)
}

/// Says which of the downloaded images are wrong; whether none is.
fn told(name: &str, wrong: &[(&Cid, String)], drawn: usize, seed: u64) -> bool {
    for (cid, why) in wrong {
        let cid = cid.to_string();
        complain!("wrong", {"place": name, "image": cid, "said": why}, "{name}: {cid}: {why}");
    }
    let bad = wrong.len();
    report!("sampled", {"place": name, "images": drawn, "wrong": bad, "seed": seed},
        "{name}: {drawn} images downloaded and hashed, {bad} wrong");
    bad == 0
}
