//! `meteor check`: the launch checklist, run against the repository, a launch before and an event after.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};

use super::{Command, PARTLY, new_file};
use crate::checklist::list::{Item, Need, items};
use crate::checklist::live::Live;
use crate::checklist::render::{Title, count, evidence, html, markdown};
use crate::checklist::run::{Place, Ran, State, one};
use crate::checklist::signoff::{Signatures, read, template};
use crate::deploy::Draft;
use crate::event::recorded;
use crate::out::{self, report};

/// Exit code if an item fails.
const FAILED: u8 = 1;

/// Go through the launch checklist: PASS, FAIL or MANUAL for each item, with its evidence.
///
/// Run it in a checkout of the repository: with --launch before the launch, with --event (and --launch) after. Items
/// that need what is not named are left out, or open. What people must confirm is MANUAL until they sign in the file
/// that --signoff names. Exit code 0: all pass; 1: one fails; 3: none fails, and some are to be signed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Check {
    /// The launch file, before it is deployed or to compare with
    #[arg(long, value_name = "FILE")]
    launch: Option<PathBuf>,
    /// The event: the file that meteor deploy wrote
    #[arg(long, value_name = "FILE")]
    event: Option<PathBuf>,
    /// Address of the public page and API
    #[arg(long, value_name = "URL")]
    site: Option<String>,
    /// Where the catalogue was published, if not on the site
    #[arg(long, value_name = "FILE|URL")]
    catalogue: Option<String>,
    /// Address of a relay of the beacon; may be repeated. Without it drand's own, for quicknet
    #[arg(long, value_name = "URL")]
    beacon_url: Vec<String>,
    /// Send a test alert through this Alertmanager. It pages whoever is on call
    #[arg(long, value_name = "URL")]
    alertmanager: Option<String>,
    /// The file in which people signed
    #[arg(long, value_name = "FILE")]
    signoff: Option<PathBuf>,
    /// Only this item; may be repeated
    #[arg(long, value_name = "ID")]
    item: Vec<String>,
    /// The repository, in which evidence is looked for
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,
    /// Write the result into this new file as Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write the result into this new file as HTML
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write a new file to sign in, and check nothing
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Show the items with their evidence, and check nothing
    #[arg(long)]
    list: bool,
    /// Write an object for each item instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Check {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let items = items()?;
        if let Some(path) = &self.template {
            new_file(path, &template(&items))?;
            report!("written", {"file": path}, "to be filled in, and committed: {}", path.display());
            return Ok(ExitCode::SUCCESS);
        }
        for id in &self.item {
            ensure!(
                items.iter().any(|item| item.id == *id),
                "there is no item {id}: meteor check --list shows them"
            );
        }
        for path in [&self.markdown, &self.html].into_iter().flatten() {
            ensure!(!path.exists(), "{} exists: name a new file, nothing was checked", path.display());
        }
        let signatures = self.signoff.as_deref().map(|path| read(path, &items)).transpose()?;
        let live = self.live().await?;
        let chosen: Vec<&Item> = items.iter().filter(|item| self.is_of_this_run(item, &live)).collect();
        if self.list {
            for item in chosen {
                show(item);
            }
            return Ok(ExitCode::SUCCESS);
        }
        self.check(&chosen, &live, &signatures.unwrap_or_default()).await
    }
}

/// Shows an item without checking it.
fn show(item: &Item) {
    let Item { id, source, section, what, why, owner, .. } = item;
    let proof = evidence(&item.evidence);
    report!(
        "item",
        {
            "id": id, "source": source, "section": section, "line": item.line, "text": what, "why": why,
            "owner": owner, "evidence": proof, "sign": item.sign, "instead": item.instead, "needs": item.needs,
        },
        "{id:<28} {what} [{proof}]"
    );
}

impl Check {
    /// Whether an item is of this run: what is before the launch alone is not checked after, and the other way round.
    fn is_of_this_run(&self, item: &Item, live: &Live) -> bool {
        let there = |need: &Need| match need {
            Need::Chain | Need::Launch | Need::Event => self.list || live.has(*need),
            Need::Site | Need::Alertmanager => true,
        };
        (self.item.is_empty() || self.item.contains(&item.id)) && item.needs.iter().all(there)
    }

    async fn check(&self, chosen: &[&Item], live: &Live, signatures: &Signatures) -> Result<ExitCode> {
        ensure!(!chosen.is_empty(), "no item can be checked: name --launch FILE or --event FILE");
        let place = self.place()?;
        let (mut done, mut ran) = (Vec::new(), Ran::new());
        for item in chosen {
            let found = one(item, &place, live, signatures, &mut ran).await;
            let (id, state, said) = (&item.id, found.state, &found.said);
            report!(
                "checked",
                {
                    "id": id, "state": state, "said": said, "source": item.source, "owner": item.owner,
                    "evidence": evidence(&item.evidence),
                },
                "{state:<6} {id:<28} {said}"
            );
            done.push(found);
        }
        let title = self.title();
        for (path, text) in [(&self.markdown, markdown(&title, &done)), (&self.html, html(&title, &done))] {
            if let Some(path) = path {
                new_file(path, &text)?;
                report!("written", {"file": path}, "written {}", path.display());
            }
        }
        let [pass, fail, manual] = [State::Pass, State::Fail, State::Manual].map(|state| count(&done, state));
        report!(
            "checklist",
            {"pass": pass, "fail": fail, "manual": manual},
            "{pass} PASS, {fail} FAIL, {manual} MANUAL"
        );
        Ok(match (fail, manual) {
            (0, 0) => ExitCode::SUCCESS,
            (0, _) => ExitCode::from(PARTLY),
            _ => ExitCode::from(FAILED),
        })
    }

    /// What is to be asked.
    async fn live(&self) -> Result<Live> {
        let launch = match &self.launch {
            None => None,
            Some(path) => {
                let event = self.event.clone().unwrap_or_else(|| path.with_file_name("deployment.json"));
                let artifacts = self.repo.join("artifacts");
                Some((path.clone(), Draft::read(path, &artifacts, &event).await?))
            }
        };
        Ok(Live {
            launch,
            event: self.event.as_deref().map(recorded).transpose()?,
            site: self.site.clone(),
            relays: self.beacon_url.clone(),
            alertmanager: self.alertmanager.clone(),
            catalogue: self.catalogue.clone(),
        })
    }

    /// Where commands run, and what they are told.
    fn place(&self) -> Result<Place> {
        let absolute = |path: &Path| {
            let path = std::path::absolute(path).with_context(|| format!("{}", path.display()))?;
            anyhow::Ok(path.to_string_lossy().into_owned())
        };
        let mut variables = vec![("METEOR", absolute(&std::env::current_exe()?)?)];
        for (name, path) in [("LAUNCH", &self.launch), ("EVENT", &self.event)] {
            if let Some(path) = path {
                variables.push((name, absolute(path)?));
            }
        }
        variables.extend(self.site.clone().map(|site| ("SITE", site)));
        Ok(Place { repo: self.repo.clone(), variables })
    }

    fn title(&self) -> Title {
        let files = [&self.launch, &self.event].into_iter().flatten();
        let files: Vec<String> = files.map(|path| path.display().to_string()).collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Title {
            of: if files.is_empty() { "the repository".into() } else { files.join(" and ") },
            at: meteor_chain::time::utc(now).unwrap_or_default(),
            by: format!("meteor {}", super::help::SHORT),
        }
    }
}
