"""Addresses of outside systems: proven over the raw body, stored once, answered before any work (invariant 11)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from psycopg import OperationalError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from governance.enums import Role
from governance.models import Organization
from incidents.enums import ArrivalStatus, HookKind
from incidents.limits import Limiter
from incidents.models import Arrival, Hook
from incidents.services import hooks
from incidents.views import deliveries
from tests.factories import make_member, make_organization
from tests.incidents.intake.signing import SECRET, deployed, fired, sign

pytestmark = pytest.mark.django_db

SIGNING = [kind for kind in HookKind if kind not in (HookKind.AWS_SNS, HookKind.STATUSPAGE)]


@pytest.fixture(autouse=True)
def _full_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "limiter", Limiter())


@pytest.fixture
def acme() -> Iterator[Organization]:
    organization = make_organization("acme")
    with scope(organization=organization):
        yield organization


def make_hook(organization: Organization, kind: HookKind = HookKind.ALERTMANAGER, **fields: object) -> Hook:
    actor = make_member(organization, Role.ADMINISTRATOR)
    with scope(organization=organization):
        return hooks.create_hook(
            actor=actor,
            organization=organization,
            kind=kind,
            name="",
            secret=SECRET,
            **fields,  # type: ignore[arg-type]
        )


def post(hook: Hook, body: bytes, headers: dict[str, str], query: str = "") -> int:
    hooks.forget()
    answer = Client().post(
        f"/hooks/{hook.token}/{query}", body, content_type="application/json", headers=headers
    )
    return answer.status_code


@pytest.mark.parametrize("kind", SIGNING)
def test_proven_delivery_is_stored_as_it_came(acme: Organization, kind: HookKind) -> None:
    hook = make_hook(acme, kind)
    body = fired() + "  é".encode()
    assert post(hook, body, sign(kind, body)) == 202
    arrival = Arrival.objects.get()
    assert (bytes(arrival.body), arrival.hook, arrival.status) == (body, hook, ArrivalStatus.WAITING)


@pytest.mark.parametrize("kind", SIGNING)
def test_delivery_without_proof_is_refused_and_leaves_nothing(acme: Organization, kind: HookKind) -> None:
    hook, body = make_hook(acme, kind), fired()
    proven = sign(kind, body)
    for headers in (
        {},
        sign(kind, body, "another secret"),
        dict.fromkeys(proven, ""),
        dict.fromkeys(proven, "é"),
    ):
        assert post(hook, body, headers) == 401
    assert not Arrival.objects.exists()
    hook.refresh_from_db()
    assert hook.refused_at and hook.refused_why


SIGNED_BODIES = [HookKind.PAGERDUTY, HookKind.GRAFANA, HookKind.SLACK, HookKind.GITHUB, HookKind.JSON]


@pytest.mark.parametrize("kind", SIGNED_BODIES)
def test_one_changed_byte_voids_the_proof(acme: Organization, kind: HookKind) -> None:
    hook, body = make_hook(acme, kind), fired()
    assert post(hook, body.replace(b"p99", b"p98"), sign(kind, body)) == 401
    assert post(hook, body + b" ", sign(kind, body)) == 401


@pytest.mark.parametrize("kind", [HookKind.SLACK, HookKind.JSON, HookKind.DEPLOY])
def test_old_signature_is_refused(acme: Organization, kind: HookKind) -> None:
    hook, body = make_hook(acme, kind), fired()
    assert post(hook, body, sign(kind, body, age=301)) == 401
    assert post(hook, body, sign(kind, body, age=-301)) == 401
    assert post(hook, body, sign(kind, body, age=290)) == 202


def test_statuspage_proves_itself_by_the_key_in_its_address(acme: Organization) -> None:
    hook = make_hook(acme, HookKind.STATUSPAGE)
    assert post(hook, b"{}", {}) == 401
    assert post(hook, b"{}", {}, "?key=another") == 401
    assert post(hook, b"{}", {}, f"?key={SECRET.replace(' ', '+')}") == 202


def test_same_delivery_is_stored_once_by_its_id_and_by_its_bytes(acme: Organization) -> None:
    hook, body = make_hook(acme, HookKind.PAGERDUTY), fired()
    for _ in range(3):
        assert post(hook, body, sign(HookKind.PAGERDUTY, body, extra={"X-Webhook-Id": "one"})) == 202
    assert post(hook, body, sign(HookKind.PAGERDUTY, body, extra={"X-Webhook-Id": "two"})) == 202
    other = fired(name="Other")
    assert post(hook, other, sign(HookKind.PAGERDUTY, other, extra={"X-Webhook-Id": "one"})) == 202
    assert Arrival.objects.count() == 1


def test_both_secrets_hold_while_one_is_replaced(acme: Organization) -> None:
    hook = make_hook(acme, HookKind.PAGERDUTY)
    actor = make_member(acme, Role.ADMINISTRATOR)
    hooks.rotate_secret(actor=actor, hook=hook, secret="the next secret")
    old, new = fired(name="old"), fired(name="new")
    assert post(hook, old, sign(HookKind.PAGERDUTY, old)) == 202
    assert post(hook, new, sign(HookKind.PAGERDUTY, new, "the next secret")) == 202
    Hook.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    late = fired(name="late")
    assert post(hook, late, sign(HookKind.PAGERDUTY, late)) == 401


def test_several_signatures_in_one_header_are_each_tried(acme: Organization) -> None:
    hook, body = make_hook(acme, HookKind.PAGERDUTY), fired()
    good = sign(HookKind.PAGERDUTY, body)["X-PagerDuty-Signature"]
    bad = "v1=" + "0" * 64
    assert post(hook, body, {"X-PagerDuty-Signature": f"{bad},{good}"}) == 202
    assert post(hook, fired(name="x"), {"X-PagerDuty-Signature": f"{bad}, {bad}"}) == 401


def test_slack_gets_its_challenge_back_only_when_it_signed(acme: Organization) -> None:
    hook = make_hook(acme, HookKind.SLACK)
    body = b'{"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRN"}'
    answer = Client().post(
        f"/hooks/{hook.token}/", body, content_type="application/json", headers=sign(HookKind.SLACK, body)
    )
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1aBm2rZgRN"})
    unsigned = Client().post(f"/hooks/{hook.token}/", body, content_type="application/json")
    assert unsigned.status_code == 401 and b"3eZbrw" not in unsigned.content


def test_closed_or_unknown_address_is_not_there(acme: Organization) -> None:
    hook, body = make_hook(acme), fired()
    hooks.open_or_close(actor=make_member(acme, Role.ADMINISTRATOR), hook=hook, is_active=False)
    assert post(hook, body, sign(HookKind.ALERTMANAGER, body)) == 404
    assert Client().post("/hooks/nobody-was-given-this/", body, content_type="text/plain").status_code == 404
    assert Client().get(f"/hooks/{hook.token}/").status_code == 405


def test_secret_of_one_organization_opens_no_other(acme: Organization) -> None:
    beta = make_organization("beta")
    hook = make_hook(acme)
    other = make_hook(beta)
    with scopes_disabled():
        other.secret = "the secret of beta"
        other.save()
    body = fired()
    assert post(other, body, sign(HookKind.ALERTMANAGER, body)) == 401
    assert post(hook, body, sign(HookKind.ALERTMANAGER, body)) == 202
    assert Arrival.objects.get().organization == acme


def test_too_large_body_is_refused_and_a_large_one_is_kept(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = make_hook(acme)
    large = b'{"alerts": [], "x": "' + b"a" * 5_000_000 + b'"}'
    assert post(hook, large, sign(HookKind.ALERTMANAGER, large)) == 202
    monkeypatch.setattr(deliveries, "LARGEST", 1000)
    assert post(hook, b"x" * 1001, sign(HookKind.ALERTMANAGER, b"")) == 413
    assert post(hook, b"", sign(HookKind.ALERTMANAGER, b"")) == 400


def test_sender_over_its_rate_is_told_when_to_come_again(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook, body = make_hook(acme), fired()
    monkeypatch.setattr(deliveries, "limiter", Limiter(burst=2, per_second=0.5, clock=lambda: 0.0))
    headers = sign(HookKind.ALERTMANAGER, body)
    assert [post(hook, body, headers) for _ in range(2)] == [202, 202]
    answer = Client().post(f"/hooks/{hook.token}/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")


def test_address_is_remembered_for_a_moment_and_a_change_is_seen_at_once(
    acme: Organization,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    hook = make_hook(acme)
    assert hooks.find(hook.token) == hook
    with django_assert_num_queries(0):
        assert hooks.find(hook.token) == hook
    with django_capture_on_commit_callbacks(execute=True):
        hooks.open_or_close(actor=make_member(acme, Role.ADMINISTRATOR), hook=hook, is_active=False)
    assert hooks.find(hook.token) is None


def test_bucket_fills_again_with_time() -> None:
    now = [0.0]
    limiter = Limiter(burst=2, per_second=1, clock=lambda: now[0])
    assert [limiter.wait("a") for _ in range(3)] == [0.0, 0.0, 1.0]
    assert limiter.wait("b") == 0.0
    now[0] = 1.5
    assert [limiter.wait("a"), limiter.wait("a")] == [0.0, 0.5]


def test_delivery_takes_few_queries(acme: Organization, django_assert_max_num_queries: object) -> None:
    hook, body = make_hook(acme), fired()
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        assert post(hook, body, sign(HookKind.ALERTMANAGER, body)) == 202


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", ["SELECT pg_terminate_backend(pg_backend_pid())", "DEALLOCATE ALL"])
def test_delivery_outlives_its_connection_and_a_pooler_that_forgets_statements(
    acme: Organization, trouble: str
) -> None:
    hook = make_hook(acme, HookKind.PAGERDUTY)
    for number in range(3):
        body = fired(name=f"Alert {number}")
        assert post(hook, body, sign(HookKind.PAGERDUTY, body)) == 202
        hooks.find(hook.token)
        with suppress(OperationalError), connection.connection.cursor() as cursor:
            cursor.execute(trouble)
        last = fired(name=f"Last {number}")
        arrived = Client().post(
            f"/hooks/{hook.token}/", last, content_type="application/json",
            headers=sign(HookKind.PAGERDUTY, last),
        )  # fmt: skip
        assert arrived.status_code == 202
    assert Arrival.objects.count() == 6


def test_what_was_received_never_changes(acme: Organization) -> None:
    hook, body = make_hook(acme, HookKind.GITHUB), deployed()
    assert post(hook, body, sign(HookKind.GITHUB, body, extra={"X-GitHub-Event": "deployment"})) == 202
    assert Arrival.objects.get().headers == {"x-github-event": "deployment"}
    changes: list[dict[str, object]] = [{"body": b"x"}, {"sha256": "0" * 64}, {"headers": {}}]
    for change in changes:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            Arrival.objects.update(**change)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        Arrival.objects.all()._raw_delete("default")
