//! A real node: run by `scripts/node/node.py` in a fresh folder, stopped whatever becomes of this process.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;
use tempfile::TempDir;

use crate::target::Generation;

/// A running node.
#[derive(Debug)]
pub struct RealNode {
    generation: Generation,
    home: TempDir,
    process: Child,
    up: Up,
}

/// What `node.py` says of a node whose first block is made.
#[derive(Clone, Debug, Deserialize)]
struct Up {
    rpc: String,
    chain_id: String,
    pid: u32,
}

impl RealNode {
    /// A new chain with one validator.
    pub fn start(generation: Generation) -> Self {
        let home = tempfile::tempdir().expect("a folder for the node");
        let (process, up) = run(generation, home.path());
        Self { generation, home, process, up }
    }

    /// Its `CometBFT` RPC.
    pub fn rpc(&self) -> &str {
        &self.up.rpc
    }

    /// The chain's id.
    pub fn chain_id(&self) -> &str {
        &self.up.chain_id
    }

    /// The node's process, not the script's.
    pub const fn pid(&self) -> u32 {
        self.up.pid
    }

    /// Kills the node as a crash would (SIGKILL), and waits until it is gone.
    pub fn kill(&mut self) {
        let killed = Command::new("kill").args(["-9", &self.up.pid.to_string()]).status().expect("kill runs");
        assert!(killed.success(), "the node was there to be killed");
        self.process.wait().expect("its keeper ends with it");
    }

    /// Starts it again where it was, on the same address; kills it before if it runs.
    pub fn restart(&mut self) {
        if self.process.try_wait().expect("a process").is_none() {
            self.kill();
        }
        (self.process, self.up) = run(self.generation, self.home.path());
    }
}

impl Drop for RealNode {
    fn drop(&mut self) {
        // Its keeper stops it when standard input ends; that is also what happens when this process is
        // killed.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn run(generation: Generation, home: &Path) -> (Child, Up) {
    let mut process = Command::new("python3")
        .arg(repository().join("scripts/node/node.py"))
        .args(["up", "--until-eof", "--gen", generation.name(), "--home"])
        .arg(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut line = String::new();
    let mut said = BufReader::new(process.stdout.take().expect("piped"));
    said.read_line(&mut line).expect("its output");
    let Ok(up) = serde_json::from_str(&line) else {
        let _ = said.read_to_string(&mut line);
        panic!("no node: {line} (its errors are above)");
    };
    (process, up)
}
