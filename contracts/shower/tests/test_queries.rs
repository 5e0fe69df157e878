//! Questions: paged, bounded, and right at every moment of a shower.

use meteor_messages::shower::{
    Cursor, MintCursorResponse, QueryMsg, RankOrder, RankingResponse, ShowersResponse, Status, WalletResponse,
};
use meteor_testkit::{Suite, invariants};

const MIN: u128 = 8_000_000;

#[test]
fn a_shower_goes_through_its_states() {
    let mut suite = Suite::new().showers(2).build();
    suite.assert_status(1, Status::Upcoming).open(1).assert_status(1, Status::Open);
    suite.contribute("alice", MIN).contribute("bob", MIN).end(1).assert_status(1, Status::Ended);
    suite.close(1).assert_status(1, Status::Closed).mint(1, 1).assert_status(1, Status::Closed);
    suite.mint(1, 1).assert_status(1, Status::Minted).pass_deadline(1).assert_status(1, Status::Minted);
    suite.close(2).assert_status(2, Status::Minted);
}

#[test]
fn what_was_not_minted_in_time_is_refunding() {
    let mut suite = Suite::new().showers(1).build();
    suite.open(1).contribute("alice", MIN).pass_deadline(1).assert_status(1, Status::Refunding);
    suite.refund_all(1).assert_status(1, Status::Refunding);
}

#[test]
fn a_ranking_is_walked_both_ways_page_by_page() {
    let mut suite = Suite::new().unchecked().build();
    suite.open(1);
    for wallet in 0..23u32 {
        suite.contribute(&format!("wallet {wallet}"), MIN + u128::from(wallet % 5));
    }
    let ask = |start_after, limit, order| -> RankingResponse {
        suite.query(&QueryMsg::Ranking { shower: 1, start_after, limit, order })
    };
    let all = ask(None, None, None).ranking;
    assert_eq!(all.len(), 23);
    for order in [RankOrder::Ascending, RankOrder::Descending] {
        let mut paged = vec![];
        let mut after = None;
        loop {
            let page = ask(after, Some(4), Some(order)).ranking;
            let Some(last) = page.last() else { break };
            after = Some(Cursor { amount: last.amount, seq: last.seq });
            paged.extend(page);
            assert!(paged.len() <= all.len(), "pages that don't move on");
        }
        if order == RankOrder::Descending {
            paged.reverse();
        }
        assert_eq!(paged, all);
    }
    assert_eq!(ask(None, Some(0), None).ranking, []);
}

#[test]
fn pages_are_never_larger_than_the_limit() {
    let mut suite = Suite::new().showers(200).unchecked().build();
    suite.open(1);
    for wallet in 0..120u32 {
        suite.contribute(&format!("wallet {wallet}"), MIN);
    }
    for (limit, rows) in [(None, 30), (Some(100), 100), (Some(101), 100), (Some(u32::MAX), 100)] {
        let ranking: RankingResponse =
            suite.query(&QueryMsg::Ranking { shower: 1, start_after: None, limit, order: None });
        assert_eq!(ranking.ranking.len(), rows);
        let showers: ShowersResponse = suite.query(&QueryMsg::Showers { start_after: None, limit });
        assert_eq!(showers.showers.len(), rows);
    }
    let last: ShowersResponse = suite.query(&QueryMsg::Showers { start_after: Some(198), limit: None });
    assert_eq!(last.showers.iter().map(|shower| shower.shower).collect::<Vec<_>>(), [199, 200]);
    let none: ShowersResponse = suite.query(&QueryMsg::Showers { start_after: Some(u32::MAX), limit: None });
    assert_eq!(none.showers, []);
}

#[test]
fn a_wallet_sees_all_its_contributions_with_their_states() {
    let mut suite = Suite::new().showers(6).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN);
    suite.open(2).contribute("alice", MIN).contribute("bob", MIN - 1 + 2);
    suite.open(4).contribute("alice", MIN).open(6).contribute("alice", MIN);
    suite.close(1).close(2).mint(1, 1).mint(2, 1).cancel(4).refund(4, &["alice"]);
    invariants::states(&suite, "alice");
    let alice = suite.address("alice").to_string();
    let ask = |start_after, limit| -> WalletResponse {
        suite.query(&QueryMsg::Wallet { contributor: alice.clone(), start_after, limit })
    };
    let showers = |page: &WalletResponse| page.contributions.iter().map(|c| c.shower).collect::<Vec<_>>();
    let all = ask(None, None);
    assert_eq!((showers(&all), all.next), (vec![1, 2, 4, 6], None));
    let page = ask(Some(1), Some(2));
    assert_eq!((showers(&page), page.next), (vec![2], Some(3)), "showers looked at, not found");
    suite.pass_deadline(6);
    invariants::states(&suite, "alice");
    invariants::states(&suite, "bob");
}

#[test]
fn the_mint_cursor_says_what_comes_next() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN);
    let next = |suite: &Suite| {
        suite
            .query::<MintCursorResponse>(&QueryMsg::MintCursor { shower: 1 })
            .next
            .map(|next| next.first_rank)
    };
    assert_eq!(next(&suite), None);
    suite.close(1);
    assert_eq!(next(&suite), Some(1));
    suite.mint(1, 1);
    assert_eq!(next(&suite), Some(2));
    suite.pass_deadline(1);
    assert_eq!(next(&suite), None);
}

#[test]
fn questions_about_what_is_not_there_say_so() {
    let suite = Suite::new().showers(2).build();
    for shower in [0, 3] {
        for ask in [
            QueryMsg::Shower { shower },
            QueryMsg::Ranking { shower, start_after: None, limit: None, order: None },
            QueryMsg::Refundable { shower, start_after: None, limit: None },
            QueryMsg::MintCursor { shower },
            QueryMsg::Contribution { shower, contributor: suite.address("alice").into() },
        ] {
            let error = suite.try_query::<cosmwasm_std::Empty>(&ask).unwrap_err();
            assert!(error.contains("numbered 1 to 2"), "{error}");
        }
    }
    let ask = QueryMsg::Contribution { shower: 1, contributor: suite.address("alice").into() };
    let error = suite.try_query::<cosmwasm_std::Empty>(&ask).unwrap_err();
    assert!(error.contains("has no contribution in shower 1"), "{error}");
}
