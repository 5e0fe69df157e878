//! `meteor art publish`: the images to where they are hosted.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meteor_art::contents::{self, Content};
use meteor_art::pack;
use meteor_art::publish::pinning::{Pinning, Sent};
use meteor_art::publish::store::Store;
use meteor_art::publish::{Item, items};
use meteor_rules::catalogue::described::Described;

use super::places::{Place, open, token};
use super::{compare, described, listed};
use crate::commands::{Command, PARTLY};
use crate::out::{self, report};
use crate::progress::Progress;
use crate::{catalogue, preset};

/// Images between two reports of how far it is.
const REPORTED: u64 = 500;
/// How often a service is asked whether it has pinned everything.
const ASKED_EVERY: Duration = Duration::from_secs(5);

/// Send the images to where they are hosted.
///
/// A folder or bucket gets img/CID for each image, those of eggs and dust too, and the catalogue. A pinning service gets
/// the CARs of meteor art pack. Stopped, the same command goes on. A bucket's keys are in `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, its
/// address in `AWS_ENDPOINT` and `AWS_REGION`; a service's token is in `METEOR_PINNING_TOKEN`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Publish {
    /// The folder, as meteor art generate leaves it
    folder: PathBuf,
    /// Name or path of the preset whose meteors the pieces are for
    #[arg(long)]
    preset: String,
    /// A folder, `s3://bucket/prefix`, or the address of a Pinning Service API. May be repeated
    #[arg(long, value_name = "PLACE", required = true)]
    to: Vec<Place>,
    /// The catalogue, if it is not the folder's catalogue.csv
    #[arg(long, value_name = "FILE")]
    catalogue: Option<String>,
    /// Where the CARs are, if not in cars in the folder
    #[arg(long, value_name = "FOLDER")]
    cars: Option<PathBuf>,
    /// Where the pinning service takes CARs; without it the service fetches the images itself
    #[arg(long, value_name = "URL")]
    upload: Option<reqwest::Url>,
    /// A private file with the service's token, instead of `METEOR_PINNING_TOKEN`
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// How long to wait until everything is pinned (seconds)
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    wait: u64,
    /// Say what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Write what is done as JSON, one object a line, instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Publish {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let source = self.catalogue.clone();
        let source = source.unwrap_or_else(|| self.folder.join(catalogue::FILE).display().to_string());
        let preset = preset::read(&self.preset)?;
        let (file, of) = described(&source, &preset).await?;
        let contents = contents::read(&self.folder)?;
        compare(&self.folder, &contents, &preset);
        let mut code = ExitCode::SUCCESS;
        for place in &self.to {
            match place {
                Place::Store(name) => {
                    self.store(&open(name, !self.dry_run)?, &of, &contents, &file).await?;
                }
                Place::Service(url) => {
                    let token = token(self.token_file.as_deref())?;
                    let service = Pinning::new(url.clone(), self.upload.clone(), token)?;
                    if !self.service(&service, &of, &contents).await? {
                        code = ExitCode::from(PARTLY);
                    }
                }
            }
        }
        Ok(code)
    }
}

impl Publish {
    async fn store(&self, store: &Store, of: &Described, contents: &[Content], file: &[u8]) -> Result<()> {
        let mut items: Vec<Item> = items(of, &listed(&self.folder)?)?;
        items.extend(contents.iter().cloned().map(Item::from));
        let (all, name) = (u64::try_from(items.len()).unwrap_or(u64::MAX), store.name());
        if self.dry_run {
            let have = store.have().await?;
            let there =
                items.iter().filter(|item| have.get(&item.cid.to_string()) == Some(&item.bytes)).count();
            report!("publishable", {"place": name, "images": all, "there": there},
                "{name}: {there} of {all} images are there; nothing was sent");
            return Ok(());
        }
        let mut progress = Progress::new(format!("{name}: sending"), all);
        let sent = store
            .publish(items, |there| {
                if there.is_multiple_of(REPORTED) {
                    let fields = || serde_json::json!({"place": name, "done": there, "images": all});
                    progress.at(
                        there,
                        "sending",
                        fields,
                        format_args!("{name}: {there} of {all} images are there"),
                    );
                }
            })
            .await?;
        // Last: who finds it finds the images.
        store.write(catalogue::FILE, file.to_vec()).await?;
        report!("sent", {"place": name, "images": all, "sent": sent},
            "{name}: {all} images are there with their catalogue, {sent} of them sent now");
        Ok(())
    }

    /// Whether everything is pinned.
    async fn service(&self, service: &Pinning, of: &Described, contents: &[Content]) -> Result<bool> {
        let cars: &Path = &self.cars.clone().unwrap_or_else(|| self.folder.join("cars"));
        let manifest =
            pack::manifest(cars).context("a pinning service takes CARs: run meteor art pack first")?;
        let folder = listed(&self.folder)?;
        // The CARs of other images would be pinned for nothing.
        let planned = pack::plan(&folder, &of.catalogue, contents, manifest.car_bytes)?;
        ensure!(
            planned.root.to_string() == manifest.root,
            "{} is of other images than the folder has: run meteor art pack again",
            cars.join(pack::MANIFEST).display()
        );
        let (name, all) = (service.name(), manifest.cars.len());
        let roots: Vec<String> = manifest.cars.iter().map(|car| car.root.clone()).collect();
        let stand = service.stand(&roots).await?;
        if self.dry_run {
            let there = stand.len();
            report!("publishable", {"place": name, "cars": all, "there": there},
                "{name}: {there} of {all} roots are pinned or about to be; nothing was sent");
            return Ok(true);
        }
        let mut progress = Progress::new(format!("{name}: sending"), u64::try_from(all).unwrap_or(u64::MAX));
        let mut sent = 0u64;
        for (at, car) in (1u64..).zip(&manifest.cars) {
            if let Sent::Now(_) = service.send(car, cars, &stand).await? {
                sent = sent.saturating_add(1);
            }
            let fields = || serde_json::json!({"place": name, "done": at, "cars": all});
            progress.at(at, "sending", fields, format_args!("{name}: {at} of {all} CARs are sent"));
        }
        let waiting = service.settled(&roots, Duration::from_secs(self.wait), ASKED_EVERY).await?;
        let (left, root) = (waiting.len(), &manifest.root);
        report!("pinned", {"place": name, "cars": all, "sent": sent, "waiting": left, "root": root},
            "{name}: {} of {all} roots are pinned, {sent} sent now; everything is below {root}", all.saturating_sub(left));
        if left > 0 {
            out::tell!("{name} has not pinned {left} roots yet: run the same command again to wait longer");
        }
        Ok(left == 0)
    }
}
