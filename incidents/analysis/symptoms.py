"""What sort of failure the texts of an incident speak of: each sort is known by the words that systems use for it.

A symptom says how something failed, never why. Texts come from alerts, log templates, traces and the names of metrics.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from incidents.analysis.observed import Ref
from incidents.analysis.symptom_words import WORDS, Symptom

__all__ = ["LONGEST_READ", "Said", "Symptom", "Symptoms", "symptoms", "symptoms_in"]

LONGEST_READ = 600


class Said(NamedTuple):
    """One text of trouble: who wrote it and what it rests on; ``weight`` is below 1 for what only hints."""

    service: str
    text: str
    ref: Ref
    weight: float = 1.0


class Symptoms(NamedTuple):
    """The sorts of failure that are spoken of, with the texts that do, and all texts."""

    found: Mapping[Symptom, tuple[Said, ...]]
    said: tuple[Said, ...]

    def share(self, symptom: Symptom) -> float:
        """How much of the texts, by weight, speaks of it: from 0 to 1."""
        whole = sum(one.weight for one in self.said)
        return sum(one.weight for one in self.found.get(symptom, ())) / whole if whole else 0.0


def symptoms_in(text: str) -> tuple[Symptom, ...]:
    """The sorts of failure that one text speaks of."""
    return tuple(symptom for symptom, words in WORDS if words.search(text, 0, LONGEST_READ))


def symptoms(said: Iterable[Said]) -> Symptoms:
    """The sorts of failure that the texts speak of."""
    ordered = tuple(sorted(set(said)))
    found: defaultdict[Symptom, list[Said]] = defaultdict(list)
    for one in ordered:
        for symptom in symptoms_in(one.text):
            found[symptom].append(one)
    return Symptoms({symptom: tuple(found[symptom]) for symptom in Symptom if symptom in found}, ordered)
