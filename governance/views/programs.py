"""Settings: accounts of programs and their tokens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from governance import access, services
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.forms import ProgramForm, TokenForm
from governance.middleware import OrganizationRequest
from governance.models import ServiceAccount, ServiceToken


@require_http_methods(["GET", "POST"])
def programs(request: OrganizationRequest, org: str) -> HttpResponse:
    """Who comes in with tokens; a new one."""
    access.require(request.user, Permission.MANAGE_PEOPLE, request.organization)
    form = ProgramForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = services.open_account(
                actor=request.user, organization=request.organization, **form.cleaned_data
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            return redirect("governance:program", org, account.pk)
    rows = (
        ServiceAccount.objects.visible_to(request.user)
        .select_related("user")
        .order_by("closed_at", "user__name")
    )
    return render(
        request, "governance/programs.html", {"rows": rows, "form": form}, status=422 if form.errors else 200
    )


@never_cache
@require_http_methods(["GET", "POST"])
def program(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """One account with its tokens; a new token is shown here once, in the answer that made it."""
    access.require(request.user, Permission.MANAGE_PEOPLE, request.organization)
    account = _account(request, pk)
    form, raw = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, raw = services.issue_token(actor=request.user, account=account, **form.cleaned_data)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            form = TokenForm()
    context = {
        "account": account,
        "tokens": account.tokens.all(),
        "form": form,
        "raw": raw,
        "now": timezone.now(),
        "address": request.build_absolute_uri(f"/{org}/incidents/"),
    }
    return render(request, "governance/program.html", context, status=422 if form.errors else 200)


@require_POST
def program_close(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_PEOPLE, request.organization)
    account = _account(request, pk)
    services.close_account(actor=request.user, account=account)
    messages.success(request, f"{account.user} comes in no more. What it did keeps its name.")
    return redirect("governance:programs", org)


@require_POST
def token_revoke(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_PEOPLE, request.organization)
    token: ServiceToken = get_object_or_404(ServiceToken.objects.visible_to(request.user), pk=pk)
    services.revoke_token(actor=request.user, token=token)
    messages.success(request, f"“{token.name}” opens nothing any more.")
    return redirect("governance:program", org, token.account_id)


def _account(request: OrganizationRequest, pk: int) -> ServiceAccount:
    rows = ServiceAccount.objects.visible_to(request.user).select_related("user")
    account: ServiceAccount = get_object_or_404(rows, pk=pk)
    return account
