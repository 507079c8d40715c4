"""Outside systems that could have been asked about an incident, and how the organization stands with each."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from governance.enums import ConnectionKind
from governance.models import Connection
from incidents.enums import SourceKind
from incidents.models import Incident

# As what the answer of each system is read; the same as in ``services.pulling``, which selectors do not look up to.
ASKABLE: dict[ConnectionKind, SourceKind] = {
    ConnectionKind.PAGERDUTY: SourceKind.PAGERDUTY,
    ConnectionKind.SLACK: SourceKind.SLACK,
    ConnectionKind.PROMETHEUS: SourceKind.PROMETHEUS,
    ConnectionKind.LOKI: SourceKind.LOKI,
    ConnectionKind.CLOUDWATCH: SourceKind.LOGS_INSIGHTS,
    ConnectionKind.STATUSPAGE: SourceKind.STATUSPAGE,
}


class Systems(NamedTuple):
    """Systems of which the incident has no evidence: ``unasked`` are connected, ``unconnected`` are not."""

    unasked: list[ConnectionKind]
    unconnected: list[ConnectionKind]


def systems_of(incident: Incident, heard: Collection[str]) -> Systems:
    """The systems that evidence can be fetched from, but for those of a kind that was ``heard`` some other way."""
    unheard = [kind for kind, source in ASKABLE.items() if source.value not in heard]
    rows = Connection.objects.filter(organization_id=incident.organization_id, is_active=True)
    connected = set(rows.order_by().values_list("kind", flat=True)) if unheard else set()
    return Systems(
        [kind for kind in unheard if kind.value in connected],
        [kind for kind in unheard if kind.value not in connected],
    )
