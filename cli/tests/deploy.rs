//! `meteor deploy` as an operator runs it: dry run, keygen, deploy, a deployment that was killed, and the
//! event after it.

use crate::common;

use crate::common::{fails, idle, launch_file, meteor, partly, private, until, works};
use meteor_cli::chain::Chain;
use meteor_devnet::Devnet;
use meteor_messages::shower::Status;
use meteor_operator::launch::Record;
use meteor_operator::node::Node;

/// Runs it and answers with all it said; it must fail.
async fn works_not(folder: &std::path::Path, line: &str) -> String {
    let output = meteor(folder, line).await;
    assert!(!output.status.success(), "{line}");
    (String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr)).into_owned()
}

/// The event at `shower` is compared with launch files that ask for something else, and with its own.
async fn compared(folder: &std::path::Path, launch: &str, shower: &str) {
    // What is there is not what another launch file asks for.
    std::fs::write(folder.join("other.toml"), launch.replace("8350", "8340").replace("1650", "1660"))
        .unwrap();
    let other = works_not(folder, "deploy other.toml").await;
    assert!(
        other.contains("DIFFERS     shower   payees[1].share_bp: the chain has 8350, the launch 8340\n")
            && other
                .contains("DIFFERS     shower   payees[2].share_bp: the chain has 1650, the launch 1660\n")
            && other.contains("don't announce it"),
        "{other}"
    );
    std::fs::write(folder.join("other.toml"), launch.replace("label = \"rehearsal\"", "label = \"other\""))
        .unwrap();
    let other = works_not(folder, "deploy other.toml").await;
    assert!(
        other.contains("DIFFERS     shower   label: the chain has \"rehearsal\", the launch \"other\"\n"),
        "{other}"
    );
    // Nor is the deployment file that of another contract.
    let committed = std::fs::read_to_string(folder.join("commitments.json")).unwrap();
    let other = launch.replace("salt = \"rehearsal\"", "salt = \"other\"");
    let other = other.replace("commitments.json", "other.json");
    std::fs::write(folder.join("other.toml"), other).unwrap();
    let planned = partly(folder, "deploy other.toml --dry-run --event of-other.json").await;
    let made = planned.lines().find_map(|line| line.strip_prefix("contract    ")).unwrap();
    let made = made.split_whitespace().next().unwrap();
    std::fs::write(folder.join("other.json"), committed.replace(shower, made)).unwrap();
    for how in ["--signer-file words --account 1 --yes", "--dry-run"] {
        let other = fails(folder, &format!("deploy other.toml {how}")).await;
        assert!(other.contains(&format!("is of {shower}, the launch makes {made}")), "{how}: {other}");
    }
    // Nor its catalogue the one that is kept beside it.
    std::fs::create_dir(folder.join("another")).unwrap();
    std::fs::write(folder.join("another/catalogue.csv"), "another").unwrap();
    let other = fails(folder, "deploy other.toml --dry-run --event another/deployment.json").await;
    assert!(other.contains("another/catalogue.csv is another catalogue: move it away"), "{other}");
    let labelled = launch.replace("label = \"rehearsal\"", "label = \"other\"");
    std::fs::write(folder.join("other.toml"), labelled).unwrap();
    for (launch, last) in [("other.toml", "error"), ("launch.toml", "deployed")] {
        let output = meteor(folder, &format!("deploy {launch} --json")).await;
        let said = String::from_utf8(output.stdout).unwrap();
        let whats = said.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let whats: Vec<_> =
            whats.map(|line| line.get("what").unwrap().as_str().unwrap().to_owned()).collect();
        let differs = usize::from(last == "error");
        assert_eq!(whats.iter().filter(|what| *what == "differs").count(), differs, "{said}");
        assert_eq!(whats.iter().filter(|what| *what == "read_back").count(), 5, "{said}");
        assert_eq!(
            (whats.first().unwrap().as_str(), whats.last().unwrap().as_str()),
            ("plan", last),
            "{said}"
        );
    }
    // An event that is there as a whole is read back without any words, however late.
    let again = works(folder, "deploy launch.toml").await;
    for of in ["shower", "meteors", "hatchery", "eggs", "dust"] {
        assert!(
            again.contains(&format!("read back   {of:<8} as asked for: code, creator, admin, label")),
            "{again}"
        );
    }
}

