"""What the lines of a group concern: the services, the region and the customer that most of them name.

Counted while a log is read, in memory that does not grow with it: who is named in one line of twenty or more is always
found, and who is named more rarely may be forgotten (Misra and Gries 1982, whose counts may be added up).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from incidents.sources.base import NOTHING, About

MOST_SERVICES = 5
LEAST_SHARE = 0.05
MOST_NAMES = 40
MOST_PENDING = 20_000


class _Tally:
    """How many of ``total`` lines give each name; too low by at most one in ``MOST_NAMES`` of them."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.total = 0

    def add(self, names: Iterable[str], count: int) -> None:
        for name in names:
            if name:
                self.counts[name] += count
                self.total += count

    def join(self, other: _Tally) -> None:
        self.counts.update(other.counts)
        self.total += other.total

    def shorten(self, most: int) -> None:
        """Keep the most frequent; each gives up what the first that is forgotten had, so that late ones can rise."""
        if len(self.counts) > most:
            given_up = self.ranked()[most][1]
            self.counts = Counter({name: n - given_up for name, n in self.counts.items() if n > given_up})

    def ranked(self) -> list[tuple[str, int]]:
        """The most frequent first; equal ones by name, so that the order of the lines does not matter."""
        return sorted(self.counts.items(), key=lambda one: (-one[1], one[0]))


class _Named:
    """Who is named in the lines of one group."""

    __slots__ = ("customers", "regions", "services")

    def __init__(self) -> None:
        self.services, self.regions, self.customers = _Tally(), _Tally(), _Tally()

    @property
    def tallies(self) -> tuple[_Tally, _Tally, _Tally]:
        return self.services, self.regions, self.customers


class Concerns:
    """Counts what lines are about, by the group that each fell into."""

    def __init__(self, most_names: int = MOST_NAMES, most_pending: int = MOST_PENDING) -> None:
        self._named: defaultdict[int, _Named] = defaultdict(_Named)
        self._pending: dict[tuple[int, tuple[str, ...], str, str], int] = {}
        self._most_names = most_names
        self._most_pending = most_pending

    def add(self, group: int, about: About) -> None:
        """Count a line of the group; lines mostly repeat each other, so equal ones are added up first."""
        key = (group, about.services, about.region, about.customer)
        pending = self._pending
        pending[key] = pending.get(key, 0) + 1
        if len(pending) >= self._most_pending:
            self._settle()

    def of(self, groups: Iterable[int]) -> About:
        """What the lines of these groups concern together; ``NOTHING`` when they do not say."""
        self._settle()
        all_of_them = _Named()
        for group in groups:
            if group in self._named:
                for tally, part in zip(all_of_them.tallies, self._named[group].tallies, strict=True):
                    tally.join(part)
        services, regions, customers = all_of_them.tallies
        found = About(_usual(services), _prevailing(regions), _prevailing(customers))
        return NOTHING if found == NOTHING else found

    def _settle(self) -> None:
        """Add the pending lines to the tallies of their groups."""
        for (group, services, region, customer), count in self._pending.items():
            named = self._named[group]
            for tally, names in zip(named.tallies, (services, (region,), (customer,)), strict=True):
                tally.add(names, count)
        for group in {key[0] for key in self._pending}:
            for tally in self._named[group].tallies:
                tally.shorten(self._most_names)
        self._pending.clear()


def _usual(services: _Tally) -> tuple[str, ...]:
    """The services that more than a few of the lines name."""
    least = LEAST_SHARE * services.total
    return tuple(name for name, count in services.ranked()[:MOST_SERVICES] if count >= least)


def _prevailing(names: _Tally) -> str:
    """The name that at least half of the lines give which give any: of many customers none is *the* customer."""
    name, count = next(iter(names.ranked()), ("", 0))
    return name if 2 * count >= names.total else ""
