//! `meteor halt`: pauses contributions and shows that the showers are halted, without the back end, in one go.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_indexer::Settings;

use super::pause::pause;
use super::{Command, PARTLY};
use crate::event::Event;
use crate::halted;
use crate::next::IDLE;
use crate::out::{complain, report, say};
use crate::signing::{Signing, Terms};

/// Pause contributions and show everyone that the showers are halted, in one go.
///
/// The page is shown first, as that takes neither chain nor back end: halted.html is put at each --site, and a --with
/// program is called with "on". While it runs the contract is paused, signed by guardian or owner. Neither waits for the
/// other: what failed is said, and the exit code is 3. --off takes the page away; the owner resumes with meteor resume.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  meteor halt --site /srv/site --signer-file guardian
  meteor halt --with ops/terraform/halt-site --signer-file guardian
  meteor halt --off --site /srv/site")]
pub(super) struct Halt {
    #[command(flatten)]
    event: Event,
    /// File with the 24 words of guardian or owner (mode 0600; /dev/fd/3 reads descriptor 3)
    #[arg(long, required_unless_present = "off")]
    signer_file: Option<PathBuf>,
    #[command(flatten)]
    terms: Terms,
    /// Where the site is served from: a folder, or `s3://bucket/prefix`; may be repeated, and left out beside --with
    #[arg(long, value_name = "PLACE", env = "METEOR_HALT_SITE", required_unless_present = "with")]
    site: Vec<String>,
    /// Program that shows the page at the edge: called with on or off
    #[arg(long, value_name = "PROGRAM", env = "METEOR_HALT_WITH")]
    with: Option<PathBuf>,
    /// Another page than the one that comes with this program
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Take the page away again, and sign nothing
    #[arg(long)]
    off: bool,
    /// Address of an S3-compatible store [default: that of AWS]
    #[arg(long, env = "METEOR_STORE_ENDPOINT")]
    store_endpoint: Option<String>,
    /// Its region
    #[arg(long, env = "METEOR_STORE_REGION")]
    store_region: Option<String>,
    /// A file with credentials, as ~/.aws/credentials [default: what the environment gives]
    #[arg(long, env = "METEOR_STORE_CREDENTIALS", hide_env_values = true)]
    store_credentials: Option<PathBuf>,
}

impl Command for Halt {
    async fn run(self) -> Result<ExitCode> {
        self.terms.choose_output();
        // Before anything is done: a page that isn't there would halt only half of it.
        let page = match &self.page {
            Some(file) => std::fs::read(file).with_context(|| format!("reading {}", file.display()))?,
            None => halted::PAGE.into(),
        };
        let mut complete = true;
        for site in &self.site {
            complete &= said("site", site, self.at(site, &page).await, self.off);
        }
        // The program may take its time, or ask for a second factor: contributions don't go on meanwhile.
        let with = async {
            let program = self.with.as_ref()?;
            Some((program.display().to_string(), self.call(program).await))
        };
        let pausing = async { if self.off { None } else { Some(self.pause().await) } };
        let (with, paused) = tokio::join!(with, pausing);
        if let Some((name, outcome)) = with {
            complete &= said("with", &name, outcome, self.off);
        }
        let Some(paused) = paused else {
            let next = "contributions stay paused until the owner resumes: meteor resume";
            report!("next", {"said": next}, "{next}");
            return Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(PARTLY) });
        };
        complete &= match paused {
            Err(error) => match super::planned(&error) {
                // A dry run is no failure.
                Some(planned) => super::said(planned) == ExitCode::SUCCESS,
                None => said("contract", "the contract", Err(error), false),
            },
            Ok(code) => code == ExitCode::SUCCESS || code == ExitCode::from(IDLE),
        };
        Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(PARTLY) })
    }
}

/// Says what became of one part; answers with whether it is done.
fn said(what: &str, name: &str, outcome: Result<&'static str>, off: bool) -> bool {
    match outcome {
        Ok(done) => {
            report!("halt_page", {"at": name, "by": what, "on": !off}, "{name}: {done}");
            true
        }
        Err(error) => {
            let why = crate::out::in_words(&error);
            complain!("not_halted", {"at": name, "by": what, "why": why}, "NOT DONE: {name}: {why}");
            false
        }
    }
}

impl Halt {
    /// Shows the page at `site`, or takes it away.
    async fn at(&self, site: &str, page: &[u8]) -> Result<&'static str> {
        let settings = Settings {
            store: Some(site.to_owned()),
            store_endpoint: self.store_endpoint.clone(),
            store_region: self.store_region.clone(),
            store_credentials: self.store_credentials.clone(),
            ..Settings::default()
        };
        let place = settings.place()?.context("a place is a folder, or s3://bucket/prefix")?;
        if self.terms.dry_run {
            halted::look(&place)?;
            return Ok(if self.off {
                "halted.html would be taken away"
            } else {
                "halted.html would be shown"
            });
        }
        if self.off {
            halted::hide(&place).await?;
            return Ok("halted.html is gone, the site is served again");
        }
        halted::show(&place, page).await?;
        Ok("halted.html is there, which is shown instead of the site")
    }

    /// Has `program` show the page, or take it away.
    async fn call(&self, program: &Path) -> Result<&'static str> {
        let word = if self.off { "off" } else { "on" };
        if self.terms.dry_run {
            return Ok("would be called");
        }
        // It may ask for a second factor: its terminal is ours.
        let mut command = std::process::Command::new(program);
        let status = tokio::task::spawn_blocking(move || command.arg(word).status()).await?;
        let status = status.with_context(|| format!("starting {}", program.display()))?;
        ensure!(status.success(), "it ended with {status}");
        Ok("done")
    }

    async fn pause(&self) -> Result<ExitCode> {
        let signing = Signing {
            event: self.event.clone(),
            signer_file: self.signer_file.clone().context("pausing needs --signer-file")?,
            terms: self.terms.clone(),
        };
        let (mut account, deployment, config) = signing.open().await?;
        let code = pause(&mut account, &deployment, &config).await?;
        say!("next: say why on the page's channels; meteor halt --off and meteor resume end it");
        Ok(code)
    }
}
