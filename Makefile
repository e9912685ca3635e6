# Everything works on a bare machine with Python 3.11+, make and a package index.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
BARE := $(VENV)/.bare
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help fixtures demo test format clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# What a user installs; the first look needs no more.
$(BARE): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("contract_kit needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(STAMP): $(BARE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[all]" --group dev
	@touch $@

demo: $(BARE) ## start the sample receiver, fuzz it, show what is wrong with it
	$(BIN)/contract-kit demo

test: $(STAMP) ## run every test, the type checker and the linter
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2

fixtures: $(STAMP) ## write fixtures/ anew, the bundle of this repository
	$(BIN)/contract-kit fixtures fixtures --event customer.created --policy provider --as parser --each 6

.PHONY: examples test-examples
examples: ## install what the example in Node needs, where there is npm
	@command -v npm >/dev/null || { echo "npm is not installed: examples/express is left out"; exit 0; }; \
	  [ -d examples/express/node_modules/express ] || \
	  npm install --prefix examples/express --no-package-lock --no-audit --no-fund --loglevel error

test-examples: $(STAMP) examples ## everything over every sample receiver, right and spoiled (some ten minutes)
	$(BIN)/python -m pytest -n 2 -m slow tests/test_examples_receivers.py tests/test_examples_parser.py

format: $(STAMP) ## tidy the source
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what make has made
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .contract_kit

.PHONY: proof
proof: $(STAMP) ## fuzz every consumer of the corpus: faults found and named, correct ones left alone (long)
	$(BIN)/python -m tests.corpus

.PHONY: mutants
mutants: $(STAMP) ## mutants of two correct consumers: which are found, and why the others are none (some twenty minutes)
	$(BIN)/python -m tests.mutants

DOCUMENTS := .cache/documents
.PHONY: documents test-documents
documents: ## fetch GitHub's webhook document, its examples and the third judge (ajv) into .cache, with npm
	@command -v npm >/dev/null || { echo "npm is not installed: the documents cannot be fetched"; exit 1; }
	@mkdir -p $(DOCUMENTS)
	@[ -d $(DOCUMENTS)/node_modules/@octokit/openapi-webhooks ] || \
	  npm install --prefix $(DOCUMENTS) --no-package-lock --no-audit --no-fund --loglevel error \
	  @octokit/openapi-webhooks@12.1.0 @octokit/webhooks-examples@7.6.1 ajv@8 ajv-formats@3

test-documents: $(STAMP) documents ## the catalogue's laws on GitHub's 261 webhooks, judged by three validators (long)
	$(BIN)/python -m pytest -q -s --session-timeout=7200 tests/documents_github.py

.PHONY: test-samples
test-samples: $(STAMP) ## a million realistic payloads, judged by others' validators and looked at as a whole (some minutes)
	$(BIN)/python -m pytest -q -p no:randomly tests/samples_million.py

.PHONY: reference matrix test-wheel
reference: $(STAMP) ## write docs/reference.md anew, from the code
	$(BIN)/python scripts/make_reference.py

matrix: $(STAMP) ## the plugin under Python 3.11 to 3.13, with the oldest and the newest pytest and Hypothesis (long)
	$(BIN)/nox

test-wheel: $(STAMP) ## build the wheel, install it alone into a clean environment, use it in each way (needs a package index)
	$(BIN)/python -m pytest -q -m slow tests/test_wheel.py

BENCH := .cache/bench
.PHONY: bench
$(BENCH)/.installed: pyproject.toml benchmarks/requirements.txt benchmarks/requirements-older.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --editable ".[schemathesis]" --requirement benchmarks/requirements.txt
	$(PYTHON) -m venv $(BENCH)-older
	$(BENCH)-older/bin/python -m pip install --quiet --disable-pip-version-check \
	  --requirement benchmarks/requirements-older.txt
	@touch $@

bench: $(BENCH)/.installed ## measure everything beside its peers, write the table of docs/performance.md (long)
	$(BENCH)/bin/python benchmarks/run.py --old $(BENCH)-older/bin/python

.PHONY: profile
profile: $(BENCH)/.installed ## where the time goes on the hot paths, written to docs/performance.md (a minute)
	$(BENCH)/bin/python benchmarks/profiles.py --page docs/performance.md
