"""How the rules of recommendations fare: what was taken, found useful and found wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from governance.models import User
from remediation.enums import Rule, Verdict
from remediation.models import ActionItem, RecommendationFeedback

#: No share is told of fewer verdicts than this (invariant 12).
LEAST_VERDICTS = 5
MOST_NOTES = 20


@dataclass(frozen=True)
class Tally:
    """One rule: how many action items came of it, and how many people found one of its recommendations what."""

    rule: Rule
    taken: int
    useful: int
    wrong: int

    @property
    def verdicts(self) -> int:
        return self.useful + self.wrong

    @property
    def share(self) -> int | None:
        """The percentage that was useful; None while too few people said anything."""
        return round(100 * self.useful / self.verdicts) if self.verdicts >= LEAST_VERDICTS else None


def tallies() -> list[Tally]:
    """A tally for every rule of the active organization. Numbers count private incidents, too: they name none."""
    taken: Counter[str] = Counter()
    said: dict[str, Counter[str]] = {verdict.value: Counter() for verdict in Verdict}
    items = ActionItem.objects.exclude(recommendation="").order_by()
    for key, count in items.values_list("recommendation").annotate(count=Count("pk")):
        taken[_rule(key)] += count
    rows = RecommendationFeedback.objects.order_by().values_list("key", "verdict")
    for key, verdict, count in rows.annotate(count=Count("pk")):
        said[verdict][_rule(key)] += count
    return [
        Tally(rule, taken[rule.value], said[Verdict.USEFUL][rule.value], said[Verdict.WRONG][rule.value])
        for rule in Rule
    ]


def _rule(key: str) -> str:
    return key.partition(".")[0]


def notes_for(user: User) -> Any:
    """The last words of people about recommendations, of incidents that the user may see."""
    rows = RecommendationFeedback.objects.visible_to(user).exclude(note="")
    return rows.select_related("by", "review__incident").order_by("-at", "-id")[:MOST_NOTES]
