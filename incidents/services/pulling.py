"""Fetching evidence: asked for by a person, done by the outbox, read like everything that arrives (invariant 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

import httpx2
import orjson
from django.db import transaction
from django.utils import timezone

from governance import access, audit, outbox
from governance.access import Permission
from governance.connections import AnswerTooLarge, find, open_client
from governance.enums import ConnectionKind
from governance.errors import AfterwordError, OutsideError
from governance.models import Connection, Delivery, Organization, User
from incidents.enums import ArrivalWay, SourceKind
from incidents.models import Arrival, Incident, KnownName
from incidents.models.intake import CUTS
from incidents.pulls import cloudwatch, loki, pagerduty, prometheus, slack, statuspage, subscription
from incidents.pulls.slack import Pulled
from incidents.services import arrivals, attachments, receiving, routing
from incidents.sources.base import items_of, text_of
from incidents.sources.slack_marks import names_in

PULL = "incidents.pull"
_LESS = "Choose a shorter time or a narrower query, and fetch again."
MOST_LISTED = 8
Values = Mapping[str, str]
Fetch = Callable[[httpx2.Client, Connection, Values], Pulled]


@dataclass(frozen=True)
class Puller:
    """One system that evidence is fetched from: how its answer is read, and what it is that belongs to the incident."""

    source: SourceKind
    fetch: Fetch
    key: Callable[[Values], str] = lambda _values: ""


def _at(values: Values, name: str) -> datetime:
    return datetime.fromisoformat(values[name])


PULLERS: dict[ConnectionKind, Puller] = {
    ConnectionKind.PAGERDUTY: Puller(
        SourceKind.PAGERDUTY,
        lambda client, _connection, values: pagerduty.incident_document(client, values["incident"]),
        lambda values: f"pagerduty incident {values['incident']}",
    ),
    ConnectionKind.SLACK: Puller(
        SourceKind.SLACK,
        lambda client, _connection, values: slack.channel_history(
            client, values["channel"], _at(values, "start"), _at(values, "end")
        ),
        lambda values: f"slack channel {values['channel']}",
    ),
    ConnectionKind.PROMETHEUS: Puller(
        SourceKind.PROMETHEUS,
        lambda client, _connection, values: prometheus.range_document(
            client,
            values["query"],
            _at(values, "start"),
            _at(values, "end"),
            title=values.get("title", ""),
            unit=values.get("unit", ""),
        ),
    ),
    ConnectionKind.LOKI: Puller(
        SourceKind.LOKI,
        lambda client, _connection, values: loki.range_document(
            client, values["query"], _at(values, "start"), _at(values, "end")
        ),
    ),
    ConnectionKind.CLOUDWATCH: Puller(
        SourceKind.LOGS_INSIGHTS,
        lambda client, connection, values: cloudwatch.insights_document(
            client,
            connection,
            values["groups"].split(),
            values["query"],
            _at(values, "start"),
            _at(values, "end"),
        ),
    ),
    ConnectionKind.STATUSPAGE: Puller(
        SourceKind.STATUSPAGE,
        lambda client, connection, values: statuspage.incidents_document(
            client, connection.options.get("page", ""), _at(values, "start"), _at(values, "end")
        ),
    ),
}


@transaction.atomic
def ask_for(*, actor: User, incident: Incident, kind: ConnectionKind, values: Values) -> Delivery:
    """Ask for evidence to be fetched; the same within a minute is asked for once. Raises ``NotConnected``."""
    access.require(actor, Permission.ADD_EVIDENCE, incident)
    find(incident.organization_id, kind)
    asked = orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(asked).hexdigest()[:24]
    if key := PULLERS[kind].key(values):
        routing.link(incident, [key], actor)
    delivery = outbox.enqueue(
        organization=incident.organization_id,
        group=group_of(incident),
        stage=1,
        kind=PULL,
        key=f"pull {incident.pk} {kind.value} {digest} {timezone.now():%Y%m%d%H%M}",
        payload={"incident": incident.pk, "kind": kind.value, "values": dict(values), "actor": actor.pk},
    )
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="evidence.asked_for",
        subject=f"incident:{incident.reference}",
        kind=kind.value,
    )
    return delivery


def group_of(incident: Incident) -> str:
    """The outbox group of everything that is fetched for an incident."""
    return f"pulls of {incident.pk}"


def connected(organization: Organization) -> list[ConnectionKind]:
    """The systems that are connected and that evidence can be fetched from."""
    rows = Connection.objects.filter(organization=organization, is_active=True, kind__in=list(PULLERS))
    kinds = set(rows.order_by().values_list("kind", flat=True))
    return [kind for kind in PULLERS if kind.value in kinds]


def asked_for(incident: Incident) -> list[Delivery]:
    """The last fetches that were asked for, newest first, each with the ``label`` of its system."""
    rows = list(Delivery.objects.of_group(group_of(incident)).order_by("-id")[:MOST_LISTED])
    for row in rows:
        row.label = ConnectionKind(row.payload["kind"]).label
    return rows


def fetch(delivery: Delivery) -> outbox.Outcome:
    """Fetch and keep; the same answer again adds nothing, because evidence is known by its hash.

    The lease is extended before each request, so that a long fetch stays in one worker's hands; what a limit kept out
    travels with the arrival.
    """
    kind = ConnectionKind(delivery.payload["kind"])
    incident = Incident.objects.get(pk=delivery.payload["incident"])
    pulled = _pulled(delivery, kind)
    outbox.extend(delivery)
    if kind == ConnectionKind.SLACK:
        _learn_names(delivery.organization_id, pulled)
    with _final_refusals():
        arrival = receiving.upload(
            actor=User.objects.get(pk=delivery.payload["actor"]),
            incident=incident,
            filename=pulled.filename,
            stream=BytesIO(pulled.document),
            kind=PULLERS[kind].source,
            declared={CUTS: list(pulled.cuts)} if pulled.cuts else None,
            way=ArrivalWay.PULL,
        )
    return outbox.Outcome(external_id=str(arrival.pk))


def fetch_file(delivery: Delivery) -> outbox.Outcome:
    """Fetch an image that a Slack message carries, and keep it beside its entry."""
    payload = delivery.payload
    incident = Incident.objects.get(pk=payload["incident"])
    known = incident.attachments.filter(key=payload["file"]).first()
    if known is None:
        with open_client(find(delivery.organization_id, ConnectionKind.SLACK)) as client:
            content = slack.file_content(client, payload["file"])
        entry = incident.entries.filter(pk=payload["entry"]).first()
        with _final_refusals():
            known = attachments.attach_file(
                actor=None,
                incident=incident,
                entry=entry,
                name=payload["name"],
                content=content,
                key=payload["file"],
            )
    return outbox.Outcome(external_id=str(known.pk))


def confirm_subscription(delivery: Delivery) -> outbox.Outcome:
    """Confirm what a topic asked for; confirming it again changes nothing at Amazon."""
    arrival = Arrival.objects.select_related("hook").get(pk=delivery.payload["arrival"])
    message = orjson.loads(bytes(arrival.body or b"{}"))
    topic = str(arrival.hook.options.get("topic_arn", "")) if arrival.hook else ""
    subscription.confirm(topic, text_of(message, "Token"))
    return outbox.Outcome(external_id=topic)


def install() -> None:
    """Name the handlers of what is fetched, and of what an address owes its sender."""
    outbox.register(arrivals.CONFIRM, confirm_subscription)
    outbox.register(PULL, fetch)
    outbox.register(attachments.FETCH, fetch_file)


def _pulled(delivery: Delivery, kind: ConnectionKind) -> Pulled:
    """What the system answers, while the delivery's lease is held; too long an answer is told with what to do."""
    connection = find(delivery.organization_id, kind)
    try:
        with open_client(connection, before_each=partial(outbox.extend, delivery)) as client:
            return PULLERS[kind].fetch(client, connection, delivery.payload["values"])
    except AnswerTooLarge as error:
        raise OutsideError(f"{error} {_LESS}", permanent=True) from error


@contextmanager
def _final_refusals() -> Iterator[None]:
    """What cannot be kept is not fetched again: our own refusals end the delivery, with their sentence."""
    try:
        yield
    except AfterwordError as error:
        raise OutsideError(str(error), permanent=True) from error


def _learn_names(organization_id: int, pulled: Pulled) -> None:
    """Keep the names behind the ids of people and channels, for deliveries that carry ids only."""
    document: Any = orjson.loads(pulled.document)
    rows = [
        KnownName(organization_id=organization_id, source=SourceKind.SLACK, key=key[:60], name=name[:200])
        for key, name in names_in(document, items_of(document, "messages")).items()
    ]
    KnownName.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["organization", "source", "key"], update_fields=["name"]
    )
