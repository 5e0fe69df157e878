//! `Mint`: by anyone, in rank order, in time, to those who contributed, with the catalogue's pieces.

use meteor_contract_kit::KitError;
use meteor_messages::events::ShowerEvent;
use meteor_messages::shower::{ContributionState, ExecuteMsg, MintCursorResponse, NextMint, QueryMsg};
use meteor_rules::tier::{PerTier, Tier, TierRule};
use meteor_shower::ContractError;
use meteor_testkit::model::Told;
use meteor_testkit::{Outcome, Suite};

const MIN: u128 = 8_000_000;

/// A shower of so many wallets, closed.
fn closed(wallets: u32) -> Suite {
    closed_of(Suite::new().showers(2).unchecked(), wallets)
}

fn closed_of(builder: meteor_testkit::SuiteBuilder, wallets: u32) -> Suite {
    let mut suite = builder.build();
    suite.open(1);
    for wallet in 0..wallets {
        suite.contribute(&format!("wallet {wallet}"), MIN + u128::from(wallet % 7));
    }
    suite.close(1);
    suite
}

fn cursor(suite: &Suite) -> MintCursorResponse {
    suite.query(&QueryMsg::MintCursor { shower: 1 })
}

#[test]
fn meteors_go_out_in_rank_order_with_the_tier_of_their_rank() {
    let mut suite = closed(230);
    suite.mint(1, 100).mint(1, 1).mint(1, 99).mint(1, 30);
    meteor_testkit::invariants::check(&suite); // owners, tiers, pieces, metadata of all
    assert_eq!(suite.model.tokens.len(), 230);
    assert_eq!(cursor(&suite), MintCursorResponse { next: None, minted: 230, contributors: 230 });
    suite.pay_out(1).assert_balance("shower", 0);
}

#[test]
fn a_batch_is_told_once_and_each_meteor_by_its_collection() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN + 1).contribute("carol", MIN + 2).close(1);
    let response = suite.try_mint(1, 1, 2).ok();
    let told = suite.told(&response.events);
    let [Told::Shower(ShowerEvent::Mint(mint)), Told::Nft(_), Told::Nft(_)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((mint.first_rank, mint.count, mint.first_number, mint.amount), (1, 2, 1, 2 * MIN + 3));
    assert_eq!((mint.tier, mint.first_piece), (Tier::Legendary, 0));
    suite.assert_state(1, "carol", ContributionState::Minted).assert_state(
        1,
        "alice",
        ContributionState::Waiting,
    );
}

#[test]
fn anyone_mints_and_it_makes_no_difference_who() {
    let mut suite = closed(5);
    for (rank, sender) in (1..).zip(["a stranger", "owner", "operator"]) {
        let mint = suite.mint_message(1, rank, 1);
        suite.execute(sender, &mint, &[]).ok();
    }
    meteor_testkit::invariants::check(&suite);
    assert_eq!(suite.model.tokens.len(), 3);
}

#[test]
fn a_transaction_sent_twice_mints_once() {
    let mut suite = closed(5);
    let first = suite.mint_message(1, 1, 2);
    suite.execute("anyone", &first, &[]).ok();
    let wrong = |given| ContractError::WrongFirstRank { shower: 1, given, next: 3 };
    suite.execute("anyone", &first, &[]).refused(wrong(1));
    for given in [0, 2, 4, u32::MAX] {
        suite.try_mint(1, given, 1).refused(wrong(given));
    }
    suite.try_mint(1, 3, 1).ok();
}

#[test]
fn batches_have_1_to_100_pieces_of_one_tier_and_fit_what_is_left() {
    let common = TierRule { legendary: 0, ancient_bp: 0, rare_bp: 100 };
    let pieces = PerTier { common: 200, ..meteor_testkit::art::PIECES };
    let mut suite = closed_of(Suite::new().unchecked().with(|msg| msg.tiers = common).pieces(pieces), 103);
    for given in [0, 101] {
        suite
            .try_mint(1, 1, given)
            .refused(KitError::BatchSize { given: usize::try_from(given).unwrap(), most: 100 }.into());
    }
    // The one Rare meteor is a batch of its own.
    suite.try_mint(1, 1, 2).refused(ContractError::TooMuchArt { given: 2, tier: Tier::Rare, most: 1 });
    suite.try_mint(1, 1, 1).ok();
    let next = NextMint { first_rank: 2, tier: Tier::Common, first_piece: 0, most: 100 };
    assert_eq!(cursor(&suite).next, Some(next));
    suite.try_mint(1, 2, 100).ok();
    suite.try_mint(1, 102, 3).refused(ContractError::TooMuchArt { given: 3, tier: Tier::Common, most: 2 });
    suite.try_mint(1, 102, 2).ok();
    suite.try_mint(1, 104, 1).refused(ContractError::AllMinted { shower: 1 });
}

#[test]
fn a_list_that_is_used_up_begins_again_in_a_batch_of_its_own() {
    let all = TierRule { legendary: 100, ancient_bp: 0, rare_bp: 0 };
    let pieces = PerTier { legendary: 3, ..meteor_testkit::art::PIECES };
    let mut suite = closed_of(Suite::new().showers(2).with(|msg| msg.tiers = all).pieces(pieces), 8);
    let too_much = |given, most| ContractError::TooMuchArt { given, tier: Tier::Legendary, most };
    suite.try_mint(1, 1, 4).refused(too_much(4, 3));
    suite.try_mint(1, 1, 2).ok();
    suite.try_mint(1, 3, 2).refused(too_much(2, 1));
    suite.mint_all(1); // the suite compares every meteor with its piece
    let image = |suite: &Suite, id: u64| suite.model.tokens[&id].image.clone();
    assert_eq!(image(&suite, 1), image(&suite, 4));
    assert_ne!(image(&suite, 1), image(&suite, 2));
}

