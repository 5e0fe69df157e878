//! Evidence as a server's API or a folder has it.

use std::path::Path;

use anyhow::{Context, Result};
use meteor_chain::http::{self, GetError};
use meteor_rules::fairness::evidence::{Fairness, Reveal, read_csv};
use serde_json::Value;

use super::Bundle;

/// Reads the evidence of an event from a server's API or a folder.
///
/// # Errors
/// If something is missing or malformed.
pub async fn load(source: &str) -> Result<Bundle> {
    let source = Source::named(source);
    source.bundle(source.fairness().await?).await
}

/// Where evidence comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// A server's address, without a slash at its end.
    Server(&'a str),
    /// A folder.
    Folder(&'a Path),
}

impl<'a> Source<'a> {
    /// The source that `text` names: an address or a folder.
    pub fn named(text: &'a str) -> Self {
        if text.starts_with("http://") || text.starts_with("https://") {
            Self::Server(text.trim_end_matches('/'))
        } else {
            Self::Folder(Path::new(text))
        }
    }

    /// Whose word it is.
    pub const fn said_by(&self) -> &'static str {
        match self {
            Self::Server(_) => "the operator's server",
            Self::Folder(_) => "the evidence folder",
        }
    }

    /// What it says of the event as the chain has it.
    ///
    /// # Errors
    /// If it is missing, malformed or of another version.
    pub async fn fairness(&self) -> Result<Fairness> {
        let file = self.read("/v1/fairness", "fairness.json").await?;
        let fairness: Fairness = serde_json::from_slice(&file).context("reading fairness.json")?;
        fairness.validate()?;
        Ok(fairness)
    }

    /// The rest of the evidence of `fairness`.
    ///
    /// # Errors
    /// If something is missing or malformed.
    pub async fn bundle(&self, fairness: Fairness) -> Result<Bundle> {
        let tables = self.read("/v1/fairness/tables", "tables.json").await?;
        let mut showers = Vec::with_capacity(fairness.showers.len());
        for facts in &fairness.showers {
            // Nothing of an open shower is final, and it needs no files.
            if facts.is_open() {
                showers.push((vec![], vec![]));
                continue;
            }
            let shower = facts.shower;
            let csv = self
                .read(
                    &format!("/v1/showers/{shower}/contributions.csv"),
                    &format!("showers/{shower}/contributions.csv"),
                )
                .await?;
            let rows = read_csv(std::str::from_utf8(&csv)?)
                .with_context(|| format!("contributions of shower {shower}"))?;
            showers.push((rows, self.reveals(shower).await?));
        }
        Ok(Bundle { fairness, tables, catalogue: self.catalogue().await?, showers })
    }

    /// The catalogue file; `None` where there is none.
    async fn catalogue(&self) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Folder(folder) if !folder.join("catalogue.csv").exists() => Ok(None),
            Self::Server(base) => match http::get(&format!("{base}/v1/catalogue")).await {
                Err(GetError::Status { status: 404, .. }) => Ok(None),
                answer => answer.map(Some).with_context(|| format!("asking {base}/v1/catalogue")),
            },
            Self::Folder(_) => self.read("", "catalogue.csv").await.map(Some),
        }
    }

    async fn read(&self, path: &str, file: &str) -> Result<Vec<u8>> {
        match self {
            Self::Folder(folder) => {
                let file = folder.join(file);
                std::fs::read(&file).with_context(|| format!("reading {}", file.display()))
            }
            Self::Server(base) => {
                let url = format!("{base}{path}");
                http::get(&url).await.with_context(|| format!("asking {url}"))
            }
        }
    }

    async fn reveals(&self, shower: u32) -> Result<Vec<Reveal>> {
        if let Self::Folder(_) = self {
            let bytes = self.read("", &format!("showers/{shower}/reveals.json")).await?;
            return serde_json::from_slice(&bytes).with_context(|| format!("reveals of shower {shower}"));
        }
        let mut reveals = Vec::new();
        let mut path = Some(format!("/v1/showers/{shower}/reveals"));
        while let Some(at) = path {
            let mut page: Value = serde_json::from_slice(&self.read(&at, "").await?)?;
            let rows = page.get_mut("reveals").map(Value::take).context("a page without reveals")?;
            reveals.extend(serde_json::from_value::<Vec<Reveal>>(rows)?);
            path = page.get("next").and_then(Value::as_str).map(ToOwned::to_owned);
        }
        Ok(reveals)
    }
}
