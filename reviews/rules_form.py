"""The rules of reviews as a form."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from django import forms

from incidents.enums import Severity
from reviews.checks import GROUPS, Check
from reviews.enums import WAIVABLE_CHECKS, CheckCode, SignOffRole
from reviews.policy import EXTRA_ROLES, LEAST_PEOPLE, Deadlines, Policy, Span, span_of

_MOMENTS = {"draft": "Draft due after", "review": "Review due after", "publication": "Publication due after"}


class SpanField(forms.CharField):
    """A length of time, as ``24 hours``, ``3 days`` or ``5 business days``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> Span:
        text = super().clean(value)
        try:
            return span_of(text)
        except ValueError as error:
            raise forms.ValidationError(
                "Write a number with its unit: 24 hours, 3 days or 5 business days."
            ) from error


class HoursField(forms.CharField):
    """Hours one after the other, as ``24, 4``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, required=False, **kwargs)

    def clean(self, value: Any) -> tuple[int, ...]:
        text = super().clean(value)
        if not re.fullmatch(r"[\d\s,;]*", text):
            raise forms.ValidationError("Write whole hours with commas between them, such as 24, 4.")
        return tuple(int(number) for number in re.findall(r"\d{1,6}", text))


class Cell(NamedTuple):
    """One box of the table of checks."""

    name: str
    value: str
    severity: str
    label: str
    is_ticked: bool


class RulesForm(forms.Form):
    """The rules of reviews; what differs by severity has a field for each (``signers_1``, ``draft_1`` …)."""

    security_where_data_exposed = forms.BooleanField(
        label="Security signs where data was exposed", required=False
    )
    least_people = forms.IntegerField(
        label="Different people at least",
        min_value=LEAST_PEOPLE,
        help_text="So many people must stand behind every text.",
    )
    delegates_allowed = forms.BooleanField(label="Delegates sign for somebody who is absent", required=False)
    comments_block = forms.BooleanField(label="Open comments hold up submission", required=False)
    recent_minutes = forms.IntegerField(
        label="A sign-in is recent for (minutes)",
        help_text="Whoever signs later than that proves again who they are.",
    )
    remind_before = HoursField(label="Remind before something is due (hours)")
    remind_after = HoursField(label="Remind after something was due (hours)")
    escalate_to_leads_after = forms.IntegerField(label="Pass to the SRE leads after (hours)")
    escalate_to_managers_after = forms.IntegerField(label="Pass to the managers after (hours)")
    note = forms.CharField(label="Why the rules change", max_length=300, required=False)

    def __init__(self, data: Any = None, *, policy: Policy) -> None:
        super().__init__(data, initial=_shown(policy))
        for severity in Severity:
            self.fields[f"signers_{severity.value}"] = forms.MultipleChoiceField(
                label="Who signs beside the commander and the owners",
                choices=[(role.value, role.label) for role in EXTRA_ROLES],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
            for moment, words in _MOMENTS.items():
                self.fields[f"{moment}_{severity.value}"] = SpanField(label=words)
            self.fields[f"checks_{severity.value}"] = forms.MultipleChoiceField(
                label=f"Checks that hold up a {severity.label}",
                choices=[(code.value, code.label) for code in WAIVABLE_CHECKS],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
            self.fields[f"promise_{severity.value}"] = forms.IntegerField(
                label="An action item is due after (days)", min_value=1
            )

    @property
    def by_severity(self) -> list[tuple[Severity, list[forms.BoundField]]]:
        """The fields of each severity."""
        names = ("signers", *_MOMENTS, "promise")
        return [(one, [self[f"{name}_{one.value}"] for name in names]) for one in Severity]

    @property
    def checks(self) -> list[tuple[str, list[tuple[Check, list[Cell]]]]]:
        """The checks that may hold a text up, in their groups, with a box for each severity."""
        ticked = {one: set(self[f"checks_{one.value}"].value() or ()) for one in Severity}
        groups = (
            (name, [(check, _cells(check, ticked)) for check in checks if check.code in WAIVABLE_CHECKS])
            for name, checks in GROUPS
        )
        return [(name, rows) for name, rows in groups if rows]

    @property
    def check_errors(self) -> list[str]:
        """What is wrong with the boxes, of all severities."""
        return [str(error) for one in Severity for error in self.errors.get(f"checks_{one.value}", ())]

    @property
    def of_all(self) -> list[forms.BoundField]:
        """The fields that hold for every severity."""
        return [self[name] for name in self.base_fields]

    @property
    def policy(self) -> Policy:
        """The rules as they were typed, once the form is valid; they may be refused as a whole."""
        data = self.cleaned_data
        same = {name: data[name] for name in _SAME}
        return Policy(
            **same,
            blocking_checks={
                one.value: tuple(code for code in CheckCode if code.value in data[f"checks_{one.value}"])
                for one in Severity
            },
            signers={
                one.value: tuple(SignOffRole(role) for role in data[f"signers_{one.value}"])
                for one in Severity
            },
            deadlines={
                one.value: Deadlines(**{name: data[f"{name}_{one.value}"] for name in _MOMENTS})
                for one in Severity
            },
            promise_days={one.value: data[f"promise_{one.value}"] for one in Severity},
        )


_SAME = [name for name in RulesForm.base_fields if name != "note"]


def _cells(check: Check, ticked: dict[Severity, set[str]]) -> list[Cell]:
    return [
        Cell(
            name=f"checks_{severity.value}",
            value=check.code.value,
            severity=severity.label,
            label=f"{severity.label}: {check.holds}",
            is_ticked=check.code.value in codes,
        )
        for severity, codes in ticked.items()
    ]


def _shown(policy: Policy) -> dict[str, Any]:
    """A policy as the form shows it."""
    shown: dict[str, Any] = {name: getattr(policy, name) for name in _SAME}
    for name in ("remind_before", "remind_after"):
        shown[name] = ", ".join(str(hours) for hours in shown[name])
    for severity in Severity:
        shown[f"checks_{severity.value}"] = [code.value for code in policy.blocking_checks[severity.value]]
        shown[f"signers_{severity.value}"] = [role.value for role in policy.signers[severity.value]]
        for moment in _MOMENTS:
            shown[f"{moment}_{severity.value}"] = getattr(policy.deadlines[severity.value], moment).label
        shown[f"promise_{severity.value}"] = policy.promise_days[severity.value]
    return shown
