"""What follows from gaps: late detection, no monitor, slow acknowledgement, silence, open risks and open promises."""

from __future__ import annotations

from collections.abc import Iterator

from incidents.enums import MilestoneKind
from remediation.enums import ActionKind, Rule, Tier
from remediation.recommending.record import KnownRisk, Mention, Owed, Record, minutes_between
from remediation.recommending.steps import Step
from remediation.recommending.wording import clock, label, listed, named, quote, span

#: From how many minutes on a detection, and an acknowledgement, is called late.
LATE_MINUTES = 5
STARTED, DETECTED = MilestoneKind.IMPACT_STARTED, MilestoneKind.DETECTED


def of_gaps(record: Record) -> Iterator[Step]:
    """A step for every gap that the record shows."""
    rules = (_monitor, _sooner, _unheeded, _paging, _silence)
    yield from (step for rule in rules if (step := rule(record)) is not None)
    yield from (_risk(one, record) for one in sorted(record.risks, key=_number) if _is_open(one, record))
    yield from (
        _promise(one) for one in sorted(record.owed) if one.overdue or (one.is_repeat and one.promised)
    )


def _number(risk: KnownRisk) -> int:
    return risk.number


def _monitor(record: Record) -> Step | None:
    """A monitor, where somebody or something else noticed."""
    seen = record.milestones.get(DETECTED)
    if seen is None or seen.is_alarm or _is_watched(record):
        return None
    start = record.milestones.get(STARTED) or seen
    return Step(
        Rule.MONITOR, "detection", "Detection", ActionKind.DETECT, Tier.SAFE,
        title=f"Create a monitor on what {label(start.number)} shows, {quote(start.text)}",
        because=f"no alert is on record as the detection, which rests on {named(seen)}{_after_start(record)}",
        criterion=_replayed("monitor", record, start, seen),
        entries=_numbers(start, seen),
        service=_service(start, record),
    )  # fmt: skip


def _sooner(record: Record) -> Step | None:
    """An earlier alert, where the one that there was came late."""
    seen, start = record.milestones.get(DETECTED), record.milestones.get(STARTED)
    gap = record.minutes(STARTED, DETECTED)
    if seen is None or start is None or gap is None or gap < LATE_MINUTES:
        return None
    if not seen.is_alarm or _is_watched(record):
        return None
    return Step(
        Rule.SOONER, "detection", "Detection", ActionKind.DETECT, Tier.SAFE,
        title=f"Add an alert on what {label(start.number)} shows, {quote(start.text)}, that fires before "
        f"{label(seen.number)}",
        because=f"{label(seen.number)}, {quote(seen.text)}, is the detection{_after_start(record)}",
        criterion=_replayed("alert", record, start, seen),
        entries=_numbers(start, seen),
        service=_service(start, record),
    )  # fmt: skip


def _is_watched(record: Record) -> bool:
    """Whether an item for detecting sooner is promised that answers no factor in particular."""
    return any(one.kind == ActionKind.DETECT and one.factor is None for one in record.answers)


def _after_start(record: Record) -> str:
    """``, 7 min after the impact started at 22:52 UTC (E3)``; empty when that is not known or no time passed."""
    gap = record.minutes(STARTED, DETECTED)
    if gap is None or gap < 1:
        return ""
    start = record.milestones[STARTED]
    return f", {span(gap)} after the impact started at {clock(start)} ({label(start.number)})"


def _replayed(what: str, record: Record, start: Mention, seen: Mention) -> str:
    """How a new alert is judged: by half of the time that this incident went unnoticed, where that can be counted."""
    gap = record.minutes(STARTED, DETECTED)
    if not seen.is_exact:
        return f"Replayed over this incident, the {what} fires."
    if gap is None or gap < 2:
        return f"Replayed over this incident, the {what} fires no later than {clock(seen)} ({label(seen.number)})."
    return (
        f"Replayed over this incident, the {what} fires within {span(gap // 2)} of {clock(start)} "
        f"({label(start.number)}): half of the {span(gap)} that it took."
    )


def _unheeded(record: Record) -> Step | None:
    """An alert before the detection, after the impact had started, that was not taken as the incident."""
    seen, start = record.milestones.get(DETECTED), record.milestones.get(STARTED)
    if seen is None or start is None:
        return None
    earlier = [one for one in record.alerts if start.at <= one.at and (minutes_between(one, seen) or 0) >= 1]
    if not earlier:
        return None
    first = min(earlier, key=lambda one: (one.at, one.number))
    return Step(
        Rule.UNHEEDED, f"alert-{first.number}", "Detection", ActionKind.RESPOND, Tier.SAFE,
        title=f"Route the alert of {named(first)} to the person on call",
        because=f"{label(first.number)} was raised at {clock(first)}, and the incident was detected "
        f"{span(minutes_between(first, seen) or 0)} later ({label(seen.number)})",
        criterion=f"A test of the alert of {label(first.number)} pages the person on call, who acknowledges it.",
        entries=_numbers(first, seen),
        below=1,
        service=_service(first, record),
    )  # fmt: skip


