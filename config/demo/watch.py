"""What the people of the demo do about the risks that a draft leaves open."""

from __future__ import annotations

from datetime import date, timedelta

from governance.models import User
from reviews.enums import Bearing, Confidence
from reviews.models import FactorEvidence, Review, Risk
from reviews.selectors.risks import read
from reviews.services import close_risk, save_risk

WATCHED_FOR = timedelta(days=60)
_SURE = (Confidence.CONFIRMED, Confidence.PROBABLE)


def watch_risks(review: Review, owner: User, today: date) -> None:
    """Close what a factor answers by now; watch the others for two months."""
    rows = FactorEvidence.objects.filter(
        factor__review=review, factor__confidence__in=_SURE, bearing=Bearing.FOR
    )
    answered = dict(rows.order_by("-factor__number").values_list("entry__number", "factor__number"))
    for risk in Risk.objects.filter(review=review):
        _words, numbers = read(risk.statement)
        factor = next((answered[number] for number in numbers if number in answered), None)
        if factor:
            because = f"Factor {factor} says by now what it had to do with the incident."
            close_risk(actor=owner, risk=risk, because=because)
        else:
            save_risk(
                actor=owner,
                review=review,
                risk=risk,
                statement=risk.statement,
                owner=owner,
                review_on=today + WATCHED_FOR,
            )
