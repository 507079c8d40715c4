"""To which incidents an arrival belongs: by what it is about, by its time, or by a rule that opens a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from governance.models import User
from incidents.analysis.facts import ACKNOWLEDGED, LONGEST_COMPARED, RESOLVED, state_of
from incidents.chronology import NormalizedEntry, normalize
from incidents.enums import Lane, MilestoneKind, Severity, SourceKind
from incidents.errors import TimeUnreadable
from incidents.models import Arrival, Incident, IncidentLink, IntakeRule, Service
from incidents.services import bulk, opening
from incidents.sources import ParseContext, Skipped
from incidents.sources.base import Signal, first_text

MOST_FACTS = 2000
BEFORE, AFTER = timedelta(days=3), timedelta(days=30)
CHANGES_BEFORE, CHANGES_AFTER = timedelta(hours=24), timedelta(hours=6)
STORM = timedelta(hours=1)
MOST_GATHERED = 500
LONGEST_KEY = 200
_CHANGES = frozenset({Lane.CHANGE})


@dataclass(frozen=True, slots=True)
class Facts:
    """What an arrival tells: its facts with their times, and what was skipped."""

    entries: tuple[NormalizedEntry, ...]
    skipped: tuple[Skipped, ...]

    @property
    def keys(self) -> set[str]:
        """The fingerprints of what it is about, as links keep them."""
        return {bulk.storable(entry.signal.about.fingerprint)[:LONGEST_KEY] for entry in self.entries} - {""}

    @property
    def first_at(self) -> datetime | None:
        return min((entry.at for entry in self.entries), default=None)

    @property
    def last_at(self) -> datetime | None:
        return max((entry.at for entry in self.entries), default=None)

    @property
    def are_changes(self) -> bool:
        """Whether it tells of changes only: those belong to whatever incident they precede."""
        return all(entry.signal.lane in _CHANGES for entry in self.entries)

    @property
    def services(self) -> set[str]:
        return {name for entry in self.entries for name in entry.signal.about.services}


def facts_of(found: Iterable[Signal | Skipped], context: ParseContext) -> Facts:
    """The first facts of an arrival; raises ``TimeNotCertain`` as reading it would."""
    entries: list[NormalizedEntry] = []
    skipped: list[Skipped] = []
    for part in found:
        if len(entries) >= MOST_FACTS:
            break
        if isinstance(part, Skipped):
            skipped.append(part)
            continue
        try:
            entries.append(normalize(part, context))
        except TimeUnreadable as error:
            skipped.append(Skipped(part.location, str(error)))
    return Facts(tuple(entries), tuple(skipped))


def incidents_for(arrival: Arrival, facts: Facts) -> list[Incident]:
    """The incidents that an arrival belongs to; a rule may open one. Empty when it must wait."""
    if facts.are_changes:
        return _around(arrival, facts)
    keys = sorted(facts.keys)
    linked = _linked(arrival.organization_id, keys, facts)
    if linked is not None:
        return [linked]
    with transaction.atomic():
        _one_at_a_time(arrival.organization_id)
        linked = _linked(arrival.organization_id, keys, facts) or _opened(arrival, facts)
        if linked is not None:
            link(linked, keys, None)
    return [linked] if linked is not None else []


def kept_for(incident: Incident) -> list[Arrival]:
    """What was kept and belongs to an incident: about the same things, or a change shortly before it."""
    keys = list(incident.links.values_list("key", flat=True))
    start, end = _moved(incident.declared_at, -CHANGES_BEFORE), _moved(_end(incident), CHANGES_AFTER)
    kept = Arrival.objects.filter(organization_id=incident.organization_id).kept()
    near = kept.filter(first_at__gte=start, first_at__lte=end)
    return list(near.filter(Q(keys__overlap=keys) | Q(kind__in=CHANGE_KINDS))[:MOST_GATHERED])


CHANGE_KINDS = (SourceKind.GITHUB, SourceKind.DEPLOY, SourceKind.FLAGS)


def link(incident: Incident, keys: Sequence[str], actor: User | None) -> None:
    """Remember that these things outside belong to the incident."""
    IncidentLink.objects.bulk_create(
        (
            IncidentLink(
                organization_id=incident.organization_id,
                incident=incident,
                key=key[:LONGEST_KEY],
                linked_by=actor,
            )
            for key in keys
        ),
        ignore_conflicts=True,
    )


def names_of(arrival: Arrival) -> dict[str, str]:
    """Names for the ids of people and channels that the arrival's source uses, as far as they were learned."""
    from incidents.services import directory

    return directory.names(arrival.organization_id, arrival.kind)


# Finding -------------------------------------------------------------------------------------------------------------


def _linked(organization_id: int, keys: Sequence[str], facts: Facts) -> Incident | None:
    """The newest incident that one of the things belongs to, when it is of about that time."""
    if not keys or facts.first_at is None:
        return None
    found: Incident | None = (
        Incident.objects.filter(
            organization_id=organization_id,
            links__key__in=keys,
            declared_at__gte=_moved(facts.first_at, -AFTER),
            declared_at__lte=_moved(facts.first_at, BEFORE),
        )
        .order_by("-declared_at", "-id")
        .first()
    )
    return found


