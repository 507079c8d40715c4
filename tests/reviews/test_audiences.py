"""The page for executives: what it takes out of the record, what it leaves behind, and that it is one page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from pypdf import PdfReader

from governance.enums import Role
from governance.models import User
from incidents.models import Incident, IncidentReader
from reviews.audiences import ROOMS, executive
from reviews.content import content_of
from reviews.enums import ReviewState
from reviews.exemptions import PrintedWaiver
from reviews.models import Section
from reviews.publishers.executive import Sheet, render
from reviews.services import revise_review, save_factor, save_risk, save_section
from tests.factories import make_member
from tests.reviews.builders import Setting, bring_to, make_setting

AT = datetime(2018, 11, 2, 9, 30, tzinfo=UTC)
PRIYA = {"id": 1, "name": "Priya Nair"}


def passage(text: str, citations: tuple[int, ...] = ()) -> dict[str, Any]:
    return {
        "text": text,
        "citations": list(citations),
        "author": None,
        "paragraph": 0,
        "provenance": "evidence",
    }


def made(**changes: Any) -> dict[str, Any]:
    """A content with one of everything."""
    content: dict[str, Any] = {
        "incident": {
            "reference": "INC-2018-0042",
            "title": "Database **topology** split",
            "severity": 1,
            "services": ["mysql", "webhooks"],
            "is_synthetic": False,
        },
        "milestones": [
            {"kind": "impact_started", "at": "2018-10-21T22:52:00Z"},
            {"kind": "detected", "at": "2018-10-21T22:59:00Z"},
            {"kind": "resolved", "at": "2018-10-22T00:07:00Z"},
        ],
        "sections": [
            {
                "key": "summary",
                "passages": [
                    passage("Orders could not be placed for `75` minutes.", (2,)),
                    passage("The log recorded “FATAL: no primary”.", (1,)),
                    passage("![Errors](image:4)", (2,)),
                ],
            },
            {"key": "customer_impact", "passages": [passage("One order in three was refused.", (2,))]},
        ],
        "factors": [
            factor("Perhaps the cable.", "suspected"),
            factor("Two primaries took writes.", "confirmed", is_trigger=True, nature="technical"),
        ],
        "questions": [
            {
                "section": "customer_impact",
                "text": "How many?",
                "answer": "About 900 customers.",
                "answered_by": PRIYA,
            },
            {"section": "detection", "text": "Who?", "answer": "The pager.", "answered_by": PRIYA},
        ],
        "chronology": [
            {"number": 1, "lane": "log", "text": "FATAL: no primary", "actor": "", "author": None},
            {"number": 2, "lane": "chat", "text": "orders fail", "actor": "mara", "author": None},
        ],
        "action_items": [
            {"title": "Fence the primary", "owner": PRIYA, "due_on": "2018-12-14", "kind": "prevent"}
        ],
        "risks": [
            {
                "number": 1,
                "statement": "It may return.",
                "citations": [2],
                "owner": PRIYA,
                "review_on": "2019-01-07",
                "accepted_because": "It is rare.",
            }
        ],
    }
    return content | changes


def factor(statement: str, confidence: str, **more: Any) -> dict[str, Any]:
    return {"statement": statement, "confidence": confidence, "is_trigger": False, "author": None, **more}


def waiver(number: int = 1, words: str = "On leave.") -> PrintedWaiver:
    return PrintedWaiver(
        kind="signature",
        label="no signature of a manager",
        reason=words,
        granted_by=f"Ines {number}",
        granted_at="2018-11-01T00:00:00Z",
        ends_on="2018-12-01",
    )


def sheet(content: dict[str, Any], waivers: tuple[PrintedWaiver, ...] = (), mark: str = "") -> Sheet:
    return Sheet(content, waivers, "Northwind", "0" * 64, AT, 1, mark, is_private=False)


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def pages(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def test_page_says_what_happened_in_the_words_of_the_record() -> None:
    page = executive(made(), [waiver()])
    assert (page.title, page.severity, page.services) == ("Database topology split", 1, "mysql, webhooks")
    assert page.window == "21 Oct 2018, 22:52 to 22 Oct 2018, 00:07 UTC"
    assert page.figures == (("1 h 15 min", "of impact"), ("7 min", "until it was noticed"))
    assert page.happened == ("Orders could not be placed for 75 minutes.",)
    assert page.customers == ("One order in three was refused.", "About 900 customers.")
    assert [(one.title, one.owner, one.due) for one in page.promises] == [
        ("Fence the primary", "Priya Nair", "14 Dec 2018")
    ]
    assert [(one.owner, one.day, one.accepted_because) for one in page.risks] == [
        ("Priya Nair", "7 Jan 2019", "It is rare.")
    ]
    assert [(one.title, one.granted_by) for one in page.exceptions] == [
        ("No signature of a manager", "Ines 1")
    ]


def test_surest_cause_comes_first_with_its_nature() -> None:
    page = executive(made(), [])
    assert [(one.confidence, one.is_trigger, one.sort) for one in page.causes] == [
        ("confirmed", True, "Technical"),
        ("suspected", False, ""),
    ]


def test_entries_logs_and_citations_stay_behind() -> None:
    said = repr(executive(made(), []))
    assert not [left for left in ("FATAL", "E1", "E2", "orders fail", "image:", "mara") if left in said]


@pytest.mark.parametrize(
    ("milestones", "window"),
    [
        ([], "When the impact started is not marked"),
        (
            [{"kind": "impact_started", "at": "2018-10-21T22:52:00Z"}],
            "From 21 Oct 2018, 22:52 UTC; the end is not marked",
        ),
        (
            [
                {"kind": "impact_started", "at": "2018-10-21T22:52:00Z"},
                {"kind": "resolved", "at": "2018-10-21T23:07:00Z"},
            ],
            "21 Oct 2018, 22:52 to 23:07 UTC",
        ),
    ],
)
def test_window_is_unknown_where_nobody_marked_it(milestones: list[dict[str, str]], window: str) -> None:
    assert executive(made(milestones=milestones), []).window == window


def test_record_without_risks_and_promises_has_none() -> None:
    content = made()
    del content["risks"]
    page = executive(content | {"action_items": []}, [])
    assert (page.risks, page.promises, page.exceptions) == ((), (), ())


def test_what_has_no_room_is_counted() -> None:
    page = executive(made(factors=[factor(f"Cause {number}.", "probable") for number in range(30)]), [])
    assert len(page.causes) == ROOMS[0].rows
    assert page.left.causes == 30 - ROOMS[0].rows


def test_ordinary_record_is_one_page() -> None:
    pdf = render(sheet(made(), (waiver(),)))
    assert pages(pdf) == 1
    said = words(pdf)
    for part in ("Two primaries took writes.", "Fence the primary", "It may return.", "On leave.", "0" * 64):
        assert part in said
    assert "FATAL" not in said


@pytest.mark.parametrize(
    "text", ["word " * 900, "x" * 4000, "W" * 4000], ids=["words", "one word", "a wide word"]
)
def test_any_record_is_one_page(text: str) -> None:
    owner = {"id": 1, "name": text[:120]}
    content = made(
        sections=[{"key": key, "passages": [passage(text)] * 40} for key in ("summary", "customer_impact")],
        factors=[factor(text, "probable", nature="human", is_trigger=True)] * 60,
        action_items=[{"title": text[:200], "owner": owner, "due_on": "2018-12-14", "kind": "prevent"}] * 80,
        risks=[
            {
                "statement": text,
                "owner": owner,
                "review_on": "2019-01-07",
                "accepted_because": text,
                "citations": [],
            }
        ]
        * 50,
    )
    content["incident"] |= {"title": text[:200], "services": [text[:120]] * 30}
    assert (
        pages(render(sheet(content, (waiver(words=text),) * 20, mark="Draft: it is not published yet."))) == 1
    )


def test_same_record_gives_the_same_bytes() -> None:
    assert render(sheet(made())) == render(sheet(made()))


@pytest.fixture
def setting(db: None) -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def seen(client: Client, person: User, url: str) -> str:
    client.force_login(person)
    return client.get(url).content.decode()


def write(setting: Setting, text: str, key: str = "summary") -> None:
    section = Section.objects.get(review=setting.review, key=key)
    save_section(actor=setting.jon, section=section, body=text, version=section.version)


def test_page_of_a_draft_is_marked_and_shows_the_present_text(setting: Setting, client: Client) -> None:
    write(setting, "Nobody could order.")
    save_factor(actor=setting.mara, review=setting.review, statement="The limit.", confidence="probable")
    save_risk(actor=setting.mara, review=setting.review, statement="It may return.")
    page = seen(client, setting.priya, address(setting, "executive"))
    assert "Draft: it is not published yet" in page
    for part in ("Nobody could order.", "The limit.", "It may return.", "Nobody watches it yet"):
        assert part in page
    pdf = client.get(address(setting, "executive_pdf"))
    assert (pdf["Content-Type"], pages(pdf.content)) == ("application/pdf", 1)
    assert "executive-draft.pdf" in pdf["Content-Disposition"]
    assert "Draft: it is not published yet" in words(pdf.content)


def test_page_of_a_published_review_is_what_was_signed(setting: Setting, client: Client) -> None:
    write(setting, "Nobody could order.")
    bring_to(setting, ReviewState.PUBLISHED)
    Section.objects.filter(review=setting.review, key="summary").update(body="Rewritten behind its back.")
    Section.objects.get(review=setting.review, key="summary").passages.update(
        text="Rewritten behind its back."
    )
    assert "Rewritten" in str(content_of(setting.now()))
    page = seen(client, setting.priya, address(setting, "executive"))
    assert "Nobody could order." in page
    assert "Rewritten" not in page
    assert "Draft: it is not" not in page
    said = words(client.get(address(setting, "executive_pdf")).content)
    assert "Nobody could order." in said
    assert "Rewritten" not in said


def test_next_edition_is_a_draft_beside_the_one_in_force(setting: Setting, client: Client) -> None:
    write(setting, "Nobody could order.")
    bring_to(setting, ReviewState.PUBLISHED)
    revise_review(actor=setting.mara, review=setting.now(), reason="It was worse.")
    write(setting, "Nobody could order or pay.")
    assert "Draft: it is not" in seen(client, setting.priya, address(setting, "executive"))
    first = seen(client, setting.priya, f"{address(setting, 'executive')}?number=1")
    assert "Nobody could order." in first
    assert "Draft: it is not" not in first
    client.force_login(setting.priya)
    assert client.get(f"{address(setting, 'executive')}?number=7").status_code == 404


def test_review_and_publication_lead_to_every_audience(setting: Setting, client: Client) -> None:
    bring_to(setting, ReviewState.PUBLISHED)
    for name in ("detail", "publication", "executive", "customer"):
        page = seen(client, setting.priya, address(setting, name))
        assert address(setting, "executive") in page
        assert address(setting, "customer") in page


def test_private_incident_has_no_page_for_others_and_says_so_to_its_readers(
    setting: Setting, client: Client
) -> None:
    Incident.objects.filter(pk=setting.incident.pk).update(is_private=True)
    outsider = make_member(setting.organization, Role.SRE_LEAD)
    client.force_login(outsider)
    for name, parts in (
        ("executive", ()),
        ("executive_pdf", ()),
        ("customer", ()),
        ("customer_copy", ("text",)),
    ):
        assert client.get(address(setting, name, *parts)).status_code == 404
    IncidentReader(organization=setting.organization, incident=setting.incident, person=setting.mara).save()
    client.force_login(setting.mara)
    assert "Private: for named readers only" in words(client.get(address(setting, "executive_pdf")).content)
