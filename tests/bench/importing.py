"""``python -m tests.bench.importing DATABASE EVIDENCE ORGANIZATION FIRST SECOND``: two imports in a fresh process.

Prints by how many bytes the second made the most memory that was ever held go up.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.models import Organization

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")


def main(database: str, evidence: str, slug: str, first: str, second: str) -> None:
    """Import both logs into a new organization of that name, each into an incident of its own."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from tests.factories import make_organization

    settings.DEBUG = False
    settings.STORAGES["default"]["OPTIONS"]["location"] = evidence
    connection.settings_dict["NAME"] = database
    organization = make_organization(slug)
    _take(organization, Path(first))
    before = _most_memory()
    _take(organization, Path(second))
    print(_most_memory() - before)


def _take(organization: Organization, log: Path) -> None:
    from django_scopes import scope

    from incidents.services import import_evidence
    from tests.factories import make_incident, make_member

    actor = make_member(organization, email=f"{log.stem}@{organization.slug}.test")
    with scope(organization=organization), log.open("rb") as stream:
        incident = make_incident(organization)
        import_evidence(actor=actor, incident=incident, filename=log.name, stream=stream, kind="log")


def _most_memory() -> int:
    """In bytes; ``getrusage`` would still count what the parent held when this process began."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
