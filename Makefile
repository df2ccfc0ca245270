# The two commands a newcomer needs: `make chat` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help chat eval test lint bench sbom clean

help:            ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/ -/'

# A stamp per set of requirements, so that the second run starts at once.
.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else f"Python 3.11 or newer is needed, {sys.executable} is {v[0]}.{v[1]}: make PYTHON=python3.12 ...")'
	@echo "Setting up .venv (once, about half a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/developing: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

chat: .venv/installed   ## talk to the agent in the terminal (example catalogue, embedded model, no key)
	@$(BIN)/handoff chat

eval: .venv/installed   ## score the agent on the shipped cases
	@$(BIN)/handoff eval

test: lint              ## all tests, after lint and strict types
	$(BIN)/python -m pytest -n auto

lint: .venv/developing  ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/developing ## everything that is measured, with plots, beside the stored run (45 minutes; ARGS=--quick: five)
	$(BIN)/python -m benchmarks $(ARGS)

sbom: .venv/developing  ## dist/sbom.cdx.json: every package that an installation with all extras brings (CycloneDX)
	@rm -rf .venv-sbom && $(PYTHON) -m venv --without-pip .venv-sbom && mkdir -p dist
	@$(BIN)/python -m pip --python .venv-sbom/bin/python install --quiet --disable-pip-version-check '.[all]'
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON -o dist/sbom.cdx.json .venv-sbom
	@rm -rf .venv-sbom && echo dist/sbom.cdx.json

clean:                  ## take the virtual environment and the caches away
	rm -rf .venv .venv-sbom dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
