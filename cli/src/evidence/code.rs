//! Which code the contracts run, and who may replace it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use data_encoding::HEXLOWER;
use meteor_chain::contracts::{HatcheryContract, ShowerContract};
use meteor_operator::node::Node;

/// The artifacts of this build's sources.
const BUILT_IN: &str = include_str!("../../../artifacts/checksums.txt");

/// SHA-256 of published code by file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksums(BTreeMap<String, String>);

impl Checksums {
    /// Those of the artifacts that came with this program.
    ///
    /// # Errors
    /// If there are none.
    pub fn built_in() -> Result<Self> {
        Self::read(BUILT_IN)
    }

    /// Reads lines as `sha256sum` writes them.
    ///
    /// # Errors
    /// If there are none.
    pub fn read(text: &str) -> Result<Self> {
        let lines = text.lines().filter_map(|line| line.trim().split_once("  "));
        let found: BTreeMap<_, _> = lines.map(|(hash, file)| (file.to_owned(), hash.to_owned())).collect();
        ensure!(
            !found.is_empty(),
            "the file has no checksums: a line is 64 hexadecimal digits, two spaces, a name"
        );
        Ok(Self(found))
    }
}

/// What the contracts run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// Contracts that run other code than was published.
    pub other: Vec<String>,
    /// Who may replace the code of one of them.
    pub admins: BTreeSet<String>,
}

/// Compares the code of the event's five contracts with what was published.
///
/// # Errors
/// If the node doesn't answer or the contracts are none of ours.
pub async fn code(node: &Node, contract: &str, published: &Checksums) -> Result<Code> {
    let shower = ShowerContract::new(node, contract).config().await?;
    let hatchery = HatcheryContract::new(node, &shower.hatchery).config().await?;
    let mut found = Code::default();
    for (what, address, file) in [
        ("shower contract", contract, "meteor_shower.wasm"),
        ("meteors", &shower.meteors, "meteor_nft.wasm"),
        ("hatchery", &shower.hatchery, "meteor_hatchery.wasm"),
        ("eggs", &hatchery.eggs, "meteor_nft.wasm"),
        ("dust", &hatchery.dust, "meteor_nft.wasm"),
    ] {
        let info = node.contract(address).await?;
        let checksum = HEXLOWER.encode(&node.code_checksum(info.code_id).await?);
        if published.0.get(file) != Some(&checksum) {
            found.other.push(format!(
                "{what} {address} runs other code ({checksum}) than {file} as it was published"
            ));
        }
        found.admins.extend(Some(info.admin).filter(|admin| !admin.is_empty()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_read_as_sha256sum_writes_them() {
        let built_in = Checksums::built_in().unwrap();
        for file in ["meteor_shower.wasm", "meteor_nft.wasm", "meteor_hatchery.wasm"] {
            assert_eq!(built_in.0.get(file).map(String::len), Some(64), "{file}");
        }
        assert!(Checksums::read("nothing\n").is_err());
    }
}
