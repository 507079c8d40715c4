"""The page for executives: read and downloaded; a published review's comes from what was signed, not from the rows."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from governance.middleware import OrganizationRequest
from reviews.content import canonical_text, content_of, sha256_of
from reviews.enums import CLOSED_STATES, WaiverKind
from reviews.exemptions import PrintedWaiver, printed_check
from reviews.models import Publication, Review
from reviews.publishers import executive as printing
from reviews.publishers.executive import Sheet
from reviews.publishers.published import load
from reviews.selectors.editions import editions_of, printed
from reviews.selectors.waivers import waivers_of
from reviews.views.objects import page_context, review_or_404
from reviews.views.publication import edition_or_404

DRAFT = "Draft: it is not published yet, and what it says may still change."
WITHDRAWN = "This publication was withdrawn."
REPLACED = "A later edition took the place of this one."


@require_GET
def executive(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """One page without entries and logs; ``?number=`` names an edition."""
    review = review_or_404(request, ref)
    sheet = _sheet(request, review)
    context = {**page_context(request, review), "sheet": sheet, "page": sheet.page(), "audience": "executive"}
    return render(request, "reviews/executive.html", context)


@require_GET
def executive_pdf(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """The same as a sheet of paper."""
    sheet = _sheet(request, review_or_404(request, ref))
    response = HttpResponse(printing.render(sheet), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{sheet.file_stem}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _sheet(request: OrganizationRequest, review: Review) -> Sheet:
    """Of the edition that is asked for or in force; of the text as it is now while there is none."""
    editions = editions_of(review)
    if "number" in request.GET or (editions and review.state in CLOSED_STATES):
        return _of_edition(edition_or_404(request, review), editions, request.organization.name)
    content = content_of(review)
    return Sheet(
        content=content,
        waivers=_draft_waivers(review, content.get("waivers", [])),
        organization=request.organization.name,
        sha256=sha256_of(canonical_text(content)),
        at=timezone.now(),
        number=None,
        mark=DRAFT,
        is_private=review.incident.is_private,
    )


def _of_edition(row: Publication, editions: list[Publication], organization: str) -> Sheet:
    published = load(row.pk)
    replaced = REPLACED if row.superseded_at and row != editions[0] else ""
    return Sheet(
        content=published.content,
        waivers=published.waivers,
        organization=organization,
        sha256=published.sha256,
        at=row.published_at,
        number=row.number,
        mark=WITHDRAWN if row.withdrawn_at else replaced,
        is_private=row.review.incident.is_private,
    )


def _draft_waivers(review: Review, checks: list[dict[str, str]]) -> tuple[PrintedWaiver, ...]:
    seats = (printed(row) for row in waivers_of(review) if row.kind == WaiverKind.SIGNATURE)
    return (*seats, *map(printed_check, checks))
