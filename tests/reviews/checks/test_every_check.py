"""Each line of the checklist fails for a content that breaks it, and holds again once that is mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reviews.checks import CHECKS, CONFIRMABLE, RiskState, State, findings_in, held, inspect
from reviews.checks.finding import Around
from reviews.enums import CheckCode
from tests.reviews.checks.contents import (
    CONFIRMED,
    Spoil,
    around,
    entry,
    factor,
    item,
    question,
    says,
    sound,
    spoiled,
)

C = CheckCode
SEV_LATE = "2027-03-01"


def rows(name: str, **fields: Any) -> Spoil:
    """Give every row of a part these fields."""

    def spoil(content: dict[str, Any]) -> None:
        for row in content[name]:
            row.update(fields)

    return spoil


def first(name: str, **fields: Any) -> Spoil:
    return lambda content: content[name][0].update(fields)


def put(name: str, value: Any) -> Spoil:
    return lambda content: content.update({name: value})


def add(name: str, row: Any) -> Spoil:
    return lambda content: content[name].append(row)


def without_first(name: str) -> Spoil:
    return lambda content: content[name].pop(0)


def empty(key: str) -> Spoil:
    def spoil(content: dict[str, Any]) -> None:
        for row in content["sections"]:
            if row["key"] == key:
                row["passages"] = []

    return spoil


def services(*names: str) -> Spoil:
    return lambda content: content["incident"].update(services=list(names))


GAP = {"after": 4, "before": 5, "minutes": 51, "start": "2026-11-20T14:09:00Z", "end": "2026-11-20T15:00:00Z"}
OF_TEXT: dict[CheckCode, list[Spoil]] = {
    C.UNSUPPORTED: [says("summary", "It was lost at 14:03 UTC.", [2])],
    C.CONTRADICTION: [says("lessons", "The impact started at 14:30 UTC.")],
    C.UNPROVEN_FACTOR: [first("factors", evidence_for=[])],
    C.UNANSWERED: [add("questions", question("gap", "mitigation", ""))],
    C.STARTS_LATE: [without_first("chronology")],
    C.ENTRY_TIMES: [first("chronology", precision="day")],
    C.ENTRY_ORIGINS: [first("chronology", location="")],
    C.UNEXPLAINED_GAP: [add("gaps", GAP)],
    C.MILESTONE_ORDER: [lambda content: content["milestones"][1].update(at="2026-11-20T13:00:00Z")],
    C.NO_EXPORTS: [put("evidence", [])],
    C.IMPACT_UNMARKED: [lambda content: content["milestones"].pop()],
    C.UNQUANTIFIED: [empty("customer_impact"), says("customer_impact", "The checkout returned errors.", [2])],
    C.SERVICE_UNTOLD: [services("checkout", "mysql")],
    C.DETECTION_UNTOLD: [empty("detection")],
    C.NO_MONITOR: [
        lambda content: content["chronology"][2].update(lane="chat"),
        rows("action_items", kind="prevent"),
    ],
    C.FACTOR_GROUNDS: [lambda content: content["factors"][1].update(would_confirm="")],
    C.FIX_MIXED_IN: [says("summary", "We will add a limit to the proxy.")],
    C.BLAME: [says("summary", "The engineer should have known.")],
    C.ACRONYMS: [says("summary", "The BGP session was closed.")],
    C.VAGUE_ACTION: [add("action_items", item(5, "Better dashboards for checkout"))],
    C.ACTION_DUTIES: [first("action_items", due_on=SEV_LATE)],
    C.UNVERIFIABLE: [first("action_items", verification_criterion="It works")],
    C.TOO_MANY: [put("action_items", [item(number) for number in range(1, 13)])],
    C.UNMAPPED: [first("action_items", factor=None)],
}
OF_AROUND: dict[CheckCode, dict[str, Any]] = {
    C.UNWRITTEN: {"required_empty": ("Lessons",)},
    C.REVIEWED_ALONE: {"reviewers": ()},
    C.LATE: {"open_comments": 1},
    C.UNSIGNED: {"unsigned": ("the incident commander",)},
    C.OUTSIDE_MESSAGE: {"message": "Our service checkout failed. [E12]", "message_approved": True},
    C.UNPUBLISHED: {"undelivered": ("Confluence page",)},
    C.UNWATCHED_RISK: {"risks": (RiskState(1, has_owner=False, review_on=None),)},
}


def point(code: CheckCode, content: dict[str, Any], its: Around) -> Any:
    points = inspect(findings_in(content, its), its)
    return next(one for one in points if one.code == code)


def test_nothing_is_found_in_a_sound_content() -> None:
    its = around()
    found = findings_in(sound(), its)
    assert found == []
    points = inspect(found, its)
    assert {one.state for one in points} == {State.HOLDS}
    assert held(points) == (40, 40)


@pytest.mark.parametrize("code", list(OF_TEXT))
def test_check_of_the_text_fails_and_holds_once_it_is_mended(code: CheckCode) -> None:
    content = spoiled(*OF_TEXT[code])
    failing = point(code, content, around())
    assert failing.state is State.FAILS
    assert all(one.what and one.way_out and not one.way_out.endswith(".") for one in failing.findings)
    assert point(code, sound(), around()).state is State.HOLDS


@pytest.mark.parametrize("code", list(OF_AROUND))
def test_check_of_what_stands_around_fails_and_holds_once_it_is_mended(code: CheckCode) -> None:
    assert point(code, sound(), around(**OF_AROUND[code])).state is State.FAILS
    assert point(code, sound(), around()).state is State.HOLDS


@pytest.mark.parametrize("code", CONFIRMABLE)
def test_point_waits_for_a_person_and_is_open_again_when_its_part_changed(code: CheckCode) -> None:
    others = {one: CONFIRMED for one in CONFIRMABLE if one != code}
    open_point = point(code, sound(), around(confirmations=others))
    assert open_point.state is State.TO_CONFIRM
    assert open_point.findings[-1].what.startswith("Nobody confirmed: ")
    changed = point(code, sound(), around(confirmations={**others, code: replace(CONFIRMED, still=False)}))
    assert changed.state is State.TO_CONFIRM
    assert changed.confirmed_before.by == "Priya Nair"
    assert changed.findings[-1].what.startswith("What Priya Nair confirmed has changed since: ")


def test_every_check_has_its_case() -> None:
    assert {*OF_TEXT, *OF_AROUND, *CONFIRMABLE} == set(CheckCode) == {check.code for check in CHECKS}


WAYS_OUT: dict[CheckCode, Spoil] = {
    C.UNEXPLAINED_GAP: says("mitigation", "We waited for a build.", [4], {"id": 1, "name": "Mara Okafor"}),
    C.UNQUANTIFIED: add(
        "questions",
        question("impact_numbers", "customer_impact", "Unknown, because nobody measured it."),
    ),
    C.SERVICE_UNTOLD: says("customer_impact", "Readers of mysql met nothing."),
    C.NO_MONITOR: add("action_items", item(9, "Alert on errors of checkout", "detect")),
    C.DETECTION_UNTOLD: says("detection", "A customer told the support first."),
    C.STARTS_LATE: add("chronology", entry(9, "2026-11-20T13:00:00Z", "All was well", "log")),
}


@pytest.mark.parametrize("code", list(WAYS_OUT))
def test_way_out_of_a_finding_leads_out(code: CheckCode) -> None:
    assert point(code, spoiled(*OF_TEXT[code]), around()).state is State.FAILS
    assert point(code, spoiled(*OF_TEXT[code], WAYS_OUT[code]), around()).state is State.HOLDS


def test_accepted_risk_stands_for_an_action_item() -> None:
    lonely = spoiled(add("factors", factor(3)))
    assert point(C.UNMAPPED, lonely, around()).state is State.FAILS
    risk = RiskState(1, has_owner=True, review_on=date(2026, 12, 1), factor=3, accepted=True)
    assert point(C.UNMAPPED, lonely, around(risks=(risk,))).state is State.HOLDS


@pytest.mark.parametrize("code", [C.REVIEWED_ALONE, C.UNSIGNED, C.UNPUBLISHED])
def test_what_comes_after_submission_is_no_fault_before_it(code: CheckCode) -> None:
    draft = around(is_submitted=False, is_published=False, reviewers=(), unsigned=("an owner",))
    assert point(code, sound(), draft).state is State.LATER


def test_message_for_customers_must_be_approved_as_it_stands() -> None:
    message = "Between 14:00 and 15:15 UTC the checkout returned errors. We are sorry."
    assert point(C.OUTSIDE_MESSAGE, sound(), around(message=message)).state is State.FAILS
    fit = around(message=message, message_approved=True)
    assert point(C.OUTSIDE_MESSAGE, sound(), fit).state is State.HOLDS
    named = around(message=f"{message} Mara Okafor", message_approved=True)
    assert "Mara Okafor" in point(C.OUTSIDE_MESSAGE, sound(), named).findings[0].what


def test_exception_and_blocking_show_in_the_point() -> None:
    content, its = spoiled(*OF_TEXT[C.BLAME]), around()
    found = findings_in(content, its)
    (blocked,) = [one for one in inspect(found, its, blocking={C.BLAME}) if one.code == C.BLAME]
    (excepted,) = [
        one for one in inspect(found, its, blocking={C.BLAME}, excepted={C.BLAME}) if one.code == C.BLAME
    ]
    assert blocked.blocks
    assert blocked.state is State.FAILS
    assert excepted.state is State.EXCEPTED
    assert not excepted.blocks


def test_hint_never_fails_a_check() -> None:
    told = spoiled(says("summary", "Some 300 jobs waited.", [], {"id": 1, "name": "Mara Okafor"}))
    shown = point(C.UNSUPPORTED, told, around())
    assert shown.state is State.HOLDS
    assert shown.findings[0].is_hint
    assert "statement of Mara Okafor" in shown.findings[0].what


def test_finding_leads_to_its_passage() -> None:
    content = spoiled(says("summary", "The engineer should have known."))
    (found,) = point(C.BLAME, content, around()).findings
    assert found.anchor == "passage-summary-2"
