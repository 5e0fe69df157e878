//! Every proof that is almost right, and everyone who would look before they leap.

use crate::common;

use cosmwasm_std::testing::MockStorage;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, HexBinary, MessageInfo, Order, QueryRequest, Response, StdError,
    StdResult, Storage, WasmMsg, WasmQuery, to_json_binary, to_json_vec,
};
use cw_multi_test::{ContractWrapper, Executor};
use meteor_contract_kit::KitError;
use meteor_hatchery::ContractError;
use meteor_messages::hatchery::{CustodiesResponse, ExecuteMsg, QueryMsg, Reveal};
use meteor_messages::nft;
use meteor_messages::shower::{DrawResponse, QueryMsg as ShowerQuery};
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::content::{Content, Kind};
use meteor_rules::fairness::tree::{Leaf, Tree, leaf_hash, node_hash};
use meteor_rules::{ShowerId, TokenId};
use meteor_testkit::art::{batch, token};
use meteor_testkit::fairness::{CHAIN_ID, beacon, key};
use meteor_testkit::wallets::address;
use meteor_testkit::{Suite, reveal_of};
use proptest::prelude::*;

use crate::common::{HOLDERS, MIN, builder, custody, holder, meteor_with, minted};

/// All meteors in custody.
fn cracked() -> Suite {
    let mut suite = minted();
    for (meteor, who) in (1..).zip(HOLDERS) {
        suite.crack(who, meteor);
    }
    suite
}

/// The true reveal of `meteor`, changed, is refused: as of a wrong place if place, shower and number don't belong
/// together, else as a wrong proof.
fn wrong(suite: &mut Suite, meteor: u64, change: impl FnOnce(&mut Reveal)) {
    let mut reveal = suite.reveals(&[meteor]).remove(0);
    change(&mut reveal);
    let (token_id, shower, index) = (reveal.token_id, reveal.shower, reveal.index);
    let refusal = if suite.model.earlier(shower) + u64::from(index) + 1 == token_id {
        ContractError::WrongProof { token_id, shower }
    } else {
        ContractError::WrongPlace { token_id, shower, index }
    };
    suite.try_reveal(vec![reveal]).refused_by_hatchery(refusal);
}

