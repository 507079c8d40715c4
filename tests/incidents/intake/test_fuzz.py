"""Nothing that anybody posts breaks an address: what is proven is stored byte for byte, the rest leaves no row."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from django.test import RequestFactory
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.enums import Role
from governance.models import Organization
from incidents.enums import ArrivalStatus, HookKind
from incidents.hooks import SENDERS
from incidents.limits import Limiter
from incidents.models import Arrival, Evidence, Hook
from incidents.services import arrivals, hooks, nudges, rules
from incidents.views import deliveries
from tests.factories import make_incident, make_member, make_organization
from tests.incidents.hooks.test_sns import TOPIC
from tests.incidents.intake.damage import damaged, hostile
from tests.incidents.intake.samples import SAMPLES, TOPIC_OPTIONS, bytes_of, delivered, proven
from tests.incidents.intake.signing import SECRET, Headers
from tests.incidents.sources.changed_json import changed

pytestmark = pytest.mark.django_db

SHORT, LONG = 50, 10_000
FINAL = set(ArrivalStatus) - {ArrivalStatus.WAITING, ArrivalStatus.READING}
BAD_PROOFS = [
    "", " ", "é", "ÿþ", "\x00", ",", "v1=", "v1=,v1=", "v0=é", "sha256=", "sha256=" + "0" * 64, "v1=" + "g" * 64,
    "0" * 64, "Bearer", "Bearer ", "Bearer é", "Basic !!!", "Basic /////w==", "Basic OjpwYXNz", "GenieKey x", "²³",
    "9" * 400, "-1", "1e9", "x" * 100_000, "v1=" * 5000,
]  # fmt: skip
ON_LINE = RequestFactory()


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit of the rate, and no worker to wake."""
    monkeypatch.setattr(deliveries, "limiter", Limiter(burst=10**9))
    monkeypatch.setattr(nudges, "APART", 10**9)


@pytest.fixture
def acme() -> Iterator[Organization]:
    organization = make_organization("acme")
    with scope(organization=organization):
        yield organization


def make_hook(organization: Organization, kind: HookKind) -> Hook:
    """An address whose every alert opens an incident and whose every change precedes one: what is read is written."""
    actor = make_member(organization, Role.ADMINISTRATOR)
    hook = hooks.create_hook(
        actor=actor, organization=organization, kind=kind, name="", secret=SECRET,
        options={"topic_arn": TOPIC},
    )  # fmt: skip
    if kind == HookKind.AWS_SNS:
        hook.options = TOPIC_OPTIONS
        hook.save()
    rules.save_rule(actor=actor, organization=organization, name="Everything", severity=2)
    make_incident(organization, declared_at=datetime(2026, 3, 1, 13, tzinfo=UTC))
    return hook


def post(hook: Hook, body: bytes, headers: Headers, query: str = "") -> int:
    """The status of the answer; an exception in the view ends the test."""
    request = ON_LINE.post(
        f"/hooks/{hook.token}/{query}", body, content_type="application/json", headers=headers
    )
    return deliveries.deliver(request, hook.token).status_code


def post_proven(hook: Hook, body: bytes) -> int:
    kind = HookKind(hook.kind)
    query = f"?key={SECRET.replace(' ', '+')}" if kind == HookKind.STATUSPAGE else ""
    return post(hook, body, proven(kind, body), query)


def post_unproven(hook: Hook, body: bytes, pick: Random) -> int:
    """A proof of another body, a damaged one, or none."""
    kind = HookKind(hook.kind)
    if kind in (HookKind.STATUSPAGE, HookKind.AWS_SNS):
        return post(
            hook,
            body,
            {"Authorization": pick.choice(BAD_PROOFS)},
            "?key=" + pick.choice(["", "x", "%00", "%FF"]),
        )
    right = proven(kind, body)
    headers = {name: pick.choice(BAD_PROOFS) for name in right if pick.random() < 0.8}
    return post(hook, body, headers)


