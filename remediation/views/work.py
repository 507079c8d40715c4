"""My work: what waits for me."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from governance.middleware import OrganizationRequest
from remediation.selectors import waiting_for


@require_GET
def home(request: OrganizationRequest, org: str) -> HttpResponse:
    waiting = waiting_for(request.user, request.organization)
    return render(request, "work/home.html", {"waiting": waiting})
