"""The main job as people do it: five of them, from an empty organization to the published PDF, in a real browser.

Every page of the walk is looked at by axe in light and dark, and must fit 360 pixels; the browser reports any violation
of the content security policy.
"""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from config.demo.manifest import DATA
from governance import audit, outbox
from governance.enums import Role
from governance.models import Organization
from tests.browser import Axe, NewContext
from tests.factories import PASSWORD, make_member, make_organization

pytestmark = [pytest.mark.journey]

FILES = DATA / "incidents" / "github-2018-10-21"
SOURCES = {
    "alertmanager": "alertmanager.json",
    "pagerduty": "pagerduty-log-entries.json",
    "slack": "slack-incident-database-topology.json",
    "github": "github-deployments.json",
    "log": "infrastructure.jsonl",
}
IMPACT = "A fifth of all readers saw data that was hours old."
CAUSE = "Primaries could be promoted in another region, and nothing forbade it."
REASONS = {
    "Mara": "The quorum log shows the promotion, and the restore undid it.",
    "Priya": "The topology listing names US West servers only.",
    "Ines": "Every promise answers one of the factors.",
}


@dataclass
class Walk:
    """The people's tabs and what they have in common."""

    new_context: NewContext
    axe: Axe
    slug: str

    def sign_in(self, email: str) -> Page:
        page = self.new_context().new_page()
        page.goto("/sign-in/")
        self.look(page)
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", name="My work")).to_be_visible()
        return page

    def look(self, page: Page) -> None:
        """Nothing for axe to find in either theme, and nothing wider than a telephone."""
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.axe(page)
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        self.axe(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{page.url} is {width} pixels wide on a telephone"
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size({"width": 1280, "height": 900})

    def address(self, path: str) -> str:
        return f"/{self.slug}/{path}"


@pytest.fixture
def organization(transactional_db: None) -> Organization:
    """An empty organization with its administrator."""
    organization = make_organization("acme", "Acme Platform")
    make_member(organization, Role.ADMINISTRATOR, name="Ada Lin", email="ada@acme.test")
    return organization


def test_an_incident_becomes_a_signed_and_published_postmortem(
    organization: Organization, new_context: NewContext, axe: Axe, tmp_path: Path
) -> None:
    walk = Walk(new_context, axe, organization.slug)
    _add_people(walk)
    jon = walk.sign_in("jon@acme.test")
    _add_service(walk, jon)
    reference = _open_incident(walk, jon)
    mara = walk.sign_in("mara@acme.test")
    _import_evidence(walk, mara, reference)
    _curate(walk, mara, reference)
    _write(walk, mara, reference)
    _promise(walk, mara, reference)
    _submit(walk, mara, reference)
    _sign(walk, mara, reference, "Mara", "Probable")
    _cannot_publish_yet(walk, jon, reference)
    priya = walk.sign_in("priya@acme.test")
    _sign(walk, priya, reference, "Priya", "Confirmed")
    ines = walk.sign_in("ines@acme.test")
    _sign(walk, ines, reference, "Ines", "Confirmed")
    _publish(walk, jon, reference)
    tom = walk.sign_in("tom@acme.test")
    text = _pdf_text(walk, tom, reference, tmp_path)
    for words in (IMPACT, CAUSE, "Mara Okafor", "Priya Nair", *REASONS.values()):
        assert words in text
    for who, role, confidence in (
        ("Mara", "Incident commander", "Probable"),
        ("Priya", "Owner of mysql", "Confirmed"),
        ("Ines", "Manager", "Confirmed"),
    ):
        assert re.search(rf"{who} \w+ {role} .{{0,20}}{confidence} {re.escape(REASONS[who])}", text), text[
            :3000
        ]
    _audit_holds(walk, tom, organization)


def _add_people(walk: Walk) -> None:
    """Ada adds the five others."""
    page = walk.sign_in("ada@acme.test")
    walk.look(page)
    people = (
        ("Jon Vik", "jon@acme.test", "SRE lead"),
        ("Mara Okafor", "mara@acme.test", "Responder"),
        ("Priya Nair", "priya@acme.test", "Responder"),
        ("Tom Reyes", "tom@acme.test", "Auditor"),
        ("Ines Duarte", "ines@acme.test", "Manager"),
    )
    for name, email, role in people:
        page.goto(walk.address("settings/people/"))
        form = page.locator("form", has_text="Add a person")
        form.get_by_label("Email address").fill(email)
        form.get_by_label("Name", exact=True).fill(name)
        form.get_by_label(role).check()
        form.get_by_label("First password").fill(PASSWORD)
        form.get_by_role("button").click()
        expect(page.get_by_text(f"{name} is a member now.")).to_be_visible()
    walk.look(page)
    page.goto(walk.address("settings/"))
    walk.look(page)
    page.goto(walk.address("settings/connections/"))
    walk.look(page)
    page.get_by_role("link", name="Connect Confluence").click()
    walk.look(page)


def _add_service(walk: Walk, page: Page) -> None:
    page.goto(walk.address("incidents/"))
    walk.look(page)
    page.goto(walk.address("incidents/services/"))
    page.get_by_role("link", name="Add the first service").click()
    walk.look(page)
    page.get_by_label("Name").fill("mysql")
    page.get_by_label(re.compile("Owner")).select_option(label="Priya Nair")
    page.locator("main form").get_by_role("button").click()
    expect(page.get_by_text("Owner Priya Nair")).to_be_visible()
    walk.look(page)


def _open_incident(walk: Walk, page: Page) -> str:
    page.goto(walk.address("incidents/new/"))
    walk.look(page)
    page.locator("main form").get_by_role(
        "button"
    ).first.click()  # empty: it says what is missing and loses nothing
    expect(page.locator(".errors").first).to_be_visible()
    page.get_by_label("Title").fill("Database topology split after a network partition")
    page.get_by_label("Severity").select_option(label="SEV1")
    page.get_by_label("mysql").check()
    page.get_by_label("Declared at").fill("2018-10-21 23:09")
    page.get_by_label(re.compile("Incident commander")).select_option(label="Mara Okafor")
    page.locator("main form").get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="Database topology split")).to_be_visible()
    walk.look(page)
    found = re.search(r"INC-\d{4}-\d+", page.url)
    assert found
    return found.group()


