"""What people type about a review."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from governance.forms import LongText
from incidents.models import Entry
from reviews.enums import CONFIDENCE_MEANING, Confidence, SignOffRole
from reviews.models import Factor, Review, Section

_NUMBERS = re.compile(r"^[\s,;]*(?:[Ee]?\d{1,9}[\s,;]*)*$")


class SectionForm(forms.Form):
    """The text of one section with the version that it was read in."""

    body = LongText(
        required=False,
        max_length=100_000,
        rows=12,
        attrs={"class": "prose-input"},
        label="Text",
        help_text="Put what a sentence rests on behind it, as [E12] or [E12, E13]; typing # looks entries up, and @ "
        "people. A line that starts with - is a list item. Pictures can be pasted.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, section: Section) -> SectionForm:
        return cls.over(section.body, section.version)

    @classmethod
    def over(cls, body: str, version: int) -> SectionForm:
        """A form with words that were typed over a version."""
        return SectionForm(initial={"body": body, "version": version})


class EntriesField(forms.CharField):
    """Entries by number, as ``E12, E13``; cleans to the entries of one incident."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2000, **kwargs)
        self.incident_id = 0

    def clean(self, value: Any) -> list[Entry]:
        text = super().clean(value)
        if not _NUMBERS.match(text):
            raise forms.ValidationError("Name entries by number, such as E12, E13.")
        numbers = {int(number) for number in re.findall(r"\d+", text)}
        entries = list(
            Entry.objects.filter(incident_id=self.incident_id, number__in=numbers).order_by("number")
        )
        if missing := sorted(numbers - {entry.number for entry in entries}):
            labels = ", ".join(f"E{number}" for number in missing)
            raise forms.ValidationError(
                f"{labels} is not in this chronology. Correct the number, or leave it out."
            )
        return entries


class FactorForm(forms.Form):
    """A contributing factor."""

    statement = LongText(label="What contributed", rows=3, max_length=2000)
    confidence = forms.ChoiceField(choices=Confidence.choices, label="How sure", initial=Confidence.SUSPECTED)
    evidence_for = EntriesField(
        label="Evidence for it", help_text="Such as E3, E5. Without any it is your statement."
    )
    evidence_against = EntriesField(label="Evidence against it")
    reasoning = LongText(label="How the evidence bears on it", rows=2, required=False, max_length=2000)
    would_confirm = forms.CharField(label="What would make us surer", required=False, max_length=500)
    is_trigger = forms.BooleanField(label="It set the incident off", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("evidence_for", "evidence_against"):
            self.fields[name].incident_id = review.incident_id  # type: ignore[attr-defined]

    @classmethod
    def of(cls, factor: Factor) -> FactorForm:
        """A form that shows a factor as it stands."""
        labels: dict[str, list[str]] = {"for": [], "against": []}
        for row in factor.evidence.select_related("entry"):
            labels[row.bearing].append(row.entry.label)
        initial = {
            name: getattr(factor, name) for name in cls.base_fields if not name.startswith("evidence_")
        }
        initial["evidence_for"] = ", ".join(labels["for"])
        initial["evidence_against"] = ", ".join(labels["against"])
        return cls(review=factor.review, initial=initial)


class AnswerForm(forms.Form):
    """An answer to a question; saying that something is unknown, and why, is an answer."""

    answer = LongText(
        label="Answer",
        max_length=5000,
        rows=3,
        help_text="It is shown as your statement. If nobody knows, say “Unknown, because …”.",
    )


class ReasonForm(forms.Form):
    """Why changes are asked for."""

    reason = LongText(label="What has to change", max_length=1000, rows=4)


class SignForm(forms.Form):
    """A signature: in which role, under which text, how sure, and why.

    ``since`` is the text that the signer had read before; ``password`` is asked only of somebody whose last proof of
    who they are is too old.
    """

    role = forms.ChoiceField(choices=SignOffRole.choices, widget=forms.HiddenInput)
    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    confidence = forms.ChoiceField(
        choices=Confidence.choices,
        widget=forms.RadioSelect,
        label="How sure are you of the causes?",
        error_messages={"required": "Choose how sure you are; “Unknown” is an answer too."},
    )
    no_single_cause = forms.BooleanField(label="There is no single root cause", required=False)
    reason = LongText(
        label="Why",
        max_length=2000,
        rows=4,
        error_messages={"required": "Say why, in a sentence: it is printed beside your signature."},
    )
    since = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput, required=False)
    password = forms.CharField(
        label="Confirm your password",
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="It is a while since you signed in. Your signature needs a fresh proof that it is you.",
    )

    @property
    def statement(self) -> dict[str, Any]:
        """What the service takes, once the form is valid."""
        names = ("role", "sha256", "confidence", "no_single_cause", "reason")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def choices(self) -> list[tuple[str, str, str]]:
        """Each confidence with its word and its meaning."""
        return [(choice.value, str(choice.label), CONFIDENCE_MEANING[choice]) for choice in Confidence]


class PictureForm(forms.Form):
    """A picture that is pasted into a text."""

    file = forms.FileField(label="Picture")


class MoveForm(forms.Form):
    """Where a section goes, counted from 0."""

    to = forms.IntegerField(min_value=0, max_value=100)
