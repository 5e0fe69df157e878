//! What a mint costs in storage, at the SDK's prices. The budget is 16,000 gas a token in batches of 100;
//! about 3,000 of it go to the shower's own walk (400), the start of two contracts (1,300), the catalogue's proof
//! (100), events and the machine: scripts/gas.

use cosmwasm_std::testing::{MockApi, MockQuerier, message_info, mock_env};
use cosmwasm_std::{Addr, OwnedDeps};
use meteor_messages::nft::InstantiateMsg;
use meteor_nft::contract::{execute, instantiate};
use meteor_rules::preset::Preset;
use meteor_testkit::art::{batch, token};
use meteor_testkit::metered::{self, Metered};
use meteor_testkit::wallets::address;

type Deps = OwnedDeps<Metered, MockApi, MockQuerier>;

fn collection() -> Deps {
    let mut deps = metered::deps(MockQuerier::default());
    let meteors = Preset::named("levana-2021").expect("a preset").meteors;
    let msg = InstantiateMsg {
        name: meteors.name,
        symbol: meteors.symbol,
        minter: address("minter").into(),
        template: meteors.template,
        royalties: None,
    };
    instantiate(deps.as_mut(), mock_env(), message_info(&minter(), &[]), msg).expect("a collection");
    deps
}

fn minter() -> Addr {
    address("minter")
}

/// Storage price of a batch of 100 tokens from `first` on, a token.
fn mint(deps: &mut Deps, first: u64) -> u64 {
    let traits = vec![3, 900, 44, 890, 5, 6, 6, 127, 5, 7];
    let tokens = (first..first + 100).map(|id| token(id, &id.to_string(), traits.clone())).collect();
    deps.storage.take();
    let msg = batch(tokens);
    execute(deps.as_mut(), mock_env(), message_info(&minter(), &[]), msg).expect("a mint");
    deps.storage.take() / 100
}

#[test]
fn a_mint_stays_within_its_budget_and_costs_the_same_later() {
    let mut deps = collection();
    let early = mint(&mut deps, 40_000);
    for batch in 0..30 {
        mint(&mut deps, 41_000 + batch * 100);
    }
    let late = mint(&mut deps, 50_000);
    println!("storage gas a token: {early}, after 3,100 tokens {late}");
    assert!(early <= 12_800 && late <= 12_800, "{early} {late}");
    assert!(early.abs_diff(late) <= 100, "{early} {late}");
}
