"""The audit trail: who did what, and whether the chain holds."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance import audit as chain
from governance.access import Permission
from governance.middleware import OrganizationRequest
from governance.narration import narrate
from governance.selectors import trail

PAGE_SIZE = 50


@require_GET
def audit(request: OrganizationRequest, org: str) -> HttpResponse:
    access.require(request.user, Permission.READ_AUDIT_TRAIL, request.organization)
    return _page(request)


@require_POST
def verify(request: OrganizationRequest, org: str) -> HttpResponse:
    """Walk the whole chain now and say whether it holds; changes nothing."""
    access.require(request.user, Permission.READ_AUDIT_TRAIL, request.organization)
    return _page(request, chain.verify_organization(request.organization))


def _page(request: OrganizationRequest, verdict: chain.Verdict | None = None) -> HttpResponse:
    subject = request.GET.get("subject", "").replace("\x00", "").strip()[:120]
    page = Paginator(trail(request.user, subject), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": narrate(page.object_list, request.user),
        "subject": subject,
        "verdict": verdict,
    }
    return render(request, "governance/audit.html", context)
