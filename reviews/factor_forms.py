"""What people type about a contributing factor: what it is, how sure they are, and why, asked again and again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from governance.forms import LongText
from incidents.models import Entry
from reviews.enums import Confidence, FactorNature
from reviews.models import Factor, Review
from reviews.services.factors import LONGEST_WHY, MOST_WHYS

_NUMBERS = re.compile(r"^[\s,;]*(?:[Ee]?\d{1,9}[\s,;]*)*$")


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
    """A contributing factor; its answers to "why?" are asked one after another, and may stop anywhere."""

    statement = LongText(label="What contributed", rows=3, max_length=2000)
    confidence = forms.ChoiceField(choices=Confidence.choices, label="How sure", initial=Confidence.SUSPECTED)
    nature = forms.ChoiceField(
        choices=[("", "Not said"), *FactorNature.choices],
        label="Of what sort",
        required=False,
        help_text="What people did follows from their organization: its tools, its rules, what they could see.",
    )
    is_trigger = forms.BooleanField(
        label="It set the incident off",
        required=False,
        help_text="A trigger starts what other factors made possible; it is rarely what has to change.",
    )
    evidence_for = EntriesField(
        label="Evidence for it", help_text="Such as E3, E5. Without any it is your statement."
    )
    evidence_against = EntriesField(label="Evidence against it")
    reasoning = LongText(label="How the evidence bears on it", rows=2, required=False, max_length=2000)
    would_confirm = forms.CharField(label="What would make us surer", required=False, max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, review: Review, whys: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("evidence_for", "evidence_against"):
            self.fields[name].incident_id = review.incident_id  # type: ignore[attr-defined]
        for number in range(1, MOST_WHYS + 1):
            answer = whys[number - 1] if number <= len(whys) else ""
            self.fields[_why(number)] = LongText(
                label=_asked(number), rows=2, required=False, max_length=LONGEST_WHY, initial=answer
            )

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
        return cls(review=factor.review, whys=factor.whys, initial=initial)

    def clean(self) -> dict[str, Any]:
        """One list of answers in the place of their fields."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        answers = [cleaned.pop(_why(number), "") for number in range(1, MOST_WHYS + 1)]
        return {**cleaned, "whys": [answer for answer in answers if answer]}

    @property
    def about(self) -> list[forms.BoundField]:
        """Everything but the answers to "why?"."""
        return [field for field in self if not field.name.startswith("why_")]

    @property
    def asked(self) -> list[forms.BoundField]:
        """The questions to answer now: those that have an answer or an error, and the next one."""
        return self._questions[: self._reached + 1]

    @property
    def further(self) -> list[forms.BoundField]:
        """The questions that come after those."""
        return self._questions[self._reached + 1 :]

    @property
    def _questions(self) -> list[forms.BoundField]:
        return [self[_why(number)] for number in range(1, MOST_WHYS + 1)]

    @property
    def _reached(self) -> int:
        return max(
            (place for place, field in enumerate(self._questions, 1) if field.value() or field.errors),
            default=0,
        )


def _why(number: int) -> str:
    return f"why_{number}"


def _asked(number: int) -> str:
    return "Why did this come about?" if number == 1 else f"{number}. And why was that?"
