"""What people type about a risk: what it is, who watches it until when, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.forms import LongText
from governance.models import User
from incidents.selectors.privacy import people_who_see
from reviews.models import Factor, Review, Risk
from reviews.services.risks import LONGEST_REASON, LONGEST_STATEMENT


def _day(label: str, help_text: str, *, required: bool) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget)


class RiskForm(forms.Form):
    """A risk with its owner and the day on which it is looked at."""

    statement = LongText(
        label="What could still happen",
        rows=3,
        max_length=LONGEST_STATEMENT,
        help_text="In one sentence, with what it rests on behind it, such as [E12].",
        error_messages={"required": "Say in one sentence what could still happen."},
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label="Who watches it",
        empty_label="Nobody yet",
        help_text="It waits in their work when its day has come.",
    )
    review_on = _day("When it is looked at", "Choose a day on which more is known.", required=False)
    factor = forms.ModelChoiceField(
        Factor.objects.none(),
        required=False,
        label="The factor that leaves it",
        empty_label="None in particular",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choice("owner").queryset = people_who_see(review.incident)
        self._choice("factor").queryset = Factor.objects.filter(review=review).order_by("number")
        self._choice("factor").label_from_instance = lambda factor: (
            f"{factor.number}. {factor.statement[:100]}"
        )

    @classmethod
    def of(cls, risk: Risk) -> RiskForm:
        """A form that shows a risk as it stands."""
        return cls(review=risk.review, initial={name: getattr(risk, name) for name in cls.base_fields})

    def _choice(self, name: str) -> Any:
        return self.fields[name]


class _Small(forms.Form):
    """One of several forms of a page, each with ids of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{type(self).__name__.lower()}_%s", **kwargs})


class AcceptForm(_Small):
    """Why nothing more is done about a risk; nothing takes it back."""

    because = LongText(
        label="Accepted because",
        rows=2,
        max_length=LONGEST_REASON,
        required=False,
        help_text="Such as: what would have to be done costs more than it could harm. It stays watched.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class CloseForm(_Small):
    """Why a risk needs no more watching."""

    because = LongText(
        label="It needs no more watching, because",
        rows=2,
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Say why it needs no more watching: what ended it, or what it turned out to be."
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class AgainForm(_Small):
    """When a risk is looked at next."""

    on = _day("Look at it again on", "", required=True)
    version = forms.IntegerField(widget=forms.HiddenInput)
