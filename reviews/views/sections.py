"""One section: read, written, merged with what others saved meanwhile, and what is typed but not saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from governance.templatetags.ui import utc_time
from reviews import services
from reviews.errors import StaleText
from reviews.forms import SectionForm
from reviews.models import Review, Section
from reviews.section_forms import MergeForm
from reviews.selectors.writing import note_of, unsaved_of, writers_in
from reviews.views.objects import Position, page_context, require_open, review_or_404
from reviews.workbench import Workbench


@dataclass(frozen=True)
class Desk:
    """A section that the person may write in, and the request for it."""

    request: OrganizationRequest
    review: Review
    section: Section

    @property
    def in_place(self) -> bool:
        return bool(self.request.htmx)  # type: ignore[attr-defined]


def _desk(request: OrganizationRequest, ref: str, key: str) -> Desk:
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    require_open(request, review)
    rows = Section.objects.filter(review=review).select_related("updated_by")
    return Desk(request, review, get_object_or_404(rows, key=key))


@require_http_methods(["GET", "POST"])
def section(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Edit one section; ``?back`` puts back what the person typed before and did not save."""
    desk = _desk(request, ref, key)
    if request.method == "POST":
        form = SectionForm(request.POST)
        if not form.is_valid():
            return _form(desk, form, status=422)
        return _save(desk, form, form.cleaned_data["body"])
    services.note_presence(actor=request.user, section=desk.section)
    unsaved = unsaved_of(request.user, desk.section)
    if unsaved and "back" in request.GET:
        return _form(desk, SectionForm.over(unsaved.body, unsaved.version), is_draft=True)
    return _form(desk, SectionForm.of(desk.section), unsaved=unsaved)


@require_POST
def merge(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Put two versions together as the person chose; ``step=edit`` shows the result before it is saved."""
    desk = _desk(request, ref, key)
    form = MergeForm.answered(request.POST, desk.section)
    if form is None:
        return _form(desk, SectionForm(request.POST), status=422)
    if not form.is_valid():
        return _conflict(desk, form)
    composed = form.composed()
    if request.POST.get("step") == "edit":
        return _form(desk, SectionForm.over(composed, form.cleaned_data["version"]), is_draft=True)
    return _save(desk, form, composed)


@require_POST
def unsaved(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Keep what is being typed, or throw it away; scripts are told in a few words, people land on a page."""
    desk = _desk(request, ref, key)
    by_script = request.headers.get("Accept", "").startswith("text/plain")
    if "throw_away" in request.POST:
        services.drop_unsaved(actor=request.user, section=desk.section)
        return (
            _form(desk, SectionForm.of(desk.section))
            if desk.in_place
            else redirect(_address(desk, "section_edit"))
        )
    form = SectionForm(request.POST)
    if not form.is_valid():
        return _form(desk, form, status=422)
    kept = services.keep_unsaved(actor=request.user, section=desk.section, **form.cleaned_data)
    if by_script:
        words = f"Saved as your draft {utc_time(kept.saved_at)[:5]} UTC" if kept else "Nothing to save"
        return HttpResponse(words, content_type="text/plain")
    messages.success(
        request, "Your words are kept as your draft. They wait in the editor until you save them."
    )
    return redirect(f"{reverse('reviews:detail', args=[org, ref])}#{key}")


@require_GET
def section_read(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """One section as it is read; what "Cancel" puts back."""
    review = review_or_404(request, ref)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('reviews:detail', args=[org, ref])}#{key}")
    if row := Section.objects.filter(review=review, key=key).first():
        services.end_presence(actor=request.user, section=row)
    return drawn_section(request, review, key)


def _save(desk: Desk, form: SectionForm, body: str) -> HttpResponse:
    """Save, and show the section; a conflict or a refusal keeps the words on the screen."""
    person, version = desk.request.user, form.cleaned_data["version"]
    try:
        saved = services.save_section(actor=person, section=desk.section, body=body, version=version)
    except StaleText as stale:
        services.keep_unsaved(actor=person, section=desk.section, body=stale.yours, version=stale.base)
        return _conflict(desk, MergeForm.of_stale(stale))
    except AccessDenied:
        raise
    except AfterwordError as error:
        again = SectionForm({"body": body, "version": version})
        again.add_error("body", str(error))
        return _form(desk, again, status=422)
    services.drop_unsaved(actor=person, section=saved)
    services.end_presence(actor=person, section=saved)
    return _saved(desk, saved, version)


def _saved(desk: Desk, saved: Section, version: int) -> HttpResponse:
    note = note_of(saved) if saved.version > version + 1 else ""
    words = f"“{saved.get_key_display()}” is saved."
    if note.startswith("Merged"):
        words = f"{words} {note}: read the section once more."
    if desk.in_place:
        review = review_or_404(desk.request, desk.review.incident.reference)
        return drawn_section(
            desk.request, review, saved.key, "reviews/_saved.html", told=words if note else ""
        )
    messages.success(desk.request, words)
    return redirect(f"{_address(desk, 'detail')}#{saved.key}")


def _address(desk: Desk, name: str) -> str:
    parts = [desk.request.organization.slug, desk.review.incident.reference]
    return reverse(f"reviews:{name}", args=parts if name == "detail" else [*parts, desk.section.key])


def _form(desk: Desk, form: SectionForm, status: int = 200, **extra: Any) -> HttpResponse:
    return _drawn(desk, "section_form", {"form": form, **extra}, status)


def _conflict(desk: Desk, form: MergeForm) -> HttpResponse:
    return _drawn(desk, "section_conflict", {"form": form}, 422)


def _drawn(desk: Desk, fragment: str, extra: dict[str, Any], status: int) -> HttpResponse:
    """The fragment in place, or the page around it."""
    context = {
        "section": desk.section,
        "review": desk.review,
        "incident": desk.review.incident,
        "writing": writers_in(desk.review, desk.request.user).get(desk.section.key, ""),
        "fragment": f"reviews/_{fragment}.html",
        **extra,
    }
    if desk.in_place:
        return render(desk.request, context["fragment"], context, status=status)
    page = {**page_context(desk.request, desk.review), "bench": Workbench(desk.review), **context}
    return render(desk.request, "reviews/section.html", page, status=status)


def drawn_section(
    request: OrganizationRequest,
    review: Review,
    key: str,
    template: str = "reviews/_section.html",
    told: str = "",
    refusal: str = "",
) -> HttpResponse:
    """One section as it is read, with what was just done, or why it was not; 404 for a key that is not there."""
    try:
        view = Workbench(review).section(key)
    except StopIteration as error:
        raise Http404("No such section.") from error
    context = {
        "view": view,
        "review": review,
        "incident": review.incident,
        "position": Position(review, request.user),
        "told": told,
        "refusal": refusal,
    }
    return render(request, template, context)
