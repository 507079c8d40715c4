"""Who hears of what is said beside a text, and who is named in it.

Nobody hears of one event twice: who is mentioned is not told once more that there is a comment. Nobody hears of an
incident that they may not see.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.text import Truncator

from governance.enums import NoticeKind
from governance.models import User
from governance.services.notices import tell
from incidents.selectors.privacy import people_who_see
from reviews import passages
from reviews.mentions import mentioned
from reviews.models import Comment, Question, Review, Section, Thread
from reviews.rendering import plain
from reviews.selectors.audience import who_may_see

WORDS = 200


def of_comment(comment: Comment, review: Review, actor: User) -> None:
    """The people whom it mentions hear of it, and those who talk in the thread or wrote what it is about."""
    thread = comment.thread
    key, fragment = f"comment:{comment.pk}", f"thread-{thread.pk}"
    words = _short(comment.body) if comment.body else "other wording."
    about = f"{_about(thread)} of {review.incident.reference}"
    _tell(
        review,
        actor,
        mentioned(comment.body, _people(review, comment.body)),
        NoticeKind.MENTIONED,
        key,
        f"{actor} mentioned you in a comment on {about}: {words}",
        fragment,
    )
    verb = "suggested wording for" if comment.suggestion or comment.suggests_deletion else "commented on"
    _tell(
        review,
        actor,
        _concerned(thread, review),
        NoticeKind.COMMENTED,
        key,
        f"{actor} {verb} {about}: {words}",
        fragment,
    )


def of_section(section: Section, review: Review, actor: User, before: str) -> None:
    """Who is mentioned in a saved section, and was not in the text before, hears of it."""
    people = _people(review, section.body)
    known = mentioned(before, people)
    fresh = [person for person in mentioned(section.body, people) if person not in known]
    sentences = [sentence.text for block in passages.parse(section.body) for sentence in block.sentences]
    for person in fresh:
        place = next((at for at, text in enumerate(sentences) if mentioned(text, [person])), 0)
        _tell(
            review,
            actor,
            [person],
            NoticeKind.MENTIONED,
            f"section:{section.pk}:{section.version}",
            f"{actor} mentioned you in “{section.get_key_display()}” of {review.incident.reference}: "
            f"{_short(sentences[place]) if sentences else ''}",
            f"passage-{section.key}-{place}",
        )


def of_assignment(question: Question, review: Review, actor: User) -> None:
    """Who is asked to answer hears of it."""
    _tell(
        review,
        actor,
        [question.assigned_to] if question.assigned_to else [],
        NoticeKind.QUESTION_ASSIGNED,
        f"question:{question.pk}:{question.assigned_at:%Y%m%d%H%M%S%f}",
        f"{actor} asks you to answer a question about {review.incident.reference}: {question.text}",
        f"question-{question.pk}",
    )


def of_draft(questions: Iterable[Question], review: Review, actor: User) -> None:
    """Everybody who is asked something by a fresh draft hears of it once, and of the first of their questions."""
    given: dict[User, list[Question]] = {}
    for question in questions:
        if question.assigned_to:
            given.setdefault(question.assigned_to, []).append(question)
    for person, rows in given.items():
        counted = "a question" if len(rows) == 1 else f"{len(rows)} questions"
        _tell(
            review,
            actor,
            [person],
            NoticeKind.QUESTION_ASSIGNED,
            f"draft:{review.pk}",
            f"The draft of {review.incident.reference} asks you {counted}: {_short(rows[0].text)}",
            f"question-{rows[0].pk}",
        )


def _concerned(thread: Thread, review: Review) -> list[User]:
    """Who opened the thread and who spoke in it, and the last writer of the section (its author's, while nobody is)."""
    spoke = [thread.opened_by, *(comment.author for comment in thread.comments.select_related("author"))]
    if thread.section is None:
        return spoke
    writer = thread.section.updated_by or review.author
    return [*spoke, writer] if writer else spoke


def _people(review: Review, text: str) -> list[User]:
    """Whom the text could mention."""
    return list(people_who_see(review.incident)) if "@" in text else []


def _about(thread: Thread) -> str:
    if thread.section:
        return f"“{thread.section.get_key_display()}”"
    return thread.entry.label if thread.entry else ""


def _short(text: str) -> str:
    return Truncator(plain(text)).chars(WORDS)


def _tell(
    review: Review,
    actor: User,
    people: Iterable[User],
    kind: NoticeKind,
    key: str,
    text: str,
    fragment: str,
) -> None:
    others = [person for person in people if person.pk != actor.pk]
    address = reverse("reviews:detail", args=[review.organization.slug, review.incident.reference])
    tell(
        actor=actor,
        organization_id=review.organization_id,
        recipients=who_may_see(review.incident, others),
        kind=kind,
        key=key,
        text=text,
        path=f"{address}#{fragment}",
        subject=f"incident:{review.incident.reference}",
    )
