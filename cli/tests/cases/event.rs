//! The event that the cases are played on, from before its opening to after its refunds, and the files that an operator
//! of it has.

use std::collections::BTreeMap;
use std::path::Path;

use meteor_chain::contracts::HatcheryContract;
use meteor_cli::preset;
use meteor_messages::shower::ExecuteMsg;
use meteor_operator::jobs;
use meteor_operator::keys::{self, CommitmentsFile, MasterKey};
use meteor_operator::launch::Record;
use meteor_operator::signer::{COSMOS_COIN_TYPE, Signer};
use meteor_rules::catalogue::file::write;
use meteor_tests::{Api, MARKER, Stage, WALLETS};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::common::launch_file;

/// Where the event stands when a case is played. In this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum At {
    /// Before shower 1 opens.
    Upcoming,
    /// Shower 1 is open, and accounts 4 to 7 contributed 14 to 17 UST.
    #[default]
    Open,
    /// Shower 1 has ended.
    Ended,
    /// Shower 1 is closed, and its beacon's round is to come.
    Closed,
    /// Shower 1 is drawn.
    Drawn,
    /// Shower 1 is minted and settled.
    Minted,
    /// Account 7, the first of the ranking, cracked its meteor 1.
    Cracked,
    /// Shower 2 was cancelled while account 4 had contributed 9 UST. It has its money back.
    Cancelled,
    /// Contributions are paused while shower 3 is open.
    Paused,
    /// Meteor 1 can be taken back in 15 s.
    Late,
}

impl At {
    /// All of them.
    pub(super) const ALL: [Self; 10] = [
        Self::Upcoming,
        Self::Open,
        Self::Ended,
        Self::Closed,
        Self::Drawn,
        Self::Minted,
        Self::Cracked,
        Self::Cancelled,
        Self::Paused,
        Self::Late,
    ];
}

const UST: u128 = 1_000_000;

/// The event.
pub(super) struct Event {
    stage: Stage,
    /// Its page and API.
    api: Api,
    files: Files,
}

/// What a case finds: files by name, and words by the names that stand for them.
#[derive(Clone, Debug)]
pub(super) struct Files {
    text: BTreeMap<&'static str, String>,
    binary: BTreeMap<&'static str, Vec<u8>>,
    names: Vec<(String, String)>,
}

impl Files {
    /// Writes the event's files into `folder`.
    pub(super) fn write(&self, folder: &Path) {
        for (name, text) in &self.text {
            super::private(folder, name, text.as_bytes());
        }
        for (name, bytes) in &self.binary {
            super::private(folder, name, bytes);
        }
    }

    /// `text` with the words that its names in braces stand for.
    pub(super) fn named(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, word)| text.replace(name, word))
    }
}

/// An age file with `key`, and the identity that opens it. A passphrase would take a second of each case.
pub(crate) fn locked(key: &[u8; 32]) -> (Vec<u8>, String) {
    use age::secrecy::ExposeSecret;
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let check = Sha256::new().chain_update("meteor-shower/key-file/v1").chain_update(key).finalize();
    let payload = format!("meteor-shower-key/v1\n{}\n{}\n", hex(key), hex(check.get(..8).unwrap()));
    let identity = age::x25519::Identity::generate();
    let file = age::encrypt(&identity.to_public(), payload.as_bytes()).unwrap();
    (file, identity.to_string().expose_secret().to_owned())
}

impl Event {
    /// Launches it. Its showers follow each other.
    pub(super) async fn start() -> Self {
        let stage = Stage::start(3).await;
        let api = stage.serve().await;
        let files = files(&stage, &api.base).await;
        Self { stage, api, files }
    }

    /// What cases find.
    pub(super) fn files(&self) -> Files {
        self.files.clone()
    }

    /// Height of the chain: each transaction has a block of its own.
    pub(super) async fn height(&self) -> u64 {
        self.stage.height().await
    }

    /// Ends the chain.
    pub(super) async fn stop(self) {
        self.api.server.shutdown().await;
        self.stage.stop().await;
    }

