"""Figures of an impact, or why there is none; and what the minutes of it mean for promises and money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from incidents.analysis.deviations import figure
from incidents.analysis.observed import Reason, Ref

MONTH = 30 * 24 * 60
HUNDRED = 100.0


class Known(NamedTuple):
    """A figure with its unit in ``text``, and what it rests on."""

    value: float
    text: str
    refs: tuple[Ref, ...]


class Unknown(NamedTuple):
    """No figure, and why there is none."""

    why: str


class Span(NamedTuple):
    """From ``start`` to ``end`` (Unix seconds); ``end`` is ``None`` while the record shows no return to normal."""

    start: float
    end: float | None
    why: tuple[Reason, ...]

    @property
    def minutes(self) -> float | None:
        return None if self.end is None else (self.end - self.start) / 60


class Terms(NamedTuple):
    """What is promised and paid for an affected service; ``None`` for what nobody set.

    ``target`` is the promised availability in percent, ``price`` what a minute of impact costs in ``currency``.
    """

    service: str
    target: float | None = None
    price: float | None = None
    currency: str = ""


def sla(hit: Span | Unknown, terms: Sequence[Terms]) -> Known | Unknown:
    """The minutes of impact beside those that the promised availability leaves in 30 days; the strictest promise."""
    promised = [one for one in terms if one.target is not None]
    if not promised:
        return Unknown(
            "Unknown, because no affected service has a promised availability. Set it with the service."
        )
    if isinstance(hit, Unknown) or hit.minutes is None:
        return Unknown("Unknown, because it is not known how long customers were hit.")
    strictest = max(promised, key=lambda one: (one.target or 0.0, one.service))
    target = strictest.target or 0.0
    allowed = MONTH * (1 - target / HUNDRED)
    share = f", {hit.minutes / allowed:.0%} of them" if allowed else ""
    text = (
        f"{hit.minutes:.0f} minutes of impact; the {_percent(target)} promised for {strictest.service} leave "
        f"{figure(allowed)} minutes in 30 days{share}."
    )
    return Known(hit.minutes, text, _refs(hit))


def money(hit: Span | Unknown, terms: Iterable[Terms]) -> Known | Unknown:
    """What the minutes of impact cost at the rates that are set; each currency is summed by itself."""
    priced = [one for one in terms if one.price is not None]
    if not priced:
        return Unknown(
            "Unknown, because no affected service has a price for a minute of impact. Set it with the service."
        )
    if isinstance(hit, Unknown) or hit.minutes is None:
        return Unknown("Unknown, because it is not known how long customers were hit.")
    rates: dict[str, float] = {}
    for one in sorted(priced, key=lambda one: one.service):
        rates[one.currency] = rates.get(one.currency, 0.0) + (one.price or 0.0)
    told = [
        f"{_worth(hit.minutes * rate, currency)}, for {hit.minutes:.0f} minutes at {_worth(rate, currency)} each"
        for currency, rate in sorted(rates.items())
    ]
    return Known(hit.minutes * sum(rates.values()), f"{'; '.join(told)}.", _refs(hit))


def _refs(hit: Span) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(ref for reason in hit.why for ref in reason.refs))


def _percent(target: float) -> str:
    return f"{target:.3f}".rstrip("0").rstrip(".") + "%"


def _worth(amount: float, currency: str) -> str:
    return f"{figure(amount)} {currency}".strip()
