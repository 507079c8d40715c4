"""Forms of incidents, their evidence and their chronology."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from governance.access import Permission, members
from governance.forms import LongText
from governance.models import Organization
from incidents import selectors
from incidents.enums import MilestoneKind, Precision, Severity, SourceKind
from incidents.errors import TimeNotCertain, TimeUnreadable
from incidents.times import known_zone, read_time

COMMON_ZONES = (
    "UTC", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Sao_Paulo",
    "Europe/London", "Europe/Berlin", "Europe/Paris", "Africa/Johannesburg", "Asia/Dubai", "Asia/Kolkata",
    "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
COLUMN_NAMES = frozenset({"time", "text", "actor", "level", "service"})
DATA_EXPOSED = "Data was exposed"
DATA_EXPOSED_HELP = "Security then signs the review too, unless the rules of reviews say otherwise."
UTC_HELP = "In UTC, like 2018-10-21 22:52"


class UtcField(forms.CharField):
    """A moment typed in UTC; another zone may be written behind it (``22:52 +02:00``)."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_time(text, "UTC").at
        except (TimeNotCertain, TimeUnreadable) as error:
            raise forms.ValidationError(f"{error} Write it like 2018-10-21 22:52.") from error

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M:%S}" if value.second else f"{value:%Y-%m-%d %H:%M}"
        return value


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; cleaned to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        files = data if isinstance(data, list | tuple) else [data]
        kept = [file for file in files if file]
        if not kept:
            raise forms.ValidationError("Choose the file or files to import.")
        return kept


