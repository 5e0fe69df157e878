//! What verbs cost in storage, at the SDK's prices, and that it doesn't grow with the shower. The machine's
//! start (60,000 gas) and the transaction itself come on top; docs/benchmarks.md measures the whole.

use cosmwasm_std::testing::{MockApi, MockQuerier, message_info, mock_env};
use cosmwasm_std::{
    Addr, Binary, Env, MsgResponse, OwnedDeps, Reply, SubMsgResponse, SubMsgResult, Timestamp, coins,
};
use meteor_messages::shower::{Art, ExecuteMsg};
use meteor_rules::catalogue::Catalogue;
use meteor_rules::tier::{PerTier, Tier, TierRule};
use meteor_shower::contract::{execute, instantiate, reply};
use meteor_testkit::metered::{self, Metered};
use meteor_testkit::wallets::address;
use meteor_testkit::{BEGIN, Suite};

struct Event {
    deps: OwnedDeps<Metered, MockApi, MockQuerier>,
    catalogue: Catalogue,
    now: u64,
}

impl Event {
    fn new() -> Self {
        // One tier, so that batches are full.
        let tiers = TierRule { legendary: 0, ancient_bp: 0, rare_bp: 0 };
        let pieces = PerTier { legendary: 1, ancient: 1, rare: 1, common: 1_000 };
        let model = Suite::new().with(|msg| msg.tiers = tiers).pieces(pieces).build().model;
        let msg = model.config;
        let deps = metered::deps(MockQuerier::default());
        let mut event = Self { deps, catalogue: model.catalogue, now: BEGIN };
        let (env, info) = (event.env(), message_info(&address("deployer"), &[]));
        instantiate(event.deps.as_mut(), env, info, msg).expect("an event");
        // The chain's answer: field 1 of the message is the collection's address.
        let meteors = address("meteors");
        let mut value = vec![10, 44];
        value.extend(meteors.as_bytes());
        #[allow(deprecated)]
        let answer = SubMsgResponse {
            events: vec![],
            data: None,
            msg_responses: vec![MsgResponse { type_url: String::new(), value: Binary::from(value) }],
        };
        let answer =
            Reply { id: 1, payload: Binary::default(), gas_used: 0, result: SubMsgResult::Ok(answer) };
        let env = event.env();
        reply(event.deps.as_mut(), env, answer).expect("a collection");
        event.now = BEGIN + 100;
        event
    }

    fn env(&self) -> Env {
        let mut env = mock_env();
        env.block.time = Timestamp::from_seconds(self.now);
        env.contract.address = address("the shower contract");
        env
    }

    /// Storage price of a message.
    fn cost(&mut self, sender: &Addr, msg: ExecuteMsg, amount: u128) -> u64 {
        let funds = if amount == 0 { vec![] } else { coins(amount, "uusd") };
        let (env, info) = (self.env(), message_info(sender, &funds));
        self.deps.storage.take();
        execute(self.deps.as_mut(), env, info, msg).expect("a message that works");
        self.deps.storage.take()
    }

    fn contribute(&mut self, who: &str, amount: u128) -> u64 {
        self.cost(&address(who), ExecuteMsg::Contribute { shower: 1 }, amount)
    }
}

#[test]
fn contributing_closing_and_minting_cost_the_same_in_any_shower() {
    const MIN: u128 = 10_000_000;
    let mut costs = vec![];
    for wallets in [1_000, 20_000] {
        let mut event = Event::new();
        for wallet in 0..wallets {
            event.contribute(&format!("wallet {wallet}"), MIN + u128::from(wallet % 977u32));
        }
        let first = event.contribute("alice", MIN + 500);
        let again = event.contribute("alice", MIN);
        event.now = BEGIN + 120;
        let close = event.cost(&address("anyone"), ExecuteMsg::Close { shower: 1 }, 0);
        event.now = BEGIN + 130; // the beacon's round is there
        let draw = ExecuteMsg::CommitDraw {
            shower: 1,
            root: [7; 32].into(),
            leaves: wallets + 1,
            beacon: [8; 48].into(),
        };
        let draw = event.cost(&address("operator"), draw, 0);
        let mut mint_price = 0;
        for first_rank in [1, 101, 201] {
            let (pieces, proof) = event.catalogue.range(Tier::Common, first_rank - 1, 100).expect("pieces");
            let art = pieces.iter().cloned().map(|piece| Art { image: piece.image, traits: piece.traits });
            let (art, proof) = (art.collect(), proof.into_iter().map(Into::into).collect());
            let mint = ExecuteMsg::Mint { shower: 1, first_rank, art, proof };
            mint_price = event.cost(&address("anyone"), mint, 0);
        }
        println!(
            "{wallets} wallets: first {first}, top-up {again}, close {close}, draw {draw}, mint of 100 {mint_price}"
        );
        costs.push([first, again, close, draw, mint_price]);
    }
    let [few, many] = costs.as_slice() else { panic!("two sizes") };
    for (few, many) in few.iter().zip(many) {
        // Numbers of more digits cost a few bytes.
        assert!(many.abs_diff(*few) <= 1_000, "{few} and {many}");
    }
    // 90,000 in all, less the machine's start and its work.
    assert!(many.iter().take(2).all(|cost| *cost <= 27_000), "{many:?}");
    assert!(many.last().is_some_and(|mint| *mint <= 70_000), "at most 700 of a token's 16,000: {many:?}");
}
