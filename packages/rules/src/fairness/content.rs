//! What a meteor holds, with all traits: drawn from weighted tables by the seed of its shower.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Bytes32, Stream};
use crate::encode::Fields;
use crate::fairness::key::Collect;
use crate::ids::{Rank, ShowerId, TokenId};
use crate::metadata::{MetadataError, Template, Values, check_image};
use crate::tier::{PerTier, Tier};

const PURPOSE: &str = "content";
const CONTENT_TAG: &str = "meteor-shower/content/v1";

/// Egg or dust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FoundKind))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A dragon egg.
    Egg,
    /// Meteor dust.
    Dust,
}

/// What one meteor holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Egg or dust.
    pub kind: Kind,
    /// Bare CID of the image.
    pub image: String,
    /// One number for each column of the kind's template.
    pub traits: Vec<u32>,
}

impl Content {
    /// The bytes that a leaf commits to: tag, kind (0 egg, 1 dust), image, number of traits, traits.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Collect(Vec::new());
        bytes.text(CONTENT_TAG);
        bytes.0.push(match self.kind {
            Kind::Egg => 0,
            Kind::Dust => 1,
        });
        bytes.text(&self.image);
        let count = u32::try_from(self.traits.len()).unwrap_or(u32::MAX);
        bytes.0.extend(count.to_be_bytes());
        for number in &self.traits {
            bytes.0.extend(number.to_be_bytes());
        }
        bytes.0
    }
}

/// The tables of an event: how eggs and dust come by their traits. A versioned file; the version is part of
/// what a verifier has to be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// Of eggs.
    pub egg: Recipe,
    /// Of dust.
    pub dust: Recipe,
}

/// How one kind comes by its image and traits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Bare CIDs of the images, for each tier; one of them is picked, all equally likely.
    pub images: PerTier<Vec<String>>,
    /// Where the number of each column of the kind's template comes from, in the template's order.
    pub sources: Vec<Source>,
}

/// Where a trait's number comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// The meteor's tier: 0 Legendary to 3 Common.
    Tier,
    /// The meteor's rank.
    Rank,
    /// The meteor's shower.
    Shower,
    /// The meteor's number.
    Meteor,
    /// One of the values, each as likely as its weight is large.
    Weights(Vec<u32>),
    /// As `Weights`, with weights of its own for each tier; an empty list means 0, without a draw.
    TierWeights(PerTier<Vec<u32>>),
    /// A number from the first to the second, both included, all equally likely.
    Range(u32, u32),
}

/// The public facts of a meteor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meteor {
    /// Its tier.
    pub tier: Tier,
    /// Its rank.
    pub rank: Rank,
    /// Its shower.
    pub shower: ShowerId,
    /// Its number.
    pub number: TokenId,
}

/// Why tables can't be used, or why they give a meteor no content.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ContentError {
    /// Sources and columns differ in number.
    #[error("{sources} sources for {columns} columns: give one source for each column of the template")]
    Columns {
        /// Sources given.
        sources: usize,
        /// Columns of the template.
        columns: usize,
    },
    /// A tier without images.
    #[error("no image for the {tier} tier: give at least one")]
    NoImage {
        /// The tier.
        tier: Tier,
    },
    /// An image or a number that doesn't fit.
    #[error("a table does not fit its template")]
    Metadata(#[from] MetadataError),
    /// Weights that are all 0, or a range that ends before it begins.
    #[error("column {column}: weights must not all be 0, a range must not end before it begins")]
    Empty {
        /// Place of the column, from 0.
        column: usize,
    },
    /// More weights than the column has values.
    #[error("column {column}: {weights} weights for {values} values")]
    Weights {
        /// Place of the column, from 0.
        column: usize,
        /// Weights given.
        weights: usize,
        /// Values the column has.
        values: usize,
    },
    /// A source that can give a number beyond the column's values.
    #[error("column {column}: its source can give {given}, and the highest number of its values is {most}")]
    Beyond {
        /// Place of the column, from 0.
        column: usize,
        /// The largest number that the source gives.
        given: u32,
        /// The largest number that picks a value.
        most: usize,
    },
    /// Rank, shower or meteor in a column of texts.
    #[error(
        "column {column}: ranks, showers and meteors are more than any list of values: make it a column of numbers"
    )]
    Endless {
        /// Place of the column, from 0.
        column: usize,
    },
    /// A meteor's number that no trait can hold.
    #[error("meteor {number} has a number beyond 32 bits")]
    Number {
        /// The number.
        number: TokenId,
    },
}

