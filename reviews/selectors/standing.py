"""Where a review stands, for the guards of the transition table."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from governance.models import User
from reviews.checks import (
    CONFIRMABLE,
    OF_TEXT,
    Around,
    Finding,
    Point,
    findings,
    findings_in,
    inspect,
)
from reviews.content import canonical_text, content_of, sha256_of
from reviews.enums import CheckCode, ReviewState
from reviews.models import Question, Review, SignOff, Thread
from reviews.policy import Policy
from reviews.selectors.appointments import appointments_missing
from reviews.selectors.checking import BEFORE_SUBMISSION, around_of
from reviews.selectors.rules import policy_of
from reviews.selectors.seats import Seat, seats_of
from reviews.selectors.sections import required_and_empty
from reviews.selectors.waivers import waived_codes

#: These hold up submission whatever the rules say: the transition table asks for them itself.
ASKED_BY_GUARDS = (CheckCode.UNANSWERED, CheckCode.UNWRITTEN)


class ReviewStanding:
    """Reads each fact when a guard asks for it, once; local tables only."""

    def __init__(self, review: Review) -> None:
        self.review = review

    @property
    def state(self) -> ReviewState:
        return ReviewState(self.review.state)

    @cached_property
    def policy(self) -> Policy:
        """The rules that the review is held to."""
        return policy_of(self.review)

    @cached_property
    def open_questions(self) -> int:
        count: int = Question.objects.filter(review=self.review, answer="").count()
        return count

    @cached_property
    def sections_missing(self) -> list[str]:
        return required_and_empty(self.review)

    @cached_property
    def open_comments(self) -> int:
        """How many threads nobody resolved."""
        count: int = Thread.objects.open().filter(review=self.review).count()
        return count

    @property
    def comments_holding(self) -> int:
        return self.open_comments if self.policy.comments_block else 0

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

    @cached_property
    def around(self) -> Around:
        """What the checks ask beside the text."""
        unsigned = self.signatures_missing if self.state not in BEFORE_SUBMISSION else ()
        return around_of(
            self.review, self.content, self.policy, open_comments=self.open_comments, unsigned=unsigned
        )

    @cached_property
    def findings(self) -> list[Finding]:
        """What the checks find in the text as it is now, and what nobody confirmed."""
        return findings_in(self.content, self.around)

    @cached_property
    def points(self) -> list[Point]:
        """The whole checklist, with what was found."""
        return inspect(
            self.findings,
            self.around,
            blocking={*self.blocking_codes, *ASKED_BY_GUARDS},
            excepted=self.waived_codes,
        )

    @property
    def blocking_codes(self) -> frozenset[CheckCode]:
        """The checks that hold this text up when they fail."""
        codes = self.policy.blocking_checks[self.review.incident.severity]
        return frozenset(codes) - self.waived_codes

    @cached_property
    def waived_codes(self) -> frozenset[CheckCode]:
        """The checks that a manager lets fail."""
        return waived_codes(self.review)

    @cached_property
    def blocking(self) -> list[Finding]:
        """The findings that hold up submission and publication; only the checks that could are run."""
        codes = self.blocking_codes
        if "findings" in self.__dict__:
            found = [one for one in self.findings if one.code in codes]
        elif codes <= OF_TEXT.keys() - set(CONFIRMABLE):
            found = findings(self.content, codes)
        else:
            found = findings_in(self.content, self.around, codes)
        return [one for one in found if not one.is_hint]

    @property
    def checks_holding(self) -> list[str]:
        return [f"{one.what}: {one.way_out[0].lower()}{one.way_out[1:]}." for one in self.blocking]

    @property
    def posts_missing(self) -> list[str]:
        return appointments_missing(self.seats, self.policy.least_people)

    @property
    def signatures_missing(self) -> list[str]:
        return [seat.clause for seat in self.seats if not seat.filled]

    @property
    def signoffs(self) -> list[SignOff]:
        """The signatures that fill seats, each once."""
        return list({seat.signoff.pk: seat.signoff for seat in self.seats if seat.signoff}.values())

    @property
    def people_missing(self) -> str:
        signers = {one.signer for one in self.signoffs}
        if not signers:
            return "Nobody signed the text. Exceptions do not replace every signature: one person at least must sign."
        if signers == {self.review.author}:
            return (
                f"{self.review.author} wrote the text and would be the only one to sign it. Revoke an exception, so "
                "that somebody else signs too."
            )
        if len(signers | self._granters) < self.policy.least_people:
            return (
                f"{self.policy.least_people} different people must stand behind the text. Revoke an exception, so "
                "that another person signs."
            )
        return ""

    @property
    def _granters(self) -> set[User]:
        """The managers who stand behind the text in the place of a signature."""
        return {seat.waiver.granted_by for seat in self.seats if seat.waiver and not seat.signed}

    @property
    def signed_exactly(self) -> bool:
        return all(one.snapshot.sha256 == self.sha256 for one in self.signoffs)