def _import_evidence(walk: Walk, page: Page, reference: str) -> None:
    """Five files of five sources; a broken one meets a sentence and leaves nothing."""
    address = walk.address(f"incidents/{reference}/evidence/")
    page.goto(address)
    page.get_by_label("Source").select_option("alertmanager")
    page.get_by_label("Files").set_input_files(
        {
            "name": "broken.json",
            "mimeType": "application/json",
            "buffer": b'{"version": "4", "alerts": [{"status"',
        }
    )
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert").or_(page.locator(".errors")).first).to_be_visible()
    for kind, name in SOURCES.items():
        page.goto(address)
        page.get_by_label("Source").select_option(kind)
        page.get_by_label("Files").set_input_files(FILES / name)
        page.get_by_role("button", name="Import").click()
        expect(page.locator(".messages .callout")).to_be_visible()
    page.goto(address)
    for name in SOURCES.values():
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_role("heading", name="broken.json")).to_have_count(0)
    walk.look(page)


def _curate(walk: Walk, page: Page, reference: str) -> None:
    """Milestones where the published report has them, and two highlights."""
    chronology = walk.address(f"incidents/{reference}/")
    for words, milestone in (
        ("connectivity is back after 43 seconds", "Impact started"),
        ("Internal monitoring has begun", "Detected"),
        ("The incident is formally active", "Acknowledged"),
        ("failover back to the original topology is done", "Mitigated"),
        ("public status set to green", "Resolved"),
    ):
        number = _entry_number(page, chronology, words)
        page.goto(f"{chronology}entries/{number}/")
        page.get_by_label("Milestone that rests on").select_option(label=milestone)
        page.get_by_role("button", name="Set it here").click()
        expect(page.locator(".badge", has_text=milestone).first).to_be_visible()
    page.goto(chronology)
    expect(page.get_by_text("+2 min").first).to_be_visible()
    walk.look(page)
    page.goto(f"{chronology}entries/1/")
    walk.look(page)


def _entry_number(page: Page, chronology: str, words: str) -> int:
    page.goto(chronology)
    identifier = page.locator("li.entry", has_text=words).first.get_attribute("id") or ""
    return int(identifier.removeprefix("e"))


def _write(walk: Walk, page: Page, reference: str) -> None:
    """Draft, edit a section in place, add a factor, answer every question."""
    review = walk.address(f"reviews/{reference}/")
    page.goto(walk.address(f"incidents/{reference}/"))
    page.get_by_role("button", name="Draft review").click()
    expect(page.get_by_role("heading", name="Contributing factors")).to_be_visible()
    page.locator(".passage").first.hover()
    expect(page.locator("[data-evidence-margin] .evidence.is-cited").first).to_be_visible()
    walk.look(page)
    page.locator("#customer_impact").get_by_role("link", name="Edit").click()
    area = page.locator("#customer_impact").get_by_label("Text")
    area.fill(f"{area.input_value()}\n\n{IMPACT}")
    walk.look(page)
    page.get_by_role("button", name="Save customer impact").click()
    expect(page.locator("#customer_impact .passage", has_text=IMPACT)).to_be_visible()
    page.get_by_role("link", name="Add a factor").click()
    walk.look(page)
    page.get_by_label("What contributed").fill(CAUSE)
    page.get_by_label("How sure").select_option("probable")
    page.get_by_label(re.compile("Evidence for it")).fill("E1, E2")
    page.get_by_role("button", name="Save the factor").click()
    expect(page.locator(".factor", has_text=CAUSE)).to_be_visible()
    while page.locator(".callout-ask").get_by_role("link", name="Answer").count():
        page.locator(".callout-ask").get_by_role("link", name="Answer").first.click()
        page.get_by_label("Answer").fill("Unknown, because nobody wrote it down at the time.")
        page.locator("main").get_by_role("button", name="Answer").click()
        page.wait_for_url(f"**{review}**")


