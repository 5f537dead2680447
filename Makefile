# The commands of the README are `make demo`, `make test` and `make quick`; each does its own set-up.
PYTHON ?= python3
PWSH ?= $(or $(shell command -v pwsh 2>/dev/null),$(realpath $(wildcard ../shared/powershell/pwsh)))
VENV := .venv
BIN := $(VENV)/bin
# As many tests at once as there are processors, eight at most.
WORKERS ?= auto
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 8 --dist loadgroup
export PWSH

.PHONY: demo test quick bench check samples lock clean

# PROFILE=online plays Exchange Online instead of Exchange Server.
PROFILE ?= server
demo: $(VENV)/ready
	$(BIN)/python -m lab demo --profile $(PROFILE)

test: check
	$(PYTEST)

# Without the tests that play whole scripts or sessions: for the inner loop.
quick: check
	$(PYTEST) -m "not slow"

# Figures beside what they are compared to; some minutes.
bench: $(VENV)/ready
	$(BIN)/python -m lab bench

check: $(VENV)/ready
	$(BIN)/ruff check .
	mkdir -p $(VENV)/named/roomscope
	ln -sfn $(CURDIR)/generator $(CURDIR)/verify $(CURDIR)/roomscope/*.py $(VENV)/named/roomscope/
	$(BIN)/mypy

$(VENV)/ready: requirements.txt setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

# Renders the bundles of the samples anew; read the difference afterwards.
samples: $(VENV)/ready
	for case in samples/*/; do \
	    $(BIN)/python -m roomscope render $$case/roomscope.toml --output $$case/bundle || exit 1; \
	done

# Writes the pinned versions with hashes anew; needs pip-tools.
lock:
	pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-emit-options \
	    --all-build-deps --extra lab --extra test --output-file requirements.txt setup.cfg

clean:
	rm -rf $(VENV)
