"""``alerta-server`` on the PostgreSQL of the measurement, when ``ALERTA_PYTHON`` names a Python that has it.

That Python needs ``alerta-server``, ``psycopg2-binary`` and ``gunicorn``; an environment of its own keeps them apart.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connection

from tests.bench.serving import served

PATH, STATUS = "/webhooks/prometheus", 201
DATABASE = "afterword_bench_alerta"
LEFT_OUT = "               alerta-server is left out: ALERTA_PYTHON names no Python that has it"


@contextmanager
def served_when_there() -> Iterator[int | None]:
    """Serve it like ours, with a database of its own; gives the port, or nothing when it is not there."""
    python = os.environ.get("ALERTA_PYTHON")
    if not python:
        yield None
        return
    _run(f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}")
    try:
        with served("alerta:create_app()", {"DATABASE_URL": _address(), "DEBUG": "off"}, python) as port:
            yield port
    finally:
        _run(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _address() -> str:
    """The server that our connection reached, whether it listens on a socket or on a port."""
    server = connection.get_connection_params() | {"host": connection.connection.info.host}
    where = f"host={quote(str(server['host']), safe='')}&port={connection.connection.info.port}"
    secret = f"&password={quote(str(server['password']), safe='')}" if server.get("password") else ""
    return f"postgresql:///{DATABASE}?user={quote(str(server['user']), safe='')}&{where}{secret}"
