# `make run`, `make check` and `make test` are all that is needed; `make` alone lists every target. README shows the same lines without make.

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
SAMPLE := sample_data/database/household
# An archive of `make bundle` has the wheels in it, and then nothing else is asked.
OFFLINE := $(if $(wildcard wheels),--no-index --find-links wheels)
PYTEST = TMPDIR=$$(.ci/temporary-folder) $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run check test fuzz lint vulnerabilities lock icons bundle sample system clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

run: .venv/installed $(if $(HOUSEHOLD_DATABASE_URL),,$(SAMPLE)) ## start the board (PORT=8501); the first time: install, make the sample
	$(BIN)/streamlit run app.py --server.port $(PORT)

check: lint ## style, types, imports, and every test that opens no database, browser or server
	$(PYTEST) -n $$(nproc) -m "not opens_a_database"

test: system lint vulnerabilities ## everything: style, types, imports, every test, with Chromium and PostgreSQL
	$(PYTEST) -n $$(nproc)

fuzz: .venv/installed-dev ## 10,000 random questions that look for a way around the scope (a quarter of an hour)
	$(BIN)/python -m pytest tests/fuzz/fuzz_*.py

vulnerabilities: .venv/installed-dev ## known vulnerabilities of the pinned packages, where their database can be reached
	$(BIN)/python .ci/vulnerabilities.py

lint: .venv/installed-dev ## style, types, who may import whom
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: ## lock the dependencies anew, after a change of requirements.txt or requirements-dev.txt
	PYTHON=$(PYTHON) .ci/lock

icons: .venv/installed ## the font of icons anew, after an upgrade of Streamlit or with an icon not used before
	.ci/icons

bundle: .venv/installed ## one archive for machines without a network: the newest commit, wheels, checksums; into dist/
	$(BIN)/python .ci/bundle.py

sample: .venv/installed ## make the sample database and its demonstration ledger anew
	$(BIN)/python -m sample_data.build
	$(BIN)/python -m sample_data.demonstration

system: ## what tests need from the system: Chromium, Chinese fonts, PostgreSQL, LibreOffice, nginx
	@.ci/system-packages

clean: ## remove the environment, caches and the sample database
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis sample_data/database
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made once, and again only when the lock changes.
.venv/installed: requirements.lock
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; set PYTHON=python3.x")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet $(OFFLINE) --require-hashes -r requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.lock
	@touch $@

# With the records of the demonstration, unless somebody has records of their own; without them the board starts as well.
$(SAMPLE): | .venv/installed
	$(BIN)/python -m sample_data.build
	-$(BIN)/python -m sample_data.demonstration
