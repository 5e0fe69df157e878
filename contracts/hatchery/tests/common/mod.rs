//! An event with meteors to crack.

use meteor_messages::hatchery::{CustodyResponse, QueryMsg};
use meteor_rules::fairness::content::Kind;
use meteor_rules::tier::PerTier;
use meteor_testkit::{Suite, SuiteBuilder};

pub(crate) const MIN: u128 = 8_000_000;
pub(crate) const S: u64 = 1_000_000_000;
/// Who has meteors 1 to 7 of shower 1 and 8 and 9 of shower 2.
pub(crate) const HOLDERS: [&str; 9] =
    ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "alice", "bob"];

pub(crate) fn builder() -> SuiteBuilder {
    // Three eggs, so that a shower of seven has eggs and dust.
    let eggs = PerTier { legendary: 1, ancient: 1, rare: 0, common: 1 };
    Suite::new().showers(3).with(|msg| msg.eggs = eggs)
}

/// Two showers, minted: seven meteors and two.
pub(crate) fn minted() -> Suite {
    minted_of(builder())
}

pub(crate) fn minted_of(builder: SuiteBuilder) -> Suite {
    let mut suite = builder.build();
    suite.open(1);
    for (place, who) in HOLDERS.iter().take(7).enumerate() {
        suite.contribute(who, MIN + u128::try_from(10 - place).unwrap_or(0));
    }
    suite.open(2).contribute("alice", MIN + 1).contribute("bob", MIN);
    suite.close(1).close(2).mint_all(1).mint_all(2);
    suite
}

pub(crate) fn custody(suite: &Suite, token_id: u64) -> Option<CustodyResponse> {
    suite.query_hatchery(&QueryMsg::Custody { token_id })
}

/// A meteor of shower 1 that holds `kind`.
pub(crate) fn meteor_with(suite: &Suite, kind: Kind) -> u64 {
    let sealed = suite.model.sealed(1).unwrap_or_else(|| panic!("shower 1 has contributors"));
    (0..sealed.leaves())
        .find(|index| sealed.content(*index).is_some_and(|(content, _)| content.kind == kind))
        .map_or_else(|| panic!("shower 1 has some {kind:?}"), |index| u64::from(index) + 1)
}

/// Whose a meteor is at first.
pub(crate) fn holder(meteor: u64) -> &'static str {
    usize::try_from(meteor - 1).ok().and_then(|at| HOLDERS.get(at)).copied().unwrap_or("nobody")
}
