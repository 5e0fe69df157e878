//! Reads the plan from the chain, a page of a ranking at a time, and hands over each meteor as soon as it is known.

use std::io;

use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ConfigResponse, Cursor, RankedContributor, ShowerResponse, Status};
use meteor_rules::catalogue::{Catalogue, piece};
use meteor_rules::metadata::Template;
use meteor_rules::tier::{PerTier, Tier};
use meteor_rules::{Rank, TokenId};

use super::{PlanError, Row, Tallies};

/// How often the ranking of an open shower is read before it is given up. A ranking of thousands is read within a block.
const TRIES: u32 = 20;

/// What is the same for every shower.
#[derive(Clone, Copy, Debug)]
pub struct Fixed<'a> {
    /// The event's rules.
    pub config: &'a ConfigResponse,
    /// How its meteors are described.
    pub template: &'a Template,
    /// Their pieces.
    pub catalogue: &'a Catalogue,
}

/// What was planned of one shower.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The shower as the plan has it.
    pub state: ShowerResponse,
    /// Its meteors: all contributors', but not of those who are refunded.
    pub meteors: u32,
    /// Whether nothing of it can change any more: it is over.
    pub is_final: bool,
    /// Meteors of each tier.
    pub tiers: PerTier<u32>,
}

/// How many meteors a shower gives, and whether that is final.
const fn due(state: &ShowerResponse) -> (u32, bool) {
    match state.status {
        Status::Upcoming => (0, false),
        Status::Open => (state.contributors, false),
        Status::Ended | Status::Closed | Status::Minted => (state.contributors, true),
        // Who had no meteor by then gets the money back.
        Status::Refunding => (state.minted, true),
    }
}

/// Reads one shower's plan and hands each meteor to `write`, in order of rank. An open shower is told as it is at one
/// moment.
///
/// # Errors
/// [`PlanError`]; what `write` answers ends it.
pub async fn read(
    contract: ShowerContract<'_>,
    fixed: Fixed<'_>,
    mut state: ShowerResponse,
    tallies: &mut Tallies,
    mut write: impl FnMut(&Row<'_>) -> io::Result<()>,
) -> Result<Planned, PlanError> {
    if state.status == Status::Open && state.contributors > 0 {
        let (settled, ranking) = moment(contract, state.shower).await?;
        state = settled;
        let (meteors, is_final) = due(&state);
        let mut shower = Shower::new(fixed, state, meteors, is_final);
        shower.page(ranking, tallies, &mut write)?;
        return shower.done();
    }
    let (meteors, is_final) = due(&state);
    let number = state.shower;
    let mut shower = Shower::new(fixed, state, meteors, is_final);
    let mut after = None;
    while shower.told < meteors {
        let page = contract.ranking_page(number, after).await?;
        let Some(last) = page.last() else { break };
        after = Some(Cursor { amount: last.amount, seq: last.seq });
        shower.page(page, tallies, &mut write)?;
    }
    shower.done()
}

/// The ranking of an open shower at a moment in which it did not change: the log of its contributions is the same
/// before and after.
async fn moment(
    contract: ShowerContract<'_>,
    shower: u32,
) -> Result<(ShowerResponse, Vec<RankedContributor>), PlanError> {
    let mut before = contract.shower(shower).await?;
    for _ in 0..TRIES {
        let ranking = contract.ranking(shower).await?;
        let after = contract.shower(shower).await?;
        if after.log == before.log {
            return Ok((after, ranking));
        }
        before = after;
    }
    Err(PlanError::Moving { shower })
}

/// A shower whose ranks are told one after the other.
struct Shower<'a> {
    fixed: Fixed<'a>,
    state: ShowerResponse,
    sizes: PerTier<u32>,
    meteors: u32,
    is_final: bool,
    told: u32,
    tiers: PerTier<u32>,
}

impl<'a> Shower<'a> {
    fn new(fixed: Fixed<'a>, state: ShowerResponse, meteors: u32, is_final: bool) -> Self {
        let sizes = fixed.config.tiers.sizes(state.contributors);
        Self { fixed, state, sizes, meteors, is_final, told: 0, tiers: PerTier::default() }
    }

    /// Tells the next ranks.
    fn page(
        &mut self,
        page: Vec<RankedContributor>,
        tallies: &mut Tallies,
        write: &mut impl FnMut(&Row<'_>) -> io::Result<()>,
    ) -> Result<(), PlanError> {
        let left = usize::try_from(self.meteors.saturating_sub(self.told)).unwrap_or(usize::MAX);
        for place in page.iter().take(left) {
            self.told = self.told.saturating_add(1);
            let shower = self.state.shower;
            let (tier, number, at) = self.meteor().ok_or(PlanError::Impossible { shower })?;
            let pieces = self.fixed.catalogue.pieces(tier);
            let piece = usize::try_from(at).ok().and_then(|at| pieces.get(at));
            let piece = piece.ok_or(PlanError::Impossible { shower })?;
            let own = [tier.index(), self.told, shower];
            let traits: Vec<u32> = own.into_iter().chain(piece.traits.iter().copied()).collect();
            let shown = self.fixed.template.render(&number.to_string(), &piece.image, &traits);
            let shown = shown.map_err(|source| PlanError::Unrenderable { number: number.0, source })?;
            let row = Row { token_id: number, owner: &place.contributor, shown, is_final: self.is_final };
            write(&row).map_err(PlanError::Write)?;
            tallies.count(tier, at);
            let tiers = &mut self.tiers;
            let count = match tier {
                Tier::Legendary => &mut tiers.legendary,
                Tier::Ancient => &mut tiers.ancient,
                Tier::Rare => &mut tiers.rare,
                Tier::Common => &mut tiers.common,
            };
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    /// Tier, number and piece of the rank that is told now.
    fn meteor(&self) -> Option<(Tier, TokenId, u32)> {
        let mut place = self.told.checked_sub(1)?;
        for (tier, size) in self.sizes.iter() {
            let Some(rest) = place.checked_sub(*size) else {
                let count = self.fixed.config.catalogue.get(tier).count;
                let at = piece(*self.state.earlier_by_tier.get(tier), place, count)?;
                return Some((tier, TokenId::of(self.state.earlier, Rank(self.told))?, at));
            };
            place = rest;
        }
        None
    }

    fn done(self) -> Result<Planned, PlanError> {
        let Self { state, meteors, is_final, told, tiers, .. } = self;
        if told != meteors {
            let told = usize::try_from(told).unwrap_or(usize::MAX);
            return Err(PlanError::Ranks { shower: state.shower, contributors: meteors, told });
        }
        Ok(Planned { state, meteors, is_final, tiers })
    }
}
