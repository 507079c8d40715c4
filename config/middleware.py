"""Headers that Django has no setting for, and the short way of deliveries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

_DENIED = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture", "browsing-topics")
_POLICY = ", ".join(f"{feature}=()" for feature in _DENIED)
_DEBUG_PAGES = (404, 500)

Answering = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicyMiddleware:
    """Gives every answer the policy of the settings; ``csp``'s own middleware writes it anew for each of them.

    Django's debug pages have styles of their own inside, so they go without.
    """

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in _DEBUG_PAGES):
            response.headers.setdefault(HEADER, self.policy)
        return response


class PermissionsPolicyMiddleware:
    """Takes every page the devices that it has no use for."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _POLICY)
        return response


class DeliveriesMiddleware:
    """Hands deliveries to their view at once, past everything that serves people with browsers.

    What stands above it in the settings (TLS, the host's name, the headers) holds for deliveries too. They have no
    session, cookie, form token, person or organization in their address, so nothing below it could do anything.
    Only the addresses of ``incidents.hook_urls`` go this way: any other view needs what stands below.
    """

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = _delivery(request.path_info) if request.path_info.startswith("/hooks/") else None
        if found is None:
            return self.get_response(request)
        request.resolver_match = found
        answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
        return answer


def _delivery(path: str) -> ResolverMatch | None:
    with suppress(Resolver404):
        found = resolve(path)
        return found if found.view_name == "hooks:deliver" else None
    return None
