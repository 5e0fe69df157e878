//! The demo checks itself: what the wallets sent, what the contracts say and what the API says must agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use meteor_chain::contracts::{Collection, HatcheryContract, ShowerContract};
use meteor_chain::http;
use meteor_operator::jobs::Deployment;
use meteor_operator::node::Node;
use meteor_operator::tax::Tax;
use meteor_rules::holdback::held;
use meteor_rules::metadata::Metadata;
use meteor_rules::split::split;
use serde_json::Value;

use super::books::{Books, Ranked};
use super::plan::Plan;
use super::report::{Check, amount};
use super::wallets::PARALLEL;

/// Everything needed to check an event that is over.
pub(super) struct Evidence<'a> {
    /// What the wallets were to do.
    pub plan: &'a Plan,
    /// What they and visitors did.
    pub books: &'a Books,
    /// The wallets' addresses.
    pub addresses: &'a [String],
    /// Where the event lives.
    pub deployment: &'a Deployment,
    /// What each contribution holds back (basis points).
    pub holdback_bp: u32,
    /// The shower whose key came too late.
    pub late: Option<u32>,
    /// Payees with their shares (basis points) and what they had before.
    pub payees: &'a [(String, u32, u128)],
    /// What was sent to them, by their place, each payment by itself (micro-denom).
    pub paid: Vec<(usize, u128)>,
    /// The chain's tax on what a contract sends.
    pub tax: Tax,
    /// What each wallet had before it was funded.
    pub before: &'a [u128],
    /// Denom of contributions.
    pub denom: &'a str,
    /// The chain.
    pub node: &'a Node,
    /// Base address of the API.
    pub api: &'a str,
}

/// What can be checked as soon as everything is minted.
pub(super) async fn before_keys(evidence: &Evidence<'_>) -> Vec<Check> {
    let books = &evidence.books.showers;
    vec![
        Check {
            claim: "the contract's rankings equal an independent sort of what was sent",
            outcome: rankings(evidence, books).await,
        },
        Check {
            claim: "every contributor owns exactly one meteor a shower, of the tier of its rank",
            outcome: meteors(evidence, books).await,
        },
        Check { claim: "the API says what the contracts say", outcome: api(evidence, books).await },
    ]
}

/// Where all the money is at the end.
pub(super) async fn money(evidence: &Evidence<'_>) -> Check {
    Check {
        claim: "the money adds up to the last micro-unit",
        outcome: adds_up(evidence, &evidence.books.showers).await,
    }
}

async fn rankings(evidence: &Evidence<'_>, books: &[Vec<Ranked>]) -> Result<String> {
    let mut places = 0usize;
    for (shower, book) in (1u32..).zip(books) {
        let contract = ShowerContract::new(evidence.node, &evidence.deployment.shower);
        let rows = contract.ranking(shower).await?;
        let theirs: Vec<(&str, u128)> =
            rows.iter().map(|r| (r.contributor.as_str(), r.amount.u128())).collect();
        let ours: Vec<(&str, u128)> = book.iter().map(|r| (r.contributor.as_str(), r.amount)).collect();
        ensure!(theirs == ours, "shower {shower}: the contract's ranking differs from the books");
        places += ours.len();
    }
    Ok(format!("{places} places in {} showers", books.len()))
}

async fn meteors(evidence: &Evidence<'_>, books: &[Vec<Ranked>]) -> Result<String> {
    let Evidence { node, deployment, .. } = *evidence;
    let meteors = Collection::new(node, &deployment.meteors);
    let hatchery = HatcheryContract::new(node, &deployment.hatchery).config().await?;
    let hatched = [&hatchery.eggs, &hatchery.dust].map(|address| Collection::new(node, address));
    let [eggs, dust] = &hatched;
    // Visitors may have cracked theirs.
    let burnt = eggs.count().await?.saturating_add(dust.count().await?);
    let total = meteors.count().await?.saturating_add(burnt);
    let due: usize = books.iter().map(Vec::len).sum();
    ensure!(
        usize::try_from(total).ok() == Some(due),
        "{total} meteors exist or were cracked instead of {due}"
    );
    stream::iter(evidence.addresses)
        .map(|address| async move {
            let mut due: BTreeSet<(String, String, String)> = BTreeSet::new();
            for (shower, book) in (1u32..).zip(books) {
                if let Some((rank, ranked)) = (1u32..).zip(book).find(|(_, r)| r.contributor == *address) {
                    due.insert((shower.to_string(), rank.to_string(), ranked.tier.title().to_owned()));
                }
            }
            let mut owned = BTreeSet::new();
            for token_id in meteors.tokens_of(address).await? {
                let new = owned.insert(place(&meteors.metadata(token_id.parse()?).await?)?);
                ensure!(new, "{address} owns two meteors of the same shower and rank");
            }
            ensure!(owned == due, "{address} owns {owned:?} instead of {due:?}");
            Ok(())
        })
        .buffer_unordered(PARALLEL)
        .try_collect::<Vec<()>>()
        .await?;
    let of_visitors = of_visitors(&meteors, &hatched, books).await?;
    let mut seen = format!("{due} meteors in {} wallets", evidence.addresses.len());
    if of_visitors > 0 {
        let _ = write!(seen, " and with visitors, who cracked {burnt} of their {of_visitors}");
    }
    Ok(seen)
}

