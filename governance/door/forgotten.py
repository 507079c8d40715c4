"""A forgotten password: by mail where mail is set up, by an administrator where it is not."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance import limits, tasks
from governance.door import tries
from governance.door.pages import Answering, telling
from governance.door.sessions import end_sessions


class ForgottenForm(tries.LimitedForm):
    """The address whose password is forgotten; asking is limited, so that nobody's mailbox is filled."""

    email = forms.EmailField(
        label="Email address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        with self.within_limits():
            limits.spend(tries.of_forgetting(self.address, email))
        return email


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same for every address, and so is the time it takes: a worker looks it up."""
    possible = bool(settings.AFTERWORD.mail_url)
    data = request.POST if request.method == "POST" and possible else None
    form = ForgottenForm(data, address=get_adapter(request).get_client_ip(request))
    if form.is_valid():
        tasks.send_new_password_link.delay(form.cleaned_data["email"])
        messages.success(request, "If this address belongs to somebody here, a link is on its way to it.")
        return redirect("account_login")
    status = form.refusal if form.errors else 200
    return render(
        request, "governance/door/forgotten.html", {"form": form, "possible": possible}, status=status
    )


@method_decorator(login_not_required, name="dispatch")
class NewPassword(PasswordResetConfirmView):
    """Where the link leads: a new password, after which every browser is signed out. Further proofs stay asked for."""

    template_name = "governance/door/new_password.html"
    success_url = reverse_lazy("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        end_sessions(form.user)
        messages.success(self.request, "Your password is changed. Sign in with it.")
        return response


new_password = telling(cast(Answering, NewPassword.as_view()))
