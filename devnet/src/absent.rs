//! Modules that the dev chain lacks, and what it says to whoever sends them a message or asks them.

/// Of the SDK.
const MODULES: [&str; 12] = [
    "authz",
    "circuit",
    "distribution",
    "evidence",
    "feegrant",
    "gov",
    "group",
    "mint",
    "nft",
    "slashing",
    "staking",
    "upgrade",
];

/// Of Terra Classic's core. Of its taxes and its treasury the dev chain has what matters to transfers.
const TERRA: [&str; 4] = ["dyncomm", "market", "oracle", "taxexemption"];

/// Says that the module is missing to which this belongs, if it is one: a message's type URL, a query's path, or a path
/// of REST.
pub(crate) fn hint(path: &str) -> Option<String> {
    let mut words = path.split(['/', '.']).filter(|word| !word.is_empty());
    let module = match words.next()? {
        "cosmos" => words.next().filter(|module| MODULES.contains(module))?,
        "terra" => words.next().filter(|module| TERRA.contains(module))?,
        "ibc" => "ibc",
        _ => return None,
    };
    Some(format!("the dev chain has no {module}, only auth, bank and wasm"))
}

/// Whether this query lists something that only a missing module would have: then there is none of it.
pub(crate) fn lists_nothing(path: &str) -> bool {
    let Some((module, method)) = path.rsplit_once('/') else { return false };
    let lists: &[&str] = match module {
        "/cosmos.staking.v1beta1.Query" => &[
            "DelegatorDelegations",
            "DelegatorUnbondingDelegations",
            "DelegatorValidators",
            "Redelegations",
            "Validators",
        ],
        "/cosmos.distribution.v1beta1.Query" => {
            &["CommunityPool", "DelegationTotalRewards", "DelegatorValidators"]
        }
        "/cosmos.gov.v1.Query" | "/cosmos.gov.v1beta1.Query" => &["Proposals"],
        "/cosmos.authz.v1beta1.Query" => &["GranteeGrants", "GranterGrants", "Grants"],
        "/cosmos.feegrant.v1beta1.Query" => &["Allowances", "AllowancesByGranter"],
        _ => &[],
    };
    lists.contains(&method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_module_is_named_and_no_other() {
        for path in [
            "/cosmos.staking.v1beta1.MsgDelegate",
            "/cosmos/staking/v1beta1/nope",
            "/cosmos.staking.v1beta1.Query/Pool",
        ] {
            assert_eq!(hint(path).unwrap(), "the dev chain has no staking, only auth, bank and wasm");
        }
        assert!(hint("/terra/oracle/v1beta1/params").unwrap().contains("no oracle"));
        assert!(hint("/ibc.applications.transfer.v1.MsgTransfer").unwrap().contains("no ibc"));
        for path in ["", "/", "/cosmos.bank.v1beta1.MsgNope", "/cosmos/nope", "/feemarket/v1/params"] {
            assert_eq!(hint(path), None, "{path}");
        }
    }
}
