"""The forty checks of a good postmortem, and five beside them; pure functions over plain data.

``unsupported`` holds a passage against what it cites. ``findings`` runs what needs nothing but the signed text,
``findings_in`` all of it, and ``inspect`` makes the checklist of what was found. ``catalog`` says what each check is.
"""

from reviews.checks.about import about
from reviews.checks.catalog import BY_CODE, CHECKS, CONFIRMABLE, FORTY, GROUPS, Check
from reviews.checks.finding import Around, Confirmed, Finding, RiskState
from reviews.checks.points import OF_TEXT, Point, State, findings, findings_in, held, inspect
from reviews.checks.support import Told, unsupported

__all__ = [
    "BY_CODE",
    "CHECKS",
    "CONFIRMABLE",
    "FORTY",
    "GROUPS",
    "OF_TEXT",
    "Around",
    "Check",
    "Confirmed",
    "Finding",
    "Point",
    "RiskState",
    "State",
    "Told",
    "about",
    "findings",
    "findings_in",
    "held",
    "inspect",
    "unsupported",
]
