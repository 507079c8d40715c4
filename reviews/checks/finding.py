"""What a check says, and what it reads: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from reviews.enums import WAIVABLE_CHECKS, CheckCode

_IN_CHRONOLOGY = frozenset(
    {
        CheckCode.STARTS_LATE,
        CheckCode.ENTRY_TIMES,
        CheckCode.ENTRY_ORIGINS,
        CheckCode.UNEXPLAINED_GAP,
        CheckCode.MILESTONE_ORDER,
        CheckCode.NO_EXPORTS,
        CheckCode.IMPACT_UNMARKED,
    }
)


@dataclass(frozen=True)
class Finding:
    """One thing that is off.

    Which check says so, what, what to do about it, its section (empty: elsewhere), and its ``place`` on the page of the
    review, such as ``passage-summary-3``. A hint is worth a look; it never holds anything up.
    """

    code: CheckCode
    what: str
    way_out: str
    section: str = ""
    place: str = ""
    is_hint: bool = False

    @property
    def may_be_excepted(self) -> bool:
        """Whether a manager could let it be."""
        return self.code in WAIVABLE_CHECKS

    @property
    def is_of_chronology(self) -> bool:
        """Whether it is mended in the chronology of the incident."""
        return not self.anchor and self.code in _IN_CHRONOLOGY

    @property
    def anchor(self) -> str:
        """Where a link to it leads on the page of the review; empty for what stands on another page."""
        return self.place or self.section


@dataclass(frozen=True)
class RiskState:
    """A risk that stays, as far as a check needs it; ``factor`` is the number of the factor that it accepts."""

    number: int
    has_owner: bool
    review_on: date | None
    factor: int | None = None
    accepted: bool = False


@dataclass(frozen=True)
class Confirmed:
    """Who confirmed a point, when, and with which words; ``still`` says that what it is about stayed the same."""

    by: str
    at: datetime
    note: str = ""
    still: bool = True


@dataclass(frozen=True)
class Around:
    """What stands around the signed text, as plain values.

    ``today`` is the organization's day. ``is_submitted``: the text is with its signers or further. ``reviewers`` are
    the names of people other than the author who commented, edited, answered or signed. ``late`` are sentences about
    deadlines that passed, ``unsigned`` names who has yet to sign, and ``undelivered`` the steps of the publication that
    failed. ``message`` is the text for customers, empty for none. ``promise_days`` are the days that an action item may
    take, by its severity. ``required_empty`` are titles of required sections without a word.
    """

    today: date | None = None
    is_submitted: bool = False
    is_published: bool = False
    open_comments: int = 0
    reviewers: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    undelivered: tuple[str, ...] = ()
    message: str = ""
    message_approved: bool = False
    required_empty: tuple[str, ...] = ()
    risks: tuple[RiskState, ...] = ()
    promise_days: Mapping[int, int] = field(default_factory=dict)
    confirmations: Mapping[CheckCode, Confirmed] = field(default_factory=dict)
