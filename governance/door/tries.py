"""The limits at the door: how often somebody may be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django import forms

from governance.limits import Limit, TooMany, Use, first_time, network

QUARTER, HOUR = 15 * 60, 60 * 60

# One place may be wrong about many accounts (an office behind one address), about one account seldom.
FROM_ONE_PLACE = Limit("password, one place", 100, QUARTER)
FOR_ONE_ACCOUNT_FROM_ONE_PLACE = Limit("password, one account, one place", 5, QUARTER)
# More than one place can use up alone, so that nobody alone can keep somebody else out.
FOR_ONE_ACCOUNT = Limit("password, one account", 50, HOUR)
FOR_ONE_PERSON = Limit("code or present password, one person", 5, QUARTER)

LINKS_FROM_ONE_PLACE = Limit("link, one place", 20, HOUR)
LINKS_FOR_ONE_ACCOUNT = Limit("link, one account", 3, HOUR)


def of_password(address: str, account: str) -> list[Use]:
    """What one guess of a password counts against; an account that does not exist is limited like one that does."""
    place, name = network(address), account.strip().lower()
    return [
        Use(FROM_ONE_PLACE, place),
        Use(FOR_ONE_ACCOUNT_FROM_ONE_PLACE, f"{place} {name}"),
        Use(FOR_ONE_ACCOUNT, name),
    ]


def of_person(user_id: int) -> list[Use]:
    """What one guess counts against that only somebody can make who signed in, or is halfway through."""
    return [Use(FOR_ONE_PERSON, str(user_id))]


def of_forgetting(address: str, account: str) -> list[Use]:
    """What asking for a new password's link counts against."""
    return [Use(LINKS_FROM_ONE_PLACE, network(address)), Use(LINKS_FOR_ONE_ACCOUNT, account)]


def first_use(user_id: int, code: str) -> bool:
    """Whether a code was not used before by this person, as long as an app could show it."""
    return first_time("code, used", f"{user_id} {code.strip()}", 120)


class LimitedForm(forms.Form):
    """A form whose guesses are limited; ``refusal`` is the status that its page answers with when it is refused."""

    refusal: int = HTTPStatus.UNPROCESSABLE_ENTITY
    wait: int = 0

    @contextmanager
    def within_limits(self) -> Iterator[None]:
        """Turn ``TooMany`` into the sentence that the form shows."""
        try:
            yield
        except TooMany as error:
            self.refusal, self.wait = HTTPStatus.TOO_MANY_REQUESTS, error.seconds
            raise forms.ValidationError(str(error), code="limited") from error
