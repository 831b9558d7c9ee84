# make assess | test | test-long | check | docs | bench: no options to learn. Each first makes the environment .venv.
# Nothing in the package needs make: on Windows, see CONTRIBUTING.md.

export NO_MKDOCS_2_WARNING := 1

BIN := .venv/bin
READY := .venv/ready

# The first Python that runs (a name on the path may be an empty shim) and is new enough.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)

.PHONY: assess test test-long check docs bench

assess: $(READY)
	$(BIN)/twofront assess

test: $(READY)
	$(BIN)/pytest tests -m "not long" -n 2

test-long: $(READY)
	$(BIN)/pytest tests -m long

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/mkdocs build --strict --quiet

docs: $(READY)
	$(BIN)/mkdocs build --strict
	@echo "Open site/index.html"

bench: $(READY)
	$(BIN)/python benchmarks/bench.py

# The environment: made when it is missing or broken, otherwise brought up to date in place. uv if it can be had
# (on the path, or fetched into .venv), otherwise pip alone; both install exactly what constraints.txt pins.
$(READY): constraints.txt pyproject.toml
	@set -e; \
	if ! $(BIN)/python -c "" >/dev/null 2>&1; then \
		if test -z "$(PYTHON)"; then \
			echo "twofront needs Python 3.11 or newer, and found none: install one, or name it: make PYTHON=/path/to/python"; \
			exit 1; \
		fi; \
		echo "Making .venv with $(PYTHON)"; \
		$(PYTHON) -m venv --clear .venv || { rm -rf .venv; uv venv --seed --python "$(PYTHON)" .venv; } || { \
			rm -rf .venv; \
			echo "$(PYTHON) cannot make an environment: install its venv module (on Debian: python3-venv)"; \
			exit 1; \
		}; \
	fi; \
	uv=$$(command -v uv || true); \
	if test -z "$$uv"; then \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check uv >/dev/null 2>&1 || true; \
		if test -x $(BIN)/uv; then uv=$(BIN)/uv; fi; \
	fi; \
	echo "Installing what constraints.txt pins into .venv"; \
	{ test -n "$$uv" && UV_LINK_MODE=copy "$$uv" pip install --quiet --python $(BIN)/python --require-hashes -r constraints.txt; } \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt; \
	{ test -n "$$uv" && "$$uv" pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; } \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
