# Two commands do everything: `make demo` runs the main job, `make test` passes the tests.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
JOBS   ?= auto
JUDGES := ansible pyats scrapli

.PHONY: judges venv demo pictures test lint check format golden schema clean help
.DEFAULT_GOAL := help

help:
	@echo "make demo          the embedded city, live, until Ctrl-C   (ONCE=1: run to the end and exit)"
	@echo "make test          all tests"
	@echo "make judges        clients that judge the virtual Nexus from environments of their own (1.5 GB)"
	@echo "make lint          format, lint, types, layers"
	@echo "make check         lint, then test"
	@echo "make format        rewrite to the house format"
	@echo "make golden        rewrite the golden cases; review the diff"
	@echo "make pictures      draw the pictures of the documentation anew (chromium)"
	@echo "make schema        rewrite the JSON Schemas of the inventory files"

$(STAMP): pyproject.toml constraints.txt containerlab/vnexus/pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e containerlab/vnexus -e '.[dev]'
	@touch $@

venv: $(STAMP)

judges: $(JUDGES:%=.venv-%/.installed)

.venv-%/.installed: containerlab/vnexus/judges/%.txt
	test -x .venv-$*/bin/python || $(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

demo: $(STAMP)
	$(BIN)/moulin demo $(if $(ONCE),--once)

test: $(STAMP)
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: $(STAMP)
	MOULIN_REWRITE_GOLDEN=1 $(BIN)/pytest tests/golden

schema: $(STAMP)
	$(BIN)/moulin init --schemas-only inventory/schema

pictures: $(STAMP)
	$(BIN)/python docs/pictures/make.py

clean:
	rm -rf $(VENV) $(JUDGES:%=.venv-%) .mypy_cache .pytest_cache .ruff_cache
