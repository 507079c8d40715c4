"""What the filter of a chronology offers: the sources and services that its entries name."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Func

from incidents.models import Entry, Evidence, Incident
from incidents.selectors.choosing import STATEMENTS
from incidents.selectors.rows import SOURCE_NAMES

MOST_SERVICES = 200


class Choices(NamedTuple):
    """Sources as ``(key, name)``, and services by name."""

    sources: list[tuple[str, str]]
    services: list[str]


def choices_of(incident: Incident) -> Choices:
    """The sources that evidence came from, people's statements, and the services that entries concern."""
    kinds = set(
        Evidence.objects.filter(incident=incident).order_by().values_list("kind", flat=True).distinct()
    )
    named = [(kind, name) for kind, name in SOURCE_NAMES.items() if kind in kinds]
    each = Entry.objects.filter(incident=incident).annotate(name=Func("services", function="unnest"))
    services = each.order_by().values_list("name", flat=True).distinct()[:MOST_SERVICES]
    return Choices([*named, (STATEMENTS, "Statements")], sorted(filter(None, services)))
