# One list of tasks. `make run` and `make test` are all that a newcomer needs; every task works from any folder.
root := $(if $(filter Makefile,$(strip $(MAKEFILE_LIST))),$(CURDIR),$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
PYTHON ?= $(shell command -v python3.11 || command -v python3)
here := cd "$(root)"

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test test-long soak bench pictures lock clean

help:
	@echo "make run     build index/ from corpus/ where it changed and serve http://127.0.0.1:8000"
	@echo "make test    lint, types, floors, doctests and tests"
	@echo "make soak    what takes longer than a submission may"
	@echo "make test-long  floors over whole collections, kills, long properties"
	@echo "make bench   docs/benchmarks.md: figures of this machine, beside their peers"
	@echo "make pictures  photograph the pages into docs/pictures (needs Chromium)"
	@echo "make setup   only install into .venv"
	@echo "make lock    lock the dependencies of pyproject.toml anew"
	@echo "make clean   delete .venv and what was built in index/"

setup:
	@$(here) && ./install "$(PYTHON)" requirements.lock

setup-test:
	@$(here) && ./install "$(PYTHON)" requirements-test.lock

# Exit 3 says that some files were refused, each by name; the rest is indexed and is served.
run: setup
	@$(here) && .venv/bin/regionsok index || [ $$? -eq 3 ]
	@$(here) && exec .venv/bin/regionsok serve

test: setup-test
	@$(here) && .venv/bin/ruff check --quiet . && .venv/bin/ruff format --quiet --check .
	@$(here) && .venv/bin/mypy
	@$(here) && .venv/bin/lint-imports
	@$(here) && .venv/bin/pytest

test-long: setup-test
	@$(here) && .venv/bin/pytest -m long

soak: setup-test
	@$(here) && .venv/bin/pytest -m soak

# It goes on where it stopped; BENCH passes options on: make bench BENCH=--million adds 10^6 documents, --fresh begins anew.
bench: setup-test
	@$(here) && .venv/bin/python -m benchmarks $(BENCH)

pictures: setup-test
	@$(here) && .venv/bin/python -m tests.pictures

lock:
	@$(here) && for group in build test; do \
	  name=requirements$$( [ $$group = build ] || echo -test ).lock; \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --no-annotate --group $$group --all-extras -o $$name pyproject.toml; done

clean:
	@$(here) && rm -rf .venv index/[0-9]* index/CURRENT index/manifest.json index/extracts.sqlite index/.lock
