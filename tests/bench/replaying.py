"""The SQL of some work, kept while it runs, and asked again without anything around it: what the work costs bare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction


@dataclass
class Statements:
    """Everything that was sent to the database, in its order, with its parameters."""

    kept: list[tuple[str, Any, bool]] = field(default_factory=list)

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        self.kept.append((sql, params, many))
        return execute(sql, params, many, context)

    def replay(self) -> None:
        """Send them again and fetch every row."""
        with connection.cursor() as cursor:
            for sql, params, many in self.kept:
                (cursor.executemany if many else cursor.execute)(sql, params)
                if cursor.description is not None:
                    cursor.fetchall()


def statements_of(work: Callable[[], object]) -> Statements:
    """Run the work once and keep what it asks the database."""
    kept = Statements()
    with connection.execute_wrapper(kept):
        work()
    return kept


def undone(work: Callable[[], object]) -> Callable[[], None]:
    """The work in a transaction that is taken back, so that each round finds the same rows."""

    def run() -> None:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)

    return run
