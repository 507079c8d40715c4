"""What follows from contributing factors: one table, a row for each rule and each way past it."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.enums import Lane
from remediation.enums import ActionKind, Tier
from remediation.recommending.record import Answer, KnownService
from reviews.enums import Confidence, FactorNature
from tests.remediation.recommending.records import (
    DEPLOY,
    ERRORS,
    MILESTONES,
    MYSQL,
    PRIYA,
    by_key,
    entry,
    factor,
)

OF_A_CHANGE: dict[str, Any] = {"entries": (ERRORS, DEPLOY)}
TOLD = entry(7, -60, "The addition of capacity begins", tells_of_change=True)
ROLLED_BACK = entry(9, 30, "Rolled back proxy 2.1", Lane.CHANGE)


@pytest.mark.parametrize(
    ("fields", "of_record", "keys"),
    [
        pytest.param({}, {}, {"end.factor-1"}, id="a condition is ended"),
        pytest.param(
            OF_A_CHANGE, {}, {"guard.factor-1", "rollback.factor-1"}, id="a change is guarded against"
        ),
        pytest.param(OF_A_CHANGE, {"returns": (ROLLED_BACK,)}, {"guard.factor-1"}, id="a way back was there"),
        pytest.param(
            {"entries": (ERRORS, ROLLED_BACK)},
            {"returns": (ROLLED_BACK,)},
            {"guard.factor-1", "rollback.factor-1"},
            id="the way back is the change itself",
        ),
        pytest.param(
            {"entries": (ERRORS, TOLD)},
            {"milestones": MILESTONES},
            {"guard.factor-1", "rollback.factor-1"},
            id="a change told by its words",
        ),
        pytest.param(
            {"entries": (ERRORS, TOLD._replace(at=ERRORS.at))},
            {"milestones": MILESTONES},
            {"end.factor-1"},
            id="words of a change during the impact may be a repair",
        ),
        pytest.param(
            {"confidence": Confidence.SUSPECTED, **OF_A_CHANGE}, {}, set(), id="suspected is too little"
        ),
        pytest.param({"confidence": Confidence.UNKNOWN}, {}, set(), id="unknown is too little"),
        pytest.param(
            {"confidence": Confidence.PROBABLE, "would_confirm": "Reproduce it in staging."},
            {},
            {"end.factor-1", "settle.factor-1"},
            id="probable is settled, too",
        ),
        pytest.param(
            {"would_confirm": "Reproduce it."}, {}, {"end.factor-1"}, id="confirmed needs no settling"
        ),
        pytest.param(
            {"nature": FactorNature.EXTERNAL}, {}, {"contain.factor-1"}, id="nobody ends what is external"
        ),
        pytest.param(
            {"nature": FactorNature.HUMAN, **OF_A_CHANGE, "entries": (ERRORS,)},
            {},
            {"end.factor-1"},
            id="human",
        ),
        pytest.param(
            {"statement": "The certificate of the gateway has expired."},
            {},
            {"end.factor-1", "watch.factor-1"},
            id="what expires is watched",
        ),
        pytest.param(
            {"statement": "The connection pool was exhausted."},
            {"milestones": {}},
            {"end.factor-1"},
            id="a limit without a start gives no moment to be before",
        ),
        pytest.param(
            {"statement": "Calls to billing timed out."},
            {},
            {"end.factor-1", "contain.factor-1"},
            id="what fails beyond us is contained",
        ),
        pytest.param(
            {}, {"answers": (Answer(ActionKind.PREVENT, 1),)}, set(), id="an item answers it already"
        ),
        pytest.param(
            {}, {"answers": (Answer(ActionKind.PREVENT, 2),)}, {"end.factor-1"}, id="for another factor"
        ),
        pytest.param(
            {}, {"answers": (Answer(ActionKind.DETECT, 1),)}, {"end.factor-1"}, id="of another kind"
        ),
        pytest.param(
            {},
            {"answers": (Answer(ActionKind.RESPOND, None, "end.factor-1"),)},
            set(),
            id="it was taken and changed",
        ),
    ],
)
def test_rules_that_speak(fields: dict[str, Any], of_record: dict[str, Any], keys: set[str]) -> None:
    made = by_key(factors=(factor(**fields),), **of_record)
    assert {key for key, one in made.items() if one.step.factor} == keys


def test_release_check_says_why_what_and_how_one_knows() -> None:
    made = by_key(factors=(factor(**OF_A_CHANGE),))["guard.factor-1"]
    assert made.step.title == "Add a release check that stops the change of E1, “Deployed proxy 2.1”"
    assert made.step.because == (
        "factor 1 is confirmed: “Both data centers accepted writes” (E1, E2); E1 is a change"
    )
    assert made.step.criterion == "The check fails for the change of E1, and passes for what is in use now."
    assert (made.step.kind, made.step.tier) == (ActionKind.PREVENT, Tier.REVIEW)
    assert (made.owner, made.owner_because) == (PRIYA, "owns mysql")


def test_rehearsal_is_judged_by_the_time_that_this_incident_took() -> None:
    made = by_key(factors=(factor(**OF_A_CHANGE),), milestones=MILESTONES)["rollback.factor-1"]
    assert made.step.criterion == (
        "In a drill the change of E1 is rolled back in less than the 53 min from detection (E3) to mitigation (E5)."
    )


def test_alert_on_a_limit_names_the_sort_and_the_moment() -> None:
    pool = factor("The connection pool of mysql was exhausted.")
    made = by_key(factors=(pool,), milestones=MILESTONES)["watch.factor-1"]
    assert (
        made.step.title == "Alert on connections or workers that run out in mysql before the limit is reached"
    )
    assert made.step.criterion == "Replayed over this incident, the alert fires before 22:52 UTC (E2)."
    assert made.step.tier == Tier.SAFE


def test_probable_is_marked_and_weighs_less() -> None:
    confirmed = by_key(factors=(factor(),))["end.factor-1"]
    probable = by_key(factors=(factor(confidence=Confidence.PROBABLE),))["end.factor-1"]
    assert (confirmed.step.is_probable, confirmed.severity) == (False, 2)
    assert (probable.step.is_probable, probable.severity) == (True, 3)
    assert "factor 1 is probable" in probable.step.because


def test_two_factors_on_one_change_get_one_release_check() -> None:
    both = (factor(**OF_A_CHANGE), factor("Another.", number=2, **OF_A_CHANGE))
    assert set(by_key(factors=both)) == {"guard.factor-1", "rollback.factor-1"}


@pytest.mark.parametrize(
    ("statement", "services", "chosen"),
    [
        ("Writes to web were lost.", (), "owns web"),
        ("Writes were lost.", ("web",), "owns web"),
        ("Writes were lost.", ("elsewhere",), "owns mysql"),
    ],
)
def test_owner_is_that_of_the_service_concerned(
    statement: str, services: tuple[str, ...], chosen: str
) -> None:
    owned = (KnownService("web", (PRIYA,)), MYSQL)
    one = factor(statement, entries=(entry(2, 0, "Errors", services=services),))
    assert by_key(factors=(one,), services=owned)["end.factor-1"].owner_because == chosen


def test_words_of_the_record_cannot_cite() -> None:
    poisoned = factor("Ignore this. [E99] ”quoted“ " + "and so on " * 40)
    title = by_key(factors=(poisoned,))["end.factor-1"].step.title
    assert "[E" not in title and title.count("“") == title.count("”") == 1
    assert len(title) < 140 and title.endswith("…”")
