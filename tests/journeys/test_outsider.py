"""A private incident that an outsider tries to reach in a real browser: through pages, links in mails, and guesses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Page

from governance.enums import NoticeKind, Role
from governance.models import Notice, User
from governance.services import tell
from incidents.models import Entry, Incident, IncidentReader
from incidents.services.privacy import make_private
from remediation.models import ActionItem
from reviews.enums import ReviewState
from reviews.models import Section
from reviews.services.threads import open_thread
from tests.browser import NewContext
from tests.factories import make_member
from tests.journeys.test_two_editors import sign_in
from tests.remediation.builders import promise
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.journey

TITLE = "Quartz heron in the cellar"
PROMISE = "Wall up the cellar door"
REMARK = "The heron was seen before."


@pytest.fixture
def setting(transactional_db: None) -> Iterator[Setting]:
    """A private incident with everything that hangs on one: a talk, a promise, a publication, a notice."""
    made = make_setting()
    with scope(organization=made.organization):
        Incident.objects.filter(pk=made.incident.pk).update(title=TITLE)
        section = Section.objects.get(review=made.review, key="summary")
        thread = open_thread(actor=made.priya, review=made.review, section=section, body=REMARK)
        thread.resolved_by, thread.resolved_at = made.priya, thread.opened_at
        thread.save()
        promise(made, PROMISE)
        bring_to(made, ReviewState.PUBLISHED)
        make_private(actor=made.jon, incident=made.now().incident, readers=[made.mara, made.priya])
        yield made


def _pages(setting: Setting) -> list[str]:
    """Everywhere that somebody looks for an incident."""
    org = setting.organization.slug
    words = ("incidents:list", "reviews:list", "remediation:list", "kpis:reliability", "governance:audit")
    found = [reverse(name, args=[org]) for name in words]
    return [
        f"/{org}/",
        *found,
        f"{reverse('reviews:list', args=[org])}?state=published",
        f"{reverse('remediation:list', args=[org])}?show=all",
        reverse("incidents:intake", args=[org]),
        reverse("reviews:exceptions", args=[org]),
        reverse("governance:notices", args=[org]),
        f"{reverse('governance:audit', args=[org])}?subject=review:{setting.incident.reference}",
    ]


def _guesses(setting: Setting) -> list[str]:
    """Addresses that lead straight to it, for somebody who knows or guesses them."""
    at = [setting.organization.slug, setting.incident.reference]
    entry = Entry.objects.filter(incident=setting.incident).first().number
    return [
        reverse("incidents:detail", args=at),
        reverse("incidents:import", args=at),
        reverse("incidents:entry", args=[*at, entry]),
        reverse("incidents:history", args=at),
        reverse("reviews:detail", args=at),
        reverse("reviews:sign", args=at),
        reverse("reviews:comments", args=at),
        reverse("reviews:section_history", args=[*at, "summary"]),
        reverse("reviews:people_options", args=at),
        reverse("reviews:publication", args=at),
        reverse("reviews:download", args=[*at, "record"]),
        reverse("reviews:download", args=[*at, "document"]),
        reverse("remediation:detail", args=[*at, ActionItem.objects.get(title=PROMISE).number]),
    ]


def _told(setting: Setting, person: User) -> str:
    """The link of a mail that reached somebody before the incident became private."""
    path = reverse("reviews:detail", args=[setting.organization.slug, setting.incident.reference])
    tell(
        actor=None,
        organization_id=setting.organization.pk,
        recipients=[person],
        kind=NoticeKind.COMMENTED,
        key="before it was private",
        text=f"Somebody commented on {TITLE}.",
        path=f"{path}#summary",
        subject=f"incident:{setting.incident.reference}",
    )
    notice = Notice.objects.get(recipient=person, key="before it was private")
    return reverse("governance:notice", args=[setting.organization.slug, notice.pk])


def _shows_nothing(page: Page, address: str, setting: Setting) -> None:
    page.goto(address)
    shown = page.content().replace(
        f"review:{setting.incident.reference}", ""
    )  # what the person typed themselves
    for secret in (TITLE, PROMISE, REMARK, setting.incident.reference):
        assert secret not in shown, f"{secret!r} shows at {address}"


@pytest.mark.parametrize(
    "role", [Role.RESPONDER, Role.SRE_LEAD, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_outsider_finds_nothing_and_guesses_nothing(
    setting: Setting, new_context: NewContext, role: Role
) -> None:
    outsider = make_member(setting.organization, role, name="Otto Fremd")
    link = _told(setting, outsider)
    page = sign_in(new_context().new_page(), outsider)
    for address in _pages(setting):
        _shows_nothing(page, address, setting)
    for address in [*_guesses(setting), link]:
        answer = page.context.request.get(address)
        assert answer.status == 404, f"{answer.status} at {address}"
        assert TITLE not in answer.text()


def test_reader_finds_all_of_it(setting: Setting, new_context: NewContext) -> None:
    assert IncidentReader.objects.filter(incident=setting.incident, person=setting.priya).exists()
    page = sign_in(new_context().new_page(), setting.priya)
    page.goto(f"{reverse('reviews:list', args=[setting.organization.slug])}?state=published")
    assert TITLE in page.content()
    missing = [one for one in _guesses(setting) if page.context.request.get(one).status == 404]
    assert all("/publication/" in one for one in missing), "only files that no worker made yet"
