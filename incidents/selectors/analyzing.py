"""The analysis of an incident as people read it: made anew from what is on record, never stored."""

from __future__ import annotations

from incidents.analysis.whole import Analysis, analyze
from incidents.models import Incident
from incidents.selectors.observing import seen_of


def analysis_of(incident: Incident) -> Analysis:
    """Where it began, what may have contributed, whom it hit and how it was noticed, with the entries that show it."""
    seen = seen_of(incident)
    return analyze(seen.observed, seen.facts, seen.marks, seen.terms, seen.entries)
