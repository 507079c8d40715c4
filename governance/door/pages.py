"""allauth's views as pages of this house: own templates, and 422 for what was not accepted."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LogoutView, PasswordChangeView, ReauthenticateView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views import View

from governance.models import User

Answering = Callable[..., HttpResponse]


def page(view: type[View], template: str, **options: Any) -> Answering:
    """One of allauth's views, drawn by a template of ``governance/door/``."""
    return telling(cast(Answering, view.as_view(template_name=f"governance/door/{template}.html", **options)))


def telling(view: Answering) -> Answering:
    """The same view, with the status of a refusal when its form was not accepted."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and form.errors and response.status_code == HTTPStatus.OK:
            response.status_code = getattr(form, "refusal", HTTPStatus.UNPROCESSABLE_ENTITY)
            if wait := getattr(form, "wait", 0):
                response["Retry-After"] = str(wait)
        return response

    return told


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """By a button only; somebody in the middle of signing in gives it up with the same one."""

    http_method_names = ("post",)


class ChangePassword(PasswordChangeView):
    """Whoever comes in by single sign-on has no password here, and gets none: leaving there must mean leaving here."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User) and not request.user.has_usable_password():
            messages.info(request, "You have no password here: you come in by single sign-on or a passkey.")
            return redirect("mfa_index")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class Confirm(ReauthenticateView):
    """Somebody who has nothing to show here proves it where they come from: by signing out and in again."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not get_adapter(request).get_reauthentication_methods(request.user):
            back = get_next_redirect_url(request) or reverse("mfa_index")
            query = urlencode({"next": back})
            return render(request, "governance/door/confirm_elsewhere.html", {"query": query})
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class ConfirmByPasskey(ReauthenticateWebAuthnView):
    """A passkey that was not accepted is asked for again, on the same page."""

    def form_invalid(self, form: Any) -> HttpResponse:
        for sentence in form.errors.get("credential", []):
            messages.error(self.request, sentence)
        return redirect(self.request.get_full_path())
