"""People are told once, by the ways that they want, of nothing that they may not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.utils import timezone
from django_scopes import scope
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from governance import outbox, sight
from governance.channels import bundles
from governance.channels.slack import MOST_LINES
from governance.enums import PEOPLE_ROLES, ConnectionKind, DeliveryStatus, NoticeChannel, NoticeKind, Role
from governance.models import Connection, Delivery, Notice, NoticeChoice, Organization, User
from governance.services import choose_notices, read_notices, tell
from governance.sight import Sight
from tests.factories import make_member, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Iterator[Organization]:
    organization = make_organization("acme", "Acme")
    with scope(organization=organization):
        yield organization


@pytest.fixture
def priya(organization: Organization) -> User:
    return make_member(organization, name="Priya Nair", email="priya@example.test")


@pytest.fixture
def jon(organization: Organization) -> User:
    return make_member(organization, name="Jon Beck")


def _mails() -> list[Any]:
    """What was sent, with both of its forms."""
    return list(mail.outbox)


def _told(
    organization: Organization,
    *people: User,
    key: str = "mention:1",
    kind: NoticeKind = NoticeKind.MENTIONED,
    actor: User | None = None,
    text: str = "Jon Beck mentioned you in “Summary”.",
    subject: str = "incident:INC-2026-0001",
) -> int:
    return tell(
        actor=actor,
        organization_id=organization.pk,
        recipients=people,
        kind=kind,
        key=key,
        text=text,
        path="/acme/reviews/INC-2026-0001/#thread-1",
        subject=subject,
    )


def _later() -> None:
    """Let the minutes pass in which notices are put together."""
    Delivery.objects.update(not_before=timezone.now())
    outbox.sweep()


# Who is told


def test_same_event_is_told_once(organization: Organization, priya: User) -> None:
    assert _told(organization, priya) == 1
    assert _told(organization, priya) == 0
    assert Notice.objects.count() == 1


def test_nobody_is_told_what_they_did(organization: Organization, priya: User, jon: User) -> None:
    assert _told(organization, priya, jon, actor=jon) == 1
    assert Notice.objects.get().recipient == priya


def test_people_of_elsewhere_and_programs_are_not_told(organization: Organization, priya: User) -> None:
    stranger = make_member(make_organization("beta"))
    priya.is_service = True
    priya.save()
    assert _told(organization, stranger, priya) == 0


# By mail


def test_notices_of_some_minutes_are_one_mail(organization: Organization, priya: User) -> None:
    with time_machine.travel(timezone.now().replace(second=0), tick=False):
        _told(organization, priya, key="a")
        _told(organization, priya, key="b", text="Jon Beck answered you.")
    outbox.sweep()
    assert not mail.outbox, "they wait for what else may happen in these minutes"
    _later()
    (message,) = _mails()
    assert message.to == ["priya@example.test"]
    assert message.subject == "2 things in Acme concern you"
    for text in (message.body, message.alternatives[0][0]):
        assert "Jon Beck mentioned you" in text and "Jon Beck answered you." in text
        assert "/acme/reviews/INC-2026-0001/#thread-1" in text


def test_what_was_sent_is_not_sent_again(organization: Organization, priya: User) -> None:
    _told(organization, priya, key="a")
    _later()
    Delivery.objects.update(status=DeliveryStatus.PENDING, finished_at=None)
    _later()
    assert len(mail.outbox) == 1


def test_what_was_read_on_the_page_is_not_mailed(organization: Organization, priya: User) -> None:
    _told(organization, priya)
    read_notices(actor=priya)
    _later()
    assert not mail.outbox


def test_attempt_that_vanished_is_not_repeated(organization: Organization, priya: User) -> None:
    _told(organization, priya)
    past = timezone.now() - timedelta(hours=1)
    Delivery.objects.update(status=DeliveryStatus.LEASED, attempts=1, lease_until=past, not_before=past)
    outbox.sweep()
    row = Delivery.objects.get()
    assert (row.status, row.result["vanished"]) == (DeliveryStatus.DELIVERED, True)
    assert not mail.outbox


class NoServer(BaseEmailBackend):
    """A mail server that cannot be reached."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("nobody listens")


