//! What a reveal costs in storage, at the SDK's prices, and that it doesn't grow with the shower: a larger
//! shower only has a longer proof.

use cosmwasm_std::testing::{MockQuerier, message_info, mock_env};
use cosmwasm_std::{ContractResult, HexBinary, SystemResult, to_json_binary};
use meteor_hatchery::contract::execute;
use meteor_hatchery::state::{CONFIG, CUSTODY, Config, Custody, DUST, EGGS};
use meteor_messages::hatchery::{ExecuteMsg, Reveal};
use meteor_messages::shower::DrawResponse;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::content::{Content, Kind};
use meteor_rules::fairness::tree::{Leaf, Tree, leaf_hash};
use meteor_rules::{ShowerId, TokenId};
use meteor_testkit::metered;
use meteor_testkit::wallets::address;

/// Storage price of revealing one meteor of a shower of `count`, and the length of its proof.
fn reveal(count: u32) -> (u64, usize) {
    let env = mock_env();
    let shower = address("the shower contract");
    let content = Content {
        kind: Kind::Egg,
        image: "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e".into(),
        traits: (0..19).collect(),
    };
    let (index, token_id, salt) = (3, 100_004, [7; 32]);
    let id = Domain { chain_id: &env.block.chain_id, contract: shower.as_str(), shower: ShowerId(1) };
    let leaf = leaf_hash(&id, &Leaf { index, token_id: TokenId(token_id), content: &content.bytes(), salt });
    let leaves = (0..count)
        .map(|at| if at == index { leaf } else { [at.to_be_bytes().first().copied().unwrap(); 32] });
    let tree = Tree::new(leaves.collect()).unwrap();
    let proof: Vec<HexBinary> = tree.proof(index).unwrap().into_iter().map(HexBinary::from).collect();

    let draw = DrawResponse {
        shower: 1,
        commitment: HexBinary::from([0; 32]),
        beacon_round: Some(1),
        closed_at: Some(1),
        beacon: Some(HexBinary::from([0; 48])),
        root: Some(tree.root().into()),
        leaves: count,
        earlier: 100_000,
        key: None,
    };
    let mut querier = MockQuerier::default();
    querier.update_wasm(move |_| SystemResult::Ok(ContractResult::Ok(to_json_binary(&draw).unwrap())));
    let mut deps = metered::deps(querier);
    let config = Config {
        shower,
        meteors: address("meteors"),
        reveal_timeout: 1000,
        chain_id: env.block.chain_id.clone(),
    };
    CONFIG.save(&mut deps.storage, &config).unwrap();
    EGGS.save(&mut deps.storage, &address("eggs")).unwrap();
    DUST.save(&mut deps.storage, &address("dust")).unwrap();
    let custody = Custody { holder: address("holder"), since: env.block.time.nanos() };
    CUSTODY.save(&mut deps.storage, token_id, &custody).unwrap();
    deps.storage.take();

    let length = proof.len();
    let reveal = Reveal { token_id, shower: 1, index, content, salt: salt.into(), proof };
    let message = ExecuteMsg::Reveal { reveals: vec![reveal] };
    execute(deps.as_mut(), env, message_info(&address("anyone"), &[]), message).expect("a good proof");
    (deps.storage.take(), length)
}

#[test]
fn a_reveal_costs_the_same_in_a_shower_of_any_size() {
    let costs = [10, 1_000, 100_000].map(reveal);
    println!("storage gas and proof length: {costs:?}");
    let [(least, _), (_, _), (most, longest)] = costs;
    assert_eq!(least, most, "the contract stores nothing that grows");
    assert_eq!(longest, 17);
    assert!(most < 10_000, "{most}");
}
