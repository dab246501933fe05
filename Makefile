# Needs make and Python 3.11 or newer; everything else is installed below this folder.
# Extra words for a command go into ARGS: make demo ARGS=--check

export CLUB_DATA ?= $(abspath ../shared/data)
# Each process of a run would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?=
ARGS ?=
ARCH ?= arm64
CLUB ?= chalicelib/club.toml
OUT ?= dist

dev := .venv/.complete
cloud := .ministack/.complete
run := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo slot test check map registers package bench bench-retention smoke sql rhythm staff clean letters

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

demo: $(dev) $(cloud) ## the whole club on this machine, with its story; ARGS=--check plays it and exits
	@exec $(run) -m infra.demo $(ARGS)

slot: $(dev) ## beside make demo: the letters of approved issues leave now, and their results are counted; ARGS="--port 8080"
	@exec $(run) -m infra.demo.slot $(ARGS)

# Three processes for two cores: those at a deployed club wait more than they compute. tests/conftest.py says who gets what.
test: $(dev) $(cloud) ## unit, contract and end-to-end tests; ARGS='-m slow' for the others: years of sales, other clients, the local cloud
	@exec $(run) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(dev) ## style, types, import rules, contract (OpenAPI, template, package)
	@$(run) -m infra.registers --check
	@$(run) -m ruff check .
	@$(run) -m ruff format --check .
	@$(run) -m mypy --config-file tests/mypy.ini & $(run) -m mypy; sources=$$?; wait $$! && exit $$sources
	@$(run) -m pytest -q tests/contract $(ARGS)

registers: $(dev) ## writes .chalice/ and infra/functions.yaml from the functions that the rooms declare
	@exec $(run) -m infra.registers

map: $(dev) ## the table's map: each question, the key that answers, who asks
	@exec $(run) -m infra.map

package: $(dev) ## template and zip for AWS in OUT=dist; ARCH=arm64|x86_64, CLUB=figures.toml
	@exec $(run) -m infra.build --arch $(ARCH) --club $(CLUB) --out $(OUT)

bench: $(dev) $(cloud) ## the budgets, measured
	@exec $(run) -m pytest tests/benchmarks -q -s $(ARGS)

smoke: $(dev) ## a deployed club used once from end to end: ARGS='--stack NAME --email …', or ARGS='--local 4600' for the demo
	@exec $(run) -m infra.smoke $(ARGS)

sql: $(dev) ## a question to the datasets: ARGS="--local 4600 'SELECT count(*) FROM sale_lines'", or --stack NAME
	@exec $(run) -m infra.sql $(ARGS)

bench-retention: $(dev) ## what the rhythm foresees on a year of public sales, beside plain rules
	@exec $(run) -m pytest tests/benchmarks/bench_retention.py -q -s $(ARGS)

rhythm: $(dev) ## who goes quiet, from a sales file: ARGS='FILE.csv --as-of 2010-09-01 --horizon 90 --out scores.csv'
	@exec $(run) -m infra.rhythm $(ARGS)

letters: $(dev) ## every letter in both languages as pages, in .local/letters; ARGS=--screens pictures them in Chromium
	@exec $(run) -m tests.mail.gallery $(ARGS)

look: $(dev) ## what an import would make of a sales file, without a cloud: ARGS='FILE --language ru'
	@exec $(run) -m infra.look $(ARGS)

staff: $(dev) ## the first staff user, and other commands for the owner: ARGS=--help
	@exec $(run) -m infra.admin $(ARGS)

clean: ## removes everything that was made here: environments, packages, the demo's club
	rm -rf .venv .ministack .local dist .chalice/deployments .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(dev): requirements.txt requirements-dev.txt
	@infra/venv.sh .venv requirements-dev.txt $(PYTHON)
	@touch $@

$(cloud): infra/local/requirements.txt
	@infra/venv.sh .ministack infra/local/requirements.txt $(PYTHON)
	@touch $@
