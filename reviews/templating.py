"""What a review consists of, as plain values: its sections in order, and the questions put to people; pure functions.

An organization's templates are kept in versions (``models.ReviewTemplate``), and each review keeps the version that it
was drafted with. ``USUAL`` (in ``usual.py``) is the template of an organization that has set none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reviews.enums import SectionKey
from reviews.errors import TemplateRefused

LONGEST_TITLE, LONGEST_GUIDANCE, LONGEST_QUESTION = 120, 600, 400
MOST_QUESTIONS = 6
#: Records stand in these: what lists and Slack show, the factors, and the risks.
ALWAYS = (SectionKey.SUMMARY, SectionKey.CONTRIBUTING_FACTORS, SectionKey.UNRESOLVED_RISKS)
#: Questions that the evidence itself raises have these codes (``drafting.asking``).
RAISED = re.compile(r"milestone_\w+|acknowledgement|gap|unseen|impact_window|monitor")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Asked(StrEnum):
    """Whom a question is for; who that is, is found when a review is drafted."""

    COMMANDER = "commander"
    OWNER = "owner"
    RESPONDER = "responder"
    NOBODY = "nobody"

    @property
    def label(self) -> str:
        return _ASKED[self]


_ASKED = {
    Asked.COMMANDER: "the incident commander",
    Asked.OWNER: "an owner of an affected service",
    Asked.RESPONDER: "somebody who wrote in the chronology",
    Asked.NOBODY: "nobody in particular",
}


@dataclass(frozen=True)
class Asking:
    """A question of a section; ``code`` names it for good, whatever becomes of its words."""

    code: str
    text: str
    asked: Asked = Asked.NOBODY


@dataclass(frozen=True)
class Part:
    """One section of a review; an empty title is the usual one, and guidance is for who writes."""

    key: SectionKey
    title: str = ""
    is_required: bool = False
    guidance: str = ""
    questions: tuple[Asking, ...] = ()

    @property
    def heading(self) -> str:
        return self.title or str(self.key.label)


@dataclass(frozen=True)
class Template:
    """The sections of a review in their order."""

    parts: tuple[Part, ...]

    def part(self, key: str) -> Part | None:
        """The section with this key, if the review has it."""
        return next((part for part in self.parts if part.key == key), None)

    def plain(self) -> list[dict[str, Any]]:
        """The form in which it is kept; ``from_plain`` reads it back."""
        return [
            {
                "key": part.key.value,
                "title": part.title,
                "is_required": part.is_required,
                "guidance": part.guidance,
                "questions": [
                    {"code": one.code, "text": one.text, "asked": one.asked.value} for one in part.questions
                ],
            }
            for part in self.parts
        ]

    @classmethod
    def from_plain(cls, parts: Sequence[Mapping[str, Any]]) -> Template:
        """Read what ``plain`` gives; raises ``TemplateRefused`` for what is no template."""
        try:
            template = cls(tuple(_read(part) for part in parts))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise TemplateRefused("This template cannot be read. Set it again.") from error
        template.require_sound()
        return template

    def require_sound(self) -> None:
        """Raise ``TemplateRefused`` with every sentence that says what is wrong with this template."""
        if refusals := [*_faults_of_parts(self), *_faults_of_words(self), *_faults_of_questions(self)]:
            raise TemplateRefused(" ".join(refusals))


def _read(part: Mapping[str, Any]) -> Part:
    return Part(
        key=SectionKey(part["key"]),
        title=_text(part.get("title", "")),
        is_required=part.get("is_required", False) is True,
        guidance=_text(part.get("guidance", "")),
        questions=tuple(
            Asking(_text(one["code"]), _text(one["text"]), Asked(one["asked"]))
            for one in part.get("questions", ())
        ),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _faults_of_parts(template: Template) -> Iterator[str]:
    keys = Counter(part.key for part in template.parts)
    if twice := [key.label for key, count in keys.items() if count > 1]:
        yield f"A review has every section once; “{twice[0]}” stands twice."
    if missing := [str(key.label) for key in ALWAYS if key not in keys]:
        yield (
            f"Keep {_listed(missing)}: what every review is found by, its contributing factors and its risks stand "
            "there."
        )
    headings = Counter(part.heading.casefold() for part in template.parts)
    if same := [part.heading for part in template.parts if headings[part.heading.casefold()] > 1]:
        yield f"Two sections are called “{same[0]}”. Give one of them another title."


def _faults_of_words(template: Template) -> Iterator[str]:
    for part in template.parts:
        if len(part.title) > LONGEST_TITLE or part.title != " ".join(part.title.split()):
            yield f"The title of “{part.key.label}” must be one line of {LONGEST_TITLE} characters at most."
        if len(part.guidance) > LONGEST_GUIDANCE:
            yield f"The guidance of “{part.heading}” has {LONGEST_GUIDANCE} characters at most."
        if _CONTROL.search(part.title + part.guidance):
            yield f"“{part.key.label}” holds characters that cannot be shown. Type its words again."


def _faults_of_questions(template: Template) -> Iterator[str]:
    asked = [one for part in template.parts for one in part.questions]
    codes = Counter(one.code for one in asked)
    for part in template.parts:
        if len(part.questions) > MOST_QUESTIONS:
            yield f"“{part.heading}” asks {len(part.questions)} questions. Ask {MOST_QUESTIONS} at most."
        for one in part.questions:
            if not one.text.strip() or len(one.text) > LONGEST_QUESTION or _CONTROL.search(one.text):
                yield f"A question of “{part.heading}” must have 1 to {LONGEST_QUESTION} characters."
            if not _CODE.fullmatch(one.code) or RAISED.fullmatch(one.code):
                yield f"The code “{one.code[:40]}” cannot be that of a question. Type the question anew."
    if twice := [code for code, count in codes.items() if count > 1]:
        yield f"Two questions have the code “{twice[0]}”. Type one of them anew."


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def fresh_code(key: SectionKey, taken: set[str]) -> str:
    """A code for a new question of a section that no question has had: ``lessons_2``."""
    return next(
        code for code in (f"{key.value}_{number}" for number in range(1, 10_000)) if code not in taken
    )


def differences(before: Template, after: Template) -> list[str]:
    """What changed from one template to the next, a line for each: ``Lessons: required``."""
    earlier = {part.key: part for part in before.parts}
    later = {part.key: part for part in after.parts}
    found = [f"{part.heading}: taken out" for key, part in earlier.items() if key not in later]
    found += [f"{part.heading}: added" for key, part in later.items() if key not in earlier]
    for key, part in later.items():
        if key in earlier:
            found += _changes(earlier[key], part)
    stayed = [[key for key in keys if key in earlier and key in later] for keys in (earlier, later)]
    if stayed[0] != stayed[1]:
        found.append(f"Order: {', '.join(part.heading for part in after.parts)}")
    return found


def _changes(before: Part, after: Part) -> Iterator[str]:
    name = after.heading
    if before.heading != after.heading:
        yield f"{before.heading}: called “{after.heading}”"
    if before.is_required != after.is_required:
        yield f"{name}: {'required' if after.is_required else 'no longer required'}"
    if before.guidance != after.guidance:
        yield f"{name}: guidance {'changed' if after.guidance else 'taken out'}"
    yield from _changes_of_questions(name, before.questions, after.questions)


def _changes_of_questions(name: str, before: Sequence[Asking], after: Sequence[Asking]) -> Iterator[str]:
    earlier, later = ({one.code: one for one in questions} for questions in (before, after))
    for code, one in earlier.items():
        if code not in later:
            yield f"{name}: no longer asks “{one.text}”"
    for code, one in later.items():
        old = earlier.get(code)
        if old is None:
            yield f"{name}: asks {one.asked.label} “{one.text}”"
        elif old.text != one.text:
            yield f"{name}: “{old.text}” now reads “{one.text}”"
        elif old.asked != one.asked:
            yield f"{name}: “{one.text}” is for {one.asked.label}"
    if [code for code in earlier if code in later] != [code for code in later if code in earlier]:
        yield f"{name}: questions in another order"