def _around(arrival: Arrival, facts: Facts) -> list[Incident]:
    """The incidents shortly after a change, unless it is of a known service that they did not affect."""
    if facts.first_at is None:
        return []
    near = Incident.objects.filter(
        organization_id=arrival.organization_id,
        is_synthetic=False,
        declared_at__gte=_moved(facts.first_at, -CHANGES_AFTER),
        declared_at__lte=_moved(facts.first_at, CHANGES_BEFORE),
    ).prefetch_related("services")
    known = {service.pk for service in _services(arrival.organization_id, facts.services)}
    return [
        incident
        for incident in near
        if not known
        or known & {service.pk for service in incident.services.all()}
        or _during(incident, facts)
    ]


def _during(incident: Incident, facts: Facts) -> bool:
    return bool(facts.first_at and facts.first_at >= incident.declared_at)


def _moved(at: datetime, by: timedelta) -> datetime:
    """The moment moved by a span, or the end of the calendar: anybody may deliver a time in the year 1 or 9999."""
    try:
        return at + by
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if by > timedelta(0) else datetime.min.replace(tzinfo=UTC)


def _end(incident: Incident) -> datetime:
    """When it was resolved, as far as that is known."""
    resolved = incident.milestones.filter(kind=MilestoneKind.RESOLVED).select_related("entry").first()
    return resolved.entry.at if resolved else incident.declared_at


# Opening -------------------------------------------------------------------------------------------------------------


def _opened(arrival: Arrival, facts: Facts) -> Incident | None:
    """The incident that the first fitting rule asks for: one of this storm, or a new one."""
    found = _fitting(arrival, facts)
    if found is None:
        return None
    rule, fact = found
    services = _services(arrival.organization_id, facts.services)
    if rule.service is not None and rule.service not in services:
        services.insert(0, rule.service)
    same = _of_the_storm(arrival.organization_id, services, fact.at)
    if same is not None:
        return same
    return opening.open_by_rule(
        organization=arrival.organization,
        rule=rule,
        title=_headline(fact.signal)[:200],
        services=services,
        declared_at=fact.at,
        because=_because(rule, arrival, fact),
        region=bulk.storable(fact.signal.about.region)[:120],
    )


def _fitting(arrival: Arrival, facts: Facts) -> tuple[IntakeRule, NormalizedEntry] | None:
    rules = IntakeRule.objects.filter(
        organization_id=arrival.organization_id, is_active=True, source__in=["", arrival.kind]
    ).select_related("service")
    openings = [entry for entry in facts.entries if _may_open(entry.signal)]
    for rule in rules:
        words = [word.lower() for word in rule.words.split()]
        for entry in openings:
            if all(word in _searched(entry.signal) for word in words):
                return rule, entry
    return None


def _may_open(signal: Signal) -> bool:
    """Whether a fact can begin an incident: an end, or word that somebody takes care, belongs to one that began."""
    return state_of(signal.lane, signal.text[:LONGEST_COMPARED]) not in (RESOLVED, ACKNOWLEDGED)


def _searched(signal: Signal) -> str:
    about = signal.about
    return " ".join((signal.text, signal.actor, *about.services, about.region, about.customer)).lower()


def _because(rule: IntakeRule, arrival: Arrival, fact: NormalizedEntry) -> str:
    words = f" ({rule.words})" if rule.words else ""
    said = _headline(fact.signal)[:120]
    severity = Severity(rule.severity).label
    source = SourceKind(arrival.kind).label
    return f"{severity} because the rule “{rule.name}”{words} fits: {source} said “{said}”."[:300]


def _headline(signal: Signal) -> str:
    """The first line of what it says."""
    return first_text(*bulk.storable(signal.text).splitlines())


def _of_the_storm(organization_id: int, services: Sequence[Service], at: datetime) -> Incident | None:
    """An incident that a rule opened for one of these services within the hour: the same trouble, more alerts."""
    near: Any = Incident.objects.filter(
        organization_id=organization_id,
        created_by__isnull=True,
        is_synthetic=False,
        declared_at__gte=_moved(at, -STORM),
        declared_at__lte=_moved(at, STORM),
    ).order_by("-declared_at")
    near = near.filter(services__in=services) if services else near.filter(services__isnull=True)
    found: Incident | None = near.first()
    return found


def _services(organization_id: int, names: Iterable[str]) -> list[Service]:
    """The services of the catalog that go by one of these names."""
    wanted = {first_text(name).strip().lower() for name in names} - {""}
    if not wanted:
        return []
    rows = Service.objects.filter(organization_id=organization_id)
    return [row for row in rows if row.slug.lower() in wanted or row.name.lower() in wanted]


def _one_at_a_time(organization_id: int) -> None:
    """Two alerts of one storm must not open two incidents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"intake of {organization_id}"]
        )
