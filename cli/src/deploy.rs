//! Brings a planned event to a chain: codes, contract, comparison. Each step is noted before the next begins,
//! so that a deployment that was killed goes on where it was.

mod contracts;
mod draft;
mod plan;
mod show;

use std::collections::BTreeMap;
use std::fmt::Arguments;
use std::path::PathBuf;

use crate::out::{report, reported};
use crate::progress::Progress;
use anyhow::{Context, Result, ensure};
use cosmwasm_std::HexBinary;
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::InstantiateMsg;
use meteor_operator::account::Account;
use meteor_operator::jobs::{self, Asked, Deployment};
use meteor_operator::launch::artifacts::Artifact;
use meteor_operator::launch::{Code, Codes, Record};
use meteor_operator::tx;
use serde_json::{Value, json};

pub use self::draft::Draft;
pub use self::plan::Plan;
pub use self::show::for_good;

/// A deployment under way.
pub struct Deploying<'a> {
    plan: &'a Plan,
    record: Record,
    /// Where the record is kept. Without a file the steps are neither noted nor shown, as in a demo.
    file: Option<PathBuf>,
    /// How far it is, once it runs, and how many steps were begun.
    progress: Option<(Progress, u64)>,
}

impl<'a> Deploying<'a> {
    /// A deployment that is noted nowhere.
    pub fn unrecorded(plan: &'a Plan) -> Self {
        let record = Record {
            chain_id: plan.launch.chain.id.clone(),
            nodes: plan.launch.chain.nodes.clone(),
            gas_price: plan.launch.chain.gas_price.clone(),
            preset: plan.preset_name.clone(),
            codes: BTreeMap::new(),
            height: None,
            tx: None,
            event: None,
        };
        Self { plan, record, file: None, progress: None }
    }

    /// A deployment that is noted in `file`, which may hold the record of an earlier run.
    ///
    /// # Errors
    /// If the file is of another event.
    pub fn recorded(plan: &'a Plan, file: PathBuf) -> Result<Self> {
        let unrecorded = Self::unrecorded(plan);
        let Some(old) = Record::load(&file)? else { return Ok(Self { file: Some(file), ..unrecorded }) };
        let new = unrecorded.record;
        let (path, other) = (file.display(), "name another file with --event");
        let (is_of, launch) = (&old.chain_id, &new.chain_id);
        ensure!(is_of == launch, "{path} is of {is_of}, the launch of {launch}: {other}");
        if let Some(Deployment { shower: is_of, .. }) = &old.event {
            let contract = &plan.contract;
            ensure!(is_of == contract, "{path} is of {is_of}, the launch makes {contract}: {other}");
        }
        // The launch may change nodes and fees at any time.
        let record = Record { nodes: new.nodes, gas_price: new.gas_price, preset: new.preset, ..old };
        Ok(Self { plan, record, file: Some(file), progress: None })
    }

    fn save(&self) -> Result<()> {
        Ok(self.file.as_ref().map_or(Ok(()), |file| self.record.save(file))?)
    }

    /// Reports a step, unless steps are not shown.
    fn say(&self, what: &str, fields: impl FnOnce() -> Value, line: Arguments<'_>) {
        if self.file.is_some() {
            reported(what, fields, line);
        }
    }

    /// The next step begins, which is shown on a terminal.
    fn begins(&mut self, doing: &str) {
        if let Some((progress, begun)) = &mut self.progress {
            progress.next(*begun, doing);
            *begun = begun.saturating_add(1);
        }
    }

    fn say_found(&self) {
        let contract = &self.plan.contract;
        self.say(
            "found",
            || json!({"contract": contract}),
            format_args!("{contract} is already on the chain"),
        );
    }

