# Two commands: `make test` and `make book`. `make help` lists the rest.
TIER ?= published
VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/rfbook.stamp

.DEFAULT_GOAL := help
.PHONY: book pdf test torture gpu why verify notebooks teach clean help

book: $(STAMP) ## the site, in build/TIER/_build/html: make book TIER=smoke
	$(PYTHON) -m rfbook book --tier $(TIER)

pdf: book ## the book and the report as PDF, in the site; it needs Chromium
	$(PYTHON) -m rfbook pdf --tier $(TIER)

test: $(STAMP) ## style, import contract, tests
	$(PYTHON) -m ruff check . && OMP_NUM_THREADS=1 $(PYTHON) -m pytest -n 3 --dist loadfile

torture: $(STAMP) ## faults on purpose: kills, races, damage, full disks; a quarter of an hour
	OMP_NUM_THREADS=1 $(PYTHON) -m pytest -n 2 --dist loadfile -m torture tests/torture

gpu: $(STAMP) ## on a GPU that is lent for 12 minutes: does it agree, how fast is it, then runs of tier paper
	$(PYTHON) -m rfbook lent --minutes 12 --into build/lent

why: $(STAMP) ## what is missing or stale on a page: make why PAGE=size_matters/border-layer
	$(PYTHON) -m rfbook why $(PAGE) --tier $(TIER)

verify: $(STAMP) ## check the published records: checksums, keys, versions
	$(PYTHON) -m rfbook verify

notebooks: $(STAMP) ## write every page as .ipynb, to open in Jupyter
	$(PYTHON) -m rfbook notebooks

teach: book ## notebooks, slides, lesson plans, figures for a lesson, in build/teach
	$(PYTHON) -m rfbook teach

clean: ## remove build/; records and the environment stay
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "make %-10s %s\n", $$1, $$2}'

# The environment: exact versions, then this package in place. Made again when either file changes.
$(STAMP): requirements.lock pyproject.toml
	@python3 -c 'import sys; v = sys.version.split()[0]; sys.exit(0 if (3, 11, 5) <= sys.version_info < (3, 12) else "python3 is " + v + ": make asks for Python 3.11, from 3.11.5 on; put one first on PATH, for example with pyenv or conda")'
	@echo "installing the pinned packages into $(VENV): once, a few minutes"
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@
