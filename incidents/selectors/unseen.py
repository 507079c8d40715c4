"""What a chronology does not show: long silences, sources that said nothing, systems that nobody asked, parts of files
that were not read, and what fetches left out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Func, IntegerField, JSONField, Window
from django.db.models.functions import Lag

from governance.enums import ConnectionKind
from incidents.chronology import in_words
from incidents.enums import SourceKind
from incidents.hooks.senders import SENDERS
from incidents.models import Entry, Evidence, Hook, Incident, IntakePolicy
from incidents.models.evidence import NOT_FETCHED
from incidents.models.timeline import ORDER
from incidents.selectors.rows import EXPECTED, SOURCE_NAMES, USUAL_GAP
from incidents.selectors.systems import ASKABLE, systems_of

MOST_GAPS = 20

_PARTS = Func("skipped", function="jsonb_array_length", output_field=IntegerField())
_CUTS = Func(
    "skipped",
    template=f"jsonb_path_query_array(%(expressions)s, '$[*] ? (@.location == \"{NOT_FETCHED}\").reason')",
    output_field=JSONField(),
)


class Gap(NamedTuple):
    """A silence between two entries, by their numbers."""

    after: int
    before: int
    start: datetime
    length: str


class Skipped(NamedTuple):
    """A file of which parts could not be read."""

    filename: str
    source: str
    parts: int


class Cut(NamedTuple):
    """What a fetch left out, as a sentence."""

    filename: str
    source: str
    sentence: str


class Unseen(NamedTuple):
    """What is not there.

    ``silent`` sources have an address and told nothing, ``absent`` ones have none. Of the systems that evidence can be
    fetched from, ``unasked`` ones are connected and ``unconnected`` ones are not.
    """

    gap: str
    gaps: list[Gap]
    more_gaps: bool
    silent: list[str]
    absent: list[str]
    unasked: list[ConnectionKind]
    unconnected: list[ConnectionKind]
    skipped: list[Skipped]
    cuts: list[Cut]

    @property
    def is_any(self) -> bool:
        """Whether there is anything to name."""
        sources = self.silent or self.absent or self.unasked or self.unconnected
        return bool(self.gaps or sources or self.skipped or self.cuts)


def unseen(incident: Incident) -> Unseen:
    """Everything that people who argue from the chronology should know is missing from it."""
    policies = IntakePolicy.objects.filter(organization_id=incident.organization_id)
    length = timedelta(minutes=policies.values_list("gap_minutes", flat=True).first() or USUAL_GAP)
    gaps = _gaps(incident, length)
    kinds = set(
        Evidence.objects.filter(incident=incident).order_by().values_list("kind", flat=True).distinct()
    )
    connected = _connected(incident)
    return Unseen(
        in_words(length),
        gaps[:MOST_GAPS],
        len(gaps) > MOST_GAPS,
        [name for kind, name in SOURCE_NAMES.items() if kind in connected and kind not in kinds],
        [SOURCE_NAMES[kind] for kind in EXPECTED if kind not in {*kinds, *connected, *ASKABLE.values()}],
        *systems_of(incident, {*kinds, *connected}),
        *_left_out(incident),
    )


def _gaps(incident: Incident, length: timedelta) -> list[Gap]:
    """Found by the database, which compares neighbors; a chronology of any length is one query."""
    order = ORDER
    rows = Entry.objects.filter(incident=incident).shown()
    neighbors = rows.annotate(
        earlier=Window(Lag("at"), order_by=order), earlier_number=Window(Lag("number"), order_by=order)
    )
    long = neighbors.filter(at__gt=F("earlier") + length).order_by(*order)
    found = long.values_list("earlier_number", "number", "earlier", "at")[: MOST_GAPS + 1]
    return [Gap(after, before, start, in_words(end - start)) for after, before, start, end in found]


def _connected(incident: Incident) -> set[SourceKind]:
    """The kinds of source that an address of the organization takes in."""
    hooks = Hook.objects.filter(organization_id=incident.organization_id, is_active=True)
    kinds = set(hooks.order_by().values_list("kind", flat=True))
    return {sender.source for kind, sender in SENDERS.items() if kind.value in kinds}


def _left_out(incident: Incident) -> tuple[list[Skipped], list[Cut]]:
    """The files with parts that could not be read, and what fetches left out; counted and picked by the database."""
    rows = Evidence.objects.filter(incident=incident).annotate(parts=_PARTS, cuts=_CUTS).filter(parts__gt=0)
    found = rows.order_by("imported_at", "id").values_list("filename", "kind", "parts", "cuts")
    skipped = [
        Skipped(filename, SOURCE_NAMES[kind], parts - len(cuts))
        for filename, kind, parts, cuts in found
        if parts > len(cuts)
    ]
    cut = [Cut(name, SOURCE_NAMES[kind], sentence) for name, kind, _parts, cuts in found for sentence in cuts]
    return skipped, cut
