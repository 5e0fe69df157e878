//! `meteor plan`: who gets which meteor over the whole event, and what minting it costs.

use std::fs::Permissions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::{Collection, ShowerContract};
use meteor_messages::shower::ShowerResponse;
use meteor_operator::gas::{GasPrice, least};
use meteor_operator::jobs::{Batches, MintProgress, committed, in_a_word};
use meteor_operator::node::Node;
use meteor_operator::plan::{self, Cost, Fixed, Outlook, Planned, Tallies};
use meteor_rules::metadata::Template;
use meteor_rules::tier::{PerTier, Tier};
use tempfile::NamedTempFile;

use super::Command;
use crate::amounts::{about, counted, grouped};
use crate::catalogue::{self, Source};
use crate::event::{Event, Found, chosen, config};
use crate::next::IDLE;
use crate::out::{self, report};
use crate::times::{clock, span};

/// Show who gets which meteor over the whole event, and what minting it costs.
///
/// Nothing is signed. Showers that are over are exact, unless one is cancelled before its draw or misses its mint
/// deadline. One that is open is told as it stands, and its lines say "as of now". With --out, the plan is a CSV file
/// with a line for each meteor, as marketplaces import it; meteors that were refunded instead are not in it.
/// The exit code is 4 if nobody has contributed yet.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Plan {
    #[command(flatten)]
    event: Event,
    #[command(flatten)]
    catalogue: Source,
    /// Only this shower
    #[arg(long)]
    shower: Option<u32>,
    /// Write the plan into this new file, as CSV. It is never written over another one
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Price of a unit of gas, instead of the event file's or the node's, whichever is higher
    #[arg(long)]
    gas_price: Option<GasPrice>,
    /// Write what the plan comes to as JSON, one object a line, instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Plan {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let mut file = self.out.as_deref().map(Output::beside).transpose()?;
        let Found { node, contract, gas_price, .. } = self.event.find(self.gas_price.as_ref()).await?;
        let price = self.price(&node, gas_price).await?;
        let config = config(&node, &contract).await?;
        let template = Collection::new(&node, &config.meteors).template().await?;
        let catalogue = catalogue::read(&self.catalogue.of(&self.event)?, &template).await?;
        let counts = committed(&catalogue, &config)?;
        let chosen = chosen(self.shower, &config)?;
        let shower = ShowerContract::new(&node, &contract);
        let states = shower.showers().await?.into_iter().filter(|state| chosen.contains(&state.shower));
        let now = node.status().await?;

        if let Some(file) = &mut file {
            file.write(&plan::header(&template))?;
        }
        let batches = Batches::default().within_a_block(&node).await?;
        let fixed = Fixed { config: &config, template: &template, catalogue: &catalogue };
        let mut sum = Sum::new(&counts);
        for state in states {
            let planned = one(shower, fixed, state, &mut sum.tallies, file.as_mut()).await?;
            if planned.meteors == 0 {
                continue;
            }
            sum.shower(&planned);
            let Planned { state, .. } = &planned;
            // Of an open one too: that is what minting it would take now.
            let at = MintProgress { minted: state.minted, contributors: planned.meteors };
            let sizes = config.tiers.sizes(state.contributors);
            sum.outlook.add(batches, at, &sizes, &state.earlier_by_tier, &counts);
        }
        if sum.meteors == 0 {
            report!("nothing", {"said": NOBODY}, "{NOBODY}");
            return Ok(ExitCode::from(IDLE));
        }
        let cost = sum.outlook.cost(&price, node.block_seconds().await?);
        sum.say(&cost, now.height, now.time_ns / 1_000_000_000);
        if let Some(file) = file {
            let path = file.keep()?;
            let lines = grouped(sum.meteors.into());
            report!("written", {"file": path, "meteors": sum.meteors}, "written    {path}: {lines} meteors");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What is said if there is no meteor to plan.
const NOBODY: &str = "nothing to plan: nobody has a meteor to get";

/// Plans one shower, into the file if there is one.
async fn one(
    contract: ShowerContract<'_>,
    fixed: Fixed<'_>,
    state: ShowerResponse,
    tallies: &mut Tallies,
    mut file: Option<&mut Output>,
) -> Result<Planned> {
    let template: &Template = fixed.template;
    let write = |row: &plan::Row<'_>| match &mut file {
        Some(file) => file.raw(&plan::line(template, row)),
        None => Ok(()),
    };
    Ok(plan::read(contract, fixed, state, tallies, write).await?)
}

impl Plan {
    /// What gas costs: as named, or else the event's price, and the node's where it asks for more.
    async fn price(&self, node: &Node, event: GasPrice) -> Result<GasPrice> {
        if self.gas_price.is_some() {
            return Ok(event);
        }
        let asked = node.least_gas_price().await?.unwrap_or_default();
        let asked = least(&asked, &event.denom);
        Ok(asked.filter(|asked| asked.millionths > event.millionths).unwrap_or(event))
    }
}

