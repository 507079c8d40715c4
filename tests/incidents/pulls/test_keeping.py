"""What becomes of something that was fetched: cuts are named everywhere, images and names are kept."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from PIL import Image
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from governance import outbox
from governance.enums import ConnectionKind, DeliveryStatus
from governance.models import Connection, Delivery, Membership, Organization, User
from incidents import selectors
from incidents.enums import SourceKind
from incidents.models import Arrival, Evidence, Incident, KnownName
from incidents.pulls import loki
from incidents.services import arrivals, attachments, handling, pulling
from reviews.content import content_of
from reviews.drafting import draft
from reviews.models import Review
from reviews.services.drafting import material_of
from tests.factories import make_entry, make_organization

pytestmark = pytest.mark.django_db

START = datetime(2018, 10, 21, 22, 0, tzinfo=UTC)
WINDOW = {"start": START.isoformat(), "end": (START + timedelta(hours=3)).isoformat()}
CUT = "Loki had more than 50 lines between 2018-10-21 22:00:00 and 2018-10-22 01:00:00 UTC."
Fetched = Callable[..., Delivery]


# Cuts ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def cut_short(
    fetched: Fetched, httpserver: HTTPServer, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> Evidence:
    """Lines of Loki that one fetch did not get to the end of, as evidence of the incident."""
    monkeypatch.setattr(loki, "MOST_LINES", 50)
    monkeypatch.setattr(loki, "PAGE", 20)
    first = int(START.timestamp())
    lines = [[str((first + place) * 10**9), f"line {place}"] for place in range(100)] + [
        [f"{first}000000000", "  "]
    ]

    def page(request: Request) -> Response:
        since, most = int(request.args["start"]), int(request.args["limit"])
        values = [line for line in sorted(lines) if int(line[0]) >= since][:most]
        body = {"data": {"resultType": "streams", "result": [{"stream": {"app": "web"}, "values": values}]}}
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request("/loki/api/v1/query_range").respond_with_handler(page)
    fetched(ConnectionKind.LOKI, query='{app="web"}', **WINDOW)
    found: Evidence = Evidence.objects.get(incident=incident)
    return found


def test_cut_stands_among_what_was_skipped_and_not_in_the_raw_bytes(cut_short: Evidence) -> None:
    told, empty = cut_short.skipped
    assert told["location"] == "not fetched" and told["reason"].startswith(CUT)
    assert "empty" in empty["reason"]
    raw = cut_short.file.open().read()
    assert b"more than" not in raw
    assert hashlib.sha256(raw).hexdigest() == cut_short.sha256


def test_cut_is_told_where_silent_sources_are(cut_short: Evidence, incident: Incident) -> None:
    found = selectors.unseen(incident)
    (cut,) = found.cuts
    assert (cut.filename, cut.source) == (cut_short.filename, "Loki query") and cut.sentence.startswith(CUT)
    assert found.skipped == [(cut_short.filename, "Loki query", 1)]


def test_cut_is_shown_in_the_chronology_and_beside_the_evidence(
    cut_short: Evidence, incident: Incident, responder: User, client: Client
) -> None:
    client.force_login(responder)
    base = f"/acme/incidents/{incident.reference}/"
    assert CUT in client.get(base).content.decode()
    assert CUT in client.get(f"{base}evidence/").content.decode()


def test_cut_is_told_by_the_arrival(cut_short: Evidence) -> None:
    assert "more was there than was fetched (see under Evidence)" in Arrival.objects.get().reason


def test_cut_is_part_of_what_people_sign(cut_short: Evidence, incident: Incident, responder: User) -> None:
    review = Review(organization=incident.organization, incident=incident, author=responder)
    review.save()
    (file,) = content_of(review)["evidence"]
    assert file["skipped"][0]["reason"].startswith(CUT)
    assert CUT in render_to_string("reviews/print/_files.html", {"evidence": [file]})


def test_cut_is_asked_about_in_the_draft(cut_short: Evidence, incident: Incident) -> None:
    questions = {question.code: question.text for question in draft(material_of(incident)).questions}
    assert (
        f"one part could not be read (first: data.result[0].values[0], The line is empty). {CUT}"
        in questions["unseen"]
    )


def test_cut_outlives_a_reading_that_has_to_be_repeated(cut_short: Evidence, responder: User) -> None:
    arrival = Arrival.objects.get()
    handling.replay(actor=responder, arrival=arrival, declared={"zone": "UTC"})
    again = arrivals.take_in(arrival.pk)
    assert again is not None and "more was there than was fetched" in again.reason


# What cannot be kept -------------------------------------------------------------------------------------------------


def test_answer_that_is_too_long_says_what_to_do(fetched: Fetched, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/query_range").respond_with_data(b" " * (5 * 2**20 + 1))
    delivery = fetched(ConnectionKind.PROMETHEUS, query="up", **WINDOW)
    assert delivery.status == DeliveryStatus.FAILED
    assert "more than 5 MB" in delivery.last_error and "Choose a shorter time" in delivery.last_error


def test_fetch_for_somebody_who_lost_the_right_ends_with_the_reason(
    incident: Incident,
    responder: User,
    connect: Callable[[ConnectionKind], Connection],
    httpserver: HTTPServer,
) -> None:
    connect(ConnectionKind.PROMETHEUS)
    httpserver.expect_request("/api/v1/query_range").respond_with_json({"status": "success"})
    values = {"query": "up", **WINDOW}
    delivery = pulling.ask_for(
        actor=responder, incident=incident, kind=ConnectionKind.PROMETHEUS, values=values
    )
    Membership.objects.filter(user=responder).delete()
    assert done(delivery).status == DeliveryStatus.FAILED
    assert delivery.attempts == 1 and not Arrival.objects.exists()


# Images --------------------------------------------------------------------------------------------------------------


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 3), "teal").save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def wanted(incident: Incident, connect: Callable[[ConnectionKind], Connection]) -> Delivery:
    """An image beside a new entry that Slack is to be asked for."""
    connect(ConnectionKind.SLACK)
    entry = make_entry(incident, START)
    delivery: Delivery = outbox.enqueue(
        organization=incident.organization_id,
        group="files",
        stage=1,
        kind=attachments.FETCH,
        key="file F1",
        payload={"incident": incident.pk, "entry": entry.pk, "file": "F1", "name": "errors.png"},
    )
    return delivery


def serve_file(httpserver: HTTPServer, content: bytes) -> None:
    about = {"id": "F1", "size": len(content), "url_private": httpserver.url_for("/F1")}
    httpserver.expect_request("/files.info").respond_with_json({"ok": True, "file": about})
    httpserver.expect_request("/F1").respond_with_data(content, content_type="image/png")


def done(delivery: Delivery) -> Delivery:
    outbox.deliver_one(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_image_of_a_message_is_kept_beside_its_entry(
    wanted: Delivery, httpserver: HTTPServer, incident: Incident
) -> None:
    serve_file(httpserver, picture())
    assert done(wanted).status == DeliveryStatus.DELIVERED
    kept = incident.attachments.get()
    assert (kept.entry_id, kept.name, kept.key) == (wanted.payload["entry"], "errors.png", "F1")
    assert (kept.media_type, kept.width, kept.height, kept.added_by) == ("image/png", 4, 3, None)
    assert wanted.result["id"] == str(kept.pk)


def test_image_that_is_here_already_is_not_asked_for(
    wanted: Delivery, httpserver: HTTPServer, incident: Incident
) -> None:
    known = attachments.attach_file(
        actor=None, incident=incident, entry=None, name="errors.png", content=picture(), key="F1"
    )
    assert done(wanted).result["id"] == str(known.pk)
    assert httpserver.log == []


def test_image_whose_entry_is_gone_is_kept_with_the_incident(
    wanted: Delivery, httpserver: HTTPServer, incident: Incident
) -> None:
    Delivery.objects.filter(pk=wanted.pk).update(payload={**wanted.payload, "entry": 0})
    serve_file(httpserver, picture())
    done(wanted)
    assert incident.attachments.get().entry is None


@pytest.mark.parametrize(
    ("content", "told"), [(b"\x89PNG\r\n\x1a\nand no more", "damaged or cut short"), (b"", "is empty")]
)
def test_image_that_cannot_be_kept_ends_with_the_reason(
    wanted: Delivery, httpserver: HTTPServer, incident: Incident, content: bytes, told: str
) -> None:
    serve_file(httpserver, content)
    assert done(wanted).status == DeliveryStatus.FAILED
    assert told in wanted.last_error
    assert not incident.attachments.exists()


# Names ---------------------------------------------------------------------------------------------------------------

PEOPLE: dict[str, dict[str, Any]] = {
    "U1": {"name": "kit", "profile": {"real_name": "Kit Harlow"}},
    "U2": {"name": "mara", "profile": {}},
}


@pytest.fixture
def channel(httpserver: HTTPServer) -> dict[str, str]:
    """A channel with one message that mentions a person and a channel; gives the names of the channels."""
    names = {"C0INCIDENT1": "inc-checkout", "C0OPS00001": "ops"}
    text = "asking <@U2> in <#C0OPS00001>, and <@U9>"
    message = {"type": "message", "user": "U1", "text": text, "ts": f"{int(START.timestamp()) + 60}.000001"}

    def about(request: Request) -> Response:
        key = request.args["channel"]
        return Response(json.dumps({"ok": True, "channel": {"id": key, "name": names[key]}}))

    def person(request: Request) -> Response:
        found = PEOPLE.get(request.args["user"])
        return Response(
            json.dumps({"ok": True, "user": found} if found else {"ok": False, "error": "user_not_found"})
        )

    httpserver.expect_request("/conversations.info").respond_with_handler(about)
    httpserver.expect_request("/users.info").respond_with_handler(person)
    httpserver.expect_request("/conversations.history").respond_with_json({"ok": True, "messages": [message]})
    return names


def known_names(organization: Organization) -> dict[str, str]:
    rows = KnownName.objects.filter(organization=organization, source=SourceKind.SLACK)
    return dict(rows.values_list("key", "name"))


def test_names_of_people_and_channels_are_learned(
    fetched: Fetched, channel: dict[str, str], organization: Organization
) -> None:
    fetched(ConnectionKind.SLACK, channel="C0INCIDENT1", **WINDOW)
    assert known_names(organization) == {
        "U1": "Kit Harlow",
        "U2": "mara",
        "USLACKBOT": "Slackbot",
        "C0INCIDENT1": "inc-checkout",
        "C0OPS00001": "ops",
    }


def test_new_name_takes_the_place_of_the_old_one_and_no_other_organization_learns_it(
    fetched: Fetched, channel: dict[str, str], organization: Organization
) -> None:
    KnownName(organization=organization, source=SourceKind.SLACK, key="U1", name="K. Harlow").save()
    KnownName(organization=organization, source=SourceKind.SLACK, key="U7", name="Ines Duarte").save()
    fetched(ConnectionKind.SLACK, channel="C0INCIDENT1", **WINDOW)
    found = known_names(organization)
    assert (found["U1"], found["U7"]) == ("Kit Harlow", "Ines Duarte")
    assert known_names(make_organization("another")) == {}
