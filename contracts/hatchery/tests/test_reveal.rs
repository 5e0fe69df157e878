//! Revealing and taking back: what was committed to and nothing else, in time or not at all.

use cw721::msg::AllNftInfoResponse;
use meteor_contract_kit::KitError;
use meteor_hatchery::ContractError;
use meteor_messages::events::{HatcheryEvent, NftEvent};
use meteor_messages::nft;
use meteor_rules::fairness::content::Kind;
use meteor_rules::metadata::{Metadata, Values};
use meteor_testkit::art::{batch, token};
use meteor_testkit::model::Told;
use meteor_testkit::wallets::address;
use meteor_testkit::{Refusal, Suite, SuiteBuilder};

use crate::common::{HOLDERS, MIN, S, builder, custody, holder, meteor_with, minted};

fn shown(suite: &Suite, kind: Kind, token_id: u64) -> AllNftInfoResponse<Metadata> {
    let collection = if kind == Kind::Egg { &suite.eggs } else { &suite.dust };
    let ask = nft::QueryMsg::AllNftInfo { token_id: token_id.to_string(), include_expired: None };
    suite.try_query_inside(collection, &ask).unwrap()
}

#[test]
fn a_revealed_meteor_is_burnt_and_its_holder_has_what_it_held() {
    let mut suite = minted();
    for kind in [Kind::Egg, Kind::Dust] {
        let meteor = meteor_with(&suite, kind);
        suite.crack(holder(meteor), meteor);
        let reveals = suite.reveals(&[meteor]);
        let response = suite.try_reveal(reveals.clone()).ok();
        let told = suite.told(&response.events);
        let [
            Told::Hatchery(HatcheryEvent::Revealed(revealed)),
            Told::Nft(NftEvent::Burn(burn)),
            Told::Inside(of, NftEvent::Minted(minted)),
        ] = told.as_slice()
        else {
            panic!("{told:?}")
        };
        assert_eq!((revealed.token_id, revealed.kind, *of), (meteor, kind, kind));
        assert_eq!((&revealed.traits, &revealed.salt), (&reveals[0].content.traits, &reveals[0].salt));
        assert_eq!((burn.token_id, burn.owner.as_str()), (meteor, suite.hatchery.as_str()));
        assert_eq!((minted.token_id, minted.owner.as_str()), (meteor, address(holder(meteor)).as_str()));
        assert_eq!(shown(&suite, kind, meteor).access.owner, address(holder(meteor)).as_str());
        assert_eq!(custody(&suite, meteor), None);
    }
}

#[test]
fn everything_can_come_out_and_eggs_are_as_many_as_were_issued() {
    let mut suite = minted();
    for (meteor, who) in (1..).zip(HOLDERS) {
        suite.crack(who, meteor);
    }
    // Both showers in one batch, in any order.
    suite.reveal(&[9, 1, 8, 3, 2]).reveal(&[7, 4, 6, 5]);
    let eggs = |shower| {
        let all = suite.model.revealed.values().filter(|shown| shown.shower == shower);
        u64::try_from(all.filter(|shown| shown.kind == Kind::Egg).count()).unwrap()
    };
    for shower in [1, 2] {
        assert_eq!(eggs(shower), suite.model.sealed(shower).unwrap().issue().eggs.total());
    }
    assert_eq!((suite.model.found.len(), suite.model.tokens.len()), (9, 0));
}

#[test]
fn eggs_and_dust_show_all_their_attributes_with_where_they_come_from() {
    let mut suite = SuiteBuilder::preset("levana-2021").showers(2).unchecked().build();
    suite.open(1).contribute("zoe", MIN).open(2);
    for wallet in 0..230u32 {
        suite.contribute(&format!("wallet {wallet}"), MIN + u128::from(wallet));
    }
    suite.close(1).close(2).mint_all(2);
    for kind in [Kind::Egg, Kind::Dust] {
        let sealed = suite.model.sealed(2).unwrap();
        let index = (0..230).find(|at| sealed.content(*at).unwrap().0.kind == kind).unwrap();
        let meteor = u64::from(index) + 2; // one meteor before
        let owner = suite.model.tokens[&meteor].owner.clone();
        suite.crack(&owner, meteor).reveal(&[meteor]);
        let told = shown(&suite, kind, meteor);
        assert_eq!(told.access.owner, owner);
        let metadata = told.info.extension;
        let init = match kind {
            Kind::Egg => &suite.model.config.hatchery.eggs,
            Kind::Dust => &suite.model.config.hatchery.dust,
        };
        let columns = &init.template.columns;
        let value = |name: &str| {
            let found = metadata.attributes.iter().find(|a| a.trait_type.eq_ignore_ascii_case(name));
            found.unwrap_or_else(|| panic!("{kind:?} has no {name}")).value.clone()
        };
        let provenance: Vec<&str> = columns
            .iter()
            .map(|column| column.trait_type.as_str())
            .filter(|name| ["shower", "meteor id"].contains(&name.to_lowercase().as_str()))
            .collect();
        assert_eq!(provenance.len(), 2, "{kind:?} tells its shower and its meteor");
        assert_eq!((value("shower"), value("meteor id")), ("2".into(), meteor.to_string()));
        assert_eq!(value("rank"), (index + 1).to_string());
        // Every column is shown, but those that a tier leaves out.
        for column in columns {
            let shown = metadata.attributes.iter().any(|a| a.trait_type == column.trait_type);
            assert!(shown || matches!(column.values, Values::TextOrNone(_)), "{}", column.trait_type);
        }
        assert!(metadata.attributes.len() <= columns.len());
        let wanted = match kind {
            Kind::Egg => {
                "rarity,rank,origin,essence,rune,infusion,affecting moon,lucky number,constellation,temperature,\
                 weight,family,genus"
            }
            Kind::Dust => "rarity,rank,dust volume,spirit level,origin,essence,rune,infusion,weight",
        };
        for name in wanted.split(',') {
            assert!(!value(name).is_empty(), "{kind:?}: {name}");
        }
        assert!(metadata.name.ends_with(&format!("#{meteor}")), "{}", metadata.name);
        assert!(metadata.image.starts_with("ipfs://"));
    }
    meteor_testkit::invariants::check(&suite);
}