/// What all showers come to.
struct Sum {
    tallies: Tallies,
    outlook: Outlook,
    meteors: u64,
    is_final: u64,
}

impl Sum {
    fn new(counts: &PerTier<u32>) -> Self {
        Self { tallies: Tallies::new(counts), outlook: Outlook::default(), meteors: 0, is_final: 0 }
    }

    /// Adds a shower, and says it.
    fn shower(&mut self, planned: &Planned) {
        let Planned { state, meteors, is_final, tiers } = planned;
        self.meteors = self.meteors.saturating_add((*meteors).into());
        if *is_final {
            self.is_final = self.is_final.saturating_add((*meteors).into());
        }
        let (shower, minted, status) = (state.shower, state.minted, in_a_word(state.status));
        let PerTier { legendary, ancient, rare, common } = tiers;
        let mark = if *is_final { "" } else { ", as of now" };
        report!(
            "shower",
            {
                "shower": shower, "status": state.status, "final": is_final, "meteors": meteors, "minted": minted,
                "tiers": tiers, "first": state.earlier.saturating_add(1),
            },
            "shower {shower:<3} {status:<8} {meteors:>6} {}: {legendary} legendary, {ancient} ancient, {rare} rare, \
             {common} common; {minted} minted{mark}",
            named(u64::from(*meteors)),
        );
    }

    /// Says the sums.
    fn say(&self, cost: &Cost, height: u64, time: u64) {
        for tier in Tier::ALL {
            let tally = self.tallies.get(tier);
            let twice = match tally.repeated {
                0 => "none twice".to_owned(),
                repeated => format!("{} meteors repeat one", grouped(repeated.into())),
            };
            report!(
                "tier",
                {
                    "tier": tier, "meteors": tally.meteors, "pieces": tally.pieces, "used": tally.used,
                    "repeated": tally.repeated,
                },
                "{:<10} {:>6} {}; {} of {} pieces used, {twice}",
                tier.to_string(),
                grouped(tally.meteors.into()),
                named(tally.meteors),
                grouped(tally.used.into()),
                grouped(tally.pieces.into())
            );
        }
        let Outlook { meteors, messages, transactions, gas } = self.outlook;
        let now = self.meteors.saturating_sub(self.is_final);
        let (all, fixed, open) =
            (grouped(self.meteors.into()), grouped(self.is_final.into()), grouped(now.into()));
        let fee = format!("{}{}", cost.fee, cost.denom);
        let (at, are) = (clock(time), named(self.meteors));
        let left = if meteors == 0 {
            "nothing is left".to_owned()
        } else {
            format!(
                "{} in about {}; fees about {} for {} gas; about {} at a transaction a block",
                grouped(meteors.into()),
                counted(grouped(transactions.into()), "transaction"),
                about(cost.fee, &cost.denom),
                grouped(gas.into()),
                span(cost.seconds),
            )
        };
        report!(
            "planned",
            {
                "meteors": self.meteors, "final": self.is_final, "as_of_now": now, "to_mint": meteors,
                "transactions": transactions, "messages": messages, "gas": gas, "fee": fee, "seconds": cost.seconds,
                "height": height, "time": time,
            },
            "in all     {all} {are} at block {height}, {at}: {fixed} final, {open} as of now\nto mint    {left}"
        );
    }
}

/// What so many meteors are called.
const fn named(meteors: u64) -> &'static str {
    if meteors == 1 { "meteor" } else { "meteors" }
}

/// A new file that gets its name once it is whole.
struct Output {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl Output {
    fn beside(path: &Path) -> Result<Self> {
        ensure!(!path.exists(), "{} exists: name a new file, nothing was written", path.display());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut made = tempfile::Builder::new();
        let made =
            made.prefix(".meteor-plan-").permissions(Permissions::from_mode(0o644)).tempfile_in(folder);
        let file = made.with_context(|| format!("writing into {}", folder.display()))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    fn raw(&mut self, line: &str) -> io::Result<()> {
        self.file.write_all(line.as_bytes())
    }

    fn write(&mut self, line: &str) -> Result<()> {
        self.raw(line).with_context(|| format!("writing {}", self.path.display()))
    }

    /// Gives it its name, unless another file has it by now.
    fn keep(self) -> Result<String> {
        let writing = || format!("writing {}", self.path.display());
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error).with_context(writing)?;
        file.as_file().sync_all().with_context(writing)?;
        file.persist_noclobber(&self.path).map_err(|error| error.error).with_context(writing)?;
        Ok(self.path.display().to_string())
    }
}
