.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
CONSOLE := src/medthread/console/static/index.html

# Some machines forbid Python to keep what it compiled: then every command that a test starts compiles the product anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test check bench soak fix clean

help: ## what there is to do
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP) $(CONSOLE) ## the environment in .venv, the console built; nothing the second time

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON): 需要 Python 3.11 以上,例如 make $(MAKECMDGOALS) PYTHON=python3.12 · Python 3.11 or later is needed, for example make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(STAMP) requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(CONSOLE): $(STAMP) $(shell find frontend -path frontend/node_modules -prune -o -type f -print 2>/dev/null)
	$(BIN)/python scripts/build_console.py
	@touch $@

demo: install ## the demo company: simulate, run the pipeline, show truth beside result, serve the console
	$(BIN)/medthread demo

test: $(DEV) install check ## every test
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

check: $(DEV) ## types, style, floors
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(DEV) ## each figure as a ratio against its limit, measured in the same run
	$(BIN)/python -m benchmarks

soak: $(DEV) install ## the long campaigns: a hundred million edges indexed, 100,000 commands at random, 200 kills of each
	$(BIN)/python -m benchmarks --soak
	$(BIN)/python -m pytest -q --soak -n 0 -o log_cli=true --log-cli-level=WARNING

fix: $(DEV) ## mend what the linter can mend itself
	$(BIN)/ruff check --fix .

clean: ## remove what install made
	rm -rf $(VENV) build dist src/medthread/console/static frontend/node_modules
