"""Serves ``hooks_app`` from a database that exists: ``gunicorn 'tests.bench.hooks_wsgi:application()'``."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any


def application() -> Callable[[dict[str, Any], Any], Any]:
    """Both handlers side by side in the same processes, with the broker that ``make run`` uses."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from tests.bench import hooks_app

    settings.DEBUG = False
    settings.ROOT_URLCONF = hooks_app.__name__
    settings.CELERY_BROKER_URL = "files://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(settings.VAR / "broker")}
    connections.settings["default"]["NAME"] = os.environ["AFTERWORD_BENCH_DATABASE"]
    bare, whole = hooks_app.handlers()

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        handler = bare if environ["PATH_INFO"] == "/bare/" else whole
        return handler(environ, start_response)

    return answer
