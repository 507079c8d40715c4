"""Risks as the screens show them, drawn, with how each one stands today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from governance.selectors import today_in
from reviews.models import Review, Risk
from reviews.rendering import inline
from reviews.selectors.risks import read, risks_of


@dataclass(frozen=True)
class RiskLine:
    """One risk: ``numbers`` are the entries that it rests on, ``is_due`` says that its day has come."""

    risk: Risk
    html: SafeString
    numbers: tuple[int, ...]
    is_due: bool

    @property
    def is_open(self) -> bool:
        return self.risk.closed_at is None

    @property
    def asks(self) -> str:
        """What nobody has named yet, as a request; empty when all is named."""
        if not self.is_open or (self.risk.owner and self.risk.review_on):
            return ""
        if self.risk.owner:
            return "Say on which day it is looked at."
        if self.risk.review_on:
            return "Say who watches it."
        return "Say who watches it, and on which day it is looked at."


def lines_of(review: Review) -> list[RiskLine]:
    """Every risk of a review, those that are closed last."""
    today = today_in(review.organization_id)
    lines = [_line(risk, today) for risk in risks_of(review)]
    return sorted(lines, key=lambda line: not line.is_open)


def _line(risk: Risk, today: date) -> RiskLine:
    words, numbers = read(risk.statement)
    due = risk.closed_at is None and risk.review_on is not None and risk.review_on <= today
    return RiskLine(risk, inline(words), numbers, due)
