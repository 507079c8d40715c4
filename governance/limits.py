"""How often something may be tried: buckets in the database, which every process shares and no crowd gets around.

A try adds one to its bucket, and the bucket runs empty evenly over the limit's time. Asking and adding are one
statement of PostgreSQL, so that of fifty tries at the same moment exactly as many pass as the limit says.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import NamedTuple

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from governance.errors import AfterwordError
from governance.models import LimitUse

KEPT = timedelta(days=2)  # longer than any limit lasts
_TRY = """
    INSERT INTO governance_limituse AS kept (key, level, at) VALUES (%(key)s, 1, %(now)s)
    ON CONFLICT (key) DO UPDATE SET
        level = GREATEST(0, kept.level - GREATEST(0, EXTRACT(EPOCH FROM %(now)s - kept.at)) * %(rate)s) + 1,
        at = GREATEST(kept.at, %(now)s)
    WHERE kept.level - GREATEST(0, EXTRACT(EPOCH FROM %(now)s - kept.at)) * %(rate)s <= %(amount)s - 1
    RETURNING level
"""


class TooMany(AfterwordError):
    """A limit is used up; ``seconds`` says how long to wait."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many tries. Wait {_in_words(seconds)}, then try again.")
        self.seconds = seconds


@dataclass(frozen=True)
class Limit:
    """``amount`` tries within ``seconds``."""

    name: str
    amount: int
    seconds: int

    @property
    def rate(self) -> float:
        """How many tries are forgotten in a second."""
        return self.amount / self.seconds


class Use(NamedTuple):
    """One try by, at or for somebody."""

    limit: Limit
    whose: str

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.limit.name}\0{self.whose}".encode()).hexdigest()


def spend(uses: Iterable[Use]) -> None:
    """Count a try against each of these; raises ``TooMany`` at the first limit that is used up."""
    for use in uses:
        if not _counted(use):
            raise TooMany(_wait(use))


def give_back(uses: Iterable[Use]) -> None:
    """Take back a try that turned out to be right."""
    keys = [use.key for use in uses]
    LimitUse.objects.filter(key__in=keys).update(level=Greatest(F("level") - 1.0, 0.0))


def first_time(name: str, whose: str, seconds: int) -> bool:
    """Whether this has not happened within the last ``seconds``; it has from now on."""
    return _counted(Use(Limit(name, 1, seconds), whose))


def forget() -> int:
    """Remove buckets that have run empty long ago; how many there were."""
    return LimitUse.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def network(address: str) -> str:
    """What counts as one place: an IPv4 address, or the half of an IPv6 address that one connection is given."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


def _counted(use: Use) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            _TRY,
            {
                "key": use.key,
                "now": timezone.now(),
                "rate": use.limit.rate,
                "amount": use.limit.amount,
            },
        )
        return cursor.fetchone() is not None


def _wait(use: Use) -> int:
    """Whole seconds until the next try is possible."""
    kept = LimitUse.objects.filter(key=use.key).first()
    if kept is None:
        return 1
    elapsed = (timezone.now() - kept.at).total_seconds()
    return max(1, ceil((kept.level + 1 - use.limit.amount) / use.limit.rate - elapsed))


def _in_words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{ceil(seconds / 60)} minutes"
