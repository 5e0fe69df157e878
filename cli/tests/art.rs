//! Art by the built binary: from the collection file to the picture of an egg that the page shows; and disks that are full.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use meteor_chain::contracts::{Collection, HatcheryContract};
use meteor_chain::http;
use meteor_cli::chain::Chain;
use meteor_messages::shower::Status;
use meteor_operator::launch::Record;
use meteor_operator::node::Node;

use crate::common::{self, command, fails, launch_file, meteor, partly, private, until, works};

/// The collection that comes with the program, for the demo's meteors.
fn collection(folder: &Path) {
    let text = include_str!("../../art/collections/levana-2021.toml");
    let text = text.replace("preset = \"levana-2021\"", "preset = \"preset.toml\"");
    fs::write(folder.join("collection.toml"), text).unwrap();
    fs::write(folder.join("preset.toml"), common::one_shower()).unwrap();
}

/// Puts the images of `contents.toml` into the preset, as docs/art.md says.
fn with_contents(folder: &Path) {
    let made = fs::read_to_string(folder.join("art/contents.toml")).unwrap();
    let mut images = made.lines().filter(|line| line.starts_with("images = "));
    let preset = fs::read_to_string(folder.join("preset.toml")).unwrap();
    let with = |line: &str| {
        let line =
            if line.starts_with("images = ") { images.next().unwrap().to_owned() } else { line.to_owned() };
        line + "\n"
    };
    let preset: String = preset.lines().map(with).collect();
    fs::write(folder.join("preset.toml"), preset).unwrap();
}

/// Ends a process with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `meteor serve` of the event with its pictures; its address.
async fn serve(folder: &Path) -> (Ends, String) {
    let mut serve = command(folder);
    let options = "--tables tables.json --images place --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0";
    serve.args(["serve", "--event", "deployment.json"]).args(options.split(' ')).stdout(Stdio::piped());
    let mut serve = Ends(serve.spawn().unwrap());
    let said = BufReader::new(serve.0.stdout.take().unwrap());
    let first = tokio::task::spawn_blocking(move || said.lines().next().unwrap().unwrap()).await.unwrap();
    let mut addresses = first.split_whitespace().filter(|word| word.starts_with("http://"));
    let (address, admin) = (addresses.next().unwrap().to_owned(), addresses.next().unwrap());
    // Not before it has followed the chain; without that this never ends, and the test's run does.
    while http::get(&format!("{admin}/readyz")).await.is_err() {
        tokio::task::yield_now().await;
    }
    (serve, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn drawn_checked_packed_launched_minted_cracked_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    collection(folder);
    works(folder, "art generate collection.toml --out art --pieces 3 --size 64").await;
    // The preset still names the eggs and dust of another event.
    let output = meteor(folder, "art check art --preset preset.toml").await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success() && said.contains("is no picture in art/eggs/legendary: put"), "{said}");
    with_contents(folder);
    let said = works(folder, "art check art --preset preset.toml").await;
    assert!(said.contains("checked 12 pieces with their images: 0 errors, 0 warnings"), "{said}");
    let said = works(folder, "art pack art --preset preset.toml").await;
    assert!(said.contains("packed 36 images into 1 CAR file in"), "{said}");
    works(folder, "art publish art --preset preset.toml --catalogue art/cars/catalogue.csv --to place").await;
    let said = works(folder, "art verify place/catalogue.csv --preset preset.toml --at place").await;
    assert!(said.contains("place: 36 of 36 images are there"), "{said}");

    let devnet = common::taxed().await;
    let chain = Chain::of(&devnet);
    private(folder, "words", &chain.mnemonic);
    private(folder, "passphrase", "a long enough passphrase");
    let mut address = Vec::new();
    for index in 0..10 {
        address.push(chain.account(index).await.unwrap().address().to_owned());
    }
    let opens_at = devnet.tip().await.unwrap().time.seconds() + common::OPENS_IN;
    let launch = launch_file(&devnet.chain_id(), &chain.rpc, &address, opens_at);
    let launch = launch.replace("\"catalogue.csv\"", "\"art/cars/catalogue.csv\"");
    fs::write(folder.join("launch.toml"), launch).unwrap();
    let planned = partly(folder, "deploy launch.toml --dry-run").await;
    assert!(planned.contains("catalogue   rare            3 pieces, root "), "{planned}");
    let keygen = planned.lines().find_map(|line| line.trim().strip_prefix("meteor keygen")).unwrap();
    works(folder, &format!("keygen {keygen} --passphrase-file passphrase")).await;
    works(folder, "deploy launch.toml --signer-file words --account 1 --yes").await;
    let event = Record::load(&folder.join("deployment.json")).unwrap().unwrap().event.unwrap();

    let node = Node::new(&chain.rpc).unwrap();
    let job = |name: &str, account: u32| format!("{name} --signer-file words --account {account}");
    let secrets = "--key-file event.age --passphrase-file passphrase --tables tables.json";
    until(&devnet, &node, &event.shower, Status::Open).await;
    works(folder, &job("contribute --shower 1 --amount 9000000", 4)).await;
    until(&devnet, &node, &event.shower, Status::Ended).await;
    works(folder, &job("close", 2)).await;
    works(folder, &format!("{} {secrets} --beacon-url {}", job("draw", 2), chain.beacon_url)).await;
    works(folder, "plan --out plan.csv").await;
    works(folder, &job("mint", 2)).await;
    let meteors = Collection::new(&node, &event.meteors);
    let meteor = meteors.metadata(1).await.unwrap().image;
    let plan = fs::read_to_string(folder.join("plan.csv")).unwrap();
    assert!(plan.contains(&meteor), "{meteor} in {plan}");
    works(folder, &job("crack --meteor 1", 4)).await;
    works(folder, &format!("{} {secrets} --once", job("hatch", 7))).await;
    // Of three Legendary meteors three are eggs.
    let eggs = HatcheryContract::new(&node, &event.hatchery).config().await.unwrap().eggs;
    let egg = Collection::new(&node, &eggs).metadata(1).await.unwrap().image;

    let (_server, address) = serve(folder).await;
    for (image, of) in [(meteor, "legendary"), (egg, "eggs/legendary")] {
        let cid = image.strip_prefix("ipfs://").unwrap();
        let drawn = fs::read_dir(folder.join("art").join(of)).unwrap();
        let drawn: Vec<Vec<u8>> = drawn.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
        let answer = reqwest::get(format!("{address}/img/{cid}")).await.unwrap();
        assert_eq!(answer.status(), 200, "{of} {cid}");
        let bytes = answer.bytes().await.unwrap().to_vec();
        assert!(drawn.contains(&bytes), "the picture of {of} that was drawn");
    }
    devnet.shutdown().await;
}

