"""The rules of reviews: as they are now, every version of them, and the form that makes the next one."""

from __future__ import annotations

import itertools

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from governance.models import Organization
from reviews import services
from reviews.models import ReviewPolicy
from reviews.policy import LABELS, Policy, differences, worded
from reviews.rules_form import RulesForm
from reviews.selectors.rules import rules_of, versions_of


@require_http_methods(["GET", "POST"])
def rules(request: OrganizationRequest, org: str) -> HttpResponse:
    """Everybody reads the rules; who manages them sets the next version."""
    may_set = access.can(request.user, Permission.MANAGE_POLICY, request.organization)
    if request.method == "POST":
        access.require(request.user, Permission.MANAGE_POLICY, request.organization)
    policy = rules_of(request.organization)
    form = RulesForm(request.POST or None, policy=policy)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.set_policy(
                actor=request.user,
                organization=request.organization,
                policy=form.policy,
                note=form.cleaned_data["note"],
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"Version {row.version} holds for every review that is submitted from now on."
            )
            return redirect("reviews:rules", org)
    plain = policy.plain()
    context = {
        "form": form,
        "may_set": may_set,
        "rules": [(label, worded(name, plain[name])) for name, label in LABELS.items()],
        "versions": _versions(request.organization),
    }
    return render(request, "reviews/rules.html", context, status=422 if form.errors else 200)


def _versions(organization: Organization) -> list[tuple[ReviewPolicy, list[str]]]:
    """Every version with what it changed, the latest first; the first one is held against the defaults."""
    rows = list(versions_of(organization))
    policies = [*(Policy.from_plain(row.rules) for row in rows), Policy()]
    return [
        (row, differences(before, after))
        for row, (after, before) in zip(rows, itertools.pairwise(policies), strict=True)
    ]
