"""What a question is about: the entries that somebody who answers it looks at first."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import cached_property

from incidents.enums import MilestoneKind
from incidents.models import Entry, Milestone
from reviews.models import Citation, FactorEvidence, Question, Review
from reviews.silences import silences

MOST = 6
_ORDER = list(MilestoneKind)
#: Between which moments a question lies.
_MOMENTS: dict[str, tuple[MilestoneKind, ...]] = {
    "impact_numbers": (MilestoneKind.IMPACT_STARTED, MilestoneKind.RESOLVED),
    "halve_detection": (MilestoneKind.IMPACT_STARTED, MilestoneKind.DETECTED),
    "acknowledgement": (MilestoneKind.DETECTED, MilestoneKind.ACKNOWLEDGED),
}
#: Questions about why it happened; the evidence of the factors is where to look.
_CAUSES = frozenset({"root_cause", "why_sense", "five_whys"})


class AskedAbout:
    """Reads once what all questions of one review could be about; each part only when a question needs it."""

    def __init__(self, review: Review) -> None:
        self.review = review

    def numbers(self, question: Question) -> tuple[int, ...]:
        """The numbers of at most six entries; empty only while the review rests on nothing at all."""
        found = (
            self._of_code(question.code) or self._cited[question.section] or list(self._milestones.values())
        )
        return tuple(dict.fromkeys(found))[:MOST]

    def entries(self, question: Question) -> list[Entry]:
        """The same as entries, in the order of the chronology."""
        rows = Entry.objects.filter(incident_id=self.review.incident_id, number__in=self.numbers(question))
        return list(rows.select_related("evidence", "author").in_order())

    def _of_code(self, code: str) -> list[int]:
        if code in _MOMENTS:
            return [self._milestones[kind] for kind in _MOMENTS[code] if kind in self._milestones]
        if code in _CAUSES:
            return self._weighed
        if code == "gap":
            return self._silence
        if code.startswith("milestone_"):
            return self._beside(code.removeprefix("milestone_"))
        return []

    def _beside(self, kind: str) -> list[int]:
        """The milestones that are set before and after one that is not."""
        place = next((place for place, one in enumerate(_ORDER) if one.value == kind), len(_ORDER))
        earlier = [self._milestones[one] for one in _ORDER[:place] if one in self._milestones]
        later = [self._milestones[one] for one in _ORDER[place + 1 :] if one in self._milestones]
        return [*earlier[-1:], *later[:1]]

    @cached_property
    def _moments(self) -> dict[str, tuple[int, datetime]]:
        """The number and the time of the entry of each milestone that is set, in their proper order."""
        rows = Milestone.objects.filter(incident_id=self.review.incident_id)
        found = {
            kind: (number, at) for kind, number, at in rows.values_list("kind", "entry__number", "entry__at")
        }
        return {kind: found[kind] for kind in _ORDER if kind in found}

    @property
    def _milestones(self) -> dict[str, int]:
        return {kind: number for kind, (number, _) in self._moments.items()}

    @cached_property
    def _cited(self) -> dict[str, list[int]]:
        """What each section rests on, in the order of its text."""
        rows = Citation.objects.filter(passage__section__review=self.review)
        found: dict[str, list[int]] = defaultdict(list)
        for key, number in rows.order_by("passage__position", "position").values_list(
            "passage__section__key", "entry__number"
        ):
            found[key].append(number)
        return found

    @cached_property
    def _weighed(self) -> list[int]:
        rows = FactorEvidence.objects.filter(factor__review=self.review)
        return list(rows.order_by("factor__number", "bearing", "id").values_list("entry__number", flat=True))

    @cached_property
    def _silence(self) -> list[int]:
        """The ends of the longest silence before the mitigation, which the draft asked about."""
        ends = (MilestoneKind.MITIGATED, MilestoneKind.RESOLVED)
        until = next((self._moments[kind][1] for kind in ends if kind in self._moments), None)
        early = [one for one in silences(self.review.incident) if until is None or one.end <= until]
        longest = max(early, key=lambda one: (one.end - one.start, -one.after), default=None)
        return [longest.after, longest.before] if longest else []
