"""Everything that a review would publish, as plain data: what people read, sign and publish is this and nothing else.

``canonical_text`` is JSON in Unicode normal form C with sorted keys and no spaces; its SHA-256 is what a signature
holds. Numbers of entries (``12`` for E12) tie passages, factors and milestones to the chronology. Instants are UTC in
RFC 3339. Rooms above add their part with ``register_part`` while the application starts. Reading takes a constant
number of queries, whatever the length of the text.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.models import User
from incidents.models import Attachment, Correction, Entry, Evidence, Milestone, Service
from reviews.enums import Bearing, Provenance
from reviews.models import Citation, Factor, FactorEvidence, Passage, Question, Review, Section
from reviews.passages import pictures_in
from reviews.selectors.modeling import model_names
from reviews.selectors.risks import cited_by_risks, risks_to_publish
from reviews.selectors.waivers import check_waivers
from reviews.silences import silences

FORMAT = "afterword-review/1"

Part = Callable[[Review], list[dict[str, Any]]]
_parts: dict[str, Part] = {}


def register_part(name: str, provider: Part) -> None:
    """Let a room above add the list ``name`` to the signed text; called while the application starts."""
    _parts[name] = provider


def content_of(review: Review) -> dict[str, Any]:
    """The content as it is now.

    Keys: ``format``, ``incident``, ``milestones``, ``sections`` (each with ``body`` and its ``passages``), ``factors``,
    ``questions``, ``chronology`` (highlighted or cited entries), ``evidence`` (each file with what was skipped in it),
    ``gaps``, and one list for each registered part (``action_items``). Where there are any: ``pictures`` (those that
    sections show, with their SHA-256), ``risks`` (that nobody closed), ``waivers`` (checks that may fail), and from the
    second edition on ``edition`` (its number, and why the review was opened again). A text without them keeps the hash
    that it had before they were known.
    """
    return {
        "format": FORMAT,
        "incident": _incident(review),
        "milestones": _milestones(review),
        "sections": _sections(review),
        "factors": _factors(review),
        "questions": _questions(review),
        "chronology": _chronology(review),
        "evidence": _evidence(review),
        "gaps": _gaps(review),
        **{name: provider(review) for name, provider in sorted(_parts.items())},
        **_risks(review),
        **_pictures(review),
        **_waivers(review),
        **_edition(review),
    }


def canonical_text(content: dict[str, Any]) -> str:
    """The one spelling of a content: equal contents give equal bytes."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return unicodedata.normalize("NFC", text)


def sha256_of(text: str) -> str:
    """The SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def current_sha256(review: Review) -> str:
    """The SHA-256 of the content as it is now."""
    return sha256_of(canonical_text(content_of(review)))


def published_entries(review: Review) -> QuerySet[Any]:
    """The published chronology: entries that are highlighted, carry a milestone or are cited, in their one order."""
    cited = Citation.objects.filter(entry=OuterRef("pk"), passage__section__review=review)
    weighed = FactorEvidence.objects.filter(entry=OuterRef("pk"), factor__review=review)
    feared = Q(number__in=cited_by_risks(review))
    marked = Milestone.objects.filter(entry=OuterRef("pk"))
    published: QuerySet[Any] = (
        Entry.objects.filter(incident_id=review.incident_id)
        .filter(Q(highlighted=True, hidden=False) | Exists(cited) | Exists(weighed) | Exists(marked) | feared)
        .select_related("evidence", "author")
        .in_order()
    )
    return published


def instant(at: datetime) -> str:
    """``2018-10-21T22:52:00Z``; fractions of a second only when there are any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def person(user: User | None) -> dict[str, Any] | None:
    """A person as the published text names them."""
    return None if user is None else {"id": user.pk, "name": user.name}


def _incident(review: Review) -> dict[str, Any]:
    incident = review.incident
    services = Service.objects.filter(incidents=incident).order_by("name").values_list("name", flat=True)
    return {
        "reference": incident.reference,
        "title": incident.title,
        "severity": int(incident.severity),
        "services": list(services),
        "declared_at": instant(incident.declared_at),
        "is_synthetic": incident.is_synthetic,
    }


def _milestones(review: Review) -> list[dict[str, Any]]:
    rows = Milestone.objects.filter(incident_id=review.incident_id).select_related("entry")
    return [
        {
            "kind": row.kind,
            "label": row.get_kind_display(),
            "at": instant(row.entry.at),
            "entry": row.entry.number,
        }
        for row in rows.order_by("entry__at", "entry__tie", "entry__number", "id")
    ]


def _sections(review: Review) -> list[dict[str, Any]]:
    cited = _grouped(
        Citation.objects.filter(passage__section__review=review)
        .order_by("position", "id")
        .values_list("passage_id", "entry__number")
    )
    passages: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Passage.objects.filter(section__review=review).select_related("author")
    ordered = list(rows.order_by("section_id", "position"))
    models = _models(review, ordered)
    for row in ordered:
        passages[row.section_id].append(
            {
                "text": row.text,
                "paragraph": row.paragraph,
                "citations": cited[row.pk],
                "provenance": row.provenance,
                "author": person(row.author),
                **models.get(row.pk, {}),
            }
        )
    return [
        {
            "key": section.key,
            "title": section.get_key_display(),
            "body": section.body,
            "passages": passages[section.pk],
        }
        for section in Section.objects.filter(review=review).order_by("position")
    ]


