"""From evidence to a draft, without any model: pure, and the same evidence always gives the same text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from reviews.drafting import causes, detection, impact, learning, prose
from reviews.drafting.acronyms import explained
from reviews.drafting.asking import questions
from reviews.drafting.material import Draft, DraftFactor, DraftQuestion, Fact, Material, Silence
from reviews.enums import SectionKey
from reviews.templating import Template
from reviews.usual import USUAL

__all__ = ["Draft", "DraftFactor", "DraftQuestion", "Fact", "Material", "Silence", "draft"]

#: What each section says; those that only people can write are asked for, and stay empty.
WRITERS: Mapping[SectionKey, Callable[[Material], str]] = {
    SectionKey.SUMMARY: prose.summary,
    SectionKey.CUSTOMER_IMPACT: impact.customer_impact,
    SectionKey.DETECTION: detection.detection,
    SectionKey.CONTRIBUTING_FACTORS: causes.contributing_factors,
    SectionKey.MITIGATION: prose.mitigation,
    SectionKey.WENT_WELL: learning.went_well,
    SectionKey.SECURITY: learning.security,
    SectionKey.UNRESOLVED_RISKS: prose.unresolved_risks,
}


def draft(material: Material, template: Template = USUAL) -> Draft:
    """Draft every section of the template in its order, the suspected factors and the questions.

    Facts count in the order of their instants; those of one instant in the order in which they are given.
    """
    material = replace(material, facts=tuple(sorted(material.facts, key=lambda fact: fact.at)))
    bodies = {part.key: WRITERS[part.key](material) if part.key in WRITERS else "" for part in template.parts}
    return Draft(
        sections=explained(bodies),
        factors=causes.factors(material),
        questions=questions(material, template),
    )
