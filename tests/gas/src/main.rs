//! What the event costs on a chain: the artifacts run in the VM of Terra Classic's present generation, on the
//! chain of meteor-testkit, and are charged what wasmd 0.61 charges. `scripts/gas` runs it:
//!
//! - without an argument it prints the tables,
//! - `write` writes them to `baseline.txt`,
//! - `check` compares with that file, exactly, and with the budgets; and has VM 3.0 check the artifacts.

mod artifact;
mod backend;
mod budget;
mod event;
mod measured;
mod meter;
#[cfg(test)]
mod real;
mod table;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let argument = std::env::args().nth(1);
    for name in artifact::NAMES {
        artifact::gate(name)?;
    }
    let (verbs, growth) = (measured::verbs()?, measured::growth()?);
    let tables = table::render(&verbs, &growth);
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baseline.txt");
    match argument.as_deref() {
        None => print!("{tables}"),
        Some("write") => std::fs::write(&file, tables)?,
        Some("check") => {
            let baseline =
                std::fs::read_to_string(&file).context("no baseline: run scripts/gas write and commit it")?;
            let differences = table::differences(&baseline, &tables);
            let missed = budget::missed(&verbs, &growth);
            for line in differences.iter().chain(&missed) {
                eprintln!("{line}");
            }
            if !missed.is_empty() {
                bail!("a budget of docs/benchmarks.md is missed");
            }
            if !differences.is_empty() {
                bail!(
                    "gas is not what tests/gas/baseline.txt says (-), but what the lines with + say. Gas is the same on \
                     every machine: if the change is meant, run scripts/gas write, commit the file, and put the new \
                     figures into docs/benchmarks.md"
                );
            }
            println!(
                "VM 3.0 takes the artifacts; gas is what tests/gas/baseline.txt says, within the budgets"
            );
        }
        Some(other) => bail!("scripts/gas [check | write], not {other}"),
    }
    Ok(())
}