    /// Does what is left to do, signed by `account`, and compares everything on the chain with the plan.
    /// Without an account the event must be there.
    ///
    /// # Errors
    /// What stands in the way; the record holds what was done before.
    pub async fn run(mut self, account: Option<&mut Account>) -> Result<Deployment> {
        let (codes, message) = match account {
            None => {
                self.say_found();
                let codes = self.codes_of_the_event().await?;
                (codes, self.plan.message(codes)?)
            }
            Some(account) => {
                let uploads = if self.plan.launch.codes.is_some() { 0 } else { self.plan.artifacts.len() };
                // And two that come after them.
                let steps = u64::try_from(uploads).unwrap_or_default().saturating_add(2);
                self.progress = self.file.is_some().then(|| (Progress::new("deploying".into(), steps), 0));
                let codes = self.upload(account).await?;
                let message = self.plan.message(codes)?;
                self.instantiate(account, codes, &message).await?;
                (codes, message)
            }
        };
        self.begins("reading all of it back");
        let event = self.read_back(codes, &message).await?;
        self.progress = None;
        self.record.event = Some(event.clone());
        self.save()?;
        Ok(event)
    }

    /// Compares the codes that an earlier run noted with the chain.
    ///
    /// # Errors
    /// If one of them isn't there: the record is of a chain that was begun anew.
    pub async fn check(&self) -> Result<()> {
        for artifact in &self.plan.artifacts {
            self.noted(artifact).await?;
        }
        Ok(())
    }

    /// The code of `artifact` that an earlier run noted. It must be on the chain.
    async fn noted(&self, artifact: &Artifact) -> Result<Option<u64>> {
        let known = self.record.codes.get(artifact.name);
        let Some(code) = known.filter(|code| code.checksum == artifact.checksum) else { return Ok(None) };
        let (id, name) = (code.id, artifact.name);
        let other = || {
            format!(
                "code {id} is not the {name} of the deployment file: if this chain was begun anew, move the file away"
            )
        };
        let held = self.plan.node.code_checksum(id).await.with_context(other)?;
        ensure!(hex(&held) == artifact.checksum, other());
        Ok(Some(id))
    }

    /// Uploads what is not on the chain yet.
    async fn upload(&mut self, account: &mut Account) -> Result<Codes> {
        let plan = self.plan;
        if let Some(codes) = plan.launch.codes {
            return self.note(codes);
        }
        let lost = jobs::last_upload(account).await?;
        for artifact in &plan.artifacts {
            self.begins(&format!("uploading {}", artifact.name));
            // An earlier run may have been killed before it noted its upload: the account's journal knows.
            let is_it = |checksum: &Vec<u8>| hex(checksum) == artifact.checksum;
            if let Some((id, _, tx)) = lost.clone().filter(|(_, checksum, _)| is_it(checksum)) {
                let code = Code { id, checksum: artifact.checksum.clone(), tx: Some(tx) };
                self.record.codes.insert(artifact.name.to_owned(), code);
                self.save()?;
            }
            if let Some(id) = self.noted(artifact).await? {
                let name = artifact.name;
                self.say(
                    "code",
                    || json!({"name": name, "id": id, "uploaded": false}),
                    format_args!("{name}: code {id} is already on the chain"),
                );
                continue;
            }
            let uploaded = jobs::upload(account, &artifact.wasm).await;
            let (id, tx) = uploaded.with_context(|| format!("uploading {}", artifact.name))?;
            let code = Code { id, checksum: artifact.checksum.clone(), tx: Some(tx) };
            self.record.codes.insert(artifact.name.to_owned(), code);
            self.save()?;
            let name = artifact.name;
            self.say(
                "code",
                || json!({"name": name, "id": id, "uploaded": true}),
                format_args!("{name}: uploaded as code {id}"),
            );
        }
        let codes = &self.record.codes;
        let id = |name: &str| codes.get(name).map(|code| code.id).context("a code that was not uploaded");
        Ok(Codes { shower: id("shower")?, nft: id("nft")?, hatchery: id("hatchery")? })
    }