impl Source {
    /// Checks that every number it can give picks one of `values`, those of `column` (from 0).
    fn check(&self, column: usize, values: &Values) -> Result<(), ContentError> {
        // The numbers that pick a value are 0 to this one; `None` where every number does.
        let most = match values {
            Values::Text(values) => Some(values.len().saturating_sub(1)),
            Values::TextOrNone(values) => Some(values.len()), // 0 leaves the attribute out
            Values::Number { .. } | Values::Tenths { .. } => None,
        };
        let reach = |given: u32| match most {
            Some(most) if usize::try_from(given).map_or(true, |given| given > most) => {
                Err(ContentError::Beyond { column, given, most })
            }
            Some(_) | None => Ok(()),
        };
        let fits = |weights: &Vec<u32>| {
            if weights.iter().all(|weight| *weight == 0) {
                return Err(ContentError::Empty { column });
            }
            match most.map(|most| most.saturating_add(1)) {
                Some(values) if weights.len() > values => {
                    Err(ContentError::Weights { column, weights: weights.len(), values })
                }
                Some(_) | None => Ok(()),
            }
        };
        match self {
            Self::Tier => reach(Tier::Common.index()),
            Self::Rank | Self::Shower | Self::Meteor if most.is_some() => {
                Err(ContentError::Endless { column })
            }
            Self::Rank | Self::Shower | Self::Meteor => Ok(()),
            Self::Weights(weights) => fits(weights),
            Self::TierWeights(tiers) => {
                // An empty list gives 0, which every column has.
                tiers
                    .iter()
                    .filter(|(_, weights)| !weights.is_empty())
                    .try_for_each(|(_, weights)| fits(weights))
            }
            Self::Range(from, to) if from > to => Err(ContentError::Empty { column }),
            Self::Range(_, to) => reach(*to),
        }
    }
}

impl Recipe {
    /// Checks that every source fits its column of `template` and that every tier has images. Whatever a source can
    /// give must pick a value: an egg that can't be minted is lost for good.
    ///
    /// # Errors
    /// The first fault found, see [`ContentError`].
    pub fn validate(&self, template: &Template) -> Result<(), ContentError> {
        if self.sources.len() != template.columns.len() {
            return Err(ContentError::Columns {
                sources: self.sources.len(),
                columns: template.columns.len(),
            });
        }
        for (tier, images) in self.images.iter() {
            if images.is_empty() {
                return Err(ContentError::NoImage { tier });
            }
            images.iter().try_for_each(|image| check_image(image))?;
        }
        for (column, (source, wanted)) in self.sources.iter().zip(&template.columns).enumerate() {
            source.check(column, &wanted.values)?;
        }
        Ok(())
    }

    fn make(&self, kind: Kind, seed: &Bytes32, meteor: &Meteor) -> Result<Content, ContentError> {
        // Rank − 1 is the leaf's index: every meteor has a stream of its own.
        let mut stream = Stream::new(seed, PURPOSE, meteor.rank.0.saturating_sub(1));
        let images = self.images.get(meteor.tier);
        let image = u128::try_from(images.len())
            .ok()
            .and_then(|count| stream.below(count))
            .and_then(|at| usize::try_from(at).ok())
            .and_then(|at| images.get(at))
            .ok_or(ContentError::NoImage { tier: meteor.tier })?
            .clone();
        let traits = self
            .sources
            .iter()
            .enumerate()
            .map(|(column, source)| {
                let empty = ContentError::Empty { column };
                match source {
                    Source::Tier => Ok(meteor.tier.index()),
                    Source::Rank => Ok(meteor.rank.0),
                    Source::Shower => Ok(meteor.shower.0),
                    Source::Meteor => u32::try_from(meteor.number.0)
                        .map_err(|_| ContentError::Number { number: meteor.number }),
                    Source::Weights(weights) => stream.pick(weights).ok_or(empty),
                    Source::TierWeights(tiers) => match tiers.get(meteor.tier).as_slice() {
                        [] => Ok(0),
                        weights => stream.pick(weights).ok_or(empty),
                    },
                    Source::Range(from, to) => {
                        let span = u128::from(*to).checked_sub(u128::from(*from)).ok_or(empty.clone())?;
                        let above = stream.below(span + 1).ok_or(empty.clone())?;
                        u32::try_from(u128::from(*from) + above).map_err(|_| empty)
                    }
                }
            })
            .collect::<Result<_, _>>()?;
        Ok(Content { kind, image, traits })
    }
}