def _paging(record: Record) -> Step | None:
    """A second person, where the first took long to answer."""
    gap = record.minutes(DETECTED, MilestoneKind.ACKNOWLEDGED)
    if gap is None or gap < LATE_MINUTES:
        return None
    seen, taken = record.milestones[DETECTED], record.milestones[MilestoneKind.ACKNOWLEDGED]
    return Step(
        Rule.PAGING, "acknowledgement", "Acknowledgement", ActionKind.RESPOND, Tier.SAFE,
        title=f"Page a second person when nobody acknowledges within {span(gap // 2)}",
        because=f"{span(gap)} passed from the detection ({label(seen.number)}) to the acknowledgement "
        f"({label(taken.number)})",
        criterion=f"A test page that nobody acknowledges reaches a second person within {span(gap // 2)}.",
        entries=_numbers(seen, taken),
        below=1,
    )  # fmt: skip


def _silence(record: Record) -> Step | None:
    """Notes at intervals, where the record falls silent while the impact lasts."""
    if not record.silences:
        return None
    longest = min(record.silences, key=lambda one: (-one.minutes, one.after))
    of_several = f", the longest of {len(record.silences)} silences" if len(record.silences) > 1 else ""
    limit = record.gap_minutes
    return Step(
        Rule.SILENCE, "silence", "Silence in the record", ActionKind.RESPOND, Tier.SAFE,
        title=f"Note the state at least every {limit} min while an incident lasts, by one person named for it",
        because=f"nothing is recorded for {span(longest.minutes)} between {label(longest.after)} and "
        f"{label(longest.before)}{of_several}; the rules of intake name every silence over {limit} min",
        criterion=f"The chronology of the next incident or drill has no silence over {limit} min.",
        entries=(longest.after, longest.before),
        below=2,
    )  # fmt: skip


def _is_open(risk: KnownRisk, record: Record) -> bool:
    """Whether nobody accepted the risk, and no action item for its factor prevents it."""
    answered = risk.factor is not None and record.answered(ActionKind.PREVENT, risk.factor)
    return not (risk.is_accepted or answered)


def _risk(risk: KnownRisk, record: Record) -> Step:
    label_of_risk = f"R{risk.number}"
    watched = "" if risk.owner else ", nobody watches it"
    return Step(
        Rule.RISK, f"risk-{risk.number}", f"Risk {label_of_risk}", ActionKind.PREVENT, Tier.REVIEW,
        title=f"End risk {label_of_risk}, {quote(risk.statement)}",
        because=f"risk {label_of_risk} is open{watched}, nobody has accepted it, and no action item answers it",
        criterion=f"{label_of_risk} is closed with a reason that names the test or the measurement behind it.",
        below=1,
        service=min((one.name for one in record.services), default=""),
        owner=risk.owner,
    )  # fmt: skip


def _promise(owed: Owed) -> Step:
    """What was promised before and is not kept: it is decided on anew before anything is added to it."""
    labels = listed(owed.overdue or owed.promised)
    ties = "this incident repeats it" if owed.is_repeat else "it is like this one"
    late = (
        f" and {listed(owed.overdue)} {'are' if len(owed.overdue) > 1 else 'is'} overdue"
        if owed.overdue
        else ""
    )
    return Step(
        Rule.PROMISE, f"promise-{owed.reference}", f"Promises of {owed.reference}", ActionKind.RESPOND, Tier.SAFE,
        title=f"Decide on {labels} of {owed.reference}: keep what was promised by a new day, or drop it with a reason",
        because=f"{listed(owed.promised)} of {owed.reference} {_still(owed)} open{late}, and {ties}",
        criterion=f"{labels} of {owed.reference} {'are' if ' and ' in labels else 'is'} verified, or dropped with a "
        "reason.",
        below=0 if owed.is_repeat else 1,
    )  # fmt: skip


def _still(owed: Owed) -> str:
    return "are still" if len(owed.promised) > 1 else "is still"


def _numbers(*entries: Mention) -> tuple[int, ...]:
    return tuple(dict.fromkeys(one.number for one in entries))


def _service(entry: Mention, record: Record) -> str:
    """The affected service that the entry concerns, else the first by name."""
    names = sorted(one.name for one in record.services)
    return next(iter([*(name for name in names if name in entry.services), *names]), "")
