"""What a person says to have evidence fetched."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from governance.enums import ConnectionKind
from incidents.enums import MilestoneKind
from incidents.forms.chronology import UTC_HELP, UtcField
from incidents.models import Incident
from incidents.selectors import milestone_times

BEFORE, AFTER = timedelta(hours=1), timedelta(minutes=30)
LONGEST = timedelta(days=31)
_PAGERDUTY = re.compile(r"(?:.*/incidents/)?([A-Z0-9]{6,20})/?")
_CHANNEL = re.compile(r"(?:.*/)?([CGD][A-Z0-9]{6,20})/?")


class PullForm(forms.Form):
    """The window, and what the kind of system needs to know beside it."""

    def __init__(self, *args: Any, kind: ConnectionKind, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in _fields(kind).items():
            self.fields[name] = field
        if kind != ConnectionKind.PAGERDUTY:
            self.fields["start"] = UtcField(label="From", help_text=UTC_HELP)
            self.fields["end"] = UtcField(label="To", help_text=UTC_HELP)
            self.fields["start"].initial, self.fields["end"].initial = _window(incident)

    def clean_incident(self) -> str:
        return _matched(
            _PAGERDUTY,
            self.cleaned_data["incident"],
            "Paste the incident's address, or its id such as PT4KHLK.",
        )

    def clean_channel(self) -> str:
        return _matched(
            _CHANNEL, self.cleaned_data["channel"], "Paste the channel's link, or its id such as C0123456789."
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and start >= end:
            self.add_error("end", "The end lies before the start. Choose a later one.")
        elif start and end and end - start > LONGEST:
            self.add_error("end", "Choose 31 days at most; fetch a longer time in parts.")
        return cleaned

    @property
    def values(self) -> dict[str, str]:
        """What was said, as text that an outbox row can keep."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else str(value)
            for name, value in self.cleaned_data.items()
        }


def _fields(kind: ConnectionKind) -> dict[str, forms.Field]:
    query = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    if kind == ConnectionKind.PAGERDUTY:
        told = "Its address in PagerDuty, or its id."
        return {"incident": forms.CharField(max_length=300, label="PagerDuty incident", help_text=told)}
    if kind == ConnectionKind.SLACK:
        told = "Its link, or its id. The app must be invited to it."
        return {"channel": forms.CharField(max_length=300, label="Channel", help_text=told)}
    if kind == ConnectionKind.PROMETHEUS:
        query.help_text = "PromQL, such as: histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))"
        return {
            "query": query,
            "title": forms.CharField(
                max_length=120, required=False, help_text="How the series is called in the chronology."
            ),
            "unit": forms.CharField(max_length=20, required=False, help_text="Such as s, ms, requests/s."),
        }
    if kind == ConnectionKind.LOKI:
        query.help_text = 'LogQL with at least one label, such as: {app="checkout"} |= "error"'
        return {"query": query}
    if kind == ConnectionKind.CLOUDWATCH:
        query.initial = "fields @timestamp, @message | sort @timestamp asc"
        groups = forms.CharField(
            max_length=1000, label="Log groups", help_text="Their names, with spaces between them."
        )
        return {"groups": groups, "query": query}
    return {}


def _window(incident: Incident) -> tuple[datetime, datetime]:
    """From an hour before the declaration until half an hour after the end, as far as that is known."""
    resolved = milestone_times(incident).get(MilestoneKind.RESOLVED)
    end = resolved + AFTER if resolved else min(timezone.now(), incident.declared_at + timedelta(days=1))
    return incident.declared_at - BEFORE, max(end, incident.declared_at + AFTER)


def _matched(pattern: re.Pattern[str], typed: str, misfit: str) -> str:
    found = pattern.fullmatch(typed.strip().split("?")[0])
    if not found:
        raise forms.ValidationError(misfit)
    return found.group(1)
