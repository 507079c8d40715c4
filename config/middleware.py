"""Headers that Django has no setting for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_DENIED = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture", "browsing-topics")
_POLICY = ", ".join(f"{feature}=()" for feature in _DENIED)


class PermissionsPolicyMiddleware:
    """Takes every page the devices that it has no use for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _POLICY)
        return response
