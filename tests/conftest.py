"""What every test stands on: one database server for the run, a live server, a watched browser, and no outside world.

The embedded PostgreSQL starts once, in the process that was called; ``pytest-xdist`` workers join it, each with a
database of its own. With ``DATABASE_URL`` set, that server is used instead (its role needs CREATEDB).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.color import Style
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config import postgres
from config.processes import command_line

pytest_plugins = ("tests.browser", "tests.network")

# Playwright's synchronous interface runs an event loop in the main thread, where Django would refuse to use the ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

hypothesis_settings.register_profile("ci", derandomize=True, deadline=None, max_examples=50)
hypothesis_settings.register_profile(
    "soak", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def _calls_the_tests(config: pytest.Config) -> bool:
    """Whether this process was called by a person, rather than being a worker of one that was."""
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Start the one database server, which ends with this process however it ends."""
    if _calls_the_tests(config):
        _remove_what_killed_runs_left()
    if _calls_the_tests(config) and not settings.AFTERWORD.database_url and not config.option.collectonly:
        postgres.cluster(settings.VAR, for_tests=True).start_as_child()


def _remove_what_killed_runs_left() -> None:
    for left in settings.VAR.parent.glob("afterword-tests-[0-9]*"):
        if not command_line(int(left.name.rpartition("-")[2])):
            shutil.rmtree(left, ignore_errors=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind, even when a worker has not let go of the server yet."""
    if not _calls_the_tests(config):
        return
    postgres.cluster(settings.VAR).shut_down()
    postgres.stop(settings.VAR)
    if settings.VAR.name == f"afterword-tests-{os.getpid()}":
        shutil.rmtree(settings.VAR, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied() -> Iterator[None]:
    """Let the flush after a transactional test pass the triggers that refuse TRUNCATE (the owner of a table may)."""
    original = DatabaseOperations.sql_flush

    def sql_flush(
        self: BaseDatabaseOperations, style: Style, tables: list[str], **options: bool
    ) -> list[str]:
        names = [self.quote_name(table) for table in tables]
        return [
            *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names),
            *original(self, style, tables, **options),
            *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names),
        ]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign, assignment]
    yield
    DatabaseOperations.sql_flush = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def evidence_directory(tmp_path: Path, settings: Settings) -> Path:
    """Where this test's evidence files are kept."""
    directory = tmp_path / "evidence"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": directory},
        },
    }
    return directory


class _Application(WSGIHandler):
    """The whole application, in place of the handlers for static files and uploads that Django puts before it."""

    def __init__(self, _handler: object) -> None:
        super().__init__()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """A server in a thread; WhiteNoise serves the static files from a list that is made once, as it does for people."""
    server = LiveServer("127.0.0.1", start=False)
    server.thread.static_handler = _Application
    server.start()
    yield server
    server.stop()
