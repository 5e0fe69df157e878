//! The public site from outside: page, release, the contract in the page and in the API, the age of what is shown, the
//! certificate, images. Everything is fetched anew, as a browser that has nothing yet would.

use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use futures::StreamExt as _;
use futures::stream;
use meteor_chain::http;
use reqwest::redirect::Policy;
use reqwest::tls::TlsInfo;
use reqwest::{Client, ClientBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::Look;
use meteor_operator::jobs::Deployment;

/// How long one answer may take: a visitor would have gone by then.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of one file of the page, or of an image.
const LARGEST: usize = 16 << 20;
/// Most files of a page: ours has some fifty.
const MOST_FILES: usize = 1_000;
/// Files that are fetched at the same time.
const AT_ONCE: usize = 4;
/// Characters of a contract's address after its prefix and the 1.
const CONTRACT_CHARS: usize = 58;

/// What is looked at, and what it should be.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// Where the public finds it.
    pub(crate) url: Url,
    /// The release that was announced: the hash with which `scripts/page` ends.
    pub(crate) release: String,
    /// Images that must be there.
    pub(crate) images: Vec<Url>,
}

/// A shower as the API tells it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Told {
    pub(crate) shower: u32,
    pub(crate) contributors: u32,
    /// The contribution log hash (hex).
    pub(crate) log: String,
}

#[derive(Deserialize)]
struct Showers {
    showers: Vec<Told>,
}

#[derive(Deserialize)]
struct Named {
    address: Option<String>,
}

#[derive(Deserialize)]
struct Config {
    chain_id: String,
    contract: String,
    meteors: Named,
    hatchery: Named,
}

#[derive(Deserialize)]
struct Status {
    time: u64,
    state: String,
    alarms: u64,
    halted: bool,
}

/// What `/.well-known/release.json` says.
#[derive(Deserialize)]
struct Manifest {
    files: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    path: String,
    sha256: String,
}

/// What an address answered.
struct Got {
    bytes: Vec<u8>,
    took: Duration,
    /// When its certificate ends (Unix seconds).
    expires: Option<u64>,
}

/// What was seen, and what the API tells of the showers, to be compared with the chain.
pub(crate) async fn look(site: &Site, event: &Deployment, now: u64) -> (Look, Option<Vec<Told>>) {
    match client().build() {
        Ok(client) => look_with(client, site, event, now).await,
        Err(error) => {
            let mut look = Look::default();
            look.unknown("page", format!("no client: {error}"));
            (look, None)
        }
    }
}

/// What looks at a site: as impatient as a visitor. One that sends its visitors elsewhere is not the site that was
/// announced.
pub(super) fn client() -> ClientBuilder {
    Client::builder().timeout(PATIENCE).redirect(Policy::none()).tls_info(true)
}

/// Looks with this client.
pub(super) async fn look_with(
    client: Client,
    site: &Site,
    event: &Deployment,
    now: u64,
) -> (Look, Option<Vec<Told>>) {
    let mut look = Look::default();
    let at = Asker { client, base: site.url.clone() };
    page(&mut look, &at).await;
    release(&mut look, &at, &site.release, event).await;
    config(&mut look, &at, event).await;
    shown(&mut look, &at, now).await;
    for image in &site.images {
        picture(&mut look, &at, image).await;
    }
    let showers = at.json::<Showers>("/v1/showers").await.ok();
    (look, showers.map(|all| all.showers))
}

struct Asker {
    client: Client,
    base: Url,
}

impl Asker {
    async fn get(&self, url: Url) -> Result<Got, String> {
        let start = Instant::now();
        let failed =
            |error: reqwest::Error| format!("{url} can't be reached: {}", causes(&error.without_url()));
        let response = self.client.get(url.clone()).send().await.map_err(failed)?;
        let status = response.status();
        let certificate = response.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
        let expires = certificate.and_then(expiry);
        let bytes = http::body(response, LARGEST).await.map_err(|error| format!("{url}: {error}"))?;
        if status.as_u16() != 200 {
            return Err(format!("{url} answers {status}"));
        }
        Ok(Got { bytes, took: start.elapsed(), expires })
    }

    async fn path(&self, path: &str) -> Result<Got, String> {
        let url = self.base.join(path).map_err(|error| format!("{path}: {error}"))?;
        // A manifest must not send us to another site.
        if url.origin() != self.base.origin() {
            return Err(format!("{path} is of another site"));
        }
        self.get(url).await
    }

    async fn json<A: DeserializeOwned>(&self, path: &str) -> Result<A, String> {
        let got = self.path(path).await?;
        serde_json::from_slice(&got.bytes)
            .map_err(|error| format!("{path} is not what the API answers: {error}"))
    }
}

/// An error with its causes.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(cause) = inner {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        inner = cause.source();
    }
    text
}

/// When a certificate ends (Unix seconds).
fn expiry(der: &[u8]) -> Option<u64> {
    let certificate = Certificate::from_der(der).ok()?;
    Some(certificate.tbs_certificate.validity.not_after.to_unix_duration().as_secs())
}

async fn page(look: &mut Look, at: &Asker) {
    match at.path("/").await {
        Ok(got) => {
            let millis = got.took.as_millis();
            look.right("page", format!("{} answers in {millis} ms", at.base));
            look.figure("watch_answer_seconds", Some("page"), got.took.as_secs_f64());
            if let Some(expires) = got.expires {
                look.figure("watch_certificate_expiry_timestamp_seconds", None, expires);
            }
        }
        Err(why) => look.wrong("page", why),
    }
}

