"""The rules that a review is held to, as plain values; pure functions.

An organization's rules are kept in versions (``models.ReviewPolicy``), and each review keeps the version that it is
held to. ``Policy()`` are the rules of an organization that has set none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from incidents.enums import Severity
from reviews.enums import CheckCode, SignOffRole
from reviews.errors import PolicyRefused

#: Whom a policy may ask for beside the two who always sign (invariant 5).
EXTRA_ROLES = (SignOffRole.MANAGER, SignOffRole.SECURITY)
#: The commander and an owner (invariant 5); more can be asked for only where more sign.
LEAST_PEOPLE = 2
LEAST_MINUTES, MOST_MINUTES = 1, 8 * 60
MOST_AMOUNT = 400
MOST_REMINDERS = 5
#: Days for a promise: 15 and 30 for what is urgent, eight weeks for the rest.
_PROMISE_DAYS = {Severity.SEV1: 15, Severity.SEV2: 30, Severity.SEV3: 8 * 7, Severity.SEV4: 8 * 7}


class Unit(StrEnum):
    """How a span of time is counted; business days follow the organization's calendar."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class Span:
    """A length of time: ``amount`` of ``unit``."""

    amount: int
    unit: Unit

    @property
    def label(self) -> str:
        """``24 hours``, ``1 business day``."""
        return f"{self.amount} {self.unit.label if self.amount != 1 else self.unit.label[:-1]}"


_SPAN = re.compile(r"\s*(\d{1,4})\s*(h|hours?|d|days?|business days?)\s*", re.IGNORECASE)


def span_of(words: str) -> Span:
    """Read ``24 hours``, ``3 days`` or ``5 business days``; raises ``ValueError`` for anything else."""
    match = _SPAN.fullmatch(words)
    if match is None:
        raise ValueError(words)
    unit = match.group(2).lower()
    if unit.startswith("b"):
        return Span(int(match.group(1)), Unit.BUSINESS_DAYS)
    return Span(int(match.group(1)), Unit.HOURS if unit.startswith("h") else Unit.DAYS)


@dataclass(frozen=True)
class Deadlines:
    """How long after the end of an incident its draft, its review and its publication are due."""

    draft: Span
    review: Span
    publication: Span


def _deadlines() -> dict[int, Deadlines]:
    """Three calendar days for the review of the highest severity, five business days otherwise; the draft before."""
    first = Deadlines(Span(48, Unit.HOURS), Span(3, Unit.DAYS), Span(4, Unit.DAYS))
    others = Deadlines(Span(4, Unit.BUSINESS_DAYS), Span(5, Unit.BUSINESS_DAYS), Span(6, Unit.BUSINESS_DAYS))
    return {severity.value: first if severity == Severity.SEV1 else others for severity in Severity}


def _signers() -> dict[int, tuple[SignOffRole, ...]]:
    return {
        severity.value: (SignOffRole.MANAGER,) if severity == Severity.SEV1 else () for severity in Severity
    }


def _promise_days() -> dict[int, int]:
    return {severity.value: _PROMISE_DAYS[severity] for severity in Severity}


#: No check holds up a submission at first that an ordinary draft could fail without anybody's fault.
_ALWAYS = (CheckCode.UNPROVEN_FACTOR, CheckCode.MILESTONE_ORDER)
_WHERE_MANY_READ = (*_ALWAYS, CheckCode.CONTRADICTION)


def _blocking() -> dict[int, tuple[CheckCode, ...]]:
    """What holds up submission, by severity: two checks always, and contradictions where many will read the text."""
    return {
        severity.value: _in_order(_WHERE_MANY_READ if severity <= Severity.SEV2 else _ALWAYS)
        for severity in Severity
    }


def _in_order(codes: Iterable[CheckCode]) -> tuple[CheckCode, ...]:
    wanted = frozenset(codes)
    return tuple(code for code in CheckCode if code in wanted)


