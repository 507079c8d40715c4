"""``manage.py seed_demo``: fill an empty database with the demo organization."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.demo.manifest import demo_organization
from config.demo.seed import PASSWORD, is_empty, seed_demo


class Command(BaseCommand):
    help = (
        "Fill an empty database with the demo organization and five public incidents; does nothing otherwise."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_empty():
            self.stdout.write("The database is not empty: the demo is left out.")
            return
        organization = seed_demo()
        people = ", ".join(person.email for person in demo_organization().people)
        self.stdout.write(
            f"{organization.name} is ready. Sign in as {people} with the password {PASSWORD!r}."
        )
