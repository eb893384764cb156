# Everything runs in .venv, made from pyproject.toml; PYTHON chooses the interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/runs
READY := $(VENV)/ready
# What is imported is compiled once, not by each process that tests start.
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TEST := $(BIN)/python -m pytest --numprocesses auto --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo test coverage soak hunt bench lint docs screenshots clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '%-13s%s\n' "$$name" "$$text"; done

# What the programs need, and no more.
$(RUNS): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

# And what tests, checks and pages are made with; an older pip knows no groups.
$(READY): $(RUNS)
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --editable . --group dev
	@touch $@

demo: $(RUNS) ## harvest the bundled papers from a stand-in of NCBI, build, serve on 127.0.0.1:8001 (PORT=8002 for another)
	$(BIN)/harvest demo $(if $(PORT),--port $(PORT))

test: $(READY) ## run all tests, on all cores
	$(TEST)

coverage: $(READY) ## run all tests and name what none of them runs; fails below 90 % of branches
	$(TEST) --cov --cov-report=term

soak: $(READY) ## harvests with half of all answers spoiled, kills, time limits, 20 times the examples
	$(BIN)/python -m pytest -m 'soak or hypothesis' --hypothesis-profile soak --timeout 600

hunt: $(READY) ## the properties alone, on examples that were never drawn before
	$(BIN)/python -m pytest -m hypothesis --hypothesis-profile hunt --timeout 600

bench: $(READY) ## measure, and write docs/benchmarks.md; SUBJECT=harvest measures that alone
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(SUBJECT)

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(READY) ## write the pages that are made from the schema and the commands, and run the notebooks
	$(BIN)/python -m docs.generate
	PYTHONPATH=tests $(BIN)/python -m docs.losses
	$(BIN)/python -m docs.notebook

screenshots: $(READY) ## take the pictures of docs/images from the demo, with Chromium
	$(BIN)/python -m docs.screenshots

clean: ## remove .venv and the demo's databases
	rm -rf $(VENV) demo-data
