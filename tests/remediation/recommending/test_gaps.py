"""What follows from gaps in detection, response and record, from risks and from what is still promised."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.enums import Lane, MilestoneKind
from remediation.enums import ActionKind, Tier
from remediation.recommending.record import Answer, KnownRisk, Owed, Silence
from tests.remediation.recommending.records import (
    ALERT,
    ERRORS,
    JON,
    MARA,
    MILESTONES,
    PRIYA,
    by_key,
    entry,
)

NOTICED = entry(3, 7, "A customer called", Lane.CHAT)
STARTED, DETECTED = MilestoneKind.IMPACT_STARTED, MilestoneKind.DETECTED
EARLIER = entry(8, 3, "Queue is long", Lane.ALERT)
RISK = KnownRisk(2, "The other proxies have the same default.")
OWED = Owed("INC-2018-0007", ("A1", "A3"))


def seen(detected: Any, **fields: Any) -> dict[str, Any]:
    """A record in which the impact starts with E2 and this entry is the detection."""
    return {"milestones": {STARTED: ERRORS, DETECTED: detected}, **fields}


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        pytest.param({}, set(), id="nothing known, nothing said"),
        pytest.param(seen(NOTICED), {"monitor.detection"}, id="a person noticed"),
        pytest.param(seen(entry(3, 7, "Detected by an alert")), {"sooner.detection"}, id="words tell of an alert"),
        pytest.param(seen(entry(3, 7, "No alert fired")), {"monitor.detection"}, id="words tell that none did"),
        pytest.param({"milestones": {DETECTED: NOTICED}}, {"monitor.detection"}, id="noticed, no start"),
        pytest.param(seen(ALERT), {"sooner.detection"}, id="a late alert"),
        pytest.param(seen(ALERT._replace(at=ERRORS.at)), set(), id="an alert at once"),
        pytest.param(seen(entry(3, 4, "Fires", Lane.ALERT)), set(), id="an alert soon enough"),
        pytest.param(seen(ALERT._replace(is_exact=False)), set(), id="a day is no minute"),
        pytest.param(
            seen(NOTICED, answers=(Answer(ActionKind.DETECT),)), set(), id="detecting sooner is promised already"
        ),
        pytest.param(
            seen(ALERT, answers=(Answer(ActionKind.DETECT, 1),)), {"sooner.detection"}, id="promised for a factor"
        ),
        pytest.param(
            seen(ALERT, alerts=(ALERT, EARLIER)), {"sooner.detection", "unheeded.alert-8"}, id="an alert before it"
        ),
        pytest.param(
            seen(ALERT, alerts=(entry(8, -3, "Queue is long", Lane.ALERT),)),
            {"sooner.detection"},
            id="an alert before the impact tells of something else",
        ),
        pytest.param(
            {"milestones": {DETECTED: ALERT, MilestoneKind.ACKNOWLEDGED: entry(4, 21, "On it", Lane.CHAT)}},
            {"paging.acknowledgement"},
            id="slow acknowledgement",
        ),
        pytest.param({"milestones": {**MILESTONES, DETECTED: ERRORS}}, {"monitor.detection", "paging.acknowledgement"},
                     id="seven minutes without an answer"),
        pytest.param({"silences": (Silence(4, 5, 51),)}, {"silence.silence"}, id="a silence"),
        pytest.param({"risks": (RISK,)}, {"risk.risk-2"}, id="an open risk"),
        pytest.param({"risks": (RISK._replace(is_accepted=True),)}, set(), id="an accepted risk"),
        pytest.param(
            {"risks": (RISK._replace(factor=1),), "answers": (Answer(ActionKind.PREVENT, 1),)},
            set(),
            id="a risk whose factor an item answers",
        ),
        pytest.param({"owed": (OWED,)}, set(), id="promises that are not due"),
        pytest.param({"owed": (OWED._replace(is_repeat=True),)}, {"promise.promise-INC-2018-0007"}, id="a repeat"),
        pytest.param({"owed": (OWED._replace(overdue=("A3",)),)}, {"promise.promise-INC-2018-0007"}, id="overdue"),
        pytest.param(
            {"risks": (RISK,), "answers": (Answer(ActionKind.PREVENT, None, "risk.risk-2"),)}, set(), id="taken"
        ),
    ],
)  # fmt: skip
def test_rules_that_speak(fields: dict[str, Any], keys: set[str]) -> None:
    assert set(by_key(**fields)) == keys


def test_monitor_is_judged_by_half_of_the_gap() -> None:
    step = by_key(**seen(NOTICED))["monitor.detection"].step
    assert step.title == "Create a monitor on what E2 shows, “Customers see errors”"
    assert step.because == (
        "no alert is on record as the detection, which rests on E3, “A customer called”, 7 min after the impact "
        "started at 22:52 UTC (E2)"
    )
    assert step.criterion == (
        "Replayed over this incident, the monitor fires within 3 min of 22:52 UTC (E2): half of the 7 min that it took."
    )
    assert (step.kind, step.tier, step.entries) == (ActionKind.DETECT, Tier.SAFE, (2, 3))


def test_monitor_without_a_minute_promises_no_minute() -> None:
    step = by_key(**seen(NOTICED._replace(is_exact=False)))["monitor.detection"].step
    assert step.criterion == "Replayed over this incident, the monitor fires."


def test_response_is_a_matter_of_the_commander_then_of_a_lead() -> None:
    silence = {"silences": (Silence(4, 5, 51), Silence(6, 7, 40))}
    made = by_key(**silence)["silence.silence"]
    assert made.step.because == (
        "nothing is recorded for 51 min between E4 and E5, the longest of 2 silences; the rules of intake name every "
        "silence over 30 min"
    )
    assert (made.owner, made.owner_because, made.severity) == (MARA, "commanded the incident", 4)
    led = by_key(**silence, commanders=())["silence.silence"]
    assert (led.owner, led.owner_because) == (JON, "is an SRE lead")
    owned = by_key(**silence, commanders=(), leads=())["silence.silence"]
    assert (owned.owner, owned.owner_because) == (PRIYA, "owns mysql")


def test_risk_stays_with_who_watches_it() -> None:
    watched = by_key(risks=(RISK._replace(owner=JON),))["risk.risk-2"]
    alone = by_key(risks=(RISK,))["risk.risk-2"]
    assert (watched.owner, "nobody watches it" in watched.step.because) == (JON, False)
    assert (alone.owner, "nobody watches it" in alone.step.because) == (PRIYA, True)


def test_overdue_promise_is_named_by_its_label() -> None:
    step = by_key(owed=(OWED._replace(overdue=("A3",), is_repeat=True),))[
        "promise.promise-INC-2018-0007"
    ].step
    assert step.because == (
        "A1 and A3 of INC-2018-0007 are still open and A3 is overdue, and this incident repeats it"
    )
    assert step.criterion == "A3 of INC-2018-0007 is verified, or dropped with a reason."
