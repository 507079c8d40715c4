"""``manage.py checkpoint_audit``: write a signed checkpoint to keep elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance import checkpoints
from governance.models import Organization


class Command(BaseCommand):
    help = "Write a signed checkpoint of an organization's audit trail; keep it where this machine cannot reach it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", metavar="SLUG")
        parser.add_argument("--out", metavar="FILE", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization {options['organization']!r}.")
        checkpoint = checkpoints.checkpoint(organization)
        options["out"].write_text(json.dumps(checkpoint, indent=1) + "\n")
        self.stdout.write(f"Entry {checkpoint['sequence']} is in {options['out']}. Keep it elsewhere.")
