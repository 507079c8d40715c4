"""Recommendations as a whole: the same for the same record, complete, and without a word that nobody recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.enums import Severity
from remediation.enums import ActionKind, Rule, Tier
from remediation.recommending import MOST_SHOWN, Recommendation, recommend
from remediation.recommending.record import KnownFactor, Record
from reviews.enums import Confidence
from tests.remediation.recommending.records import DAYS, DEPLOY, MILESTONES, TODAY, factor, record, records

VERBS = {
    "Add", "Alert", "Create", "Decide", "End", "Keep", "Make", "Note", "Page", "Rehearse", "Route", "Settle",
}  # fmt: skip
VAGUE = re.compile(
    r"\b(improve|consider|investigate|ensure|should|better|various|appropriate|look into)\b", re.I
)
_QUOTED = re.compile(r"“[^”]*”")


@given(records, st.randoms(use_true_random=False))
def test_order_of_the_parts_does_not_matter(given_record: Record, random: Random) -> None:
    assert recommend(_shuffled(given_record, random)) == recommend(given_record)


def _shuffled(one: Record, random: Random) -> Record:
    factors = [row._replace(entries=_mixed(row.entries, random)) for row in one.factors]
    services = [row._replace(owners=_mixed(row.owners, random)) for row in one.services]
    names = ("commanders", "leads", "alerts", "returns", "silences", "risks", "owed", "answers")
    mixed: dict[str, Any] = {name: _mixed(getattr(one, name), random) for name in names}
    return replace(one, **mixed, factors=_mixed(factors, random), services=_mixed(services, random))


def _mixed(values: Iterable[Any], random: Random) -> tuple[Any, ...]:
    rows = list(values)
    random.shuffle(rows)
    return tuple(rows)


@given(records)
def test_each_answers_something_that_exists_and_is_complete(given_record: Record) -> None:
    for one in recommend(given_record):
        _require_target(one, given_record)
        assert 0 < len(one.step.title) <= 200
        assert one.step.because and one.step.criterion.endswith(".")
        assert one.due_on == TODAY + timedelta(days=DAYS[one.severity]) and one.verify_on > one.due_on
        assert one.severity in Severity.values
        somebody = (
            given_record.commanders or given_record.leads or any(s.owners for s in given_record.services)
        )
        assert (one.owner is not None) == (bool(somebody) or one.step.owner is not None)


def _require_target(one: Recommendation, given_record: Record) -> None:
    step = one.step
    if step.factor is not None:
        known = {row.number: row for row in given_record.factors}[step.factor]
        assert known.confidence in (Confidence.CONFIRMED, Confidence.PROBABLE)
        assert set(step.entries) == {entry.number for entry in known.entries}
    elif step.rule == Rule.RISK:
        assert any(step.target == f"risk-{row.number}" for row in given_record.risks)
    elif step.rule == Rule.PROMISE:
        assert any(step.target == f"promise-{row.reference}" for row in given_record.owed)
    else:
        assert step.entries, "a gap lies between entries"


@given(records)
def test_cited_entries_and_numbers_come_from_the_record(given_record: Record) -> None:
    known = _entries(given_record)
    for one in recommend(given_record):
        said = " ".join([one.step.title, one.step.because, one.step.criterion])
        for number in re.findall(r"\bE(\d+)\b", _QUOTED.sub("", said.replace("mysql", ""))):
            assert int(number) in known


def _entries(one: Record) -> set[int]:
    found = {entry.number for row in one.factors for entry in row.entries}
    found |= {entry.number for entry in (*one.milestones.values(), *one.alerts)}
    return found | {number for row in one.silences for number in (row.after, row.before)}


@given(records)
def test_every_title_starts_with_a_verb_and_nothing_is_vague(given_record: Record) -> None:
    for one in recommend(given_record):
        assert one.step.title.split()[0] in VERBS
        own_words = _QUOTED.sub("", f"{one.step.title} {one.step.criterion}")
        assert not VAGUE.search(_without_names(own_words, given_record))


def _without_names(words: str, one: Record) -> str:
    for service in one.services:
        words = words.replace(service.name, "")
    return words


@given(records)
def test_nothing_is_said_twice_nor_answered_already(given_record: Record) -> None:
    made = recommend(given_record)
    assert len({one.key for one in made}) == len(made) <= MOST_SHOWN
    kinds = [(one.step.factor, one.step.kind) for one in made if one.step.factor is not None]
    assert len(set(kinds)) == len(kinds)
    assert not {(row.factor, row.kind) for row in given_record.answers} & set(kinds)


def test_among_equals_preventing_comes_first() -> None:
    made = recommend(record(factors=(factor(entries=(DEPLOY,)),)))
    assert [one.key for one in made] == ["guard.factor-1", "rollback.factor-1"]


@given(records)
def test_safe_steps_come_first_and_touch_nothing_that_runs(given_record: Record) -> None:
    tiers = [one.step.tier for one in recommend(given_record)]
    assert tiers == sorted(tiers, key=lambda tier: tier != Tier.SAFE)
    for one in recommend(given_record):
        if one.step.kind in (ActionKind.PREVENT, ActionKind.LESSEN):
            assert one.step.tier == Tier.REVIEW


@pytest.mark.parametrize(("severity", "days"), [(1, 15), (2, 30), (3, 56), (4, 56)])
def test_day_is_that_of_the_policy(severity: int, days: int) -> None:
    (one,) = recommend(record(severity=severity, factors=(factor(),)))
    assert (one.severity, one.due_on) == (severity, TODAY + timedelta(days=days))
    assert one.verify_on == one.due_on + timedelta(days=14)


def test_severity_never_falls_below_the_last() -> None:
    probable: KnownFactor = factor(confidence=Confidence.PROBABLE)
    (one,) = recommend(record(severity=4, factors=(probable,)))
    assert one.severity == 4


def test_a_whole_incident_gets_few() -> None:
    many = tuple(factor(f"Condition {number}.", number=number) for number in range(1, 30))
    assert len(recommend(record(factors=many, milestones=MILESTONES))) == MOST_SHOWN