def test_mail_waits_for_a_server_that_is_away(
    organization: Organization, priya: User, settings: Settings
) -> None:
    there, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.NoServer"
    _told(organization, priya)
    _later()
    row = Delivery.objects.get()
    assert row.status == DeliveryStatus.PENDING and "It is tried again" in row.last_error
    assert Notice.objects.get().mailed_at is None
    settings.EMAIL_BACKEND = there
    _later()
    assert len(mail.outbox) == 1 and Notice.objects.get().mailed_at


def test_kind_that_a_person_switched_off_stays_on_the_page(organization: Organization, priya: User) -> None:
    choose_notices(actor=priya, organization=organization, wanted=[])
    _told(organization, priya)
    _later()
    assert not mail.outbox and Notice.objects.get().recipient == priya


def test_somebody_who_left_gets_no_mail(organization: Organization, priya: User) -> None:
    _told(organization, priya)
    priya.memberships.all().delete()
    _later()
    assert not mail.outbox


def test_text_of_a_notice_breaks_no_header(organization: Organization, priya: User) -> None:
    _told(organization, priya, text="Hello\nBcc: everybody@example.test")
    _later()
    (message,) = _mails()
    assert message.recipients() == ["priya@example.test"] and "\n" not in message.subject


# Confidential things


@pytest.fixture
def rule() -> Iterator[dict[str, Sight]]:
    """A rule as the rooms above register it: what is hidden from whom, by their name."""
    known: dict[str, Sight] = {}

    def look(person: User, subjects: frozenset[str]) -> Sight:
        found = known.get(person.name, Sight())
        return Sight(found.hidden & subjects, found.private & subjects)

    sight.register(look)
    yield known
    sight._rules.remove(look)


def test_notice_of_what_became_hidden_is_gone_everywhere(
    organization: Organization, priya: User, client: Client, rule: dict[str, Sight]
) -> None:
    _told(organization, priya)
    pk = Notice.objects.get().pk
    rule["Priya Nair"] = Sight(hidden=frozenset({"incident:INC-2026-0001"}))
    _later()
    client.force_login(priya)
    assert not mail.outbox
    assert "Jon Beck" not in client.get("/acme/notices/").content.decode()
    assert client.get(f"/acme/notices/{pk}/").status_code == 404


def test_private_things_leave_without_their_words(
    organization: Organization, priya: User, rule: dict[str, Sight]
) -> None:
    rule["Priya Nair"] = Sight(private=frozenset({"incident:INC-2026-0001"}))
    _told(organization, priya)
    _later()
    (message,) = _mails()
    assert "Jon Beck" not in message.body + message.subject + message.alternatives[0][0]
    assert bundles.CONFIDENTIAL in message.body


# Stopping mails


def _stop_address(message: Any) -> str:
    found = re.search(r"/stop-mail/[^>\s]+", message.extra_headers["List-Unsubscribe"])
    assert found
    return found.group()


def test_link_at_the_end_stops_this_kind_only(
    organization: Organization, priya: User, client: Client
) -> None:
    _told(organization, priya)
    _later()
    address = _stop_address(_mails()[0])
    assert "Somebody mentioned me" in client.get(address).content.decode()
    assert not NoticeChoice.objects.exists(), "looking stops nothing: programs follow links"
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    stopped = NoticeChoice.objects.get()
    assert (stopped.person, stopped.kind, stopped.channel, stopped.wanted) == (
        priya,
        NoticeKind.MENTIONED,
        NoticeChannel.MAIL,
        False,
    )


def test_link_that_somebody_made_up_stops_nothing(client: Client) -> None:
    assert client.post("/stop-mail/eyJwZXJzb24iOjF9:1abc:xyz/").status_code == 404


