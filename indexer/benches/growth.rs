//! How costs grow: a block of 100 contributions into a shower of 1,000, 10,000 and 100,000 wallets, and an event ten
//! times that of 2021.
//!
//! `cargo bench -p meteor-indexer --bench growth`
#![allow(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs
)]

use std::hint::black_box;
use std::sync::Arc;

use meteor_indexer::fold::{Reveal, Reveals, State, apply};
use meteor_indexer::view::View;
use meteor_messages::events::ShowerEvent;
use meteor_rules::fairness::content::Kind;
use meteor_rules::fairness::tree::Tree;
use sha2::{Digest as _, Sha256};

#[path = "../tests/indexer/chain.rs"]
#[allow(dead_code, clippy::cast_possible_truncation, unreachable_pub)]
mod chain;
#[allow(unreachable_pub)]
mod contributions;
#[allow(dead_code, unreachable_pub)]
mod measure;

use contributions::{Contract, block, launch};
use measure::{median, resident, timed};

/// Contributions in a block.
const PER_BLOCK: u64 = 100;
const ROUNDS: u64 = 50;

fn start(showers: u32) -> State {
    let mut state = State::new(chain::CHAIN, &chain::shower_contract());
    apply(&mut state, &block(1, [launch(showers).into()])).unwrap();
    state
}

/// A block more in a shower that already has so many wallets: to the state, and to what is served.
fn growth() {
    for wallets in [1_000, 10_000, 100_000] {
        let mut contract = Contract::new(1);
        let mut state = start(1);
        let every: Vec<u64> = (0..wallets).collect();
        let mut height = 1;
        for wallets in every.chunks(1_000) {
            height += 1;
            let events: Vec<ShowerEvent> =
                wallets.iter().map(|wallet| contract.contribute(1, *wallet).into()).collect();
            apply(&mut state, &block(height, events)).unwrap();
        }
        let mut view = View::new(&state, "terra", None);
        let mut times: [Vec<f64>; 2] = Default::default();
        for _ in 0..ROUNDS {
            height += 1;
            // As many new wallets as known ones, as in a shower that is being contributed to.
            let events: Vec<ShowerEvent> = (0..PER_BLOCK)
                .map(|at| {
                    let known = contract.chance() % wallets;
                    let wallet = if at % 2 == 0 { known } else { wallets + height * PER_BLOCK + at };
                    contract.contribute(1, wallet).into()
                })
                .collect();
            let next = block(height, events);
            // Following applies to a copy: the state before and the view share what they can.
            let (after, applying) = timed(|| {
                let mut after = state.clone();
                apply(&mut after, &next).unwrap();
                after
            });
            let (shown, viewing) = timed(|| View::new(black_box(&after), "terra", Some(&view)));
            times[0].push(applying / 1e6);
            times[1].push(viewing / 1e6);
            (state, view) = (after, shown);
        }
        let [applying, viewing] = times.map(median);
        println!(
            "a block of {PER_BLOCK} into {wallets} wallets: applied in {applying:.2} ms, view in {viewing:.2} ms"
        );
    }
}

/// 44 showers, 10,000 wallets in each, a million contributions.
fn event() {
    const SHOWERS: u32 = 44;
    const CONTRIBUTIONS: u64 = 1_000_000;
    const WALLETS: u64 = 10_000;
    let mut contract = Contract::new(SHOWERS);
    let mut state = start(SHOWERS);
    let before = resident();
    let (mut folding, mut viewing, mut view, mut longest) = (0.0, 0.0, None, 0.0f64);
    for height in 2..2 + CONTRIBUTIONS / 1_000 {
        let first = (height - 2) * 1_000;
        let events: Vec<ShowerEvent> = (first..first + 1_000)
            .map(|at| {
                let shower = 1 + u32::try_from(at * u64::from(SHOWERS) / CONTRIBUTIONS).unwrap();
                // Every wallet comes once, then at random.
                let nth = at - (u64::from(shower - 1) * CONTRIBUTIONS).div_ceil(u64::from(SHOWERS));
                let wallet = if nth < WALLETS { nth } else { contract.chance() % WALLETS };
                contract.contribute(shower, wallet).into()
            })
            .collect();
        let next = block(height, events);
        let (after, took) = timed(|| {
            let mut after = state.clone();
            apply(&mut after, &next).unwrap();
            after
        });
        folding += took;
        let (shown, took) = timed(|| View::new(&after, "terra", view.as_ref()));
        viewing += took;
        longest = longest.max(took);
        (state, view) = (after, Some(shown));
    }
    assert!(state.showers.iter().all(|shower| u64::from(shower.contributors()) == WALLETS));
    let each = |of: f64| of / CONTRIBUTIONS as f64;
    // The contract of this benchmark remembers places, too: what it takes is left out.
    drop(contract);
    let with_view = resident() - before;
    drop(view);
    println!(
        "{SHOWERS} showers of {WALLETS} wallets, {CONTRIBUTIONS} contributions in blocks of 1,000: {:.0} ns of \
         processor each to apply, {:.0} for a view after each block ({:.1} ms at most); {:.0} bytes each with a view",
        each(folding),
        each(viewing),
        longest / 1e6,
        each(with_view),
    );
    black_box(state);
}

/// All 440,000 meteors of such an event are revealed, in the order of the ranking and in another.
fn reveals() {
    const SHOWERS: u32 = 44;
    const LEAVES: u32 = 10_000;
    let (image, traits): (Arc<str>, Arc<[u32]>) = ("an image".into(), [1, 2, 3].into());
    let (before, mut all, mut took, mut whole) = (resident(), Vec::new(), 0.0, 0);
    for _ in 0..SHOWERS {
        let hash = |at: u32| Sha256::digest(at.to_le_bytes()).into();
        let tree = Tree::new((0..LEAVES).map(hash).collect()).unwrap();
        let mut reveals = Reveals::default();
        for at in 0..LEAVES {
            let index = at * 7 % LEAVES;
            let proof = tree.proof(index).unwrap();
            whole += proof.len() * 32;
            let (image, traits) = (Arc::clone(&image), Arc::clone(&traits));
            let reveal = Reveal { token_id: 1, index, kind: Kind::Dust, image, traits, salt: [1; 32] };
            took += timed(|| reveals.push(reveal, LEAVES, &proof)).1;
        }
        all.push(reveals);
    }
    let count = f64::from(SHOWERS * LEAVES);
    println!(
        "{count} reveals: {:.0} bytes each in memory, all but the image and traits, which tokens share; their proofs alone \
         are {:.0} each; {:.0} ns each to keep",
        (resident() - before) / count,
        whole as f64 / count,
        took / count,
    );
    black_box(all);
}

fn main() {
    // In a process of its own: what one frees the other would use again, and memory is measured.
    if std::env::args().any(|argument| argument == "--reveals") {
        return reveals();
    }
    event();
    growth();
    let program = std::env::current_exe().unwrap();
    assert!(std::process::Command::new(program).arg("--reveals").status().unwrap().success());
}
