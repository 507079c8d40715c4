"""``manage.py draw_workflow``: the states of a review and the moves between them, as a Mermaid diagram."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reviews.workflow import diagram


class Command(BaseCommand):
    help = "Print the diagram of docs/workflow.md, drawn from the table that enforces it."

    requires_system_checks: list[str] = []  # noqa: RUF012 - the shape that Django asks for

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram())
