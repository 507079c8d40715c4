"""A signed and published review, written straight into the tables: what every publisher starts from."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django_scopes import scope
from PIL import Image

from governance.enums import ConnectionKind, DeliveryStatus
from governance.models import Connection, Delivery, Organization, User
from incidents.enums import MilestoneKind
from incidents.models import Attachment, Entry, Incident, Milestone
from incidents.services.attachments import attach_file
from remediation.enums import ActionKind
from remediation.models import ActionItem, Dependency
from reviews import publication_steps
from reviews.content import canonical_text, content_of, sha256_of
from reviews.enums import Bearing, Confidence, Provenance, ReviewState, SectionKey, SignOffRole
from reviews.models import (
    Citation,
    Factor,
    FactorEvidence,
    Passage,
    Publication,
    Question,
    Review,
    Section,
    SignedService,
    SignOff,
    Snapshot,
)
from tests.factories.incidents import START, make_entry, make_incident, make_service
from tests.factories.people import make_member

PUBLISHED_AT = datetime(2018, 11, 2, 9, 30, tzinfo=UTC)
SIGNED_SENTENCE = "Writes were split between two data centers for 43 seconds."
STATEMENT = "Customers told us that webhooks came late."
COMMANDERS_REASON = "The topology log shows both primaries taking writes."
CAPTION = "Errors by minute"
OWNERS_REASON = "We have not reproduced the election in a test."


def make_publication(
    organization: Organization,
    *,
    title: str = "Database topology split",
    evidence: str = "Orchestrator elected a second primary",
    titles: tuple[str, ...] = ("Fence the old primary", "Rehearse the failover"),
    number: int = 1,
    picture: bytes = b"",
    caption: str = CAPTION,
) -> Publication:
    """A publication with two signatures, whose every action item needs the one before it first.

    ``evidence`` is the text of the first entry, ``titles`` are those of the action items. ``picture`` is shown in a
    section of its own, citing the first entry. The outbox holds its rows.
    """
    with scope(organization=organization), transaction.atomic():
        commander = make_member(organization, name="Mara Okafor")
        owner = make_member(organization, name="Jon Aalto")
        service = make_service(organization, owner=owner)
        incident = make_incident(organization, commander, (service,), title=title)
        review = _review(incident, commander)
        _write(review, commander, evidence)
        if picture:
            _show(review, picture, caption)
        _promise(review, owner, titles)
        snapshot = _snapshot(review)
        _sign(snapshot, commander, SignOffRole.INCIDENT_COMMANDER, Confidence.CONFIRMED, COMMANDERS_REASON)
        second = _sign(snapshot, owner, SignOffRole.SERVICE_OWNER, Confidence.PROBABLE, OWNERS_REASON)
        SignedService(organization=organization, signoff=second, service=service).save()
        publication = Publication(
            organization=organization,
            review=review,
            number=number,
            snapshot=snapshot,
            published_by=commander,
            published_at=PUBLISHED_AT,
        )
        publication.save()
        publication_steps.enqueue_all(publication)
        return publication


def picture_file(mode: str = "RGB", size: tuple[int, int] = (320, 120), kind: str = "PNG") -> bytes:
    """A picture as somebody pastes it: a slope from dark to light."""
    written = BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(written, kind)
    return written.getvalue()


def damage(publication: Publication) -> None:
    """Put other bytes into the store under the name of every picture of the publication."""
    for kept in Attachment.objects.filter(incident=publication.review.incident_id):
        Path(kept.file.path).write_bytes(picture_file(size=(8, 8)))


def make_connection(organization: Organization, kind: ConnectionKind, base_url: str) -> Connection:
    """A connection to a double, with the options that the doubles know."""
    account = {"email": "afterword@example.test"}
    options = {
        ConnectionKind.CONFLUENCE: {**account, "space": "INC"},
        ConnectionKind.SLACK: {"channel": "C0INCIDENT1"},
        ConnectionKind.JIRA: {**account, "project": "OPS", "issue_type": "Task"},
    }[kind]
    with scope(organization=organization):
        connection = Connection(
            organization=organization,
            kind=kind,
            base_url=base_url,
            options=options,
            secret="xoxb-1-a-secret-of-the-tests",
        )
        connection.save()
    return connection


def _review(incident: Incident, author: User) -> Review:
    review = Review(
        organization=incident.organization,
        incident=incident,
        author=author,
        state=ReviewState.PUBLISHED,
        published_at=PUBLISHED_AT,
    )
    review.save()
    return review


def _write(review: Review, author: User, evidence: str) -> None:
    """Two sections with a sentence each, a factor with evidence for and against it, and an answered question."""
    organization, incident = review.organization, review.incident
    first = make_entry(incident, START, evidence)
    second = make_entry(incident, START + timedelta(minutes=7), "Error rate of webhooks above 20 %")
    for kind, entry in ((MilestoneKind.IMPACT_STARTED, first), (MilestoneKind.DETECTED, second)):
        Milestone(organization=organization, incident=incident, kind=kind, entry=entry).save()
    _section(review, SectionKey.SUMMARY, 0, SIGNED_SENTENCE, (first, second))
    _section(review, SectionKey.CUSTOMER_IMPACT, 1, STATEMENT, (), author)
    Section(organization=organization, review=review, key=SectionKey.CONTRIBUTING_FACTORS, position=2).save()
    factor = Factor(
        organization=organization,
        review=review,
        number=1,
        statement="Both data centers accepted writes.",
        confidence=Confidence.PROBABLE,
        provenance=Provenance.PERSON,
        author=author,
    )
    factor.save()
    for entry, bearing in ((first, Bearing.FOR), (second, Bearing.AGAINST)):
        FactorEvidence(organization=organization, factor=factor, entry=entry, bearing=bearing).save()
    Question(
        organization=organization,
        review=review,
        section=SectionKey.DETECTION,
        code="detection",
        text="Who noticed first?",
        answer="The on-call engineer, by the webhook alert.",
        answered_by=author,
        answered_at=PUBLISHED_AT,
    ).save()


def _show(review: Review, picture: bytes, caption: str) -> None:
    kept = attach_file(actor=None, incident=review.incident, entry=None, name="errors.png", content=picture)
    first = Entry.objects.filter(incident=review.incident).in_order()[0]
    _section(review, SectionKey.DETECTION, 3, f"![{caption}](image:{kept.pk})", (first,))


def _section(
    review: Review,
    key: SectionKey,
    position: int,
    text: str,
    cited: tuple[Entry, ...],
    author: User | None = None,
) -> None:
    organization = review.organization
    section = Section(organization=organization, review=review, key=key, position=position, body=text)
    section.save()
    provenance = Provenance.PERSON if author else Provenance.EVIDENCE
    passage = Passage(
        organization=organization,
        section=section,
        position=0,
        text=text,
        provenance=provenance,
        author=author,
    )
    passage.save()
    for place, entry in enumerate(cited):
        Citation(organization=organization, passage=passage, entry=entry, position=place).save()


def _promise(review: Review, owner: User, titles: tuple[str, ...]) -> None:
    before: ActionItem | None = None
    for number, title in enumerate(titles, start=1):
        item = ActionItem(
            organization=review.organization,
            review=review,
            number=number,
            title=title,
            kind=ActionKind.PREVENT,
            owner=owner,
            severity=2,
            due_on=date(2018, 12, 14),
            verification_criterion="A drill shows one primary only.",
        )
        item.save()
        if before:
            Dependency(organization=review.organization, item=item, depends_on=before).save()
        before = item


def _snapshot(review: Review) -> Snapshot:
    text = canonical_text(content_of(review))
    snapshot = Snapshot(organization=review.organization, review=review, sha256=sha256_of(text), text=text)
    snapshot.save()
    return snapshot


def _sign(
    snapshot: Snapshot, signer: User, role: SignOffRole, confidence: Confidence, reason: str
) -> SignOff:
    signoff = SignOff(
        organization=snapshot.organization,
        review=snapshot.review,
        snapshot=snapshot,
        role=role,
        signer=signer,
        confidence=confidence,
        reason=reason,
    )
    signoff.save()
    return signoff


def claim(publication: Publication, kind: str, position: int = 0) -> Delivery:
    """One row of the publication's outbox, leased as a worker's row is."""
    with scope(organization=publication.organization):
        row: Delivery = (
            Delivery.objects.of_group(publication.group).filter(kind=kind).order_by("id")[position]
        )
        row.status, row.attempts = DeliveryStatus.LEASED, row.attempts + 1
        row.lease_token, row.lease_until = uuid.uuid4(), timezone.now() + timedelta(minutes=1)
        row.save()
        return row
