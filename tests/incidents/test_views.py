"""The screens: right codes, nothing typed is lost, one query count for any number of rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled

from governance.enums import Role
from governance.models import AuditEntry, Organization, User
from incidents import services
from incidents.models import Entry, Evidence, Incident, Measured, Milestone, Service
from tests.factories import make_entry, make_incident, make_member, make_organization, make_service

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
LOG = b"2018-10-21T22:52:00Z link lost\n2018-10-21T22:54:00Z alerts fire\n"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser_of(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def tab(browser_of: Callable[[User], Client], responder: User) -> Client:
    return browser_of(responder)


@pytest.fixture
def at(organization: Organization, incident: Incident) -> Callable[..., str]:
    """The address of a page of the incident."""
    base = f"/{organization.slug}/incidents/{incident.reference}/"
    return lambda *rest: base + "".join(rest)


def uploaded(content: bytes = LOG, name: str = "net.log") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_empty_list_says_what_to_do_first(tab: Client, organization: Organization) -> None:
    assert b"First name your services" in tab.get("/acme/incidents/").content
    make_service(organization)
    assert b"No incident yet. Open the first one" in tab.get("/acme/incidents/").content


def test_incident_is_opened_and_leads_to_its_chronology(tab: Client, organization: Organization) -> None:
    service = make_service(organization)
    answer = tab.post(
        "/acme/incidents/new/",
        {"title": "Link lost", "severity": "1", "services": [service.pk], "declared_at": "2018-10-21 22:52"},
    )
    assert (answer.status_code, answer["Location"]) == (302, "/acme/incidents/INC-2018-0001/")
    assert b"Bring in what the systems recorded" in tab.get(answer["Location"]).content


def test_invalid_incident_is_refused_and_keeps_what_was_typed(
    tab: Client, organization: Organization
) -> None:
    make_service(organization)
    answer = tab.post(
        "/acme/incidents/new/", {"title": "Link lost", "severity": "1", "declared_at": "03/11/2026"}
    )
    assert answer.status_code == 422
    for kept in (
        b"Link lost",
        b"03/11/2026",
        b"day and month could be swapped",
        b"at least one affected service",
    ):
        assert kept in answer.content


def test_upload_adds_entries_and_the_chronology_shows_them(tab: Client, at: Callable[..., str]) -> None:
    answer = tab.post(at("evidence/"), {"kind": "log", "files": [uploaded()]}, follow=True)
    content = answer.content.decode()
    assert "net.log: 2 entries added." in content
    assert "link lost" in content
    assert "Sunday 21 October 2018" in content


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty"),
        (b"2020-11-25 07:01:00 x\n", "names no zone"),
        (b"\x00\x01\x02", "This is a binary file"),
        (b"words\n", "Nothing in this file could be read"),
    ],
)
def test_refused_upload_says_why_and_keeps_the_choices(
    tab: Client, at: Callable[..., str], content: bytes, sentence: str
) -> None:
    form = {"kind": "log", "files": [uploaded(content, "odd.log")], "zone": "", "clock_offset": "7"}
    answer = tab.post(at("evidence/"), form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert '<option value="log" selected>' in page
    assert 'value="7"' in page
    assert not Evidence.objects.exists()


def test_one_refused_file_does_not_undo_the_others(tab: Client, at: Callable[..., str]) -> None:
    answer = tab.post(at("evidence/"), {"kind": "log", "files": [uploaded(), uploaded(b"\x00", "bad.log")]})
    assert answer.status_code == 422
    assert "bad.log: This is a binary file" in answer.content.decode()
    assert Evidence.objects.get().filename == "net.log"


def test_skipped_lines_are_shown_with_the_evidence(tab: Client, at: Callable[..., str]) -> None:
    tab.post(at("evidence/"), {"kind": "log", "files": [uploaded(LOG + b"no time\n")]})
    page = tab.get(at("evidence/")).content.decode()
    assert "1 not read" in page
    assert "It does not begin with a time." in page


def test_raw_file_comes_as_an_attachment_that_no_browser_interprets(
    tab: Client, at: Callable[..., str], responder: User, incident: Incident
) -> None:
    tab.post(at("evidence/"), {"kind": "log", "files": [uploaded(name="<b>.html")]})
    address = at(f"evidence/{Evidence.objects.get().pk}/")
    assert tab.get(address).status_code == 403
    lead = Client()
    lead.force_login(make_member(incident.organization, Role.SRE_LEAD))
    answer = lead.get(address)
    assert AuditEntry.objects.order_by("-sequence")[0].action == "evidence.read"
    assert b"".join(answer.streaming_content) == LOG  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )


def test_star_answers_with_the_row_for_htmx_and_leads_back_without(
    tab: Client, at: Callable[..., str], incident: Incident
) -> None:
    entry = make_entry(incident, START, "Link lost")
    address = at(f"entries/{entry.number}/highlight/")
    fragment = tab.post(address, {"on": "1"}, headers=HTMX).content.decode()
    assert fragment.split()[:2] == ["<li", 'class="entry"']
    assert f'id="e{entry.number}"' in fragment
    assert 'aria-pressed="true"' in fragment
    assert f"E{entry.number} was highlighted." in fragment
    answer = tab.post(address, {"on": "0", "here": "?show=highlights"})
    assert answer["Location"] == at(f"?show=highlights#e{entry.number}")
    assert not Entry.objects.get().highlighted


def test_way_back_cannot_lead_elsewhere(tab: Client, at: Callable[..., str], incident: Incident) -> None:
    entry = make_entry(incident, START)
    answer = tab.post(at(f"entries/{entry.number}/highlight/"), {"on": "1", "here": "https://evil.example/"})
    assert answer["Location"] == at(f"entries/{entry.number}/")


@pytest.mark.parametrize(
    ("action", "form", "sentence"),
    [
        ("hide", {"reason": ""}, "Say why this entry is hidden"),
        (
            "correct",
            {"at": "2018-10-21 22:53", "text": "New words", "reason": ""},
            "Say why the entry is corrected",
        ),
        ("correct", {"at": "soon", "text": "New words", "reason": "r"}, "in no time format"),
        ("milestone", {"kind": "lunch"}, "Select a valid choice"),
    ],
)
def test_refused_change_answers_422_and_keeps_what_was_typed(
    tab: Client, at: Callable[..., str], incident: Incident, action: str, form: dict[str, str], sentence: str
) -> None:
    entry = make_entry(incident, START, "Link lost")
    answer = tab.post(at(f"entries/{entry.number}/{action}/"), form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert form.get("text", "") in answer.content.decode()


def test_correction_is_shown_with_its_original(
    tab: Client, at: Callable[..., str], incident: Incident
) -> None:
    entry = make_entry(incident, START, "Link lost")
    form = {"at": "2018-10-21 22:53", "text": "Link was lost", "reason": "The clock was slow"}
    assert tab.post(at(f"entries/{entry.number}/correct/"), form).status_code == 302
    page = tab.get(at(f"entries/{entry.number}/")).content.decode()
    for shown in (
        "Link lost",
        "Link was lost",
        "The clock was slow",
        "21 Oct 2018 22:52 UTC became 21 Oct 2018 22:53 UTC",
    ):
        assert shown in page


def test_milestone_is_set_and_cleared_by_plain_forms(
    tab: Client, at: Callable[..., str], incident: Incident
) -> None:
    entry = make_entry(incident, START)
    tab.post(at(f"entries/{entry.number}/milestone/"), {"kind": "detected"})
    assert Milestone.objects.get().entry == entry
    tab.post(at(f"entries/{entry.number}/milestone/"), {"kind": "detected", "clear": "1"})
    assert not Milestone.objects.exists()


def test_contradicting_milestones_are_shown(
    tab: Client, at: Callable[..., str], incident: Incident, responder: User
) -> None:
    first, second = make_entry(incident, START), make_entry(incident, START + timedelta(minutes=1))
    services.set_milestone(actor=responder, incident=incident, kind="resolved", entry=first)
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=second)
    assert "lies before “Detected”" in tab.get(at()).content.decode()


def test_statement_is_shown_as_such(tab: Client, at: Callable[..., str]) -> None:
    form = {"at": "2018-10-21 22:52", "text": "I cut the link", "precision": "minute"}
    page = tab.post(at("statement/"), form, follow=True).content.decode()
    assert "I cut the link" in page
    assert "Stated by" in page
    refused = tab.post(at("statement/"), form)
    assert refused.status_code == 422
    assert "already said this" in refused.content.decode()


def test_next_rows_come_as_a_fragment_and_as_a_page(
    tab: Client, at: Callable[..., str], incident: Incident
) -> None:
    evidence = make_entry(incident, START).evidence
    for place in range(120):
        make_entry(incident, START + timedelta(seconds=place + 1), f"fact {place}", evidence=evidence)
    page = tab.get(at()).content.decode()
    assert page.count('<li class="entry"') == 100
    after = Entry.objects.in_order()[99].number
    assert f"entries/?after={after}" in page
    for address in (at(f"entries/?after={after}"), at(f"?after={after}")):
        rest = tab.get(address).content.decode()
        assert rest.count('<li class="entry"') == 21
        assert "fact 119" in rest


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=99999999999999", "?after=-1", "?show=nonsense", "?q=%00", "?source=z"]
)
def test_odd_questions_are_answered(
    tab: Client, at: Callable[..., str], incident: Incident, query: str
) -> None:
    make_entry(incident, START)
    assert tab.get(at(query)).status_code == 200


@pytest.mark.parametrize("path", ["", "new/", "services/"])
def test_pages_draw_for_a_reader(
    browser_of: Callable[[User], Client], organization: Organization, path: str
) -> None:
    auditor = make_member(organization, Role.AUDITOR)
    expected = 403 if path == "new/" else 200
    assert browser_of(auditor).get(f"/acme/incidents/{path}").status_code == expected


def test_reader_sees_no_buttons_and_may_not_post(
    browser_of: Callable[[User], Client],
    at: Callable[..., str],
    organization: Organization,
    incident: Incident,
) -> None:
    entry = make_entry(incident, START)
    tab = browser_of(make_member(organization, Role.AUDITOR))
    assert "/highlight/" not in tab.get(at()).content.decode()
    assert tab.post(at(f"entries/{entry.number}/highlight/"), {"on": "1"}).status_code == 403
    assert tab.post(at("evidence/"), {"kind": "log", "files": [uploaded()]}).status_code == 403


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("get", ""),
        ("get", "entries/"),
        ("get", "entries/1/"),
        ("get", "evidence/"),
        ("get", "evidence/1/"),
        ("get", "statement/"),
        ("post", "evidence/"),
        ("post", "statement/"),
        ("post", "commander/"),
        *[
            ("post", f"entries/1/{action}/")
            for action in ("highlight", "hide", "show", "correct", "milestone")
        ],
    ],
)
def test_other_organizations_incident_is_a_404_by_either_address(
    browser_of: Callable[[User], Client], organization: Organization, method: str, rest: str
) -> None:
    with scopes_disabled():
        stranger = make_member(own := make_organization("other"), Role.SRE_LEAD)
        incident = make_incident(organization)
        make_entry(incident, START, number=1)
    tab = browser_of(stranger)
    for org in (organization, own):
        address = f"/{org.slug}/incidents/{incident.reference}/{rest}"
        assert getattr(tab, method)(address).status_code == 404


def test_owner_is_appointed_and_dismissed(
    browser_of: Callable[[User], Client], organization: Organization
) -> None:
    tab = browser_of(make_member(organization, Role.SRE_LEAD))
    priya = make_member(organization, name="Priya Nair")
    assert tab.post("/acme/incidents/services/new/", {"name": "mysql", "owner": priya.pk}).status_code == 302
    assert "Owner Priya Nair" in tab.get("/acme/incidents/services/").content.decode()
    form = {"person": priya.pk, "dismiss": "1"}
    page = tab.post("/acme/incidents/services/mysql/owner/", form, follow=True).content.decode()
    assert "No owner: nobody can sign for it" in page
    assert tab.post("/acme/incidents/services/new/", {"name": "mysql"}).status_code == 422
    assert tab.post("/acme/incidents/services/mysql/owner/", {"person": ""}).status_code == 422
    assert Service.objects.count() == 1


def test_commander_is_appointed(
    browser_of: Callable[[User], Client], at: Callable[..., str], organization: Organization
) -> None:
    tab = browser_of(make_member(organization, Role.SRE_LEAD))
    mara = make_member(organization, name="Mara Okafor")
    assert "No commander yet" in tab.get(at()).content.decode()
    assert (
        "Commander Mara Okafor"
        in tab.post(at("commander/"), {"person": mara.pk}, follow=True).content.decode()
    )
    assert tab.post(at("commander/"), {"person": ""}).status_code == 422


def queries(tab: Client, address: str) -> int:
    tab.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert tab.get(address).status_code == 200
    return len(seen)


def test_chronology_takes_as_many_queries_for_three_rows_as_for_one(
    tab: Client, at: Callable[..., str], incident: Incident, responder: User
) -> None:
    first = make_entry(incident, START)
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=first)
    one = queries(tab, at())
    for place in (1, 2):
        entry = make_entry(incident, START + timedelta(hours=place))
        inside = make_entry(
            incident, START + timedelta(hours=place, minutes=1), lane="metric", services=["web"]
        )
        samples = [[inside.at.timestamp() + n, n] for n in range(3)]
        Measured(organization=incident.organization, entry=inside, name="Lag", points=samples).save()
        services.correct_entry(actor=responder, entry=entry, reason="why", text="new")
        services.merge_entries(actor=responder, incident=incident, numbers=[entry.number, inside.number])
    assert queries(tab, at()) == one


def test_last_stretch_of_a_long_chronology_takes_as_many_queries_as_the_first(
    tab: Client, at: Callable[..., str], incident: Incident
) -> None:
    evidence = make_entry(incident, START).evidence
    entries = [make_entry(incident, START + timedelta(seconds=n), evidence=evidence) for n in range(1, 250)]
    place, last = entries[150].number, entries[-1].number
    # The place of the entry is asked for first, and around one both ways are read.
    assert queries(tab, at(f"entries/?after={place}")) == queries(tab, at("entries/")) + 1
    assert queries(tab, at(f"entries/?before={place}")) == queries(tab, at(f"entries/?after={place}"))
    assert queries(tab, at(f"entries/?at=E{last}")) == queries(tab, at(f"entries/?after={place}")) + 1


@pytest.mark.parametrize("page", ["", "evidence"])
def test_lists_take_as_many_queries_for_three_rows_as_for_one(
    tab: Client, organization: Organization, incident: Incident, page: str
) -> None:
    address = "/acme/incidents/" if not page else f"/acme/incidents/{incident.reference}/evidence/"

    def make() -> None:
        make_entry(
            incident if page else make_incident(organization, services=(make_service(organization),)), START
        )

    make()
    one = queries(tab, address)
    make()
    make()
    assert queries(tab, address) == one
