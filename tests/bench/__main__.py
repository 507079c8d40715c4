"""``python -m tests.bench``: every measurement, in a database of its own that is thrown away."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import sys
import tempfile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")


def main() -> None:
    """Run the measurements whose module name contains one of the arguments, or all of them."""
    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from config import postgres
    from tests.bench import registry

    wanted = sys.argv[1:]
    for module in pkgutil.iter_modules(importlib.import_module("tests.bench").__path__):
        if module.name.startswith("bench_") and (not wanted or any(word in module.name for word in wanted)):
            importlib.import_module(f"tests.bench.{module.name}")
    setup_test_environment()
    settings.DEBUG = False
    evidence = tempfile.mkdtemp(prefix="afterword-bench-")
    settings.STORAGES["default"]["OPTIONS"]["location"] = evidence
    if not settings.AFTERWORD.database_url:
        postgres.cluster(settings.VAR, for_tests=True).start_as_child()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        for bench in registry.BENCHES:
            for measured in bench():
                print(measured, flush=True)
    finally:
        teardown_databases(databases, verbosity=0)
        if not settings.AFTERWORD.database_url:
            postgres.stop(settings.VAR)
        shutil.rmtree(evidence, ignore_errors=True)
        if settings.VAR.name == f"afterword-tests-{os.getpid()}":
            shutil.rmtree(settings.VAR, ignore_errors=True)


if __name__ == "__main__":
    main()
