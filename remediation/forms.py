"""What people type about action items."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from governance.forms import LongText
from governance.models import User
from incidents.enums import Severity
from incidents.selectors.privacy import people_who_see
from remediation.enums import ActionKind, Verdict
from remediation.models import ActionItem
from remediation.recommending import Recommendation, is_key
from reviews.models import Factor, Review


class ActionItemForm(forms.Form):
    """Everything a promise needs; no field is optional except what it depends on and the factor that it answers."""

    title = forms.CharField(
        max_length=200,
        label="What will be done",
        help_text="Start with a verb and say what is different afterwards.",
    )
    kind = forms.ChoiceField(choices=ActionKind.choices, label="What it is for")
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), label="Owner", empty_label="Choose one person"
    )
    severity = forms.TypedChoiceField(
        choices=Severity.choices, coerce=int, label="Severity", help_text="How bad it is if this is not done."
    )
    due_on = forms.DateField(
        label="Due",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The day by which it is in place.",
    )
    verification_criterion = LongText(
        label="How we will know that it works",
        rows=3,
        max_length=2000,
        help_text="Something that another person can check: a test, a drill, a graph.",
    )
    verify_on = forms.DateField(
        required=False,
        label="Looked at on",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The day on which another person checks that. It is the day it is due, or later.",
    )
    depends_on = forms.ModelMultipleChoiceField(
        queryset=ActionItem.objects.none(),
        required=False,
        label="Needs first",
        widget=forms.CheckboxSelectMultiple,
    )
    factor = forms.ModelChoiceField(
        queryset=Factor.objects.none(),
        required=False,
        label="Answers the factor",
        empty_label="None in particular",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    recommendation = forms.CharField(max_length=80, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, review: Review, item: ActionItem | None = None, **kwargs: Any) -> None:
        self.item = item
        super().__init__(*args, **kwargs)
        self._choice("owner").queryset = people_who_see(review.incident)
        others = ActionItem.objects.filter(review=review).order_by("number")
        if item is not None:
            others = others.exclude(pk=item.pk)
        self._choice("depends_on").queryset = others
        self._choice("depends_on").label_from_instance = lambda other: f"{other.label} {other.title}"
        if not others:
            self._choice("depends_on").widget = forms.MultipleHiddenInput()
        self._choice("factor").queryset = Factor.objects.filter(review=review)
        self._choice("factor").label_from_instance = lambda factor: factor.statement

    def _choice(self, name: str) -> Any:
        return self.fields[name]

    @classmethod
    def of(cls, item: ActionItem) -> ActionItemForm:
        """A form that shows an item as it stands."""
        initial = {name: getattr(item, name) for name in cls.base_fields if name not in {"depends_on"}}
        initial["depends_on"] = list(item.depends_on.values_list("pk", flat=True))
        return cls(review=item.review, item=item, initial=initial)

    @classmethod
    def from_recommendation(cls, review: Review, taken: Recommendation | None) -> ActionItemForm:
        """A form for a new item, filled with what was recommended, if anything was."""
        if taken is None:
            return cls(review=review)
        step = taken.step
        initial = {
            "title": step.title,
            "kind": step.kind,
            "owner": taken.owner.pk if taken.owner else None,
            "severity": taken.severity,
            "due_on": taken.due_on,
            "verification_criterion": step.criterion,
            "verify_on": taken.verify_on,
            "factor": Factor.objects.filter(review=review, number=step.factor).first(),
            "recommendation": taken.key,
        }
        return cls(review=review, initial=initial)

    def on_version(self, version: int) -> None:
        """Let the next save of what was typed stand on the version that is stored now."""
        data: Any = copy(self.data)
        data["version"] = str(version)
        self.data = data

    def clean_due_on(self) -> date:
        due: date = self.cleaned_data["due_on"]
        unchanged = self.item is not None and self.item.due_on == due
        if due < timezone.now().date() and not unchanged:
            raise forms.ValidationError("This day has passed. Choose a day on which it can still be done.")
        return due

    def clean_recommendation(self) -> str:
        """The key of what the item was taken from; nothing where it could not be one."""
        key: str = self.cleaned_data["recommendation"]
        return key if is_key(key) else ""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        due, looked_at = values.get("due_on"), values.get("verify_on")
        if due and looked_at and looked_at < due:
            self.add_error(
                "verify_on", "Nobody can see earlier whether it works. Choose the day it is due, or later."
            )
        return values


class VerdictForm(forms.Form):
    """What a person says of a recommendation; an empty verdict takes back what they said."""

    verdict = forms.ChoiceField(
        choices=[*Verdict.choices, ("withdrawn", "Take back")],
        error_messages={"required": "Say whether it was useful or wrong."},
    )
    note = forms.CharField(max_length=500, required=False)


NOTE_LABELS = {"complete": "What was done", "verify": "How the criterion was met"}


class NoteForm(forms.Form):
    """One sentence that goes with a step: ``complete`` or ``verify``."""

    note = LongText(rows=3, max_length=2000)

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields["note"].label = NOTE_LABELS[step]
