"""What is recommended in a review: its record gathered, and what each person said of the recommendations before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Prefetch

from governance import access
from governance.access import Post
from governance.enums import Role
from governance.models import User
from governance.selectors import today_in
from incidents.enums import Lane, MilestoneKind, Precision
from incidents.models import Entry, Incident, IncidentReader, Milestone, Service
from incidents.services.acceptance import policy_of as intake_policy_of
from remediation.enums import Verdict
from remediation.models import ActionItem, RecommendationFeedback
from remediation.recommending import SURE_ENOUGH, Recommendation, recommend
from remediation.recommending.record import (
    Answer,
    KnownFactor,
    KnownRisk,
    KnownService,
    Mention,
    Owed,
    Person,
    Record,
    Silence,
)
from reviews.drafting import Fact
from reviews.drafting.cues import is_change
from reviews.enums import Bearing, Provenance
from reviews.models import Factor, FactorEvidence, Review, Risk
from reviews.parts import Promise, promises_of
from reviews.selectors.rules import policy_of
from reviews.selectors.similar import similar_to
from reviews.silences import silences

_ENTRY = re.compile(r"\bE(\d{1,9})\b")
_WAY_BACK = r"\y(roll(s|ed|ing)?[ -]?back|rollback|revert(s|ed|ing)?)\y"
_TELLING_LANES = (Lane.CHANGE, Lane.ACTION, Lane.CHAT, Lane.STATUS, Lane.STATEMENT)


@dataclass(frozen=True)
class Advice:
    """A recommendation, and what this person said of it."""

    recommendation: Recommendation
    feedback: RecommendationFeedback | None

    @property
    def reason(self) -> list[tuple[str, int | None]]:
        """The reason in pieces: words, and the number of the entry that is named behind them, if one is."""
        words, entries = self.recommendation.step.because, self.recommendation.step.entries
        found: list[tuple[str, int | None]] = []
        last = 0
        for match in _ENTRY.finditer(words):
            if (number := int(match.group(1))) in entries:
                found.append((words[last : match.start()], number))
                last = match.end()
        return [*found, (words[last:], None)]

    @property
    def is_folded(self) -> bool:
        """Whether the person found it wrong, so that it is out of their way."""
        return self.feedback is not None and self.feedback.verdict == Verdict.WRONG


def advice_for(review: Review, user: User) -> list[Advice]:
    """What is recommended, the safe steps first; a number of queries that does not depend on how much there is."""
    said = {row.key: row for row in RecommendationFeedback.objects.filter(review=review, by=user)}
    return [Advice(one, said.get(one.key)) for one in recommend(record_of(review, user))]


def advice_with(review: Review, user: User, key: str) -> Recommendation | None:
    """The recommendation with this key, if it stands (still)."""
    return next((one for one in recommend(record_of(review, user)) if one.key == key), None)


def too_unsure(review: Review) -> int:
    """How many factors are suspected or unknown, so that nothing is recommended for them yet."""
    count: int = Factor.objects.filter(review=review).exclude(confidence__in=SURE_ENOUGH).count()
    return count


def record_of(review: Review, user: User) -> Record:
    """Everything that a recommendation may name, as far as this user may see it."""
    return _Gathering(review, user).record


class _Gathering:
    """Reads the record of one review."""

    def __init__(self, review: Review, user: User) -> None:
        self.review, self.incident, self.user = review, review.incident, user
        self.today: date = today_in(review.organization_id)

    @property
    def record(self) -> Record:
        return Record(
            severity=int(self.incident.severity),
            today=self.today,
            promise_days=policy_of(self.review).promise_days,
            gap_minutes=intake_policy_of(self.review.organization_id).gap_minutes,
            services=self._services(),
            commanders=self._people(access.holders(Post.INCIDENT_COMMANDER, self.incident)),
            leads=self._leads(),
            factors=self._factors(),
            milestones=self.milestones,
            alerts=self._alerts(),
            returns=self._returns(),
            silences=tuple(Silence(one.after, one.before, one.minutes) for one in silences(self.incident)),
            risks=self._risks(),
            owed=self._owed(),
            answers=self._answers(),
        )

    @cached_property
    def _readers(self) -> frozenset[int] | None:
        """Whom a private incident names; None where everybody may see it."""
        if not self.incident.is_private:
            return None
        rows = IncidentReader.objects.filter(incident=self.incident).values_list("person_id", flat=True)
        return frozenset(rows)

    def _people(self, people: Iterable[User]) -> tuple[Person, ...]:
        named = self._readers
        return tuple(Person(one.name, one.pk) for one in people if named is None or one.pk in named)

    def _services(self) -> tuple[KnownService, ...]:
        rows = Service.objects.filter(incidents=self.incident).order_by("name")
        owners = access.holders_of_each(Post.SERVICE_OWNER, rows)
        return tuple(KnownService(one.name, self._people(owners[one.pk])) for one in rows)

    def _leads(self) -> tuple[Person, ...]:
        organization = self.review.organization_id
        return self._people(
            access.members(organization).filter(
                memberships__organization=organization, memberships__role=Role.SRE_LEAD
            )
        )

    def _factors(self) -> tuple[KnownFactor, ...]:
        supporting = FactorEvidence.objects.filter(bearing=Bearing.FOR).select_related("entry")
        rows = Factor.objects.filter(review=self.review, confidence__in=SURE_ENOUGH)
        return tuple(
            KnownFactor(
                number=row.number,
                statement=row.statement,
                confidence=row.confidence,
                is_trigger=row.is_trigger,
                nature=row.nature,
                would_confirm=row.would_confirm,
                entries=tuple(_mention(one.entry) for one in row.evidence.all()),
            )
            for row in rows.prefetch_related(Prefetch("evidence", supporting))
        )

    @cached_property
    def milestones(self) -> Mapping[MilestoneKind, Mention]:
        rows = Milestone.objects.filter(incident=self.incident).select_related("entry")
        return {MilestoneKind(row.kind): _mention(row.entry) for row in rows}

    def _alerts(self) -> tuple[Mention, ...]:
        """The first alert from the start of the impact to its detection that is neither."""
        start = self.milestones.get(MilestoneKind.IMPACT_STARTED)
        seen = self.milestones.get(MilestoneKind.DETECTED)
        if start is None or seen is None:
            return ()
        raised = Entry.objects.filter(incident=self.incident, lane=Lane.ALERT).shown()
        rows = raised.exclude(text__startswith="Resolved: ")
        earlier = rows.filter(at__gte=start.at, at__lt=seen.at).exclude(number=seen.number)
        return _mentions(earlier.in_order()[:1])

    def _returns(self) -> tuple[Mention, ...]:
        """The last entry that tells of a way back."""
        rows = Entry.objects.filter(incident=self.incident, lane__in=_TELLING_LANES).shown()
        return _mentions(rows.filter(text__iregex=_WAY_BACK).in_order().reverse()[:1])

    def _risks(self) -> tuple[KnownRisk, ...]:
        """Open risks that a person stated or watches; one that was only drafted asks to be read first."""
        rows = Risk.objects.filter(review=self.review, closed_at__isnull=True).select_related(
            "owner", "factor"
        )
        stood_for = rows.exclude(provenance=Provenance.EVIDENCE, owner__isnull=True)
        return tuple(
            KnownRisk(
                number=row.number,
                statement=row.statement,
                owner=next(iter(self._people([row.owner] if row.owner else [])), None),
                factor=row.factor.number if row.factor else None,
                is_accepted=bool(row.accepted_because),
            )
            for row in stood_for
        )

    def _owed(self) -> tuple[Owed, ...]:
        """What is still promised after incidents like this one. What is private is not carried into another text."""
        matches = similar_to(self.incident, self.user, self.today)
        found: dict[str, Sequence[Promise]] = {
            one.reference: one.promises for one in matches if not one.is_private
        }
        earlier = self._repeated()
        if earlier is not None and earlier.reference not in found:
            rows = Review.objects.filter(incident=earlier).values_list("pk", flat=True)
            promised = promises_of(self.user, list(rows), self.today)
            found[earlier.reference] = [one for several in promised.values() for one in several]
        repeated = earlier.reference if earlier else ""
        return tuple(_owing(reference, found[reference], repeated) for reference in sorted(found))

    def _repeated(self) -> Incident | None:
        """The incident that this one repeats, as a person confirmed, unless it is private."""
        rows = Incident.objects.visible_to(self.user).filter(is_private=False)
        earlier: Incident | None = rows.filter(pk=self.incident.repeat_of_id).first()
        return earlier

    def _answers(self) -> tuple[Answer, ...]:
        rows = ActionItem.objects.filter(review=self.review).order_by("number")
        return tuple(Answer(*row) for row in rows.values_list("kind", "factor__number", "recommendation"))


def _mention(entry: Entry) -> Mention:
    return Mention(
        number=entry.number,
        at=entry.at,
        text=entry.text,
        lane=entry.lane,
        services=tuple(entry.services),
        is_exact=entry.precision != Precision.DAY,
        tells_of_change=is_change(Fact(entry.number, entry.at, entry.text, entry.lane)),
    )


def _mentions(entries: Any) -> tuple[Mention, ...]:
    return tuple(_mention(entry) for entry in entries)


def _owing(reference: str, promises: Sequence[Promise], repeated: str) -> Owed:
    return Owed(
        reference,
        tuple(one.label for one in promises),
        tuple(one.label for one in promises if one.is_overdue),
        reference == repeated,
    )
