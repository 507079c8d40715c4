"""The words by which people and machines tell how an incident goes; each pattern reads one entry's text.

A sentence that plans, asks or denies is no news: "not resolved yet", "will roll back", "is it resolved?".
"""

from __future__ import annotations

import re

LONGEST_READ = 1_000


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_HARM = _any(
    r"\berrors?\b",
    r"\bfail(?:s|ed|ing|ure|ures)?\b",
    r"\b(?:is|are|was|were|went|goes|reports? \S+|site|service) down\b",
    r"\bdown ?time\b",
    r"\bunavailable\b|\bunreachable\b|\bunresponsive\b|\bunstable\b",
    r"\btim(?:es?|ed|ing)[ -]?outs?\b",
    r"\bdegrad(?:ed|es|ation)\b",
    r"\boutages?\b|\bdisruptions?\b",
    r"\b5xx\b|\bHTTP 5\d\d\b|\b50[0234]s?\b",
    r"\bcrash(?:es|ed|ing)?\b|\bpanics?\b|\bout of memory\b|\bOOM",
    r"\blocks? up\b|\bsaturat|\bcongest|\boverload",
    r"\b(?:high|elevated|increased) (?:latency|load|lag)\b|\b(?:latency|lag) (?:grows|rises|spikes|is high)\b",
    r"\bcannot\b|\bcan't\b|\bunable to\b",
    r"\b(?:availability|traffic|success rate) (?:drops|dropped|falls|fell)\b",
)
_STARTS = _any(
    r"\b(?:impact|outage|errors?|disruption|degradation|failures?) (?:begins?|began|starts?|started)\b",
    r"\b(?:begins?|began|starts?|started) (?:to )?(?:fail|serv\w+ errors|see\w* errors|return\w* errors|timing out)",
    r"\bfirst (?:errors?|failures?|failed|HTTP 5)",
    r"\b(?:customers?|users?|visitors?) (?:are |is |were )?(?:report|see|affected|impacted|unable|cannot|can't)",
)
_UNDONE = _any(
    r"\?\s*$",
    r"\b(?:not|n't|never|no longer|isn't|nearly|almost|partially|yet to be) (?:yet |fully |been |quite )*"
    r"(?:resolved|recovered|mitigated|fixed|rolled back|reverted|normal|restored|stable|green)",
    r"\b(?:will|would|should|shall|must|may|might|could|going to|plans? to|want to|trying to|once|until|when|if|"
    r"before) (?:\w+ ){0,5}(?:resolved?|recover(?:ed|s)?|mitigated?|fix(?:ed)?|roll(?:ed)? back|revert(?:ed)?|"
    r"restored?|normal)\b",
    r"\bresolved for (?:most|some|many)\b|\bfor the first time\b|\bpartial(?:ly)? (?:recover|restor|resolv)",
)
_RESOLVED = _any(
    r"\bresolved\b(?! (?:to|that))|\ball[ -]clear\b",
    r"\b(?:back to|fully|returned to|is|are|; \S+|^\S+) normal\b",
    r"\bfully (?:recovered|restored|operational)\b|\ball systems operational\b",
    r"\bback online\b|\bstatus (?:set to |is )?green\b",
    r"\b(?:impact|outage|incident|disruption) (?:is |was )?(?:over|ends|ended)\b",
    r"\b(?:services?|operations) (?:fully |is |are |was |were |has been |have been )*"
    r"(?:resumed|restored|recovered)\b",
    r"\beverything (?:has |is )?(?:recovered|normal|healthy|back)\b",
)
_MITIGATED = _any(
    r"\bmitigat(?:ed|ion (?:is )?(?:in place|complete|applied|deployed))\b",
    r"(?<!being )(?<!is )\brolled back\b|\brollback (?:is |has )?(?:complete|completed|done|finished|succeeded)\b",
    r"(?<!being )\breverted\b",
    r"\b(?:main |customer |user )?impact (?:ends|ended|falls|is falling|stopped)\b|\boutage ends\b",
    r"\b(?:fix|hotfix|workaround|bypass\b[\w ]*|corrected \w+|good [\w ]+) (?:is |was |has been )*"
    r"(?:deployed|implemented|applied|in place|live|out)\b",
    r"\bfailover (?:[\w ]+ )?(?:done|complete|completed|succeeded)\b",
    r"\btraffic (?:returns|returned|has returned|is back)\b",
    r"\b(?:errors?|error rates?|latency) (?:are |is |rate )*(?:much lower|dropped|falling|recovering|going down)\b",
    r"^\W*monitoring\b|\bwe are (?:now )?monitoring\b|\bmonitoring (?:the )?(?:fix|results|recovery)\b",
)
_RECOVERS = _any(
    r"\brecover(?:s|ed|ing|y)?\b|\brestored\b|\bnormal\b|\bresolved\b|\blower\b|\bstead(?:y|ily) fall|\bresumed\b",
    r"\bno (?:more |further |new )?(?:errors|failures)\b|\b0 (?:errors|failures)\b|\ball clear\b|\bback online\b",
)
_AT_WORK = _any(
    r"\binvestigat(?:ing|ion|e|es|ed)\b|\blooking (?:into|at) (?:it|this|the)\b|\blooking into\b",
    r"^\W*identified\b|\b(?:issue|cause|problem) (?:has been |was |is )?identified\b",
    r"\b(?:on it|taking this|i'm on|i have this)\b",
    r"\bincident (?:call|bridge|channel)\b.*\b(?:opened|started)\b|\b(?:coordinator|commander|on-call) joins\b",
    r"\btriag(?:e|es|ing)\b",
)
_NOTICED = _any(
    r"\b(?:we|i|you) (?:are |am )?(?:see|seeing|notic\w+|get|getting)\b",
    r"\b(?:on-?call|engineers?|team|staff) (?:\w+ ){0,3}(?:paged|alerted)\b",
    r"\b(?:customers?|users?) (?:are )?report",
)
_RETOLD = re.compile(r"\b\d{1,2}:\d{2}\b")


def _says(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text, 0, LONGEST_READ) is not None


def tells_harm(text: str) -> bool:
    """Whether something is said to go wrong, and not to go right again."""
    return _says(_HARM, text) and not _says(_RECOVERS, text)


def tells_start(text: str) -> bool:
    """Whether people are said to be hit from now on; a text that names a clock time tells of earlier."""
    return _says(_STARTS, text) and not _says(_RETOLD, text) and not _says(_RECOVERS, text)


def tells_resolved(text: str) -> bool:
    return _says(_RESOLVED, text) and not _says(_UNDONE, text)


def tells_mitigated(text: str) -> bool:
    return _says(_MITIGATED, text) and not _says(_UNDONE, text)


def tells_work(text: str) -> bool:
    """Whether somebody has taken the incident up."""
    return _says(_AT_WORK, text)


def tells_notice(text: str) -> bool:
    """Whether somebody has become aware that something is wrong."""
    return _says(_NOTICED, text) or tells_work(text)
