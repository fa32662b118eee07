# Everything runs out of .venv, which `make setup` fills with exactly what the lock files name.

# The first Python that is new enough. Another one: make PYTHON=/path/to/python
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; \
	done)
UV ?= uv
DOCKER ?= docker
VERSION = $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' pyproject.toml)
BIN := .venv/bin
READY := .venv/.ready
# The pages for people are bundled with node: the machine's, else one from the package index.
PAGES := server/static/dashboard.html
NODE := export PATH="$(CURDIR)/$(BIN):$$PATH";
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: run test bench bench-peers setup supergraph system-packages dist image reference lock audit

run: setup # start the server, without a pacioli.toml on the sandbox
	$(BIN)/pacioli serve $(ARGS)

test: setup # lint, check the types, run the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(ARGS)

bench: setup # measure; ARGS=execution for one of the benchmarks only
	$(BIN)/python -m benchmarks $(ARGS)

bench-peers: setup # measure other servers; needs Node.js and npm
	cd benchmarks/peers && npm ci
	$(BIN)/python -m benchmarks peers

setup: $(READY) $(PAGES) # fill .venv with the locked dependencies and the project; bundle the pages

$(READY): requirements-dev.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Pacioli needs Python 3.11 or newer: make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) has no venv module: as root, make system-packages" >&2; exit 1; }
	"$(PYTHON)" -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

PAGE_SOURCES := schema/schema.graphql $(wildcard *.md) \
	$(shell find pages docs -name node_modules -prune -o -name generated -prune -o -type f -print)
$(PAGES): $(READY) requirements-node.lock $(PAGE_SOURCES)
	@$(NODE) { { node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' && npm --version; } \
		>/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes -r requirements-node.lock; } && \
		cd pages && npm ci --silent && npm run --silent build || \
		{ echo "The pages could not be built; the server runs without them" >&2; test -z "$$CI"; }

supergraph: setup # write what deploy/ gives the gateway anew; needs Node.js and npm
	cd tests/federation && npm ci --silent
	$(BIN)/pacioli schema --federation | node tests/federation/supergraph.mjs > deploy/gateway/supergraph.graphql

system-packages: # as root on Debian: what the tests need besides
	apt-get update
	DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends redis-server chromium curl prometheus \
		$$("$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv)

dist: setup # build the wheel and the source distribution
	$(BIN)/python -m hatchling build --directory dist

image: # build the container's image, with docker or what is called DOCKER
	$(DOCKER) build --tag pacioli:$(VERSION) .

reference: setup # write docs/reference.md anew, out of the schema
	$(BIN)/python -m tests.docs.reference

lock: # write the lock files anew, with uv; ARGS=--upgrade for newer versions
	$(COMPILE) $(ARGS) pyproject.toml --output-file requirements.lock
	$(COMPILE) $(ARGS) pyproject.toml --group dev --constraint requirements.lock \
		--output-file requirements-dev.lock
	$(COMPILE) $(ARGS) --group node --output-file requirements-node.lock

audit: # known vulnerabilities of what is locked; asks the package index, so it is not part of test
	test -x .audit/bin/pip-audit || { "$(PYTHON)" -m venv .audit && \
		.audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit; }
	.audit/bin/pip-audit --require-hashes --disable-pip -r requirements-dev.lock