#[test]
fn no_picture_is_used_twice_before_all_are_used_over_all_showers() {
    let all = TierRule { legendary: 100, ancient_bp: 0, rare_bp: 0 };
    let pieces = PerTier { legendary: 7, ..meteor_testkit::art::PIECES };
    let mut suite = Suite::new().showers(3).with(|msg| msg.tiers = all).pieces(pieces).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN);
    suite.open(2).contribute("alice", MIN).contribute("bob", MIN).cancel(2);
    suite.open(3).contribute("alice", MIN).contribute("bob", MIN).contribute("carol", MIN);
    // Minted in any order, and with a cancelled shower in between, whose places stay its own.
    suite.close(3).close(1).mint_all(3).mint_all(1);
    let images: std::collections::BTreeSet<_> =
        suite.model.tokens.values().map(|token| token.image.clone()).collect();
    assert_eq!(images.len(), 5);
    assert_eq!(suite.model.tokens.keys().copied().collect::<Vec<_>>(), [1, 2, 5, 6, 7]);
}

/// Nobody picks pictures: whatever differs from the catalogue by anything is refused.
#[test]
fn other_pieces_than_the_catalogues_are_refused() {
    let mut suite = closed(40);
    suite.mint(1, 3); // the Legendary ones
    let next = cursor(&suite).next.unwrap();
    let (tier, first_piece, first_rank) = (next.tier, next.first_piece, next.first_rank);
    assert_eq!((tier, next.most), (Tier::Ancient, 3));
    let ExecuteMsg::Mint { art, proof, .. } = suite.mint_message(1, first_rank, 3) else { panic!("a mint") };
    let send = |suite: &mut Suite, art: Vec<_>, proof: Vec<_>| -> Outcome {
        suite.execute("anyone", &ExecuteMsg::Mint { shower: 1, first_rank, art, proof }, &[])
    };
    let not = || ContractError::NotThePieces { tier, first_piece };
    let changed = |change: &dyn Fn(&mut Vec<meteor_messages::shower::Art>)| {
        let mut art = art.clone();
        change(&mut art);
        art
    };
    let rare = suite.model.catalogue.pieces(Tier::Rare)[0].clone();
    for wrong in [
        changed(&|art| art.swap(0, 1)),
        changed(&|art| art[1].image = art[0].image.clone()),
        changed(&|art| art[1].image = rare.image.clone()),
        changed(&|art| art[2].traits[0] += 1),
        changed(&|art| art[2].traits.clear()),
        changed(&|art| art[2].traits.push(0)),
        changed(&|art| art.rotate_left(1)),
        changed(&|art| art.truncate(2)),
        changed(&|art| drop(art.remove(0))),
    ] {
        send(&mut suite, wrong, proof.clone()).refused(not());
    }
    let mut long = proof.clone();
    long.push([0; 32].into());
    let short = proof[..proof.len() - 1].to_vec();
    let mut flipped = proof.clone();
    flipped[0] = [1; 32].into();
    for wrong in [long, short, flipped, vec![]] {
        send(&mut suite, art.clone(), wrong).refused(not());
    }
    for given in [0, 31, 33] {
        let mut wrong = proof.clone();
        wrong[0] = vec![7; given].into();
        let length = KitError::Length { what: "a hash of the proof", given, wanted: "32" };
        send(&mut suite, art.clone(), wrong).refused(length.into());
    }
    send(&mut suite, art, proof).ok();
}

#[test]
fn not_before_close_not_from_the_deadline_on_not_when_cancelled() {
    let mut suite = Suite::new().showers(3).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN).open(2).contribute("carol", MIN).open(3);
    suite.try_mint(1, 1, 1).refused(ContractError::NotClosed { shower: 1 });
    suite.try_mint(4, 1, 1).refused(ContractError::NoSuchShower { named: 4, count: 3 });
    suite.close(1).cancel(2).close(2);
    suite.try_mint(2, 1, 1).refused(ContractError::Cancelled { shower: 2 });
    let deadline = suite.model.deadline(1).unwrap();
    suite.at(deadline - 1).try_mint(1, 1, 1).ok();
    assert_eq!(suite.now(), deadline);
    let late = ContractError::DeadlinePassed { shower: 1, deadline: deadline / 1_000_000_000 };
    suite.try_mint(1, 2, 1).refused(late);
    suite.refund(1, &["bob"]).refund(2, &["carol"]).pay_out(1).assert_balance("shower", 0);
}

#[test]
fn meteors_keep_their_numbers_whatever_order_showers_are_minted_in() {
    let mut suite = Suite::new().showers(3).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN);
    suite.open(2).contribute("alice", MIN).open(3).contribute("carol", MIN);
    suite.close(3).close(2).close(1).mint_all(3).mint_all(1).mint_all(2);
    assert_eq!(suite.meteors_of("alice"), [1, 3]);
    assert_eq!((suite.meteors_of("bob"), suite.meteors_of("carol")), (vec![2], vec![4]));
}
