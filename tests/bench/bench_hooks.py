"""Deliveries through the whole application against a bare view that inserts one row, in one process, one at a time."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings
from django_scopes import scope

from governance.enums import Role
from incidents.enums import HookKind
from incidents.models import Hook
from incidents.services import create_hook, nudges
from tests.bench import hooks_app
from tests.bench.registry import Measured, bench, by_turns
from tests.factories import make_member, make_organization
from tests.incidents.intake.signing import SECRET, sign

EACH, ROUNDS = 400, 6
_numbers = count()


def posted(handler: WSGIHandler, address: str, kind: HookKind) -> Callable[[], None]:
    """Post some deliveries, each with a body of its own, signed as its sender would."""

    def run() -> None:
        for _ in range(EACH):
            body = json.dumps({"event": {"id": f"01{next(_numbers)}", "event_type": "pagey.ping"}}).encode()
            status = _answer(handler, address, body, sign(kind, body))
            if status != "202 Accepted":
                raise AssertionError(f"{address} answered {status}")

    return run


def _answer(handler: WSGIHandler, address: str, body: bytes, headers: dict[str, str]) -> str:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": address, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(),
    }  # fmt: skip
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    said: list[str] = []
    start: Any = lambda status, _headers: said.append(status)  # noqa: E731 - a WSGI server's callback
    answer = handler(environ, start)
    b"".join(answer)
    answer.close()
    return said[0]


@bench
def deliveries_of_pagerduty() -> Iterator[Measured]:
    """Proof over the raw body, the address, the row with its two unique keys; nothing is read from it yet."""
    organization = make_organization("bench-hooks")
    actor = make_member(organization, Role.ADMINISTRATOR)
    with scope(organization=organization):
        hook: Hook = create_hook(
            actor=actor, organization=organization, kind=HookKind.PAGERDUTY, name="", secret=SECRET
        )
    with connection.cursor() as cursor:
        cursor.execute(hooks_app.TABLE)
    nudges.APART = 1e9
    with override_settings(ROOT_URLCONF=hooks_app.__name__):
        bare, whole = hooks_app.handlers()
        ours, floor = by_turns(
            posted(whole, f"/hooks/{hook.token}/", HookKind.PAGERDUTY),
            posted(bare, "/bare/", HookKind.PAGERDUTY),
            rounds=ROUNDS,
        )
    yield Measured(f"taking {EACH} signed deliveries", "a bare view that inserts one row", ours, floor)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_delivery")
