"""The checklist: what must hold, whose practice it is, who can tell, and the way out; the five beside it come first.

Forty points merged from what was published by Google (its books on site reliability), Atlassian (its incident
handbook), PagerDuty (its postmortem guide), the Howie guide, the VOID reports and the practice of corrective actions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviews.enums import CheckCode as C

GOOGLE, ATLASSIAN, PAGERDUTY = "Google", "Atlassian", "PagerDuty"
HOWIE, VOID, CORRECTIVE, OWN = "Howie", "VOID", "Corrective action", "Afterword"


class By(StrEnum):
    """Who can tell whether a check holds."""

    RECORD = "A"
    PERSON = "H"

    @property
    def label(self) -> str:
        return {"A": "computed from the record", "H": "confirmed by a person"}[self.value]


@dataclass(frozen=True)
class Check:
    """One line of the checklist.

    ``number`` is 1 to 40, and 0 for what stands beside the forty. ``holds`` is the sentence that must be true,
    ``practice`` names whose it is, and ``way_out`` says what to do when it is not.
    """

    number: int
    code: C
    by: By
    holds: str
    practice: tuple[str, ...]
    way_out: str

    @property
    def is_by_person(self) -> bool:
        return self.by is By.PERSON

    @property
    def sources(self) -> str:
        return ", ".join(self.practice)


def _a(number: int, code: C, holds: str, practice: tuple[str, ...], way_out: str) -> Check:
    return Check(number, code, By.RECORD, holds, practice, way_out)


def _h(number: int, code: C, holds: str, practice: tuple[str, ...], way_out: str) -> Check:
    return Check(number, code, By.PERSON, holds, practice, way_out)


GROUPS: tuple[tuple[str, tuple[Check, ...]], ...] = (
    (
        "Every sentence",
        (
            _a(
                0,
                C.UNSUPPORTED,
                "Every number, time, name and quotation of a sentence stands in an entry that it cites.",
                (OWN,),
                "Cite the entry that says so, or correct the sentence.",
            ),
            _a(
                0,
                C.CONTRADICTION,
                "No two sentences contradict each other, and none contradicts the chronology.",
                (OWN,),
                "Correct the sentence, or the milestone.",
            ),
            _a(
                0,
                C.UNPROVEN_FACTOR,
                "A confirmed factor rests on evidence.",
                (OWN,),
                "Name the entries that show it, or lower the confidence.",
            ),
            _a(
                0,
                C.UNANSWERED,
                "Every question has an answer, and be it “Unknown, because …”.",
                (OWN,),
                "Answer it, or give it to somebody who can.",
            ),
            _a(
                0,
                C.UNWRITTEN,
                "Every section that the template requires has words.",
                (OWN,),
                "Write it, or say why there is nothing to say.",
            ),
        ),
    ),
    (
        "Chronology and evidence",
        (
            _a(
                1,
                C.STARTS_LATE,
                "The chronology starts before the first symptom, at the trigger or the last known good state.",
                (PAGERDUTY,),
                "Highlight the entry that came before.",
            ),
            _a(
                2,
                C.ENTRY_TIMES,
                "Every entry has a UTC date and time, a known zone and a source.",
                (PAGERDUTY,),
                "Correct the entry, or declare the zone of its source.",
            ),
            _a(
                3,
                C.ENTRY_ORIGINS,
                "Every entry names the line, message or query that it came from.",
                (PAGERDUTY,),
                "Import the source with its places.",
            ),
            _a(
                4,
                C.UNEXPLAINED_GAP,
                "Changes of state, decisions and actions are present, and no long silence is unexplained.",
                (PAGERDUTY,),
                "Highlight what is missing, and say in a sentence what happened in a silence.",
            ),
            _a(
                5,
                C.MILESTONE_ORDER,
                "Start, detection, acknowledgement, mitigation and resolution follow each other; a "
                "corrected time keeps "
                "its original.",
                (OWN,),
                "Correct the milestone in the chronology.",
            ),
            _h(
                6,
                C.OPINIONS,
                "The text tells facts only: no “should have”, no evaluation.",
                (PAGERDUTY, HOWIE),
                "Say what was seen; leave out what weighs it.",
            ),
            _a(
                7,
                C.NO_EXPORTS,
                "Key data is kept: the raw exports are attached.",
                (GOOGLE,),
                "Import the files that the chronology rests on.",
            ),
        ),
    ),
    (
        "Impact",
        (
            _a(
                8,
                C.IMPACT_UNMARKED,
                "Start and end of the impact on customers are marked, apart from the time of the response.",
                (PAGERDUTY, ATLASSIAN),
                "Set the milestones “Impact started” and “Resolved”.",
            ),
            _a(
                9,
                C.UNQUANTIFIED,
                "The impact has a number, or an explicit “Unknown, because …”.",
                (PAGERDUTY, ATLASSIAN, GOOGLE),
                "Count customers, requests, support cases, money or a share of them.",
            ),
            _h(
                10,
                C.SEVERITY_WORDS,
                "Words of severity are right: an outage is called one only if it was one.",
                (PAGERDUTY,),
                "Say what did not work, and for whom.",
            ),
            _a(
                11,
                C.SERVICE_UNTOLD,
                "The impact is told for each affected service.",
                (GOOGLE,),
                "Say what customers of the service met.",
            ),
        ),
    ),
    (
        "Detection",
        (
            _a(
                12,
                C.DETECTION_UNTOLD,
                "It is told how it was detected, and how long after the start.",
                (ATLASSIAN, PAGERDUTY),
                "Set the milestones, and say who or what told first.",
            ),
            _h(
                13,
                C.HALVING,
                "The question how that time would be halved has an answer that can be followed.",
                (ATLASSIAN,),
                "Answer the question in the section on detection.",
            ),
            _a(
                14,
                C.NO_MONITOR,
                "Where no monitor told of it, an action item creates one.",
                (PAGERDUTY,),
                "Add an action item of the kind “Detect sooner”.",
            ),
        ),
    ),
    (
        "Analysis",
        (
            _h(
                15,
                C.FEW_FACTORS,
                "Several contributing factors are named, and the trigger is recorded apart from them.",
                (PAGERDUTY, VOID, GOOGLE),
                "Ask what else had to be so for this to happen.",
            ),
            _h(
                16,
                C.HUMAN_CAUSE,
                "The causes go past what people did: nobody's action is the root cause.",
                (PAGERDUTY,),
                "Ask what made the action possible, and look right.",
            ),
            _h(
                17,
                C.MADE_SENSE,
                "It is told why the design, and what people did, made sense at the time.",
                (GOOGLE, PAGERDUTY),
                "Ask those who were there.",
            ),
            _a(
                18,
                C.FACTOR_GROUNDS,
                "Each factor cites evidence and states a confidence, with what would raise it.",
                (OWN,),
                "Name the entries, and what would confirm the factor.",
            ),
            _h(
                19,
                C.SIMILAR,
                "Similar incidents were looked up: this one is isolated, or part of a trend.",
                (PAGERDUTY,),
                "Look at the similar incidents beside the text.",
            ),
            _h(
                20,
                C.SURPRISES,
                "It is told what was surprising, what was hard to see, and what different people believed then.",
                (HOWIE,),
                "Ask those who were there.",
            ),
            _h(
                21,
                C.WENT_WELL,
                "It is told what went well, and where luck helped.",
                (GOOGLE,),
                "Ask what kept it from becoming worse.",
            ),
            _h(
                22,
                C.PROCESS,
                "The process was looked at too: coordination, communication, access.",
                (PAGERDUTY, HOWIE),
                "Ask what slowed the response down.",
            ),
            _a(
                23,
                C.FIX_MIXED_IN,
                "What happened is kept apart from how to fix it.",
                (PAGERDUTY,),
                "Move plans to action items or lessons.",
            ),
        ),
    ),
    (
        "Language",
        (
            _a(
                24,
                C.BLAME,
                "The text blames nobody: no names with judgment, no “human error”, no “should have known”.",
                (GOOGLE, ATLASSIAN, PAGERDUTY, HOWIE),
                "Say what the system allowed or did not show.",
            ),
            _a(
                25,
                C.ACRONYMS,
                "Acronyms are explained on first use.",
                (PAGERDUTY,),
                "Write the words out once, with the acronym in brackets.",
            ),
            _h(
                26,
                C.OUTSIDERS,
                "A reader outside the team can follow it.",
                (PAGERDUTY,),
                "Let such a reader read it, and ask what was unclear.",
            ),
        ),
    ),
    (
        "Actions",
        (
            _a(
                27,
                C.VAGUE_ACTION,
                "Each action item starts with a verb, is specific and bounded, and says how one knows that "
                "it is finished.",
                (PAGERDUTY,),
                "Begin with what will be done, and say what will be different.",
            ),
            _a(
                28,
                C.ACTION_DUTIES,
                "Each action item has one owner, a priority, and a day inside of what the rules allow it.",
                (PAGERDUTY, ATLASSIAN),
                "Set what is missing, or cut the item smaller.",
            ),
            _a(
                29,
                C.UNVERIFIABLE,
                "Each action item has a criterion to verify it by, and the day of that.",
                (CORRECTIVE,),
                "Say what somebody will see.",
            ),
            _h(
                30,
                C.COVERAGE,
                "The action items prevent, detect sooner, lessen the impact and improve the response, as "
                "far as it is "
                "worth it.",
                (PAGERDUTY,),
                "Go through the four kinds.",
            ),
            _a(
                31,
                C.TOO_MANY,
                "There are few action items: only what will be done.",
                (PAGERDUTY,),
                "Decide of the rest, with a reason, not to do it.",
            ),
            _a(
                32,
                C.UNMAPPED,
                "Each action item answers a factor, and each confirmed factor has an action item or an "
                "accepted risk.",
                (OWN,),
                "Point the item at its factor, or accept the risk with a reason.",
            ),
            _h(
                33,
                C.PRIORITIES,
                "Those who set priorities agreed to the action items.",
                (PAGERDUTY, ATLASSIAN),
                "Ask them before the text is signed.",
            ),
        ),
    ),
    (
        "Review and sharing",
        (
            _a(
                34,
                C.REVIEWED_ALONE,
                "People other than the author reviewed it.",
                (GOOGLE, ATLASSIAN),
                "Ask somebody who was not there to read it.",
            ),
            _a(
                35,
                C.LATE,
                "Draft and review were there by the days that the rules set, and no comment is open.",
                (PAGERDUTY, GOOGLE),
                "Resolve the comments.",
            ),
            _h(
                36,
                C.ACCOUNTS,
                "Those who were there confirmed that it reflects their account.",
                (HOWIE,),
                "Send it to them, and correct what they saw differently.",
            ),
            _a(
                37,
                C.UNSIGNED,
                "The incident commander and the owners of the services signed the exact text.",
                (OWN, ATLASSIAN),
                "Remind them, or name somebody who stands in.",
            ),
            _a(
                38,
                C.OUTSIDE_MESSAGE,
                "A message to customers, if there is one, is a text of its own, sanitized and approved.",
                (PAGERDUTY,),
                "Take out what is only ours, and let a person approve it.",
            ),
            _a(
                39,
                C.UNPUBLISHED,
                "It is published where its widest proper audience finds it, under its services.",
                (GOOGLE,),
                "Retry what failed.",
            ),
            _a(
                40,
                C.UNWATCHED_RISK,
                "Unresolved risks are listed with an owner and the day on which they are looked at again.",
                (OWN,),
                "Name who watches it, and until when.",
            ),
        ),
    ),
)

CHECKS: tuple[Check, ...] = tuple(check for _name, checks in GROUPS for check in checks)
BY_CODE: dict[C, Check] = {check.code: check for check in CHECKS}
FORTY: tuple[Check, ...] = tuple(check for check in CHECKS if check.number)
#: What a person confirms.
CONFIRMABLE: tuple[C, ...] = tuple(check.code for check in CHECKS if check.is_by_person)


def listing() -> str:
    """The whole checklist as Markdown, a table for each group."""
    return "\n\n".join(_table(name, checks) for name, checks in GROUPS) + "\n"


def _table(name: str, checks: tuple[Check, ...]) -> str:
    rows = [
        f"| {check.number or ''} | {check.by.value} | {check.holds} | {check.sources} | `{check.code.value}` |"
        for check in checks
    ]
    head = ["| | | what must hold | whose practice | code |", "|--:|---|---|---|---|"]
    return "\n".join([f"### {name}", "", *head, *rows])
