"""What people type at the door."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms

from governance.door.tries import LimitedForm


class SignInForm(LimitedForm, LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Email address"
        self.fields["login"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["password"].widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        self.fields["password"].help_text = ""

    def clean(self) -> dict[str, Any]:
        with self.within_limits():
            cleaned: dict[str, Any] = super().clean()
        return cleaned

    def add_prefix(self, field_name: str) -> str:
        """What allauth calls ``login`` is ``username`` on the page: password managers know it by that name."""
        name: str = super().add_prefix("username" if field_name == "login" else field_name)
        return name
