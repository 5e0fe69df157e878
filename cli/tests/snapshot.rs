//! `meteor snapshot`, on a store as an indexer leaves it.
#![allow(clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use meteor_indexer::decode::{Watched, decode};
use meteor_indexer::fold::{Block, State, apply};
use meteor_indexer::store::{Event, segment, snapshot};

/// The blocks of an event in which everything happens.
const SEGMENT: &[u8] = include_bytes!("../../indexer/tests/fixtures/segment-1.bin");
/// The height of the first of two snapshots.
const FIRST: u64 = 8;

struct Store {
    folder: tempfile::TempDir,
    event: PathBuf,
    states: Vec<State>,
}

impl Store {
    /// A segment with all blocks, and two snapshots.
    fn new() -> Self {
        let head = segment::head(SEGMENT).unwrap();
        let of = Event { chain_id: None, contract: &head.bound.contract, start_height: 1 };
        let folder = tempfile::tempdir().unwrap();
        let event = folder.path().join(&head.bound.contract).join(&head.bound.chain_id).join("1");
        let mut state = State::new(&head.bound.chain_id, &head.bound.contract);
        let mut states = Vec::new();
        for block in segment::read(SEGMENT, &of).unwrap() {
            let events = decode(&mut Watched::of(&state), &block.results).unwrap();
            let (height, time_ns) = (block.header.height, block.header.time_ns);
            let (hash, parent) = (block.header.hash, block.header.parent);
            apply(&mut state, &Block { height, time_ns, hash, parent, events }).unwrap();
            if height == FIRST || height == head.to {
                states.push(state.clone());
            }
        }
        let store = Self { folder, event, states };
        store.put("segments/v1/000000", &format!("{:012}-{:012}", head.from, head.to), SEGMENT);
        for state in &store.states {
            store.keep(state);
        }
        store
    }

    fn put(&self, folder: &str, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.event.join(folder)).unwrap();
        fs::write(self.event.join(folder).join(name), bytes).unwrap();
    }

    fn keep(&self, state: &State) {
        self.put("snapshots/v1", &format!("{:012}", state.at.height), &snapshot::write(state).unwrap());
    }

    fn path(&self, state: usize) -> PathBuf {
        self.event.join(format!("snapshots/v1/{:012}", self.states[state].at.height))
    }

    fn run(&self, command: &str, args: &[&str]) -> (i32, String) {
        said(
            Command::new(env!("CARGO_BIN_EXE_meteor"))
                .args(["snapshot", command])
                .arg(self.folder.path())
                .args(args),
        )
    }
}

fn said(command: &mut Command) -> (i32, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    (status.code().unwrap(), text)
}

#[test]
fn a_whole_store_is_listed_and_made_again() {
    let store = Store::new();
    let (code, said) = store.run("ls", &[]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(said.lines().filter(|line| line.contains("  yes ")).count(), 2, "{said}");
    let hash = &data_encoding::HEXUPPER.encode(&store.states[1].at.hash)[..16];
    assert!(
        said.contains("testerra, from block 1") && said.contains(hash) && said.contains("1970-01-01T00:")
    );
    let (code, said) = store.run("verify", &[]);
    assert_eq!((code, said.matches("made again, byte for byte").count()), (0, 2), "{said}");
    let (code, said) = store.run("ls", &["--contract", "terra1other"]);
    assert!(code == 1 && said.contains("holds nothing of terra1other"), "{said}");
}

#[test]
fn a_damaged_snapshot_a_false_one_and_missing_blocks_are_told_apart() {
    let store = Store::new();
    let mut bytes = fs::read(store.path(0)).unwrap();
    bytes[700] ^= 1;
    fs::write(store.path(0), bytes).unwrap();
    let (_, said) = store.run("ls", &[]);
    assert!(said.contains("no: it is damaged: its SHA-256 differs"), "{said}");
    let (code, said) = store.run("verify", &[]);
    assert!(code == 1 && said.contains("WRONG: it is damaged") && said.contains("byte for byte"), "{said}");

    // Whole, and of the right block, but not what the blocks lead to.
    let mut other = store.states[0].clone();
    other.unasked.push_back(store.states[1].unasked[0].clone());
    store.keep(&other);
    let (code, said) = store.run("verify", &[]);
    assert!(code == 1 && said.contains("its blocks lead to another state"), "{said}");
    // The next one is judged by the blocks alone.
    assert_eq!((said.matches("WRONG").count(), said.matches("byte for byte").count()), (1, 1), "{said}");

    store.keep(&store.states[0]);
    fs::remove_dir_all(store.event.join("segments")).unwrap();
    let (code, said) = store.run("verify", &[]);
    assert!(code == 3 && said.contains("block 1 is in no segment"), "{said}");
    assert!(said.contains(&format!("block {} is in no segment", FIRST + 1)), "{said}");
}

#[test]
fn a_snapshot_is_exported_as_tables_into_a_new_folder() {
    let store = Store::new();
    let out = tempfile::tempdir().unwrap();
    let to = out.path().join("tables");
    let args = ["--to", to.to_str().unwrap()];
    let (code, said) = store.run("export", &args);
    assert_eq!(code, 0, "{said}");
    let lines = |name: &str| {
        fs::read_to_string(to.join(name)).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let shower = store.states[1].shower(1).unwrap();
    let given = lines("shower-1/contributions.csv");
    assert_eq!(
        (given[0].as_str(), given.len()),
        ("seq,height,time,contributor,amount,total", 1 + shower.given.len())
    );
    assert_eq!(lines("shower-1/ranking.csv").len(), 1 + shower.standings.len());
    assert_eq!(lines("shower-1/meteors.csv").len(), 6);
    let event: serde_json::Value = serde_json::from_slice(&fs::read(to.join("event.json")).unwrap()).unwrap();
    assert_eq!(event["height"], store.states[1].at.height);
    assert_eq!(event["launch"]["config"]["denom"], "uusd");

    let (code, said) = store.run("export", &args);
    assert!(code == 1 && said.contains("is not empty"), "{said}");
    let earlier = out.path().join("earlier");
    let (code, _) = store.run("export", &["--to", earlier.to_str().unwrap(), "--height", &FIRST.to_string()]);
    assert_eq!(code, 0);
    let told = |folder: &Path| fs::read(folder.join("event.json")).unwrap();
    assert_ne!(told(&earlier), told(&to));
    let (code, said) = store.run("export", &["--to", "nowhere", "--height", "7"]);
    assert!(code == 1 && said.contains("no such snapshot"), "{said}");
}
