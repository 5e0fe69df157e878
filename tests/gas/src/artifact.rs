//! An artifact as a contract of cw-multi-test. What is being measured runs its bytes in the real VM;
//! everything else runs the same source natively, which leaves the same state and is some hundred times as
//! fast.

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use cosmwasm_std::{
    Binary, ContractResult, Deps, DepsMut, Empty, Env, MessageInfo, Order, QuerierWrapper, Reply, Response,
    Storage, from_json, to_json_vec,
};
use cosmwasm_std_of_vm as of_vm;
use cosmwasm_vm::internals::{Logger, check_wasm, compile_module, instance_from_module};
use cosmwasm_vm::{
    Backend, Instance, Size, VmResult, WasmLimits, call_execute_raw, call_instantiate_raw, call_query_raw,
    call_reply_raw, capabilities_from_csv,
};
use cw_multi_test::Contract;
use meteor_testkit::contracts::{self, Codes};
use wasmer::{Engine, Module};

use crate::backend::{Addresses, Answer, Ask, Line, Queries, Store};
use crate::meter;

/// VM gas of one call: more than any block has.
const LIMIT: u64 = 1_000_000_000 * meter::MULTIPLIER;

/// Memory of one call, as wasmd gives it.
const MEMORY: Size = Size::mebi(32);

/// What Terra Classic 3.x gives to contracts (scripts/artifacts): the smaller set of its two generations.
const CAPABILITIES: &str = "iterator,staking,stargate,terra,cosmwasm_1_1,cosmwasm_1_2,cosmwasm_1_3";

/// The files, without `.wasm`.
pub(crate) const NAMES: [&str; 3] = ["meteor_shower", "meteor_nft", "meteor_hatchery"];

/// An artifact, and the source that it was built from.
struct Artifact {
    wasm: Wasm,
    native: Box<dyn Contract<Empty>>,
}

/// A file of `artifacts/`, compiled when it is first called.
#[derive(Clone, Copy)]
struct Wasm {
    name: &'static str,
    compiled: &'static OnceLock<(Module, Engine)>,
}

/// The artifacts as the code of a suite.
pub(crate) fn codes() -> Codes {
    Codes { shower, hatchery, nft }
}

macro_rules! artifacts {
    ($($contract:ident = $name:literal)*) => {$(
        fn $contract() -> Box<dyn Contract<Empty>> {
            static COMPILED: OnceLock<(Module, Engine)> = OnceLock::new();
            let wasm = Wasm { name: $name, compiled: &COMPILED };
            Box::new(Artifact { wasm, native: contracts::$contract() })
        }
    )*};
}

artifacts! { shower = "meteor_shower" nft = "meteor_nft" hatchery = "meteor_hatchery" }

fn bytes(name: &str) -> Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../artifacts/{name}.wasm"));
    std::fs::read(&path).with_context(|| format!("no {}: run make artifacts", path.display()))
}

/// What VM 3.0 checks before it stores a contract: features, imports, exports, limits, capabilities; and that
/// its compiler takes it.
pub(crate) fn gate(name: &str) -> Result<()> {
    let bytes = bytes(name)?;
    passes(&bytes).with_context(|| format!("VM 3.0 would not store {name}.wasm"))
}

fn passes(wasm: &[u8]) -> Result<()> {
    let capabilities: HashSet<String> = capabilities_from_csv(CAPABILITIES);
    check_wasm(wasm, &capabilities, &WasmLimits::default(), Logger::Off)?;
    compile_module(wasm, Some(MEMORY))?;
    Ok(())
}

type Vm = Instance<Addresses, Store, Queries>;

/// A contract's storage as a call may use it: queries can't write.
enum Kept<'a> {
    Mut(&'a mut dyn Storage),
    Ref(&'a dyn Storage),
}

impl Kept<'_> {
    fn read(&self) -> &dyn Storage {
        match self {
            Kept::Mut(storage) => &**storage,
            Kept::Ref(storage) => *storage,
        }
    }

    fn write(&mut self) -> Result<&mut dyn Storage> {
        match self {
            Kept::Mut(storage) => Ok(&mut **storage),
            Kept::Ref(_) => bail!("a query can't write"),
        }
    }
}

impl Wasm {
    fn instance(self, line: Line) -> Result<Vm> {
        let (module, engine) = if let Some(compiled) = self.compiled.get() {
            compiled
        } else {
            let compiled = compile_module(&bytes(self.name)?, Some(MEMORY))?;
            self.compiled.get_or_init(|| compiled)
        };
        let backend = Backend { api: Addresses, storage: Store::at(line.clone()), querier: Queries(line) };
        Ok(instance_from_module(wasmer::Store::new(engine.clone()), module, backend, LIMIT, None)?)
    }

    /// Runs `call` in the VM, serves and charges what it asks for.
    fn run(
        self,
        mut storage: Kept<'_>,
        querier: QuerierWrapper<'_>,
        call: impl FnOnce(&mut Vm) -> VmResult<Vec<u8>> + Send,
    ) -> Result<Vec<u8>> {
        let (line, asked) = Line::new();
        thread::scope(|scope| {
            scope.spawn(move || {
                let done = match self.vm(line.clone(), call) {
                    Ok((answer, used)) => Ask::Done(Ok(answer), used),
                    Err(error) => Ask::Done(Err(format!("{error:#}")), 0),
                };
                drop(line.ask(done)); // nobody answers this one
            });
            for (ask, answer) in asked {
                let said = match ask {
                    Ask::Done(result, used) => {
                        let bytes = result.map_err(|error| anyhow!("{}: {error}", self.name))?;
                        meter::charge(meter::machine(used, &bytes));
                        return Ok(bytes);
                    }
                    ask => serve(ask, &mut storage, querier)?,
                };
                answer.send(said).ok();
            }
            bail!("{}: the VM ended without an answer", self.name)
        })
    }

