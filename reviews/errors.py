"""The reviews room's refusals; each sentence says what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from governance.errors import AfterwordError, OutsideError
from reviews.merging import Merge


class PublishedText(AfterwordError):
    """A change of something that was published: people signed those very words."""

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or "This review is published, and its text and chronology are what people signed. They stay as they are. "
            "To change them, open the review again: that makes a new edition, which is signed anew."
        )


class ClosedText(PublishedText):
    """A change of a review that was withdrawn, or that another one replaces."""

    def __init__(self, how: str) -> None:
        super().__init__(f"This review is {how}, so its text and chronology stay as they are.")


class StaleText(AfterwordError):
    """A save on an older version of the text, where both people changed the same words; nothing that was typed is lost.

    ``yours`` is what the person typed over version ``base``, ``theirs`` what ``by`` stored meanwhile under ``version``,
    and ``merge`` both put together, with the conflicts in their places.
    """

    def __init__(self, *, yours: str, theirs: str, version: int, base: int, by: str, merge: Merge) -> None:
        super().__init__(
            f"{by} saved this section while you wrote, and you both changed the same words. Nothing is saved yet, and "
            "nothing is lost: choose what stays, place by place."
        )
        self.yours = yours
        self.theirs = theirs
        self.version = version
        self.base = base
        self.by = by
        self.merge = merge


class RestoreRefused(AfterwordError):
    """A revision that cannot be brought back as it was asked."""


class StaleFactor(AfterwordError):
    """A save on an older version of a contributing factor."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "Somebody changed this factor while you wrote. Your words are still in the form: compare, then save again."
        )
        self.version = version


class StaleRisk(AfterwordError):
    """A save on an older version of a risk."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed this risk while you wrote. Your words are still in the form: compare, then save again."
        )


class RiskRefused(AfterwordError):
    """A risk that says nothing, that nobody could watch, or that is closed; each sentence says what to do."""


class StaleCustomerText(AfterwordError):
    """A save over, or an approval of, an older version of what customers are told."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed the text for customers meanwhile. Compare it with what you have, then do it again."
        )


class CustomerTextRefused(AfterwordError):
    """A text for customers that cannot be saved or approved; each sentence says what comes first."""


class UnknownCitation(AfterwordError):
    """A text cites entries that the chronology does not have."""

    def __init__(self, labels: Sequence[str]) -> None:
        named = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
        verb = "is" if len(labels) == 1 else "are"
        super().__init__(
            f"{named} {verb} not in this chronology. Correct the number, or take the citation out."
        )
        self.labels = tuple(labels)


class TextChanged(AfterwordError):
    """A signature under a text that is no longer the one that was shown."""

    def __init__(self) -> None:
        super().__init__("The text changed while you read it. Read what is new, then sign.")


class SigningRefused(AfterwordError):
    """A signature that cannot be given: the wrong person, a second role, or no reason."""


class NotAnswered(AfterwordError):
    """An answer that says nothing."""


class PolicyRefused(AfterwordError):
    """Rules that cannot be: each sentence says which, and what is possible."""


class TemplateRefused(AfterwordError):
    """A template that cannot be: each sentence says why, and what is possible."""


class WaiverRefused(AfterwordError):
    """An exception that cannot be granted or taken back."""


class ConfirmationRefused(AfterwordError):
    """A point of the checklist that cannot be confirmed, or was not."""


class RevisionRefused(AfterwordError):
    """A review that cannot be opened again, replaced or withdrawn in this way."""


class TalkClosed(AfterwordError):
    """A word beside a text that nobody works on any more; ``how`` says what became of the review."""

    def __init__(self, how: str, way_out: str = "") -> None:
        super().__init__(
            f"This review is {how}, so its comments can be read but not continued. {way_out}".strip()
        )


class CommentRefused(AfterwordError):
    """A comment that says nothing, that is another person's, or that stands where there is nothing to speak about."""


class SuggestionRefused(AfterwordError):
    """Suggested wording that cannot be made or used."""


class ProposalRefused(AfterwordError):
    """A proposed change that cannot be made, or was decided before; the text stays as it is."""


class AssignmentRefused(AfterwordError):
    """A question that cannot be given to this person."""


class NoPicture(AfterwordError):
    """A file that was pasted into a text and is no picture."""

    def __init__(self) -> None:
        super().__init__(
            "This is not a picture that can be shown. Paste a PNG, JPEG, GIF or WebP, or attach the file to an entry."
        )


class UnknownPicture(AfterwordError):
    """A text shows pictures that the incident does not have."""

    def __init__(self, numbers: Sequence[int]) -> None:
        named = " and ".join(f"image:{number}" for number in numbers)
        verb = "is" if len(numbers) == 1 else "are"
        super().__init__(
            f"{named} {verb} no picture of this incident. Paste the picture again, or take the line out."
        )


class PictureLost(OutsideError):
    """The store does not have the bytes of pictures that were signed; trying again cannot help before they are back."""

    def __init__(self, names: Sequence[str]) -> None:
        named = " and ".join(f"“{name}”" for name in names)
        which, they = ("The picture", "is") if len(names) == 1 else ("The pictures", "are")
        super().__init__(
            f"{which} {named} {they} no longer what was signed. "
            "Ask an administrator to restore the files from the backup, then retry this step.",
            permanent=True,
        )


class SearchTooWide(AfterwordError):
    """What is looked for stands in too many reviews to be ranked in time."""
