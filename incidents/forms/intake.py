"""Forms of the intake: addresses, rules, and what people declare about what arrived."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.models import Organization, User
from incidents import selectors
from incidents.enums import HookKind, IntakeField, Severity, SourceKind
from incidents.errors import TimeNotCertain
from incidents.forms.chronology import DATA_EXPOSED, DATA_EXPOSED_HELP, Declared
from incidents.hooks import SENDERS
from incidents.models import Hook, IntakePolicy, IntakeRule
from incidents.times import known_zone


class HookForm(forms.Form):
    """What an address is called and what its kind asks for; the secret only while it is made."""

    name = forms.CharField(
        max_length=120, required=False, help_text="Such as Checkout team; the kind when it is left empty."
    )
    zone = forms.CharField(
        max_length=60,
        required=False,
        label="Zone of times without one",
        help_text="Only when this sender writes times without a zone.",
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, kind: HookKind, hook: Hook | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sender = SENDERS[kind]
        self.option_names = [name for name, _label, _help in sender.options]
        for name, label, help_text in sender.options:
            long = name == "certificate"
            self.fields[name] = forms.CharField(
                label=label,
                help_text=help_text,
                required=name == "topic_arn",
                max_length=10_000 if long else 300,
                widget=forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput(),
            )
        if hook is None and not sender.needs_no_secret:
            self.fields["secret"] = _secret(kind)
        if hook is not None and not self.is_bound:
            self.initial = {"name": hook.name, "zone": hook.zone, **hook.options}

    def clean_zone(self) -> str:
        try:
            return known_zone(self.cleaned_data["zone"])
        except TimeNotCertain as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def options(self) -> dict[str, str]:
        """What was typed for the kind's own fields."""
        return {name: self.cleaned_data.get(name, "") for name in self.option_names}


class SecretForm(forms.Form):
    """A new secret for an address."""

    def __init__(self, *args: Any, kind: HookKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"] = _secret(kind)


def _secret(kind: HookKind) -> forms.CharField:
    sender = SENDERS[kind]
    told = (
        "Paste what the other side shows."
        if sender.secret_from_them
        else "Leave it empty to have a strong one made."
    )
    return forms.CharField(
        label=sender.secret_is,
        required=sender.secret_from_them,
        max_length=500,
        help_text=told,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
    )


class DeclarationForm(Declared):
    """What was missing to read an arrival."""

    clock_offset = None  # type: ignore[assignment]


class AttachForm(forms.Form):
    """The incident that an arrival belongs to."""

    incident: Any = forms.ModelChoiceField(queryset=None, error_messages={"required": "Choose an incident."})

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["incident"].queryset = selectors.incidents_of(user)  # type: ignore[attr-defined]


class DismissForm(forms.Form):
    """Why nobody needs an arrival."""

    reason = forms.CharField(
        max_length=300,
        label="Why nobody needs it",
        error_messages={"required": "Say why nobody needs it, for those who look for it later."},
    )


class RuleForm(forms.Form):
    """When a delivery opens an incident by itself, and of which severity."""

    name = forms.CharField(max_length=120, help_text="It stands in the reason of the incident's severity.")
    source = forms.ChoiceField(choices=[("", "Any source"), *SourceKind.choices], required=False)
    words = forms.CharField(
        max_length=300,
        required=False,
        help_text="All of them must stand in the text, the service or the region, such as: checkout critical.",
    )
    severity = forms.TypedChoiceField(choices=Severity.choices, coerce=int, initial=Severity.SEV2)
    service: Any = forms.ModelChoiceField(
        queryset=None, required=False, help_text="Beside those that the payload names."
    )
    position = forms.IntegerField(
        min_value=0,
        max_value=1000,
        initial=10,
        help_text="The rule with the lowest number that fits decides.",
    )
    is_active = forms.BooleanField(required=False, initial=True, label="In force")

    def __init__(
        self, *args: Any, organization: Organization, rule: IntakeRule | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = selectors.services_of(organization)  # type: ignore[attr-defined]
        if rule is not None and not self.is_bound:
            names = ("name", "source", "words", "severity", "service", "position", "is_active")
            self.initial = {name: getattr(rule, name) for name in names}


class PolicyForm(forms.Form):
    """What each severity must have before it leaves intake."""

    gap_minutes = forms.IntegerField(
        min_value=1,
        max_value=24 * 60,
        label="Name silences from",
        help_text="Minutes without an entry after which the chronology and the draft name the gap.",
    )

    def __init__(self, *args: Any, policy: IntakePolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for severity in Severity:
            self.fields[f"required_{severity.value}"] = forms.MultipleChoiceField(
                choices=IntakeField.choices,
                required=False,
                label=f"{severity.label} must have",
                widget=forms.CheckboxSelectMultiple,
            )
        if not self.is_bound:
            self.initial = {"gap_minutes": policy.gap_minutes} | {
                f"required_{severity.value}": policy.required.get(str(severity.value), [])
                for severity in Severity
            }

    @property
    def required_fields(self) -> dict[str, list[str]]:
        """Severity as text to the fields that it demands."""
        return {str(severity.value): self.cleaned_data[f"required_{severity.value}"] for severity in Severity}


class DescriptionForm(forms.Form):
    """What is known about an incident."""

    severity = forms.TypedChoiceField(choices=Severity.choices, coerce=int)
    classification = forms.CharField(
        max_length=300,
        required=False,
        label="Why this severity",
        help_text="Such as: SEV2 because checkout was slow.",
    )
    services: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        label="Affected services",
        error_messages={"required": "Choose at least one affected service; its owner will sign the review."},
    )
    customer_impact = forms.CharField(
        max_length=500, required=False, help_text="What customers met, in a sentence."
    )
    region = forms.CharField(max_length=120, required=False)
    detected_by = forms.CharField(
        max_length=200, required=False, label="How it was detected", help_text="Which monitor, or who."
    )
    data_exposed = forms.BooleanField(required=False, label=DATA_EXPOSED, help_text=DATA_EXPOSED_HELP)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].queryset = selectors.services_of(organization)  # type: ignore[attr-defined]
