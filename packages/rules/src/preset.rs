//! Whole events as files: `levana-2021` and `demo`, or a file of one's own in the same form.

use std::string::String;
use std::vec::Vec;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::fairness::content::{ContentError, Tables};
use crate::metadata::{MetadataError, Template};
use crate::minimum::Minimum;
use crate::schedule::{Schedule, ScheduleError};
use crate::tier::{PerTier, TierRule, TierRuleError};

/// The rules of an event, without its money: who is paid and who operates belong to a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// When the showers open and close.
    pub schedule: RelativeSchedule,
    /// Least total of a wallet in a shower: micro-denom, or with a unit as in `"8 UST"`.
    pub minimum: Minimum,
    /// How long after a shower's close its meteors may be minted (seconds). Then contributors are refunded.
    pub mint_window: u64,
    /// How ranks are cut into tiers.
    pub tiers: TierRule,
    /// Eggs of each tier in a shower.
    pub eggs: PerTier<u32>,
    /// How much likelier the first of a tier is to hold an egg than its last (basis points).
    pub tilt_bp: u32,
    /// What each contribution holds back until its shower's key is published (basis points).
    pub holdback_bp: u32,
    /// The collection of meteors.
    pub meteors: Collection,
    /// What is inside them.
    pub crack: Crack,
}

/// What is inside meteors, and how long it may take to come out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crack {
    /// How long a cracked meteor may wait to be revealed before its holder can take it back (seconds).
    pub reveal_timeout: u64,
    /// How long after a shower's close its key stays unpublished at least (seconds).
    pub crack_window: u64,
    /// How long after a shower's close its key must be published at the latest (seconds). Later, contributors
    /// take back what was held back.
    pub key_window: u64,
    /// The collection of eggs.
    pub eggs: Collection,
    /// The collection of dust.
    pub dust: Collection,
    /// How eggs and dust come by their traits.
    pub tables: Tables,
}

/// A schedule whose opening may be left to the launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelativeSchedule {
    /// When shower 1 opens (Unix seconds); left out where the launch decides.
    pub opens_at: Option<u64>,
    /// Length of shower 1 (seconds).
    pub first: u64,
    /// Length of every later shower (seconds).
    pub interval: u64,
    /// How many showers.
    pub count: u32,
}

impl RelativeSchedule {
    /// The schedule with its own opening, or else with `opens_at` (Unix seconds).
    pub fn opening(&self, opens_at: u64) -> Schedule {
        let opens_at = self.opens_at.unwrap_or(opens_at);
        Schedule {
            opens_at,
            first_close: opens_at.saturating_add(self.first),
            interval: self.interval,
            count: self.count,
        }
    }
}

/// Names and traits of a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// For example `Levana Dragons: Meteors`.
    pub name: String,
    /// For example `LVNMTR`.
    pub symbol: String,
    /// How its tokens are described.
    pub template: Template,
}

