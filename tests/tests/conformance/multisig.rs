//! Two of three keys sign for one account, as a team's owner does: amino JSON, and what else a chain lets
//! pass.

use cosmos_sdk_proto::cosmos::crypto::multisig::v1beta1::{CompactBitArray, MultiSignature};
use cosmos_sdk_proto::cosmos::tx::v1beta1::ModeInfo;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Multi, Single, Sum};
use cosmos_sdk_proto::traits::Message;
use cosmrs::Any;
use cosmrs::crypto::LegacyAminoMultisig;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Answers;
use super::refusals::{contribute, mode, send};
use super::said::{events, verdict};
use super::site::Site;
use super::wallet::{DIRECT, Draft, Wallet, any};

/// Sign mode of Ledgers and of multisigs.
const AMINO: i32 = 127;
/// Which of the three keys sign, the highest bit first.
const FIRST_AND_LAST: u8 = 0b1010_0000;

/// Three wallets and the account of any two of them.
struct Team {
    members: Vec<Wallet>,
    key: Any,
    address: String,
}

impl Team {
    async fn new(site: &Site<'_>) -> Self {
        let mut members = Vec::new();
        for index in [4, 5, 6] {
            members.push(Wallet::open(site.stage, index).await);
        }
        let public_keys: Vec<_> = members.iter().map(|member| member.key.public_key()).collect();
        // The amino encoding that the address is a hash of: threshold, then each key with its mark.
        let mut amino = vec![0x22, 0xc1, 0xf7, 0xe2, 0x08, 2];
        for key in &public_keys {
            amino.extend([0x12, 38, 0xeb, 0x5a, 0xe9, 0x87, 33]);
            amino.extend(key.to_bytes());
        }
        let hash = &Sha256::digest(&amino)[..20];
        let address = cosmrs::AccountId::new("terra", hash).unwrap().to_string();
        Self { members, key: LegacyAminoMultisig { threshold: 2, public_keys }.into(), address }
    }

    /// The draft, with the signatures of these members over `document`.
    fn sign(&self, draft: &Draft, who: &[usize], document: &[u8]) -> Vec<u8> {
        let signatures = who.iter().map(|member| self.members[*member].key.sign(document).unwrap().to_vec());
        draft.raw(vec![MultiSignature { signatures: signatures.collect() }.encode_to_vec()]).encode_to_vec()
    }

    fn draft(&self, number: u64, sequence: u64, message: Any, bits: u8, how: &[i32]) -> Draft {
        let mut draft = self.members[0].draft(vec![message]);
        draft.number = number;
        draft.signers[0].sequence = sequence;
        draft.signers[0].public_key = Some(self.key.clone());
        let single = |mode: &i32| ModeInfo { sum: Some(Sum::Single(Single { mode: *mode })) };
        let multi = Multi {
            bitarray: Some(CompactBitArray { extra_bits_stored: 3, elems: vec![bits] }),
            mode_infos: how.iter().map(single).collect(),
        };
        draft.signers[0].mode_info = Some(ModeInfo { sum: Some(Sum::Multi(multi)) });
        draft
    }
}

/// The JSON that a member signs.
fn document(draft: &Draft, message: &str) -> String {
    let (number, sequence) = (draft.number, draft.signers[0].sequence);
    let chain_id = &draft.chain_id;
    format!(
        r#"{{"account_number":"{number}","chain_id":"{chain_id}","fee":{{"amount":[{{"amount":"4000","denom":"uluna"}}],"gas":"400000"}},"memo":"","msgs":[{message}],"sequence":"{sequence}"}}"#
    )
}

