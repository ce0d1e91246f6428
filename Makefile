# Targets of termpost. Each sets up what it needs; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
HOME_DIR := demo
# one more than cores: a test often waits for a server, a browser or a disk
WORKERS = $(shell echo $$(($$(nproc) + 1)))
# each command and each worker of the tests would compile all of its imports anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test lint audit sbom docs dist image bench soak breakages ui install clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-9s %s\n", $$1, $$2}'

# what termpost runs with; a second run costs nothing
install: .venv/run-time

.venv/run-time: requirements.lock pyproject.toml deploy/install.sh
	PYTHON=$(PYTHON) bash deploy/install.sh requirements.lock
	@touch $@

# and what its tests are made with: the same versions, and more
.PHONY: install-dev
install-dev: .venv/dev

.venv/dev: requirements.lock requirements-dev.lock pyproject.toml deploy/install.sh
	PYTHON=$(PYTHON) bash deploy/install.sh requirements-dev.lock
	@touch .venv/run-time $@

# packages come from PyPI while Debian's come from its archive
.PHONY: ready
ready:
	@$(MAKE) --no-print-directory -j2 install-dev services

demo: install ## a whole cycle on the sample district; the home is demo/
	$(BIN)/python examples/demo.py --home $(HOME_DIR)

test: ready ## the whole test suite, with the real services it needs
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations=10

.PHONY: services
services: ## what the tests need beside Python (browser, PDF tools, S3), from Debian where root and apt allow
	@bash tests/services/install.sh

lint: ## ruff, mypy strict, deptry and the arrows between rooms; mypy takes one core, the others the next
	@$(MAKE) --no-print-directory -j2 --output-sync=target types rules

.PHONY: types rules
types: install-dev
	$(BIN)/mypy

rules: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deptry .
	$(BIN)/lint-imports

# pytest compiles each test file in a way of its own; done once beside mypy, no worker does it for itself
.PHONY: collected
collected: install-dev
	@$(BIN)/python -m pytest --collect-only --quiet -p no:cacheprovider > /dev/null

audit: install-dev .venv/audit ## known vulnerabilities of the lock, secrets in the tree; says what could not run (exit 3 within)
	$(BIN)/python deploy/audit.py .venv/audit/bin vulnerabilities secrets

sbom: install-dev .venv/audit ## a CycloneDX bill of materials of requirements.lock, dist/sbom.cdx.json
	$(BIN)/python deploy/audit.py .venv/audit/bin sbom

# tools of these alone, so that nobody else waits for them
.venv/audit: requirements-audit.lock
	$(PYTHON) -m venv $@
	$@/bin/python -m pip --quiet --disable-pip-version-check install --no-deps --require-hashes -r requirements-audit.lock
	@touch $@

VERSION = $(shell awk -F '"' '/^version = / {print $$2; exit}' pyproject.toml)

dist: install-dev ## wheel and sdist of this commit with their sums, dist/; the same commit gives the same bytes
	@bash deploy/dist.sh $(VERSION)

image: ## the image termpost:VERSION, by podman, buildah or docker
	@engine=$$(command -v podman || command -v buildah || command -v docker) || \
	  { echo "termpost: none of podman, buildah and docker is here" >&2; exit 1; }; \
	"$$engine" build --file deploy/Containerfile --tag termpost:$(VERSION) .

docs: install .venv/docs ## the documentation as pages, site/index.html; fails where something in the code has no words
	$(BIN)/python deploy/docs/pages.py
	NO_MKDOCS_2_WARNING=1 .venv/docs/bin/mkdocs build --quiet --strict -f deploy/docs/mkdocs.yml
	@echo "site/index.html"

.venv/docs: requirements-docs.lock
	$(PYTHON) -m venv $@
	$@/bin/python -m pip --quiet --disable-pip-version-check install --no-deps --require-hashes -r requirements-docs.lock
	@touch $@

bench: ready ## measured ratios against limits in the same run
	$(BIN)/python -m benchmarks.bench

soak: ready breakages ## long fault tests, and the breakages
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m soak -o faulthandler_timeout=3600 --durations=10

breakages: ready ## breaks the code in some hundred and fifty places, one at a time: a named test must fail each time
	$(BIN)/python -m tests.breakages $(NAMES)

ui: install ## Prefect server with all deployments at 127.0.0.1:4200
	bash deploy/ui.sh $(HOME_DIR)

clean: ## removes what make made
	rm -rf .venv demo site .mypy_cache .ruff_cache .pytest_cache .hypothesis