class IncidentForm(forms.Form):
    """What must be known to open an incident."""

    title = forms.CharField(max_length=200, help_text="What failed, in one line")
    severity = forms.TypedChoiceField(choices=Severity.choices, coerce=int, initial=Severity.SEV2)
    services: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        label="Affected services",
        help_text="The owner of each signs the review.",
        error_messages={"required": "Choose at least one affected service; its owner will sign the review."},
    )
    declared_at = UtcField(label="Declared at", help_text=UTC_HELP)
    commander: Any = forms.ModelChoiceField(queryset=None, required=False, label="Incident commander")
    reference = forms.CharField(
        max_length=30, required=False, help_text="Leave it empty to get the next free one."
    )
    data_exposed = forms.BooleanField(required=False, label=DATA_EXPOSED, help_text=DATA_EXPOSED_HELP)
    is_private = forms.BooleanField(
        required=False,
        label="Private: only named people may see it",
        help_text="You, its commander and the owners of its services; you can name others afterwards.",
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = selectors.services_of(organization)
        self.fields["services"].queryset = services  # type: ignore[attr-defined]
        self.fields["commander"].queryset = members(organization, Permission.EDIT_REVIEW)  # type: ignore[attr-defined]
        self.fields["declared_at"].initial = timezone.now().replace(second=0, microsecond=0)


class Declared(forms.Form):
    """What only a person can say about a file: how its times are to be read, and what its columns are called."""

    zone = forms.CharField(
        max_length=60,
        required=False,
        label="Zone of times without one",
        help_text="Such as Europe/Paris or -08:00. Only for files whose times name no zone.",
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    clock_offset = forms.IntegerField(
        required=False,
        label="Clock runs ahead by",
        help_text="Seconds, when the source's clock is known to be wrong. Negative when it lags.",
        widget=forms.NumberInput(attrs={"step": "1"}),
    )

    date_order = forms.ChoiceField(
        choices=[
            ("", "Year first, or the month by name"),
            ("dmy", "Day first: 03/11 is 3 November"),
            ("mdy", "Month first: 03/11 is 11 March"),
        ],
        required=False,
        label="Dates are written",
    )
    year = forms.IntegerField(
        required=False,
        min_value=1990,
        max_value=2100,
        label="Year of dates without one",
        help_text="For syslog lines such as Jan 9 11:00:00.",
    )
    columns = forms.CharField(
        max_length=500,
        required=False,
        label="Columns of a CSV file",
        help_text="Such as time=When, text=What happened, actor=Who. Only when they cannot be told by their headings.",
    )

    def clean_zone(self) -> str:
        try:
            return known_zone(self.cleaned_data["zone"])
        except TimeNotCertain as error:
            raise forms.ValidationError(str(error)) from error

    def clean_clock_offset(self) -> int:
        return self.cleaned_data["clock_offset"] or 0

    def clean_columns(self) -> dict[str, str]:
        pairs = [part.partition("=") for part in self.cleaned_data["columns"].split(",") if part.strip()]
        columns = {name.strip().lower(): heading.strip() for name, _sign, heading in pairs}
        if not all(columns.values()) or columns.keys() - COLUMN_NAMES:
            raise forms.ValidationError(
                f"Write pairs such as time=When, text=Message; the names are {', '.join(sorted(COLUMN_NAMES))}."
            )
        return columns

    @property
    def declared(self) -> dict[str, Any]:
        """What was said, without what was left empty."""
        values = {name: self.cleaned_data.get(name) for name in Declared.base_fields}
        return {name: value for name, value in values.items() if value}


class EvidenceForm(Declared):
    """Raw files of one source, with what a person declares about them."""

    kind = forms.ChoiceField(choices=SourceKind.choices, label="Source")
    files = FilesField(  # type: ignore[assignment]
        label="Files", help_text="As the tool exported them, not edited; gzip is fine."
    )

    field_order = ("kind", "files", "zone")


class StatementForm(forms.Form):
    """What a person adds from their own knowledge."""

    at = UtcField(label="When", help_text=UTC_HELP)
    precision = forms.ChoiceField(choices=Precision.choices, initial=Precision.MINUTE, label="Exact")
    text = LongText(
        label="What happened",
        max_length=5000,
        rows=3,
        help_text="It is shown as your statement.",
    )


class HideForm(forms.Form):
    """Why an entry is taken out of sight."""

    reason = forms.CharField(
        max_length=300,
        label="Why it is hidden",
        error_messages={"required": "Say why this entry is hidden, for those who look for it later."},
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class CorrectionForm(forms.Form):
    """A corrected time or text, with the reason."""

    at = UtcField(label="Time", help_text=UTC_HELP)
    text = LongText(label="Text", max_length=20_000, rows=3)
    reason = forms.CharField(
        max_length=300,
        label="Why it is corrected",
        error_messages={"required": "Say why the entry is corrected; the reason stands beside the original."},
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class MilestoneForm(forms.Form):
    """Which milestone rests on the entry; ``clear`` takes it away."""

    kind = forms.ChoiceField(choices=MilestoneKind.choices, label="Milestone")
    clear = forms.BooleanField(required=False, widget=forms.HiddenInput)


class TermsForm(forms.Form):
    """What a service promises and what a minute of impact costs; each may stay empty."""

    sla_percent = forms.DecimalField(
        min_value=Decimal("0.001"),
        max_value=100,
        max_digits=6,
        decimal_places=3,
        required=False,
        label="Promised availability in percent",
        help_text="Over 30 days, such as 99.9. An incident's minutes are set beside what it leaves.",
    )
    minute_cost = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        label="Cost of a minute of impact",
        help_text="Left empty, the cost of an incident is unknown.",
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        required=False,
        help_text="Three letters, such as EUR.",
        error_messages={"invalid": "Give the currency by its three letters, such as EUR."},
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["currency"] = (values.get("currency") or "").upper()
        if values.get("minute_cost") is not None and not values["currency"] and "currency" not in self.errors:
            self.add_error("currency", "Say in which currency a minute is priced, such as EUR.")
        return values


class ServiceForm(TermsForm):
    """A new service and, if known, who owns it."""

    field_order = ("name", "description", "owner")

    name = forms.CharField(max_length=120)
    description = forms.CharField(max_length=500, required=False, help_text="Who uses it, and for what")
    owner: Any = forms.ModelChoiceField(queryset=None, required=False, help_text="Signs for the service.")

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = members(organization)  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """A member of the organization, for a post."""

    person: Any = forms.ModelChoiceField(queryset=None, error_messages={"required": "Choose a person."})

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = members(organization)  # type: ignore[attr-defined]


def first_error(form: forms.Form) -> str:
    """The form's errors as one line, for a screen that shows them in a callout."""
    lists: Sequence[Any] = list(form.errors.values())
    return " ".join(str(error) for errors in lists for error in errors)
