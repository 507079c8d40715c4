"""The wall around an organization: every request under ``/<org>/`` runs inside that organization's scope."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django_scopes import scope

from governance.access import roles_of
from governance.enums import Role
from governance.errors import AccessDenied, AfterwordError
from governance.models import Organization, User
from governance.views.errors import forbidden, not_by_address, refused


class OrganizationRequest(HttpRequest):
    """A request inside an organization, by a signed-in member."""

    user: User
    organization: Organization
    membership_roles: frozenset[Role]


class OrganizationMiddleware:
    """Resolves the ``org`` of the address; a person who is no member of it meets a 404, never a 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slug = organization_slug(request.path_info)
        if "\x00" in request.path_info:  # PostgreSQL refuses to be asked for it
            request.outside_organization = True  # type: ignore[attr-defined]
            return self.get_response(request)
        if slug is None or not request.user.is_authenticated:
            return self.get_response(request)
        organization = Organization.objects.filter(slug=slug).first()
        roles = roles_of(request.user, organization.pk) if organization else frozenset()
        if organization is None or not roles:
            request.outside_organization = True  # type: ignore[attr-defined]
            return self.get_response(request)
        request.organization = organization  # type: ignore[attr-defined]
        request.membership_roles = roles  # type: ignore[attr-defined]
        with scope(organization=organization):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
                response = not_by_address(request)
            response.headers.setdefault("Cache-Control", "private, no-cache")  # a page is one person's
            return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal meets a page with its sentence: 403 for a missing right, 422 for anything else."""
        if isinstance(exception, AccessDenied):
            return forbidden(request, exception)
        return refused(request, exception) if isinstance(exception, AfterwordError) else None

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Raised here, so that Django's own 404 page answers with the right status."""
        if getattr(request, "outside_organization", False):
            raise Http404("No such page.")


def organization_slug(path: str) -> str | None:
    """The organization that an address names; None for an address outside of organizations, or that leads nowhere."""
    try:
        return resolve(path).kwargs.get("org")
    except Resolver404:
        return None
