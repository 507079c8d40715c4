"""What the pages of the PDF show, made ready for its templates: the signed snapshot, and pictures of its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

from incidents import lanes
from incidents.enums import Lane, MilestoneKind, Precision, Trust
from reviews.enums import SectionKey
from reviews.publishers.origins import suggested_by
from reviews.publishers.pictured import picture_of
from reviews.publishers.published import Published
from reviews.publishers.signed_pictures import SignedPicture, figure_of

Entry = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """One large number of the first page."""

    value: str
    label: str


@dataclass(frozen=True)
class Note:
    """One entry that a section rests on."""

    number: int
    when: str
    lane: str


def context_of(published: Published) -> dict[str, Any]:
    """Everything that ``reviews/print/postmortem.html`` needs beside the publication itself."""
    content = published.content
    moments = {MilestoneKind(one["kind"]): _instant(one["at"]) for one in content["milestones"]}
    return {
        "incident": content["incident"],
        "is_private": published.publication.review.incident.is_private,
        "figures": _figures(moments),
        "milestones": [
            {**one, "day": _day(_instant(one["at"])), "clock": _clock(one["at"])}
            for one in content["milestones"]
        ],
        "sections": [
            _section(section, published.entries, published.pictures) for section in content["sections"]
        ],
        "factors": published.factors,
        "questions": content["questions"],
        "risks": [_risk(risk) for risk in published.risks],
        "has_risk_section": any(one["key"] == SectionKey.UNRESOLVED_RISKS for one in content["sections"]),
        "items": [
            {**item, "due": _day(date.fromisoformat(item["due_on"])), "looked_at": _looked_at(item)}
            for item in published.action_items
        ],
        "lanes": _drawing(content["chronology"], moments),
        "phases": _phases(moments),
        "days": [(day, [_inked(entry) for entry in entries]) for day, entries in days_of(published)],
        "evidence": content["evidence"],
    }


def _figures(moments: dict[MilestoneKind, datetime]) -> list[Figure]:
    start = moments.get(MilestoneKind.IMPACT_STARTED)
    labels = (
        (MilestoneKind.DETECTED, "to detection"),
        (MilestoneKind.MITIGATED, "to mitigation"),
        (MilestoneKind.RESOLVED, "of impact"),
    )
    if start is None:
        return []
    return [Figure(_span(moments[kind] - start), label) for kind, label in labels if kind in moments]


def _section(
    section: dict[str, Any], entries: dict[int, Entry], pictures: Mapping[int, SignedPicture]
) -> dict[str, Any]:
    """A section by paragraphs, and the entries that it rests on in their order of time."""
    cited = {number for passage in section["passages"] for number in passage["citations"]}
    return {
        "key": section["key"],
        "title": section["title"],
        "paragraphs": _paragraphs(section["passages"], pictures),
        "notes": [_note(entry) for number, entry in entries.items() if number in cited],
    }


def _paragraphs(
    passages: Iterable[dict[str, Any]], pictures: Mapping[int, SignedPicture]
) -> list[list[dict[str, Any]]]:
    """Passages by paragraph; each has its ``figure``, if it is one, and then it is a paragraph by itself."""
    found: list[list[dict[str, Any]]] = []
    for passage in passages:
        shown = {**passage, "figure": figure_of(passage, pictures), "suggested": suggested_by(passage)}
        last = found[-1][-1] if found else None
        alone = shown["figure"] or (last and last["figure"])
        if last is None or alone or last["paragraph"] != passage["paragraph"]:
            found.append([shown])
        else:
            found[-1].append(shown)
    return found


def _risk(risk: dict[str, Any]) -> dict[str, Any]:
    """A risk with its day in words; empty where nobody named one."""
    day = risk["review_on"]
    return {**risk, "day": _day(date.fromisoformat(day)) if day else ""}


def _note(entry: Entry) -> Note:
    at = _instant(entry["at"])
    clock = "" if entry["precision"] == Precision.DAY else f" {at:%H:%M}"
    return Note(entry["number"], f"{at.day} {at:%b}{clock}", Lane(entry["lane"]).label)


def _drawing(chronology: list[Entry], moments: dict[MilestoneKind, datetime]) -> SafeString:
    """The swim lanes as the printer needs them."""
    points = [lanes.Point(entry["lane"], _instant(entry["at"]), entry["number"]) for entry in chronology]
    return _styled(lanes.draw(points, moments, title="Chronology by source"))


def _inked(entry: Entry) -> Entry:
    """The entry with its picture, if any, as the printer needs it."""
    picture = entry["picture"]
    if picture is None:
        return entry
    return {**entry, "picture": replace(picture, drawing=_styled(picture.drawing))}


def _styled(drawing: SafeString) -> SafeString:
    """A drawing with its style inside, where the printer looks for it."""
    found = finders.find("css/pdf-lanes.css")
    style = Path(found).read_text(encoding="utf-8") if isinstance(found, str) else ""
    return mark_safe(drawing.replace("<title", f"<style>{style}</style><title", 1))  # noqa: S308 - our own drawing


def _phases(moments: dict[MilestoneKind, datetime]) -> list[dict[str, str]]:
    """The legend of the drawing: each phase with how long it took."""
    return [
        {"kind": phase.kind, "label": phase.label, "span": _span(phase.end - phase.start)}
        for phase in lanes.phases(moments)
    ]


def days_of(published: Published) -> list[tuple[str, list[Entry]]]:
    """The published entries by UTC day.

    Each has its clock time, the time since the impact started, the picture of what its evidence measured, if any, and
    the silence that follows it, if any.
    """
    content = published.content
    impact = MilestoneKind.IMPACT_STARTED
    start = next((_instant(one["at"]) for one in content["milestones"] if one["kind"] == impact), None)
    silent = _silences(content["gaps"], content["chronology"])
    days: dict[str, list[Entry]] = defaultdict(list)
    for entry in content["chronology"]:
        at = _instant(entry["at"])
        exact = entry["precision"] != Precision.DAY
        shown = {
            "clock": _clock(entry["at"]) if exact else "that day",
            "since": _since(at - start) if exact and start else "",
            "known": Trust(entry["trust"]).label,
            "picture": picture_of(entry, published.series),
            "silence": silent.get(entry["number"], ""),
        }
        days[f"{at:%A} {at.day} {at:%B %Y}"].append({**entry, **shown})
    return list(days.items())


def _silences(gaps: Iterable[dict[str, Any]], chronology: list[Entry]) -> dict[int, str]:
    """What to say about each silence, by the number of the last published entry before it."""
    said: dict[int, list[str]] = defaultdict(list)
    for gap in gaps:
        start, end = _instant(gap["start"]), _instant(gap["end"])
        until = (
            _clock(gap["end"]) if start.date() == end.date() else f"{end.day} {end:%b} {_clock(gap['end'])}"
        )
        before = [entry["number"] for entry in chronology if _instant(entry["at"]) <= start]
        if before:
            sentence = f"No entry from {_clock(gap['start'])} to {until}, {_span(end - start)}"
            said[gap["after"] if gap["after"] in before else before[-1]].append(sentence)
    return {number: ". ".join(sentences) for number, sentences in said.items()}


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    sign = "−" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{sign}{hours} h {rest} min" if hours else f"{sign}{rest} min"


def _since(span: timedelta) -> str:
    words = _span(span)
    return words if words.startswith("−") else f"+{words}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _clock(text: str) -> str:
    at = _instant(text)
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _looked_at(item: dict[str, Any]) -> str:
    return _day(date.fromisoformat(item["verify_on"])) if item.get("verify_on") else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