/// Shower, rank and rarity, as a meteor's metadata say them.
fn place(shown: &Metadata) -> Result<(String, String, String)> {
    let of = |name: &str| {
        let found = shown.attributes.iter().find(|a| a.trait_type == name);
        found.map(|a| a.value.clone()).with_context(|| format!("a meteor without {name}"))
    };
    Ok((of("shower")?, of("rank")?, of("rarity")?))
}

/// Whether every visitor's meteor is what its rank says, or left an egg or dust of its number. Whose it is by now
/// can't be known. Answers with how many there are.
async fn of_visitors(
    meteors: &Collection<'_>,
    hatched: &[Collection<'_>; 2],
    books: &[Vec<Ranked>],
) -> Result<usize> {
    let mut count = 0;
    for (shower, book) in (1u32..).zip(books) {
        for (rank, Ranked { meteor, tier, .. }) in (1u32..).zip(book).filter(|(_, ranked)| ranked.visitor) {
            count += 1;
            if meteors.owner_of(*meteor).await.is_ok() {
                let due = (shower.to_string(), rank.to_string(), tier.title().to_owned());
                let shown = place(&meteors.metadata(*meteor).await?)?;
                ensure!(shown == due, "meteor {meteor} is {shown:?} instead of {due:?}");
                continue;
            }
            let [egg, dust] = hatched;
            let (egg, dust) = (egg.owner_of(*meteor).await.is_ok(), dust.owner_of(*meteor).await.is_ok());
            ensure!(egg != dust, "meteor {meteor} is gone and left {}", if egg { "both" } else { "nothing" });
        }
    }
    Ok(count)
}

async fn adds_up(evidence: &Evidence<'_>, books: &[Vec<Ranked>]) -> Result<String> {
    let node = evidence.node;
    let left = node.balance(&evidence.deployment.shower, evidence.denom).await?;
    // What somebody sent to the contract's address without being asked stays there.
    let unasked = unasked(&get(evidence, "/v1/unasked").await?, evidence.denom)?;
    ensure!(
        left == unasked,
        "{left} is left in the contract after everything was minted, settled and returned; {unasked} of it came unasked"
    );
    let shares: Vec<u32> = evidence.payees.iter().map(|(_, share, _)| *share).collect();
    let mut due = vec![0u128; shares.len()];
    let mut returned: BTreeMap<&str, u128> = BTreeMap::new();
    let (mut sent, mut back) = (0u128, 0u128);
    for (shower, book) in (1u32..).zip(books) {
        let parts = book.iter().map(|row| (row, held(row.amount, evidence.holdback_bp)));
        let (total, held) = parts.clone().fold((0, 0), |(total, all), (row, held)| {
            (row.amount.saturating_add(total), held.saturating_add(all))
        });
        sent = sent.saturating_add(total);
        // Booked in two steps, each rounded by itself: after the mint, and with the key.
        let mut steps = vec![total.saturating_sub(held)];
        if evidence.late == Some(shower) {
            back = back.saturating_add(held);
            returned.extend(parts.map(|(row, held)| (row.contributor.as_str(), held)));
        } else {
            steps.push(held);
        }
        for step in steps {
            for (due, part) in due.iter_mut().zip(split(step, &shares)) {
                *due = due.saturating_add(part);
            }
        }
    }
    let spent = evidence.books.spent();
    let of = |sums: &BTreeMap<&str, u128>, address: &str| sums.get(address).copied().unwrap_or_default();
    let rows = ShowerContract::new(node, &evidence.deployment.shower).payees().await?;
    let (mut arrived, mut others) = (0u128, false);
    for (place, ((payee, _, before), due)) in evidence.payees.iter().zip(&due).enumerate() {
        let payments = evidence.paid.iter().filter(|(to, _)| *to == place).map(|(_, amount)| *amount);
        let sent = rows.iter().find(|row| row.address == *payee).map_or(0, |row| row.withdrawn.u128());
        ensure!(sent == *due, "{payee} was sent {sent}, {due} was due");
        // Anyone may pay a payee: what others sent it, and in how many parts, the demo did not see.
        let unseen = due.saturating_sub(payments.clone().sum());
        let seen: u128 = payments.map(|amount| evidence.tax.arrives(amount)).sum();
        let arrives = seen.saturating_add(evidence.tax.arrives(unseen));
        arrived = arrived.saturating_add(arrives);
        others |= unseen > 0;
        if unseen > 0 && !evidence.tax.is_zero() {
            continue;
        }
        // A payee may take part like anyone else.
        let back = evidence.tax.arrives(of(&returned, payee));
        let now = node.balance(payee, evidence.denom).await?;
        let expected = before.saturating_add(arrives).saturating_add(back).checked_sub(of(&spent, payee));
        ensure!(Some(now) == expected, "{payee} has {now} instead of {expected:?}");
    }
    for (wallet, (address, before)) in evidence.addresses.iter().zip(evidence.before).enumerate() {
        let (spent, held) = (of(&spent, address), of(&returned, address));
        let due = evidence.plan.gets(wallet).saturating_add(*before).checked_sub(spent);
        let due = due.map(|due| due.saturating_add(evidence.tax.arrives(held)));
        let has = node.balance(address, evidence.denom).await?;
        ensure!(Some(has) == due, "{address} has {has} left instead of {due:?}");
    }
    let (sent, back, arrived) = (amount(sent), amount(back), amount(arrived));
    let others = if others { "; someone else took part, and paid payees" } else { "" };
    if evidence.tax.is_zero() {
        return Ok(format!("{sent} contributed = {arrived} paid + {back} returned{others}"));
    }
    Ok(format!(
        "{sent} contributed; {back} sent back and the rest to the payees, of which {arrived} arrived: the rest is the \
         chain's tax{others}"
    ))
}

/// What is there of `denom` that came unasked, by the API.
fn unasked(api: &Value, denom: &str) -> Result<u128> {
    let left = api.get("left").and_then(Value::as_array).context("the API does not say what came unasked")?;
    let ours = left.iter().find(|coins| coins.get("denom").and_then(Value::as_str) == Some(denom));
    let amount =
        ours.map(|coins| coins.get("amount").and_then(Value::as_str).context("coins without an amount"));
    Ok(amount.transpose()?.map(str::parse).transpose()?.unwrap_or_default())
}

async fn get(evidence: &Evidence<'_>, path: &str) -> Result<Value> {
    let url = format!("{}{path}", evidence.api);
    let body = http::get(&url).await.with_context(|| format!("asking {url}"))?;
    serde_json::from_slice(&body).with_context(|| format!("reading {url}"))
}

fn same(what: &str, api: Option<&Value>, contract: impl ToString) -> Result<()> {
    let api = match api {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => bail!("the API does not say {what}"),
    };
    let contract = contract.to_string();
    ensure!(api == contract, "{what} is {api} by the API and {contract} by the contract");
    Ok(())
}

async fn api(evidence: &Evidence<'_>, books: &[Vec<Ranked>]) -> Result<String> {
    let mut compared = 0usize;
    for (shower, book) in (1u32..).zip(books) {
        let theirs = ShowerContract::new(evidence.node, &evidence.deployment.shower).shower(shower).await?;
        let api = get(evidence, &format!("/v1/showers/{shower}")).await?;
        same("contributors", api.get("contributors"), theirs.contributors)?;
        same("total", api.get("total"), theirs.total)?;
        same("minted", api.get("minted"), theirs.minted)?;
        same("settled", api.get("settled"), theirs.settled)?;
        same("log", api.get("log"), theirs.log.to_hex())?;
        let mut after = 0usize;
        while after < book.len() {
            let page =
                get(evidence, &format!("/v1/showers/{shower}/ranking?after={after}&limit=1000")).await?;
            let rows = page.get("ranking").and_then(Value::as_array).context("a ranking without rows")?;
            ensure!(!rows.is_empty(), "the API's ranking of shower {shower} ends at rank {after}");
            for row in rows {
                let ours = book.get(after).context("the API ranks more contributors than there are")?;
                same("contributor", row.get("contributor"), &ours.contributor)?;
                same("amount", row.get("amount"), ours.amount)?;
                same("tier", row.get("tier"), ours.tier)?;
                after += 1;
                same("rank", row.get("rank"), after)?;
                compared += 1;
            }
        }
    }
    stream::iter(evidence.addresses)
        .map(|address| async move {
            let collection = Collection::new(evidence.node, &evidence.deployment.meteors);
            let mut theirs = collection.tokens_of(address).await?;
            let mut ours: Vec<String> = Vec::new();
            let mut path = Some(format!("/v1/caves/{address}"));
            while let Some(at) = path {
                let cave = get(evidence, &at).await?;
                let nfts = cave.get("nfts").and_then(Value::as_array).context("a cave without NFTs")?;
                ours.extend(
                    nfts.iter().filter_map(|nft| nft.get("token_id")?.as_str()).map(ToOwned::to_owned),
                );
                path = cave.get("next").and_then(Value::as_str).map(ToOwned::to_owned);
            }
            theirs.sort();
            ours.sort();
            ensure!(ours == theirs, "{address}'s cave holds {ours:?} by the API, {theirs:?} by the contract");
            Ok(())
        })
        .buffer_unordered(PARALLEL)
        .try_collect::<Vec<()>>()
        .await?;
    Ok(format!("{} showers, {compared} places, {} caves", books.len(), evidence.addresses.len()))
}
