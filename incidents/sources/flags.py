"""Feature flags: changes in our own form, and as LaunchDarkly, Unleash and Flagsmith tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import Lane, SourceKind, Trust
from incidents.sources.base import About, ParseContext, Signal, Skipped, first_text
from incidents.sources.posted import NO_TIME, posted
from incidents.sources.values import When, as_state, as_word, joined, texts_of, value_at, when, word_of

EXPECTED = "changes of feature flags: objects with “flag”, “environment”, “from”, “to” and “at”"


class Flags:
    """Reads one change, a list of them, or a list below ``events``."""

    kind = SourceKind.FLAGS
    label = SourceKind.FLAGS.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        return posted(stream, EXPECTED, _is_change, _change)


def _is_change(item: Mapping[str, Any]) -> bool:
    return "flag" in item or _is_launchdarkly(item) or _is_unleash(item) or _is_flagsmith(item)


def _is_launchdarkly(item: Mapping[str, Any]) -> bool:
    return "kind" in item and "date" in item


def _is_unleash(item: Mapping[str, Any]) -> bool:
    return "type" in item and "createdAt" in item


def _is_flagsmith(item: Mapping[str, Any]) -> bool:
    return "event_type" in item and isinstance(item.get("data"), dict)


def _change(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    if word_of(item, "flag"):
        return _ours(item, location)
    if _is_launchdarkly(item):
        return _launchdarkly(item, location)
    if _is_unleash(item):
        return _unleash(item, location)
    if _is_flagsmith(item):
        return _flagsmith(item, location)
    return Skipped(location, "It names no flag. Set “flag” to the flag's key.")


def _ours(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    services = texts_of(item, "service", "services") or texts_of(item, "project")
    text = _text(word_of(item, "flag"), word_of(item, "environment"), item.get("from"), item.get("to"))
    return _signal(
        location,
        when(item, "at"),
        text,
        word_of(item, "flag"),
        actor=word_of(item, "actor"),
        identity=word_of(item, "id"),
        services=services,
    )


def _launchdarkly(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    """An entry of the audit log, which is what its webhooks carry; ``date`` is in milliseconds."""
    if word_of(item, "kind") != "flag":
        return Skipped(location, "It is a change of something else than a flag.", expected=True)
    flag = first_text(word_of(item, "name"), word_of(item, "target", "name"))
    member = value_at(item, "member")
    verb = first_text(word_of(item, "titleVerb"), word_of(item, "title"), "changed")
    told = first_text(word_of(item, "shortDescription"), word_of(item, "description"))
    name = first_text(
        joined(word_of(member, "firstName"), word_of(member, "lastName")), word_of(member, "email")
    )
    resources = value_at(item, "target", "resources")
    where = resources[0] if isinstance(resources, list) and resources else ""
    told = joined(f"Flag {flag or 'without a name'}", verb, f"({where})" if as_word(where) else "") + (
        f": {told}" if told else ""
    )
    return _signal(
        location,
        when(item, "date"),
        joined(told, word_of(item, "comment"), mark=" — "),
        flag,
        actor=name,
        identity=word_of(item, "_id"),
    )


def _unleash(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    kind, flag = word_of(item, "type"), word_of(item, "featureName")
    if not (flag or kind.startswith("feature")):
        return Skipped(location, "It is a change of something else than a flag.", expected=True)
    environment = word_of(item, "environment")
    what = kind.removeprefix("feature-").replace("-", " ")
    return _signal(
        location,
        when(item, "createdAt"),
        joined(f"Flag {flag or 'without a name'}", f"in {environment}" if environment else "") + f": {what}",
        flag,
        actor=word_of(item, "createdBy"),
        identity=word_of(item, "id"),
        services=texts_of(item, "project"),
    )


def _flagsmith(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    data = item["data"]
    new, old = value_at(data, "new_state"), value_at(data, "previous_state")
    state = new if isinstance(new, dict) else old
    flag = word_of(state, "feature", "name")
    if not flag:
        return Skipped(location, "It is a change of something else than a flag.", expected=True)
    environment = first_text(word_of(state, "environment", "name"), word_of(state, "environment"))
    text = _text(flag, environment, _setting(old), _setting(new))
    return _signal(
        location,
        when(data, "timestamp"),
        text if isinstance(new, dict) else f"{text} (deleted)",
        flag,
        actor=word_of(data, "changed_by"),
        services=texts_of(value_at(state, "feature", "project"), "name"),
    )


def _setting(state: Any) -> str:
    """``on``, or ``on (blue)`` for a flag that carries a value."""
    value = as_state(value_at(state, "feature_state_value"))
    return joined(as_state(value_at(state, "enabled")), f"({value})" if value else "")


def _text(flag: str, environment: str, before: Any, after: Any) -> str:
    was, now = as_state(before), as_state(after)
    target = joined(f"Flag {flag}", f"in {environment}" if environment else "")
    change = joined(f"from {was}" if was else "", f"to {now}" if now else "")
    return f"{target} changed {change}".rstrip()


def _signal(
    location: str,
    at: When,
    text: str,
    flag: str,
    *,
    actor: str = "",
    identity: str = "",
    services: tuple[str, ...] = (),
) -> Signal | Skipped:
    if not at.text:
        return Skipped(location, NO_TIME)
    key = f"flag {flag}" if flag else ""
    own = f"flag change {identity}" if identity else ""
    about = About(services=services, fingerprint=key)
    return Signal(at.text, text, Lane.CHANGE, Trust.OBSERVED, location, actor, own, zone=at.zone, about=about)
