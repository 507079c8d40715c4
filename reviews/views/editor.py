"""What helps while writing: looking up entries and people, pasting pictures, seeing it as it will be published."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents.models import Entry
from incidents.selectors.privacy import people_who_see
from incidents.services.attachments import LARGEST
from reviews import passages, services
from reviews.forms import MoveForm, PictureForm, SectionForm
from reviews.images import Picture, picture_of
from reviews.models import Review, Section
from reviews.rendering import inline
from reviews.services.pictures import paste_picture
from reviews.views.objects import page_context, require_open, review_or_404

MOST = 8


@require_GET
def entries(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Entries that a few typed letters or a number mean, for the list that opens behind ``#``."""
    review = _written(request, ref)
    words = _words(request)
    rows = Entry.objects.filter(incident_id=review.incident_id, folded_into__isnull=True)
    if words.lstrip("Ee").isdigit():
        rows = rows.filter(number__startswith=words.lstrip("Ee")) if len(words) < 10 else rows.none()
    else:
        for word in words.split():
            rows = rows.filter(text__icontains=word)
    found = rows.order_by("-highlighted", "at", "tie", "number")[:MOST]
    return render(request, "reviews/_entry_options.html", {"rows": found})


@require_GET
def people(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """People who may see this incident, for the list that opens behind ``@``."""
    review = review_or_404(request, ref)
    rows = people_who_see(review.incident)
    for word in _words(request).split():
        rows = rows.filter(name__icontains=word)
    return render(request, "reviews/_people_options.html", {"rows": rows[:MOST]})


@require_POST
def paste(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Keep a picture; scripts get the line that shows it, people without them find it in their section."""
    review = _written(request, ref)
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            line = paste_picture(
                actor=request.user, review=review, name=file.name, content=file.read(LARGEST + 1)
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error("file", str(error))
        else:
            return HttpResponse(line, content_type="text/plain; charset=utf-8")
    sentence = " ".join(map(str, form.errors.get("file", ["Choose a picture."])))
    return HttpResponse(sentence, status=422, content_type="text/plain; charset=utf-8")


@dataclass(frozen=True)
class Piece:
    """One sentence of a preview: its words, what it cites, and a citation that leads nowhere."""

    html: str
    known: tuple[int, ...]
    unknown: tuple[int, ...]
    picture: Picture | None


@require_POST
def preview(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """The typed text as it will be published; nothing is saved."""
    review = _written(request, ref)
    section: Section = get_object_or_404(Section.objects.filter(review=review), key=key)
    form = SectionForm(request.POST)
    blocks = _previewed(review, form.cleaned_data["body"]) if form.is_valid() else []
    context = {
        "section": section,
        "review": review,
        "incident": review.incident,
        "preview": blocks,
        "form": form,
    }
    status = 422 if form.errors else 200
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "reviews/_preview.html", context, status=status)
    page = {**page_context(request, review), **context, "fragment": "reviews/_section_form.html"}
    return render(request, "reviews/section.html", page, status=status)


@require_POST
def move(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Put a section at another place of the text."""
    review = _written(request, ref)
    section: Section = get_object_or_404(Section.objects.filter(review=review), key=key)
    form = MoveForm(request.POST)
    if form.is_valid():
        services.move_section(actor=request.user, section=section, to=form.cleaned_data["to"])
    return redirect(f"{reverse('reviews:detail', args=[org, ref])}#order")


def _written(request: OrganizationRequest, ref: str) -> Review:
    """The review, for somebody who may write in it."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    require_open(request, review)
    return review


def _words(request: OrganizationRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:80]


def _previewed(review: Review, body: str) -> list[tuple[bool, list[Piece]]]:
    """Blocks of pieces, each block with whether it is a list item."""
    blocks = passages.parse(body)
    numbers = passages.cited_numbers(blocks)
    known = set(
        Entry.objects.filter(incident_id=review.incident_id, number__in=numbers).values_list(
            "number", flat=True
        )
    )
    return [
        (
            block.is_item,
            [
                Piece(
                    html=inline(sentence.text),
                    known=tuple(number for number in sentence.citations if number in known),
                    unknown=tuple(number for number in sentence.citations if number not in known),
                    picture=picture_of(sentence.text),
                )
                for sentence in block.sentences
            ],
        )
        for block in blocks
    ]