#[test]
fn a_proof_serves_for_its_place_alone() {
    let mut suite = cracked();
    for meteor in 1..=7 {
        for index in (0..9).chain([u32::MAX]) {
            if u64::from(index) + 1 != meteor {
                wrong(&mut suite, meteor, |reveal| reveal.index = index);
            }
        }
        // Another meteor in custody with this one's proof.
        let other = meteor % 7 + 1;
        wrong(&mut suite, meteor, |reveal| reveal.token_id = other);
    }
    // All are as they were, and the true proofs still do.
    suite.reveal(&[1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn proofs_have_exactly_their_length_and_order() {
    let mut suite = cracked();
    for meteor in 1..=9 {
        wrong(&mut suite, meteor, |reveal| reveal.proof.clear());
        wrong(&mut suite, meteor, |reveal| drop(reveal.proof.pop()));
        wrong(&mut suite, meteor, |reveal| drop(reveal.proof.remove(0)));
        wrong(&mut suite, meteor, |reveal| reveal.proof.push([0; 32].into()));
        wrong(&mut suite, meteor, |reveal| reveal.proof.push(reveal.proof[0].clone()));
        if meteor <= 7 {
            wrong(&mut suite, meteor, |reveal| reveal.proof.swap(0, 1));
            wrong(&mut suite, meteor, |reveal| reveal.proof.reverse());
        }
        wrong(&mut suite, meteor, |reveal| reveal.proof.insert(0, [0; 32].into()));
        wrong(&mut suite, meteor, |reveal| reveal.proof = vec![[7; 32].into(); 1_000]);
    }
}

#[test]
fn hashes_and_salts_have_32_bytes() {
    let mut suite = cracked();
    for given in [0, 31, 33, 64] {
        let bytes = || HexBinary::from(vec![1; given]);
        let mut reveal = suite.reveals(&[1]);
        reveal[0].proof[0] = bytes();
        let length = |what| KitError::Length { what, given, wanted: "32" }.into();
        suite.try_reveal(reveal).refused_by_hatchery(length("a hash of the proof"));
        let mut reveal = suite.reveals(&[1]);
        reveal[0].salt = bytes();
        suite.try_reveal(reveal).refused_by_hatchery(length("the salt"));
    }
}

#[test]
fn no_other_content_is_proven() {
    let mut suite = cracked();
    let egg = meteor_with(&suite, Kind::Egg);
    let dust = meteor_with(&suite, Kind::Dust);
    let eggs = suite.reveals(&[egg]).remove(0);
    wrong(&mut suite, dust, |reveal| reveal.content.kind = Kind::Egg);
    wrong(&mut suite, egg, |reveal| reveal.content.kind = Kind::Dust);
    wrong(&mut suite, dust, |reveal| reveal.content = eggs.content.clone());
    wrong(&mut suite, dust, |reveal| {
        (reveal.content, reveal.salt) = (eggs.content.clone(), eggs.salt.clone());
    });
    // The whole reveal of an egg under the number of dust.
    wrong(&mut suite, dust, |reveal| *reveal = Reveal { token_id: dust, ..eggs.clone() });
    wrong(&mut suite, egg, |reveal| reveal.content.image = meteor_testkit::art::image(9));
    wrong(&mut suite, egg, |reveal| {
        reveal.content.traits.pop();
    });
    wrong(&mut suite, egg, |reveal| reveal.content.traits.push(0));
    for at in 0..eggs.content.traits.len() {
        wrong(&mut suite, egg, |reveal| reveal.content.traits[at] ^= 1);
    }
    wrong(&mut suite, egg, |reveal| reveal.salt = [0; 32].into());
}

#[test]
fn an_inner_node_is_no_leaf() {
    let mut suite = cracked();
    // Skips a level: the proof of a subtree's root, as if the subtree were a leaf.
    for meteor in 1..=7 {
        wrong(&mut suite, meteor, |reveal| {
            let index = reveal.index;
            reveal.index = index / 2;
            reveal.proof.remove(0);
        });
    }
    // A tree whose leaf is what the hatchery would hash for an inner node: first bytes keep them apart.
    let id = Domain { chain_id: CHAIN_ID, contract: suite.shower.as_str(), shower: ShowerId(1) };
    let leaf = |index: u32| {
        let reveal = suite.reveals(&[u64::from(index) + 1]).remove(0);
        let salt = reveal.salt.as_slice().try_into().unwrap();
        let content = reveal.content.bytes();
        leaf_hash(&id, &Leaf { index, token_id: TokenId(reveal.token_id), content: &content, salt })
    };
    let inner = node_hash(&leaf(0), &leaf(1));
    let tree = Tree::new((0..7).map(leaf).collect()).unwrap();
    assert_eq!(tree.root(), suite.model.sealed(1).unwrap().root());
    assert_eq!(tree.proof(2).unwrap()[1], inner, "inner nodes are in proofs, and are public once revealed");
    wrong(&mut suite, 1, |reveal| reveal.proof[0] = inner.into());
    wrong(&mut suite, 3, |reveal| reveal.salt = inner.into());
}

#[test]
fn a_proof_of_another_shower_contract_chain_or_key_is_nothing_here() {
    let mut suite = cracked();
    let (contract, meteors) = (suite.shower.to_string(), suite.meteors.to_string());
    let own = key(&contract, 1);
    let here = Domain { chain_id: CHAIN_ID, contract: &contract, shower: ShowerId(1) };
    assert_eq!(suite.model.sealed_as(1, here, &own).unwrap().root(), suite.model.sealed(1).unwrap().root());
    for (id, key) in [
        (Domain { chain_id: "columbus-5", ..here }, own),
        (Domain { contract: "terra1elsewhere", ..here }, own),
        (Domain { contract: &meteors, ..here }, own),
        (Domain { shower: ShowerId(2), ..here }, own),
        (here, key(&contract, 2)),
        (here, [0; 32]),
    ] {
        let sealed = suite.model.sealed_as(1, id, &key).unwrap();
        for index in 0..7 {
            let foreign = Reveal { shower: 1, ..reveal_of(&sealed.reveal(index).unwrap()) };
            let token_id = foreign.token_id;
            suite
                .try_reveal(vec![foreign])
                .refused_by_hatchery(ContractError::WrongProof { token_id, shower: 1 });
        }
    }
    // A true proof under the name of another shower that was drawn, was not drawn, isn't there.
    wrong(&mut suite, 1, |reveal| reveal.shower = 2);
    let mut reveal = suite.reveals(&[1]);
    reveal[0].shower = 3;
    suite.try_reveal(reveal.clone()).refused_by_hatchery(ContractError::NoDraw { shower: 3 });
    for shower in [0, 4, u32::MAX] {
        reveal[0].shower = shower;
        suite.try_reveal(reveal.clone()).err();
    }
}

#[test]
fn one_bad_proof_undoes_the_batch() {
    let mut suite = cracked();
    let mut reveals = suite.reveals(&[1, 2, 3]);
    reveals[2].salt = [1; 32].into();
    suite.try_reveal(reveals).refused_by_hatchery(ContractError::WrongProof { token_id: 3, shower: 1 });
    assert!((1..=3).all(|meteor| custody(&suite, meteor).is_some()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any one bit, anywhere in what is sent.
    #[test]
    fn any_changed_bit_is_refused(meteor in 1u64..=9, part in 0usize..7, at in any::<prop::sample::Index>(), bit in 0u32..8) {
        let mut suite = minted_unchecked();
        suite.crack(holder(meteor), meteor);
        let honest = suite.reveals(&[meteor]);
        let mut bent = honest.clone();
        let flip = |hex: &mut HexBinary| {
            let mut bytes = hex.to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            *hex = bytes.into();
        };
        let reveal = &mut bent[0];
        match part {
            0 => reveal.token_id ^= 1 << bit,
            1 => reveal.shower ^= 1 << bit,
            2 => reveal.index ^= 1 << bit,
            3 => {
                let at = at.index(reveal.content.traits.len());
                reveal.content.traits[at] ^= 1 << bit;
            }
            4 => flip(&mut reveal.salt),
            5 => {
                let at = at.index(reveal.proof.len());
                flip(&mut reveal.proof[at]);
            }
            _ => reveal.content.kind = if reveal.content.kind == Kind::Egg { Kind::Dust } else { Kind::Egg },
        }
        prop_assert!(!suite.try_reveal(bent).is_ok());
        suite.try_reveal(honest).ok();
        meteor_testkit::invariants::check(&suite);
    }
}

fn minted_unchecked() -> Suite {
    common::minted_of(builder().unchecked())
}

/// Whole state of the chain.
fn dump(suite: &Suite) -> Vec<(Vec<u8>, Vec<u8>)> {
    let storage: &MockStorage = suite.app.storage();
    storage.range(None, None, Order::Ascending).collect()
}

/// A contract that holds a meteor. In one transaction it cracks it, asks everything that can be asked, and
/// undoes all unless it likes the answer.
#[allow(clippy::unnecessary_wraps)] // entry points have the form that they have
mod peeper {
    use super::*;

    #[cosmwasm_schema::cw_serde]
    pub(crate) enum Msg {
        Peep(Place),
        Look(Place),
    }

    /// Where there is something to learn, and of which meteor.
    #[cosmwasm_schema::cw_serde]
    pub(crate) struct Place {
        pub(crate) meteors: String,
        pub(crate) hatchery: String,
        pub(crate) shower: String,
        pub(crate) meteor: u64,
    }

    pub(crate) fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
        Ok(Response::new())
    }

    pub(crate) fn execute(deps: DepsMut, env: Env, _: MessageInfo, msg: Msg) -> StdResult<Response> {
        match msg {
            Msg::Peep(place) => {
                let (contract, token_id) = (place.hatchery.clone(), place.meteor.to_string());
                let send = nft::ExecuteMsg::SendNft { contract, token_id, msg: None };
                let call = |to: String, msg| WasmMsg::Execute { contract_addr: to, msg, funds: vec![] };
                Ok(Response::new()
                    .add_message(call(place.meteors.clone(), to_json_binary(&send)?))
                    .add_message(call(env.contract.address.into(), to_json_binary(&Msg::Look(place))?)))
            }
            // Reverts with all it could learn as the text of the error.
            Msg::Look(place) => Err(StdError::generic_err(everything(deps.as_ref(), &place)?)),
        }
    }

    /// Every answer about the meteor that is to be had on the chain.
    fn everything(deps: Deps, place: &Place) -> StdResult<String> {
        let Place { meteors, hatchery, shower, meteor } = place;
        let ask = |contract: &str, msg: Binary| -> String {
            let query: QueryRequest<Empty> = WasmQuery::Smart { contract_addr: contract.into(), msg }.into();
            let answer = deps.querier.raw_query(&to_json_vec(&query).unwrap()).unwrap().unwrap();
            String::from_utf8(answer.into()).unwrap()
        };
        let info = nft::QueryMsg::AllNftInfo { token_id: meteor.to_string(), include_expired: None };
        let all = [
            ask(meteors, to_json_binary(&info)?),
            ask(hatchery, to_json_binary(&QueryMsg::Custody { token_id: *meteor })?),
            ask(hatchery, to_json_binary(&QueryMsg::Custodies { start_after: None, limit: None })?),
            ask(hatchery, to_json_binary(&QueryMsg::Config {})?),
            ask(shower, to_json_binary(&ShowerQuery::Draw { shower: 1 })?),
            ask(shower, to_json_binary(&ShowerQuery::Shower { shower: 1 })?),
            ask(shower, to_json_binary(&ShowerQuery::Fairness {})?),
        ];
        Ok(all.join("\n"))
    }

    pub(crate) fn query(_: Deps, _: Env, _: Empty) -> StdResult<Binary> {
        Ok(Binary::default())
    }
}
use peeper::{Msg, Place};

/// What the contract learns, its meteor holding `kind`.
fn peeped(suite: &mut Suite, meteor: u64) -> String {
    let code = suite.app.store_code(Box::new(ContractWrapper::new(
        peeper::execute,
        peeper::instantiate,
        peeper::query,
    )));
    let peeper =
        suite.app.instantiate_contract(code, address("mallory"), &Empty {}, &[], "peeper", None).unwrap();
    let give = nft::ExecuteMsg::TransferNft { recipient: peeper.to_string(), token_id: meteor.to_string() };
    suite.execute_nft(holder(meteor), &give, &[]).ok();
    let (meteors, hatchery) = (suite.meteors.to_string(), suite.hatchery.to_string());
    let peep = Msg::Peep(Place { meteors, hatchery, shower: suite.shower.to_string(), meteor });
    let before = dump(suite);
    let learnt = suite.call("mallory", &peeper, &peep, &[]).err().to_string();
    assert_eq!(before, dump(suite), "it looked, and undid all");
    assert_eq!(custody(suite, meteor), None);
    learnt
}

#[test]
fn a_contract_that_cracks_looks_and_reverts_learns_nothing() {
    let mut suite = minted();
    let (egg, dust) = (meteor_with(&suite, Kind::Egg), meteor_with(&suite, Kind::Dust));
    for meteor in [egg, dust] {
        let learnt = peeped(&mut suite, meteor);
        assert!(learnt.contains("holder"), "it did see the custody: {learnt}");
        for told in everything_secret(&suite) {
            assert!(!learnt.to_lowercase().contains(&told), "{told} is told: {learnt}");
        }
    }
}

/// Salts, images, inner hashes of shower 1, in hex or as text, as they would show.
fn everything_secret(suite: &Suite) -> Vec<String> {
    let sealed = suite.model.sealed(1).unwrap();
    let mut all = vec![HexBinary::from(key(suite.shower.as_str(), 1)).to_hex()];
    for index in 0..sealed.leaves() {
        let proven = sealed.reveal(index).unwrap();
        all.push(HexBinary::from(proven.salt).to_hex());
        all.push(proven.content.image.clone());
        all.extend(proven.proof.iter().map(|hash| HexBinary::from(*hash).to_hex()));
    }
    all
}

/// Two chains, alike but for a secret key: what one meteor holds differs, and nothing that the chain stores
/// does but the commitments and the roots, which show nothing.
#[test]
fn nothing_on_the_chain_depends_on_what_a_meteor_holds_before_its_reveal() {
    let life = |secret: u8| {
        let mut suite = builder().unchecked().build();
        suite.open(1);
        for (place, who) in HOLDERS.iter().take(7).enumerate() {
            suite.contribute(who, MIN + u128::try_from(10 - place).unwrap());
        }
        suite.end(1).try_close(1).ok();
        suite.await_beacon(1);
        let id = Domain { chain_id: CHAIN_ID, contract: suite.shower.as_str(), shower: ShowerId(1) };
        let sealed = suite.model.sealed_as(1, id, &[secret; 32]).unwrap();
        let root = HexBinary::from(sealed.root());
        let round = suite.model.shower(1).beacon_round.unwrap();
        let msg = meteor_messages::shower::ExecuteMsg::CommitDraw {
            shower: 1,
            root: root.clone(),
            leaves: 7,
            beacon: beacon(round).into(),
        };
        suite.execute("operator", &msg, &[]).ok();
        suite.mint_all(1);
        for (meteor, who) in (1..=7).zip(HOLDERS) {
            suite.crack(who, meteor);
        }
        let kinds: Vec<Kind> = (0..7).map(|at| sealed.content(at).unwrap().0.kind).collect();
        let rows: Vec<(Vec<u8>, String)> = dump(&suite)
            .into_iter()
            .map(|(key, value)| (key, String::from_utf8_lossy(&value).replace(&root.to_hex(), "ROOT")))
            .collect();
        (kinds, rows)
    };
    let (kinds, rows) = life(1);
    let (other_kinds, other_rows) = (2..50).map(life).find(|(other, _)| *other != kinds).unwrap();
    assert_ne!(kinds, other_kinds);
    assert_eq!(rows, other_rows);
}

#[test]
fn questions_tell_of_custody_and_never_of_contents() {
    let suite = cracked();
    let custodies: CustodiesResponse =
        suite.query_hatchery(&QueryMsg::Custodies { start_after: None, limit: Some(100) });
    let draw: DrawResponse = suite.query(&ShowerQuery::Draw { shower: 1 });
    let shown = format!("{custodies:?} {draw:?}").to_lowercase();
    for told in everything_secret(&suite) {
        assert!(!shown.contains(&told), "{told} is told: {shown}");
    }
    for row in dump(&suite) {
        let text = String::from_utf8_lossy(&row.1).to_lowercase();
        for told in everything_secret(&suite) {
            assert!(!text.contains(&told), "{told} is stored");
        }
    }
}

#[test]
fn nobody_mints_eggs_or_dust_around_the_hatchery() {
    let mut suite = cracked();
    let minter = suite.hatchery.to_string();
    for collection in [suite.eggs.clone(), suite.dust.clone()] {
        let mint = batch(vec![token(500, "mallory", vec![])]);
        for sender in ["owner", "operator", "guardian", "shower", "meteors", "mallory"] {
            let refusal = meteor_nft::ContractError::NotMinter { minter: minter.clone() };
            suite.call(sender, &collection, &mint, &[]).refused_by_nft(refusal);
        }
    }
}

#[test]
fn custody_is_moved_by_nobody() {
    let mut suite = cracked();
    for sender in ["alice", "operator", "owner", "shower", "mallory"] {
        for msg in [
            nft::ExecuteMsg::TransferNft { recipient: address(sender).into(), token_id: "1".into() },
            nft::ExecuteMsg::Burn { token_id: "1".into() },
            nft::ExecuteMsg::Approve { spender: address(sender).into(), token_id: "1".into(), expires: None },
        ] {
            suite.execute_nft(sender, &msg, &[]).err();
        }
    }
    // Nor by an approval from before.
    let mut suite = minted();
    let approve =
        nft::ExecuteMsg::Approve { spender: address("bob").into(), token_id: "1".into(), expires: None };
    let all = nft::ExecuteMsg::ApproveAll { operator: address("carol").into(), expires: None };
    suite.execute_nft("alice", &approve, &[]).ok();
    suite.execute_nft("alice", &all, &[]).ok();
    suite.crack("alice", 1);
    for thief in ["bob", "carol"] {
        let take = nft::ExecuteMsg::TransferNft { recipient: address(thief).into(), token_id: "1".into() };
        suite.execute_nft(thief, &take, &[]).err();
    }
}

#[test]
fn messages_that_are_almost_right_are_not_read() {
    for text in [
        r#"{"reveal":{}}"#,
        r#"{"reveal":{"reveals":[{"token_id":"1"}]}}"#,
        r#"{"reclaim":{"token_id":1}}"#,
        r#"{"crack":{"token_id":"1"}}"#,
        r#"{"withdraw":{}}"#,
        r#"{"reveal":{"reveals":[{"token_id":1,"shower":1,"index":0,"content":{"kind":"gold","image":"x","traits":[]},"salt":"","proof":[]}]}}"#,
    ] {
        assert!(cosmwasm_std::from_json::<ExecuteMsg>(text.as_bytes()).is_err(), "{text}");
    }
}

/// Addresses are text in hashes: the one of this suite is what commitments were made for.
#[test]
fn the_suite_predicts_the_address_its_commitments_are_bound_to() {
    let suite = minted();
    assert_eq!(Addr::unchecked(&suite.model.contract), suite.shower);
    let mut suite = suite;
    suite.publish_key(1).publish_key(2);
}

/// A root binds whatever its maker writes into the leaves. The operator of shower 2 writes a leaf for the meteor of
/// shower 1, whose content it dislikes.
#[test]
fn a_later_showers_root_decides_no_earlier_showers_meteor() {
    let mut suite = builder().build();
    suite.open(1).contribute("alice", MIN).open(2).contribute("bob", MIN).close(1).end(2).try_close(2).ok();
    let contract = suite.shower.to_string();
    let (id, salt) = (meteor_testkit::fairness::id(&contract, 2), [5; 32]);
    let content = suite.model.sealed(1).unwrap().content(0).unwrap().0.clone();
    let better = Content { kind: Kind::Egg, ..content };
    let leaf = Leaf { index: 0, token_id: TokenId(1), content: &better.bytes(), salt };
    let root = leaf_hash(&id, &leaf);
    let mut draw = suite.await_beacon(2).honest_draw(2);
    if let meteor_messages::shower::ExecuteMsg::CommitDraw { root: honest, .. } = &mut draw {
        *honest = root.into();
    }
    suite.execute("operator", &draw, &[]).ok();
    suite.mint_all(1).crack("alice", 1);
    let forged =
        Reveal { token_id: 1, shower: 2, index: 0, content: better, salt: salt.into(), proof: vec![] };
    suite.try_reveal(vec![forged]).refused_by_hatchery(ContractError::WrongPlace {
        token_id: 1,
        shower: 2,
        index: 0,
    });
    suite.reveal(&[1]);
}

/// Whoever copies one reveal of a batch and sends it first must not fail the others.
#[test]
fn a_reveal_that_someone_sent_first_doesnt_fail_the_rest() {
    let mut suite = cracked();
    let batch = suite.reveals(&[1, 2, 3]);
    suite.try_reveal(vec![batch[1].clone()]).ok();
    suite.try_reveal(batch.clone()).ok();
    assert!((1..=3).all(|meteor| suite.model.found.contains_key(&meteor)));
    suite.try_reveal(batch).refused_by_hatchery(ContractError::NotInCustody { token_id: 1 });
}
