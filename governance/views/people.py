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
from governance.selectors import Member, member_list


@require_GET
def people(request: OrganizationRequest, org: str) -> HttpResponse:
    return _page(request, MemberForm())


@require_POST
def add(request: OrganizationRequest, org: str) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_PEOPLE, request.organization)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            user = services.add_member(
                actor=request.user, organization=request.organization, **form.cleaned_data
            )
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
    members = User.objects.filter(memberships__organization=request.organization).distinct()
    user = get_object_or_404(members, pk=pk)
    form = RolesForm(request.POST)
    removes = "remove" in request.POST
    if not removes and not form.is_valid():
        return _page(request, MemberForm(), error=" ".join(map(str, form.errors["roles"])), status=422)
    try:
        sentence = _taken_out(request, user) if removes else _changed(request, user, form)
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _page(request, MemberForm(), error=str(error), status=422)
    messages.success(request, sentence)
    if removes and user == request.user:
        return redirect("governance:start")
    return redirect("governance:people", org)


def _taken_out(request: OrganizationRequest, user: User) -> str:
    services.remove_member(actor=request.user, organization=request.organization, user=user)
    return f"{user} is no longer a member. What they wrote and signed stays theirs."


def _changed(request: OrganizationRequest, user: User, form: RolesForm) -> str:
    chosen = form.cleaned_data["roles"]
    services.change_roles(actor=request.user, organization=request.organization, user=user, roles=chosen)
    return f"The roles of {user} are changed."


def _page(request: OrganizationRequest, form: MemberForm, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "rows": [(member, _roles_form(member)) for member in member_list(request.organization)],
        "form": form,
        "may_manage": access.can(request.user, Permission.MANAGE_PEOPLE, request.organization),
        "error": error,
    }
    return render(request, "governance/people.html", context, status=status)


def _roles_form(member: Member) -> RolesForm:
    held = [role.value for role in member.roles]
    return RolesForm(initial={"roles": held}, auto_id=f"roles-{member.user.pk}-%s")
