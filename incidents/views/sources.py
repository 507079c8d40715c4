"""Sources: the addresses to which outside systems deliver, each with its own secret."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors, services
from incidents.enums import HookKind
from incidents.forms import COMMON_ZONES, HookForm, SecretForm, first_error
from incidents.hooks import SENDERS
from incidents.models import Hook
from incidents.sources import slack_manifest


@require_GET
def index(request: OrganizationRequest, org: str) -> HttpResponse:
    """Every address with what it brought, and the kinds of which there can be more."""
    context = {
        "hooks": selectors.intake.hooks_of(request.user),
        "kinds": HookKind,
        "may_manage": access.can(request.user, Permission.MANAGE_INTAKE, request.organization),
    }
    return render(request, "incidents/sources.html", context)


@require_http_methods(["GET", "POST"])
def new(request: OrganizationRequest, org: str, kind: str) -> HttpResponse:
    """Make an address."""
    access.require(request.user, Permission.MANAGE_INTAKE, request.organization)
    chosen = _kind(kind)
    form = HookForm(request.POST or None, kind=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            hook = services.create_hook(
                actor=request.user,
                organization=request.organization,
                kind=chosen,
                name=form.cleaned_data["name"],
                secret=form.cleaned_data.get("secret", ""),
                zone=form.cleaned_data["zone"],
                options=form.options,
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            return _shown_once(request, hook)
    context = {"form": form, "kind": chosen, "sender": SENDERS[chosen], "zones": COMMON_ZONES}
    return render(request, "incidents/source_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def source(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """One address: where it is, how to set up the other side, and what it brought; a POST changes it."""
    access.require(request.user, Permission.MANAGE_INTAKE, request.organization)
    hook = selectors.intake.hook_or_404(request.user, pk)
    form = HookForm(request.POST or None, kind=HookKind(hook.kind), hook=hook)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_hook(
                actor=request.user,
                hook=hook,
                name=form.cleaned_data["name"],
                zone=form.cleaned_data["zone"],
                options=form.options,
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The address is saved.")
            return redirect("incidents:source", org, pk)
    return _draw(request, hook, form=form, status=422 if form.errors else 200)


@require_POST
def rotate(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Give the address a new secret; the one before holds for two more days."""
    access.require(request.user, Permission.MANAGE_INTAKE, request.organization)
    hook = selectors.intake.hook_or_404(request.user, pk)
    form = SecretForm(request.POST, kind=HookKind(hook.kind))
    if not form.is_valid():
        return _draw(request, hook, error=first_error(form), status=422)
    try:
        hook = services.rotate_secret(actor=request.user, hook=hook, secret=form.cleaned_data["secret"])
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _draw(request, hook, error=str(error), status=422)
    return _shown_once(request, hook)


@require_POST
def close(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Close the address, or open it again."""
    access.require(request.user, Permission.MANAGE_INTAKE, request.organization)
    hook = selectors.intake.hook_or_404(request.user, pk)
    is_active = request.POST.get("open") == "1"
    services.open_or_close(actor=request.user, hook=hook, is_active=is_active)
    messages.success(request, f"{hook.name} is {'open' if is_active else 'closed'}.")
    return redirect("incidents:source", org, pk)


def _kind(kind: str) -> HookKind:
    try:
        return HookKind(kind)
    except ValueError as error:
        raise Http404("No such kind of source.") from error


def _shown_once(request: OrganizationRequest, hook: Hook) -> HttpResponse:
    """To the address's page, which shows a secret of our making this once."""
    if not SENDERS[HookKind(hook.kind)].secret_from_them:
        request.session[_key(hook)] = True
    messages.success(request, f"{hook.name} is open. Set up the other side as described below.")
    return redirect("incidents:source", request.organization.slug, hook.pk)


def _key(hook: Hook) -> str:
    return f"show secret of hook {hook.pk}"


def _draw(request: OrganizationRequest, hook: Hook, *, status: int = 200, **given: Any) -> HttpResponse:
    kind = HookKind(hook.kind)
    sender = SENDERS[kind]
    address = request.build_absolute_uri(reverse("hooks:deliver", args=[hook.token]))
    secret = hook.secret if request.session.pop(_key(hook), False) and not sender.needs_no_secret else ""
    context = {
        "hook": hook,
        "kind": kind,
        "sender": sender,
        "address": f"{address}?key={secret or '…'}" if sender.secret_in_address else address,
        "secret": secret,
        "manifest": slack_manifest.as_json(address) if kind == HookKind.SLACK else "",
        "form": HookForm(kind=kind, hook=hook),
        "secret_form": SecretForm(kind=kind),
        "zones": COMMON_ZONES,
        **given,
    }
    return render(request, "incidents/source.html", context, status=status)
