// Proves that CosmJS works unchanged: node smoke.mjs RPC_URL CODE_ID, with MNEMONIC in the environment.
// The code is the vault of devnet/tests/common/vault.rs.
import assert from "node:assert/strict";

import { address, attribute, connect, steps, wallet } from "./lib.mjs";

const [rpc, codeId] = [process.argv[2] ?? process.env.RPC, Number(process.argv[3] ?? process.env.CODE_ID)];
const mnemonic = process.env.MNEMONIC;
if (!rpc || !codeId || !mnemonic) {
  console.error("usage: MNEMONIC='..' node smoke.mjs RPC_URL CODE_ID");
  process.exit(64);
}

const signer = await wallet(mnemonic, { count: 2 });
const me = await address(signer);
const other = await address(signer, 1);
const ledger = await wallet(mnemonic, { from: 1, amino: true });
// Derived from the same mnemonic, but funded by nobody.
const nobody = await address(await wallet(mnemonic, { from: 999 }));

let client;
let contract;
let hash;
const deposit = { deposit: {} };
const coins = (amount) => [{ denom: "uusd", amount }];
const execute = (sender, msg, funds = []) => ({
  typeUrl: "/cosmwasm.wasm.v1.MsgExecuteContract",
  value: { sender, contract, msg: new TextEncoder().encode(JSON.stringify(msg)), funds },
});

await steps({
  connect: async () => {
    client = await connect(rpc, signer);
  },
  "chain id and height": async () => {
    assert.ok((await client.getChainId()).length > 0);
    assert.ok((await client.getHeight()) >= 1);
  },
  account: async () => {
    const account = await client.getAccount(me);
    assert.equal(account.address, me);
    assert.equal(typeof account.sequence, "number");
  },
  "a missing account is null, not an error": async () => {
    assert.equal(await client.getAccount(nobody), null);
  },
  balance: async () => {
    assert.ok(BigInt((await client.getBalance(me, "uusd")).amount) > 10_000_000n);
  },
  codes: async () => {
    assert.ok((await client.getCodes()).some((code) => code.id === codeId));
  },
  instantiate: async () => {
    const result = await client.instantiate(me, codeId, {}, "smoke", "auto", { admin: me });
    contract = result.contractAddress;
    assert.match(contract, /^terra1/);
    const info = await client.getContract(contract);
    assert.deepEqual([info.codeId, info.label, info.admin], [codeId, "smoke", me]);
    assert.ok((await client.getContracts(codeId)).includes(contract));
    assert.equal((await client.getContractCodeHistory(contract)).length, 1);
  },
  simulate: async () => {
    assert.ok((await client.simulate(me, [execute(me, deposit, coins("8000000"))], "")) > 50_000);
  },
  "execute with funds": async () => {
    const result = await client.execute(me, contract, deposit, "auto", "a memo", coins("8000000"));
    hash = result.transactionHash;
    assert.equal(attribute(result.events, "wasm-deposit", "total"), "8000000");
    assert.equal((await client.getBalance(contract, "uusd")).amount, "8000000");
  },
  "smart and raw queries": async () => {
    assert.equal(await client.queryContractSmart(contract, { count: {} }), 1);
    const raw = await client.queryContractRaw(contract, new TextEncoder().encode("count"));
    assert.equal(new TextDecoder().decode(raw), "1");
  },
  "get and search transactions": async () => {
    const tx = await client.getTx(hash);
    assert.equal(tx.code, 0);
    assert.equal(tx.msgResponses[0].typeUrl, "/cosmwasm.wasm.v1.MsgExecuteContractResponse");
    const found = await client.searchTx(`wasm-deposit._contract_address='${contract}'`);
    assert.deepEqual(found.map((one) => one.hash), [hash]);
    assert.equal(await client.getTx("00".repeat(32)), null);
    const block = await client.getBlock(tx.height);
    assert.equal(block.txs.length, 1);
    assert.equal(block.header.height, tx.height);
  },
  "several messages in one transaction": async () => {
    const msgs = [execute(me, deposit, coins("1")), execute(me, deposit, coins("2"))];
    const result = await client.signAndBroadcast(me, msgs, "auto");
    assert.equal(result.code, 0, result.rawLog);
    assert.equal(result.msgResponses.length, 2);
  },
  "a send": async () => {
    const before = BigInt((await client.getBalance(other, "uusd")).amount);
    const result = await client.sendTokens(me, other, coins("5"), "auto");
    assert.equal(result.code, 0, result.rawLog);
    assert.equal(BigInt((await client.getBalance(other, "uusd")).amount), before + 5n);
  },
  "a contract's error reaches the caller": async () => {
    await assert.rejects(client.execute(me, contract, { fail: {} }, "auto"), /told to fail/);
    // With the gas given there is no simulation to fail first: the transaction is in a block.
    const fee = { amount: coins("100000"), gas: "400000" };
    await assert.rejects(client.execute(me, contract, { fail: {} }, fee), /told to fail.*execute wasm contract failed/s);
    await assert.rejects(client.execute(me, contract, { nope: {} }, fee), /unknown variant/);
    await assert.rejects(client.queryContractSmart(contract, { nope: {} }), /query wasm contract failed/);
  },
  "a fee too small is refused": async () => {
    await assert.rejects(client.execute(me, contract, deposit, { amount: coins("1"), gas: "400000" }), /insufficient fee/);
  },
  "an account without coins cannot sign": async () => {
    const poor = await connect(rpc, await wallet(mnemonic, { from: 999 }));
    await assert.rejects(poor.sendTokens(nobody, me, coins("1"), "auto"), /does not exist on chain/);
  },
  "amino JSON, as a Ledger signs": async () => {
    const slow = await connect(rpc, ledger);
    const note = { note: { text: "<b> & </b> \u00e9" } };
    const result = await slow.execute(other, contract, note, "auto", "memo < & >", coins("3"));
    assert.equal(attribute(result.events, "wasm", "text"), note.note.text);
    assert.equal((await slow.sendTokens(other, me, coins("1"), "auto")).code, 0);
    const made = await slow.instantiate(other, codeId, {}, "by ledger", "auto");
    assert.equal((await slow.getContract(made.contractAddress)).admin, undefined);
    const salted = await slow.instantiate2(other, codeId, new Uint8Array([1, 2, 3]), {}, "salted", "auto", { admin: other });
    assert.match(salted.contractAddress, /^terra1/);
  },
  "admins and migration": async () => {
    await client.migrate(me, contract, codeId, {}, "auto");
    await client.updateAdmin(me, contract, other, "auto");
    assert.equal((await client.getContract(contract)).admin, other);
    await assert.rejects(client.migrate(me, contract, codeId, {}, "auto"), /unauthorized/);
  },
  "an upload is refused with a reason": async () => {
    const fee = { amount: coins("1000000"), gas: "5000000" };
    await assert.rejects(client.upload(me, new Uint8Array([0, 97, 115, 109]), fee), /runs contracts as native code/);
  },
});
client.disconnect();
// CosmJS leaves a timer of broadcastTimeoutMs behind for each refused broadcast, which would keep Node alive.
process.exit(0);
