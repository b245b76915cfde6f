# The commands people use. Each sets up what it needs on a fresh Debian 12 with Rust and Node 20; on other systems
# install what scripts/setup names and the rest works alike.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

UI_SOURCES := $(shell find ui assets/messages assets/fonts -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
CARGO := cargo
export CARGO_TERM_COLOR ?= auto
# Where scripts/setup puts the tools the machine lacks.
export PATH := $(CURDIR)/target/tools/bin:$(PATH)

.PHONY: help run demo test fuzz bench soak check bindings openapi fmt ui clean-demo

help: ## shows this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: ## sets up, builds and opens the program; without a display it plays the demo and says so
	@scripts/setup app
	@$(MAKE) --no-print-directory ui/dist/index.html
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
		$(CARGO) run --release --package arumbae; \
	else \
		echo "Tidak ada layar (DISPLAY kosong): memainkan demo tanpa jendela. / No display: playing the demo instead."; \
		$(MAKE) --no-print-directory demo; \
	fi

demo: ## plays a whole day without a window into target/demo/
	@scripts/setup build
	@$(CARGO) run --package arumbae-cli -- demo --out target/demo

test: ## everything continuous integration runs
	@scripts/setup test
	@$(MAKE) --no-print-directory ui/dist/index.html
	@$(MAKE) --no-print-directory check-ui check-rust
	@scripts/fuzz 4
	@scripts/with-postgres scripts/with-display $(CARGO) nextest run --workspace
	@ARUMBAE_TEST_DATABASE=postgres scripts/with-postgres $(CARGO) nextest run --workspace \
		--filterset 'package(arumbae-server) and not test(/^(servers|starting|storage)::/)'

FUZZ_SECONDS ?= 20
fuzz: ## tries to break every decoder for FUZZ_SECONDS each; FUZZ=… names some
	@scripts/setup fuzz
	@scripts/fuzz $(FUZZ_SECONDS) $(FUZZ)

check: ## format, lints, types, licences, invariants, committed bindings
	@scripts/setup check
	@$(MAKE) --no-print-directory ui/dist/index.html check-ui check-rust
	@$(CARGO) test --quiet --package arumbae-app --lib bindings

.PHONY: check-ui check-rust
check-ui: ui/node_modules/.installed
	@cd ui && npm run --silent check && npm run --silent lint && npm run --silent test

check-rust:
	@$(CARGO) fmt --all --check
	@rustfmt --check --edition 2024 fuzz/targets/*.rs
	@$(CARGO) clippy --workspace --all-targets -- -D warnings
	@$(CARGO) deny --offline check bans licenses sources
	@scripts/check-invariants

bench: ## measures; prints ratios and writes target/bench/summary.json
	@scripts/setup bench
	@scripts/with-postgres $(CARGO) bench --package arumbae-bench

# Plays fresh seeds; SOAK_SEEDS=0 goes on until one fails. A failure prints the command that plays it again.
SOAK_SEEDS ?= 20
SOAK_DEVICES ?= 200
SOAK_DAYS ?= 21
soak: ## simulates fleets with everything that goes wrong (SOAK_SEEDS, SOAK_DEVICES, SOAK_DAYS)
	@scripts/setup build
	@$(CARGO) run --release --package arumbae-fleet -- --seeds $(SOAK_SEEDS) --devices $(SOAK_DEVICES) --days $(SOAK_DAYS)

bindings: ## writes the TypeScript of the command list to ui/src/bindings/
	@$(CARGO) run --quiet --package arumbae-app --example bindings > ui/src/bindings/index.ts

openapi: ## writes the description of the server's paths to docs/openapi.json
	@ARUMBAE_WRITE_OPENAPI=1 $(CARGO) test --quiet --package arumbae-server --test it openapi::

fmt: ## formats everything
	@$(CARGO) fmt --all
	@rustfmt --edition 2024 fuzz/targets/*.rs
	@cd ui && npm run --silent format

ui: ui/dist/index.html ## builds the user interface

ui/node_modules/.installed: ui/package-lock.json
	@cd ui && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

ui/dist/index.html: ui/node_modules/.installed $(UI_SOURCES)
	@cd ui && npm run --silent build
	@touch $@