class Campaign:
    """Posts bodies to one address and knows what must stand in the table afterwards."""

    def __init__(self, hook: Hook, seed: int = 0) -> None:
        self.hook, self.kind = hook, HookKind(hook.kind)
        self.pick = Random(f"{self.kind.value} {seed}")
        self.stored: dict[str, bytes] = {}

    def post(self, body: bytes) -> None:
        """Unproven first, which must leave nothing; then proven, and again now and then."""
        assert post_unproven(self.hook, body, self.pick) == 401
        sent = delivered(self.kind, body)
        for _ in range(self.pick.choice((1, 1, 2))):
            assert post_proven(self.hook, sent) in (200, 202)
        self.stored.setdefault(hashlib.sha256(sent).hexdigest(), sent)

    def replay(self) -> None:
        """What was delivered comes again, in another order."""
        again = list(self.stored.values())
        self.pick.shuffle(again)
        for body in again[:100]:
            assert post_proven(self.hook, body) in (200, 202)

    def settle(self) -> None:
        """Nothing is lost or doubled, and every arrival comes to an end with a reason."""
        found = Arrival.objects.filter(hook=self.hook)
        assert {sha256: bytes(body) for sha256, body in found.values_list("sha256", "body")} == self.stored
        assert found.count() == len(self.stored)
        for pk in found.filter(status=ArrivalStatus.WAITING).order_by("pk").values_list("pk", flat=True):
            arrivals.take_in(pk)
        for arrival in found.only("status", "reason", "filename", "sha256"):
            assert arrival.status in FINAL, (
                arrival.status,
                arrival.reason,
                self.stored[arrival.sha256][:2000],
            )
            assert arrival.reason.strip(), self.stored[arrival.sha256][:2000]
        taken_in = set(found.filter(status=ArrivalStatus.TAKEN_IN).values_list("sha256", flat=True))
        assert taken_in == set(
            Evidence.objects.filter(arrival__hook=self.hook).values_list("sha256", flat=True)
        )


@pytest.mark.parametrize("kind", HookKind)
def test_damaged_deliveries_are_stored_and_read_or_refused(acme: Organization, kind: HookKind) -> None:
    campaign = Campaign(make_hook(acme, kind))
    for _ in range(SHORT):
        campaign.post(damaged(SAMPLES[kind], campaign.pick))
    campaign.replay()
    campaign.settle()
    assert Evidence.objects.exists(), "nothing came as far as a chronology"


@pytest.mark.parametrize("kind", HookKind)
def test_hostile_deliveries_are_stored_and_read_or_refused(acme: Organization, kind: HookKind) -> None:
    campaign = Campaign(make_hook(acme, kind))
    for body in hostile():
        campaign.post(body)
    campaign.replay()
    campaign.settle()


@pytest.mark.parametrize("kind", HookKind)
def test_empty_delivery_is_refused(acme: Organization, kind: HookKind) -> None:
    hook = make_hook(acme, kind)
    assert post_proven(hook, b"") == 400
    assert not Arrival.objects.exists()


@pytest.mark.parametrize("kind", HookKind)
def test_odd_ids_and_names_in_headers_are_kept_as_far_as_they_can_be(
    acme: Organization, kind: HookKind
) -> None:
    hook, sample = make_hook(acme, kind), SAMPLES[kind][0]
    for number, odd in enumerate(["\x00", "a\x00b", "é", "x" * 5000, "  ", "\ud7ff", "\xff"]):
        body = delivered(kind, bytes_of([sample, number]))
        sender = SENDERS[kind]
        extra = dict.fromkeys((sender.id_header, *sender.kept), odd)
        query = f"?key={SECRET.replace(' ', '+')}" if kind == HookKind.STATUSPAGE else ""
        answer = post(
            hook,
            body,
            {**proven(kind, body), **{name: value for name, value in extra.items() if name}},
            query,
        )
        assert answer in (200, 202)
    assert Arrival.objects.count() == 7


@pytest.mark.parametrize("kind", HookKind)
@settings(suppress_health_check=list(HealthCheck), max_examples=10)
@given(data=st.data())
def test_deliveries_with_values_of_other_types_come_to_an_end(
    acme: Organization, kind: HookKind, data: Any
) -> None:
    hook = Hook.objects.filter(kind=kind).first() or make_hook(acme, kind)
    campaign = Campaign(hook)
    campaign.stored = {row.sha256: bytes(row.body) for row in Arrival.objects.filter(hook=hook)}
    campaign.post(bytes_of(data.draw(changed(SAMPLES[kind]))))
    campaign.settle()


@pytest.mark.soak
@pytest.mark.parametrize("kind", HookKind)
def test_campaign_of_ten_thousand_damaged_deliveries(acme: Organization, kind: HookKind) -> None:
    campaign = Campaign(make_hook(acme, kind), seed=1)
    for _ in range(LONG):
        campaign.post(damaged(SAMPLES[kind], campaign.pick))
    campaign.replay()
    campaign.settle()
    print(kind.value, dict(Counter(Arrival.objects.values_list("status", flat=True))))
