"""Drafts of an incident that was measured: factors, impact and detection rest on the analysis and claim no more."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
from django_scopes import scope

from governance.enums import Role
from governance.models import Organization, User
from incidents.analysis.observed import Reason, Ref, RefKind
from incidents.analysis.weighing import Confidence as Sureness
from incidents.analysis.weighing import Kind, Sort, candidate, point
from incidents.analysis.whole import Analysis
from incidents.models import Entry, Incident
from reviews.checks import unsupported
from reviews.drafting import causes, draft
from reviews.drafting.material import Material
from reviews.drafting.reasons import borne, said
from reviews.enums import Bearing, Confidence, SectionKey
from reviews.models import Factor, Passage
from reviews.services import draft_review
from reviews.services.drafting import material_of
from tests.factories import make_incident, make_member, make_organization, make_service
from tests.incidents.shop import ELEVEN, import_shop

pytestmark = pytest.mark.django_db


class Shop(NamedTuple):
    organization: Organization
    lead: User
    incident: Incident


@pytest.fixture
def shop() -> Shop:
    organization = make_organization()
    lead = make_member(organization, Role.SRE_LEAD, name="Jon Vik")
    service = make_service(organization, "web", owner=lead)
    incident = make_incident(organization, lead, (service,), declared_at=ELEVEN)
    with scope(organization=organization):
        import_shop(incident, lead)
    return Shop(organization, lead, incident)


def number(incident: Incident, words: str) -> int:
    return int(Entry.objects.get(incident=incident, text__startswith=words, folded_into=None).number)


def test_draft_of_a_measured_incident_says_nothing_that_its_entries_do_not_bear(shop: Shop) -> None:
    with scope(organization=shop.organization):
        review = draft_review(actor=shop.lead, incident=shop.incident)
        for row in Passage.objects.filter(section__review=review).prefetch_related("citations__entry"):
            cited = [citation.entry for citation in row.citations.all()]
            assert cited and unsupported(row.text, cited) == [], row.text
        (factor,) = Factor.objects.filter(review=review).prefetch_related("evidence__entry")
        entries = [row.entry for row in factor.evidence.all()]
        for words in (factor.statement, factor.reasoning, factor.would_confirm):
            assert unsupported(words, entries) == [], words
        assert factor.confidence == Confidence.SUSPECTED
        assert {row.entry.number for row in factor.evidence.all() if row.bearing == Bearing.FOR} >= {
            number(shop.incident, "Deployment of northwind/orders"),
            number(shop.incident, "pq: connection pool exhausted"),
        }


def test_sections_tell_what_was_measured_and_the_order_of_the_files_changes_nothing(shop: Shop) -> None:
    with scope(organization=shop.organization):
        material = material_of(shop.incident)
        impact = draft(material).sections[SectionKey.CUSTOMER_IMPACT]
        assert "a metric showed “error\\_ratio" in impact or "a metric showed “error_ratio" in impact
        turned = replace(material, analysis=_turned(material))
        assert draft(turned) == draft(material)
        assert draft(replace(material, analysis=None)).factors[0].confidence == Confidence.SUSPECTED


def _turned(material: Material) -> Analysis:
    """The same analysis with what it rests on in another order."""
    assert material.analysis is not None
    entries = dict(reversed(list(material.analysis.entries.items())))
    return material.analysis._replace(entries=entries)


def test_sentence_that_its_entries_do_not_bear_is_not_said(shop: Shop) -> None:
    with scope(organization=shop.organization):
        material = material_of(shop.incident)
        deployment = number(shop.incident, "Deployment of northwind/orders")
        ref = Ref(RefKind.ENTRY, f"E{deployment}")
        assert said(material, Reason("It changed orders, which failed first.", (ref,))) is not None
        for lie in ("It failed 4,711 requests.", "It came at 09:17 UTC.", "It was made by Priya Nair."):
            assert said(material, Reason(lie, (ref,))) is None
        assert said(material, Reason("It changed orders.", ())) is None
        fact = next(one for one in material.facts if one.number == deployment)
        assert borne("It changed orders. Root of all is this.", [fact]) is None


def test_change_that_only_time_speaks_for_is_suspected_and_never_more(shop: Shop) -> None:
    """Invariant 4, and what speaks against a factor is written beside what speaks for it."""
    with scope(organization=shop.organization):
        material = material_of(shop.incident)
        assert material.analysis is not None
        near, other = (
            Ref(RefKind.ENTRY, f"E{number(shop.incident, words)}")
            for words in ("Deployment of northwind/orders", "All orders go through")
        )
        weighed = [
            point(9.0, Sort.TIME, "It came shortly before the failure.", near),
            point(-0.5, Sort.NATURE, "It works with it again.", other),
        ]
        made = candidate(near.key, Kind.CHANGE, "orders", "The deployment.", weighed, "A test of it.")
        ranking = material.analysis.ranking._replace(candidates=(made,))
        turned = replace(material, analysis=material.analysis._replace(ranking=ranking))
        (factor,) = causes.factors(turned)
        assert factor.confidence == Confidence.SUSPECTED and factor.reasoning == causes.ONLY_NEAR
        assert factor.evidence_against == (int(other.key[1:]),)
        assert int(near.key[1:]) in factor.evidence_for


def test_what_the_analysis_calls_probable_is_probable_and_never_confirmed(shop: Shop) -> None:
    with scope(organization=shop.organization):
        material = material_of(shop.incident)
        assert material.analysis is not None
        best = material.analysis.ranking.candidates[0]._replace(confidence=Sureness.PROBABLE)
        ranking = material.analysis.ranking._replace(candidates=(best,))
        turned = replace(material, analysis=material.analysis._replace(ranking=ranking))
        assert [one.confidence for one in causes.factors(turned)] == [Confidence.PROBABLE]


def test_question_asks_for_the_window_where_milestones_and_measurements_differ(shop: Shop) -> None:
    with scope(organization=shop.organization):
        material = material_of(shop.incident)
        assert "impact_window" not in {one.code for one in draft(material).questions}
        late = {**material.milestones}
        kind = next(one for one in late if one.value == "impact_started")
        late[kind] = next(one for one in material.facts if one.text.startswith("All orders"))
        codes = {one.code: one.text for one in draft(replace(material, milestones=late)).questions}
        assert "from 11:01:00 UTC until 11:26:00 UTC" in codes["impact_window"]
