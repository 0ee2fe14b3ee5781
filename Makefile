# `make run` serves the app, `make test` runs the tests. Both set up .venv first, and again when its requirements change.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# What Python compiled is kept, whatever this machine's habit is: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run quick test slow lint lint_javascript format chromium benchmarks screenshots clean
.DEFAULT_GOAL := run

run: $(VENV)/.runtime
	$(BIN)/python -m streamlit run streamlit_app.py

# Tests that load Keras run apart from the pages': where Keras is loaded, Streamlit clears its session and collects
# garbage after every run of a page, which takes several times as long as the page. In the product the two never meet.
KERAS_TESTS := tests/networks tests/features tests/augmentation/layers tests/training tests/explain tests/advice/test_linear_probe_worker.py tests/commands/test_engine.py tests/export/code/test_augmentation.py tests/export/network tests/prediction tests/concepts/in_keras tests/pages/concepts/chapters/test_what_a_network_sees.py

# A process a core leaves none over for the threads of linear algebra, which would take them from each other.
QUICK := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -m "not slow and not browser" -n auto --dist worksteal

# Work is stolen, not dealt out: a worker keeps to neighbouring tests, and what those share is made once.
quick: $(VENV)/.test
	$(QUICK) $(KERAS_TESTS:%=--ignore=%)
	$(QUICK) $(KERAS_TESTS)

test: quick slow

# Each core takes a file at a time, those with the most tests first: what the tests of a file train once stays in one
# process. Each process has its own server, browser and workspaces, so that none waits for another's run to end.
slow: $(VENV)/.test chromium
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory node_modules/.installed; fi
	$(BIN)/python -m pytest -m "slow or browser" -n auto --dist loadscope

# Form, types, and the JavaScript of the components; that last needs Node.js, which the program does not.
lint: $(VENV)/.test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m pyright
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory lint_javascript; \
		else echo "The JavaScript was not looked at: Node.js is not installed"; fi

lint_javascript: node_modules/.installed
	npm run --silent lint

node_modules/.installed: package-lock.json
	npm ci --no-audit --no-fund --silent
	@touch $@

format: $(VENV)/.test
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

benchmarks: $(VENV)/.test
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

screenshots: $(VENV)/.test chromium
	$(BIN)/python -m tests.browser.screenshots

clean:
	rm -rf $(VENV) node_modules

# The browser of the browser tests. Where it can't be had they are skipped, and say so.
chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || sh tests/browser/install_chromium.sh

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + \
		". Name a newer one: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.txt | $(VENV)/.python
	@echo "Installing what the app needs (about a minute and 3 GB of disk, once)"
	$(PIP) --requirement requirements.txt
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.runtime
	$(PIP) --editable ".[test]"
	@touch $@
