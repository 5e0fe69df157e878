// An event through unmodified CosmJS: connects, queries, simulates, contributes, finds its transaction, reads the
// ranking, and gets the right error for each bad case.
// node event.mjs RPC_URL SHOWER_CONTRACT, with MNEMONIC in the environment; shower 1 of 2 must be open.
// Accounts of the mnemonic: 1 owner, 2 operator, 3 guardian; 4 and 5 contribute.
import assert from "node:assert/strict";

import { address, attribute, connect, steps, wallet } from "./lib.mjs";

const [rpc, contract] = [process.argv[2], process.argv[3]];
const mnemonic = process.env.MNEMONIC;
if (!rpc || !contract || !mnemonic) {
  console.error("usage: MNEMONIC='..' node event.mjs RPC_URL SHOWER_CONTRACT");
  process.exit(64);
}

const signer = await wallet(mnemonic, { count: 10 });
const ledger = await wallet(mnemonic, { from: 5, amino: true }); // signs amino JSON only, as a Ledger does
const me = await address(signer, 4);
const second = await address(ledger);
const guardian = await address(signer, 3);
const options = { gasPrice: "0.15uluna" }; // fees in another denom than contributions: amounts stay exact
const client = await connect(rpc, signer, options);
const ledgerClient = await connect(rpc, ledger, options);
const query = (msg) => client.queryContractSmart(contract, msg);
const uusd = (amount) => [{ denom: "uusd", amount: String(amount) }];
const contribute = { contribute: { shower: 1 } };
const art = { image: "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e", traits: [890, 0, 1, 0, 27, 0, 0] };
const mint = (art) => ({ mint: { shower: 1, first_rank: 1, art, proof: [] } });
let hash;

/** The chain must refuse, with these words, and nothing may change. */
async function refused(words, sender, msg, funds = []) {
  const before = JSON.stringify([await query({ showers: {} }), await query({ config: {} })]);
  await assert.rejects(client.execute(sender, contract, msg, "auto", "", funds), (error) => {
    assert.match(error.message, words);
    return true;
  });
  assert.equal(JSON.stringify([await query({ showers: {} }), await query({ config: {} })]), before);
}

await steps({
  "connect and query": async () => {
    const config = await query({ config: {} });
    assert.equal(config.denom, "uusd");
    assert.equal((await client.getContract(contract)).admin || undefined, undefined, "nobody can migrate it");
    assert.equal((await query({ shower: { shower: 1 } })).status, "open");
  },
  simulate: async () => {
    const value = { sender: me, contract, msg: new TextEncoder().encode(JSON.stringify(contribute)), funds: uusd(9e6) };
    const message = { typeUrl: "/cosmwasm.wasm.v1.MsgExecuteContract", value };
    assert.ok((await client.simulate(me, [message], "")) > 20_000);
    assert.equal((await query({ shower: { shower: 1 } })).contributors, 0, "simulating changes nothing");
  },
  contribute: async () => {
    const result = await client.execute(me, contract, contribute, "auto", "", uusd(9_000_000));
    assert.equal(attribute(result.events, "wasm-contribution", "_contract_address"), contract);
    assert.equal(attribute(result.events, "wasm-contribution", "total"), "9000000");
    hash = result.transactionHash;
  },
  "find the transaction": async () => {
    const found = await client.getTx(hash);
    assert.equal(found.code, 0);
    const search = await client.searchTx([{ key: "wasm-contribution.contributor", value: me }]);
    assert.deepEqual(search.map((tx) => tx.hash), [hash]);
  },
  "contribute with amino JSON": async () => {
    const result = await ledgerClient.execute(second, contract, contribute, "auto", "", uusd(8_000_000));
    assert.equal(attribute(result.events, "wasm-contribution", "contributors"), "2");
  },
  "top up and read the ranking": async () => {
    // A top-up may be smaller than the minimum.
    await ledgerClient.execute(second, contract, contribute, "auto", "", uusd(1_500_000));
    const { ranking } = await query({ ranking: { shower: 1 } });
    assert.deepEqual(ranking.map((place) => [place.contributor, place.amount]), [[second, "9500000"], [me, "9000000"]]);
    const upwards = await query({ ranking: { shower: 1, order: "descending" } });
    assert.deepEqual(upwards.ranking, [...ranking].reverse());
  },
  "no funds": () => refused(/no coins came/, me, contribute),
  "wrong denom": () => refused(/attach uusd instead/, me, contribute, [{ denom: "uluna", amount: "9000000" }]),
  "several denoms": () =>
    refused(/attach uusd alone/, me, contribute, [{ denom: "uluna", amount: "1" }, { denom: "uusd", amount: "9000000" }]),
  "below the minimum": () => refused(/at least 8000000/, guardian, contribute, uusd(7_999_999)),
  "more than one has": () => refused(/insufficient funds/, me, contribute, uusd("340282366920938463463374607431768211455")),
  "another shower": () => refused(/shower 1 is open/, me, { contribute: { shower: 2 } }, uusd(9e6)),
  "no such shower": () => refused(/no shower 3|shower 1 is open/, me, { contribute: { shower: 3 } }, uusd(9e6)),
  "close early": () => refused(/goes on until/, me, { close: { shower: 1 } }),
  "mint before close": () => refused(/send Close first/, me, mint([art])), // anyone may mint, of what is drawn
  "mint nothing": () => refused(/0 entries/, me, mint([])),
  "mint 101": () => refused(/101 entries/, me, mint(Array(101).fill(art))),
  "draw by a stranger": () => refused(/operator alone/, me, { commit_draw: { shower: 1, root: "00".repeat(32), leaves: 1, beacon: "00".repeat(48) } }),
  "settle nothing": () => refused(/nothing to settle/, me, { settle: { shower: 1 } }),
  "refund early": () => refused(/may still be minted/, me, { refund: { shower: 1, contributors: [me] } }),
  "cancel by a stranger": () => refused(/owner alone/, me, { cancel: { shower: 1 } }),
  "resume by the guardian": () => refused(/owner alone/, guardian, { resume: {} }),
  "take the operator's role": () => refused(/owner alone/, me, { set_operator: { address: me } }),
  "funds to a verb that takes none": () => refused(/takes no coins/, me, { settle: { shower: 1 } }, uusd(1)),
  "withdraw for a stranger": () => refused(/is not a payee/, me, { withdraw: { payee: me } }),
  "return what never came": () =>
    refused(/owner alone/, me, { return_unasked: { to: me, amount: { denom: "uusd", amount: "1" } } }),
  "an unknown verb": () => refused(/unknown variant|Error parsing/, me, { steal: {} }),
  "an unknown field": () => refused(/unknown field|Error parsing/, me, { contribute: { shower: 1, to: me } }),
  "paused by the guardian": async () => {
    await client.execute(guardian, contract, { pause: {} }, "auto");
    await refused(/paused/, me, contribute, uusd(9e6));
    await client.execute(await address(signer, 1), contract, { resume: {} }, "auto");
    await client.execute(me, contract, contribute, "auto", "", uusd(1_000_000));
  },
});
console.log("all good");
process.exit(0); // a refused broadcast leaves a timer of CosmJS behind
