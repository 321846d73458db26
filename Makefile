# Everything here sets itself up: the first call makes .venv from the pinned requirements, later ones use it.
# Needs: Python 3.11 or newer (with venv), git, make. Another Python: make PYTHON=/path/to/python3 ...

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help practice drill run test test-long test-system simulate chaos coverage bench screenshots check format pins clean

export PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

DRILL ?= playbooks/drills/bc-highways-2021.yaml
WORKERS ?= logical
SEED ?= 1
HOURS ?= 120
DATABASE ?= sqlite
SECONDS ?= 90
# Scenarios wait as much as they compute, so one more than there are processors fills these.
SCENARIO_WORKERS ?= $(shell expr 1 + $$(getconf _NPROCESSORS_ONLN))
PIP_TOOLS := 7.6.2

python := .venv/bin/python
pip := $(python) -m pip install -qq --only-binary=:all:

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

practice: .venv/.ready ## Open a practice workspace in the browser, on this machine and without Slack (PORT=9000 for another port)
	@.venv/bin/ecomms practice $(if $(PORT),--port "$(PORT)")

drill: .venv/.ready ## Play a recorded flood night as an exercise on this machine, without Slack (DRILL=file for another; REPLICAS=2 for two bots)
	.venv/bin/ecomms drill $(if $(REPLICAS),--replicas "$(REPLICAS)") "$(DRILL)"

run: .venv/.ready ## Run the bot; its settings come from the environment
	.venv/bin/ecomms run

test: .venv/.tools ## Run every test; the tests of the rules and of the playbooks must cover these whole
	$(python) -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report= -m "not chance" tests/incident tests/playbook
	$(python) -m coverage report --fail-under=100
	$(python) -m pytest -n $(SCENARIO_WORKERS) --dist worksteal --durations=40 --durations-min=2 --ignore=tests/system -m "not long and (chance or not rules)"

test-system: .venv/.tools ## Run the tests that need Debian packages: the printed binder page by page, the practice page in a browser
	@.ci/system check
	$(python) -m pytest -n $(WORKERS) --dist loadscope --max-worker-restart=0 --durations=15 tests/system

test-long: .venv/.tools ## Run what takes longer: whole drills, two bots, thousands of reminders, more of what chance brings
	SEQUENCES=300 $(python) -m pytest -n $(SCENARIO_WORKERS) --dist worksteal --durations=25 --ignore=tests/system -m "long or chance"

simulate: .venv/.tools ## Play nights by seed: several bots, crashes, outages, clocks that jump (SEED=first, HOURS=incident-hours)
	$(python) -m tests.simulation seeds $(SEED) $(HOURS)

chaos: .venv/.tools ## Kill, stop and cut off three real bots for a while, and count what must not be (DATABASE=postgresql, SECONDS, SEED, MUTANT)
	$(python) -m tests.chaos $(DATABASE) $(SECONDS) $(SEED) $(if $(MUTANT),--mutant "$(MUTANT)")

coverage: .venv/.tools ## Run every test once more, slower, and say what of the whole program they cover
	$(python) -m pytest -n $(WORKERS) --dist worksteal --cov=ecomms_bot --cov-report=term:skip-covered --ignore=tests/system

bench: .venv/.tools ## Time what people wait for on this machine; it prints and never fails on a number
	$(python) -m tests.bench

screenshots: .venv/.tools ## Take the pictures of the docs anew, from the practice page with the bot behind it
	@.ci/system check
	$(python) -m tests.pictures

check: .venv/.tools ## Check style, types, the direction of imports and the Dockerfile
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/hadolint Dockerfile

format: .venv/.tools ## Lay out the code, and repair what can be repaired safely
	$(python) -m ruff check --fix
	$(python) -m ruff format

pins: .venv/.ready ## Choose the newest versions that fit pyproject.toml, and pin them with their hashes
	$(python) -m venv .venv/pins
	.venv/pins/bin/python -m pip install -qq 'pip-tools==$(PIP_TOOLS)'
	.venv/pins/bin/python .requirements/resolve.py

clean: ## Remove .venv and what the tools have left
	rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist htmlcov
	find ecomms_bot tests -name __pycache__ -prune -exec rm -rf {} +

# What the bot needs, and the project itself. Quick, and enough for a drill.
.venv/.ready: .requirements/runtime.txt .requirements/build.txt pyproject.toml .ci/install .ci/python
	@echo "Setting up .venv (once; it takes a minute) ..."
	@.ci/install libraries .venv
	@$(pip) --require-hashes --requirement .requirements/build.txt
	@$(pip) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# The tools of the developers on top.
.venv/.tools: .venv/.ready .requirements/dev.txt
	@echo "Adding the tools for tests and checks (once; it takes a minute) ..."
	@$(pip) --require-hashes --requirement .requirements/dev.txt
	@touch $@
