"""One whole installation on one machine: database, web server, worker and scheduler, as ``manage.py up`` runs it."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from signal import SIGQUIT, SIGTERM
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config import postgres
from config.env import ROOT
from config.files import private_directory
from config.supervisor import DatabasePart, Part, Say, Supervisor
from governance.models import Organization

FIRST_PORT, LAST_PORT = 8000, 8099
HEALTHY_SECONDS = 60
_EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104
ACCESS_LINE = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"


class CannotRun(Exception):
    """The installation cannot start; the message says what to do."""


@contextmanager
def only_one() -> Iterator[Path]:
    """Hold the state directory's run lock; yields the file in which to note who runs. The kernel frees the lock."""
    path = private_directory(settings.VAR / "run") / "up.json"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(
                f"{_who_runs(path)} Stop it first, or set AFTERWORD_VAR to another directory."
            ) from None
        path.write_text("")
        yield path


def _who_runs(path: Path) -> str:
    try:
        noted = json.loads(path.read_text())
        return f"Afterword already runs here: process {noted['pid']} at {noted['address']}."
    except (ValueError, KeyError, OSError):
        return f"Afterword is already starting from {settings.VAR}."


def listen() -> socket.socket:
    """The web server's listening socket, held here so that a web process that ends loses no visitor."""
    wanted = settings.AFTERWORD.port
    host = settings.AFTERWORD.bind
    for port in [wanted] if wanted else range(FIRST_PORT, LAST_PORT + 1):
        try:
            return socket.create_server((host, port), family=_family(host), backlog=512)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
    if wanted:
        raise CannotRun(
            f"Port {wanted} on {host} cannot be used ({reason}). Choose another in AFTERWORD_PORT."
        )
    raise CannotRun(
        f"No port from {FIRST_PORT} to {LAST_PORT} on {host} can be used ({reason}). Set AFTERWORD_PORT."
    )


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


class Installation:
    """Starts the parts in order, waits until they are healthy, and keeps them running."""

    def __init__(self, say: Say, listener: socket.socket, note: Path) -> None:
        self.say = say
        self.listener = listener
        self.note = note
        self.port: int = listener.getsockname()[1]
        self.host = "127.0.0.1" if settings.AFTERWORD.bind in _EVERYWHERE else settings.AFTERWORD.bind
        if settings.BASE_URL == settings.LOCAL_ADDRESS:
            # Links that the demo's publications carry must lead to the port that was found.
            settings.BASE_URL = f"http://{self.host}:{self.port}"
        self.address = settings.BASE_URL
        self.supervisor = Supervisor(say)
        self.environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "AFTERWORD_PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }

    def start(self) -> None:
        """Everything up to a healthy installation; raises ``CannotRun`` when it does not become healthy."""
        self.note.write_text(json.dumps({"pid": os.getpid(), "address": self.address}))
        self._start_database()
        self._prepare_data()
        for part in (self._web(), self._worker(), self._scheduler()):
            if not self.supervisor.stopping.is_set():
                self.supervisor.start(part)
        self._await_health()

    def _start_database(self) -> None:
        if settings.AFTERWORD.database_url:
            return
        cluster = postgres.cluster(settings.VAR)
        self.supervisor.start(
            DatabasePart(name="database", command=(), log=cluster.log, environ={}, cluster=cluster)
        )
        self.environ["DATABASE_URL"] = cluster.dsn

    def _prepare_data(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEMO:
            self._fill_demo()
        if "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"]:
            call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()

    def _fill_demo(self) -> None:
        # Loads every room, which an installation without a demo need not do before its parts start.
        from config.demo.seed import is_empty, seed_demo

        if is_empty():
            self.say("Filling the demo organization with five public incidents ...")
            seed_demo()

    # The parts

    def _part(self, name: str, *command: str, **details: Any) -> Part:
        log = private_directory(settings.VAR / "log") / f"{name}.log"
        return Part(
            name=name, command=(sys.executable, "-m", *command), log=log, environ=self.environ, **details
        )

    def _web(self) -> Part:
        descriptor = self.listener.fileno()
        return self._part(
            "web", "gunicorn", "config.wsgi", f"--bind=fd://{descriptor}", "--worker-class=gthread",
            f"--workers={settings.AFTERWORD.web_workers}", f"--threads={settings.AFTERWORD.web_threads}",
            "--reload" if settings.DEBUG else "--preload", "--no-control-socket", "--graceful-timeout=5",
            f"--chdir={ROOT}", "--logger-class=config.weblog.GunicornLogger", "--access-logfile=-",
            f"--access-logformat={ACCESS_LINE}",
            dies_by=SIGQUIT, pass_fds=(descriptor,),
        )  # fmt: skip

    def _worker(self) -> Part:
        return self._part(
            "worker", "celery", f"--workdir={ROOT}", "--app=config.celery", "worker", "--pool=threads",
            f"--concurrency={settings.AFTERWORD.task_threads}", f"--queues={','.join(settings.QUEUES)}",
            "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=info",
            stop_by=SIGTERM,
        )  # fmt: skip

    def _scheduler(self) -> Part:
        # The schedule lives in the settings and knows no state, so there is no file that could be damaged.
        return self._part(
            "scheduler", "celery", f"--workdir={ROOT}", "--app=config.celery", "beat",
            "--scheduler=celery.beat:Scheduler", "--pidfile=", "--loglevel=info",
        )  # fmt: skip

    # Their health

    def _await_health(self) -> None:
        deadline = time.monotonic() + HEALTHY_SECONDS
        waiting_for = ["web"]
        while waiting_for and not self.supervisor.stopping.wait(0.1):
            if time.monotonic() > deadline:
                logs = ", ".join(str(settings.VAR / "log" / f"{name}.log") for name in waiting_for)
                raise CannotRun(
                    f"No sign of life from {', '.join(waiting_for)} within a minute. Read {logs}."
                )
            self.supervisor.watch()
            waiting_for = self._not_yet_healthy()

    def _not_yet_healthy(self) -> list[str]:
        checks = self._ready().get("checks")
        if not checks:
            return ["web"]
        return [
            name
            for name in ("database", "migrations", "worker", "scheduler")
            if not checks.get(name, {}).get("ok")
        ]

    def _ready(self) -> dict[str, Any]:
        connection = HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", "/readyz", headers={"Host": settings.ALLOWED_HOSTS[0].lstrip(".")})
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
        except (OSError, ValueError, HTTPException):
            return {}
        finally:
            connection.close()
        return answer

    def announce(self) -> None:
        """One calm block: where to go, and who can sign in on a demo."""
        accounts = self._demo_accounts() if settings.DEMO else []
        connections.close_all()
        lines = ["", f"Afterword runs at {self.address}", "", *accounts]
        lines += [f"Logs: {settings.VAR / 'log'}. Ctrl-C stops everything.", ""]
        self.say("\n".join(f"  {line}".rstrip() for line in lines))

    def _demo_accounts(self) -> list[str]:
        from config.demo.manifest import demo_organization
        from config.demo.seed import PASSWORD

        record = demo_organization()
        if not Organization.objects.filter(slug=record.slug).exists():
            return []
        width = max(len(person.email) for person in record.people)
        people = [f"  {person.email:<{width}}  {person.name}, {person.title}" for person in record.people]
        return [f"The demo organization, {record.name}. Everybody's password: {PASSWORD}", "", *people, ""]
