"""What people look for among published reviews."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.models import User
from incidents.enums import Severity
from incidents.models import Service
from reviews.selectors.searching import Asked

MOST_CHARACTERS = 200
FIRST_YEAR, LAST_YEAR = 1970, 9998


class SearchForm(forms.Form):
    """Words as people type them, and what narrows them down; nothing but a length or a foreign choice is refused."""

    q = forms.CharField(
        max_length=MOST_CHARACTERS,
        required=False,
        label="Words",
        error_messages={"max_length": f"Look for at most {MOST_CHARACTERS} characters."},
    )
    service = forms.ChoiceField(required=False, label="Service")
    severity = forms.TypedChoiceField(
        choices=[("", "All severities"), *Severity.choices], required=False, coerce=int, empty_value=None
    )
    year = forms.IntegerField(
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Write the year with four digits, such as 2018."
        ),
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__({**data.dict(), "q": data.get("q", "").replace("\x00", " ")})
        names = Service.objects.visible_to(user).order_by("name").values_list("name", flat=True)
        self.fields["service"].choices = [("", "All services"), *((name, name) for name in names)]  # type: ignore[attr-defined]

    @property
    def asked(self) -> Asked:
        """What a valid form asks for."""
        found = self.cleaned_data
        return Asked(found["q"], found["service"], found["severity"], found["year"])
