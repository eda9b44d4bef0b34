# Start here: `make run` to try the product, `make test`, `make check`, `make fix`, `make bench`.
# Needs Python 3.11 or newer and make; everything else goes into .venv/, node_modules/ and var/.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
# Python's packages, JavaScript's and the build of the pages wait for the network and for each other in part.
MAKEFLAGS += --no-print-directory --jobs=2

DATA_DIR ?= var
HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= 1
MEDIA ?= mesh
export DATA_DIR
# Hundreds of processes start in a run of the tests: each would compile the product anew.
export PYTHONDONTWRITEBYTECODE :=

PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
NPM := $(PY) -m tools.node
# Tests and checks need more than the product: all of it comes in one go.
INSTALLED := .venv/$(if $(filter test services check-scripts check-rest hooks fix translations bench,$(MAKECMDGOALS)),test,base)
# Without npm on this machine one is installed into the virtualenv.
FOR_NPM := $(if $(shell command -v npm),.venv/bin/python,$(INSTALLED))
FRONTEND := $(shell find frontend \( -path frontend/dist -o -path frontend/styles/cut \) -prune -o -type f -print)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

.PHONY: help
help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

# ---- setting up, each step only when what it is made from has changed ------------------------------------

.venv/bin/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$python -m venv .venv && exit 0; \
			echo "Python has no venv module here; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; \
		fi; \
	done; echo "Python 3.11 or newer is needed"; exit 1

.venv/base: requirements/base.txt | .venv/bin/python
	@echo "Installing Python packages"
	@$(PIP) -r requirements/base.txt
	@touch $@

.venv/test: requirements/base.txt requirements/test.txt | .venv/bin/python
	@echo "Installing Python packages, with what tests and checks need"
	@$(PIP) -r requirements/base.txt -r requirements/test.txt
	@touch .venv/base $@

.venv/bench: requirements/bench.txt | .venv/test
	@$(PIP) -r requirements/bench.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc | $(FOR_NPM)
	@echo "Installing JavaScript packages"
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/.vite/manifest.json: node_modules/.package-lock.json $(FRONTEND)
	@echo "Building the pages' scripts and styles"
	@$(NPM) run --silent build -- --logLevel=warn
	@touch $@

%.mo: %.po | $(INSTALLED)
	@$(PY) -m tools.translations compile $<

var/static/.made: $(INSTALLED) frontend/dist/.vite/manifest.json $(shell find frontend/static -type f)
	@$(PY) manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@

.PHONY: setup
setup: $(INSTALLED) var/static/.made $(CATALOGUES) ## Install and build what a deployment without containers needs

# ---- what people call ------------------------------------------------------------------------------------

# The database of DATA_DIR needs this only after a change; a database named from outside is looked at every time.
LOOK_AGAIN := $(if $(DATABASE_URL)$(wildcard .env),always,$(if $(wildcard $(DATA_DIR)/db.sqlite3),,always))

$(DATA_DIR)/.ready: export DEMO := $(DEMO)
$(DATA_DIR)/.ready: requirements/base.txt $(wildcard */migrations/*.py) $(LOOK_AGAIN) | setup
	@MEDIA=mesh $(PY) manage.py migrate --verbosity 0
	@MEDIA=mesh $(PY) manage.py seed_demo
	@touch $@

.PHONY: always
always:

SERVICES_OF_sfu := $(PY) -m tools.services livekit --

.PHONY: run
run: export DEMO := $(DEMO)
run: export HOST := $(HOST)
run: export PORT := $(PORT)
run: export MEDIA := $(MEDIA)
run: setup $(DATA_DIR)/.ready ## Serve the whole product with demo data at http://127.0.0.1:8000 (PORT, DATA_DIR, MEDIA=sfu)
	@exec $(SERVICES_OF_$(MEDIA)) $(PY) manage.py serve $(SERVE)

.PHONY: test
test: setup .venv/test ## Run every test on PostgreSQL, Redis, LiveKit and Chromium (TESTS=tests/meetings)
	@failed=0; \
	$(if $(TESTS),,$(NPM) run --silent test || failed=1;) \
	$(PY) -m tools.services --kept postgres redis chromium -- $(PY) -m tools.tests $(TESTS) || failed=1; \
	exit $$failed

.PHONY: services
services: setup .venv/test ## Keep the servers that tests need running until Ctrl-C, so that `make test TESTS=…` starts at once
	@exec $(PY) -m tools.services postgres redis livekit chromium

.PHONY: check
check: ## Format, lint, types, import contracts, migrations, translations, templates
	@$(MAKE) --keep-going check-scripts check-rest

# Needs JavaScript's packages alone, and begins while Python's are still on their way.
.PHONY: check-scripts
check-scripts: node_modules/.package-lock.json
	@$(PY) -m tools.check --scripts

.PHONY: check-rest
check-rest: setup .venv/test
	@$(PY) -m tools.check --rest

.PHONY: hooks
hooks: .venv/test ## Run the quick checks before each commit
	@$(PY) -m tools.hooks

.PHONY: fix
fix: setup .venv/test ## Format everything and mend what can be mended by a machine
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format --quiet .
	@$(NPM) run --silent lint -- --fix

.PHONY: translations
translations: .venv/test ## Bring the .po files up to date with the sources
	@$(PY) -m tools.translations update

.PHONY: bench
bench: setup .venv/bench ## Compare with peers (NAME=live, NAME=growth, NAME=votes, NAME=together, NAME=mail, NAME=storm, NAME=pages, NAME=queries, NAME=projects, NAME=media)
	@exec $(PY) -m tools.services postgres redis -- $(PY) -m bench $(NAME)

LOCK := ../$(PY) -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --annotation-style=line

.PHONY: lock
lock: | .venv/bin/python ## Write the locks anew after a change in requirements/*.in or package.json
	@$(PY) -m piptools --version >/dev/null 2>&1 || $(PIP) -r requirements/base.txt -r requirements/test.txt
	@cd requirements && for name in base test bench node go; do $(LOCK) -o $$name.txt $$name.in || exit 1; done
	@$(NPM) install --package-lock-only