impl Tables {
    /// What `meteor` holds, if the draw gave it an egg or not.
    ///
    /// # Errors
    /// [`ContentError`] only with tables that were never validated, or a number beyond 32 bits.
    pub fn content(&self, seed: &Bytes32, meteor: &Meteor, egg: bool) -> Result<Content, ContentError> {
        if egg { self.egg.make(Kind::Egg, seed, meteor) } else { self.dust.make(Kind::Dust, seed, meteor) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Column;
    use proptest::prelude::*;

    const CID: &str = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

    fn template() -> Template {
        let column = |name: &str, values| Column { trait_type: name.into(), values };
        let number = || Values::Number { suffix: String::new() };
        let texts = |values: &[&str]| Values::Text(values.iter().map(|v| String::from(*v)).collect());
        Template {
            name: "Egg #{id}".into(),
            description: String::new(),
            columns: vec![
                column("rarity", texts(&["Legendary", "Ancient", "Rare", "Common"])),
                column("rank", number()),
                column("rune", texts(&["a", "b", "c"])),
                column("composition", texts(&["", "Gold"])),
                column("weight", number()),
                column("meteor", number()),
            ],
        }
    }

    fn recipe() -> Recipe {
        Recipe {
            images: PerTier::from_fn(|_| vec![CID.into()]),
            sources: vec![
                Source::Tier,
                Source::Rank,
                Source::Weights(vec![1, 0, 3]),
                Source::TierWeights(PerTier { legendary: vec![0, 1], ..PerTier::default() }),
                Source::Range(5, 9),
                Source::Meteor,
            ],
        }
    }

    const METEOR: Meteor =
        Meteor { tier: Tier::Rare, rank: Rank(200), shower: ShowerId(3), number: TokenId(2200) };

    #[test]
    fn traits_come_from_their_sources() {
        assert_eq!(recipe().validate(&template()), Ok(()));
        let tables = Tables { egg: recipe(), dust: recipe() };
        let mut runes = [0u32; 3];
        for n in 0..400u32 {
            let mut seed = [1; 32];
            seed[..4].copy_from_slice(&n.to_be_bytes());
            let content = tables.content(&seed, &METEOR, true).unwrap();
            assert_eq!(content.kind, Kind::Egg);
            template().check(&content.traits).unwrap();
            let [tier, rank, rune, composition, weight, meteor] = content.traits[..] else { panic!() };
            assert_eq!((tier, rank, composition, meteor), (2, 200, 0, 2200));
            assert!((5..=9).contains(&weight));
            runes[usize::try_from(rune).unwrap()] += 1;
        }
        assert!(runes[1] == 0 && runes[2] > runes[0], "{runes:?}");
        let legendary = Meteor { tier: Tier::Legendary, ..METEOR };
        assert_eq!(tables.content(&[1; 32], &legendary, false).unwrap().traits[3], 1);
    }

    #[test]
    fn bytes_tell_contents_apart() {
        let content = Content { kind: Kind::Egg, image: CID.into(), traits: vec![1, 2] };
        for other in [
            Content { kind: Kind::Dust, ..content.clone() },
            Content { image: CID.replace('k', "l"), ..content.clone() },
            Content { traits: vec![1, 3], ..content.clone() },
            Content { traits: vec![1, 2, 0], ..content.clone() },
        ] {
            assert_ne!(content.bytes(), other.bytes());
        }
    }

    #[test]
    fn tables_that_do_not_fit_are_refused() {
        let with = |change: fn(&mut Recipe)| {
            let mut recipe = recipe();
            change(&mut recipe);
            recipe.validate(&template()).unwrap_err()
        };
        assert!(matches!(
            with(|r| {
                r.sources.pop();
            }),
            ContentError::Columns { sources: 5, columns: 6 }
        ));
        assert!(matches!(with(|r| r.images.rare.clear()), ContentError::NoImage { tier: Tier::Rare }));
        assert!(matches!(with(|r| r.images.rare = vec!["x".into()]), ContentError::Metadata(_)));
        assert!(matches!(
            with(|r| r.sources[2] = Source::Weights(vec![0])),
            ContentError::Empty { column: 2 }
        ));
        assert!(matches!(with(|r| r.sources[4] = Source::Range(2, 1)), ContentError::Empty { column: 4 }));
        assert!(matches!(
            with(|r| r.sources[2] = Source::Weights(vec![1; 4])),
            ContentError::Weights { column: 2, weights: 4, values: 3 }
        ));
        assert!(matches!(
            with(|r| r.sources[3] = Source::TierWeights(PerTier { rare: vec![1; 3], ..PerTier::default() })),
            ContentError::Weights { column: 3, weights: 3, values: 2 }
        ));
        assert!(matches!(
            with(|r| r.sources[3] = Source::TierWeights(PerTier { rare: vec![0], ..PerTier::default() })),
            ContentError::Empty { column: 3 }
        ));
    }

    /// A range of three on a text column of two values was accepted once, and its eggs could never be revealed.
    #[test]
    fn a_source_that_can_miss_its_column_is_refused() {
        let texts = |count: usize| vec![String::from("a"); count];
        let number = || Values::Number { suffix: String::new() };
        let beyond = |given, most| Err(ContentError::Beyond { column: 7, given, most });
        let endless = || Err(ContentError::Endless { column: 7 });
        let weights = |count, values| Err(ContentError::Weights { column: 7, weights: count, values });
        for (source, values, result) in [
            (Source::Range(0, 1), Values::Text(texts(2)), Ok(())),
            (Source::Range(0, 2), Values::Text(texts(2)), beyond(2, 1)),
            (Source::Range(1, 2), Values::TextOrNone(texts(2)), Ok(())),
            (Source::Range(1, 3), Values::TextOrNone(texts(2)), beyond(3, 2)),
            (Source::Range(0, u32::MAX), number(), Ok(())),
            (Source::Range(9, 9), Values::Tenths { suffix: String::new() }, Ok(())),
            (Source::Tier, Values::Text(texts(4)), Ok(())),
            (Source::Tier, Values::Text(texts(3)), beyond(3, 2)),
            (Source::Tier, Values::TextOrNone(texts(3)), Ok(())),
            (Source::Tier, Values::TextOrNone(texts(2)), beyond(3, 2)),
            (Source::Tier, number(), Ok(())),
            (Source::Rank, Values::Text(texts(400)), endless()),
            (Source::Shower, Values::TextOrNone(texts(400)), endless()),
            (Source::Meteor, Values::Text(texts(400)), endless()),
            (Source::Shower, number(), Ok(())),
            (Source::Weights(vec![1; 3]), Values::TextOrNone(texts(2)), Ok(())),
            (Source::Weights(vec![1; 4]), Values::TextOrNone(texts(2)), weights(4, 3)),
            (Source::Weights(vec![1; 4]), number(), Ok(())),
        ] {
            assert_eq!(source.check(7, &values), result, "{source:?} of {values:?}");
        }
    }

    proptest! {
        /// What a checked source gives always picks a value.
        #[test]
        fn a_checked_recipe_never_gives_what_the_template_refuses(
            seed in any::<[u8; 32]>(), given in (0u32..6, 0u32..6), weights in prop::collection::vec(0u32..3, 0..6),
            (which, count) in (0u32..7, 1usize..6), or_none in any::<bool>(), rank in 1u32..6
        ) {
            let source = match which {
                0 => Source::Tier,
                1 => Source::Rank,
                2 => Source::Shower,
                3 => Source::Meteor,
                4 => Source::Weights(weights),
                5 => Source::TierWeights(PerTier { rare: weights, ..PerTier::default() }),
                _ => Source::Range(given.0, given.1),
            };
            let texts = vec![String::from("a"); count];
            let values = if or_none { Values::TextOrNone(texts) } else { Values::Text(texts) };
            let template = Template {
                name: String::new(),
                description: String::new(),
                columns: vec![Column { trait_type: "column".into(), values }],
            };
            let recipe = Recipe { images: PerTier::from_fn(|_| vec![CID.into()]), sources: vec![source] };
            if recipe.validate(&template).is_ok() {
                let tables = Tables { egg: recipe.clone(), dust: recipe };
                for tier in Tier::ALL {
                    let meteor = Meteor { tier, rank: Rank(rank), ..METEOR };
                    let content = tables.content(&seed, &meteor, true).unwrap();
                    prop_assert_eq!(template.check(&content.traits), Ok(()));
                }
            }
        }
    }
}
