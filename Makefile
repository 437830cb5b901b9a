# Every target does its own set-up: nothing is needed but Python 3.11 or newer, git and make.
# `make` alone lists the targets.

# The interpreter the environment is made with; by default the first one that will do.
PYTHON ?=
VENV ?= .venv
# Extra arguments for pytest, or for `uv pip compile` in `make lock` (say ARGS=--upgrade).
ARGS ?=
REPLICATES ?= 20
# UNPINNED=1 installs the newest versions that pyproject.toml allows instead of the locked ones.
UNPINNED ?=

BIN := $(VENV)/bin
PY := $(BIN)/python
CANDIDATES := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.14)
PIP := $(PY) -m pip --disable-pip-version-check install --quiet
COMPILE := $(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --quiet \
	--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"

# Where the home folder cannot be written, what numba and matplotlib keep goes into the environment.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export NUMBA_CACHE_DIR ?= $(abspath $(VENV))/cache/numba
export MPLCONFIGDIR ?= $(abspath $(VENV))/cache/matplotlib
export PIP_NO_CACHE_DIR ?= 1
endif

.DEFAULT_GOAL := help
.PHONY: help demo test slow attack lint format bench lock golden clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

demo: $(VENV)/.run ## compare three policies over the same years; writes demo/report.html
	$(BIN)/plazas compare historical hugs-not-bullets prevention-first \
		--replicates $(REPLICATES) --out demo --force

test: $(VENV)/.full ## run the tests, without those that take minutes
	$(BIN)/pytest -m "not slow" $(ARGS)

slow: $(VENV)/.full ## run the tests that take minutes
	$(BIN)/pytest -m slow $(ARGS)

attack: $(VENV)/.full ## kill sweeps, flip bits of files and read bad files, at length
	$(BIN)/pytest -m attack $(ARGS)

lint: $(VENV)/.full ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.full ## put the code into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.full ## measure how fast the model runs on this machine (ARGS=--quick: rough, soon done)
	$(PY) -m benchmarks.bench $(ARGS)

golden: $(VENV)/.full ## write golden runs, schema and tables of the docs again; say why in CHANGELOG.md
	$(PY) -m plazas.scenarios.schema --write
	$(PY) docs/tables.py
	$(BIN)/pytest tests/test_golden.py --update-golden $(ARGS)

# Two files from one resolution: what a run needs, and with it what the tests need.
lock: $(PY) ## resolve both lock files from pyproject.toml
	$(PIP) uv
	$(COMPILE) --all-extras --output-file requirements.lock $(ARGS)
	$(COMPILE) --constraint requirements.lock --output-file requirements-run.lock
	@if grep -n -i -E '://|--(extra-)?index-url|--find-links' requirements.lock requirements-run.lock; then \
		echo "A lock file names where its packages came from: take those lines out." >&2; exit 1; fi

clean: ## remove the environment and everything made here, but not results/
	rm -rf "$(VENV)" demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find model scenarios analysis tests examples benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(PY):
	@for python in $(CANDIDATES); do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then \
			echo "Making $(VENV) with $$("$$python" --version)"; \
			exec "$$python" -m venv --clear "$(VENV)"; \
		fi; \
	done; \
	echo "Plazas needs Python 3.11 to 3.14 with its venv module; tried: $(CANDIDATES)." >&2; \
	echo "Install one (on Debian: python3 and python3-venv) or name it: make PYTHON=/path/to/python3" >&2; \
	exit 2

# Stamps: a second call is quick, and a change of pyproject.toml or of a lock installs again.
$(VENV)/.run: pyproject.toml requirements-run.lock $(PY)
ifeq ($(UNPINNED),)
	@echo "Installing what a run needs (half a minute the first time)"
	@$(PIP) --require-hashes -r requirements-run.lock || { $(REFUSED); }
	$(PIP) --no-deps --editable .
else
	$(PIP) --editable .
endif
	@touch $@

$(VENV)/.full: requirements.lock $(VENV)/.run
ifeq ($(UNPINNED),)
	@echo "Installing what the tests need (a minute the first time)"
	@$(PIP) --require-hashes -r requirements.lock || { $(REFUSED); }
else
	$(PIP) --editable '.[dev,dashboard,cluster,analysis]'
endif
	@touch $@

REFUSED = echo "The pinned packages could not be installed here; UNPINNED=1 tries the newest." >&2; exit 1
