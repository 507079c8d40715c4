"""One byte changed by hand, in whatever table it stands, and no signature stands any more (invariant 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django_scopes import scope

from governance.errors import InvalidTransition
from incidents.models import AffectedService, Entry, Incident, Milestone
from reviews.enums import ReviewState
from reviews.models import Citation, Factor, FactorEvidence, Passage, Publication, Question, Section, SignOff
from reviews.services import publish_review
from tests.factories import make_service
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved() -> Iterator[Setting]:
    made = make_setting(ReviewState.APPROVED)
    with scope(organization=made.organization):
        yield made


def longer(field: str) -> dict[str, Any]:
    return {field: Concat(F(field), Value("."))}


def cited(setting: Setting) -> Any:
    return Entry.objects.filter(incident=setting.incident, number=2)


def one(rows: Any) -> Any:
    return rows.model.objects.filter(pk=rows.first().pk)


CHANGES: dict[str, Callable[[Setting], object]] = {
    "title": lambda s: Incident.objects.filter(pk=s.incident.pk).update(**longer("title")),
    "severity": lambda s: Incident.objects.filter(pk=s.incident.pk).update(severity=3),
    "declared": lambda s: Incident.objects.filter(pk=s.incident.pk).update(
        declared_at=s.incident.declared_at + timedelta(microseconds=1)
    ),
    "services": lambda s: AffectedService(
        organization=s.organization, incident=s.incident, service=make_service(s.organization, "hooks")
    ).save(),
    "service name": lambda s: type(s.service).objects.filter(pk=s.service.pk).update(name="mysq1"),
    "milestone": lambda s: Milestone.objects.filter(incident=s.incident, kind="acknowledged").delete(),
    "body": lambda s: one(Section.objects.filter(review=s.review)).update(**longer("body")),
    "passage": lambda s: one(Passage.objects.filter(section__review=s.review)).update(**longer("text")),
    "passage's origin": lambda s: one(Passage.objects.filter(section__review=s.review)).update(
        provenance="person", author=s.jon
    ),
    "citation": lambda s: one(Citation.objects.filter(passage__section__review=s.review)).delete(),
    "factor": lambda s: one(Factor.objects.filter(review=s.review)).update(**longer("statement")),
    "factor's confidence": lambda s: one(Factor.objects.filter(review=s.review)).update(confidence="unknown"),
    "factor's reasoning": lambda s: one(Factor.objects.filter(review=s.review)).update(**longer("reasoning")),
    "evidence": lambda s: one(FactorEvidence.objects.filter(factor__review=s.review)).update(
        bearing="against"
    ),
    "question": lambda s: one(Question.objects.filter(review=s.review)).update(**longer("text")),
    "answer": lambda s: one(Question.objects.filter(review=s.review)).update(**longer("answer")),
    "who answered": lambda s: one(Question.objects.filter(review=s.review)).update(answered_by=s.jon),
    "entry": lambda s: cited(s).update(**longer("text")),
    "entry's time": lambda s: cited(s).update(at=F("at") + timedelta(microseconds=1)),
    "entry's actor": lambda s: cited(s).update(**longer("actor")),
    "entry's trust": lambda s: cited(s).update(trust="inferred"),
    "name of a person": lambda s: type(s.mara).objects.filter(pk=s.mara.pk).update(name="Mara Okafor."),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_one_byte_voids_every_signature(approved: Setting, change: Callable[[Setting], object]) -> None:
    """The guards against changed evidence sleep meanwhile: this is a hand that gets past them."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE incidents_entry DISABLE TRIGGER USER")
    change(approved)
    with pytest.raises(InvalidTransition):
        publish_review(actor=approved.mara, review=approved.now())
    assert not Publication.objects.exists()
    assert not SignOff.objects.standing().exists()
    assert approved.now().state == ReviewState.IN_REVIEW
