"""Which template a review is drafted with, that it keeps it, and what its required sections hold up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied, InvalidTransition
from governance.models import AuditEntry
from reviews.content import canonical_text, content_of, sha256_of
from reviews.enums import SectionKey
from reviews.errors import TemplateRefused
from reviews.models import Factor, Question, Review, Section
from reviews.selectors.templates import current_template, template_for, template_of
from reviews.services import draft_review, save_section, submit_review
from reviews.services.templates import drop_template, set_template
from reviews.templating import Asked, Asking, Template, differences
from reviews.usual import USUAL
from tests.factories import make_entry, make_incident, make_member
from tests.factories.incidents import START
from tests.reviews.builders import Setting, answer_all, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


OLD = (
    SectionKey.SUMMARY,
    SectionKey.CUSTOMER_IMPACT,
    SectionKey.DETECTION,
    SectionKey.CONTRIBUTING_FACTORS,
    SectionKey.MITIGATION,
    SectionKey.UNRESOLVED_RISKS,
)


def changed(key: SectionKey, **values: object) -> Template:
    parts = (replace(part, **values) if part.key == key else part for part in USUAL.parts)  # type: ignore[arg-type]
    return Template(tuple(parts))


LESSONS = changed(
    SectionKey.LESSONS,
    title="What we take with us",
    is_required=True,
    guidance="Two sentences.",
    questions=(Asking("lesson", "And now?", Asked.COMMANDER),),
)


def drafted(setting: Setting) -> Review:
    incident = make_incident(setting.organization, commander=setting.mara, services=(setting.service,))
    make_entry(incident, START, "Errors rise")
    return draft_review(actor=setting.jon, incident=incident)


def test_review_without_a_template_has_the_ten_usual_sections(setting: Setting) -> None:
    rows = Section.objects.filter(review=setting.review).order_by("position")
    assert [(row.key, row.title, row.is_required) for row in rows] == [
        (part.key, "", part.is_required) for part in USUAL.parts
    ]
    assert setting.review.template is None
    assert template_of(setting.review) == USUAL


def test_review_is_drafted_with_the_version_of_its_severity_and_keeps_it(setting: Setting) -> None:
    organization, severity = setting.organization, setting.incident.severity
    set_template(
        actor=setting.jon, organization=organization, template=changed(SectionKey.SURPRISES, title="Hm")
    )
    own = set_template(actor=setting.jon, organization=organization, template=LESSONS, severity=severity)
    review = drafted(setting)
    assert review.template == own
    section = Section.objects.get(review=review, key=SectionKey.LESSONS)
    assert (section.title, section.is_required, section.guidance) == (
        "What we take with us",
        True,
        "Two sentences.",
    )
    assert Question.objects.get(review=review, code="lesson").text == "And now?"
    set_template(actor=setting.jon, organization=organization, template=USUAL, severity=severity)
    review.refresh_from_db()
    assert template_of(review) == LESSONS
    assert template_for(organization, severity) == USUAL


def test_severity_without_a_template_of_its_own_has_that_of_every_severity(setting: Setting) -> None:
    organization = setting.organization
    common = set_template(actor=setting.jon, organization=organization, template=LESSONS)
    assert current_template(organization, 1) == common
    set_template(actor=setting.jon, organization=organization, template=USUAL, severity=1)
    assert template_for(organization, 1) == USUAL
    row = drop_template(actor=setting.jon, organization=organization, severity=1, note="One for all")
    assert (row.version, row.note) == (2, "One for all")
    assert current_template(organization, 1) == common
    with pytest.raises(TemplateRefused, match="SEV1 has no template of its own"):
        drop_template(actor=setting.jon, organization=organization, severity=1)


def test_versions_are_counted_and_say_what_changed(setting: Setting) -> None:
    organization = setting.organization
    with pytest.raises(TemplateRefused, match="holds already"):
        set_template(actor=setting.jon, organization=organization, template=USUAL)
    set_template(actor=setting.jon, organization=organization, template=LESSONS, note=" Teams asked ")
    row = set_template(actor=setting.jon, organization=organization, template=USUAL)
    assert row.version == 2
    details = [
        entry.details for entry in AuditEntry.objects.filter(action="review_template.set").order_by("id")
    ]
    assert details[0]["changes"] == differences(USUAL, LESSONS)
    assert details[1]["changes"] == differences(LESSONS, USUAL)


def test_template_is_set_by_who_manages_the_rules_and_only_when_it_is_sound(setting: Setting) -> None:
    outsider = make_member(setting.organization, Role.RESPONDER)
    with pytest.raises(AccessDenied):
        set_template(actor=outsider, organization=setting.organization, template=LESSONS)
    with pytest.raises(AccessDenied):
        drop_template(actor=outsider, organization=setting.organization, severity=1)
    with pytest.raises(TemplateRefused, match="Keep"):
        set_template(actor=setting.jon, organization=setting.organization, template=Template(USUAL.parts[:2]))


def test_section_left_out_is_not_drafted_and_what_it_lacks_is_asked_with_the_risks(setting: Setting) -> None:
    kept = tuple(
        part for part in USUAL.parts if part.key not in (SectionKey.DETECTION, SectionKey.MITIGATION)
    )
    set_template(actor=setting.jon, organization=setting.organization, template=Template(kept))
    review = drafted(setting)
    assert not Section.objects.filter(review=review, key=SectionKey.DETECTION).exists()
    asked = dict(Question.objects.filter(review=review).values_list("code", "section"))
    assert asked["milestone_detected"] == asked["milestone_mitigated"] == SectionKey.UNRESOLVED_RISKS
    assert "halve_detection" not in asked


def test_required_section_that_is_empty_holds_up_submission_until_it_is_written(setting: Setting) -> None:
    answer_all(setting)
    Section.objects.filter(review=setting.review, key=SectionKey.LESSONS).update(
        is_required=True, title="Learned"
    )
    with pytest.raises(
        InvalidTransition, match="“Learned” is still empty, and the template requires text there"
    ):
        submit_review(actor=setting.jon, review=setting.review)
    section = Section.objects.get(review=setting.review, key=SectionKey.LESSONS)
    save_section(actor=setting.jon, section=section, body="Test the fallback.", version=section.version)
    submit_review(actor=setting.jon, review=setting.review)


def test_factor_is_enough_for_the_required_section_of_factors(setting: Setting) -> None:
    answer_all(setting)
    Section.objects.filter(review=setting.review).update(is_required=True, body="x")
    Section.objects.filter(review=setting.review, key=SectionKey.CONTRIBUTING_FACTORS).update(body="")
    submit_review(actor=setting.jon, review=setting.review)
    Review.objects.filter(pk=setting.review.pk).update(state="drafting")
    Factor.objects.filter(review=setting.review).delete()
    with pytest.raises(InvalidTransition, match="“Contributing factors” is still empty"):
        submit_review(actor=setting.jon, review=setting.now())


def test_signed_text_names_a_section_by_its_own_title_and_six_sections_keep_their_hash(
    setting: Setting,
) -> None:
    kept = [part for part in USUAL.parts if part.key in OLD]
    set_template(actor=setting.jon, organization=setting.organization, template=Template(tuple(kept)))
    review = drafted(setting)
    before = content_of(review)
    assert [one["title"] for one in before["sections"]] == [
        "Summary",
        "Customer impact",
        "Detection",
        "Contributing factors",
        "Mitigation",
        "Unresolved risks",
    ]
    assert {frozenset(one) for one in before["sections"]} == {frozenset({"key", "title", "body", "passages"})}
    Section.objects.filter(review=review, key="mitigation").update(is_required=True, guidance="How it ended")
    assert sha256_of(canonical_text(content_of(review))) == sha256_of(canonical_text(before))
    Section.objects.filter(review=review, key="mitigation").update(title="How it ended")
    assert content_of(review)["sections"][4]["title"] == "How it ended"
