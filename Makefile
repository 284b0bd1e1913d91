# Callroom: everything anyone needs, from nothing. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
export PYTHON
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
# PYTHON chooses the interpreter that makes .venv; without it tools/python finds one.
PYTHON ?=
# What is passed on: make run ARGS="--listen tcp://127.0.0.1:9000", make test ARGS="tests/wire -x".
ARGS ?=

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(VENV)/installed: pyproject.toml requirements.lock
	@if [ ! -x $(BIN)/python ]; then python="$$(tools/python)"; "$$python" -m venv $(VENV); fi
	@echo "installing what requirements.lock names into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]' || { \
	  echo "The packages of requirements.lock could not be had: pip says why above; it needs a network." >&2; exit 1; }
	@touch $@

.PHONY: install
install: $(VENV)/installed ## make .venv and install Callroom and what its developers need

.PHONY: run
run: $(VENV)/installed ## talk here, in a house on 127.0.0.1:8888 that is open meanwhile (ARGS=serve: serve only)
	@exec $(BIN)/callroom $(ARGS)

.PHONY: test
test: $(VENV)/installed ## install what the tests need, then run every test (ARGS="tests/wire -x")
	@tools/test-needs
	$(BIN)/python -m pytest -n auto $(ARGS)

.PHONY: check
check: $(VENV)/installed ## formatting, lint, types, floors, generated documents
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python docs/build.py --check
	$(BIN)/python docs/tables.py --check
	$(BIN)/python docs/findings.py --check
	$(BIN)/python docs/keys.py --check

.PHONY: format
format: $(VENV)/installed ## lay out the code, and rebuild the generated documents
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python docs/build.py
	$(BIN)/python docs/tables.py
	$(BIN)/python docs/findings.py
	$(BIN)/python docs/keys.py

.PHONY: bench
bench: $(VENV)/installed ## measure: fan-out, pairs, latency, idle connections, ledger (ARGS="fanout --json")
	$(BIN)/callroom bench $(ARGS)

.PHONY: crash
crash: $(VENV)/installed ## kill -9 a server under load 10,000 times, some two hours (ARGS="--cycles 500")
	$(BIN)/python tests/fault/kill9.py $(ARGS)

.PHONY: telnet
telnet: $(VENV)/installed ## all 16,777,216 three-byte sequences after telnet's IAC (ARGS=4: processes)
	$(BIN)/python tests/fuzz/telnet_exhaustive.py $(ARGS)

.PHONY: pictures
pictures: $(VENV)/installed ## draw the READMEs' pictures of the screen afresh, from a scene in a real house
	$(BIN)/python docs/screens.py

.PHONY: search
search: $(VENV)/installed ## look for counter-examples anew, at random (ARGS="tests/fuzz": where)
	$(BIN)/python -m pytest -q -n auto -m hypothesis --hypothesis-profile=search $(ARGS)

.PHONY: strangers
strangers: $(VENV)/installed ## a million datagrams of strangers at the UDP door (ARGS=20000: how many)
	$(BIN)/python tests/udp_strangers.py $(ARGS)

.PHONY: lock
lock: ## pin the newest versions that pyproject.toml allows (run the tests, then commit)
	@fresh="$$(mktemp -d)"; trap 'rm -rf "$$fresh"' EXIT; python="$$(tools/python)"; \
	"$$python" -m venv "$$fresh"; \
	"$$fresh/bin/python" -m pip install --quiet --disable-pip-version-check -e '.[dev]'; \
	{ sed -n '/^#/p' requirements.lock; "$$fresh/bin/python" -m pip freeze --exclude-editable; } > "$$fresh/lock"; \
	mv "$$fresh/lock" requirements.lock

.PHONY: clean
clean: ## remove .venv and everything that was built
	rm -rf $(VENV) dist build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