    /// Goes on from the moment before.
    pub(super) async fn advance(&self, at: At) {
        let Self { stage, .. } = self;
        let contract = &stage.deployment.shower;
        match at {
            At::Upcoming => {}
            At::Open => {
                stage.open(1).await;
                for wallet in WALLETS {
                    stage.contribute(wallet, 1, (10 + u128::from(wallet)) * UST).await.unwrap();
                }
            }
            At::Ended => stage.end(1).await,
            At::Closed => {
                jobs::close(&mut stage.account(2).await, contract, 1).await.unwrap();
            }
            At::Drawn => {
                stage.close_and_draw(1).await;
            }
            At::Minted => {
                stage.mint(1).await;
                jobs::settle(&mut stage.account(2).await, contract, 1).await.unwrap();
                stage.withdraw().await;
            }
            At::Cracked => {
                stage.crack(7, 1).await.unwrap();
            }
            At::Cancelled => {
                stage.contribute(4, 2, 9 * UST).await.unwrap();
                let mut owner = stage.account(1).await;
                jobs::cancel(&mut owner, contract, 2).await.unwrap();
                jobs::refund(&mut owner, contract, 2, |_| ()).await.unwrap();
            }
            At::Paused => {
                stage.open(3).await;
                stage.account(3).await.execute(contract, &ExecuteMsg::Pause {}, &[]).await.unwrap();
            }
            At::Late => {
                let custody = HatcheryContract::new(&stage.node, &stage.deployment.hatchery).custody(1).await;
                stage.at(custody.unwrap().unwrap().reclaim_at - 15).await;
            }
        }
    }
}

/// Everything that an operator of the event has, in one folder, and the names for what no file of cases can know.
async fn files(stage: &Stage, page: &str) -> Files {
    let Stage { chain, deployment, preset, catalogue, .. } = stage;
    let mut names = vec![
        ("{rpc}".to_owned(), chain.rpc.clone()),
        ("{rest}".to_owned(), chain.beacon_url.clone()),
        ("{page}".to_owned(), page.to_owned()),
        ("{port}".to_owned(), chain.rpc.rsplit(':').next().unwrap().to_owned()),
        ("{chain}".to_owned(), deployment.chain_id.clone()),
        ("{contract}".to_owned(), deployment.shower.clone()),
        ("{meteors}".to_owned(), deployment.meteors.clone()),
        ("{hatchery}".to_owned(), deployment.hatchery.clone()),
    ];
    let mut accounts = Vec::new();
    for index in 0..10 {
        let address = chain.signer(index).unwrap().address().to_owned();
        names.push((format!("{{account {index}}}"), address.clone()));
        accounts.push(address);
    }
    for index in [1, 3] {
        let cosmos = Signer::from_mnemonic(&chain.mnemonic, COSMOS_COIN_TYPE, index, &chain.prefix).unwrap();
        names.push((format!("{{cosmos {index}}}"), cosmos.address().to_owned()));
    }
    // One that never had coins.
    names.push(("{account 99}".to_owned(), chain.signer(99).unwrap().address().to_owned()));
    let record = Record {
        chain_id: deployment.chain_id.clone(),
        nodes: vec![chain.rpc.clone()],
        gas_price: "0.15uluna".into(),
        preset: "preset.toml".into(),
        codes: BTreeMap::new(),
        height: Some(deployment.height),
        tx: None,
        event: Some(deployment.clone()),
    };
    // Of another event, which opens later.
    let opens_at = stage.time().await + 1_000_000;
    let launch = launch_file(&deployment.chain_id, &chain.rpc, &accounts, opens_at);
    let (event_key, identity) = locked(&MARKER);
    let (other_key, other_identity) = locked(&[7; 32]);
    let keys = MasterKey::from_bytes(&MARKER);
    let (chain_id, contract) = (&*deployment.chain_id, &*deployment.shower);
    let event = keys::Event { chain_id, contract, showers: preset.schedule.count };
    let committed = keys::commitments(&keys, &event).await.unwrap();
    let committed = serde_json::to_string_pretty(&CommitmentsFile::new(&event, &committed)).unwrap();
    let text = [
        ("committed.json", committed),
        ("words", chain.mnemonic.clone()),
        ("deployment.json", serde_json::to_string_pretty(&record).unwrap()),
        ("catalogue.csv", write(catalogue, &preset.meteors.template)),
        ("tables.json", String::from_utf8(preset::tables(preset).unwrap()).unwrap()),
        ("launch.toml", launch),
        ("preset.toml", include_str!("../../../packages/rules/presets/demo.toml").to_owned()),
        ("identity", identity),
        ("other-identity", other_identity),
    ];
    let binary = [("event.age", event_key), ("other.age", other_key)];
    Files { text: BTreeMap::from(text), binary: BTreeMap::from(binary), names }
}