/// What only a look at all files and at the chain finds is refused with its line, before anything is paid.
async fn refused(folder: &std::path::Path, launch: &str, devnet: &Devnet, artists: &str) {
    // A catalogue that can't be used is refused with every line, before anything is paid.
    let catalogue = std::fs::read_to_string(folder.join("catalogue.csv")).unwrap();
    std::fs::write(
        folder.join("spoiled.csv"),
        catalogue.replace("rare,1", "rare,7").replace("common,2", "common,x"),
    )
    .unwrap();
    std::fs::write(folder.join("bad.toml"), launch.replace("catalogue.csv", "spoiled.csv")).unwrap();
    let spoiled = works_not(folder, "deploy bad.toml --dry-run").await;
    for line in ["error: spoiled.csv:9: ", "error: spoiled.csv:13: "] {
        assert!(spoiled.contains(line), "{spoiled}");
    }
    // A payee that the bank refuses is named, and nothing is signed for it.
    devnet.refuse(artists).await.unwrap();
    let refused = works_not(folder, "deploy launch.toml --dry-run").await;
    let payee = format!("error: launch.toml:8: payees[2].address: payee {artists} can't be paid: ");
    assert!(refused.contains(&payee) && refused.contains("not allowed to receive funds"), "{refused}");
    let royalties = format!("royalties = {{ address = \"{artists}\", share_bp = 500 }}\n[chain]");
    std::fs::write(folder.join("bad.toml"), launch.replacen("[chain]", &royalties, 1)).unwrap();
    let said = works_not(folder, "deploy bad.toml --dry-run").await;
    let line = format!("error: bad.toml:10: royalties.address: royalties can't be paid to {artists}: ");
    assert!(said.contains(&line), "{said}");
    for (from, to, line) in [
        ("denom = \"uusd\"", "denom = \"unone\"", "14: chain.denom: there is no unone on localterra, so "),
        (
            "id = \"localterra\"",
            "id = \"columbus-5\"",
            "11: chain.id: the node is on localterra, the launch on columbus-5",
        ),
        ("nodes = [\"http://127.0.0.1", "nodes = [\"http://127.0.0.2", "12: chain.nodes: "),
        ("shower = 1, nft = 2", "shower = 1, nft = 9", "9: codes.nft: code 9 can't be used: "),
        (
            "gas_price = \"0.15uluna\"",
            "gas_price = \"0.0001uluna\"",
            "15: chain.gas_price: the node takes no transaction for less than ",
        ),
        ("[roles]", "[rolls]", "16: unknown field `rolls`, expected one of "),
        ("preset.toml", "none.toml", "4: preset: there is neither a file \"none.toml\" nor a preset "),
        ("catalogue.csv", "none.csv", "7: catalogue: none.csv can't be read: "),
    ] {
        assert!(launch.contains(from), "{from}");
        std::fs::write(folder.join("bad.toml"), launch.replacen(from, to, 1)).unwrap();
        let said = works_not(folder, "deploy bad.toml --dry-run").await;
        assert!(said.contains(&format!("error: bad.toml:{line}")), "{line}\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_launch_file_to_paid_payees() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let devnet = common::taxed().await;
    let chain = Chain::of(&devnet);
    private(folder, "words", &chain.mnemonic);
    private(folder, "passphrase", "a long enough passphrase");
    std::fs::write(folder.join("preset.toml"), common::one_shower()).unwrap();
    let made = works(folder, "catalogue catalogue.csv --preset preset.toml --stand-in 3").await;
    assert!(made.contains("common          3 pieces, root "), "{made}");
    assert!(
        fails(folder, "catalogue catalogue.csv --preset preset.toml --stand-in 4").await.contains("writing")
    );
    let mut address = Vec::new();
    for index in 0..10 {
        address.push(chain.account(index).await.unwrap().address().to_owned());
    }
    let [_, owner, .., pool] = address.as_slice() else { panic!() };
    let opens_at = devnet.tip().await.unwrap().time.seconds() + common::OPENS_IN;
    let launch = launch_file(&devnet.chain_id(), &chain.rpc, &address, opens_at);
    std::fs::write(folder.join("launch.toml"), &launch).unwrap();
    let node = Node::new(&chain.rpc).unwrap();
    let sequence = async || node.account(owner).await.unwrap().value.sequence;

    // A dry run signs nothing and leaves no file, whether the launch is good or not.
    let planned = partly(folder, "deploy launch.toml --dry-run").await;
    assert!(planned.contains("warning: launch.toml:5: opens_at: shower 1 opens in "), "{planned}");
    assert!(
        planned.ends_with("dry run: only the commitments are missing; nothing was signed\n"),
        "{planned}"
    );
    for line in [
        "minimum     8 UST (8000000 uusd)\n",
        "legendary   the first 3: 3 meteors, 3 eggs, each with 100.00 %\n",
        "payee       terra1cwua5rrrp3djklpxuaacvcg90k9prg5h5pl5xm gets 83.5 %\n",
        "royalties   none\n",
    ] {
        assert!(planned.contains(line), "{line}{planned}");
    }
    assert!(planned.contains("catalogue   rare            3 pieces, root "), "{planned}");
    refused(folder, &launch, &devnet, address.get(8).unwrap()).await;
    let launch = launch.replace(address.get(8).unwrap(), address.get(7).unwrap());
    std::fs::write(folder.join("launch.toml"), &launch).unwrap();
    std::fs::write(folder.join("bad.toml"), launch.replace("8350", "8351")).unwrap();
    let deploy = "deploy launch.toml --signer-file words --account 1 --yes";
    assert!(fails(folder, "deploy bad.toml --signer-file words --account 1").await.contains("has errors"));
    assert!(fails(folder, deploy).await.contains("keygen"), "no commitments yet");
    assert_eq!(sequence().await, 0);
    assert!(!folder.join("deployment.json").exists());

    // The plan names the command that makes the key.
    let keygen = planned.lines().find_map(|line| line.trim().strip_prefix("meteor keygen")).unwrap();
    works(folder, &format!("keygen {keygen} --passphrase-file passphrase")).await;
    // Another salt makes another contract, with which these commitments could never be drawn.
    std::fs::write(folder.join("bad.toml"), launch.replace("salt = \"rehearsal\"", "salt = \"other\""))
        .unwrap();
    let other = works_not(folder, "deploy bad.toml --dry-run").await;
    assert!(
        other.contains("error: commitments.json: these are the commitments of another event")
            && other.contains("they are of the contract terra1"),
        "{other}"
    );
    let wrong = fails(folder, "deploy launch.toml --signer-file words --account 2").await;
    assert!(wrong.contains("but the owner is"), "{wrong}");
    // It asks before it signs; nobody answers here.
    let asked = works_not(folder, "deploy launch.toml --signer-file words --account 1").await;
    assert!(asked.contains("paid by") && asked.contains("not confirmed, nothing was sent"), "{asked}");
    let ready = works(folder, "deploy launch.toml --dry-run").await;
    assert!(ready.ends_with("dry run: this launch can be deployed; nothing was signed\n"), "{ready}");
    assert_eq!(sequence().await, 0);
    works(folder, deploy).await;
    assert_eq!(sequence().await, 1);

    // Killed after each step, and with the file lost: run again, it finds what is there and sends nothing.
    let file = folder.join("deployment.json");
    let whole = Record::load(&file).unwrap().unwrap();
    let event = whole.event.clone().unwrap();
    assert!(planned.contains(&event.shower), "the address was predicted");
    let before = Record { event: None, tx: None, ..whole.clone() };
    before.save(&file).unwrap();
    assert!(fails(folder, "status").await.contains("not complete"));
    assert!(works(folder, deploy).await.contains("already on the chain"));
    assert_eq!(Record::load(&file).unwrap().unwrap(), Record { tx: None, ..whole.clone() });
    std::fs::remove_file(&file).unwrap();
    works(folder, deploy).await;
    assert_eq!(Record::load(&file).unwrap().unwrap().event.unwrap().shower, event.shower);
    assert_eq!(sequence().await, 1);
    compared(folder, &launch, &event.shower).await;
    assert_eq!(sequence().await, 1);

    held(folder, &devnet, &chain, &event.shower, pool).await;
    // A chain that was renamed is still the event's; keys are bound to its old name.
    devnet.rename("renamed-2").await.unwrap();
    let paused = works(folder, "pause --signer-file words --account 3").await;
    assert!(
        paused.contains("at the launch and is renamed-2 now") && paused.contains("paused in block"),
        "{paused}"
    );
    let same = works(folder, "commitments --key-file event.age --passphrase-file passphrase").await;
    assert!(same.contains("commitments.json has the contract's commitments"), "{same}");
    devnet.shutdown().await;
}

/// The event of one shower, to its paid payees.
async fn held(folder: &std::path::Path, devnet: &Devnet, chain: &Chain, shower: &str, pool: &str) {
    let node = Node::new(&chain.rpc).unwrap();
    let job = |name: &str, account: u32| format!("{name} --signer-file words --account {account}");
    let secrets = format!(
        "--key-file event.age --passphrase-file passphrase --tables tables.json --beacon-url {}",
        chain.beacon_url
    );
    // What would be refused is refused before a fee is paid, and says when it would not be.
    let contribute = |shower: u32| format!("{} --shower {shower} --amount 9000000", job("contribute", 4));
    let none = "there is no shower 2: they are numbered 1 to 1";
    assert!(fails(folder, &contribute(2)).await.contains(none));
    assert!(fails(folder, &format!("{} --shower 2", job("mint", 2))).await.contains(none));
    until(devnet, &node, shower, Status::Open).await;
    works(folder, &contribute(1)).await;
    until(devnet, &node, shower, Status::Ended).await;
    let late = fails(folder, &contribute(1)).await;
    let window = "shower 1 is over, nothing was sent: it was open until ";
    assert!(late.contains(window), "{late}");
    assert!(works(folder, "status").await.contains("next: meteor close"));
    works(folder, &job("close", 2)).await;
    works(folder, &format!("{} {secrets}", job("draw", 2))).await;
    assert!(works(folder, "status").await.contains("next: meteor mint"));
    // Another catalogue than the launch's, or a spoiled one, is refused before anything is sent; the right one is
    // anyone's to mint from.
    let catalogue = std::fs::read_to_string(folder.join("catalogue.csv")).unwrap();
    works(folder, "catalogue other.csv --preset preset.toml --stand-in 4").await;
    std::fs::write(folder.join("spoiled.csv"), catalogue.replace("rare,1", "rare,7")).unwrap();
    let minting = |file: &str| format!("{} --catalogue {file}", job("mint", 5));
    let other = fails(folder, &minting("other.csv")).await;
    assert!(
        other.contains("not the event's catalogue") && other.contains("3 of them, the file has 4"),
        "{other}"
    );
    let spoiled = fails(folder, &minting("spoiled.csv")).await;
    assert!(spoiled.contains("line 9: its index is \"7\", and the next of rare is 1"), "{spoiled}");
    let minted = works(folder, &minting("catalogue.csv")).await;
    assert!(minted.contains("minted 1 of 1"), "a stranger minted: {minted}");
    let again = idle(folder, &format!("{} --shower 1", job("mint", 2))).await;
    let why = "nothing to mint: shower 1 has 1 of 1 meteor and is not settled; next: meteor settle";
    assert!(again.contains(why), "{again}");
    let had = node.balance(pool, "uusd").await.unwrap();
    // A dry run says where all of it will go, though the first transaction only books.
    let forecast = works(folder, &format!("{} --dry-run", job("settle", 2))).await;
    for line in [
        "shower 1: 8.55 UST to book for the payees\n".to_owned(),
        format!("payee {pool}: 7.13925 UST will leave, 7.103554 UST will arrive"),
        " would send settle to ".to_owned(),
    ] {
        assert!(forecast.contains(&line), "{line}\n{forecast}");
    }
    let settled = works(folder, &job("settle", 2)).await;
    assert!(settled.contains("booked 8.55 UST for the payees, 0.45 UST held back until"), "{settled}");
    assert!(
        settled.contains(&format!("payee {pool}: 7.13925 UST will leave, 7.103554 UST will arrive")),
        "{settled}"
    );
    assert_eq!(node.balance(pool, "uusd").await.unwrap() - had, 7_103_554, "7139250 less half a percent");
    let again = idle(folder, &job("settle", 2)).await;
    assert!(again.contains("nothing to settle: ") && !again.contains("will leave"), "{again}");
    let status = works(folder, "status").await;
    assert!(
        status.contains("9 UST, 0.45 UST held back;\n              next: meteor publish-key, by operator, "),
        "{status}"
    );
}
