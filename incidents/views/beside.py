"""What stands beside entries: files that people attach, and raw payloads without their secrets."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors
from incidents.forms import AttachmentForm
from incidents.models import Attachment
from incidents.services.attachments import LARGEST, attach_file
from incidents.views.chronology import frame
from incidents.views.entries import draw_entry
from incidents.views.evidence import as_attachment

# Re-encoded by ourselves, so nothing but pixels is in them; whatever else is stored is never shown.
_SHOWN = frozenset({"image/png", "image/jpeg"})


@require_GET
def attachment(request: OrganizationRequest, org: str, ref: str, pk: int) -> FileResponse:
    """A file beside an entry: a picture is shown, anything else is a download."""
    found = selectors.attachment_or_404(selectors.incident_or_404(request.user, ref), pk)
    try:
        stream = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("The file is not in the store. Ask an administrator to restore it.") from error
    return _shown(found, stream) if found.media_type in _SHOWN else as_attachment(stream, found.name)


@require_POST
def attach(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Keep a file beside an entry."""
    incident = selectors.incident_or_404(request.user, ref)
    entry = selectors.entry_or_404(incident, number)
    access.require(request.user, Permission.ADD_EVIDENCE, incident)
    form = AttachmentForm(request.POST, request.FILES, auto_id=f"attach-{number}-%s")
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            attach_file(
                actor=request.user,
                incident=incident,
                entry=entry,
                name=file.name,
                content=file.read(LARGEST + 1),
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error("file", str(error))
        else:
            return redirect("incidents:entry", org, ref, number)
    return draw_entry(request, entry, attachment_form=form, status=422)


@require_GET
def payload(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """What a source sent, with marks in the place of secrets; around the entry that ``entry`` names."""
    incident = selectors.incident_or_404(request.user, ref)
    evidence = selectors.evidence_or_404(incident, pk)
    asked = request.GET.get("entry", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
    entry = selectors.entry_or_404(incident, int(asked)) if is_number else None
    if entry and entry.evidence_id != evidence.pk:
        entry = None
    context = {
        **frame(request, incident),
        "evidence": evidence,
        "entry": entry,
        "payload": selectors.payload_around(evidence, entry),
        "may_read_raw": access.can(request.user, Permission.READ_RAW_EVIDENCE, incident),
    }
    return render(request, "incidents/payload.html", context)


def _shown(found: Attachment, stream: IO[bytes]) -> FileResponse:
    response = FileResponse(stream, filename=found.name, content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
