"""Settings: what groups of the company's directory mean here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from governance import access, services
from governance.access import Permission
from governance.door.sso import provider_names
from governance.errors import AccessDenied, AfterwordError
from governance.forms import GroupRoleForm
from governance.middleware import OrganizationRequest
from governance.models import GroupRole


@require_http_methods(["GET", "POST"])
def groups(request: OrganizationRequest, org: str) -> HttpResponse:
    """The mappings, and one more."""
    access.require(request.user, Permission.MANAGE_PEOPLE, request.organization)
    providers = provider_names()
    form = GroupRoleForm(request.POST or None, providers=providers)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.map_group(
                actor=request.user, organization=request.organization, **form.cleaned_data
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{row.group} gives the role {row.get_role_display()} from now on.")
            return redirect("governance:groups", org)
    rows = GroupRole.objects.visible_to(request.user)
    context = {
        "rows": [(row, providers.get(row.provider, row.provider)) for row in rows],
        "form": form,
        "providers": providers,
    }
    return render(request, "governance/groups.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def group_remove(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_PEOPLE, request.organization)
    row: GroupRole = get_object_or_404(GroupRole.objects.visible_to(request.user), pk=pk)
    services.unmap_group(actor=request.user, mapping=row)
    messages.success(request, f"{row.group} gives no role any more; people lose it when they next sign in.")
    return redirect("governance:groups", org)
