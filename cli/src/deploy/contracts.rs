//! What the contracts themselves say of a launch: their own code, run here, on the message that the chain would run it on.
//! So no check of theirs can be forgotten.

use cosmwasm_std::testing::{MockApi, MockQuerier, MockStorage, message_info, mock_env};
use cosmwasm_std::{Addr, Empty, OwnedDeps, Timestamp};
use meteor_messages::nft::{self, CollectionInit};
use meteor_messages::shower::InstantiateMsg;
use meteor_operator::launch::{Finding, Launch};

/// What a contract is made with.
type Deps = OwnedDeps<MockStorage, MockApi, MockQuerier, Empty>;

/// What the contracts refuse of `message` at `now` (Unix seconds), where the shower contract is at `contract`.
pub(super) fn refusals(launch: &Launch, message: &InstantiateMsg, contract: &str, now: u64) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut env = mock_env();
    env.block.chain_id.clone_from(&launch.chain.id);
    env.block.time = Timestamp::from_seconds(now);
    env.contract.address = Addr::unchecked(contract);
    let info = message_info(&Addr::unchecked(launch.deployer()), &[]);
    // Its prefix has to live as long as the program: a few bytes, once.
    let prefix: &'static str = launch.chain.prefix.clone().leak();
    let deps = || Deps {
        storage: MockStorage::default(),
        api: MockApi::default().with_prefix(prefix),
        querier: MockQuerier::default(),
        custom_query_type: std::marker::PhantomData,
    };
    let made =
        meteor_shower::contract::instantiate(deps().as_mut(), env.clone(), info.clone(), message.clone());
    found.extend(made.err().map(|why| Finding::Contract { contract: "shower", why: why.to_string() }));
    let collections =
        [("meteors", &message.meteors), ("eggs", &message.hatchery.eggs), ("dust", &message.hatchery.dust)];
    for (of, CollectionInit { name, symbol, template, royalties, .. }) in collections {
        let message = nft::InstantiateMsg {
            name: name.clone(),
            symbol: symbol.clone(),
            minter: contract.to_owned(),
            template: template.clone(),
            royalties: royalties.clone(),
        };
        let mut env = env.clone();
        // Its own address isn't known, and is neither the minter's nor anyone's who is paid.
        env.contract.address = Addr::unchecked(of);
        let made = meteor_nft::contract::instantiate(deps().as_mut(), env, info.clone(), message);
        found.extend(made.err().map(|why| Finding::Contract { contract: of, why: why.to_string() }));
    }
    found
}
