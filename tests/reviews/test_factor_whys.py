"""Of what sort a factor is, and why it came about: in the form, the text that is signed, and everything printed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from governance.errors import AfterwordError
from reviews.content import content_of
from reviews.enums import FactorNature
from reviews.models import Factor, SignOff
from reviews.selectors.reading import changes_since
from reviews.selectors.standing import ReviewStanding
from reviews.services import save_factor
from tests.reviews.builders import Setting, answer_all, bring_to, make_setting, sign

pytestmark = pytest.mark.django_db

WHYS = ["The limit was hard-coded.", "Nobody owned the file."]


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def save(setting: Setting, **fields: object) -> Factor:
    values = {"statement": "The limit was too low.", "confidence": "probable", **fields}
    return save_factor(actor=setting.mara, review=setting.review, **values)  # type: ignore[arg-type]


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def test_nature_and_answers_stand_in_the_signed_text(setting: Setting) -> None:
    save(setting, nature=FactorNature.HUMAN, whys=["  The limit\nwas hard-coded. ", "", WHYS[1]])
    said = content_of(setting.now())["factors"][-1]
    assert (said["nature"], said["whys"]) == ("human", WHYS)


def test_factor_without_them_keeps_the_text_that_it_had(setting: Setting) -> None:
    save(setting)
    assert not {"nature", "whys"} & set(content_of(setting.now())["factors"][-1])


def test_trigger_is_kept_apart_from_nature(setting: Setting) -> None:
    said = save(setting, nature="external", is_trigger=True)
    assert (said.nature, said.is_trigger) == ("external", True)
    assert not save(setting, nature="external").is_trigger


def test_more_answers_than_are_kept_are_refused(setting: Setting) -> None:
    assert len(save(setting, whys=["Because."] * 7).whys) == 7
    with pytest.raises(AfterwordError, match="Put two into one sentence"):
        save(setting, whys=["Because."] * 8)
    with pytest.raises(AfterwordError, match="Shorten it"):
        save(setting, whys=["x" * 501])


def test_changed_answer_voids_a_signature_and_is_shown_to_the_signer(setting: Setting) -> None:
    factor = save(setting, whys=WHYS)
    answer_all(setting)
    from reviews.services import submit_review

    submit_review(actor=setting.jon, review=setting.now())
    sign(setting, setting.priya, "service_owner")
    save(setting, factor=factor, whys=[*WHYS, "The team was split in May."])
    assert SignOff.objects.get(signer=setting.priya).voided_at
    difference = changes_since(setting.now(), setting.priya, "", ReviewStanding(setting.now()).text)
    assert difference
    assert any("The team was split in May." in one.redline for one in difference.changes)


def test_form_asks_one_after_another_and_keeps_what_was_answered(setting: Setting, client: Client) -> None:
    client.force_login(setting.mara)
    page = client.get(address(setting, "factor_new")).content.decode()
    before, after = page.split("<summary>Ask why again</summary>")
    assert ('name="why_1"' in before, 'name="why_2"' in before) == (True, False)
    assert 'name="why_7"' in after
    form = {"statement": "The limit was too low.", "confidence": "probable", "nature": "technical"}
    answered = {**form, "why_1": WHYS[0], "why_2": WHYS[1], "why_3": "   "}
    assert client.post(address(setting, "factor_new"), answered).status_code == 302
    factor = Factor.objects.get(review=setting.review, statement=form["statement"])
    assert (factor.nature, factor.whys) == ("technical", WHYS)
    again = client.get(address(setting, "factor_edit", factor.number)).content.decode()
    shown = again.split("<summary>Ask why again</summary>")[0]
    assert all(answer in shown for answer in WHYS)
    assert 'name="why_3"' in shown


def test_form_with_an_unknown_nature_comes_back(setting: Setting, client: Client) -> None:
    client.force_login(setting.mara)
    form = {"statement": "X.", "confidence": "probable", "nature": "somebody"}
    assert client.post(address(setting, "factor_new"), form).status_code == 422


def test_workbench_shows_the_nature_and_the_answers_in_order(setting: Setting, client: Client) -> None:
    save(setting, nature="human", whys=WHYS)
    client.force_login(setting.priya)
    page = client.get(address(setting, "detail")).content.decode()
    assert "Human and organizational" in page
    assert page.index(WHYS[0]) < page.index(WHYS[1])


def test_published_factor_shows_them_as_they_were_signed(setting: Setting, client: Client) -> None:
    from reviews.enums import ReviewState

    save(setting, nature="human", whys=WHYS)
    bring_to(setting, ReviewState.PUBLISHED)
    Factor.objects.filter(review=setting.review).update(whys=["Something else."])
    client.force_login(setting.priya)
    page = client.get(address(setting, "publication")).content.decode()
    assert "Human and organizational" in page
    assert WHYS[0] in page
    assert "Something else." not in page
