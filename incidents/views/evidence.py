"""Evidence: what came in, bringing more in, and the raw files."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors, services
from incidents.forms import COMMON_ZONES, EvidenceForm
from incidents.models import Evidence, Incident
from incidents.views.chronology import frame


@require_http_methods(["GET", "POST"])
def evidence(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """The raw files of an incident, and the form that brings more in."""
    incident = selectors.incident_or_404(request.user, ref)
    form = EvidenceForm()
    if request.method == "POST":
        access.require(request.user, Permission.ADD_EVIDENCE, incident)
        form = EvidenceForm(request.POST, request.FILES)
        if form.is_valid() and _imported(request, incident, form):
            return redirect("incidents:detail", org, ref)
    context = {
        **frame(request, incident),
        "form": form,
        "zones": COMMON_ZONES,
        "evidence": selectors.evidence_of(incident),
    }
    return render(request, "incidents/evidence.html", context, status=422 if form.errors else 200)


@require_GET
def download(request: OrganizationRequest, org: str, ref: str, pk: int) -> FileResponse:
    """A raw file as it was received: always as an attachment, never shown by the browser."""
    incident = selectors.incident_or_404(request.user, ref)
    found = Evidence.objects.filter(incident=incident, pk=pk).first()
    if found is None:
        raise Http404("There is no such evidence.")
    try:
        stream = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(
            "The raw file is not in the store. Ask an administrator to restore it from a backup."
        ) from error
    response = FileResponse(
        stream, as_attachment=True, filename=found.filename, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _imported(request: OrganizationRequest, incident: Incident, form: EvidenceForm) -> bool:
    """Import each file by itself, so that one that is refused does not undo the others; whether all came in."""
    for file in form.cleaned_data["files"]:
        try:
            _import(request, incident, form, file)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error("files", f"{file.name}: {error}")
    return not form.errors


def _import(
    request: OrganizationRequest, incident: Incident, form: EvidenceForm, file: UploadedFile[bytes]
) -> None:
    outcome = services.import_evidence(
        actor=request.user,
        incident=incident,
        filename=file.name or "evidence",
        stream=file,  # type: ignore[arg-type]
        kind=form.cleaned_data["kind"],
        zone=form.cleaned_data["zone"],
        clock_offset=form.cleaned_data["clock_offset"],
    )
    told = f"{file.name}: {outcome.added} {'entry' if outcome.added == 1 else 'entries'} added"
    if outcome.already_known:
        told += f", {outcome.already_known} {'was' if outcome.already_known == 1 else 'were'} known already"
    if parts := len(outcome.skipped):
        told += f", {parts} {'part' if parts == 1 else 'parts'} could not be read (see under Evidence)"
    (messages.warning if outcome.skipped else messages.success)(request, f"{told}.")
