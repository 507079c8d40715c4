"""From evidence to a draft, without any model: pure, and the same evidence always gives the same text."""

from __future__ import annotations

from reviews.drafting import causes, detection, impact, prose
from reviews.drafting.asking import questions
from reviews.drafting.material import Draft, DraftFactor, DraftQuestion, Fact, Material, Silence
from reviews.enums import SectionKey

__all__ = ["Draft", "DraftFactor", "DraftQuestion", "Fact", "Material", "Silence", "draft"]


def draft(material: Material) -> Draft:
    """Draft every section, the suspected factors and the questions."""
    return Draft(
        sections={
            SectionKey.SUMMARY: prose.summary(material),
            SectionKey.CUSTOMER_IMPACT: impact.customer_impact(material),
            SectionKey.DETECTION: detection.detection(material),
            SectionKey.CONTRIBUTING_FACTORS: causes.contributing_factors(material),
            SectionKey.MITIGATION: prose.mitigation(material),
            SectionKey.UNRESOLVED_RISKS: prose.unresolved_risks(material),
        },
        factors=tuple(causes.suspected(material)),
        questions=questions(material),
    )
