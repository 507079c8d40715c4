"""What the evidence of an incident suggests: a page of its own, and a short form for other pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from governance.middleware import OrganizationRequest
from incidents import selectors
from incidents.selectors.suggested import suggested_for
from incidents.views.chronology import frame


@require_GET
def analysis(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Onset, candidates, impact and detection; only their gist where another page asks for it."""
    incident = selectors.incident_or_404(request.user, ref)
    context = {**frame(request, incident), "found": suggested_for(incident)}
    is_part = request.htmx  # type: ignore[attr-defined]
    return render(request, f"incidents/{'_analysis_gist' if is_part else 'analysis'}.html", context)
