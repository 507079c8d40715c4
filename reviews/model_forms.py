"""What people say about the model: whether it may be asked, what it costs, and why a private incident may be sent."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms

from governance.forms import LongText
from reviews.enums import SectionKey
from reviews.models import ModelSettings

DEAREST = Decimal(10_000)


class ModelSettingsForm(forms.Form):
    """Whether and for which sections the model may be asked, and the prices of its tokens."""

    is_enabled = forms.BooleanField(
        label="The model may be asked",
        required=False,
        help_text="Nothing is sent before somebody presses the button in a section.",
    )
    sections = forms.MultipleChoiceField(
        label="About these sections",
        choices=SectionKey.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    price_in = forms.DecimalField(
        label="Price of a million tokens sent",
        min_value=0,
        max_value=DEAREST,
        decimal_places=4,
        required=False,
    )
    price_out = forms.DecimalField(
        label="Price of a million tokens answered",
        min_value=0,
        max_value=DEAREST,
        decimal_places=4,
        required=False,
    )
    currency = forms.CharField(
        label="Currency", max_length=3, required=False, help_text="Three letters, such as EUR."
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, settings: ModelSettings) -> ModelSettingsForm:
        """A form that shows the settings as they stand."""
        return cls(initial={name: _plain(getattr(settings, name)) for name in cls.base_fields})

    def clean_currency(self) -> str:
        text = str(self.cleaned_data["currency"]).strip().upper()
        if text and not re.fullmatch(r"[A-Z]{3}", text):
            raise forms.ValidationError("Write the currency with three letters, such as EUR.")
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        priced = cleaned.get("price_in") is not None or cleaned.get("price_out") is not None
        if priced and "currency" in cleaned and not cleaned["currency"]:
            self.add_error("currency", "Name the currency of the prices, such as EUR.")
        if cleaned.get("is_enabled") and not cleaned.get("sections") and "sections" not in self.errors:
            self.add_error("sections", "Choose at least one section, or do not let the model be asked.")
        return cleaned


def _plain(value: Any) -> Any:
    """A price without the zeros behind it."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class ConsentForm(forms.Form):
    """Why the chronology of a private incident may be sent."""

    reason = LongText(label="Why it may be sent", max_length=1000, rows=3)
