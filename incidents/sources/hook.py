"""The signed JSON hook: any fact, from any program, in the form that docs/signed-hook.md describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import Lane, SourceKind, Trust
from incidents.sources.base import About, ParseContext, Signal, Skipped
from incidents.sources.posted import NO_TIME, posted
from incidents.sources.values import texts_of, value_at, word_of

EXPECTED = "facts: objects with “at” (a time with its offset) and “text”"
KINDS = (Lane.ALERT, Lane.CHANGE, Lane.STATUS, Lane.CHAT, Lane.ACTION, Lane.LOG, Lane.METRIC)
TRUSTS = (Trust.OBSERVED, Trust.REPORTED)
LEVELS = ("error", "warning", "info", "debug")


class Hook:
    """Reads one fact, a list of them, or a list below ``events``."""

    kind = SourceKind.HOOK
    label = SourceKind.HOOK.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        return posted(stream, EXPECTED, _is_fact, _fact)


def _is_fact(item: Mapping[str, Any]) -> bool:
    return "at" in item or "text" in item


def _fact(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    at, text = value_at(item, "at"), word_of(item, "text")
    kind, trust = word_of(item, "kind") or "action", word_of(item, "trust") or "reported"
    if not isinstance(at, str) or not at.strip():
        return Skipped(location, NO_TIME)
    if not text:
        return Skipped(location, "It has no text. Set “text” to what happened, in a sentence.")
    if kind not in KINDS:
        return Skipped(location, f"Its kind is none of ours. Set “kind” to one of: {', '.join(KINDS)}.")
    if trust not in TRUSTS:
        return Skipped(location, "Its trust is none of ours. Set “trust” to observed or reported.")
    level, address = word_of(item, "level").lower(), word_of(item, "url")
    return Signal(
        time_text=at.strip(),
        text=f"{text} ({address})" if address.startswith(("https://", "http://")) else text,
        lane=Lane(kind),
        trust=Trust(trust),
        location=location,
        actor=word_of(item, "actor"),
        identity=word_of(item, "id"),
        level=level if level in LEVELS else "",
        about=About(
            services=texts_of(item, "service", "services"),
            region=word_of(item, "region"),
            customer=word_of(item, "customer"),
            fingerprint=word_of(item, "fingerprint"),
        ),
    )