# In Slack


@pytest.fixture
def slack(organization: Organization, httpserver: HTTPServer, settings: Settings) -> HTTPServer:
    settings.OUTBOUND_PRIVATE_HOSTS = ("127.0.0.1",)
    Connection(
        organization=organization,
        kind=ConnectionKind.SLACK,
        base_url=httpserver.url_for("/api/"),
        options={"channel": "C0INCIDENT1"},
        secret="xoxb-123456-abcdef",
    ).save()
    return httpserver


def test_slack_message_goes_to_the_person(organization: Organization, priya: User, slack: HTTPServer) -> None:
    slack.expect_oneshot_request(
        "/api/users.lookupByEmail", query_string={"email": "priya@example.test"}
    ).respond_with_json({"ok": True, "user": {"id": "U0PRIYA"}})
    slack.expect_oneshot_request(
        "/api/conversations.open", method="POST", json={"users": "U0PRIYA"}
    ).respond_with_json({"ok": True, "channel": {"id": "D0PRIYA"}})
    slack.expect_oneshot_request("/api/chat.postMessage", method="POST").respond_with_json(
        {"ok": True, "ts": "1.2"}
    )
    for number in range(MOST_LINES + 2):
        _told(organization, priya, key=f"mention:{number}", text=f"<b>{number}</b> & more")
    _later()
    request, _ = slack.log[-1]
    message = request.get_json()
    assert message["channel"] == "D0PRIYA"
    assert "&lt;b&gt;0&lt;/b&gt; &amp; more" in message["blocks"][0]["text"]["text"]
    assert message["blocks"][-1]["text"]["text"] == "and 2 more in Afterword"
    assert not Notice.objects.filter(slacked_at=None).exists()


def test_person_whom_slack_does_not_know_is_said_so(
    organization: Organization, priya: User, slack: HTTPServer
) -> None:
    slack.expect_request("/api/users.lookupByEmail").respond_with_json(
        {"ok": False, "error": "users_not_found"}
    )
    _told(organization, priya)
    _later()
    row = Delivery.objects.get(key__startswith="notices-slack")
    assert row.status == DeliveryStatus.NOT_CONNECTED and "knows nobody" in row.last_error
    assert len(mail.outbox) == 1, "one way that is closed does not close the other"


# On the page


def test_page_shows_what_is_new_and_opening_it_reads_it(
    organization: Organization, priya: User, client: Client
) -> None:
    _told(organization, priya)
    client.force_login(priya)
    page = client.get("/acme/notices/").content.decode()
    assert "Jon Beck mentioned you" in page and "1 unread" in page
    answer = client.get(f"/acme/notices/{Notice.objects.get().pk}/")
    assert answer["Location"] == "/acme/reviews/INC-2026-0001/#thread-1"
    assert "You have read everything" in client.get("/acme/notices/").content.decode()


def test_everything_is_read_by_one_button(organization: Organization, priya: User, client: Client) -> None:
    _told(organization, priya, key="a")
    _told(organization, priya, key="b")
    client.force_login(priya)
    client.post("/acme/notices/read/")
    assert not Notice.objects.unread().exists()


def test_choices_are_kept(organization: Organization, priya: User, client: Client) -> None:
    client.force_login(priya)
    page = client.get("/acme/notices/choices/").content.decode()
    assert re.search(r'name="mentioned-mail"[^>]*checked', page)
    client.post("/acme/notices/choices/", {"published-mail": "on"})
    page = client.get("/acme/notices/choices/").content.decode()
    assert re.search(r'name="published-mail"[^>]*checked', page)
    assert not re.search(r'name="mentioned-mail"[^>]*checked', page)


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_every_role_has_notices(organization: Organization, client: Client, role: Role) -> None:
    client.force_login(make_member(organization, role))
    assert client.get("/acme/notices/").status_code == 200
