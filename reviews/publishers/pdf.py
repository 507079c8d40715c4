"""The PDF: what was signed, with its evidence, the portable record attached, sealed by this installation's key."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from weasyprint import HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

from governance.models import Delivery
from governance.outbox import Outcome, extend
from incidents import lanes
from incidents.enums import MilestoneKind, Trust
from reviews.enums import CONFIDENCE_MEANING
from reviews.publishers import files, seal
from reviews.publishers.published import Published, load_for

# Fonts are unpacked while printing. Without this the font library stamps them with the present time, and no two PDFs
# would be equal.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1514764800")

STYLESHEETS = ("css/fonts.css", "css/pdf.css")
BASE = "https://static.invalid/"
_MIME = {"css": "text/css", "woff2": "font/woff2"}


def deliver(delivery: Delivery) -> Outcome:
    """Make, seal and keep the PDF once."""
    published = load_for(delivery)
    if not published.publication.document:
        record = files.read(published.publication, "record")
        extend(delivery)
        files.keep(
            published.publication,
            "document",
            f"{published.file_stem}.pdf",
            seal.sealed(render(published, record)),
        )
    published.publication.refresh_from_db()
    return Outcome(external_id=published.publication.document_sha256)


def render(published: Published, record: bytes) -> bytes:
    """The unsealed PDF/A-3a; the same input gives the same bytes."""
    html = document_html(published)
    attachment = Attachment(
        string=record,
        name=f"{published.file_stem}.json",
        description="The portable record of this postmortem",
        relationship="Source",
        created=published.published_at,
        modified=published.published_at,
    )
    fonts = FontConfiguration()
    try:
        data: bytes = HTML(string=html, base_url=BASE, url_fetcher=OwnFiles()).write_pdf(
            pdf_variant="pdf/a-3a",
            pdf_identifier=published.sha256.encode(),
            attachments=[attachment],
            font_config=fonts,
        )
    finally:
        fonts.__del__()  # the unpacked fonts go now, not when the interpreter happens to collect them
    return data


def document_html(published: Published) -> SafeString:
    """The HTML of the PDF, from the snapshot alone."""
    return render_to_string("reviews/print/postmortem.html", {"published": published, **_context(published)})


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Gives our own style sheets and fonts and refuses everything else: no text can make the printer fetch."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        path = url.removeprefix(BASE)
        ours = path != url and ".." not in path and re.fullmatch(r"(css|vendor)/[\w./-]+", path)
        found = finders.find(path) if ours else None
        if not isinstance(found, str):
            raise URLFetchingError(f"{url} is not part of this document")
        mime = _MIME.get(found.rsplit(".", 1)[-1], "application/octet-stream")
        return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": mime})


@dataclass(frozen=True)
class Figure:
    """One large number of the first page."""

    value: str
    label: str


def _context(published: Published) -> dict[str, Any]:
    content = published.content
    moments = {MilestoneKind(one["kind"]): datetime.fromisoformat(one["at"]) for one in content["milestones"]}
    points = [
        lanes.Point(entry["lane"], datetime.fromisoformat(entry["at"]), entry["number"])
        for entry in content["chronology"]
    ]
    return {
        "incident": content["incident"],
        "figures": _figures(moments),
        "milestones": content["milestones"],
        "sections": [_section(section) for section in content["sections"]],
        "factors": content["factors"],
        "answers": [one for one in content["questions"] if one["answer"]],
        "items": published.action_items,
        "meaning": CONFIDENCE_MEANING,
        "lanes": _styled(lanes.draw(points, moments, title="Chronology by source")),
        "days": _days(content["chronology"], moments.get(MilestoneKind.IMPACT_STARTED)),
        "evidence": content["evidence"],
        "gaps": [{**gap, "from": _clock(gap["start"]), "to": _clock(gap["end"])} for gap in content["gaps"]],
        "version": settings.PRODUCT_VERSION,
        "stylesheets": STYLESHEETS,
    }


def _styled(drawing: SafeString) -> SafeString:
    """The drawing with its style inside, where the printer looks for it."""
    found = finders.find("css/pdf-lanes.css")
    style = Path(found).read_text(encoding="utf-8") if isinstance(found, str) else ""
    return mark_safe(drawing.replace("<title", f"<style>{style}</style><title", 1))  # noqa: S308 - our own drawing


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


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    sign = "−" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{sign}{hours} h {rest:02d} min" if hours else f"{sign}{rest} min"


def _section(section: dict[str, Any]) -> dict[str, Any]:
    """A section whose passages are grouped into paragraphs."""
    paragraphs: dict[int, list[dict[str, Any]]] = {}
    for passage in section["passages"]:
        paragraphs.setdefault(passage["paragraph"], []).append(passage)
    return {"key": section["key"], "title": section["title"], "paragraphs": list(paragraphs.values())}


def _days(chronology: list[dict[str, Any]], start: datetime | None) -> list[tuple[str, list[dict[str, Any]]]]:
    """The published entries by UTC day, each with its clock time and the time since the impact started."""
    days: dict[str, list[dict[str, Any]]] = {}
    for entry in chronology:
        at = datetime.fromisoformat(entry["at"]).astimezone(UTC)
        since = "" if start is None else _since(at - start)
        row = {**entry, "clock": _clock(entry["at"]), "since": since, "known": Trust(entry["trust"]).label}
        days.setdefault(f"{at:%A} {at.day} {at:%B %Y}", []).append(row)
    return list(days.items())


def _since(span: timedelta) -> str:
    words = _span(span)
    return words if words.startswith("−") else f"+{words}"


def _clock(text: str) -> str:
    at = datetime.fromisoformat(text).astimezone(UTC)
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
