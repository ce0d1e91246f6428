# Targets of termpost. Each sets up what it needs; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
HOME_DIR := demo

.PHONY: help demo test lint bench soak breakages ui install clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-9s %s\n", $$1, $$2}'

# one stamp per lock file, so that a second run costs nothing
install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "termpost needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install ## a whole cycle on the sample district; the home is demo/
	$(BIN)/python examples/demo.py --home $(HOME_DIR)

test: install services ## the whole test suite, with the real services it needs
	$(BIN)/python -m pytest -n auto --dist worksteal --durations=10

.PHONY: services
services: ## what the tests need beside Python (browser, PDF tools, S3), from Debian where root and apt allow
	@bash tests/services/install.sh

lint: install ## ruff and mypy strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install services ## measured ratios against limits in the same run
	$(BIN)/python -m benchmarks.bench

soak: install services breakages ## long fault tests, and the breakages
	$(BIN)/python -m pytest -n auto --dist worksteal -m soak --durations=10

breakages: install services ## breaks the code in some eighty places, one at a time: a named test must fail each time
	$(BIN)/python tests/breakages $(NAMES)

ui: install ## Prefect server with all deployments at 127.0.0.1:4200
	bash deploy/ui.sh $(HOME_DIR)

clean: ## removes what make made
	rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