def _promise(walk: Walk, page: Page, reference: str) -> None:
    """Two action items, one needing the other; the way back would be a circle."""
    due = (timezone.now().date() + timedelta(days=30)).isoformat()
    for title in ("Forbid promotion across regions", "Rehearse the loss of a region"):
        page.goto(walk.address(f"action-items/{reference}/new/"))
        page.get_by_label("What will be done").fill(title)
        page.get_by_label("What it is for").select_option("prevent")
        page.get_by_label("Owner").select_option(label="Priya Nair")
        page.get_by_label("Severity").select_option("1")
        page.get_by_label("Due").fill(due)
        page.get_by_label("How we will know").fill(
            "With the link cut in an exercise, no foreign primary appears."
        )
        if "Rehearse" in title:
            page.get_by_label("A1 Forbid promotion").check()
            walk.look(page)
        page.get_by_role("button", name="Add the action item").click()
        expect(page.get_by_text("is promised.")).to_be_visible()
    page.goto(walk.address(f"action-items/{reference}/1/edit/"))
    page.get_by_label("A2 Rehearse the loss").check()
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_text("This would go round in a circle: A1 needs A2, A2 needs A1")).to_be_visible()
    page.goto(walk.address("action-items/"))
    walk.look(page)


def _submit(walk: Walk, page: Page, reference: str) -> None:
    page.goto(walk.address(f"reviews/{reference}/"))
    page.get_by_role("button", name="Submit for signatures").click()
    expect(page.get_by_text("The review waits for its signatures.")).to_be_visible()


def _sign(walk: Walk, page: Page, reference: str, who: str, confidence: str) -> None:
    page.goto(walk.address(""))
    expect(page.get_by_text("Read the text and sign it")).to_be_visible()
    walk.look(page)
    page.locator(".list-row", has_text="Read the text and sign it").get_by_role("link").click()
    walk.look(page)
    page.get_by_role("button", name="Sign this text").click()
    expect(page.get_by_text("Choose how sure you are")).to_be_visible()
    page.get_by_role("radio", name=re.compile(confidence)).check()
    page.get_by_label("Why", exact=True).fill(REASONS[who])
    page.get_by_role("button", name="Sign this text").click()
    expect(page.get_by_text("You signed as")).to_be_visible()


def _cannot_publish_yet(walk: Walk, page: Page, reference: str) -> None:
    page.goto(walk.address(f"reviews/{reference}/"))
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)


def _publish(walk: Walk, page: Page, reference: str) -> None:
    """Without a connection, the PDF and the record are made and the others say that they are not connected."""
    page.goto(walk.address(f"reviews/{reference}/"))
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Where it went")).to_be_visible()
    with ThreadPoolExecutor(
        max_workers=1
    ) as worker:  # as in a worker: a thread without the browser's event loop
        worker.submit(_work).result()
    page.reload()
    steps = page.locator("#publication-steps .list-row")
    for label, state in (
        ("Portable record", "Done"),
        ("PDF", "Done"),
        ("Confluence page", "Not connected"),
        ("Jira issue", "Not connected"),
        ("Slack message", "Not connected"),
    ):
        expect(steps.filter(has_text=label).first.get_by_text(state, exact=True)).to_be_visible()
    walk.look(page)


def _work() -> None:
    try:
        outbox.sweep()
    finally:
        connections.close_all()


def _pdf_text(walk: Walk, page: Page, reference: str, tmp_path: Path) -> str:
    page.goto(walk.address(f"reviews/{reference}/publication/"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    path = tmp_path / "postmortem.pdf"
    download.value.save_as(path)
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    assert f"{reference}-postmortem-1.json" in reader.attachments
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def _audit_holds(walk: Walk, page: Page, organization: Organization) -> None:
    page.goto(walk.address("audit/"))
    walk.look(page)
    page.get_by_role("button", name="Verify the whole chain").click()
    expect(page.get_by_text("Intact:")).to_be_visible()
    assert audit.verify_organization(organization).intact
    page.goto(walk.address("reliability/"))
    walk.look(page)
