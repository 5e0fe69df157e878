//! A shower whose key or tables don't fit holds up nobody else's reveals, and is looked at once a round.

use std::collections::BTreeSet;
use std::sync::Mutex;

use meteor_operator::jobs::{Hatched, Hatcher, Sealer};
use meteor_operator::keys::{KeyError, KeySource, MasterKey, ShowerKey};
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::content::Source;
use meteor_rules::{ShowerId, TokenId};
use meteor_tests::{MARKER, Stage, Target};

const UST: u128 = 1_000_000;

/// The event's key, but another one for shower 1; notes which showers' keys were asked for.
struct Mixed {
    good: MasterKey,
    bad: MasterKey,
    asked: Mutex<Vec<u32>>,
}

impl KeySource for Mixed {
    async fn shower_key(&self, id: &Domain<'_>) -> Result<ShowerKey, KeyError> {
        self.asked.lock().unwrap().push(id.shower.0);
        Ok(if id.shower.0 == 1 { self.bad.shower_key(id) } else { self.good.shower_key(id) })
    }
}

/// Two showers, the meteors of accounts 4 and 5 in each minted and cracked: 1 and 2 of shower 1, 3 and 4 of
/// shower 2.
async fn cracked() -> Stage {
    let stage = Stage::start(2).await;
    stage.open(1).await;
    for shower in [1, 2] {
        stage.contribute(4, shower, 11 * UST).await.unwrap();
        stage.contribute(5, shower, 10 * UST).await.unwrap();
        stage.end(shower).await;
        stage.close_and_draw(shower).await;
        stage.mint(shower).await;
    }
    for (index, token_id) in [(4, 1), (5, 2), (4, 3), (5, 4)] {
        stage.crack(index, token_id).await.unwrap();
    }
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shower_with_anothers_key_or_tables_is_reported_and_holds_up_no_other() {
    if Target::from_env().lacks("a_shower_with_anothers_key", "two showers outlast the time to crack") {
        return;
    }
    let stage = cracked().await;
    let mut worker = stage.account(2).await;

    // Other tables than those that were committed to fit no shower: nothing is revealed.
    let mut other = stage.preset.crack.tables.clone();
    other.egg.sources[7] = Source::Range(1, 98);
    other.dust.sources[3] = Source::Range(1, 39);
    let round = Hatcher::new(Sealer { tables: &other, ..stage.sealer(&stage.keys) })
        .round(&mut worker)
        .await
        .unwrap();
    let all = Hatched {
        held: vec![TokenId(1), TokenId(2), TokenId(3), TokenId(4)],
        unfit: BTreeSet::from([ShowerId(1), ShowerId(2)]),
        ..Hatched::default()
    };
    assert_eq!(round, all);

    let keys = Mixed {
        good: MasterKey::from_bytes(&MARKER),
        bad: MasterKey::from_bytes(&[9; 32]),
        asked: Mutex::default(),
    };
    let mut hatcher = Hatcher::new(stage.sealer(&keys));
    let held = Hatched {
        held: vec![TokenId(1), TokenId(2)],
        unfit: BTreeSet::from([ShowerId(1)]),
        ..Hatched::default()
    };
    let round = hatcher.round(&mut worker).await.unwrap();
    assert_eq!(round, Hatched { revealed: vec![TokenId(3), TokenId(4)], ..held.clone() });
    assert_eq!(*keys.asked.lock().unwrap(), [1, 2], "each shower is derived once, not once for each meteor");
    assert_eq!(hatcher.round(&mut worker).await.unwrap(), held, "reported again, and nothing else left");

    // With the right key the rest is revealed.
    let mut hatcher = Hatcher::new(stage.sealer(&stage.keys));
    let round = hatcher.round(&mut worker).await.unwrap();
    assert_eq!(round, Hatched { revealed: vec![TokenId(1), TokenId(2)], ..Hatched::default() });
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_at_once_reveal_each_meteor_once() {
    if Target::from_env().lacks("two_workers", "two showers outlast the time to crack") {
        return;
    }
    let stage = cracked().await;
    let (mut one, mut other) = (stage.account(2).await, stage.account(6).await);
    let mut workers = [(); 2].map(|()| Hatcher::new(stage.sealer(&stage.keys)));
    let [first, second] = &mut workers;
    let rounds = tokio::join!(first.round(&mut one), second.round(&mut other));
    let (first, second) = (rounds.0.unwrap(), rounds.1.unwrap());
    let mut revealed = [first.revealed, second.revealed].concat();
    revealed.sort_unstable();
    assert_eq!(revealed, [1, 2, 3, 4].map(TokenId), "each by one of them");
    stage.stop().await;
}
