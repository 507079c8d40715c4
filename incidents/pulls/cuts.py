"""What a fetch left out, as sentences for the people who argue from the chronology (nothing is dropped silently)."""

from __future__ import annotations

from datetime import UTC, datetime


def too_many(system: str, what: str, start: datetime, end: datetime, until: datetime) -> str:
    """More lines than one fetch takes: which span is whole, and how the rest is fetched."""
    return (
        f"{system} had more than {what} between {moment(start)} and {moment(end)} UTC. Only those until "
        f"{moment(until)} UTC are whole; fetch a shorter span that begins there for the rest."
    )


def moment(at: datetime) -> str:
    """``2018-10-21 22:52:00``, in UTC and rounded down to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