/// Why a preset can't be used.
#[derive(Debug, Error)]
pub enum PresetError {
    /// No preset of that name.
    #[error("no preset {name:?}: there are {}, or give the path of a file", NAMES.join(" and "))]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// Not TOML of the expected form.
    #[error("the preset can't be read")]
    Form(#[from] toml::de::Error),
    /// The schedule can't be used.
    #[error("the preset's schedule is refused")]
    Schedule(#[from] ScheduleError),
    /// The tiers can't be used.
    #[error("the preset's tiers are refused")]
    Tiers(#[from] TierRuleError),
    /// A collection can't be used.
    #[error("one of the preset's collections is refused")]
    Metadata(#[from] MetadataError),
    /// The tables don't fit their collections.
    #[error("the preset's tables are refused")]
    Tables(#[from] ContentError),
}

/// The presets that come with the rules.
pub const NAMES: [&str; 2] = ["levana-2021", "demo"];

impl Preset {
    /// The preset of that name.
    ///
    /// # Errors
    /// [`PresetError::Unknown`] for a name not in [`NAMES`].
    pub fn named(name: &str) -> Result<Self, PresetError> {
        match name {
            "levana-2021" => Self::parse(include_str!("../presets/levana-2021.toml")),
            "demo" => Self::parse(include_str!("../presets/demo.toml")),
            _ => Err(PresetError::Unknown { name: name.into() }),
        }
    }

    /// Reads and checks a preset from TOML.
    ///
    /// # Errors
    /// What is wrong with it, see [`PresetError`].
    pub fn parse(text: &str) -> Result<Self, PresetError> {
        let preset = Self::read(text)?;
        preset.schedule.opening(0).validate()?;
        match preset.faults().into_iter().next() {
            Some((_, fault)) => Err(fault),
            None => Ok(preset),
        }
    }

    /// Reads a preset from TOML as it is, whatever [`Self::faults`] it has.
    ///
    /// # Errors
    /// If it is not TOML of the expected form.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Everything that is wrong with tiers, collections and tables, and where in the file. Whether the schedule can be
    /// used depends on when it opens.
    pub fn faults(&self) -> Vec<(&'static str, PresetError)> {
        let Crack { eggs, dust, tables, .. } = &self.crack;
        let collections = [
            ("meteors.template", &self.meteors.template),
            ("crack.eggs.template", &eggs.template),
            ("crack.dust.template", &dust.template),
        ];
        let mut faults: Vec<(&'static str, PresetError)> = Vec::new();
        faults.extend(self.tiers.validate().err().map(|error| ("tiers", error.into())));
        for (key, template) in collections {
            faults.extend(template.validate().err().map(|error| (key, error.into())));
        }
        let of_tables = [
            ("crack.tables.egg", tables.egg.validate(&eggs.template)),
            ("crack.tables.dust", tables.dust.validate(&dust.template)),
        ];
        for (key, checked) in of_tables {
            faults.extend(checked.err().map(|error| (key, error.into())));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levana_is_the_event_of_2021() {
        let levana = Preset::named("levana-2021").unwrap();
        let schedule = levana.schedule.opening(0);
        assert_eq!(schedule.opens_at, 1_636_351_200);
        assert_eq!(schedule.closes_at(44), Some(1_636_509_600));
        assert_eq!(levana.minimum.micro("uusd"), Ok(8_000_000));
        assert_eq!(levana.eggs.total() * 44, 8_888);
        assert_eq!(levana.tiers.sizes(1000), PerTier { legendary: 10, ancient: 89, rare: 223, common: 678 });
        // The row of a real meteor: id 15514 of shower 40, in the order of the columns.
        let shown = levana
            .meteors
            .template
            .render(
                "15514",
                "QmXti2f5NJMVyNDfhZYyxaDJvybGk7V98t245fP7KtRMxK",
                &[2, 10614, 40, 890, 0, 1, 0, 27, 0, 0],
            )
            .unwrap();
        assert_eq!(shown.name, "Levana Dragons: Rare Meteor #15514");
        let pairs: Vec<(&str, &str)> =
            shown.attributes.iter().map(|a| (a.trait_type.as_str(), a.value.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("rarity", "Rare"),
                ("rank", "10614"),
                ("shower", "40"),
                ("distance", "890 kiloparsecs"),
                ("crystal1", "Red"),
                ("crystal2", "Yellow"),
                ("crystal3", ""),
                ("weight", "2.7kg"),
                ("origin", "Southern hemisphere subterranean caves"),
                ("essence", "Electricity"),
            ]
        );
    }

    #[test]
    fn demo_opens_when_told() {
        let demo = Preset::named("demo").unwrap();
        assert_eq!(demo.schedule.opening(5).opens_at, 5);
    }

    /// What a launch with a shipped preset is checked for: a key must not be out while meteors wait to be minted or
    /// revealed, and there must be time to publish it.
    #[test]
    fn shipped_presets_leave_time_for_everything() {
        for name in NAMES {
            let Preset { mint_window, holdback_bp, crack, .. } = Preset::named(name).unwrap();
            assert!(crack.crack_window >= mint_window + crack.reveal_timeout, "{name}");
            assert!(crack.key_window > crack.crack_window, "{name}");
            assert_eq!(holdback_bp, 500, "{name}");
        }
    }

    #[test]
    fn bad_presets_say_why() {
        assert!(matches!(Preset::named("x"), Err(PresetError::Unknown { .. })));
        assert!(matches!(Preset::parse("x = 1"), Err(PresetError::Form(_))));
        let none = include_str!("../presets/demo.toml").replace("count = 4", "count = 0");
        assert!(matches!(Preset::parse(&none), Err(PresetError::Schedule(ScheduleError::NoShowers))));
        let short = include_str!("../presets/demo.toml").replacen("    \"tier\", # Rarity\n", "", 1);
        assert!(matches!(Preset::parse(&short), Err(PresetError::Tables(_))));
        let both = short.replace("ancient_bp = 900", "ancient_bp = 9000");
        let keys: Vec<&str> = Preset::read(&both).unwrap().faults().iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, ["tiers", "crack.tables.egg"]);
        let wide = include_str!("../presets/demo.toml").replace("ancient_bp = 900", "ancient_bp = 9000");
        assert!(matches!(Preset::parse(&wide), Err(PresetError::Tiers(_))));
    }
}
