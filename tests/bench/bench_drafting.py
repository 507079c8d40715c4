"""Drafting chronologies of 1,000 to 20,000 entries: the time for each entry must not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import transaction
from django_scopes import scope

from governance.enums import Role
from governance.models import Organization, User
from incidents.enums import Lane, MilestoneKind, Trust
from incidents.models import Entry, Incident, Milestone
from reviews import drafting
from reviews.models import Review
from reviews.services.drafting import draft_review, material_of
from tests.bench.registry import Measured, bench, by_turns, seconds
from tests.factories import make_evidence, make_incident, make_member, make_organization, make_service
from tests.factories.incidents import START

FEWEST, SIZES = 1_000, (5_000, 20_000)
ROUNDS = 3
#: What an incident is made of: lane, words, and who said so.
TOLD = (
    (Lane.LOG, "checkout: request failed with error 500 for order {n}", ""),
    (Lane.LOG, "payments: connection pool exhausted, 0 of 50 free, waited {n} ms", ""),
    (Lane.CHAT, "I restarted worker {n}, errors fall", "Ravi Menon"),
    (Lane.ALERT, "Latency of checkout is above its limit ({n})", ""),
    (Lane.CHAT, "Looking at host {n} now", "Mara Okafor"),
    (Lane.CHANGE, "Deployed checkout v{n}", "lena-frost"),
    (Lane.STATUS, "Some customers cannot pay, update {n}", "Public status"),
    (Lane.LOG, "inventory: cache miss ratio is {n}%", ""),
)


def fill(organization: Organization, size: int) -> Incident:
    """An incident of so many entries, one every five seconds, of every lane, with its five milestones."""
    incident = make_incident(organization, None, (make_service(organization, f"checkout {size}"),))
    evidence = make_evidence(incident)
    Entry.objects.bulk_create((_entry(incident, evidence.pk, number) for number in range(1, size + 1)), 2_000)
    places = (size // 10, size // 8, size // 7, size // 2, size * 9 // 10)
    for kind, number in zip(MilestoneKind, places, strict=True):
        entry = Entry.objects.get(incident=incident, number=number)
        Milestone(organization=organization, incident=incident, kind=kind, entry=entry).save()
    return incident


def _entry(incident: Incident, evidence: int, number: int) -> Entry:
    lane, words, actor = TOLD[number % len(TOLD)]
    at = START + timedelta(seconds=5 * number)
    return Entry(
        organization_id=incident.organization_id,
        incident=incident,
        evidence_id=evidence,
        number=number,
        at=at,
        original_at=at,
        original_time=at.isoformat(),
        zone="UTC",
        lane=lane,
        text=words.format(n=number),
        original_text=words.format(n=number),
        actor=actor,
        trust=Trust.REPORTED if actor else Trust.OBSERVED,
        precision="second",
        digest=f"{number:064x}",
    )


@bench
def drafting_grows_with_the_chronology() -> Iterator[Measured]:
    """The pure draft, and the whole of it with its rows: the seconds for each entry against those of 1,000."""
    organization = make_organization("bench-drafting")
    lead = make_member(organization, Role.SRE_LEAD)
    with scope(organization=organization):
        incidents = {size: fill(organization, size) for size in (FEWEST, *SIZES)}
        materials = {size: material_of(incident) for size, incident in incidents.items()}
        pure = by_turns(*(_drawn(one) for one in materials.values()), rounds=ROUNDS)
        yield from _grown("the pure draft", dict(zip(incidents, pure, strict=True)))
        whole = {size: _drafted(lead, incident) for size, incident in incidents.items()}
        yield from _grown("the draft with its queries and rows", whole)


def _drawn(material: drafting.Material) -> Callable[[], object]:
    return lambda: drafting.draft(material)


def _drafted(lead: User, incident: Incident) -> float:
    """The best of several drafts, each followed by the removal of what it wrote."""
    times = []
    for _ in range(ROUNDS):
        with transaction.atomic():
            times.append(seconds(lambda: draft_review(actor=lead, incident=incident)))
            transaction.set_rollback(True)
    if Review.objects.filter(incident=incident).exists():
        raise AssertionError("a draft was kept")
    return min(times)


def _grown(what: str, times: dict[int, float]) -> Iterator[Measured]:
    floor = times[FEWEST]
    for size in SIZES:
        yield Measured(
            f"{what} of {size:,} entries, per 1,000 of them",
            f"that of {FEWEST:,} entries",
            times[size] * FEWEST / size,
            floor,
        )
