//! The budgets of the design (README's and docs/benchmarks.md's figures): what must hold whatever the
//! baseline says.

use crate::event::Row;
use crate::measured::Growth;

const CONTRIBUTE: u64 = 90_000;
const MINT_EACH_OF_100: u64 = 16_000;
/// Longer numbers and proofs cost some bytes; a walk over the shower would cost hundreds of gas a wallet.
const GROWTH_PERCENT: u64 = 3;

/// What is missed, in words.
pub(crate) fn missed(verbs: &[Row], growth: &Growth) -> Vec<String> {
    let mut missed = vec![];
    for row in verbs.iter().chain(growth.iter().flat_map(|(_, rows)| rows)) {
        if row.verb.starts_with("contribute") && row.gas.total() > CONTRIBUTE {
            missed.push(format!("{} costs {}, the budget is {CONTRIBUTE}", row.verb, row.gas.total()));
        }
        // A message by itself in a small shower; in large ones, whose numbers are longer, as the operator's
        // job mints.
        let mint = row.verb == "mint 100" || row.verb.starts_with("mint 500");
        if mint && row.each() > MINT_EACH_OF_100 {
            missed.push(format!("{} costs {} each, the budget is {MINT_EACH_OF_100}", row.verb, row.each()));
        }
    }
    for Row { verb, gas, .. } in growth.last().iter().flat_map(|(_, rows)| rows) {
        let sizes =
            growth.iter().find_map(|(few, rows)| Some((few, rows.iter().find(|row| row.verb == *verb)?)));
        let Some((few, small)) = sizes else { continue };
        if gas.total() * 100 > small.gas.total() * (100 + GROWTH_PERCENT) {
            missed.push(format!(
                "{verb} costs {} in a shower of {few} wallets and {} in the largest: more than {GROWTH_PERCENT} % more",
                small.gas.total(),
                gas.total()
            ));
        }
    }
    missed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::Gas;

    fn row(verb: &str, count: u64, start: u64) -> Row {
        Row { verb: verb.into(), count, gas: Gas { start, ..Gas::default() } }
    }

    #[test]
    fn budgets_are_missed_by_one_gas() {
        let kept = [
            row("contribute, once more", 1, 90_000),
            row("mint 100", 100, 1_600_000),
            row("mint 1", 1, 100_000),
        ];
        assert_eq!(missed(&kept, &vec![]), Vec::<String>::new());
        assert_eq!(missed(&[row("contribute", 1, 90_001)], &vec![]).len(), 1);
        assert_eq!(missed(&[row("mint 100", 100, 1_600_001)], &vec![]).len(), 1);
        assert_eq!(missed(&[row("mint 500 in 5 messages", 500, 8_000_001)], &vec![]).len(), 1);
    }

    #[test]
    fn growth_is_missed_beyond_three_percent() {
        let growth =
            |large| vec![(10, vec![row("close", 1, 50_000)]), (100_000, vec![row("close", 1, large)])];
        assert_eq!(missed(&[], &growth(51_500)), Vec::<String>::new());
        assert_eq!(missed(&[], &growth(51_501)).len(), 1);
        let mut late = growth(51_500);
        late.push((200_000, vec![row("mint the last", 1, 7), row("close", 1, 51_501)]));
        assert_eq!(missed(&[], &late).len(), 1, "what small showers lack is not compared with them");
        let contribute = vec![(10, vec![row("contribute", 1, 90_001)])];
        assert_eq!(missed(&[], &contribute).len(), 1, "the budget holds in showers of every size");
    }
}
