"""Turning a chronology into the draft of its review."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q

from governance import access, audit
from governance.access import Permission
from governance.errors import AfterwordError
from governance.models import User
from incidents.enums import Lane, MilestoneKind, Trust
from incidents.models import Entry, Evidence, Incident, Milestone
from incidents.models.evidence import NOT_FETCHED
from incidents.selectors.analyzing import analysis_of
from incidents.selectors.rows import EXPECTED, SOURCE_NAMES
from incidents.services import acceptance
from reviews import drafting
from reviews.drafting import Fact, Material, risks
from reviews.enums import Provenance, SectionKey
from reviews.models import Review, Section
from reviews.selectors.rules import current_policy
from reviews.selectors.templates import current_template, template_in
from reviews.services.asking import ask
from reviews.services.editing import keep_revision, write_passages
from reviews.services.factoring import write_factors
from reviews.services.moving import note_move
from reviews.services.risks import write_drafted
from reviews.services.waivers import end_postmortem_waiver
from reviews.silences import silences
from reviews.templating import Template


@transaction.atomic
def draft_review(*, actor: User, incident: Incident) -> Review:
    """Make the review of an incident from its chronology; one that exists is given back as it is.

    Raises ``AfterwordError`` while the chronology is empty, or the incident is still in intake.
    """
    access.require(actor, Permission.EDIT_REVIEW, incident)
    locked: Incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    existing: Review | None = Review.objects.filter(incident=locked).first()
    if existing is not None:
        return existing
    acceptance.require_accepted(locked)
    material = material_of(locked)
    if not material.facts:
        raise AfterwordError("The chronology is empty. Import evidence first; the draft is made from it.")
    template = current_template(locked.organization_id, locked.severity)
    draft = drafting.draft(material, template_in(template))
    review = Review(
        organization_id=locked.organization_id,
        incident=locked,
        author=actor,
        policy=current_policy(locked.organization_id),
        template=template,
    )
    review.save(force_insert=True)
    note_move(review, "draft", "", actor)
    end_postmortem_waiver(actor=actor, incident=locked)
    _write_sections(review, draft.sections, template_in(template))
    write_factors(review, draft.factors)
    write_drafted(review, risks.found(material))
    ask(review, draft.questions, material, actor)
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action="review.drafted",
        subject=f"review:{locked.reference}",
        entries=len(material.facts),
        template=template.version if template else None,
    )
    return review


def _write_sections(review: Review, bodies: Mapping[SectionKey, str], template: Template) -> None:
    """The sections with their passages, and what the template says of each."""
    for position, part in enumerate(template.parts):
        section = Section(
            organization_id=review.organization_id,
            review=review,
            key=part.key,
            title=part.title,
            is_required=part.is_required,
            guidance=part.guidance,
            position=position,
            body=bodies[part.key],
        )
        section.save(force_insert=True)
        write_passages(review, section, {}, otherwise=(Provenance.EVIDENCE, None))
        keep_revision(section, author=None)


def material_of(incident: Incident) -> Material:
    """What the draft is made from: everything shown but log lines and chat that neither people nor cues point at.

    Hundreds of thousands of log lines may stand in a chronology; those that no highlight, milestone or silence names
    are read as well only while there are few of them.
    """
    marks = dict(Milestone.objects.filter(incident=incident).values_list("kind", "entry__number"))
    quiet = silences(incident)
    analysis = analysis_of(incident)
    named = {
        *marks.values(),
        *analysis.resting,
        *(number for one in quiet for number in (one.after, one.before)),
    }
    facts = {fact.number: fact for fact in _facts(incident, named)}
    files = list(Evidence.objects.filter(incident=incident).order_by("filename", "id"))
    return Material(
        facts=tuple(facts.values()),
        milestones={kind: facts[marks[kind]] for kind in MilestoneKind if kind in marks},
        silences=tuple(drafting.Silence(facts[one.after], facts[one.before]) for one in quiet),
        unread=_unread(files),
        cuts=_cuts(files),
        missing=tuple(
            SOURCE_NAMES[kind] for kind in EXPECTED if files and kind not in {file.kind for file in files}
        ),
        data_exposed=incident.data_exposed,
        analysis=analysis,
    )


MANY_LINES = 5_000


def _facts(incident: Incident, named: set[int]) -> list[Fact]:
    rows = Entry.objects.filter(incident=incident).filter(
        Q(hidden=False, folded_into__isnull=True) | Q(number__in=named)
    )
    if rows.filter(lane=Lane.LOG).count() > MANY_LINES:
        rows = rows.filter(~Q(lane=Lane.LOG) | Q(highlighted=True) | Q(number__in=named))
    return [
        Fact(
            number=row.number,
            at=row.at,
            text=row.text,
            lane=row.lane,
            actor=row.author.name if row.author else row.actor,
            highlighted=row.highlighted,
            by_person=row.trust == Trust.REPORTED,
        )
        for row in rows.select_related("author").in_order()
    ]


def _unread(files: list[Evidence]) -> tuple[tuple[str, int, str], ...]:
    """What was skipped: (file name, number of parts, the first of them)."""
    skipped = ((file, [part for part in file.skipped if part["location"] != NOT_FETCHED]) for file in files)
    return tuple(
        (file.filename, len(parts), f"{parts[0]['location']}, {parts[0]['reason']}".rstrip("."))
        for file, parts in skipped
        if parts
    )


def _cuts(files: list[Evidence]) -> tuple[str, ...]:
    """What fetches left out, as sentences."""
    return tuple(part["reason"] for file in files for part in file.skipped if part["location"] == NOT_FETCHED)