pub(crate) async fn list(site: &mut Site<'_>, said: &mut Answers) {
    let team = Team::new(site).await;
    site.names.insert(team.address.clone(), "TEAM".into());
    let mut payer = Wallet::open(site.stage, 7).await;
    let mut funds = send(&payer.address, &team.address, 20_000_000);
    funds.amount.insert(0, super::wallet::coin(1_000_000, "uluna"));
    let funded = site.run(&mut payer, vec![any(&funds)], 200_000).await;
    assert_eq!(funded["tx_result"]["code"], 0, "{funded}");
    let number = site.stage.node.account(&team.address).await.unwrap().value.number;

    let to = &team.members[0].address;
    let transfer = any(&send(&team.address, to, 7));
    let json = format!(
        r#"{{"type":"cosmos-sdk/MsgSend","value":{{"amount":[{{"amount":"7","denom":"uusd"}}],"from_address":"{}","to_address":"{to}"}}}}"#,
        team.address
    );
    let both = [AMINO, AMINO];
    let draft = |bits, how: &[i32]| team.draft(number, 0, transfer.clone(), bits, how);
    let good = draft(FIRST_AND_LAST, &both);
    let text = document(&good, &json);
    let text = text.as_bytes();
    let refused = [
        ("one of three", team.sign(&draft(0b1000_0000, &[AMINO]), &[0], text)),
        ("another than is marked", team.sign(&good, &[0, 1], text)),
        ("in the wrong order", team.sign(&good, &[2, 0], text)),
        ("one of them twice", team.sign(&good, &[0, 0], text)),
        ("another document", team.sign(&good, &[0, 2], b"{}")),
        ("a member alone", team.members[0].signed(vec![transfer.clone()], |draft| draft.number = number)),
        ("one key's signature", {
            let mut single = good.clone();
            mode(&mut single.signers[0], AMINO);
            single.sign(&team.members[0].key)
        }),
        ("two sign modes unspecified", team.sign(&draft(FIRST_AND_LAST, &[0, 0]), &[0, 2], text)),
    ];
    for (name, bytes) in refused {
        said.insert(format!("multisig: {name}"), site.refused(&bytes).await);
    }
    let bytes = team.sign(&good, &[0, 2], text);
    ran(site, said, "two of three", &bytes).await;

    // All three, and a contract's message.
    let all =
        team.draft(number, 1, any(&contribute(site, &team.address, 9_000_000)), 0b1110_0000, &[AMINO; 3]);
    let json = format!(
        r#"{{"type":"wasm/MsgExecuteContract","value":{{"contract":"{}","funds":[{{"amount":"9000000","denom":"uusd"}}],"msg":{{"contribute":{{"shower":1}}}},"sender":"{}"}}}}"#,
        site.stage.deployment.shower, team.address
    );
    let bytes = team.sign(&all, &[0, 1, 2], document(&all, &json).as_bytes());
    ran(site, said, "three of three contribute", &bytes).await;

    // Sign mode "direct": each signs the same bytes.
    let direct = team.draft(number, 2, transfer, FIRST_AND_LAST, &[DIRECT, DIRECT]);
    let text = direct.direct(&direct.raw(Vec::new()));
    let bytes = team.sign(&direct, &[0, 2], &text);
    ran(site, said, "direct", &bytes).await;

    // The chain knows the key by now, and needs it all the same.
    let mut keyless = all;
    keyless.signers[0].public_key = None;
    keyless.signers[0].sequence = 3;
    let bytes = team.sign(&keyless, &[0, 1, 2], document(&keyless, &json).as_bytes());
    said.insert("multisig: its key left out".into(), site.refused(&bytes).await);
}

/// What became of it: its events, or what is said against it.
async fn ran(site: &Site<'_>, said: &mut Answers, name: &str, bytes: &[u8]) {
    let answer = site.broadcast(bytes).await;
    let outcome = if answer["result"]["code"] == 0 {
        let tx = site.included(bytes).await;
        json!([verdict(&tx["tx_result"]), events(&tx["tx_result"], &site.names)])
    } else {
        verdict(&answer["result"])
    };
    said.insert(format!("multisig: {name}"), outcome);
}
