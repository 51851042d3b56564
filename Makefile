# Samma dag. `make demo` and `make test` are all that a new machine needs.
# The distribution builds its Python with profile-guided optimisation, which makes it a quarter
# faster than one that somebody compiled plainly and put first on the path.
SYSTEM_PY := /usr/bin/python3.11
PY ?= $(shell $(SYSTEM_PY) -c 'import ensurepip, venv' 2>/dev/null && echo $(SYSTEM_PY) || echo python3.11)
BIN := .venv/bin
# Slow tests mostly wait, for servers and programs: three share two cores well.
WORKERS := $(shell echo $$(( $$(nproc) * 3 / 2 )))
READY := .venv/.ready
ENGLISH := bot/locale/en/LC_MESSAGES/sammadag.mo
# Tests start many programs; each would compile the house anew where byte code is not kept.
export PYTHONDONTWRITEBYTECODE :=
# Hundreds of databases that last for a second need no disk, where memory has room for them.
ROOM := $(shell df --output=avail /dev/shm 2>/dev/null | tail -n 1)
export PYTEST_DEBUG_TEMPROOT := $(shell [ "0$(ROOM)" -gt 6000000 ] && echo /dev/shm)

.PHONY: help setup demo test test-slow check format learn bench bench-full screenshots lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

setup: $(READY) $(ENGLISH) ## Make .venv and install everything, once

$(READY): requirements.lock pyproject.toml
	$(PY) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(ENGLISH): $(READY) $(ENGLISH:.mo=.po)
	$(BIN)/python tests/catalogues.py --compile

demo: $(READY) $(ENGLISH) ## Start the product with a sample city; no network
	$(BIN)/sammadag demo

test: $(READY) $(ENGLISH) ## Run everything not marked slow, on all cores
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow and not alone"
	$(BIN)/python -m pytest -q -m "alone and not slow" tests/services tests/journeys

test-slow: $(READY) $(ENGLISH) ## Run what is marked slow (under 15 minutes)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "slow and not alone"
	$(BIN)/python -m pytest -q -m "alone and slow" tests/journeys

check: $(READY) ## Lint, types, import contracts, catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/catalogues.py

format: $(READY) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

learn: $(READY) ## Learn the weights of triage and of questions anew from what is labelled under tests/data
	$(BIN)/python -m pip install -q --disable-pip-version-check -r tests/learn-requirements.txt
	$(BIN)/python tests/learn_triage.py
	$(BIN)/python tests/learn_mentions.py
	$(BIN)/python tests/learn_questions.py

bench: $(READY) $(ENGLISH) ## Measure speed and memory, the short way
	$(BIN)/python tests/bench.py

bench-full: $(READY) $(ENGLISH) ## Measure at full size
	$(BIN)/python tests/bench.py --full

screenshots: $(READY) $(ENGLISH) ## Take the pictures of the README anew (needs Chromium)
	$(BIN)/python -m tests.screenshots

lock: ## Write requirements.lock anew (needs uv)
	printf 'hatchling\neditables\n' > .build.in
	uv pip compile --python-version 3.11 --generate-hashes --universal --no-header --no-annotate --all-extras pyproject.toml .build.in -o requirements.lock
	rm .build.in

clean: ## Remove what was made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
