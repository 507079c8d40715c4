"""Forms of private incidents: whom to name, and why everybody may see one again."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.models import Incident
from incidents.selectors import privacy


class ReaderForm(forms.Form):
    """A member who may not see the incident yet."""

    person: Any = forms.ModelChoiceField(
        queryset=None,
        label="Name somebody",
        empty_label="Choose a person",
        error_messages={
            "required": "Choose a person to name.",
            "invalid_choice": "Choose a member of the organization who is not on the list yet.",
        },
    )

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = privacy.people_to_name(incident)  # type: ignore[attr-defined]


class OpeningForm(forms.Form):
    """Why everybody may see it again."""

    reason = forms.CharField(
        max_length=300,
        label="Why everybody may see it now",
        help_text="The audit trail keeps it.",
        error_messages={"required": "Say why everybody may see it now; the audit trail keeps the reason."},
    )
