"""Pages for what went wrong, each with a sentence that says what to do."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from governance.errors import AccessDenied, AfterwordError


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = str(exception) if isinstance(exception, AccessDenied) else ""
    return render(request, "403.html", {"sentence": sentence}, status=403)


def refused(request: HttpRequest, exception: AfterwordError) -> HttpResponse:
    """A refusal that no view showed in its own place."""
    return render(request, "governance/refused.html", {"sentence": str(exception)}, status=exception.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was sent could not be read; of text that is too large it is said that it is."""
    if isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        return render(request, "400.html", {"limit": limit}, status=413)
    return render(request, "400.html", status=400)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def not_by_address(request: HttpRequest) -> HttpResponse:
    """For the address behind a button, which people meet when they had to sign in after pressing it."""
    above = request.path.rstrip("/").rpartition("/")[0] + "/"
    return render(request, "405.html", {"above": above}, status=405)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = (
        "This page is older than your sign-in, or came from elsewhere, so nothing was saved. Go back, reload it and "
        "send it again; what you typed is offered to you there."
    )
    response = render(request, "403.html", {"sentence": sentence}, status=403)
    response["X-Afterword-Refused"] = "form token"
    return response