/// Whether the page's files are those that were announced, and name this event's contracts and no other.
async fn release(look: &mut Look, at: &Asker, announced: &str, event: &Deployment) {
    let manifest = match at.json::<Manifest>("/.well-known/release.json").await {
        Ok(manifest) => manifest,
        Err(why) => {
            look.wrong("release", why.clone());
            look.unknown("page_contract", why);
            return;
        }
    };
    if manifest.files.len() > MOST_FILES {
        look.wrong("release", format!("its manifest lists {} files", manifest.files.len()));
        look.unknown("page_contract", "the page's files were not fetched");
        return;
    }
    let files = stream::iter(manifest.files.iter().map(|listed| async move {
        let path = if listed.path == "index.html" { "/".to_owned() } else { format!("/{}", listed.path) };
        (listed, at.path(&path).await)
    }));
    let files: Vec<_> = files.buffered(AT_ONCE).collect().await;
    let (mut faults, mut lines, mut text) = (Vec::new(), Vec::new(), Vec::new());
    for (listed, got) in files {
        match got {
            Ok(got) => {
                let sha256 = HEXLOWER.encode(&Sha256::digest(&got.bytes));
                if sha256 != listed.sha256 {
                    faults.push(format!("{} is not what the site's own manifest says", listed.path));
                }
                lines.push(format!("{}\0{sha256}\n", listed.path));
                text.push(got.bytes);
            }
            Err(why) => faults.push(why),
        }
    }
    lines.sort_unstable();
    let hash = HEXLOWER.encode(&Sha256::digest(lines.concat()));
    if faults.is_empty() && !hash.eq_ignore_ascii_case(announced) {
        faults.push(format!("the page's files are release {hash}, and {announced} was announced"));
    }
    look.judge("release", format!("{} files, release {hash}", lines.len()), &faults);
    let known = [&event.shower, &event.meteors, &event.hatchery].map(String::as_str);
    let faults = strangers(&text, &event.shower, &known);
    look.judge("page_contract", format!("the page has {}", event.shower), &faults);
}

/// What is wrong with the contracts that a page's files name.
pub(super) fn strangers(files: &[Vec<u8>], shower: &str, known: &[&str]) -> Vec<String> {
    let named: Vec<String> = files.iter().flat_map(|file| contracts(file, shower)).collect();
    let mut faults = Vec::new();
    if !named.iter().any(|address| address == shower) {
        faults.push(format!("the page does not have {shower}: was it built with METEOR_DEPLOYMENT?"));
    }
    for address in named.iter().filter(|address| !known.contains(&address.as_str())) {
        faults.push(format!("the page names another contract: {address}"));
    }
    faults
}

/// Everything in a file that looks like a contract's address of the chain that `like` is of.
fn contracts(file: &[u8], like: &str) -> Vec<String> {
    let Some((prefix, _)) = like.rsplit_once('1') else { return vec![] };
    let (start, text) = (format!("{prefix}1"), String::from_utf8_lossy(file));
    let parts = text.split(start.as_str()).skip(1);
    let address = |part: &str| {
        let data: String =
            part.chars().take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit()).collect();
        (data.len() == CONTRACT_CHARS).then(|| format!("{start}{data}"))
    };
    parts.filter_map(address).collect()
}

/// Whether the API is of this event.
async fn config(look: &mut Look, at: &Asker, event: &Deployment) {
    let config = match at.json::<Config>("/v1/config").await {
        Ok(config) => config,
        Err(why) => return look.wrong("api_contract", why),
    };
    let told =
        [Some(config.chain_id), Some(config.contract), config.meteors.address, config.hatchery.address];
    let wanted = [&event.chain_id, &event.shower, &event.meteors, &event.hatchery];
    let faults: Vec<String> = told
        .iter()
        .zip(wanted)
        // The collections are unknown to the server for a moment after the launch.
        .filter_map(|(told, wanted)| Some((told.as_ref()?, wanted)))
        .filter(|(told, wanted)| told != wanted)
        .map(|(told, wanted)| format!("the API says {told}, the event's file {wanted}"))
        .collect();
    look.judge("api_contract", format!("the API serves {} on {}", event.shower, event.chain_id), &faults);
}

/// How old what is shown is, and whether the server is content with it.
async fn shown(look: &mut Look, at: &Asker, now: u64) {
    let status = match at.json::<Status>("/v1/status").await {
        Ok(status) => status,
        Err(why) => return look.wrong("shown", why),
    };
    let age = now.saturating_sub(status.time);
    look.figure("watch_shown_age_seconds", None, age);
    let says = format!("what is shown is {age} s old; the server's state is {}", status.state);
    if status.halted || status.alarms > 0 {
        look.wrong("shown", format!("{says}; {} alarms", status.alarms));
    } else {
        look.right("shown", says);
    }
}

/// Whether an image is there, and is the one that its address names.
async fn picture(look: &mut Look, at: &Asker, url: &Url) {
    let got = match at.get(url.clone()).await {
        Ok(got) => got,
        Err(why) => return look.wrong("image", why),
    };
    look.figure("watch_answer_seconds", Some("image"), got.took.as_secs_f64());
    let cid =
        url.path_segments().and_then(|mut path| path.next_back()).filter(|cid| cid.starts_with("bafkrei"));
    let is = meteor_art::cid::image(&got.bytes).map(|image| image.cid.to_string());
    match (cid, is) {
        (_, Err(why)) => look.wrong("image", format!("{url}: {why}")),
        (Some(cid), Ok(is)) if cid != is => look.wrong("image", format!("{url} is not that image, but {is}")),
        (_, Ok(_)) => {
            look.right("image", format!("{url}: {} bytes in {} ms", got.bytes.len(), got.took.as_millis()));
        }
    }
}
