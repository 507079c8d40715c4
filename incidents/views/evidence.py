"""Evidence: what came in, bringing more in, and the raw files."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors
from incidents.errors import EvidenceRefused
from incidents.forms import COMMON_ZONES, EvidenceForm
from incidents.models import Evidence, Incident
from incidents.models.intake import OPEN_STATUSES
from incidents.services import arrivals, pulling, raw_reading, receiving
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
        "unseen": selectors.unseen(incident),
        "pullers": pulling.connected(request.organization),
        "pulls": pulling.asked_for(incident),
    }
    return render(request, "incidents/evidence.html", context, status=422 if form.errors else 200)


@require_GET
def download(request: OrganizationRequest, org: str, ref: str, pk: int) -> FileResponse:
    """A raw file as it was received: always as an attachment, never shown by the browser."""
    incident = selectors.incident_or_404(request.user, ref)
    found = Evidence.objects.filter(incident=incident, pk=pk).first()
    if found is None:
        raise Http404("There is no such evidence.")
    raw_reading.read_evidence(actor=request.user, evidence=found)
    try:
        stream = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(
            "The raw file is not in the store. Ask an administrator to restore it from a backup."
        ) from error
    return as_attachment(stream, found.filename)


def as_attachment(content: IO[bytes] | bytes, filename: str) -> FileResponse:
    """Bytes of unknown nature: a download, which no browser shows, keeps or runs."""
    stream = BytesIO(content) if isinstance(content, bytes) else content
    response = FileResponse(
        stream, as_attachment=True, filename=filename, content_type="application/octet-stream"
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
    """Keep the file; a short one is read at once, a long one by a task, which its own page follows."""
    arrival = receiving.upload(
        actor=request.user,
        incident=incident,
        filename=file.name or "evidence",
        stream=file,  # type: ignore[arg-type]
        kind=form.cleaned_data["kind"],
        declared=form.declared,
    )
    if arrival.size > arrivals.READ_AT_ONCE:
        messages.info(
            request, f"{arrival.filename} is being read. Follow it under Intake, or go on meanwhile."
        )
        return
    current = arrivals.take_in(arrival.pk) or arrival
    if current.status in OPEN_STATUSES:
        raise EvidenceRefused(
            f"{current.reason} The file is kept in the intake, where what is missing can be declared."
        )
    skipped = any(evidence.skipped for evidence in current.evidence.all())
    (messages.warning if skipped else messages.success)(request, f"{arrival.filename}: {current.reason}")
