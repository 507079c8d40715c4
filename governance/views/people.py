"""People: who belongs here, and as what."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from governance import access, services
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.forms import MemberForm, RolesForm
from governance.middleware import OrganizationRequest
from governance.models import User
from governance.selectors import member_list


@require_GET
def people(request: OrganizationRequest, org: str) -> HttpResponse:
    return _page(request, MemberForm())


@require_POST
def add(request: OrganizationRequest, org: str) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_PEOPLE, request.organization)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            user = services.add_member(actor=request.user, organization=request.organization, **form.cleaned_data)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{user} is a member now.")
            return redirect("governance:people", org)
    return _page(request, form, status=422)


@require_POST
def roles(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Change a member's roles, or take the person out."""
    access.require(request.user, Permission.MANAGE_PEOPLE, request.organization)
    user = get_object_or_404(User.objects.filter(memberships__organization=request.organization).distinct(), pk=pk)
    form = RolesForm(request.POST)
    try:
        if "remove" in request.POST:
            services.remove_member(actor=request.user, organization=request.organization, user=user)
        elif form.is_valid():
            chosen = form.cleaned_data["roles"]
            services.change_roles(actor=request.user, organization=request.organization, user=user, roles=chosen)
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _page(request, MemberForm(), error=str(error), status=422)
    messages.success(request, f"The roles of {user} are changed.")
    return redirect("governance:people", org)


def _page(request: OrganizationRequest, form: MemberForm, error: str = "", status: int = 200) -> HttpResponse:
    may_manage = access.can(request.user, Permission.MANAGE_PEOPLE, request.organization)
    rows = [
        (member, RolesForm(initial={"roles": [str(role) for role in member.roles]}, auto_id=f"roles-{member.user.pk}-%s"))
        for member in member_list(request.organization)
    ]
    context = {"rows": rows, "form": form, "may_manage": may_manage, "error": error}
    return render(request, "governance/people.html", context, status=status)
