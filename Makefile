# Everything is done from here: `make help` lists it.

ARGS ?=
.DEFAULT_GOAL := help
.PHONY: help demo page test test-api test-page test-chain ops-test lint fuzz chaos schema bench bench-mint artifacts gas fmt

help: ## This list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 18

demo: ## A whole small event on this machine; ARGS="--help" lists its options
	@METEOR_DEPLOYMENT= scripts/page || { [ $$? -eq 3 ] && echo "make demo: goes on without the page" >&2; }
	@scripts/timed "make demo" cargo run --locked -p meteor-cli -- demo $(ARGS)

page: ## Build the page into frontend/dist, from where the binaries take it; METEOR_DEPLOYMENT=FILE for a launch
	@scripts/timed "make page" scripts/page

test: ## All tests: rules, contracts, dev chain, indexer, end to end, CosmJS
	@scripts/timed "make test" scripts/test

test-page: ## The page in a real browser, against the demo; ARGS="tests/journey.spec.ts" for some of it
	@scripts/timed "make test-page" scripts/test-page $(ARGS)

test-api: ## Requests made up from the API's description, against a demo; ARGS="--seed 7" for the same ones again
	@scripts/timed "make test-api" scripts/test-api $(ARGS)

test-chain: ## The end-to-end tests on real nodes, built once; ARGS="0.61" for one of them
	@scripts/timed "make test-chain" scripts/test-chain $(ARGS)

ops-test: ## What operations ships: rules, Terraform, image, units; ARGS="terraform" for some parts
	@scripts/timed "make ops-test" scripts/ops-test $(ARGS)

lint: ## Formatting, clippy, docs, licences, banned and unused crates, wasm32; ARGS="docs links" for some
	@scripts/timed "make lint" scripts/lint $(ARGS)

fuzz: ## Fuzz what reads strangers' bytes; ARGS="30 events" for 30 minutes of one target
	@scripts/timed "make fuzz" scripts/fuzz $(ARGS)

chaos: ## Indexers on a chain whose nodes misbehave; ARGS="--minutes 60", "--seed 7 --rounds 1", "--fault fork"
	@scripts/timed "make chaos" scripts/chaos $(ARGS)

schema: ## Regenerate schema/: contract messages and OpenAPI
	@scripts/timed "make schema" scripts/schema

bench: ## Benchmarks in release; record figures in docs/benchmarks.md
	@scripts/timed "make bench" scripts/bench

bench-mint: ## Mint on a real node; ARGS="--meteors 41000 --kills 2" or "--gen 0.46 --batch 50,100"
	@scripts/timed "make bench-mint" scripts/bench-mint $(ARGS)

artifacts: ## Build the contracts' wasm for a chain into artifacts/
	@scripts/timed "make artifacts" scripts/artifacts

gas: ## Measure what every verb costs in the real VM; ARGS="check" compares with the baseline
	@scripts/timed "make gas" scripts/gas $(ARGS)

fmt: ## Format the code
	@cargo fmt --all
	@cargo fmt --manifest-path fuzz/Cargo.toml
	@cargo fmt --manifest-path tests/gas/Cargo.toml
