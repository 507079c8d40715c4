"""What people type when they decide about a review otherwise than by signing: reasons, replacements, exceptions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django import forms

from governance.forms import LongText
from reviews.enums import WAIVABLE_CHECKS, CheckCode, WaiverKind
from reviews.exemptions import Exemption
from reviews.models import Review
from reviews.selectors.seats import Seat


class ClosingForm(forms.Form):
    """Why a review is opened again or closed, or an exception taken back."""

    reason = LongText(label="Why", max_length=1000, rows=4)

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label


class NoteForm(forms.Form):
    """A few words beside a confirmation."""

    note = forms.CharField(label="Note", max_length=500, required=False)


class ReplacementForm(ClosingForm):
    """Which review takes the place of this one, by the reference of its incident."""

    by = forms.CharField(
        label="Which review takes its place?",
        max_length=30,
        help_text="The reference of its incident, such as INC-2018-0042.",
    )
    field_order = ("by", "reason")

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = others

    def clean_by(self) -> Review:
        reference = self.cleaned_data["by"].strip().upper()
        found: Review | None = (
            self.others.select_related("incident").filter(incident__reference=reference).first()
        )
        if found is None:
            raise forms.ValidationError(f"There is no other review of {reference}. Correct the reference.")
        return found


class SkipForm(forms.Form):
    """Why there is an exception, and until which day."""

    reason = LongText(
        label="Why", max_length=1000, rows=4, help_text="It is shown wherever the exception is."
    )
    ends_on = forms.DateField(
        label="Until",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The last day on which it counts, at most 90 days ahead.",
    )


class WaiverForm(SkipForm):
    """An exception in a review: one seat that nobody signed for yet, or one check."""

    what = forms.ChoiceField(
        label="What may be missing?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what may be missing."},
    )
    field_order = ("what", "reason", "ends_on")

    def __init__(
        self,
        *args: Any,
        seats: Sequence[Seat],
        failing: Collection[CheckCode] = WAIVABLE_CHECKS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.exemptions = {key_of(one): one for one in _exemptions(seats, failing)}
        choices = [(key, f"{one.label[:1].upper()}{one.label[1:]}") for key, one in self.exemptions.items()]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].help_text = "It is printed in the publication, with your name."

    @property
    def exception(self) -> dict[str, Any]:
        """What the service takes, once the form is valid."""
        one = self.exemptions[self.cleaned_data["what"]]
        return {
            "kind": one.kind,
            "role": one.role,
            "service": one.service,
            "check_code": one.check,
            "reason": self.cleaned_data["reason"],
            "ends_on": self.cleaned_data["ends_on"],
        }


def key_of(one: Exemption) -> str:
    """``signature:service_owner:12``, ``check::blame``."""
    about = str(one.service.pk) if one.service else one.check
    return f"{one.kind.value}:{one.role}:{about}"


def _exemptions(seats: Sequence[Seat], failing: Collection[CheckCode]) -> Iterator[Exemption]:
    """What may be waived here: empty seats, then the checks that fail."""
    for seat in seats:
        if not seat.filled:
            yield Exemption(WaiverKind.SIGNATURE, seat.role.value, seat.service)
    for code in (code for code in WAIVABLE_CHECKS if code in failing):
        yield Exemption(WaiverKind.CHECK, check=code.value)
