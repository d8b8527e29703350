# Everything from a fresh clone, with nothing but Python 3.11 and make: the environment is made in .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all check scan audit bench lock clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /	/'

install: $(READY)  ## make .venv as requirements.lock says

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tinhuy needs Python 3.11 or later; try: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY)  ## a whole night on bundled sample portals; prints what to open
	$(BIN)/tinhuy demo

test: $(READY)  ## all tests, of the long ones their short forms
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-all: $(READY)  ## all tests, every fault of the net and every point of a night too
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

scan: $(READY)  ## look for credentials in what is committed
	git ls-files -z | grep -zvE '^(requirements\.lock|tests/data/)' | \
	  xargs -0 $(BIN)/detect-secrets-hook --no-verify --baseline .secrets.baseline

audit: $(READY)  ## known holes in dependencies (asks the package index; fails where it gives no answer)
	$(BIN)/python -m pip check
	$(BIN)/python .ci/audit.py --strict

bench: $(READY)  ## milliseconds a page beside trafilatura, characters a second
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.figures

lock: $(READY)  ## write requirements.lock for every Python from 3.11 on; versions in it stay unless `UPGRADE=--upgrade`
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-annotate --no-header $(UPGRADE) \
	  --output-file requirements.lock pyproject.toml
	{ echo "# Exact versions of everything tinhuy runs and is developed with. Made by \`make lock\`; do not edit."; \
	  cat requirements.lock; } > .venv/requirements.lock && mv .venv/requirements.lock requirements.lock

clean:  ## remove .venv
	rm -rf .venv
