"""Where a review stands, for the guards of the transition table."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from reviews.content import canonical_text, content_of, sha256_of
from reviews.enums import ReviewState
from reviews.models import Question, Review
from reviews.selectors.seats import Seat, seats_of


class ReviewStanding:
    """Reads each fact when a guard asks for it, once; local tables only."""

    def __init__(self, review: Review) -> None:
        self.review = review

    @property
    def state(self) -> ReviewState:
        return ReviewState(self.review.state)

    @cached_property
    def open_questions(self) -> int:
        count: int = Question.objects.filter(review=self.review, answer="").count()
        return count

    @cached_property
    def seats(self) -> list[Seat]:
        return seats_of(self.review)

    @cached_property
    def content(self) -> dict[str, Any]:
        """What would be published now."""
        return content_of(self.review)

    @cached_property
    def text(self) -> str:
        """The canonical text as it is now."""
        return canonical_text(self.content)

    @cached_property
    def sha256(self) -> str:
        return sha256_of(self.text)

    @property
    def posts_missing(self) -> list[str]:
        return [sentence for seat in self.seats if (sentence := self._post_missing(seat))]

    @property
    def signatures_missing(self) -> list[str]:
        return [seat.clause for seat in self.seats if not seat.signed]

    @property
    def signed_exactly(self) -> bool:
        return all(seat.signoff and seat.signoff.snapshot.sha256 == self.sha256 for seat in self.seats)

    def _post_missing(self, seat: Seat) -> str:
        """Two roles are two people: an owner who is the commander cannot fill both seats."""
        if not seat.people:
            if seat.service is None:
                return "Nobody commands this incident. Have an incident commander appointed."
            return f"Nobody owns {seat.service.name}. Have an owner appointed."
        commanders = self.seats[0].people
        if seat.service is not None and set(seat.people) <= set(commanders):
            return (
                f"{seat.people[0]} commands the incident and is the only owner of {seat.service.name}, and nobody "
                "signs in two roles. Have another owner or commander appointed."
            )
        return ""
