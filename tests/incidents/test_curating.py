"""The screens by which people change a chronology: several entries at once, undoing, and two people at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from governance.enums import Role
from governance.models import Organization, User
from incidents import services
from incidents.enums import Lane, SourceKind
from incidents.models import Attachment, ClockOffset, Curation, Entry, Incident, LogPattern, Measured
from incidents.services.attachments import attach_file
from tests.factories import make_entry, make_evidence, make_member

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
HTMX = {"HX-Request": "true"}
At = Callable[..., str]


@pytest.fixture
def tab(client: Client, responder: User) -> Client:
    client.force_login(responder)
    return client


@pytest.fixture
def at(organization: Organization, incident: Incident) -> At:
    """The address of a page of the incident."""
    base = f"/{organization.slug}/incidents/{incident.reference}/"
    return lambda *rest: base + "".join(rest)


@pytest.fixture
def two(incident: Incident) -> list[Entry]:
    return [make_entry(incident, START + timedelta(minutes=place), f"fact {place}") for place in range(2)]


def chosen(entries: list[Entry]) -> list[str]:
    return [f"{entry.number}:{entry.version}" for entry in entries]


def now(entry: Entry) -> Entry:
    current: Entry = Entry.objects.get(pk=entry.pk)
    return current


@pytest.mark.parametrize(
    ("form", "field", "value"),
    [
        ({"act": "highlight"}, "highlighted", True),
        ({"act": "hide", "reason": "Another cluster"}, "hidden_reason", "Another cluster"),
        ({"act": "tag", "tags": "Rollback, customer"}, "tags", ["rollback", "customer"]),
    ],
)
def test_chosen_entries_are_changed_together_and_the_way_back_is_offered(
    tab: Client, at: At, two: list[Entry], form: dict[str, str], field: str, value: object
) -> None:
    answer = tab.post(at("bulk/"), {**form, "chosen": chosen(two), "here": "?q=fact"})
    assert answer["Location"] == at(f"?q=fact#e{two[0].number}")
    assert [getattr(now(entry), field) for entry in two] == [value, value]
    page = tab.get(at()).content.decode()
    assert f"/history/{Curation.objects.get().pk}/undo/" in page
    assert "/undo/" not in tab.get(at()).content.decode()


def test_merged_entries_leave_the_list_for_htmx_and_split_draws_it_anew(
    tab: Client, at: At, two: list[Entry]
) -> None:
    answer = tab.post(at("bulk/"), {"act": "merge", "chosen": chosen(two)}, headers=HTMX)
    fragment = answer.content.decode()
    assert f'<li id="e{two[1].number}" hx-swap-oob="delete">' in fragment
    assert "folded 2, 22:52–22:53" in fragment
    split = {"act": "split", "chosen": chosen([now(two[0])])}
    assert f"?at=E{two[0].number}" in tab.post(at("bulk/"), split, headers=HTMX)["HX-Redirect"]
    assert now(two[1]).folded_into_id is None


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"act": "hide", "reason": ""}, "Say why this entry is hidden"),
        ({"act": "tag", "tags": "<b>"}, "cannot be a tag"),
        ({"act": "split"}, "nothing to split"),
        ({"act": "lunch"}, "Choose the entries first"),
    ],
)
def test_refused_change_keeps_the_choice_and_what_was_typed(
    tab: Client, at: At, two: list[Entry], form: dict[str, str], sentence: str
) -> None:
    answer = tab.post(at("bulk/"), {"tags": "kept words", "chosen": chosen(two), "here": "?q=fact", **form})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert page.count("checked") == 2
    assert form.get("tags", "kept words").replace("<b>", "&lt;b&gt;") in page
    assert 'value="fact"' in page
    assert not Curation.objects.exists()
    fragment = tab.post(at("bulk/"), {"chosen": chosen(two), **form}, headers=HTMX)
    assert (fragment.status_code, sentence in fragment.content.decode()) == (422, True)


def test_split_is_done_for_all_or_for_none(tab: Client, at: At, two: list[Entry], incident: Incident) -> None:
    lone = make_entry(incident, START + timedelta(hours=1))
    tab.post(at("bulk/"), {"act": "merge", "chosen": chosen(two)})
    both = chosen([now(two[0]), lone])
    assert tab.post(at("bulk/"), {"act": "split", "chosen": both}).status_code == 422
    assert now(two[1]).folded_into_id == two[0].pk


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    tab: Client, at: At, two: list[Entry], organization: Organization
) -> None:
    seen = chosen(two)
    other = make_member(organization)
    services.correct_entry(actor=other, entry=two[0], text="Corrected words", reason="why")
    answer = tab.post(at("bulk/"), {"act": "hide", "reason": "Noise", "chosen": seen})
    assert answer.status_code == 422
    assert "was changed by somebody else" in answer.content.decode()
    assert not now(two[0]).hidden


def test_stale_correction_says_what_the_entry_says_now_and_keeps_what_was_typed(
    tab: Client, at: At, two: list[Entry], organization: Organization
) -> None:
    number, seen = two[0].number, two[0].version
    services.correct_entry(
        actor=make_member(organization), entry=two[0], text="Words of another", reason="theirs"
    )
    form = {"at": "2018-10-21 22:55", "text": "My words", "reason": "mine", "version": seen}
    answer = tab.post(at(f"entries/{number}/correct/"), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    for shown in ("was changed by somebody else", "It says now:", "Words of another", "My words", "mine"):
        assert shown in page
    assert f'name="version" value="{now(two[0]).version}"' in page
    again = tab.post(at(f"entries/{number}/correct/"), {**form, "version": now(two[0]).version})
    assert (again.status_code, now(two[0]).text) == (302, "My words")


def test_stale_hiding_is_refused(tab: Client, at: At, two: list[Entry], organization: Organization) -> None:
    services.highlight_entry(actor=make_member(organization), entry=two[0], on=True)
    form = {"reason": "Noise", "version": "1"}
    answer = tab.post(at(f"entries/{two[0].number}/hide/"), form)
    assert (answer.status_code, now(two[0]).hidden) == (422, False)
    assert "Noise" in answer.content.decode()


def test_undo_takes_back_and_says_so(tab: Client, at: At, two: list[Entry]) -> None:
    tab.post(at("bulk/"), {"act": "merge", "chosen": chosen(two)})
    address = at(f"history/{Curation.objects.get().pk}/undo/")
    assert "Undone: E" in tab.post(address, follow=True).content.decode()
    assert now(two[1]).folded_into_id is None
    refused = tab.post(address)
    assert (refused.status_code, b"undone already" in refused.content) == (422, True)
    fragment = tab.post(address, headers=HTMX)
    assert (fragment.status_code, b"undone already" in fragment.content) == (422, True)


def test_undo_answers_with_the_rows_as_they_are_for_htmx(tab: Client, at: At, two: list[Entry]) -> None:
    fragment = tab.post(
        at("bulk/"), {"act": "highlight", "chosen": chosen(two)}, headers=HTMX
    ).content.decode()
    assert fragment.count('aria-pressed="true"') == 2
    undone = tab.post(at(f"history/{Curation.objects.get().pk}/undo/"), headers=HTMX).content.decode()
    assert undone.count('aria-pressed="false"') == 2
    assert "Undone: " in undone


def test_history_lists_who_did_what_newest_first(
    tab: Client, at: At, two: list[Entry], responder: User
) -> None:
    assert b"Nobody has changed this chronology yet" in tab.get(at("history/")).content
    services.highlight_entry(actor=responder, entry=two[0], on=True)
    services.hide_entry(actor=responder, entry=two[1], reason="Noise")
    page = tab.get(at("history/")).content.decode()
    assert page.index("was hidden") < page.index("was highlighted")
    assert page.count("Mara Okafor,") == 2
    assert page.count("/undo/") == 2


def test_reader_gets_neither_boxes_nor_undo(
    client: Client, at: At, two: list[Entry], organization: Organization, responder: User
) -> None:
    services.highlight_entry(actor=responder, entry=two[0], on=True)
    client.force_login(make_member(organization, Role.AUDITOR))
    assert "entry-pick" not in client.get(at()).content.decode()
    assert "/undo/" not in client.get(at("history/")).content.decode()
    assert client.post(at("bulk/"), {"act": "highlight", "chosen": chosen(two)}).status_code == 403


# What stands beside entries ---------------------------------------------------------------------------------------


def picture() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (8, 6), "#a33").save(stream, "PNG")
    return stream.getvalue()


def test_attached_image_is_shown_inert_and_anything_else_is_a_download(
    tab: Client, at: At, two: list[Entry]
) -> None:
    number = two[0].number
    for name, content in (("dash.png", picture()), ("page.html", b"<script>alert(1)</script>")):
        answer = tab.post(at(f"entries/{number}/attach/"), {"file": SimpleUploadedFile(name, content)})
        assert answer["Location"] == at(f"entries/{number}/")
    image, page = Attachment.objects.order_by("pk")
    shown = tab.get(at(f"attachments/{image.pk}/"))
    assert shown["Content-Type"] == "image/png"
    assert not shown["Content-Disposition"].startswith("attachment")
    loaded = tab.get(at(f"attachments/{page.pk}/"))
    assert loaded["Content-Type"] == "application/octet-stream"
    assert loaded["Content-Disposition"].startswith("attachment")
    for answer in (shown, loaded):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    details = tab.get(at(f"entries/{number}/")).content.decode()
    assert '<img src="' in details
    assert "page.html" in details


def test_refused_attachment_says_why(tab: Client, at: At, two: list[Entry]) -> None:
    address = at(f"entries/{two[0].number}/attach/")
    assert b"Choose the file to attach" in tab.post(address, {}).content
    answer = tab.post(address, {"file": SimpleUploadedFile("dash.png", b"")})
    assert (answer.status_code, b"This file is empty" in answer.content) == (422, True)


def test_attachment_of_another_incident_is_not_found(tab: Client, at: At, organization: Organization) -> None:
    from tests.factories import make_incident

    other = attach_file(
        actor=None, incident=make_incident(organization), entry=None, name="x.txt", content=b"x"
    )
    assert tab.get(at(f"attachments/{other.pk}/")).status_code == 404


def test_payload_is_shown_around_the_entry_without_its_secrets(
    tab: Client, at: At, incident: Incident
) -> None:
    lines = [f"line {number} says ordinary things" for number in range(1, 2001)]
    lines[999] = "password=hunter2hunter2 was logged"
    kept = default_storage.save("long.log", ContentFile("\n".join(lines).encode()))
    evidence = make_evidence(incident, file=kept, filename="long.log")
    entry = make_entry(incident, START, "was logged", evidence=evidence, location="line 1000")
    page = tab.get(at(f"evidence/{evidence.pk}/payload/?entry={entry.number}")).content.decode()
    assert "Lines 960 to 1,060; the entry stands in line 1,000." in page
    assert "line 960 says" in page
    assert "line 959 says" not in page
    assert "was logged" in page
    assert "hunter2" not in page
    assert "The whole file." in tab.get(at(f"evidence/{evidence.pk}/payload/")).content.decode()
    assert tab.get(at(f"evidence/{evidence.pk}/payload/?entry=99999")).status_code == 404


def test_payload_that_is_not_in_the_store_is_not_found(tab: Client, at: At, incident: Incident) -> None:
    evidence = make_evidence(incident, file="gone.log")
    assert tab.get(at(f"evidence/{evidence.pk}/payload/")).status_code == 404


def test_details_show_the_picture_the_pattern_and_what_stands_inside(
    tab: Client, at: At, two: list[Entry], responder: User, incident: Incident, organization: Organization
) -> None:
    services.merge_entries(actor=responder, incident=incident, numbers=[entry.number for entry in two])
    samples = [[START.timestamp() + 60 * minute, 2.5 * minute] for minute in range(9)]
    Measured(organization=organization, entry=two[0], name="Lag <mysql>", unit="s", points=samples).save()
    LogPattern(
        organization=organization, evidence=two[0].evidence, entry=two[0], template="lag of ⟨n⟩ s", count=46,
        first_at=START, last_at=START, groups=[1], samples=[1], mark="new", why="Not seen before 22:52.",
    ).save()  # fmt: skip
    page = tab.get(at(f"entries/{two[0].number}/")).content.decode()
    for shown in ("fact 1", "Split them off again", "Lag &lt;mysql&gt;", "9 samples from 21 Oct 22:52", "46 lines",
                  "lag of ⟨n⟩ s", "Not seen before 22:52."):  # fmt: skip
        assert shown in page
    inside = tab.get(at(f"entries/{two[1].number}/")).content.decode()
    assert "Stands inside" in inside


# Proposals --------------------------------------------------------------------------------------------------------


def test_proposed_milestone_is_offered_until_it_is_confirmed(
    tab: Client, at: At, two: list[Entry], incident: Incident
) -> None:
    number = two[0].number
    proposals = {
        "detected": {"entry": number, "why": "The first alert."},
        "resolved": {"entry": 99_999, "why": "x"},
    }
    Incident.objects.filter(pk=incident.pk).update(
        insights={"milestones": proposals, "cascades": ["web then db"]}
    )
    page = tab.get(at()).content.decode()
    assert "The first alert." in page
    assert "web then db" in page
    assert f"Resolved rests on E{99_999}" not in page
    tab.post(at(f"entries/{number}/milestone/"), {"kind": "detected"})
    assert "The first alert." not in tab.get(at()).content.decode()


@pytest.mark.parametrize(
    "odd",
    [[], {"milestones": [1]}, {"offsets": [3, {"source": "x"}]}, {"milestones": {"detected": 4}}, "words"],
)
def test_odd_proposals_break_nothing(
    tab: Client, at: At, two: list[Entry], incident: Incident, odd: object
) -> None:
    Incident.objects.filter(pk=incident.pk).update(insights=odd)
    assert tab.get(at()).status_code == 200


def test_clock_is_declared_and_withdrawn(tab: Client, at: At, incident: Incident) -> None:
    entry = make_entry(
        incident, START, evidence=make_evidence(incident, kind=SourceKind.SLACK), lane=Lane.CHAT
    )
    form = {"source": "slack", "seconds": "42", "reason": "Two pairs", "pairs": "[[1, 2, 42]]"}
    assert tab.post(at("clock/"), form).status_code == 302
    offset = ClockOffset.objects.get()
    assert (offset.pairs, now(entry).at) == ([[1, 2, 42]], START - timedelta(seconds=42))
    assert f'value="{offset.pk}"' in tab.get(at()).content.decode()
    assert tab.post(at("clock/"), {"withdraw": offset.pk}).status_code == 302
    assert now(entry).at == START
    assert tab.post(at("clock/"), {"withdraw": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"source": "slack", "seconds": "42", "reason": ""}, "Say by what you know"),
        ({"source": "slack", "seconds": "0", "reason": "r"}, "off by 1 second"),
    ],
)
def test_refused_clock_says_why(
    tab: Client, at: At, two: list[Entry], form: dict[str, str], sentence: str
) -> None:
    answer = tab.post(at("clock/"), form)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
