# One command per wish. Everything is installed inside the checkout (.venv, frontend/node_modules); data lies in var/.

PYTHON ?= python3
NPM ?= npm
CHROMIUM ?= /usr/bin/chromium
VENV := .venv
BIN := $(VENV)/bin
PORT ?=
# measuring pictures, for `make gallery`: a folder with photos/ and clean/
DATA ?= ../shared/data
E2E_ARGS ?=
# where torch comes from: without an NVIDIA card the build for processors, a tenth of the size
TORCH_INDEX ?= $(shell command -v nvidia-smi >/dev/null 2>&1 || echo https://download.pytorch.org/whl/cpu)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PAGE_SOURCES := $(shell find frontend/src frontend/public frontend/index.html -type f 2>/dev/null) \
	frontend/vite.config.ts frontend/package-lock.json

.PHONY: help run dev test check demo lint format types contracts test-python test-page test-browser bench reference soak presets weights gallery gallery-accept openapi clean
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 14

run: .make/venv frontend/dist/index.html ## set everything up and serve the page (http://127.0.0.1:8000)
	$(BIN)/python -m backend serve $(if $(PORT),--port $(PORT))

dev: .make/venv .make/page ## serve the API and the page with live reload (http://127.0.0.1:5173)
	trap 'kill 0' EXIT; $(BIN)/python -m backend serve & cd frontend && $(NPM) run dev

test: test-python test-page test-browser ## set up and run all tests

check: lint types contracts test ## what CI runs

demo: .make/dev ## restore and animate a sample on the command line; prints where the files are
	$(BIN)/python -m backend demo

lint: .make/dev .make/page ## style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd frontend && $(NPM) run lint

format: .make/dev .make/page ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd frontend && $(NPM) run format

types: .make/dev .make/page ## mypy strict and vue-tsc
	$(BIN)/mypy
	cd frontend && $(NPM) run typecheck

contracts: .make/dev ## which layer may import which
	$(BIN)/lint-imports

# one thread each for torch: two test processes with two threads each only wait for each other
test-python: .make/dev
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 -m "not soak"

test-page: .make/page
	cd frontend && $(NPM) run test

test-browser: .make/dev frontend/dist/index.html
	@if [ -z "$$CI" ] && [ ! -x "$(CHROMIUM)" ]; then \
		echo "browser tests skipped: no $(CHROMIUM); install Chromium or set CHROMIUM"; \
	else cd frontend && CHROMIUM="$(CHROMIUM)" $(NPM) run e2e -- $(E2E_ARGS); fi

soak: .make/dev ## the long tests
	$(BIN)/pytest -m soak --timeout 1800

bench: .make/dev ## time the engines on this machine; writes docs/benchmarks.md
	$(BIN)/python -m benchmarks > docs/benchmarks.md.new && mv docs/benchmarks.md.new docs/benchmarks.md

reference: .make/reference .make/first-order-model ## the official packages and code, apart from ours: `make bench` compares with them

presets: .make/dev ## make the sample driving clips anew and check them
	$(BIN)/python -m backend presets make
	$(BIN)/python -m backend presets check

gallery: .make/dev ## everything the engines make of DATA's photos, on one page: var/gallery/made/index.html
	$(BIN)/python -m backend evaluate gallery $(DATA)/photos $(DATA)/clean -o var/gallery/made \
		--accepted var/gallery/accepted --verdicts docs/quality/verdicts.csv

gallery-accept: .make/dev ## the gallery has been looked at: the next is compared with it
	$(BIN)/python -m backend evaluate accept var/gallery/made var/gallery/accepted

weights: .make/venv ## fetch the recommended model files into weights/ (355 MB)
	$(BIN)/python -m backend weights download

openapi: .make/dev .make/page ## write docs/openapi.json and the page's types from the code
	$(BIN)/python -m backend openapi docs/openapi.json
	cd frontend && $(NPM) run types

clean: ## remove what make has made (not your data in var/)
	rm -rf $(VENV) .venv-reference .make frontend/node_modules frontend/dist

# --- what the targets stand on -------------------------------------------------------------------------------------

# an index that pip may ask as well, where it can be reached; pip itself would try for minutes
reachable = $(if $(1),$$($(PYTHON) -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1] + "/torch/", timeout=10); print("--extra-index-url", sys.argv[1])' $(1) 2>/dev/null))

.make/venv: requirements.txt
	@mkdir -p .make
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, not " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet -r requirements.txt $(call reachable,$(TORCH_INDEX))
	@touch $@

.make/dev: .make/venv pyproject.toml
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

.make/reference: requirements-reference.txt
	@mkdir -p .make
	$(PYTHON) -m venv .venv-reference
	sed '/^# --no-deps/,$$d' $< > .make/reference.txt
	.venv-reference/bin/python -m pip install --quiet -r .make/reference.txt $(call reachable,$(TORCH_INDEX))
	sed '1,/^# --no-deps/d' $< > .make/reference.txt
	.venv-reference/bin/python -m pip install --quiet --no-deps --no-build-isolation -r .make/reference.txt
	@touch $@

# the official First Order Motion code; without it `make bench` leaves that section of the page as it is
.make/first-order-model: .make/reference
	@folder=.venv-reference/first-order-model; rm -rf $$folder; \
	if git clone --quiet https://github.com/AliaksandrSiarohin/first-order-model $$folder \
		&& git -C $$folder checkout --quiet c027484; then touch $@; \
	else rm -rf $$folder; echo "the official First Order Motion code cannot be fetched from GitHub here:" \
		"set FIRST_ORDER_REFERENCE to a checkout of it (commit c027484), or bench without"; fi

# errors only: some tools warn that they want a newer Node, and run on 20 all the same
.make/page: frontend/package.json frontend/package-lock.json
	@mkdir -p .make
	cd frontend && $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/index.html: .make/page $(PAGE_SOURCES)
	cd frontend && $(NPM) run build
	@touch $@
