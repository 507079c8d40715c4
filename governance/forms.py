"""What people type about themselves, others and connections."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import MaxLengthValidator

from governance.access import PROGRAM_SCOPES, members
from governance.connections import KINDS, faults
from governance.enums import PEOPLE_ROLES, ConnectionKind, NoticeChannel, NoticeKind
from governance.models import Connection, Holiday, Organization, User, WorkCalendar
from governance.notices import CHOOSABLE, by_default
from governance.services.connections import keeps_secret
from governance.services.notices import choices_of

_PEOPLE = [(role.value, role.label) for role in PEOPLE_ROLES]
_NO_ROLE = {"required": "Choose at least one role. It says what the person may do."}


class LongText(forms.CharField):
    """Text of several lines. The browser is not told the limit: it would cut a paste there without a word.

    A text that is too long comes back whole, with the sentence that says by how much.
    """

    widget = forms.Textarea
    default_error_messages = {  # noqa: RUF012 - the shape that Django asks for
        "max_length": "This has %(show_value)d characters, and %(limit_value)d are possible. Shorten it.",
    }

    def __init__(
        self, *, max_length: int, rows: int, attrs: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update({"rows": rows, **(attrs or {})})
        self.validators.append(MaxLengthValidator(max_length, self.error_messages["max_length"]))


class MemberForm(forms.Form):
    """A new member; the password is asked only of somebody who has no account yet."""

    email = forms.EmailField(label="Email address", max_length=254)
    name = forms.CharField(label="Name", max_length=120)
    roles = forms.MultipleChoiceField(
        choices=_PEOPLE, widget=forms.CheckboxSelectMultiple, label="Roles", error_messages=_NO_ROLE
    )
    password = forms.CharField(
        label="First password",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters; hand it over in person. Somebody who has an account keeps theirs.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        email, password = str(cleaned.get("email", "")).lower(), cleaned.get("password", "")
        if not email or User.objects.filter(email=email).exists():
            return cleaned
        if not password:
            self.add_error("password", "Type a first password, so that the person can sign in.")
            return cleaned
        try:
            validate_password(password, User(email=email, name=cleaned.get("name", "")))
        except forms.ValidationError as error:
            self.add_error("password", error)
        return cleaned


class GroupRoleForm(forms.Form):
    """What one group of one provider means here."""

    provider = forms.ChoiceField(label="Provider")
    group = forms.CharField(
        label="Group", max_length=200, help_text="Its name or id, exactly as the provider sends it."
    )
    role = forms.ChoiceField(label="Role", choices=_PEOPLE)

    def __init__(self, *args: Any, providers: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"] = forms.ChoiceField(label="Provider", choices=list(providers.items()))


class RolesForm(forms.Form):
    """The roles of a member."""

    roles = forms.MultipleChoiceField(
        choices=_PEOPLE, widget=forms.CheckboxSelectMultiple, label="Roles", error_messages=_NO_ROLE
    )


class ConnectionForm(forms.Form):
    """One connection; the options depend on its kind."""

    base_url = forms.CharField(label="Address", max_length=500, widget=forms.URLInput)
    secret = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}), required=False, max_length=4096
    )

    def __init__(
        self, data: Any = None, *, kind: ConnectionKind, connection: Connection | None = None
    ) -> None:
        self.kind, self.connection = KINDS[kind], connection
        stored = connection.options if connection else {}
        super().__init__(
            data, initial={"base_url": connection.base_url if connection else self.kind.base_url}
        )
        self._describe_fixed_fields()
        for option in self.kind.options:
            self.fields[option.name] = forms.CharField(
                label=option.label,
                help_text=option.help,
                required=option.required and not option.default,
                initial=stored.get(option.name, option.default),
                max_length=255,
            )
        self.order_fields(["base_url", *(option.name for option in self.kind.options), "secret"])

    def _describe_fixed_fields(self) -> None:
        secret = self.fields["secret"]
        self.fields["base_url"].help_text = self.kind.base_url_help
        secret.label, secret.help_text = self.kind.credential_label, self.kind.credential_help
        if self.connection is not None:
            secret.help_text = (
                f"{secret.help_text} Leave it empty to keep the stored one; it is never shown again."
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        base_url = cleaned.get("base_url", "")
        kept = self.connection is not None and keeps_secret(self.connection, base_url)
        found = faults(
            self.kind,
            base_url=base_url,
            options=self.options,
            secret=cleaned.get("secret", ""),
            has_secret=kept,
        )
        for name, sentence in found.items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return cleaned

    @property
    def options(self) -> dict[str, str]:
        """The cleaned options by name."""
        return {option.name: self.cleaned_data.get(option.name, "") for option in self.kind.options}


class NoticeChoicesForm(forms.Form):
    """By which ways each kind of notice reaches a person, one tick for each."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = choices_of([person.pk])[person.pk]
        for kind in NoticeKind:
            for channel in CHOOSABLE:
                self.fields[f"{kind}-{channel}"] = forms.BooleanField(
                    label=f"{kind.label}, by {channel.label}",
                    required=False,
                    initial=chosen.get((kind, channel), by_default(kind, channel)),
                )

    @property
    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Each kind in words, with its ticks."""
        return [
            (str(kind.label), [self[f"{kind}-{channel}"] for channel in CHOOSABLE]) for kind in NoticeKind
        ]

    @property
    def wanted(self) -> set[tuple[NoticeKind, NoticeChannel]]:
        """What was ticked."""
        return {
            (kind, channel)
            for kind in NoticeKind
            for channel in CHOOSABLE
            if self.cleaned_data.get(f"{kind}-{channel}")
        }


class DelegationForm(forms.Form):
    """Who signs for whom, and in which days."""

    principal = forms.ModelChoiceField(User.objects.none(), label="Who is away")
    substitute = forms.ModelChoiceField(
        User.objects.none(), label="Who signs for them", empty_label="Choose a person"
    )
    starts_on = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label="Why", max_length=200, help_text="Such as “On leave”; it is printed beside each signature."
    )

    def __init__(
        self, *args: Any, organization: Organization, person: User, for_others: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people = members(organization)
        self.fields["substitute"].queryset = people  # type: ignore[attr-defined]
        own = people if for_others else people.filter(pk=person.pk)
        self.fields["principal"].queryset = own  # type: ignore[attr-defined]
        self.fields["principal"].initial = person.pk


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOLIDAY = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(\S.*)")


class HolidaysField(LongText):
    """Holidays, one in a line: ``2026-12-25 Christmas Day``; cleans to names by day."""

    def clean(self, value: Any) -> dict[date, str]:
        found: dict[date, str] = {}
        for line in filter(None, (line.strip() for line in super().clean(value).splitlines())):
            match = _HOLIDAY.fullmatch(line)
            try:
                found[date.fromisoformat(match.group(1))] = match.group(2)[:120]  # type: ignore[union-attr]
            except (AttributeError, ValueError):
                raise forms.ValidationError(
                    f"“{line[:60]}” is not a day and a name. Write each as 2026-12-25 Christmas Day."
                ) from None
        return found


class CalendarForm(forms.Form):
    """When the organization works."""

    zone = forms.ChoiceField(
        label="Time zone", choices=[(zone, zone) for zone in sorted(available_timezones())]
    )
    workdays = forms.TypedMultipleChoiceField(
        label="Working days",
        choices=list(enumerate(_DAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one working day."},
    )
    holidays = HolidaysField(
        label="Holidays",
        max_length=20_000,
        rows=10,
        required=False,
        help_text="One in a line, such as 2026-12-25 Christmas Day.",
    )

    @classmethod
    def of(cls, organization: Organization) -> CalendarForm:
        """A form that shows the calendar as it stands."""
        stored = WorkCalendar.objects.filter(organization=organization).first() or WorkCalendar()
        days = Holiday.objects.filter(organization=organization)
        lines = "\n".join(f"{day.on} {day.name}" for day in days)
        return cls(initial={"zone": stored.zone, "workdays": stored.workdays, "holidays": lines})


class ProgramForm(forms.Form):
    """The account of a program."""

    name = forms.CharField(label="Name", max_length=120, help_text="Such as “Deploy pipeline”.")
    purpose = forms.CharField(label="What it does", max_length=200)


class TokenForm(forms.Form):
    """A token: what it is for, what it allows, and for how long."""

    name = forms.CharField(label="What the token is for", max_length=120)
    scopes = forms.MultipleChoiceField(
        label="What it allows",
        choices=[(scope, str(scope).capitalize()) for scope in PROGRAM_SCOPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing that the token allows."},
    )
    days = forms.IntegerField(label="Days until it expires", min_value=1, max_value=366, initial=90)
