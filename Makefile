# Every target does its own set-up: only Python 3.11, make and git are needed.
PYTHON ?= python3
UV_VERSION := 0.13.8
UV := .uv/bin/uv
RUN := $(UV) run --no-sync
BASKETS ?= 6000
DAYS ?= 60
SEED ?= 1
UI = $(abspath $(or $(TIEOUT_HOME),var))/dagster
PARALLEL := --numprocesses 3 --dist loadfile --no-loadscope-reorder

# Where it is set, every process compiles thousands of modules again: seconds for each of hundreds of them.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long test-all check bench ui clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(UV):
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.synced: $(UV) pyproject.toml sandbox/pyproject.toml uv.lock
	@$(UV) sync --frozen --quiet
	@touch $@

setup: .venv/.synced ## create .venv from the lock

demo: setup ## trade 60 days of real baskets, tie them out, print it (BASKETS, DAYS, SEED)
	@$(RUN) tieout demo --baskets $(BASKETS) --days $(DAYS) --seed $(SEED)

test: setup ## run the tests of every part, and one world from its trade to the payouts tied out
	@$(RUN) pytest $(PARALLEL) -m "not long and not exhaustive" --ignore tests/conventions

test-long: setup ## run the tests of worlds that take many cycles
	@$(RUN) pytest $(PARALLEL) -m "long and not exhaustive" tests

test-all: setup ## run all tests, whole matrices and seasons too
	@$(RUN) pytest $(PARALLEL)

check: setup ## lint, types, SQL style, import rules, docs and conventions
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) lint-imports
	@$(RUN) python -m tests.support.lint_sql
	@$(RUN) pytest -q tests/conventions

bench: setup ## print ratios against baselines measured in the same run
	@for script in bench/*.py; do echo "== $$script"; $(RUN) python $$script || exit 1; done

ui: setup ## open Dagster with the assets, their lineage and checks
	@mkdir -p "$(UI)" && cp config/dagster.yaml "$(UI)/dagster.yaml"
	-@DAGSTER_HOME="$(UI)" $(RUN) python -W ignore -m orchestration.assets.materialised
	@DAGSTER_HOME="$(UI)" $(RUN) dagster dev

clean: ## remove build output and caches (keeps .venv and all data)
	@rm -rf target logs .pytest_cache .mypy_cache .ruff_cache .sqlfluff_cache
