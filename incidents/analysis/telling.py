"""Texts that tell of something directly, and how much they weigh."""

from __future__ import annotations

import re
from typing import NamedTuple

from incidents.analysis.deviations import shortened
from incidents.analysis.scene import Scene
from incidents.analysis.symptoms import Said
from incidents.analysis.weighing import Point, Sort, point

ENOUGH = 0.4
DIRECT = 0.6


class Texts(NamedTuple):
    """The texts that match something, and how much of all that is said they are, by weight."""

    said: tuple[Said, ...]
    share: float


def telling_of(scene: Scene, pattern: re.Pattern[str]) -> Texts:
    """The texts of trouble that match, in their order; what is said directly counts, whichever service says it."""
    found = tuple(one for one in scene.symptoms.said if pattern.search(one.text))
    whole = sum(one.weight for one in scene.symptoms.said)
    direct = sum(max(one.weight, DIRECT) for one in found)
    return Texts(found, min(direct / whole, 1.0) if whole else 0.0)


def spoken(texts: Texts, most: float, least: float = 2.0) -> Point:
    """A point for what is said: the more of the texts, the more; all once two in five do."""
    first = max(texts.said, key=lambda one: (one.weight, one.text))
    weight = least + (most - least) * min(texts.share / ENOUGH, 1.0)
    who = f"{first.service}: " if first.service else ""
    refs = tuple(one.ref for one in texts.said[:4])
    return point(weight, Sort.MECHANISM, f"{who}“{shortened(first.text)}”.", *refs)