#[test]
fn nothing_is_revealed_before_it_is_in_custody() {
    let mut suite = minted();
    let reveals = suite.reveals(&[1]);
    let not = || ContractError::NotInCustody { token_id: 1 };
    suite.try_reveal(reveals.clone()).refused_by_hatchery(not());
    suite.crack("alice", 1);
    suite.try_reveal(reveals.clone()).ok();
    suite.try_reveal(reveals).refused_by_hatchery(not());
}

#[test]
fn a_batch_skips_what_is_not_in_custody_and_what_waited_too_long() {
    let mut suite = minted();
    suite.crack("alice", 1).advance(1).crack("bob", 2);
    // One that was never cracked, and one that is named twice: it is revealed once.
    let late = suite.model.reclaim_at(&suite.model.custody[&1]);
    let reveals = suite.reveals(&[3, 1, 2, 2]);
    suite.at(late).try_reveal(reveals.clone()).ok();
    assert!(custody(&suite, 1).is_some() && custody(&suite, 2).is_none());
    // If nothing is left, the error is that of the first.
    suite
        .try_reveal(reveals[1..].to_vec())
        .refused_by_hatchery(ContractError::TooLate { token_id: 1, reclaim_at: late.div_ceil(S) });
    suite.try_reveal(reveals).refused_by_hatchery(ContractError::NotInCustody { token_id: 3 });
    suite.reclaim(1).assert_owner_of(1, "alice");
}

#[test]
fn batches_have_1_to_30_meteors() {
    let mut suite = Suite::new().unchecked().build();
    suite.open(1);
    for wallet in 0..31u32 {
        suite.contribute(&format!("wallet {wallet}"), MIN);
    }
    suite.close(1).mint_all(1);
    for wallet in 0..31u32 {
        suite.crack(&format!("wallet {wallet}"), u64::from(wallet) + 1);
    }
    let all: Vec<u64> = (1..=31).collect();
    let reveals = suite.reveals(&all);
    for given in [0, 31] {
        let refusal = KitError::BatchSize { given, most: 30 }.into();
        suite.try_reveal(reveals[..given].to_vec()).refused_by_hatchery(refusal);
    }
    suite.reveal(&all[..30]).reveal(&all[30..]);
    meteor_testkit::invariants::check(&suite);
}

#[test]
fn until_the_timeout_a_meteor_is_revealed_and_from_it_on_taken_back() {
    let mut suite = minted();
    suite.crack("alice", 1).crack("bob", 2);
    let first = suite.model.reclaim_at(&suite.model.custody[&1]);
    let second = suite.model.reclaim_at(&suite.model.custody[&2]);
    assert_eq!(second, first + 1);
    let early = |token_id, at: u64| ContractError::TooEarly { token_id, reclaim_at: at.div_ceil(S) };
    let late = |token_id, at: u64| ContractError::TooLate { token_id, reclaim_at: at.div_ceil(S) };
    suite.try_reclaim(1).refused_by_hatchery(early(1, first));
    suite.at(first - 1).try_reclaim(1).refused_by_hatchery(early(1, first));
    // Now is `first`: 1 can only go back, 2 only be revealed.
    let reveals = suite.reveals(&[1]);
    suite.at(first + 1 - 1).try_reveal(reveals).refused_by_hatchery(late(1, first));
    // Now is `second`: both go back.
    assert_eq!(suite.now(), second);
    let reveals = suite.reveals(&[2]);
    suite.try_reveal(reveals).refused_by_hatchery(late(2, second));
    suite.try_reclaim(1).ok();
    suite.try_reclaim(2).ok();
    suite.assert_owner_of(1, "alice").assert_owner_of(2, "bob");

    // The last nanosecond is in time.
    suite.crack("alice", 1);
    let at = suite.model.reclaim_at(&suite.model.custody[&1]);
    suite.at(at - 1).reveal(&[1]);
    // And the first after it is not too early.
    suite.crack("bob", 2);
    let at = suite.model.reclaim_at(&suite.model.custody[&2]);
    suite.at(at).try_reclaim(2).ok();
}

