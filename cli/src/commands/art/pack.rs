//! `meteor art pack`: CAR files and the catalogue's full file from a folder of images.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::{Context, Result};
use meteor_art::pack::{self, LEAST_CAR_BYTES, Plan};
use meteor_art::{contents, whole};
use meteor_rules::catalogue::described;
use meteor_rules::metadata::Template;

use super::{compare, listed};
use crate::commands::Command;
use crate::out::{self, report, say};
use crate::progress::Progress;
use crate::{catalogue, preset};

/// Pack the images of a folder into CAR files, ready for a pinning service.
///
/// The folder is as meteor art generate leaves it: TIER/INDEX.png, catalogue.csv, and eggs and dust if there are any.
/// Each CAR holds a sub-directory of at most 1000 images, complete, with that as its root; top.car has what is above.
/// What fits in one CAR is art.car. pack.json names files and roots. Stopped, the same command goes on; the bytes are
/// the same each time.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Pack {
    /// The folder
    folder: PathBuf,
    /// Name or path of the preset whose meteors the pieces are for
    #[arg(long)]
    preset: String,
    /// The catalogue, if it is not the folder's catalogue.csv
    #[arg(long, value_name = "FILE")]
    catalogue: Option<String>,
    /// Where the CARs go, if not to cars in the folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Most bytes of a CAR
    #[arg(long, value_name = "BYTES", default_value_t = 100_000_000, value_parser = clap::value_parser!(u64).range(LEAST_CAR_BYTES..=1_000_000_000_000))]
    car_bytes: u64,
    /// Say the root and write nothing. No image of a meteor is read
    #[arg(long)]
    dry_run: bool,
    /// Write what is done as JSON, one object a line, instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Pack {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let preset = preset::read(&self.preset)?;
        let template = &preset.meteors.template;
        let source =
            self.catalogue.unwrap_or_else(|| self.folder.join(catalogue::FILE).display().to_string());
        let catalogue = catalogue::read(&source, template).await?;
        let contents = contents::read(&self.folder)?;
        let plan = pack::plan(&listed(&self.folder)?, &catalogue, &contents, self.car_bytes)?;
        compare(&self.folder, &contents, &preset);
        let bytes = plan.cars.iter().fold(0u64, |sum, car| sum.saturating_add(car.bytes));
        let (cars, root, images) = (plan.cars.len(), plan.root.to_string(), plan.images());
        let files = if cars == 1 { "1 CAR file".to_owned() } else { format!("{cars} CAR files") };
        if self.dry_run {
            report!("packable", {"root": root, "images": images, "cars": cars, "bytes": bytes},
                "would pack {images} images into {files} of {bytes} bytes in all, root {root}");
            return Ok(ExitCode::SUCCESS);
        }
        let to = self.out.unwrap_or_else(|| self.folder.join("cars"));
        let described = described(&catalogue, &plan, template)?;
        // pack.json comes last: while it is there, everything is.
        let file = to.join(catalogue::FILE);
        let writing = || format!("writing {}", file.display());
        std::fs::create_dir_all(&to).with_context(writing)?;
        whole::write(&file, described.as_bytes()).with_context(writing)?;
        write(&plan, &to, images).await?;
        report!("packed", {"root": root, "images": images, "cars": cars, "bytes": bytes, "folder": to.display().to_string()},
            "packed {images} images into {files} in {}, {bytes} bytes, root {root}", to.display());
        for line in catalogue::shown(&catalogue)? {
            say!("{line}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The catalogue's file with length and hash of each image.
fn described(
    catalogue: &meteor_rules::catalogue::Catalogue,
    plan: &Plan,
    template: &Template,
) -> Result<String> {
    described::write(catalogue, &plan.files, template).context("the plan has not the catalogue's images")
}

/// Writes the CARs on threads of their own, so that signals are heard meanwhile.
async fn write(plan: &Plan, out: &Path, images: u64) -> Result<()> {
    let (plan, out) = (plan.clone(), out.to_owned());
    let work = move || {
        let progress = Mutex::new(Progress::new("packing".to_owned(), images));
        let done = |done: u64| {
            if let Ok(mut progress) = progress.lock() {
                let fields = || serde_json::json!({"done": done, "images": images});
                progress.at(done, "packing", fields, format_args!("{done} of {images} images are packed"));
            }
        };
        pack::write(&plan, &out, &done).map(|_| ())
    };
    Ok(tokio::task::spawn_blocking(work).await??)
}
