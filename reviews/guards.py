"""What refuses a move: each guard reads local state and answers with a sentence that says what to do, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from reviews.enums import ReviewState


class Standing(Protocol):
    """What the guards ask about a review; each is read when it is asked for."""

    @property
    def state(self) -> ReviewState: ...

    @property
    def open_questions(self) -> int:
        """How many questions have no answer."""
        ...

    @property
    def sections_missing(self) -> list[str]:
        """The titles of sections that the template requires and that nobody wrote."""
        ...

    @property
    def comments_holding(self) -> int:
        """How many open threads hold up submission; zero where the policy lets them be."""
        ...

    @property
    def checks_holding(self) -> list[str]:
        """A sentence for each finding of a blocking check that nobody waived: what is off, and what to do."""
        ...

    @property
    def posts_missing(self) -> list[str]:
        """A sentence for each appointment without which nobody could sign."""
        ...

    @property
    def signatures_missing(self) -> list[str]:
        """Who has yet to sign, as words: ``the incident commander``, ``an owner of mysql``."""
        ...

    @property
    def people_missing(self) -> str:
        """Why those who signed are too few or the wrong ones, as a sentence; empty when they are enough."""
        ...

    @property
    def signed_exactly(self) -> bool:
        """Whether every standing signature is on the text as it is now."""
        ...


Guard = Callable[[Standing], str]


def always(_standing: Standing) -> str:
    return ""


def complete(standing: Standing) -> str:
    """A text goes to its signers when it asks nothing any more, no check holds it, and there is somebody to sign."""
    reasons = [
        _sections(standing.sections_missing),
        _questions(standing.open_questions),
        *standing.checks_holding,
        _comments(standing.comments_holding),
        *standing.posts_missing,
    ]
    return " ".join(reason for reason in reasons if reason)


def signed(standing: Standing) -> str:
    """Every seat is signed or waived, by people enough."""
    if missing := standing.signatures_missing:
        return f"{_sentence(missing)} must sign first."
    return standing.people_missing


def signed_exactly(standing: Standing) -> str:
    """The same, and all of it on the very text that would be published."""
    if refusal := signed(standing):
        return refusal
    if standing.signed_exactly:
        return ""
    return "The text is no longer the one that was signed. It must be signed again."


def publishable(standing: Standing) -> str:
    """Signed as it stands, and no blocking check fails that nobody waived."""
    return signed_exactly(standing) or " ".join(standing.checks_holding)


def _sections(titles: list[str]) -> str:
    if not titles:
        return ""
    quoted = [f"“{title}”" for title in titles]
    named = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
    return f"{named} {'is' if len(titles) == 1 else 'are'} still empty, and the template requires text there."


def _questions(count: int) -> str:
    if not count:
        return ""
    counted = "One question is" if count == 1 else f"{count} questions are"
    return f"{counted} open. Answer them, or say “Unknown, because …”."


def _comments(count: int) -> str:
    if not count:
        return ""
    counted = "One comment is" if count == 1 else f"{count} comments are"
    return f"{counted} open. Answer and resolve them first."


def _sentence(names: list[str]) -> str:
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return joined[0].upper() + joined[1:]
