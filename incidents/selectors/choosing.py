"""What a person chose to see of a chronology: the language of the filter, and the entries that fit it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.lookups import DataContains
from django.db.models import Q, TextField, Value
from django.db.models.functions import Upper

from incidents.enums import Lane, SourceKind
from incidents.models import Entry, Incident

STATEMENTS = "statement"
SHOWS = ("all", "highlights", "hidden")
NAMES = ("source", "service", "person", "kind", "tag", "level")
_WORD = re.compile(rf'(?:({"|".join(NAMES)}):)?(?:"([^"]*)"|(\S+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class View:
    """What a person chose to see; ``start`` and ``end`` belong to it, ``q`` is what was typed into the filter."""

    show: str = "all"
    q: str = ""
    source: str = ""
    service: str = ""
    lane: str = ""
    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether less is shown than the chosen show holds."""
        return bool(self.q.strip() or self.source or self.service or self.lane or self.start or self.end)

    @property
    def is_whole(self) -> bool:
        """Whether neighbors in it are neighbors in time, so that a gap between them means silence."""
        return self.show == "all" and not (self.q.strip() or self.source or self.service or self.lane)


def chosen(incident: Incident, view: View) -> Any:
    """The entries that fit, in no order."""
    entries = Entry.objects.filter(incident=incident)
    if view.show == "hidden":
        entries = entries.filter(hidden=True)
    else:
        entries = entries.highlighted() if view.show == "highlights" else entries.shown()
    if view.start:
        entries = entries.filter(at__gte=view.start)
    if view.end:
        entries = entries.filter(at__lte=view.end)
    picked = (("source", view.source), ("service", view.service), ("kind", view.lane))
    for name, value in (*picked, *words(view.q)):
        if value:
            entries = entries.filter(_fits(name, value))
    return entries


def words(q: str) -> list[tuple[str, str]]:
    """``source:slack "connection reset"`` as ``[("source", "slack"), ("", "connection reset")]``.

    What stands in quotation marks is one word; a name with nothing behind it asks for nothing.
    """
    found = ((name.lower(), (quoted or plain).strip()) for name, quoted, plain in _WORD.findall(q))
    return [(name, word) for name, word in found if word and word.lower() not in {f"{one}:" for one in NAMES}]


def _fits(name: str, value: str) -> Q:
    if not name:
        return Q(text__icontains=value) | Q(actor__icontains=value)
    if name == "source":
        return _from(value.lower())
    if name == "service":
        return _among("services", value)
    if name == "tag":
        return _among("tags", value)
    if name == "kind":
        return Q(lane__in=[lane.value for lane in Lane if _begins(lane, value.lower())])
    if name == "level":
        return Q(level__istartswith=value)
    return Q(actor__icontains=value)


def _from(source: str) -> Q:
    """Entries of a kind of source, or people's statements."""
    if STATEMENTS.startswith(source):
        return Q(evidence__isnull=True)
    return Q(evidence__kind__in=[kind.value for kind in SourceKind if _begins(kind, source)])


def _begins(choice: Lane | SourceKind, value: str) -> bool:
    return choice.value.startswith(value) or choice.label.lower().startswith(value)


def _among(field: str, value: str) -> Q:
    """Whether a list of words holds one, whatever its case."""
    return Q(DataContains(_Capitals(field), Value([value.upper()], _WORDS)))


_WORDS: Any = ArrayField(TextField())


class _Capitals(Upper):
    """A list of words in capitals."""

    template = "UPPER((%(expressions)s)::text)::text[]"
    output_field = _WORDS
