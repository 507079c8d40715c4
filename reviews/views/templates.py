"""What reviews consist of: the template as it is now, every version of it, and the form that makes the next one."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from governance.models import Organization
from incidents.enums import Severity
from reviews.models import ReviewTemplate
from reviews.selectors.templates import latest, template_for, versions_of
from reviews.services.templates import drop_template, set_template
from reviews.templates_form import TemplateForm
from reviews.templating import Template, differences
from reviews.usual import USUAL


@require_http_methods(["GET", "POST"])
def template(request: OrganizationRequest, org: str, number: int | None = None) -> HttpResponse:
    """Everybody reads the template; who manages the rules sets the next version. ``number`` is a severity's."""
    severity = _severity(number)
    may_set = access.can(request.user, Permission.MANAGE_POLICY, request.organization)
    if request.method == "POST":
        access.require(request.user, Permission.MANAGE_POLICY, request.organization)
    current = template_for(request.organization, severity)
    form = TemplateForm(request.POST if request.method == "POST" else None, template=current)
    if request.method == "POST" and form.is_valid():
        saved = _attempt(form, lambda: _set(request, form, severity))
        if saved:
            messages.success(
                request, f"Version {saved.version} holds for every review that is drafted from now on."
            )
            return redirect(request.path)
    context = {
        "form": form,
        "may_set": may_set,
        "template": current,
        "severity": severity,
        "tabs": _tabs(request.organization),
        "own": severity is None or _has_own(request.organization, severity),
        "versions": _versions(request.organization, severity),
    }
    return render(request, "reviews/template.html", context, status=422 if form.errors else 200)


@require_POST
def drop(request: OrganizationRequest, org: str, number: int) -> HttpResponse:
    """A severity has the template of every severity again."""
    severity = _severity(number)
    try:
        drop_template(actor=request.user, organization=request.organization, severity=number)
    except AccessDenied:
        raise
    except AfterwordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{severity} has the template of every severity from now on.")
    return redirect("reviews:template_of", org, number)


def _set(request: OrganizationRequest, form: TemplateForm, severity: Severity | None) -> ReviewTemplate:
    return set_template(
        actor=request.user,
        organization=request.organization,
        template=form.template,
        severity=severity.value if severity else None,
        note=form.cleaned_data["note"],
    )


def _attempt(form: TemplateForm, save: Callable[[], ReviewTemplate]) -> ReviewTemplate | None:
    """What was saved, or the refusal on the form."""
    try:
        return save()
    except AccessDenied:
        raise
    except AfterwordError as error:
        form.add_error(None, str(error))
        return None


def _severity(number: int | None) -> Severity | None:
    if number is None:
        return None
    if number not in Severity.values:
        raise Http404
    return Severity(number)


def _has_own(organization: Organization, severity: Severity) -> bool:
    row = latest(organization, severity.value)
    return bool(row and row.parts)


def _tabs(organization: Organization) -> list[tuple[Severity, bool]]:
    """Every severity, and whether it has a template of its own."""
    return [(one, _has_own(organization, one)) for one in Severity]


def _versions(
    organization: Organization, severity: Severity | None
) -> list[tuple[ReviewTemplate, list[str] | None]]:
    """Every version with what it changed, the latest first; None where the template of every severity took over.

    The first one is held against the usual template, and so is one that follows a return to every severity's.
    """
    rows = list(versions_of(organization, severity.value if severity else None))
    templates: list[Template | None] = [Template.from_plain(row.parts) if row.parts else None for row in rows]
    return [
        (row, differences(before or USUAL, after) if after else None)
        for row, (after, before) in zip(rows, itertools.pairwise([*templates, USUAL]), strict=True)
    ]
