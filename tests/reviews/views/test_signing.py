"""The signing page: what changed, what is open, who it is that signs, and a statement that is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from governance.enums import Role
from governance.models import Delegation, User
from reviews.content import current_sha256
from reviews.enums import CheckCode, ReviewState, SignOffRole, WaiverKind
from reviews.models import Look, Section, SignOff
from reviews.services import content_changed, grant_waiver, save_section
from tests.factories import make_member
from tests.factories.people import PASSWORD
from tests.reviews.builders import Setting, make_setting, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting(ReviewState.IN_REVIEW)
    with scope(organization=made.organization):
        yield made


def address(setting: Setting, name: str = "sign") -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference])


def enter(client: Client, person: User) -> None:
    """Come in through the door, as people do, so that the session knows how and when."""
    answer = client.post(reverse("account_login"), {"username": person.email, "password": PASSWORD})
    assert answer.status_code == 302


def age(client: Client, minutes: int) -> None:
    """Let the proof in the session be so old."""
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    for record in records:
        record["at"] -= minutes * 60
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()


def statement(setting: Setting, **more: str) -> dict[str, str]:
    values = {
        "role": "service_owner",
        "sha256": current_sha256(setting.now()),
        "confidence": "suspected",
        "reason": "My long reason.",
    }
    return values | more


def edit(setting: Setting, words: str) -> None:
    section = Section.objects.get(review=setting.review, key="summary")
    body = f"{section.body} {words}"
    save_section(actor=setting.jon, section=section, body=body, version=section.version)


def test_signature_keeps_how_and_when_the_person_came_in(setting: Setting, client: Client) -> None:
    enter(client, setting.priya)
    answer = client.post(address(setting), statement(setting, no_single_cause="on"))
    assert answer.status_code == 302
    signoff = SignOff.objects.get()
    assert (signoff.method, signoff.no_single_cause) == ("password", True)
    assert timezone.now() - signoff.authenticated_at < timedelta(minutes=1)


def test_old_proof_asks_for_the_password_and_keeps_the_words(setting: Setting, client: Client) -> None:
    enter(client, setting.priya)
    assert "Confirm your password" not in client.get(address(setting)).content.decode()
    age(client, 16)
    assert "Confirm your password" in client.get(address(setting)).content.decode()
    for password, sentence in (
        ("", "It is a while since you signed in"),
        ("no", "This is not your password"),
    ):
        answer = client.post(address(setting), statement(setting, password=password))
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in shown
        assert "My long reason.</textarea>" in shown
        assert 'value="suspected" checked' in shown
    assert not SignOff.objects.exists()
    assert client.post(address(setting), statement(setting, password=PASSWORD)).status_code == 302
    assert SignOff.objects.get().signer == setting.priya


def test_first_reader_is_told_no_difference(setting: Setting, client: Client) -> None:
    client.force_login(setting.priya)
    shown = client.get(address(setting)).content.decode()
    assert "Changed since" not in shown
    assert Look.objects.get().person == setting.priya


def test_reader_sees_what_changed_since_the_last_look(setting: Setting, client: Client) -> None:
    client.force_login(setting.priya)
    client.get(address(setting))
    edit(setting, "Two more words.")
    shown = client.get(address(setting)).content.decode()
    assert "Changed since you last read" in shown
    assert "Two more words.</ins>" in shown
    assert "Jon Vik" in shown
    assert "1 changed" in shown
    again = client.get(address(setting)).content.decode()
    assert "Two more words.</ins>" not in again


def test_refused_page_tells_the_difference_from_the_text_that_was_read(
    setting: Setting, client: Client
) -> None:
    client.force_login(setting.priya)
    client.get(address(setting))
    values = statement(setting, password=PASSWORD)
    edit(setting, "Two more words.")
    answer = client.post(address(setting), values)
    assert answer.status_code == 422
    assert "Two more words.</ins>" in answer.content.decode()


def test_what_no_sentence_shows_is_told_as_a_change_too(setting: Setting, client: Client) -> None:
    client.force_login(setting.priya)
    client.get(address(setting))
    setting.incident.entries.filter(number=2).update(actor="somebody else", highlighted=True)
    content_changed(actor=setting.jon, review=setting.review, because="An entry was changed")
    client.get(address(setting))
    setting.incident.entries.filter(number=2).update(actor="again somebody else")
    assert "Particulars changed that no sentence shows" in client.get(address(setting)).content.decode()


def test_page_shows_exceptions_and_open_checks(setting: Setting, client: Client) -> None:
    ines = make_member(setting.organization, Role.MANAGER)
    grant_waiver(
        actor=ines,
        incident=setting.incident,
        kind=WaiverKind.CHECK,
        check_code=CheckCode.BLAME,
        reason="It is a quotation.",
        ends_on=tomorrow(),
    )
    edit(setting, "It was human error.")
    client.force_login(setting.priya)
    shown = client.get(address(setting)).content.decode()
    assert "It is a quotation." in shown
    assert "“human error” judges people" in shown


def test_delegate_signs_and_the_page_says_for_whom(setting: Setting, client: Client) -> None:
    sam = make_member(setting.organization, name="Sam Oduya")
    stand_in(setting, setting.priya, sam)
    enter(client, sam)
    assert "for Priya Nair" in client.get(address(setting)).content.decode()
    assert client.post(address(setting), statement(setting)).status_code == 302
    assert SignOff.objects.get().on_behalf_of == setting.priya
    detail = client.get(address(setting, "detail")).content.decode()
    assert "Owner of mysql, for Priya Nair" in detail


def test_person_with_two_roles_chooses_one(setting: Setting, client: Client) -> None:
    stand_in(setting, setting.mara, setting.priya)
    client.force_login(setting.priya)
    assert "Sign as service owner" in client.get(address(setting)).content.decode()
    shown = client.get(f"{address(setting)}?role=incident_commander").content.decode()
    assert "Sign as incident commander, for Mara Okafor" in shown


def test_whoever_has_signed_is_led_back(setting: Setting, client: Client) -> None:
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    client.force_login(setting.priya)
    assert client.get(address(setting)).status_code == 302


def tomorrow() -> date:
    return timezone.now().date() + timedelta(days=1)


def stand_in(setting: Setting, principal: User, delegate: User) -> None:
    Delegation(
        organization=setting.organization,
        principal=principal,
        delegate=delegate,
        starts_on=timezone.now().date(),
        ends_on=tomorrow(),
        reason="Away",
    ).save()


def test_person_without_a_password_is_led_to_another_proof(setting: Setting, client: Client) -> None:
    setting.priya.set_unusable_password()
    setting.priya.save()
    client.force_login(setting.priya)
    shown = client.get(address(setting)).content.decode()
    assert f"{reverse('account_reauthenticate')}?next={address(setting)}" in shown
    assert "Confirm your password" not in shown
