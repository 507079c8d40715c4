"""Pages for what went wrong, each with a sentence that says what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from governance.errors import AccessDenied, AfterwordError


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = str(exception) if isinstance(exception, AccessDenied) else ""
    return render(request, "403.html", {"sentence": sentence}, status=403)


def refused(request: HttpRequest, exception: AfterwordError) -> HttpResponse:
    """A refusal that no view showed in its own place."""
    return render(request, "governance/refused.html", {"sentence": str(exception)}, status=422)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = (
        "This page was open for too long, or came from elsewhere. Go back, reload it and send it again."
    )
    return render(request, "403.html", {"sentence": sentence}, status=403)
