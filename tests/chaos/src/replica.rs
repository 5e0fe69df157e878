//! A real indexer as a process of its own, which can be killed at any instant.

use std::fs::OpenOptions;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::bucket;
use crate::record::Recording;

/// How long a replica may take to stop when asked to.
const STOP: Duration = Duration::from_secs(20);

/// How to start a replica.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The binary.
    pub program: PathBuf,
    /// The nodes' addresses; none if it follows its store instead.
    pub nodes: Vec<SocketAddr>,
    /// Where it keeps what it has read.
    pub store: Option<Store>,
}

/// Where a replica keeps what it has read.
#[derive(Clone, Debug)]
pub enum Store {
    /// In a folder.
    Folder(PathBuf),
    /// In a bucket, which is served there.
    Bucket(SocketAddr),
}

/// An indexer: sometimes up, sometimes down.
#[derive(Debug)]
pub struct Replica {
    /// Its public address, the same after each start.
    pub public: SocketAddr,
    /// Its admin address.
    pub admin: SocketAddr,
    /// Its log.
    pub log: PathBuf,
    /// How often it was ended.
    pub ends: Arc<AtomicU64>,
    /// The most bytes that a file it writes may have, in 1024.
    pub disk: Option<u64>,
    setup: Setup,
    recording: Arc<Recording>,
    child: Option<Child>,
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// A port that was free a moment ago.
fn free() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Replica {
    /// A replica that is down. Its log goes into `folder`.
    ///
    /// # Errors
    /// If no port is free.
    pub fn new(recording: &Arc<Recording>, setup: Setup, folder: &Path, name: &str) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let (public, admin) = (free()?, free()?);
        Ok(Self {
            public,
            admin,
            log,
            ends: Arc::default(),
            disk: None,
            setup,
            recording: Arc::clone(recording),
            child: None,
        })
    }

    /// Starts it.
    ///
    /// # Errors
    /// If the binary can't be run.
    pub fn start(&mut self) -> Result<()> {
        let mut log = OpenOptions::new().create(true).append(true).open(&self.log)?;
        let nodes: Vec<String> = self.setup.nodes.iter().map(|node| format!("http://{node}")).collect();
        let Recording { chain_id, shower, launched, tables, catalogue, .. } = &*self.recording;
        let mut command = match self.disk {
            None => Command::new(&self.setup.program),
            // A file that would be longer can't be written, as on a full disk. The signal that comes with it is left out.
            Some(most) => {
                let mut shell = Command::new("bash");
                shell.args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\""]);
                shell.arg(most.to_string()).arg(&self.setup.program);
                shell
            }
        };
        if nodes.is_empty() {
            command.args(["--source", "store"]);
        } else {
            command.args(["--node", &nodes.join(",")]);
        }
        command
            .args(["--contract", shower, "--chain-id", chain_id])
            .args(["--start-height", &launched.to_string(), "--poll-ms", "50", "--audit-seconds", "2"])
            .args(["--listen", &self.public.to_string(), "--admin-listen", &self.admin.to_string()])
            .args(["--drain-seconds", "0"])
            .arg("--tables")
            .arg(tables)
            .arg("--catalogue")
            .arg(catalogue);
        match &self.setup.store {
            Some(Store::Folder(folder)) => drop(command.arg("--store").arg(folder)),
            Some(Store::Bucket(addr)) => {
                let (place, endpoint) = (format!("s3://{}/event", bucket::NAME), format!("http://{addr}"));
                command.args([
                    "--store",
                    &place,
                    "--store-endpoint",
                    &endpoint,
                    "--store-region",
                    "us-east-1",
                ]);
                command.env("AWS_ACCESS_KEY_ID", "chaos").env("AWS_SECRET_ACCESS_KEY", "chaos");
            }
            None => drop(command.args(["--store", "none"])),
        }
        if self.setup.store.is_some() {
            command.args(["--segment-blocks", "5", "--snapshot-blocks", "10"]);
        }
        command.env("RUST_LOG", "info").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let program = self.setup.program.display();
        let mut child = command.spawn().with_context(|| format!("can't run {program}: build it first"))?;
        // Through a pipe: the log is no file of the replica's, and can be longer.
        if let Some(mut said) = child.stderr.take() {
            std::thread::spawn(move || std::io::copy(&mut said, &mut log));
        }
        self.child = Some(child);
        Ok(())
    }

    /// Starts it unless it is up.
    ///
    /// # Errors
    /// If the binary can't be run.
    pub fn start_if_down(&mut self) -> Result<()> {
        if self.child.is_none() { self.start() } else { Ok(()) }
    }

    /// Whether it ended by itself.
    ///
    /// # Errors
    /// If that can't be asked.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status = match &mut self.child {
            Some(child) => child.try_wait()?,
            None => None,
        };
        if status.is_some() {
            self.child = None;
        }
        Ok(status)
    }

    /// Kills it at once, as kill -9 does.
    ///
    /// # Errors
    /// If that fails.
    pub fn kill(&mut self) -> Result<()> {
        self.ends.fetch_add(1, Ordering::Relaxed);
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
            // Until then it answered.
            self.ends.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Asks it to stop, and waits; kills it if it doesn't. Tells whether it stopped.
    ///
    /// # Errors
    /// If it can't be asked.
    pub async fn stop(&mut self) -> Result<bool> {
        let Some(mut child) = self.child.take() else { return Ok(true) };
        self.ends.fetch_add(1, Ordering::Relaxed);
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("a process id")?;
        kill_process(pid, Signal::TERM)?;
        let asked = Instant::now();
        while asked.elapsed() < STOP {
            if child.try_wait()?.is_some() {
                self.ends.fetch_add(1, Ordering::Relaxed);
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child.kill()?;
        child.wait()?;
        self.ends.fetch_add(1, Ordering::Relaxed);
        Ok(false)
    }

    /// Whether it follows its store, and asks no node.
    pub const fn reads(&self) -> bool {
        self.setup.nodes.is_empty()
    }

    /// The folder in which it keeps what it has read, if it is one.
    pub fn folder(&self) -> Option<&Path> {
        match &self.setup.store {
            Some(Store::Folder(folder)) => Some(folder),
            Some(Store::Bucket(_)) | None => None,
        }
    }

    /// What its admin port says of it, if it answers.
    pub async fn status(&self, http: &reqwest::Client) -> Option<Value> {
        http.get(format!("http://{}/status", self.admin)).send().await.ok()?.json().await.ok()
    }
}
