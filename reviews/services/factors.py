"""Contributing factors: what is thought to have contributed, how sure, and what speaks for and against it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max, ProtectedError

from governance import access, audit
from governance.access import Permission
from governance.errors import AfterwordError
from governance.models import User
from incidents.models import Entry
from reviews.enums import Bearing, Confidence, FactorNature, Provenance
from reviews.errors import StaleFactor
from reviews.models import Factor, FactorEvidence, Review
from reviews.services.changing import content_changed
from reviews.services.moving import lock

#: "Why?" is usually asked five times; now and then twice more.
MOST_WHYS = 7
LONGEST_WHY = 500


@transaction.atomic
def save_factor(
    *,
    actor: User,
    review: Review,
    statement: str,
    confidence: Confidence | str,
    is_trigger: bool = False,
    nature: FactorNature | str = "",
    whys: Iterable[str] = (),
    reasoning: str = "",
    would_confirm: str = "",
    evidence_for: Iterable[Entry] = (),
    evidence_against: Iterable[Entry] = (),
    factor: Factor | None = None,
    version: int | None = None,
) -> Factor:
    """Add a factor, or change ``factor`` over the version that the person had before them.

    ``whys`` are the answers to "why?", each asked of the one before; empty ones are left out. Raises ``StaleFactor``
    when somebody changed it in between, ``PublishedText``, and ``AfterwordError`` for an empty statement, an entry of
    another incident, one that speaks both for and against, or more than ``MOST_WHYS`` answers.
    """
    access.require(actor, Permission.EDIT_REVIEW, review)
    current = lock(review)
    bearings = _bearings(current, list(evidence_for), list(evidence_against))
    if not statement.strip():
        raise AfterwordError("Say in one sentence what contributed.")
    row = _row(current, factor, version)
    row.statement, row.confidence = " ".join(statement.split()), Confidence(confidence)
    row.is_trigger, row.nature, row.whys = is_trigger, _nature(nature), _whys(whys)
    row.reasoning, row.would_confirm = reasoning.strip(), would_confirm.strip()
    row.provenance, row.author = Provenance.PERSON, actor
    row.save()
    write_evidence(row, bearings)
    verb = "changed" if factor else "added"
    content_changed(actor=actor, review=current, because=f"Factor {row.number} was {verb}")
    _record(actor, current, row, verb)
    return row


@transaction.atomic
def remove_factor(*, actor: User, factor: Factor) -> None:
    """Take a factor out; refused while an action item answers it."""
    access.require(actor, Permission.EDIT_REVIEW, factor)
    review = lock(factor.review)
    content_changed(actor=actor, review=review, because=f"Factor {factor.number} was removed")
    _record(actor, review, factor, "removed")
    try:
        with transaction.atomic():
            factor.delete()
    except ProtectedError as error:
        raise AfterwordError(
            "An action item answers this factor. Point that item at another factor, or remove it, first."
        ) from error


def write_evidence(factor: Factor, bearings: dict[Entry, Bearing]) -> None:
    """Let exactly these entries speak about the factor."""
    FactorEvidence.objects.filter(factor=factor).delete()
    FactorEvidence.objects.bulk_create(
        FactorEvidence(organization_id=factor.organization_id, factor=factor, entry=entry, bearing=bearing)
        for entry, bearing in bearings.items()
    )


def _row(review: Review, factor: Factor | None, version: int | None) -> Factor:
    if factor is None:
        last = Factor.objects.filter(review=review).aggregate(last=Max("number"))["last"] or 0
        return Factor(organization_id=review.organization_id, review=review, number=last + 1)
    row: Factor = Factor.objects.select_for_update().get(pk=factor.pk, review=review)
    if version is not None and row.version != version:
        raise StaleFactor(row.version)
    row.version += 1
    return row


def _bearings(review: Review, supporting: list[Entry], opposing: list[Entry]) -> dict[Entry, Bearing]:
    if any(entry.incident_id != review.incident_id for entry in [*supporting, *opposing]):
        raise AfterwordError("An entry of another incident cannot speak about this factor.")
    if both := sorted(set(supporting) & set(opposing), key=lambda entry: entry.number):
        raise AfterwordError(f"{both[0].label} stands for and against. Leave it on one side.")
    return dict.fromkeys(supporting, Bearing.FOR) | dict.fromkeys(opposing, Bearing.AGAINST)


def _nature(nature: FactorNature | str) -> str:
    return FactorNature(nature).value if nature else ""


def _whys(answers: Iterable[str]) -> list[str]:
    said = [" ".join(answer.split()) for answer in answers if answer.strip()]
    if len(said) > MOST_WHYS:
        raise AfterwordError(
            f"{len(said)} answers are more than the {MOST_WHYS} that are kept. Put two into one sentence."
        )
    if any(len(answer) > LONGEST_WHY for answer in said):
        raise AfterwordError(f"An answer to “why?” has at most {LONGEST_WHY} characters. Shorten it.")
    return said


def _record(actor: User, review: Review, factor: Factor, verb: str) -> None:
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action=f"factor.{verb}",
        subject=f"review:{review.incident.reference}",
        factor=factor.number,
        confidence=str(factor.confidence),
    )
