//! An address that the bank refuses holds up nobody else: not as a payee, not as a contributor of a cancelled
//! shower, not where the key came too late.

use std::path::Path;
use std::process::Output;

use crate::common::{fails, idle, meteor, private, works};
use meteor_chain::amounts::coins as shown;
use meteor_messages::shower::ExecuteMsg;
use meteor_operator::jobs;
use meteor_operator::tax::Tax;
use meteor_operator::tx;
use meteor_tests::{Stage, Target};

const UST: u128 = 1_000_000;

/// Runs it; it must end with the exit code of a command that could not do all.
async fn partly(folder: &Path, line: &str) -> String {
    let Output { status, stdout, stderr } = meteor(folder, line).await;
    let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
    assert_eq!(status.code(), Some(3), "{line}: {said}");
    said.into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_is_reported_and_holds_up_nobody() {
    if Target::from_env().lacks("refused", "whom a real chain refuses is not for a test to say") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let stage = Stage::start(2).await;
    private(folder, "words", &stage.chain.mnemonic);
    let contract = &stage.deployment.shower;
    let tax = Tax::of(&stage.node, "uusd").await.unwrap();
    let mut address = Vec::new();
    for index in 0..10 {
        address.push(stage.account(index).await.address().to_owned());
    }
    let at = |index: u32| address.get(usize::try_from(index).unwrap()).unwrap();
    let job = |name: &str, account: u32| {
        format!(
            "{name} --node {} --contract {contract} --signer-file words --gas-price 0.01uluna --account {account}",
            stage.chain.rpc
        )
    };
    stage.open(1).await;
    let gives = [(4, 20 * UST), (5, 30 * UST), (6, 10 * UST)];
    for shower in [1, 2] {
        for (index, amount) in gives {
            stage.contribute(index, shower, amount).await.unwrap();
        }
        stage.end(shower).await;
        if shower == 1 {
            stage.close_and_draw(1).await;
            stage.mint(1).await;
        }
    }
    let (pool, artists, refused) = (&address[8], &address[9], &address[5]);
    stage.refuse(pool).await;
    stage.refuse(refused).await;

    // Of the two payees the first is refused: what it is owed stays booked, the second is paid.
    let before = stage.balance(artists).await;
    let said = partly(folder, &job("settle", 0)).await;
    assert!(said.contains("booked 57 UST for the payees, 3 UST held back"), "{said}");
    assert!(
        said.contains(&format!("payee {pool} was not paid")) && said.contains("not allowed to receive"),
        "{said}"
    );
    assert!(said.contains("47.595 UST stay booked for it"), "{said}");
    assert_eq!(stage.balance(artists).await - before, tax.arrives(9_405_000));
    let again = partly(folder, &job("withdraw", 0)).await;
    assert!(!again.contains(artists) && again.contains(pool), "only what is booked: {again}");
    let paid = idle(folder, &format!("{} --payee {artists}", job("withdraw", 0))).await;
    assert!(paid.contains("nothing to withdraw"), "{paid}");
    assert!(
        fails(folder, &format!("{} --payee {refused}", job("withdraw", 0))).await.contains("not a payee")
    );

    // The second shower is cancelled: all but one have their money back.
    let cancel = format!("{} --shower 2 --yes", job("cancel", 1));
    works(folder, &cancel).await;
    let mut before = Vec::new();
    for (index, _) in gives {
        before.push(stage.balance(at(index)).await);
    }
    let said = partly(folder, &format!("{} --shower 2", job("refund", 0))).await;
    assert!(said.contains("3 contributions, 0 held parts, 60 UST will leave"), "{said}");
    assert!(said.contains("refunded 2 of 3, 30 UST"), "{said}");
    assert!(said.contains(&format!("{refused} was left out with 30 UST")), "{said}");
    for ((index, amount), before) in gives.into_iter().zip(before) {
        let due = if index == 5 { 0 } else { tax.arrives(amount) };
        assert_eq!(stage.balance(at(index)).await - before, due, "account {index}");
    }
    partly(folder, &format!("{} --shower 2", job("refund", 0))).await;

    // The key of the first is never published: what was held back is the contributors'.
    let early = fails(folder, &format!("{} --shower 1", job("refund", 0))).await;
    assert!(early.contains("what is held back if its key is not public by then"), "{early}");
    stage.at(stage.schedule.closes_at(1).unwrap() + stage.pace.key_window).await;
    let said = partly(folder, &format!("{} --shower 1", job("refund", 0))).await;
    assert!(said.contains("0 contributions, 3 held parts, 3 UST will leave"), "{said}");
    assert!(said.contains(&format!("{refused} was left out with 1.5 UST")), "{said}");
    assert_eq!(stage.shower(1).await.held_returned.u128(), 1_500_000, "20 and 10 UST, five per cent each");

    // Coins that came unasked go back, and never what somebody is owed.
    let mut sender = stage.account(7).await;
    let coins = meteor_operator::gas::coins(77, "uusd");
    let before = stage.balance(contract).await;
    let send = tx::send(sender.address(), contract, &coins);
    sender.send(vec![send]).await.unwrap();
    let came = stage.balance(contract).await - before;
    let unasked = |amount: u128, account| {
        format!("{} --to {} --amount {amount}uusd", job("return-unasked", account), address[7])
    };
    assert!(fails(folder, &unasked(came, 2)).await.contains("is not the owner"));
    let greedy = fails(folder, &unasked(came + 1, 1)).await;
    assert!(greedy.contains(&format!("{} came unasked", shown(came, "uusd"))), "{greedy}");
    let generated =
        unasked(came, 1).replace("--signer-file words", "--generate-only").replace("--account 1", "");
    assert!(works(folder, &generated).await.contains("return_unasked"));
    works(folder, &unasked(came, 1)).await;
    assert!(fails(folder, &unasked(1, 1)).await.contains("0 UST came unasked"));
    // Nothing but what the two refused are owed is left.
    assert_eq!(stage.balance(contract).await, 47_595_000 + 30 * UST + 1_500_000);

    // A shower that is drawn can't be cancelled any more; nothing is sent.
    let late = format!("{} --shower 1 --yes", job("cancel", 1));
    assert!(fails(folder, &late).await.contains("can't be cancelled, nothing was sent"));
    let mut owner = stage.account(1).await;
    let refused = owner.execute(contract, &ExecuteMsg::Cancel { shower: 1 }, &[]).await;
    assert!(refused.is_err(), "and the contract says the same");
    assert!(jobs::cancel(&mut owner, contract, 1).await.is_err());
    stage.stop().await;
}