#[test]
fn a_meteor_taken_back_can_be_cracked_again_but_old_proofs_need_custody() {
    let mut suite = minted();
    suite.crack("alice", 1).reclaim(1).assert_owner_of(1, "alice");
    let reveals = suite.reveals(&[1]);
    suite.try_reveal(reveals).refused_by_hatchery(ContractError::NotInCustody { token_id: 1 });
    suite.try_reclaim(1).refused_by_hatchery(ContractError::NotInCustody { token_id: 1 });
    // Sold, it is the buyer's to crack, and what it holds is still the same.
    let sell = nft::ExecuteMsg::TransferNft { recipient: address("zoe").into(), token_id: "1".into() };
    suite.execute_nft("alice", &sell, &[]).ok();
    suite.crack("zoe", 1).reveal(&[1]);
    assert_eq!(suite.model.found[&1].owner, address("zoe").as_str());
}

#[test]
fn reclaiming_is_for_meteors_in_custody_and_goes_to_their_holders() {
    let mut suite = minted();
    suite.try_reclaim(1).refused_by_hatchery(ContractError::NotInCustody { token_id: 1 });
    suite.crack("alice", 1).reveal(&[1]);
    suite.advance(10_000).try_reclaim(1).refused_by_hatchery(ContractError::NotInCustody { token_id: 1 });
    suite.crack("bob", 2).reclaim(2).assert_owner_of(2, "bob"); // sent by `anyone`
}

#[test]
fn no_id_comes_back() {
    let mut suite = minted();
    let meteor = meteor_with(&suite, Kind::Egg);
    suite.crack(holder(meteor), meteor);
    let reveals = suite.reveals(&[meteor]);
    suite.try_reveal(reveals.clone()).ok();
    // The egg is burnt too: neither it nor its meteor is made again, by anyone.
    let burn = nft::ExecuteMsg::Burn { token_id: meteor.to_string() };
    let eggs = suite.eggs.clone();
    suite.call(holder(meteor), &eggs, &burn, &[]).ok();
    suite.try_reveal(reveals).refused_by_hatchery(ContractError::NotInCustody { token_id: meteor });
    let mallorys = batch(vec![token(meteor, "mallory", suite.model.revealed[&meteor].traits.clone())]);
    let used = meteor_nft::ContractError::IdUsed { token_id: meteor };
    let minter = suite.hatchery.to_string();
    suite
        .call("mallory", &eggs, &mallorys, &[])
        .refused_by_nft(meteor_nft::ContractError::NotMinter { minter });
    // Even the minter itself could not.
    suite.call("hatchery", &eggs, &mallorys, &[]).refused_by_nft(used);
}

#[test]
fn what_is_not_minted_has_nothing_to_reveal_and_what_is_goes_on_after_the_deadline() {
    let mut suite = builder().build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN).close(1).mint(1, 1).pass_deadline(1);
    suite.crack("alice", 1).reveal(&[1]);
    let reveals = suite.reveals(&[2]);
    suite.try_reveal(reveals).refused_by_hatchery(ContractError::NotInCustody { token_id: 2 });
    suite.refund(1, &["bob"]).pay_out(1).assert_balance("shower", 0);
}

#[test]
fn a_wrong_root_reveals_nothing_and_holders_get_their_meteors_back() {
    // What a lost key or a dishonest draw comes to: no content, no loss.
    let mut suite = builder().build();
    suite.open(1).contribute("alice", MIN).end(1).try_close(1).ok();
    let mut msg = suite.await_beacon(1).honest_draw(1);
    if let meteor_messages::shower::ExecuteMsg::CommitDraw { root, .. } = &mut msg {
        *root = [9; 32].into();
    }
    suite.execute("operator", &msg, &[]).ok();
    suite.mint_all(1).crack("alice", 1);
    let reveals = suite.reveals(&[1]);
    let refusal = suite.try_reveal(reveals).err();
    assert_eq!(refusal, Refusal::Hatchery(ContractError::WrongProof { token_id: 1, shower: 1 }));
    suite.reclaim(1).assert_owner_of(1, "alice");
}

#[test]
fn neither_pause_nor_published_key_stops_reveals() {
    let mut suite = minted();
    suite.pause().publish_key(1).crack("alice", 1).reveal(&[1]);
}
