"""What people type about themselves, others and connections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password

from governance.connections import KINDS
from governance.enums import ConnectionKind, Role
from governance.models import Connection


class SignInForm(AuthenticationForm):
    """Address and password; the same sentence for every way of being wrong."""

    error_messages = {  # noqa: RUF012 - the shape that Django asks for
        "invalid_login": "This address and this password do not belong together. Check both and try again.",
        "inactive": "This address and this password do not belong together. Check both and try again.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Email address"
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})


class MemberForm(forms.Form):
    """A new member."""

    email = forms.EmailField(label="Email address")
    name = forms.CharField(label="Name", max_length=120)
    roles = forms.MultipleChoiceField(choices=Role.choices, widget=forms.CheckboxSelectMultiple, label="Roles")
    password = forms.CharField(
        label="First password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters; hand it over in person. Somebody who has an account keeps theirs.",
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class RolesForm(forms.Form):
    """The roles of a member."""

    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False, label="Roles"
    )


class ConnectionForm(forms.Form):
    """One connection; the options depend on its kind."""

    base_url = forms.URLField(label="Address", max_length=500, assume_scheme="https")
    secret = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "off"}), required=False)

    def __init__(self, *args: Any, kind: ConnectionKind, connection: Connection | None = None, **kwargs: Any) -> None:
        self.kind = KINDS[kind]
        stored = connection.options if connection else {}
        initial = {"base_url": connection.base_url if connection else self.kind.base_url, **stored}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["base_url"].help_text = self.kind.base_url_help
        for option in self.kind.options:
            self.fields[option.name] = forms.CharField(
                label=option.label,
                help_text=option.help,
                required=option.required and not option.default,
                initial=stored.get(option.name, option.default),
                max_length=200,
            )
        self.fields["secret"].label = self.kind.secret_label
        self.fields["secret"].help_text = self.kind.secret_help
        if connection is not None:
            self.fields["secret"].help_text += " Leave it empty to keep the stored one; it is never shown again."
        self.order_fields(["base_url", *(option.name for option in self.kind.options), "secret"])

    @property
    def options(self) -> dict[str, str]:
        """The cleaned options by name."""
        return {option.name: self.cleaned_data[option.name] for option in self.kind.options}
