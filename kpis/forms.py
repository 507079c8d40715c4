"""What people type about windows."""

from __future__ import annotations

from typing import Any

from django import forms

DAYS = {"90": "Last 90 days", "180": "Last 180 days", "365": "Last 365 days"}


class WindowForm(forms.Form):
    """Which days and which incidents the page counts; anything unknown falls back to the last 180 days."""

    days = forms.ChoiceField(choices=list(DAYS.items()), label="Window")
    real = forms.BooleanField(required=False, label="Without the demo's synthetic history")


class BaselineForm(forms.Form):
    """The window that is frozen."""

    window_start = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    window_end = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label="Note", required=False, max_length=300, help_text="Why this window, for later readers."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("window_start"), cleaned.get("window_end")
        if start and end and end < start:
            self.add_error("window_end", "The window ends before it starts. Swap the two days.")
        return cleaned
