//! The tables, as docs/benchmarks.md and the baseline have them: markdown, one row a line.

use std::fmt::Write as _;

use crate::event::Row;
use crate::measured::Growth;

/// Both tables.
pub(crate) fn render(verbs: &[Row], growth: &Growth) -> String {
    let mut text = String::from(
        "| transaction | gas | each | contracts' start | machine | reads | writes | events |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in verbs {
        let gas = row.gas;
        let each = if row.count > 1 { digits(row.each()) } else { String::new() };
        let parts = [gas.start, gas.machine, gas.reads, gas.writes, gas.events].map(digits).join(" | ");
        // Writing to a String can't fail.
        let _ = writeln!(text, "| {} | {} | {each} | {parts} |", row.verb, digits(gas.total()));
    }
    text.push_str("\n| transaction, in a shower of so many wallets |");
    for (wallets, _) in growth {
        let _ = write!(text, " {} |", digits(u64::from(*wallets)));
    }
    let _ = writeln!(text, "\n|---|{}", "--:|".repeat(growth.len()));
    // The largest shower has every verb; the smallest are too small for some.
    for Row { verb, .. } in growth.last().iter().flat_map(|(_, rows)| rows) {
        let _ = write!(text, "| {verb} |");
        for (_, rows) in growth {
            let gas = rows.iter().find(|row| row.verb == *verb).map(|row| digits(row.gas.total()));
            let _ = write!(text, " {} |", gas.unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

/// The lines that are in one text and not in the other: `-` what the baseline says, `+` what was measured.
pub(crate) fn differences(baseline: &str, measured: &str) -> Vec<String> {
    let missing = |of: &str, from: &str, sign: char| -> Vec<String> {
        of.lines()
            .filter(|line| !from.lines().any(|each| each == *line))
            .map(|line| format!("{sign} {line}"))
            .collect()
    };
    let mut all = missing(baseline, measured, '-');
    all.extend(missing(measured, baseline, '+'));
    all
}

/// A number with commas.
fn digits(number: u64) -> String {
    let plain = number.to_string();
    let mut text = String::new();
    for (at, digit) in plain.chars().enumerate() {
        if at > 0 && (plain.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::Gas;

    fn row(verb: &str, count: u64, writes: u64) -> Row {
        Row { verb: verb.into(), count, gas: Gas { writes, start: 60_000, ..Gas::default() } }
    }

    #[test]
    fn tables_name_verbs_sizes_and_what_each_costs() {
        let growth = vec![(10, vec![row("close", 1, 7)]), (1_000, vec![row("close", 1, 940_008)])];
        let text = render(&[row("mint 100", 100, 1_234_567)], &growth);
        assert!(
            text.contains("| mint 100 | 1,294,567 | 12,946 | 60,000 | 0 | 0 | 1,234,567 | 0 |\n"),
            "{text}"
        );
        assert!(text.contains("| 10 | 1,000 |\n"), "{text}");
        assert!(text.ends_with("| close | 60,007 | 1,000,008 |\n"), "{text}");
    }

    #[test]
    fn one_gas_more_is_a_difference() {
        let of = |writes| render(&[row("close", 1, writes), row("crack", 1, 5)], &vec![]);
        assert_eq!(differences(&of(7), &of(7)), Vec::<String>::new());
        let found = differences(&of(7), &of(8));
        assert_eq!(
            found,
            [
                "- | close | 60,007 |  | 60,000 | 0 | 0 | 7 | 0 |",
                "+ | close | 60,008 |  | 60,000 | 0 | 0 | 8 | 0 |"
            ]
        );
    }
}
