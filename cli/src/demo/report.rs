//! What the demo prints: amounts people can read, a line while it runs, a table at the end.

use std::fmt::Write;

use anyhow::Result;
use meteor_messages::shower::ShowerResponse;
use meteor_rules::eggs::issue;
use meteor_rules::tier::{PerTier, TierRule};

/// One thing that was checked.
#[derive(Debug)]
pub(super) struct Check {
    /// What should hold.
    pub claim: &'static str,
    /// What was seen, or what contradicts it.
    pub outcome: Result<String>,
}

/// Micro-units as units with two places and thousands apart: `1,234.56`. The last micro-units are cut, not
/// rounded.
pub(super) fn amount(micro: u128) -> String {
    let (units, cents) = (micro / 1_000_000, micro % 1_000_000 / 10_000);
    let digits = units.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{cents:02}")
}

/// The table of all showers.
pub(super) fn showers(states: &[ShowerResponse], tiers: &TierRule, eggs: &PerTier<u32>) -> String {
    let mut table = String::from(
        "shower  wallets          UST  legendary/ancient/rare/common  eggs  minted      settled\n",
    );
    for state in states {
        let sizes = tiers.sizes(state.contributors);
        let cut = format!("{}/{}/{}/{}", sizes.legendary, sizes.ancient, sizes.rare, sizes.common);
        let eggs = issue(eggs, &sizes).eggs.total();
        let _ = writeln!(
            table,
            "{:>6}  {:>7}  {:>11}  {cut:>29}  {eggs:>4}  {:>6}  {:>11}",
            state.shower,
            state.contributors,
            amount(state.total.u128()),
            state.minted,
            amount(state.settled.u128()),
        );
    }
    table
}

/// One line per check, and whether all hold.
pub(super) fn checks(checks: &[Check]) -> (String, bool) {
    let mut lines = String::new();
    let mut good = true;
    for check in checks {
        match &check.outcome {
            Ok(seen) => {
                let _ = writeln!(lines, "  ok    {} ({seen})", check.claim);
            }
            Err(why) => {
                good = false;
                let _ = writeln!(lines, "  WRONG {}: {why:#}", check.claim);
            }
        }
    }
    (lines, good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_well() {
        assert_eq!(amount(0), "0.00");
        assert_eq!(amount(8_009_999), "8.00");
        assert_eq!(amount(999_000_000), "999.00");
        assert_eq!(amount(1_234_567_890_000), "1,234,567.89");
    }

    #[test]
    fn one_wrong_check_is_wrong() {
        let good = Check { claim: "a", outcome: Ok("seen".into()) };
        let bad = Check { claim: "b", outcome: Err(anyhow::anyhow!("not so")) };
        assert!(checks(&[good]).1);
        let (lines, all) = checks(&[bad]);
        assert!(!all && lines.contains("WRONG b: not so"));
    }
}
