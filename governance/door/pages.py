"""allauth's views as pages of this house: own templates, and 422 for what was not accepted."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from allauth.account.views import LogoutView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View

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
