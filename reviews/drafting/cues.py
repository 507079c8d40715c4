"""Words by which entries of free text are told apart; a cue chooses what is quoted, never what is claimed."""

from __future__ import annotations

import re

from incidents.enums import Lane
from reviews.drafting.material import Fact

_CHANGE = re.compile(
    r"\b(deploy\w*|rollout|roll(?:s|ed|ing)? out|releas\w+|upgrad\w+|migrat\w+|replac\w+|maintenance|"
    r"configur\w+|addition of|added capacity|scal(?:ed|ing)|feature flag|switched (?:on|off)|rotat\w+)\b",
    re.IGNORECASE,
)
_ACTION = re.compile(
    r"\b(paus\w+|stop(?:s|ped)|restart\w*|restor\w+|rebuil\w+|block(?:s|ed)?|roll(?:s|ed)? back|rollback|revert\w*|"
    r"patch\w*|disabl\w+|lock(?:ed)?|drain\w*|fail(?:ed)?[ -]?over|mitigat\w+|bypass\w*|correct(?:ed|ion\w*)|"
    r"taken out|adding|copied|mounted|taken into use|switched|plan agreed|halt\w+|shut(?: down)?|isolat\w+|"
    r"kill(?:s|ed)|terminat\w+|re-?rout\w+|redirect\w+|throttl\w+|rate[ -]limit\w*|turn(?:s|ed) (?:on|off)|remov\w+|"
    r"unblock\w*|(?:re)?enabl\w+|promot\w+|scal(?:ed|ing) (?:up|down|out|in)|decid\w+|propagat\w+|recover\w*)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(root cause|caus(?:e|es|ed|ing)|trigger(?:s|ed|ing)?|culprit|because|due to|traced (?:back )?to|"
    r"turn(?:s|ed) out|led to|responsible for|reason(?:s)? (?:is|are|was|were|for))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\?|\b(?:unknown|not known)\b|\blooking for\b|\bno idea\b|\bunclear\b", re.IGNORECASE)
_IMPACT = re.compile(
    r"\b(customers?|users?|people|visitors?|errors?|5xx|50[0-9]|fail(?:s|ed|ing|ures?)?|unavailab\w+|availability|downtime|"
    r"outage|offline|slow\w*|latency|stale|delay\w*|lost|expired|queue\w*|backlog|dropp?\w*|logins?|paused)\b",
    re.IGNORECASE,
)
_TALK = re.compile(r"\b(please|thank|thanks|looking|watching|reading|noted)\b", re.IGNORECASE)


def is_change(fact: Fact) -> bool:
    """Whether the entry records a change: by its lane, or a machine's line that speaks of one."""
    return fact.lane == Lane.CHANGE or (fact.lane == Lane.LOG and bool(_CHANGE.search(fact.text)))


def is_action(fact: Fact) -> bool:
    """Whether the entry tells of something that was done: a change, or words that speak of it."""
    if fact.lane == Lane.CHANGE:
        return True
    spoken = fact.lane in (Lane.CHAT, Lane.LOG, Lane.STATEMENT, Lane.STATUS)
    return spoken and not _is_talk(fact) and bool(_ACTION.search(fact.text))


def tells_cause(fact: Fact) -> bool:
    """Whether somebody speaks of a cause, and does not only ask for one; whether it is one is for people to judge.

    What anybody could have written into a source counts only when a person here has highlighted it.
    """
    told = fact.lane == Lane.STATEMENT or fact.highlighted
    return told and bool(_CAUSE.search(fact.text)) and not _DENIED.search(fact.text)


def tells_impact(fact: Fact) -> bool:
    """Whether the entry speaks of what people who use the services met."""
    told = fact.lane in (Lane.STATUS, Lane.LOG, Lane.ALERT, Lane.STATEMENT)
    return (told or (fact.lane == Lane.CHAT and fact.highlighted)) and bool(_IMPACT.search(fact.text))


def _is_talk(fact: Fact) -> bool:
    """Whether a message keeps people together rather than tells what was done; a highlight says otherwise."""
    return fact.lane == Lane.CHAT and not fact.highlighted and bool(_TALK.search(fact.text))


def is_observation(fact: Fact) -> bool:
    """Whether the entry shows how things stood: a machine's record, or a status update."""
    return fact.lane in (Lane.ALERT, Lane.LOG, Lane.STATUS)
