"""The scene that candidates are weighed against: what failed first, when, and in which words it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from incidents.analysis.deviations import Deviation, deviations
from incidents.analysis.measures import in_words
from incidents.analysis.observed import Observed
from incidents.analysis.onset import NoOnset, Onset, onset_of
from incidents.analysis.origins import reached
from incidents.analysis.symptoms import LONGEST_READ, Said, Symptoms, symptoms

OF_OTHERS = 0.3
OF_A_METRIC = 0.5


class Scene(NamedTuple):
    """What is known of a failure. ``origin`` is empty and ``began`` ``None`` when nothing shows where and when."""

    observed: Observed
    found: tuple[Deviation, ...]
    onset: Onset | NoOnset
    origin: str
    began: float | None
    symptoms: Symptoms

    @property
    def related(self) -> frozenset[str]:
        """The services that the origin calls, as far as calls are on record."""
        return frozenset(reached(self.origin, self.observed.calls)) if self.origin else frozenset()


def scene(observed: Observed) -> Scene:
    """Find the onset and gather what is said of the failure."""
    found = tuple(deviations(observed))
    seen = onset_of(observed, found)
    origin = seen.service if isinstance(seen, Onset) else _alarmed(observed)
    began = seen.began if isinstance(seen, Onset) else observed.alarmed_at
    return Scene(observed, found, seen, origin, began, symptoms(_said(observed, found, origin)))


def _alarmed(observed: Observed) -> str:
    ordered = sorted(observed.alarms, key=lambda one: (one.at, one.key))
    return next((alarm.service for alarm in ordered if alarm.service), "")


def _said(observed: Observed, found: Sequence[Deviation], origin: str) -> Iterator[Said]:
    """The texts of trouble; those of other services count less, because most tell of its consequences.

    Where nothing can be called unusual, because nothing of the time before is on record, every line of trouble counts.
    """

    def weight(service: str) -> float:
        return 1.0 if service in ("", origin) else OF_OTHERS

    for one in found:
        if one.is_failing:
            text, share = (one.what, 1.0) if one.is_text else (_told(one), OF_A_METRIC)
            yield Said(one.service, text[:LONGEST_READ], one.ref, share * weight(one.service))
    for line in () if found else observed.lines:
        if line.is_trouble:
            yield Said(line.service, line.text[:LONGEST_READ], line.ref, weight(line.service))
    for alarm in observed.alarms:
        yield Said(
            alarm.service, f"{alarm.text} {alarm.metric}"[:LONGEST_READ], alarm.ref, weight(alarm.service)
        )
    for note in observed.notes:
        if note.is_trouble:
            yield Said(note.service, note.text[:LONGEST_READ], note.ref, weight(note.service))


def _told(one: Deviation) -> str:
    return f"{one.what} {in_words(one.what)}"
