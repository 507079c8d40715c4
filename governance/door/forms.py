"""What people type at the door."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base import forms as codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

from governance import limits
from governance.door import tries
from governance.door.tries import LimitedForm

CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})


class SignInForm(LimitedForm, LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Email address"
        self.fields["login"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        _describe_password(self.fields["password"], "Password", "current-password")

    def clean(self) -> dict[str, Any]:
        with self.within_limits():
            cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return cleaned

    def add_prefix(self, field_name: str) -> str:
        """What allauth calls ``login`` is ``username`` on the page: password managers know it by that name."""
        name: str = super().add_prefix("username" if field_name == "login" else field_name)
        return name


class ConfirmForm(LimitedForm, ReauthenticateForm):
    """The password of somebody who is signed in, once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_password(self.fields["password"], "Your password", "current-password")
        self.fields["password"].widget.attrs["autofocus"] = True

    def clean_password(self) -> str:
        with self.within_limits():
            password: str = super().clean_password()
        return password


class NewPasswordForm(LimitedForm, ChangePasswordForm):
    """The present password, and another one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_password(self.fields["oldpassword"], "Present password", "current-password")
        _describe_password(self.fields["password1"], "New password", "new-password")
        _describe_password(self.fields["password2"], "New password, once more", "new-password")
        self.fields[
            "password1"
        ].help_text = (
            "At least 12 characters. A few words that do not belong together are easier to keep than symbols."
        )

    def clean_oldpassword(self) -> str:
        uses = tries.of_person(self.user.pk)
        with self.within_limits():
            limits.spend(uses)
        password: str = super().clean_oldpassword()
        limits.give_back(uses)
        return password


class _LimitedCode(LimitedForm):
    """A code counts against the person's limit until it is right, and is right only once."""

    user: Any

    def clean_code(self) -> str:
        uses = tries.of_person(self.user.pk)
        with self.within_limits():
            limits.spend(uses)
        code: str = super().clean_code()  # type: ignore[misc]
        if not tries.first_use(self.user.pk, code):
            raise forms.ValidationError("This code was used already. Wait for the next one.", code="used")
        limits.give_back(uses)
        return code


class CodeForm(_LimitedCode, codes.AuthenticateForm):
    """The second proof at signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_code(self.fields["code"], "Code of your app, or a recovery code")


class ConfirmByCodeForm(_LimitedCode, codes.ReauthenticateForm):
    """A code instead of the password, by somebody who is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_code(self.fields["code"], "Code of your app, or a recovery code")


class FirstCodeForm(_LimitedCode, ActivateTOTPForm):
    """The first code of an app that was just told the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_code(self.fields["code"], "Code that the app shows now")


class PasskeyForm(AddWebAuthnForm):
    """A new passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_name(self.fields["name"])
        alone = self.fields["passwordless"]
        alone.label, alone.initial = "Sign in with it alone, without a password", True
        alone.help_text = (
            "The device then asks for a fingerprint, a face or a PIN. Older security keys cannot do this."
        )


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_name(self.fields["name"])


def _describe_password(field: forms.Field, label: str, autocomplete: str) -> None:
    field.label, field.help_text = label, ""
    field.widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})


def _describe_code(field: forms.Field, label: str) -> None:
    field.label, field.widget = label, CODE


def _describe_name(field: Any) -> None:
    field.label, field.max_length = "Name", 80
    field.widget = forms.TextInput(attrs={"maxlength": 80, "autocomplete": "off"})
    field.help_text = "So that you can tell it from others: the device or the key ring that holds it."