    fn vm(self, line: Line, call: impl FnOnce(&mut Vm) -> VmResult<Vec<u8>>) -> Result<(Vec<u8>, u64)> {
        let mut vm = self.instance(line)?;
        let answer = call(&mut vm)?;
        Ok((answer, LIMIT - vm.get_gas_left()))
    }
}

/// Answers what the VM asks and charges it.
fn serve(ask: Ask, storage: &mut Kept<'_>, querier: QuerierWrapper<'_>) -> Result<Answer> {
    Ok(match ask {
        Ask::Get(key) => {
            let value = storage.read().get(&key);
            meter::charge(meter::get(&key, value.as_deref()));
            Answer::Value(value)
        }
        Ask::Set(key, value) => {
            meter::charge(meter::set(&key, &value));
            storage.write()?.set(&key, &value);
            Answer::Nothing
        }
        Ask::Remove(key) => {
            meter::charge(meter::remove());
            storage.write()?.remove(&key);
            Answer::Nothing
        }
        Ask::Row { bounds, leaves } => {
            let order = if bounds.descending { Order::Descending } else { Order::Ascending };
            let row = storage.read().range(bounds.start.as_deref(), bounds.end.as_deref(), order).next();
            let found = row.as_ref().map(|(key, value)| key.len() + value.len());
            meter::charge(meter::iterate(leaves.or(found)));
            Answer::Row(row)
        }
        Ask::Query(request) => {
            let said = to_json_vec(&querier.raw_query(&request))?;
            // The two generations of cosmwasm-std write the same JSON.
            Answer::Query(of_vm::from_json(said).map_err(|error| anyhow!("a query's answer: {error}"))?)
        }
        Ask::Done(..) => Answer::Nothing,
    })
}

fn response(bytes: &[u8]) -> Result<Response> {
    let response: Response =
        from_json::<ContractResult<Response>>(bytes)?.into_result().map_err(|e| anyhow!(e))?;
    meter::charge(meter::events(&response));
    Ok(response)
}

impl Contract<Empty> for Artifact {
    fn instantiate(&self, deps: DepsMut, env: Env, info: MessageInfo, msg: Vec<u8>) -> Result<Response> {
        if !meter::measuring() {
            return self.native.instantiate(deps, env, info, msg);
        }
        meter::charge_start(self.wasm.name);
        let (env, info) = (to_json_vec(&env)?, to_json_vec(&info)?);
        let call = |vm: &mut Vm| call_instantiate_raw(vm, &env, &info, &msg);
        response(&self.wasm.run(Kept::Mut(deps.storage), deps.querier, call)?)
    }

    fn execute(&self, deps: DepsMut, env: Env, info: MessageInfo, msg: Vec<u8>) -> Result<Response> {
        if !meter::measuring() {
            return self.native.execute(deps, env, info, msg);
        }
        meter::charge_start(self.wasm.name);
        let (env, info) = (to_json_vec(&env)?, to_json_vec(&info)?);
        let call = |vm: &mut Vm| call_execute_raw(vm, &env, &info, &msg);
        response(&self.wasm.run(Kept::Mut(deps.storage), deps.querier, call)?)
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> Result<Binary> {
        if !meter::measuring() {
            return self.native.query(deps, env, msg);
        }
        meter::charge_start(self.wasm.name);
        let env = to_json_vec(&env)?;
        let bytes =
            self.wasm.run(Kept::Ref(deps.storage), deps.querier, |vm| call_query_raw(vm, &env, &msg))?;
        from_json::<ContractResult<Binary>>(&bytes)?.into_result().map_err(|e| anyhow!(e))
    }

    fn reply(&self, deps: DepsMut, env: Env, msg: Reply) -> Result<Response> {
        if !meter::measuring() {
            return self.native.reply(deps, env, msg);
        }
        meter::charge(meter::reply(&msg));
        let (env, msg) = (to_json_vec(&env)?, to_json_vec(&msg)?);
        let bytes =
            self.wasm.run(Kept::Mut(deps.storage), deps.querier, |vm| call_reply_raw(vm, &env, &msg))?;
        response(&bytes)
    }

    fn sudo(&self, _: DepsMut, _: Env, _: Vec<u8>) -> Result<Response> {
        bail!("{} has no sudo", self.wasm.name)
    }

    fn migrate(&self, _: DepsMut, _: Env, _: Vec<u8>) -> Result<Response> {
        bail!("migrations are not measured")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)] // that is how tests fail
mod tests {
    use super::*;

    #[test]
    fn the_gate_takes_the_artifacts_and_refuses_what_a_chain_would() {
        for name in NAMES {
            gate(name).unwrap();
        }
        let refused = |wasm: &[u8]| passes(wasm).unwrap_err().to_string();
        assert!(refused(b"no wasm").contains("could not be deserialized"), "{}", refused(b"no wasm"));
        // The same file with a demand that only newer chains meet.
        let mut newer = bytes("meteor_shower").unwrap();
        let at = newer.windows(12).position(|each| each == b"cosmwasm_1_3").unwrap();
        newer[at..at + 12].copy_from_slice(b"cosmwasm_2_2");
        assert!(refused(&newer).contains("cosmwasm_2_2"), "{}", refused(&newer));
    }
}
