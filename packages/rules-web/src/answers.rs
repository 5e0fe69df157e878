//! Reads what a call brings and asks the rules.

use meteor_rules::TokenId;
use meteor_rules::fairness::content::Kind;
use meteor_rules::fairness::evidence::{Contribution, EvidenceError, Fairness, Reveal, Shower, read_csv};
use meteor_rules::fairness::verify::{Checks, Evidence, MeteorFacts, Report, verify, verify_meteor};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::frame::Fields;
use crate::summary::Event;

/// Why a call can't be answered: nothing is said of the draw then.
#[derive(Debug, Error)]
pub(crate) enum Unreadable {
    /// The fields end before they should.
    #[error("the call is cut short")]
    Short,
    /// Fields are left over.
    #[error("the call has more fields than it should")]
    Long,
    /// The first field names nothing that can be asked.
    #[error("there is nothing called {0:?} to ask for")]
    Asked(String),
    /// A field that has to be there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A number that is none.
    #[error("{0:?} is no number")]
    Number(String),
    /// A file that is no JSON, or not in the form it should have.
    #[error("{file} can't be read")]
    Json {
        /// Which.
        file: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// A file that is in no form of evidence.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// A file that is no text.
    #[error("contributions.csv is not text in UTF-8")]
    Text,
    /// A shower that the event doesn't have.
    #[error("there is no shower {0}")]
    NoShower(u32),
    /// A meteor that the event doesn't have.
    #[error("there is no meteor {0}")]
    NoMeteor(u64),
}

/// An answer.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Told {
    /// Of the whole event.
    Event(Event),
    /// Of a shower.
    Shower(Report),
    /// Of a meteor, after the steps of its shower.
    Meteor {
        /// Those steps, and the one of the meteor.
        report: Report,
        /// The meteor, where its shower's contributions hold.
        meteor: Option<MeteorFacts>,
        /// Its odds in per cent, with two decimals, rounded down.
        percent: Option<String>,
        /// What it was revealed to hold, if it was cracked. The step `reveals` says whether that was sealed.
        revealed: Option<Kind>,
    },
}

/// One page of `GET /v1/showers/{n}/reveals`.
#[derive(Deserialize)]
struct Page {
    reveals: Vec<Reveal>,
}

pub(crate) fn answer(call: &[u8]) -> Result<Told, Unreadable> {
    let mut fields = Fields::new(call);
    let asked = fields.required("what is asked for")?;
    match asked {
        b"event" => {
            let event = fairness(fields.required("fairness.json")?)?;
            let catalogue = fields.next()?;
            if !fields.is_empty() {
                return Err(Unreadable::Long);
            }
            Ok(Told::Event(Event::of(&event, catalogue)))
        }
        b"shower" => {
            let files = Files::read(fields)?;
            let number = u32::try_from(files.number).ok();
            let shower = number.and_then(|number| files.event.shower(number));
            let evidence = files.evidence(shower.ok_or(Unreadable::NoShower(number.unwrap_or(u32::MAX)))?);
            Ok(Told::Shower(files.checked(|checks| verify(&evidence, checks))))
        }
        b"meteor" => {
            let files = Files::read(fields)?;
            let meteor = TokenId(files.number);
            let of = |shower: &&Shower| {
                meteor.rank(shower.earlier).is_some_and(|rank| rank.0 <= shower.contributors)
            };
            let shower = files.event.showers.iter().find(of).ok_or(Unreadable::NoMeteor(files.number))?;
            let evidence = files.evidence(shower);
            let (report, meteor) = files.checked(|checks| verify_meteor(&evidence, checks, meteor));
            let percent = meteor.as_ref().map(|facts| facts.odds.percent());
            let revealed = files.reveals.iter().find(|reveal| reveal.token_id == files.number);
            let revealed = revealed.map(|reveal| reveal.kind);
            Ok(Told::Meteor { report, meteor, percent, revealed })
        }
        other => Err(Unreadable::Asked(String::from_utf8_lossy(other).chars().take(40).collect())),
    }
}

/// What `shower` and `meteor` bring.
struct Files<'a> {
    event: Fairness,
    tables: &'a [u8],
    number: u64,
    contributions: Vec<Contribution>,
    reveals: Vec<Reveal>,
}

impl<'a> Files<'a> {
    fn read(mut fields: Fields<'a>) -> Result<Self, Unreadable> {
        let event = fairness(fields.required("fairness.json")?)?;
        let tables = fields.required("the tables file")?;
        let number = number(fields.required("the number")?)?;
        // An open shower has no files yet.
        let contributions = match fields.next()? {
            Some(csv) => read_csv(std::str::from_utf8(csv).map_err(|_| Unreadable::Text)?)?,
            None => Vec::new(),
        };
        let mut reveals = Vec::new();
        while !fields.is_empty() {
            let page: Page = json("reveals.json", fields.required("a page of reveals.json")?)?;
            reveals.extend(page.reveals);
        }
        Ok(Self { event, tables, number, contributions, reveals })
    }

    fn evidence<'b>(&'b self, shower: &'b Shower) -> Evidence<'b> {
        let Self { event, tables, contributions, reveals, .. } = self;
        Evidence { event, shower, contributions, tables, reveals }
    }

    /// Runs `check` with what the rules can't do themselves: verify the beacon's signatures and read the tables.
    fn checked<T>(&self, check: impl FnOnce(&Checks<'_>) -> T) -> T {
        let key = self.event.beacon.public_key.0.clone();
        let beacon = move |round, signature: &[u8]| {
            meteor_beacon::check(&key, round, signature).map_err(|error| error.to_string())
        };
        let tables = |bytes: &[u8]| serde_json::from_slice(bytes).map_err(|error| error.to_string());
        check(&Checks { beacon: Some(&beacon), tables: &tables })
    }
}

fn fairness(file: &[u8]) -> Result<Fairness, Unreadable> {
    let event: Fairness = json("fairness.json", file)?;
    event.validate()?;
    Ok(event)
}

fn json<'a, T: Deserialize<'a>>(name: &'static str, file: &'a [u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(file).map_err(|source| Unreadable::Json { file: name, source })
}

fn number(text: &[u8]) -> Result<u64, Unreadable> {
    let text = String::from_utf8_lossy(text);
    text.parse().map_err(|_| Unreadable::Number(text.chars().take(40).collect()))
}
