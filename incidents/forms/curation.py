"""Forms of the chronology's screen: choosing what is seen, and what is done to several entries at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms

from incidents.enums import Lane, SourceKind
from incidents.errors import TimeNotCertain, TimeUnreadable
from incidents.selectors import SHOWS, View
from incidents.times import read_time


class FilterForm(forms.Form):
    """What a person wants to see of a chronology; nothing in it is needed."""

    q = forms.CharField(max_length=200, required=False)
    source = forms.CharField(max_length=20, required=False)
    service = forms.CharField(max_length=120, required=False)
    kind = forms.ChoiceField(choices=[("", "All kinds"), *Lane.choices], required=False)

    def __init__(self, asked: Any) -> None:
        kept = {name: value.replace("\x00", "") for name, value in asked.items()}
        super().__init__(kept)
        self.moments = {name: _moment(kept.get(name, "")) for name in ("from", "to")}

    @property
    def view(self) -> View:
        """What was chosen; what cannot be read is left out, and ``told`` says so."""
        self.is_valid()
        values, show = self.cleaned_data, self.data.get("show", "all")
        return View(
            show=show if show in SHOWS else "all",
            q=values.get("q", ""),
            source=values.get("source", ""),
            service=values.get("service", ""),
            lane=values.get("kind", ""),
            start=self.moments["from"],
            end=self.moments["to"],
        )

    @property
    def told(self) -> str:
        """A sentence about times that were typed and cannot be read."""
        odd = [self.data[name] for name, moment in self.moments.items() if self.data.get(name) and not moment]
        if not odd:
            return ""
        return f"“{odd[0][:40]}” is no time that can be read. Write it in UTC, like 2018-10-21 22:52."


class BulkForm(forms.Form):
    """What to do with the chosen entries, each as ``12:3``: its number and the version that the person saw."""

    act = forms.CharField(max_length=12)
    chosen = forms.Field(required=False)
    reason = forms.CharField(max_length=300, required=False)
    tags = forms.CharField(max_length=300, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.data = data
        self.versions = dict(filter(None, (_version(one) for one in data.getlist("chosen"))))

    @property
    def tag_words(self) -> list[str]:
        """The tags that were typed, which commas separate."""
        return str(self.cleaned_data["tags"]).split(",")


class ClockForm(forms.Form):
    """By how much a source's clock ran ahead, and by what a person knows that; or which declaration is withdrawn."""

    source = forms.ChoiceField(choices=SourceKind.choices)
    seconds = forms.IntegerField(min_value=-86_400, max_value=86_400)
    reason = forms.CharField(
        max_length=300,
        error_messages={"required": "Say by what you know that this clock was wrong."},
    )
    pairs = forms.JSONField(required=False)

    def clean_pairs(self) -> list[list[float]]:
        """The entries that two sources both saw; whatever else was sent is no evidence."""
        pairs = self.cleaned_data["pairs"]
        return [pair for pair in pairs if _is_pair(pair)][:50] if isinstance(pairs, list) else []


class AttachmentForm(forms.Form):
    """A file to keep beside an entry."""

    file = forms.FileField(
        label="Image or file",
        help_text="A screenshot is shown here; anything else is kept as a download. 10 MB at most.",
        error_messages={
            "required": "Choose the file to attach.",
            "empty": "This file is empty. Choose another one.",
        },
    )


def _moment(text: str) -> datetime | None:
    try:
        return read_time(text.strip(), "UTC").at if text.strip() else None
    except (TimeNotCertain, TimeUnreadable):
        return None


def _version(text: str) -> tuple[int, int] | None:
    number, _sign, version = text.partition(":")
    if all(part.isascii() and part.isdigit() and len(part) < 10 for part in (number, version)):
        return int(number), int(version)
    return None


def _is_pair(pair: Any) -> bool:
    return (
        isinstance(pair, Sequence)
        and len(pair) == 3
        and all(isinstance(one, int | float) and not isinstance(one, bool) for one in pair)
    )