/// `meteor` where no file may have more than so many KiB: what would be longer is refused as on a full disk.
async fn cramped(folder: &Path, kib: u32, line: &str) -> Output {
    let mut bash = Command::new("bash");
    bash.args([
        "-c",
        &format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\""),
        env!("CARGO_BIN_EXE_meteor"),
    ]);
    bash.args(line.split(' ')).current_dir(folder);
    tokio::task::spawn_blocking(move || bash.output().unwrap()).await.unwrap()
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    all
}

#[tokio::test]
async fn a_full_disk_stops_drawing_packing_and_publishing_without_half_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    collection(folder);
    let generate = "art generate collection.toml --out art --pieces 1 --size 64";
    let pack = "art pack art --preset preset.toml --out cars";
    let publish = "art publish art --preset preset.toml --to place";
    for (line, place, said) in [
        (generate, "art", "art/"),
        (
            pack,
            "cars",
            "can't write cars/art.car; what is finished is kept: run the same command again to go on",
        ),
        (publish, "place", "to place; what is sent stays: run the same command again to go on"),
    ] {
        let stopped = cramped(folder, 3, line).await;
        let error = String::from_utf8_lossy(&stopped.stderr);
        assert!(
            !stopped.status.success() && error.contains(said) && error.contains("File too large"),
            "{error}"
        );
        for path in files(&folder.join(place)).keys() {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(!name.contains(".part") && !name.contains('#'), "{line}: {name} is left");
        }
        assert!(!folder.join(place).join("pack.json").exists());
        works(folder, line).await;
        let whole = files(&folder.join(place));
        // As if the disk had never been full.
        fs::remove_dir_all(folder.join(place)).unwrap();
        works(folder, line).await;
        assert!(files(&folder.join(place)) == whole, "{line}");
    }
    assert!(
        fails(folder, "art verify art/catalogue.csv --preset preset.toml --at place")
            .await
            .contains("--meteors-only")
    );
    works(folder, "art verify art/catalogue.csv --preset preset.toml --at place --meteors-only").await;
}

/// Runs `meteor` and kills it (SIGKILL) as soon as something lies in `place`, unless it was faster.
fn killed(folder: &Path, line: &str, place: &str) {
    let mut child = Ends(command(folder).args(line.split(' ')).stdout(Stdio::null()).spawn().unwrap());
    let place = folder.join(place);
    while fs::read_dir(&place).map_or(0, Iterator::count) == 0 {
        if child.0.try_wait().unwrap().is_some() {
            return;
        }
        std::thread::yield_now();
    }
    child.0.kill().unwrap();
}

#[tokio::test]
async fn killed_half_way_drawing_packing_and_publishing_go_on_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    collection(folder);
    for (line, place, first) in [
        ("art generate collection.toml --out art --pieces 20 --size 64", "art", "art/legendary"),
        ("art pack art --preset preset.toml --out cars", "cars", "cars"),
        ("art publish art --preset preset.toml --to place", "place", "place/img"),
    ] {
        killed(folder, line, first);
        works(folder, line).await;
        let mut resumed = files(&folder.join(place));
        // What was on its way into a folder has such a name, and nobody lists it.
        resumed.retain(|path, _| !path.to_string_lossy().contains('#'));
        fs::remove_dir_all(folder.join(place)).unwrap();
        works(folder, line).await;
        assert!(files(&folder.join(place)) == resumed, "{line}");
    }
}
