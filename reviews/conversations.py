"""What is said beside a review, as the screen shows it: each thread at the passage that it is about now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from django.db.models import Prefetch
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from governance import access
from governance.models import User
from reviews.anchors import Places
from reviews.mentions import marked
from reviews.models import Comment, Review, Thread
from reviews.redline import redline
from reviews.rendering import inline, plain


@dataclass(frozen=True)
class Said:
    """One comment, drawn; ``change`` is what it suggests as a redline, ``usable`` whether that can be used now."""

    comment: Comment
    html: SafeString
    change: SafeString
    usable: bool

    @property
    def words(self) -> str:
        """What it says, without emphasis and on one line."""
        return plain(self.comment.body)


@dataclass(frozen=True)
class Talk:
    """One thread, drawn.

    ``place`` is the address on the page of the sentence that it is about now, such as ``passage-summary-3`` or
    ``factor-2``; empty when it is about no sentence of the text. ``order`` is where that stands in its section.
    """

    thread: Thread
    said: tuple[Said, ...]
    place: str = ""
    order: int = 0

    @property
    def entry_number(self) -> int:
        """The entry that it is about; 0 for a thread about a section."""
        return self.thread.entry.number if self.thread.entry else 0

    @property
    def is_open(self) -> bool:
        return self.thread.resolved_at is None

    @property
    def is_gone(self) -> bool:
        """Whether it is about words that the text no longer has."""
        return not self.place and bool(self.thread.quote)

    @property
    def fragment(self) -> str:
        """Where it stands on the page of the review: its sentence, or itself."""
        return self.place or f"thread-{self.thread.pk}"


@dataclass
class SectionTalk:
    """The threads of one section: about its sentences in their order, then about the whole, then about words gone."""

    talks: list[Talk] = field(default_factory=list)

    @cached_property
    def open(self) -> list[Talk]:
        return [talk for talk in self.talks if talk.is_open]

    @cached_property
    def resolved(self) -> list[Talk]:
        return [talk for talk in self.talks if not talk.is_open]

    @cached_property
    def by_place(self) -> dict[str, list[Talk]]:
        """The open threads at each sentence."""
        found: dict[str, list[Talk]] = defaultdict(list)
        for talk in self.open:
            if talk.place:
                found[talk.place].append(talk)
        return found

    def at(self, place: str) -> tuple[Talk, ...]:
        """The open threads at one sentence."""
        return tuple(self.by_place.get(place, ()))


class _Text:
    """A section's sentences as threads look for theirs."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self.addresses = list(sentences)
        self.places = Places(list(sentences.values()))
        self.present = frozenset(sentences.values())


class Conversations:
    """Every thread of a review in three queries."""

    def __init__(self, review: Review) -> None:
        self.review = review

    @cached_property
    def threads(self) -> list[Thread]:
        said = Comment.objects.select_related("author", "applied_by").order_by("created_at", "id")
        rows = (
            Thread.objects.filter(review=self.review)
            .select_related("section", "entry", "opened_by", "resolved_by")
            .prefetch_related(Prefetch("comments", said))
            .order_by("opened_at", "id")
        )
        return list(rows)

    @cached_property
    def open_count(self) -> int:
        return sum(thread.resolved_at is None for thread in self.threads)

    def of_section(self, section_id: int, sentences: Mapping[str, str]) -> SectionTalk:
        """The threads of a section whose sentences these are, in order, by their addresses on the page."""
        threads = self._by_section.get(section_id, [])
        if not threads:
            return SectionTalk()
        text = _Text(sentences)
        return SectionTalk(sorted((self._talk(thread, text) for thread in threads), key=_order))

    @cached_property
    def of_entries(self) -> SectionTalk:
        """The threads about entries, by number."""
        nothing = _Text({})
        talks = [self._talk(thread, nothing) for thread in self.threads if thread.entry_id]
        return SectionTalk(sorted(talks, key=lambda talk: (talk.entry_number, talk.thread.pk)))

    @cached_property
    def by_entry(self) -> dict[int, list[Talk]]:
        """The open threads about each entry, by its number."""
        found: dict[int, list[Talk]] = defaultdict(list)
        for talk in self.of_entries.open:
            found[talk.entry_number].append(talk)
        return found

    @cached_property
    def _by_section(self) -> dict[int, list[Thread]]:
        found: dict[int, list[Thread]] = defaultdict(list)
        for thread in self.threads:
            if thread.section_id:
                found[thread.section_id].append(thread)
        return found

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """Whom a comment could mention."""
        members: list[User] = list(access.members(self.review.organization_id))
        return tuple(person.name for person in members)

    def _talk(self, thread: Thread, text: _Text) -> Talk:
        comments = list(thread.comments.all())
        applied = [one for one in comments if one.applied_at is not None]
        wordings = [one.suggestion for one in sorted(applied, key=_applied, reverse=True)] + [thread.quote]
        said = tuple(self._said(one, thread.quote, wordings[0], text.present) for one in comments)
        order = text.places.find(wordings)
        return Talk(thread, said) if order is None else Talk(thread, said, text.addresses[order], order)

    def _said(self, comment: Comment, quote: str, wording: str, present: frozenset[str]) -> Said:
        suggests = bool(comment.suggestion or comment.suggests_deletion)
        before = quote if comment.applied_at else wording
        return Said(
            comment,
            drawn(comment.body, self._names if "@" in comment.body else ()),
            _change(before, comment.suggestion) if suggests else SafeString(""),
            suggests and comment.applied_at is None and wording in present,
        )


def drawn(body: str, names: Sequence[str]) -> SafeString:
    """A comment as paragraphs with its lines, its few marks of emphasis, and its mentions marked."""
    paragraphs = (paragraph for paragraph in body.split("\n\n") if paragraph.strip())
    return format_html_join("", "<p>{}</p>", ((_lines(paragraph, names),) for paragraph in paragraphs))


def _lines(paragraph: str, names: Sequence[str]) -> SafeString:
    lines = [marked(inline(line), names) for line in paragraph.strip("\n").split("\n")]
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))


@lru_cache(maxsize=1024)
def _change(before: str, after: str) -> SafeString:
    return redline(before, after)


def _applied(comment: Comment) -> tuple[float, int]:
    return (comment.applied_at.timestamp() if comment.applied_at else 0.0, comment.pk)


def _order(talk: Talk) -> tuple[int, int, int]:
    """By sentence; what is about the whole section comes behind them, and words that are gone last."""
    rank = 0 if talk.place else 2 if talk.is_gone else 1
    return (rank, talk.order, talk.thread.pk)
