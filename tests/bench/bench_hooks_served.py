"""Deliveries as they are served, against a bare view that inserts one row, and against ``alerta-server``.

All take the same bodies on the same PostgreSQL, by turns, over connections that stay open. What is measured of ours is
what a sender waits for: proof over the raw body, the rate, and the row with its two unique keys. Alerta reads the alert
before it answers; Afterword does so afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from statistics import median

from django.conf import settings
from django.db import connection
from django_scopes import scope

from governance.enums import Role
from incidents.enums import HookKind
from incidents.models import Arrival, Hook
from incidents.services import create_hook
from tests.bench import alerta, hooks_app, notifications
from tests.bench.driving import Load, Post, drive
from tests.bench.registry import bench
from tests.bench.serving import served
from tests.factories import make_member, make_organization

CONNECTIONS, EACH, ROUNDS = 16, 800, 15
EACH_OF_ALERTA = 160
OURS, BARE, ALERTA = "our view", "a bare view that inserts one row", "alerta-server"

Sides = dict[str, Callable[[], Load]]
Loads = dict[str, list[Load]]


@bench
def served_deliveries() -> Iterator[str]:
    """Requests a second, and how long one takes, of two processes of the server that ``make run`` starts."""
    hook = _hook()
    with connection.cursor() as cursor:
        cursor.execute(hooks_app.TABLE)
    with ExitStack() as stack:
        port = stack.enter_context(served("tests.bench.hooks_wsgi:application()", _environ()))
        sides: Sides = {
            OURS: partial(_post, EACH, port, f"/hooks/{hook.token}/", 202),
            BARE: partial(_post, EACH, port, "/bare/", 202),
        }
        other = stack.enter_context(alerta.served_when_there())
        if other:
            sides[ALERTA] = partial(_post, EACH_OF_ALERTA, other, alerta.PATH, alerta.STATUS)
        loads = _measure(sides)
    _expect_stored(hook)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_delivery")
    yield from told(loads)
    if not other:
        yield alerta.LEFT_OUT


def _hook() -> Hook:
    organization = make_organization("bench-hooks-served")
    actor = make_member(organization, Role.ADMINISTRATOR)
    with scope(organization=organization):
        hook: Hook = create_hook(
            actor=actor,
            organization=organization,
            kind=HookKind.GRAFANA,
            name="",
            secret=notifications.SECRET,
        )
    return hook


def _environ() -> dict[str, str]:
    return {
        "AFTERWORD_BENCH_DATABASE": str(connection.settings_dict["NAME"]),
        "AFTERWORD_VAR": str(settings.VAR),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }


def _post(count: int, port: int, path: str, status: int) -> Load:
    bodies = [notifications.body() for _ in range(count)]
    return drive(port, [Post(path, body, notifications.proof(body)) for body in bodies], CONNECTIONS, status)


def _measure(sides: Sides) -> Loads:
    """Every side in each round; the round that warms them up counts for nothing."""
    rounds = [{name: post() for name, post in sides.items()} for _ in range(ROUNDS + 1)][1:]
    return {name: [loads[name] for loads in rounds] for name in sides}


def _expect_stored(hook: Hook) -> None:
    with scope(organization=hook.organization):
        stored = Arrival.objects.filter(hook=hook).count()
    if stored != (ROUNDS + 1) * EACH:
        raise AssertionError(f"{stored} of {(ROUNDS + 1) * EACH} deliveries were stored")


def told(loads: Loads) -> Iterator[str]:
    """The middle of each side's rounds, then each pair of sides compared round by round."""
    yield f"               {ROUNDS} rounds by turns, {EACH} deliveries each, over {CONNECTIONS} connections"
    for name, rounds in loads.items():
        yield (
            f"{median(load.per_second for load in rounds):6.0f} a second  {name} "
            f"(best {_best(rounds):.0f}; p50 {median(load.p50 for load in rounds):.1f} ms, "
            f"p99 {median(load.p99 for load in rounds):.1f} ms)"
        )
    yield _compared(loads, BARE, OURS)
    if ALERTA in loads:
        yield _compared(loads, OURS, ALERTA)


def _compared(loads: Loads, more: str, fewer: str) -> str:
    pairs = zip(loads[more], loads[fewer], strict=True)
    middle = median(one.per_second / other.per_second for one, other in pairs)
    best = _best(loads[more]) / _best(loads[fewer])
    return f"{middle:6.2f} times   as many a second by {more} as by {fewer} (best against best {best:.2f})"


def _best(rounds: list[Load]) -> float:
    return max(load.per_second for load in rounds)
