"""``manage.py list_checks``: the checklist as Markdown."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reviews.checks.catalog import listing


class Command(BaseCommand):
    help = "Print the lists of docs/checks.md, written from the catalog that the checks are run by."

    requires_system_checks: list[str] = []  # noqa: RUF012 - the shape that Django asks for

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(listing())
