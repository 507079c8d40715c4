"""What a change could do: each effect is seen in the lines of its diff, and knows the symptoms that it can lead to.

An effect says what a change makes possible. Whether it happened is for the evidence to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from incidents.analysis.diffs import MOST_COMPARED, Diff, Line, Turned, turned
from incidents.analysis.effect_rules import RULES, STRONG
from incidents.analysis.effect_values import VALUES
from incidents.analysis.symptoms import Symptom as S

ALIKE = 0.6


class Effect(NamedTuple):
    """One thing that the change does: a clause, the line that shows it, what it can lead to, and how strongly."""

    does: str
    line: str
    leads_to: frozenset[S]
    strength: float


def effects(diff: Diff) -> list[Effect]:
    """What the change does, the strongest first; empty for an empty diff."""
    found = [*_by_values(turned(diff)), *_in_loops(diff), *_by_rules(diff)]
    return sorted(found, key=lambda one: (-one.strength, one.does, one.line))


def _by_rules(diff: Diff) -> Iterator[Effect]:
    for rule in RULES:
        line = _shown(rule.added, diff.added, diff.removed) or _shown(rule.removed, diff.removed, diff.added)
        if not line and rule.in_place:
            line = _reworded(rule.added, diff)
        if line:
            yield Effect(rule.does, line, rule.leads_to, rule.strength)


def _shown(pattern: re.Pattern[str] | None, lines: Sequence[Line], others: Sequence[Line]) -> str:
    """The first line with a match that the other side does not have as often: what stays is no effect."""
    if pattern is None:
        return ""
    mine = [line for line in lines if pattern.search(line.text)]
    if len(mine) <= sum(pattern.search(line.text) is not None for line in others):
        return ""
    return " ".join(mine[0].text.split())


def _reworded(pattern: re.Pattern[str] | None, diff: Diff) -> str:
    """The first such line that is there on both sides, much alike and not the same."""
    if pattern is None:
        return ""
    olds = [line.text for line in diff.removed if pattern.search(line.text)][:MOST_COMPARED]
    news = [line for line in diff.added if pattern.search(line.text)][:MOST_COMPARED]
    for line in news:
        if any(_is_alike(old, line.text) for old in olds):
            return " ".join(line.text.split())
    return ""


def _is_alike(old: str, new: str) -> bool:
    return ALIKE <= SequenceMatcher(None, old.strip(), new.strip(), autojunk=False).ratio() < 1


_ONE_CALL = (
    r"select\b.{1,200}\bfrom\b|\b(?:query\w*|execute\w*|exec|fetch\w*|findby\w*|find_?one|"
    r"getitem|get_item|load\w*|lookup\w*|rpc|httpget|request)\s*\("
    r"|\b(?:client|repo|repository|dao|db|store|api|service|http|requests|session|catalog|"
    r"cache|redis|axios|stub)\w*\.\w+\s*\("
)
_LOOP = re.compile(
    r"^\s*(?:for|while|foreach)\b|\.(?:foreach|map|flatmap|filter)\s*\(|\.each\b|"
    r"\bloop\b\s*(?:do|\{)|\bfor\b.+\bin\b",
    re.IGNORECASE,
)
_CALLS = re.compile(_ONE_CALL, re.IGNORECASE)
_ENDS = re.compile(r"^\s*(?:\}|end\b|\))")


def _in_loops(diff: Diff) -> Iterator[Effect]:
    """A call of something remote that was put inside a loop: once became many times."""
    added = {line.text for line in diff.added}
    depth: list[int] = []
    for line in diff.after:
        indent = _indent(line.text)
        while depth and line.text.strip() and indent <= depth[-1]:
            depth.pop()
        inside = bool(depth) or (_LOOP.search(line.text) is not None and "=>" in line.text)
        if inside and line.text in added and _CALLS.search(line.text):
            yield Effect(
                "makes a call for each item of a loop", " ".join(line.text.split()),
                frozenset({S.QUERIES, S.SLOW, S.TIMEOUT, S.POOL, S.RATE, S.OVERLOAD, S.CPU}), STRONG,
            )  # fmt: skip
            return
        if _LOOP.search(line.text) and not _ENDS.match(line.text):
            depth.append(indent)


def _indent(text: str) -> int:
    widened = text.expandtabs(4)
    return len(widened) - len(widened.lstrip())


_VERSION = re.compile(r"\bv?\d+\.\d+\.\d+|@\d|sha256|rev\b")


def _by_values(changed: Iterable[Turned]) -> Iterator[Effect]:
    for one in changed:
        if _VERSION.search(one.line):
            continue
        for value in VALUES:
            if value.name.search(one.name):
                lower = one.new < one.old
                does = f"{'lowers' if lower else 'raises'} {value.what} from {_plain(one.old)} to {_plain(one.new)}"
                yield Effect(does, one.line, value.down if lower else value.up, STRONG)
                break


def _plain(value: float) -> str:
    return f"{value:,.6g}"
