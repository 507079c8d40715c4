"""``manage.py rebuild_search``: write anew what search and the look for similar incidents read."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_scopes import scope

from governance.models import Organization
from reviews.services.searching import rebuild_documents


class Command(BaseCommand):
    help = "Make the search documents of every organization anew from what is published. Safe at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="this one only")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Organization.objects.order_by("slug")
        if options["organization"]:
            rows = rows.filter(slug=options["organization"])
            if not rows:
                raise CommandError(f"There is no organization “{options['organization']}”.")
        for organization in rows:
            with scope(organization=organization):
                count = rebuild_documents(organization)
            self.stdout.write(f"{organization.slug}: {count} published reviews can be found.")