@dataclass(frozen=True)
class Policy:
    """The rules.

    ``signers`` names by severity who signs beside the commander and the owners, ``blocking_checks`` which checks hold
    up submission and publication, in the order of ``CheckCode``. ``remind_before`` and
    ``remind_after`` are hours before and after something is due; what is still open ``escalate_to_leads_after`` hours
    after it was due is passed to the SRE leads, and ``escalate_to_managers_after`` hours after it to the managers.
    ``promise_days`` are the days within which an action item of each severity is to be done.
    """

    signers: Mapping[int, tuple[SignOffRole, ...]] = field(default_factory=_signers)
    security_where_data_exposed: bool = True
    least_people: int = LEAST_PEOPLE
    delegates_allowed: bool = True
    comments_block: bool = True
    blocking_checks: Mapping[int, tuple[CheckCode, ...]] = field(default_factory=_blocking)
    deadlines: Mapping[int, Deadlines] = field(default_factory=_deadlines)
    recent_minutes: int = 15
    remind_before: tuple[int, ...] = (24,)
    remind_after: tuple[int, ...] = (1, 24)
    escalate_to_leads_after: int = 24
    escalate_to_managers_after: int = 72
    promise_days: Mapping[int, int] = field(default_factory=_promise_days)

    def roles_for(self, severity: int, *, data_exposed: bool) -> tuple[SignOffRole, ...]:
        """Who signs beside the commander and the owners, in the order of the roles."""
        asked = set(self.signers.get(int(severity), ()))
        if data_exposed and self.security_where_data_exposed:
            asked.add(SignOffRole.SECURITY)
        return tuple(role for role in EXTRA_ROLES if role in asked)

    def plain(self) -> dict[str, Any]:
        """The form in which it is kept; ``from_plain`` reads it back."""
        return {
            "signers": {
                str(severity): [role.value for role in roles] for severity, roles in self.signers.items()
            },
            "security_where_data_exposed": self.security_where_data_exposed,
            "least_people": self.least_people,
            "delegates_allowed": self.delegates_allowed,
            "comments_block": self.comments_block,
            "blocking_checks": {
                str(severity): [code.value for code in codes]
                for severity, codes in self.blocking_checks.items()
            },
            "deadlines": {
                str(severity): {
                    one.name: [getattr(ends, one.name).amount, getattr(ends, one.name).unit.value]
                    for one in fields(Deadlines)
                }
                for severity, ends in self.deadlines.items()
            },
            "recent_minutes": self.recent_minutes,
            "remind_before": list(self.remind_before),
            "remind_after": list(self.remind_after),
            "escalate_to_leads_after": self.escalate_to_leads_after,
            "escalate_to_managers_after": self.escalate_to_managers_after,
            "promise_days": {str(severity): days for severity, days in self.promise_days.items()},
        }

    @classmethod
    def from_plain(cls, rules: Mapping[str, Any]) -> Policy:
        """Read what ``plain`` gives; a rule that the stored form does not know has its default.

        Raises ``PolicyRefused`` for what is no policy.
        """
        known = {one.name for one in fields(cls)}
        try:
            values = {
                name: _READERS.get(name, _same)(value) for name, value in rules.items() if name in known
            }
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise PolicyRefused("These rules cannot be read. Set them again.") from error
        policy = cls(**values)
        policy.require_sound()
        return policy

    def require_sound(self) -> None:
        """Raise ``PolicyRefused`` with every sentence that says what is wrong with these rules."""
        faults = (_faults_of_numbers, _faults_of_signers, _faults_of_checks, _faults_of_deadlines)
        if refusals := [refusal for fault in faults for refusal in fault(self)]:
            raise PolicyRefused(" ".join(refusals))


def _same(value: Any) -> Any:
    return value


def _read_signers(value: Mapping[str, Any]) -> dict[int, tuple[SignOffRole, ...]]:
    return {int(severity): tuple(SignOffRole(role) for role in roles) for severity, roles in value.items()}


def _read_deadlines(value: Mapping[str, Any]) -> dict[int, Deadlines]:
    return {
        int(severity): Deadlines(**{name: Span(int(one[0]), Unit(one[1])) for name, one in ends.items()})
        for severity, ends in value.items()
    }


def _read_checks(value: Mapping[str, list[str]] | list[str]) -> dict[int, tuple[CheckCode, ...]]:
    """The checks by severity; an earlier form named the same ones for all of them."""
    if isinstance(value, list):
        return {severity.value: _in_order(CheckCode(code) for code in value) for severity in Severity}
    return {int(severity): _in_order(CheckCode(code) for code in codes) for severity, codes in value.items()}


def _read_days(value: Mapping[str, Any]) -> dict[int, int]:
    return {int(severity): int(days) for severity, days in value.items()}


_READERS: dict[str, Any] = {
    "promise_days": _read_days,
    "signers": _read_signers,
    "deadlines": _read_deadlines,
    "blocking_checks": _read_checks,
    "remind_before": tuple,
    "remind_after": tuple,
}


def _faults_of_numbers(policy: Policy) -> list[str]:
    found = []
    if policy.least_people < LEAST_PEOPLE:
        found.append("Two different people at least stand behind every text.")
    if not LEAST_MINUTES <= policy.recent_minutes <= MOST_MINUTES:
        found.append(f"A sign-in counts as recent for {LEAST_MINUTES} to {MOST_MINUTES} minutes.")
    hours = (*policy.remind_before, *policy.remind_after)
    later = (policy.escalate_to_leads_after, policy.escalate_to_managers_after)
    if any(not isinstance(hour, int) or not 1 <= hour <= MOST_AMOUNT for hour in (*hours, *later)):
        found.append(f"Reminders and escalation take whole hours from 1 to {MOST_AMOUNT}.")
    elif later[0] > later[1]:
        found.append("Managers hear of something overdue after the SRE leads, not before them.")
    if max(len(policy.remind_before), len(policy.remind_after)) > MOST_REMINDERS:
        found.append(
            f"At most {MOST_REMINDERS} reminders before and {MOST_REMINDERS} after something is due."
        )
    return found


