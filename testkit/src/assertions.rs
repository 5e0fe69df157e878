//! Assertions in the words of an event; each can be chained.

use cw721::msg::OwnerOfResponse;
use meteor_messages::nft;
use meteor_messages::shower::{ContributionResponse, ContributionState, QueryMsg, ShowerResponse, Status};
use meteor_rules::Rank;
use meteor_rules::tier::Tier;

use crate::invariants::{numbers, ranking_of};
use crate::suite::Suite;

impl Suite {
    /// A wallet has exactly `amount` of the event's denom.
    ///
    /// # Panics
    /// If not.
    pub fn assert_balance(&mut self, name: &str, amount: u128) -> &mut Self {
        assert_eq!(self.balance(name), amount, "balance of {name}");
        self
    }

    /// These wallets and no others are ranked in `shower`, best first.
    ///
    /// # Panics
    /// If not.
    pub fn assert_ranking(&mut self, shower: u32, names: &[&str]) -> &mut Self {
        let told: Vec<String> = ranking_of(self, shower).into_iter().map(|row| row.contributor).collect();
        let wanted: Vec<String> = names.iter().map(|name| self.address(name).into()).collect();
        assert_eq!(told, wanted, "ranking of shower {shower}");
        self
    }

    /// A wallet's rank in `shower` has this tier, as things stand.
    ///
    /// # Panics
    /// If not.
    pub fn assert_tier(&mut self, shower: u32, name: &str, tier: Tier) -> &mut Self {
        let who = self.address(name);
        let ranking = ranking_of(self, shower);
        let rank = ranking.iter().zip(1u32..).find(|(row, _)| row.contributor == who.as_str());
        let rank = rank.unwrap_or_else(|| panic!("{name} is not in shower {shower}")).1;
        let all = u32::try_from(ranking.len()).unwrap_or(u32::MAX);
        assert_eq!(self.model.config.tiers.tier_of(Rank(rank), all), Some(tier), "{name} in shower {shower}");
        self
    }

    /// What has become of a wallet's contribution.
    ///
    /// # Panics
    /// If it is something else.
    pub fn assert_state(&mut self, shower: u32, name: &str, state: ContributionState) -> &mut Self {
        let contributor = self.address(name).into();
        let told: ContributionResponse = self.query(&QueryMsg::Contribution { shower, contributor });
        assert_eq!(told.state, state, "{name} in shower {shower}");
        self
    }

    /// Where a shower stands.
    ///
    /// # Panics
    /// If it stands elsewhere.
    pub fn assert_status(&mut self, shower: u32, status: Status) -> &mut Self {
        let told: ShowerResponse = self.query(&QueryMsg::Shower { shower });
        assert_eq!(told.status, status, "shower {shower}");
        self
    }

    /// Whose a meteor is.
    ///
    /// # Panics
    /// If it is another's, or there is none of that number.
    pub fn assert_owner_of(&mut self, meteor: u64, name: &str) -> &mut Self {
        let told: OwnerOfResponse =
            self.query_nft(&nft::QueryMsg::OwnerOf { token_id: meteor.to_string(), include_expired: None });
        assert_eq!(told.owner, self.address(name).as_str(), "meteor {meteor}");
        self
    }

    /// The numbers of a wallet's meteors, in order.
    pub fn meteors_of(&self, name: &str) -> Vec<u64> {
        numbers(|start_after| {
            let owner = self.address(name).into();
            self.query_nft(&nft::QueryMsg::Tokens { owner, start_after, limit: Some(1000) })
        })
    }
}
