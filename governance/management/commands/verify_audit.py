"""``manage.py verify_audit``: does the chain hold, and does it still hold what a checkpoint saw?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance import audit, checkpoints
from governance.models import Organization


class Command(BaseCommand):
    help = (
        "Verify the audit trail of every organization, or of one, against itself and an optional checkpoint."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="Only this organization")
        parser.add_argument(
            "--checkpoint", metavar="FILE", type=Path, help="A checkpoint or a portable record"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.order_by("slug")
        if slug := options["organization"]:
            organizations = organizations.filter(slug=slug)
            if not organizations:
                raise CommandError(f"There is no organization {slug!r}.")
        faults = [self._verify(organization) for organization in organizations]
        if path := options["checkpoint"]:
            faults.append(self._compare(path))
        if any(faults):
            raise CommandError(
                "The audit trail does not hold. Keep the database as it is and look for the cause."
            )

    def _verify(self, organization: Organization) -> bool:
        verdict = audit.verify_organization(organization)
        self.stdout.write(f"{organization.slug}: {verdict}")
        return not verdict.intact

    def _compare(self, path: Path) -> bool:
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read as a checkpoint: {error}") from error
        held = found.get("audit_checkpoint", found) if isinstance(found, dict) else None
        if not isinstance(held, dict):
            raise CommandError(
                f"{path} holds no checkpoint. Name a file of checkpoint_audit, or a portable record."
            )
        fault = checkpoints.fault_against(held)
        self.stdout.write(f"checkpoint {path.name}: {fault or 'the trail still holds what it saw'}")
        return bool(fault)