def _faults_of_signers(policy: Policy) -> list[str]:
    if set(policy.signers) != {severity.value for severity in Severity}:
        return ["Say for every severity who signs beside the commander and the owners."]
    if any(role not in EXTRA_ROLES for roles in policy.signers.values() for role in roles):
        return ["The commander and the owners always sign; only managers and security can be added."]
    few = [
        f"SEV{severity}"
        for severity, roles in policy.signers.items()
        if len(roles) + LEAST_PEOPLE < policy.least_people
    ]
    if few:
        return [
            f"{policy.least_people} different people cannot be had for {', '.join(few)}, where fewer sign. Add a "
            "further signature there, or ask for fewer people."
        ]
    return []


def _faults_of_checks(policy: Policy) -> list[str]:
    if set(policy.blocking_checks) != {severity.value for severity in Severity}:
        return ["Say for every severity which checks hold up submission."]
    return []


def _faults_of_deadlines(policy: Policy) -> list[str]:
    if set(policy.deadlines) != {severity.value for severity in Severity}:
        return ["Say for every severity when draft, review and publication are due."]
    spans = [getattr(ends, one.name) for ends in policy.deadlines.values() for one in fields(Deadlines)]
    if any(not 1 <= span.amount <= MOST_AMOUNT for span in spans):
        return [f"A deadline is from 1 to {MOST_AMOUNT} hours or days long."]
    if set(policy.promise_days) != {severity.value for severity in Severity}:
        return ["Say for every severity within how many days an action item is done."]
    if any(not 1 <= days <= MOST_AMOUNT for days in policy.promise_days.values()):
        return [f"An action item is due after 1 to {MOST_AMOUNT} days."]
    return []


def differences(before: Policy, after: Policy) -> list[str]:
    """What changed from one policy to the next, a line for each rule: ``Comments block: yes → no``."""
    earlier, later = before.plain(), after.plain()
    return [
        f"{LABELS[name]}: {worded(name, earlier[name])} → {worded(name, later[name])}"
        for name in LABELS
        if earlier[name] != later[name]
    ]


LABELS = {
    "signers": "Further signatures",
    "security_where_data_exposed": "Security signs where data was exposed",
    "least_people": "Different people at least",
    "delegates_allowed": "Delegates may sign",
    "comments_block": "Open comments hold up submission",
    "blocking_checks": "Checks that hold up submission",
    "deadlines": "Deadlines",
    "recent_minutes": "Minutes for which a sign-in is recent",
    "remind_before": "Reminders before (hours)",
    "remind_after": "Reminders after (hours)",
    "escalate_to_leads_after": "To the SRE leads after (hours)",
    "escalate_to_managers_after": "To the managers after (hours)",
    "promise_days": "Days for an action item",
}


def worded(name: str, value: Any) -> str:
    """A rule in its plain form, as a person reads it."""
    if name == "signers":
        parts = [f"SEV{severity} {_listed(roles, SignOffRole)}" for severity, roles in value.items() if roles]
        return "; ".join(parts) or "none"
    if name == "deadlines":
        return "; ".join(f"SEV{severity} {_ends(ends)}" for severity, ends in value.items())
    if name == "promise_days":
        return ", ".join(f"SEV{severity} {days}" for severity, days in value.items())
    if name == "blocking_checks":
        return _checks_by_severity(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(one) for one in value) or "none" if isinstance(value, list) else str(value)


def _checks_by_severity(value: Mapping[str, list[str]]) -> str:
    """Severities with the same checks together: ``SEV1, SEV2 a confirmed factor without evidence; SEV3 none``."""
    alike: dict[str, list[str]] = {}
    for severity, codes in value.items():
        alike.setdefault(_listed(codes, CheckCode), []).append(f"SEV{severity}")
    if len(alike) == 1:
        return next(iter(alike))
    return "; ".join(f"{', '.join(severities)}: {codes}" for codes, severities in alike.items())


def _listed(values: list[str], choices: Any) -> str:
    return ", ".join(str(choices(value).label).lower() for value in values) or "none"


def _ends(ends: Mapping[str, list[Any]]) -> str:
    return ", ".join(f"{name} {Span(one[0], Unit(one[1])).label}" for name, one in ends.items())
