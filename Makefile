# The two commands that matter: `make run` and `make test`. Each builds .venv and installs what is missing, once.

PYTHON ?= python3
BIN := .venv/bin
TESTS ?= tests
WORKERS ?= 2

# No database is asked by the checks; the address keeps them from starting one.
NO_DATABASE := DATABASE_URL=postgresql://nobody@/nothing?host=/nonexistent
KEY = $$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(48))')
FIELD_KEY = $$($(PYTHON) -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())')

.PHONY: run test check soak bench lock format clean

run: ## start everything and print the address
	@$(PYTHON) config/bootstrap.py run
	@$(BIN)/python manage.py up

test: ## every test, in WORKERS processes; TESTS=tests/reviews for a part
	@$(PYTHON) config/bootstrap.py test
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder $(TESTS)

check: ## style, types, templates, layers, migrations, deployment settings
	@$(PYTHON) config/bootstrap.py check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports --no-logo
	@echo "makemigrations --check"
	@$(NO_DATABASE) DJANGO_SETTINGS_MODULE=config.settings.test \
		$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@echo "check --deploy"
	@$(NO_DATABASE) DJANGO_SETTINGS_MODULE=config.settings.production AFTERWORD_ALLOWED_HOSTS=afterword.example.com \
		AFTERWORD_SECRET_KEY=$(KEY) AFTERWORD_FIELD_KEYS=$(FIELD_KEY) \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

soak: ## long searches for trouble
	@$(PYTHON) config/bootstrap.py test
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -m soak $(TESTS)

bench: ## speed, as ratios against the bare work in the same run
	@$(PYTHON) config/bootstrap.py test
	$(BIN)/python -m tests.bench

format: ## put the code into its shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## pin the newest fitting releases, with hashes and without addresses (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --upgrade pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --extra dev -c requirements/run.txt pyproject.toml \
		-o requirements/dev.txt

clean: ## remove what can be made again; state in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