    /// The codes that the contracts on the chain have, whatever the record says: it may be lost.
    async fn codes_of_the_event(&mut self) -> Result<Codes> {
        let (plan, node) = (self.plan, &self.plan.node);
        let config = ShowerContract::new(node, &plan.contract).config().await?;
        let made = node.contract(&plan.contract).await?;
        let shower = made.code_id;
        // A record that was lost and written again did not see it happen.
        self.record.height = self.record.height.or(made.created.map(|at| at.block_height));
        let nft = node.contract(&config.meteors).await?.code_id;
        let hatchery = node.contract(&config.hatchery).await?.code_id;
        for ((name, checksum), id) in plan.checksums.iter().zip([shower, nft, hatchery]) {
            let held: HexBinary = node.code_checksum(id).await?.into();
            ensure!(held == *checksum, "code {id}, which the event has, is not the {name} of the plan");
        }
        self.note(plan.launch.codes.unwrap_or(Codes { shower, nft, hatchery }))
    }

    /// Notes codes that were already on the chain.
    fn note(&mut self, codes: Codes) -> Result<Codes> {
        let ids = [codes.shower, codes.nft, codes.hatchery];
        for ((name, checksum), id) in self.plan.checksums.iter().zip(ids) {
            let known = self.record.codes.get(*name).filter(|code| code.id == id);
            let tx = known.and_then(|code| code.tx.clone());
            self.record.codes.insert((*name).to_owned(), Code { id, checksum: checksum.to_hex(), tx });
        }
        self.save()?;
        Ok(codes)
    }

    /// Makes the shower contract, which makes the others.
    async fn instantiate(
        &mut self,
        account: &mut Account,
        codes: Codes,
        message: &InstantiateMsg,
    ) -> Result<()> {
        let (plan, launch) = (self.plan, &self.plan.launch);
        self.begins("making the contracts");
        // Opening the account finished what an earlier run left under way. That may have been this.
        if jobs::exists(&plan.node, &plan.contract).await? {
            self.say_found();
            return Ok(());
        }
        let height = plan.node.status().await?.height;
        // Before the transaction: if this is killed in between, the next run still knows where to look from.
        self.record.height = Some(height);
        self.save()?;
        let (admin, salt) = (launch.roles.admin.as_deref(), launch.salt.as_bytes());
        let send = tx::instantiate(account.address(), admin, codes.shower, &launch.label, salt, message)?;
        let included = account.send(vec![send]).await.context("instantiating the shower contract")?;
        let (height, hash) = (included.height, included.hash);
        self.say(
            "instantiated",
            || json!({"contract": plan.contract, "height": height, "tx": hash}),
            format_args!("instantiated in block {height}, transaction {hash}"),
        );
        self.record.tx = Some(hash);
        Ok(())
    }

    /// Reads everything back and shows for each contract what was compared.
    async fn read_back(&self, codes: Codes, message: &InstantiateMsg) -> Result<Deployment> {
        let (plan, launch) = (self.plan, &self.plan.launch);
        let asked = Asked {
            code_id: codes.shower,
            creator: launch.deployer(),
            admin: launch.roles.admin.as_deref(),
            label: &launch.label,
            message,
        };
        let height = self.record.height.unwrap_or(1);
        let (deployment, checks) = jobs::read_back(&plan.node, plan.contract.clone(), height, asked).await?;
        for of in ["shower", "meteors", "hatchery", "eggs", "dust"] {
            let same = checks.iter().filter(|check| check.of == of && check.differs.is_empty());
            let same: Vec<&str> = same.map(|check| check.what).collect();
            self.say(
                "read_back",
                || json!({"of": of, "same": same}),
                format_args!("read back   {of:<8} as asked for: {}", same.join(", ")),
            );
        }
        let differ = checks.iter().flat_map(|check| check.differs.iter().map(move |how| (check.of, how)));
        let differ: Vec<_> = differ.collect();
        for (of, how) in &differ {
            let how = how.to_string();
            report!("differs", {"of": of, "said": how}, "DIFFERS     {of:<8} {how}");
        }
        ensure!(
            differ.is_empty(),
            "{} holds another configuration than the launch file asks for (see DIFFERS): don't announce it. Another \
             salt makes another contract",
            plan.contract
        );
        Ok(deployment)
    }
}

fn hex(bytes: &[u8]) -> String {
    HexBinary::from(bytes).to_hex()
}
