# Everything is done from here: `make help` lists it.

ARGS ?=
.DEFAULT_GOAL := help
.PHONY: help demo test test-chain lint schema bench bench-mint artifacts gas fmt

help: ## This list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 18

demo: ## A whole small event on this machine; ARGS="--help" tells more
	@scripts/timed "make demo" cargo run --locked -p meteor-cli -- demo $(ARGS)

test: ## All tests: rules, contracts, dev chain, indexer, end to end, CosmJS
	@scripts/timed "make test" scripts/test

test-chain: ## The end-to-end tests on real nodes, built once; ARGS="0.61" for one of them
	@scripts/timed "make test-chain" scripts/test-chain $(ARGS)

lint: ## Formatting, clippy, licences and bans, contracts build for wasm32
	@scripts/timed "make lint" scripts/lint

schema: ## Write schema/ anew: contract messages and OpenAPI
	@scripts/timed "make schema" scripts/schema

bench: ## Benchmarks in release; figures belong into docs/benchmarks.md
	@scripts/timed "make bench" scripts/bench

bench-mint: ## Mint on a real node; ARGS="--meteors 41000 --kills 2", "--gen 0.46 --batch 50,100,500"
	@scripts/timed "make bench-mint" scripts/bench-mint $(ARGS)

artifacts: ## The contracts' wasm as it goes on a chain, into artifacts/
	@scripts/timed "make artifacts" scripts/artifacts

gas: ## What every verb costs: the artifacts in the real VM; ARGS="check" compares with the baseline
	@scripts/timed "make gas" scripts/gas $(ARGS)

fmt: ## Format the code
	@cargo fmt --all
