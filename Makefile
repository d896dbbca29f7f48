# What is needed: make, and Python 3.11 or newer. Everything else is pinned, with hashes, in requirements/.
#
#   make demo PYTHON=/path/to/python3.13     choose the interpreter
#   make test TESTS=tests/store WORKERS=1    part of the suite
#   make lock UPGRADE=1                      take newer versions, not only what pyproject.toml forces

VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --require-hashes
WORKERS ?= 2
TESTS   ?=
STATIC  := src/sijill/web/static/workbench.js

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test bench lint docs lock assets clean distclean FORCE

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

demo: $(VENV)/.base $(STATIC)  ## build the example case and say where to look
	$(BIN)/sijill demo

test: $(VENV)/.test $(STATIC)  ## run the test suite
	@sh tools/chromium.sh
	@sh tools/postgres.sh
	@sh tools/tesseract.sh
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(TESTS)

bench: $(VENV)/.test  ## measure speed, as ratios
	@sh tools/postgres.sh
	$(BIN)/python benchmarks/run.py

lint: $(VENV)/.dev $(VENV)/.assets  ## style, types, the rooms' import rules, and the tree
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src tools tests/offline.py
	$(BIN)/lint-imports
	$(BIN)/python tools/check_tree.py
	$(BIN)/python tools/reference.py --check
	$(BIN)/python tools/words.py --check
	$(BIN)/python tools/assets.py --check

docs: $(VENV)/.base  ## write the reference pages anew
	$(BIN)/python tools/reference.py

lock: $(VENV)/.lock  ## pin what pyproject.toml asks for
	UV=$(BIN)/uv sh tools/lock.sh $(if $(UPGRADE),--upgrade)

assets: $(STATIC)  ## make the workbench's scripts, styles and compiled words

clean:  ## remove what was built and cached
	rm -rf build dist $(dir $(STATIC)) client/node_modules src/sijill/web/locale/*/LC_MESSAGES/*.mo .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name .venv -prune -o -name node_modules -prune -o -name __pycache__ -type d -exec rm -rf {} +

distclean: clean  ## remove the environment too
	rm -rf $(VENV)

# --- the environment, a stamp for each layer ---

$(VENV)/.base: requirements/build.txt requirements/base.txt requirements/web.txt pyproject.toml tools/venv.sh
	@PYTHON='$(PYTHON)' sh tools/venv.sh $(VENV)
	$(INSTALL) -r requirements/build.txt
	$(INSTALL) -r requirements/base.txt
	$(INSTALL) -r requirements/web.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.base requirements/test.txt
	$(INSTALL) -r requirements/test.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.test requirements/dev.txt
	$(INSTALL) -r requirements/dev.txt
	@touch $@

$(VENV)/.assets: $(VENV)/.base requirements/assets.txt
	$(INSTALL) -r requirements/assets.txt
	@touch $@

# What pages load: made from the sources of client/ and of the record's pages, with a Node of the environment's own.
$(STATIC): $(VENV)/.assets tools/assets.py $(wildcard client/*.json client/src/* src/sijill/web/locale/*/*/*.po) \
		src/sijill/publish/style.css
	$(BIN)/python tools/assets.py
	@touch $@

$(VENV)/.lock: $(VENV)/.base requirements/lock.txt
	$(INSTALL) -r requirements/lock.txt
	@touch $@

# An environment that was copied here with its folder still points to where it was made.
ifneq ($(wildcard $(VENV)/.where),)
ifneq ($(shell cat $(VENV)/.where),$(CURDIR))
$(VENV)/.base: FORCE
endif
endif
