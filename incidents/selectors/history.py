"""What people did to a chronology, and what can be undone of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404

from governance.models import User
from incidents.models import ClockOffset, Curation, Entry, Incident


def acts_of(incident: Incident) -> Any:
    """What was done, newest first, with who did it and who took it back."""
    return (
        Curation.objects.filter(incident=incident).select_related("actor", "undone_by").order_by("-at", "-id")
    )


def curation_or_404(incident: Incident, pk: int) -> Curation:
    """One act on the incident's chronology."""
    found: Curation | None = Curation.objects.filter(incident=incident, pk=pk).first()
    if found is None:
        raise Http404("There is no such change.")
    return found


def newest_act(incident: Incident, user: User) -> Curation | None:
    """What the person did last and nobody took back."""
    found: Curation | None = (
        Curation.objects.undoable().filter(incident=incident, actor=user).order_by("-at", "-id").first()
    )
    return found


def told_act(incident: Incident, pk: object) -> Curation | None:
    """An act that the page is to tell of, unless it was taken back meanwhile."""
    if not isinstance(pk, int):
        return None
    found: Curation | None = Curation.objects.undoable().filter(incident=incident, pk=pk).first()
    return found


def folded_numbers(incident: Incident, numbers: Iterable[int]) -> set[int]:
    """Those of the entries that stand inside another one."""
    folded = Entry.objects.filter(incident=incident, number__in=numbers, folded_into__isnull=False)
    return set(folded.order_by().values_list("number", flat=True))


def offset_or_404(incident: Incident, pk: str) -> ClockOffset:
    """A declared clock offset of the incident."""
    is_number = pk.isascii() and pk.isdigit() and len(pk) < 18
    found: ClockOffset | None = (
        ClockOffset.objects.filter(incident=incident, pk=int(pk)).select_related("incident").first()
        if is_number
        else None
    )
    if found is None:
        raise Http404("There is no such declaration.")
    return found


def offsets_of(incident: Incident) -> Any:
    """The clock offsets that hold, oldest first."""
    return ClockOffset.objects.filter(incident=incident, withdrawn_at=None).select_related("declared_by")
