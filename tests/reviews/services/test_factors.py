"""Contributing factors: whose they are, what speaks for them, and what keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django_scopes import scope

from governance.errors import AccessDenied, AfterwordError
from incidents.models import Entry
from remediation.enums import ActionKind
from remediation.services import plan_action_item
from reviews.enums import Provenance, ReviewState
from reviews.errors import StaleFactor
from reviews.models import Factor, SignOff
from reviews.services import remove_factor, save_factor
from tests.factories import make_entry, make_incident, make_member
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def entry(setting: Setting, number: int) -> Entry:
    row: Entry = Entry.objects.get(incident=setting.incident, number=number)
    return row


def test_factor_is_added_with_its_evidence(setting: Setting) -> None:
    factor = save_factor(
        actor=setting.mara,
        review=setting.review,
        statement="  The limit was\nhard-coded. ",
        confidence="probable",
        evidence_for=[entry(setting, 2)],
        evidence_against=[entry(setting, 6)],
    )
    assert (factor.number, factor.statement) == (2, "The limit was hard-coded.")
    assert (factor.provenance, factor.author) == (Provenance.PERSON, setting.mara)
    assert {(row.entry.number, row.bearing) for row in factor.evidence.all()} == {(2, "for"), (6, "against")}


def test_changed_factor_keeps_its_number_and_counts_its_version(setting: Setting) -> None:
    drafted = Factor.objects.get(review=setting.review)
    saved = save_factor(
        actor=setting.mara,
        review=setting.review,
        factor=drafted,
        version=1,
        statement="The deployment.",
        confidence="confirmed",
    )
    assert (saved.pk, saved.number, saved.version) == (drafted.pk, 1, 2)
    assert saved.provenance == Provenance.PERSON
    with pytest.raises(StaleFactor):
        save_factor(
            actor=setting.priya,
            review=setting.review,
            factor=drafted,
            version=1,
            statement="Something else.",
            confidence="unknown",
        )
    assert Factor.objects.get(pk=drafted.pk).statement == "The deployment."


def test_entry_speaks_on_one_side_and_of_its_own_incident(setting: Setting) -> None:
    one = entry(setting, 2)
    with pytest.raises(AfterwordError, match="E2 stands for and against"):
        save_factor(
            actor=setting.mara,
            review=setting.review,
            statement="X.",
            confidence="unknown",
            evidence_for=[one],
            evidence_against=[one],
        )
    foreign = make_entry(make_incident(setting.organization))
    with pytest.raises(AfterwordError, match="another incident"):
        save_factor(
            actor=setting.mara,
            review=setting.review,
            statement="X.",
            confidence="unknown",
            evidence_for=[foreign],
        )


def test_empty_statement_is_refused(setting: Setting) -> None:
    with pytest.raises(AfterwordError, match="Say in one sentence"):
        save_factor(actor=setting.mara, review=setting.review, statement=" ", confidence="unknown")


def test_factor_is_removed_unless_a_promise_answers_it(setting: Setting) -> None:
    factor = Factor.objects.get(review=setting.review)
    plan_action_item(
        actor=setting.jon,
        review=setting.review,
        title="Check the limit",
        kind=ActionKind.PREVENT,
        owner=setting.priya,
        severity=2,
        due_on=date(2030, 1, 1),
        verification_criterion="A test exceeds it.",
        factor=factor,
    )
    with pytest.raises(AfterwordError, match="An action item answers this factor"):
        remove_factor(actor=setting.mara, factor=factor)
    assert Factor.objects.filter(pk=factor.pk).exists()
    other = save_factor(actor=setting.mara, review=setting.review, statement="Y.", confidence="unknown")
    remove_factor(actor=setting.mara, factor=other)
    assert not Factor.objects.filter(pk=other.pk).exists()


def test_change_of_a_factor_voids_signatures(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    save_factor(actor=setting.mara, review=setting.review, statement="Z.", confidence="unknown")
    assert not SignOff.objects.standing().exists()
    assert setting.now().state == ReviewState.IN_REVIEW


def test_outsider_saves_nothing(setting: Setting) -> None:
    from tests.factories import make_organization

    stranger = make_member(make_organization())
    with pytest.raises(AccessDenied):
        save_factor(actor=stranger, review=setting.review, statement="Z.", confidence="unknown")
