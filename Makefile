# Every target makes .venv when it has to: nothing is to be installed or activated before.
#   make test ARGS="-k chat"               more arguments for the command behind the target
#   make test PYTHON=python3.13            make .venv with this Python
#   make test-matrix PYTHONS="3.10 3.13" OPENAIS="2.0.0 3.*"
.DEFAULT_GOAL := help
.PHONY: help bench demo test lint types build test-corpora test-dashboard test-instrumented test-matrix test-programs test-references test-schemathesis test-unedited test-workers lock venv clean

# The caller's own Python environment must not leak into .venv.
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV

python := .venv/bin/python

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

demo: venv ## see it at work against the local platform
	$(python) examples/demo.py $(ARGS)

test: venv ## run the tests
	$(python) -m pytest -n auto --dist loadgroup $(ARGS)

lint: venv ## check the code's style
	$(python) -m nox -s lint

types: venv ## check the types with mypy and pyright
	$(python) -m nox -s types

build: venv ## make wheel and sdist in dist/
	$(python) -m nox -s build

test-matrix: venv ## run the tests on each supported openai and Python
	$(python) -m nox -s matrix -- $(ARGS)

test-workers: venv ## run the tests on workers of Ray, Dask and Celery
	$(python) -m nox -s workers -- $(ARGS)

test-dashboard: venv ## run the tests of the dashboard in Chromium
	$(python) -m nox -s dashboard -- $(ARGS)

test-programs: venv ## run programs of other clients against the local platform
	$(python) -m nox -s programs -- $(ARGS)

test-instrumented: venv ## run wrapped clients under langsmith, braintrust, langfuse and OpenTelemetry
	$(python) -m nox -s instrumented -- $(ARGS)

test-unedited: venv ## run programs written for OpenAI under pareta-openai run
	$(python) -m nox -s unedited -- $(ARGS)

test-schemathesis: venv ## hold the local platform against the contract with schemathesis
	$(python) -m nox -s schemathesis -- $(ARGS)

test-corpora: venv ## run the codemod over the sources of packages that use openai
	$(python) -m nox -s corpora -- $(ARGS)

test-references: venv ## run the scorers beside scikit-learn, jiwer and rouge-score
	$(python) -m nox -s references -- $(ARGS)

bench: venv ## measure the client's speed beside others', into benchmarks/RESULTS.md
	$(python) -m nox -s bench -- $(ARGS)

# ARGS=--upgrade also takes newer versions of what is locked already.
lock: venv ## remake requirements-dev.txt from pyproject.toml
	$(python) -m uv pip compile --quiet --universal --python-version 3.10 --no-python-downloads \
	    --no-emit-index-url --no-header --no-annotate --all-extras --group dev \
	    --output-file requirements-dev.txt $(ARGS) pyproject.toml

venv: ## only make .venv
	@sh tools/bootstrap.sh

clean: ## remove what the targets made
	rm -rf .venv .nox .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