def _models(review: Review, rows: Iterable[Passage]) -> dict[int, dict[str, str]]:
    """The name of the model behind each passage that one suggested, by the passage's id."""
    suggested = [row for row in rows if row.provenance == Provenance.MODEL]
    names = model_names(review) if suggested else {}
    return {row.pk: {"model": names.get((row.section_id, row.text), "")} for row in suggested}


def _factors(review: Review) -> list[dict[str, Any]]:
    evidence: dict[Bearing, dict[int, list[int]]] = {}
    rows = FactorEvidence.objects.filter(factor__review=review).order_by(
        "entry__at", "entry__tie", "entry__number"
    )
    triples = list(rows.values_list("factor_id", "entry__number", "bearing"))
    for bearing in Bearing:
        evidence[bearing] = _grouped((factor, number) for factor, number, its in triples if its == bearing)
    return [
        {
            "number": factor.number,
            "statement": factor.statement,
            "confidence": factor.confidence,
            "is_trigger": factor.is_trigger,
            "reasoning": factor.reasoning,
            "would_confirm": factor.would_confirm,
            "provenance": factor.provenance,
            "author": person(factor.author),
            "evidence_for": evidence[Bearing.FOR][factor.pk],
            "evidence_against": evidence[Bearing.AGAINST][factor.pk],
            **({"nature": factor.nature} if factor.nature else {}),
            **({"whys": list(factor.whys)} if factor.whys else {}),
        }
        for factor in Factor.objects.filter(review=review).select_related("author").order_by("number")
    ]


def _questions(review: Review) -> list[dict[str, Any]]:
    rows = Question.objects.filter(review=review).select_related("answered_by").order_by("id")
    return [
        {
            "code": row.code,
            "section": row.section,
            "text": row.text,
            "answer": row.answer,
            "answered_by": person(row.answered_by),
            "answered_at": instant(row.answered_at) if row.answered_at else None,
        }
        for row in rows
    ]


def _chronology(review: Review) -> list[dict[str, Any]]:
    corrections: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Correction.objects.filter(entry__incident_id=review.incident_id)
    for row in rows.order_by("corrected_at", "id"):
        corrections[row.entry_id].append({"reason": row.reason, "corrected_at": instant(row.corrected_at)})
    return [_entry(entry, corrections[entry.pk]) for entry in published_entries(review)]


def _entry(entry: Entry, corrections: list[dict[str, Any]]) -> dict[str, Any]:
    evidence = entry.evidence
    return {
        "number": entry.number,
        "at": instant(entry.at),
        "text": entry.text,
        "lane": entry.lane,
        "actor": entry.actor,
        "source": evidence.get_kind_display() if evidence else f"Statement of {entry.author}",
        "trust": entry.trust,
        "precision": entry.precision,
        "original_time": entry.original_time,
        "original_at": instant(entry.original_at),
        "original_text": entry.original_text,
        "zone": entry.zone,
        "location": entry.location,
        "evidence_sha256": evidence.sha256 if evidence else None,
        "author": person(entry.author),
        "corrections": corrections,
    }


def _evidence(review: Review) -> list[dict[str, Any]]:
    rows = Evidence.objects.filter(incident_id=review.incident_id).order_by("filename", "sha256", "id")
    return [
        {
            "filename": row.filename,
            "kind": row.kind,
            "source": row.get_kind_display(),
            "sha256": row.sha256,
            "size": row.size,
            "zone": row.zone,
            "clock_offset": row.clock_offset,
            "entries": row.entry_count,
            "skipped": row.skipped,
        }
        for row in rows
    ]


def _gaps(review: Review) -> list[dict[str, Any]]:
    return [
        {
            "after": silence.after,
            "before": silence.before,
            "start": instant(silence.start),
            "end": instant(silence.end),
            "minutes": silence.minutes,
        }
        for silence in silences(review.incident)
    ]


def _risks(review: Review) -> dict[str, Any]:
    rows = risks_to_publish(review)
    return {"risks": rows} if rows else {}


def _waivers(review: Review) -> dict[str, Any]:
    rows = [
        {
            "check": row.check_code,
            "reason": row.reason,
            "ends_on": row.ends_on.isoformat(),
            "granted_by": person(row.granted_by),
            "granted_at": instant(row.granted_at),
        }
        for row in check_waivers(review)
    ]
    return {"waivers": rows} if rows else {}


def _edition(review: Review) -> dict[str, Any]:
    if review.edition == 1:
        return {}
    return {"edition": {"number": review.edition, "because": review.revision_because}}


def _pictures(review: Review) -> dict[str, list[dict[str, Any]]]:
    """The pictures that sections show; the hash of the text covers their bytes by this."""
    bodies = Section.objects.filter(review=review).values_list("body", flat=True)
    wanted = pictures_in(bodies)
    rows = Attachment.objects.filter(incident_id=review.incident_id, pk__in=wanted) if wanted else []
    found = [
        {
            "id": row.pk,
            "name": row.name,
            "media_type": row.media_type,
            "sha256": row.sha256,
            "width": row.width,
            "height": row.height,
        }
        for row in sorted(rows, key=lambda row: row.pk)
    ]
    return {"pictures": found} if found else {}


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
