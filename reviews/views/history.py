"""How a section came to its words: every revision, any two side by side, and one of them brought back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.models import Section
from reviews.redline import redline
from reviews.section_forms import CompareForm, RestoreForm, asked_for
from reviews.selectors.writing import revision_of, saved_of
from reviews.views.objects import page_context, review_or_404

PAGE = 25


@require_GET
def history(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """The revisions of a section, newest first, and the redline of two: the newest two, or ``?from=3&to=7``."""
    review = review_or_404(request, ref)
    row: Section = get_object_or_404(Section.objects.filter(review=review), key=key)
    revisions = row.revisions.select_related("author").order_by("-number")
    page = Paginator(revisions, PAGE).get_page(request.GET.get("page"))
    numbers = asked_for(request.GET, row.version)
    context = {
        **page_context(request, review),
        "section": row,
        "page": page,
        "rows": saved_of(row, list(page.object_list)),
        "form": CompareForm(row, numbers),
        **_compared(row, numbers),
    }
    return render(request, "reviews/history.html", context)


@require_POST
def restore(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Make an earlier revision the section's words again."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    row: Section = get_object_or_404(Section.objects.filter(review=review), key=key)
    form = RestoreForm(request.POST)
    back = reverse("reviews:section_history", args=[org, ref, key])
    if not form.is_valid():
        messages.error(request, "Choose the revision to restore from the list.")
        return redirect(back)
    try:
        services.restore_revision(actor=request.user, section=row, **form.cleaned_data)
    except AccessDenied:
        raise
    except AfterwordError as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(
        request, f"Revision {form.cleaned_data['number']} of “{row.get_key_display()}” is the text again."
    )
    return redirect(f"{reverse('reviews:detail', args=[org, ref])}#{key}")


def _compared(section: Section, numbers: tuple[int, int]) -> dict[str, object]:
    """The two revisions that were asked for, and what changed from one to the other."""
    before, after = (revision_of(section, number) for number in numbers)
    if after is None:
        return {}
    return {"before": before, "after": after, "changes": redline(before.body if before else "", after.body)}
