"""What a review consists of, as a form: which sections in which order, and for each its words and its questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from reviews.enums import SectionKey
from reviews.templating import (
    ALWAYS,
    LONGEST_GUIDANCE,
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_QUESTIONS,
    Asked,
    Asking,
    Part,
    Template,
    fresh_code,
)
from reviews.usual import USUAL


@dataclass(frozen=True)
class QuestionFields:
    """One question: its words, whom it is for, and the code that names it."""

    text: forms.BoundField
    asked: forms.BoundField
    code: forms.BoundField


@dataclass(frozen=True)
class PartFields:
    """The fields of one section; ``always`` says that it cannot be left out."""

    key: SectionKey
    always: bool
    place: forms.BoundField
    included: forms.BoundField
    required: forms.BoundField
    title: forms.BoundField
    guidance: forms.BoundField
    questions: tuple[QuestionFields, ...]

    @property
    def heading(self) -> str:
        return str(self.title.value() or self.key.label)

    @property
    def has_errors(self) -> bool:
        """Whether something of its words has to be corrected."""
        fields = [
            self.title,
            self.guidance,
            *(field for one in self.questions for field in (one.text, one.asked)),
        ]
        return any(field.errors for field in fields)


class TemplateForm(forms.Form):
    """A template; every section has fields by its key (``lessons-title``, ``lessons-question-1`` …).

    Sections stand in the order of their places; one that was moved takes the place of the one that stood there. A
    question without words is taken out.
    """

    note = forms.CharField(label="Why the template changes", max_length=300, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, template: Template) -> None:
        super().__init__(data, initial=_shown(template))
        self.order = [part.key for part in template.parts]
        self.order += [key for key in SectionKey if key not in self.order]
        self.rows = {key: self._rows(key, template) for key in self.order}
        for key in self.order:
            self._add_fields(key)

    def _rows(self, key: SectionKey, template: Template) -> int:
        """How many questions a section shows: those that it asks, one more, and no fewer than were sent."""
        part = template.part(key)
        sent = sum(f"{key}-question-{n}" in self.data for n in range(1, MOST_QUESTIONS + 1))
        return min(MOST_QUESTIONS, max(len(part.questions) + 1 if part else 1, sent))

    def _add_fields(self, key: SectionKey) -> None:
        most = len(SectionKey)
        self.fields[f"{key}-place"] = forms.IntegerField(label="Place", min_value=1, max_value=most)
        self.fields[f"{key}-included"] = forms.BooleanField(
            label="In the review", required=False, disabled=key in ALWAYS
        )
        self.fields[f"{key}-required"] = forms.BooleanField(label="Required", required=False)
        self.fields[f"{key}-title"] = forms.CharField(
            label="Title",
            max_length=LONGEST_TITLE,
            required=False,
            help_text=f"Empty: “{key.label}”.",
        )
        self.fields[f"{key}-guidance"] = forms.CharField(
            label="Guidance for who writes",
            max_length=LONGEST_GUIDANCE,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        for number in range(1, self.rows[key] + 1):
            self._add_question(key, number)

    def _add_question(self, key: SectionKey, number: int) -> None:
        self.fields[f"{key}-question-{number}"] = forms.CharField(
            label=f"Question {number}",
            max_length=LONGEST_QUESTION,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields[f"{key}-asked-{number}"] = forms.ChoiceField(
            label=f"Whom question {number} is for",
            choices=[(one.value, one.label.capitalize()) for one in Asked],
            required=False,
        )
        self.fields[f"{key}-code-{number}"] = forms.CharField(
            max_length=40, required=False, widget=forms.HiddenInput
        )

    @property
    def parts(self) -> list[PartFields]:
        """The fields by section, in the order in which they stand now."""
        return [self._part(key) for key in self.order]

    def _part(self, key: SectionKey) -> PartFields:
        questions = tuple(
            QuestionFields(self[f"{key}-question-{n}"], self[f"{key}-asked-{n}"], self[f"{key}-code-{n}"])
            for n in range(1, self.rows[key] + 1)
        )
        return PartFields(
            key=key,
            always=key in ALWAYS,
            place=self[f"{key}-place"],
            included=self[f"{key}-included"],
            required=self[f"{key}-required"],
            title=self[f"{key}-title"],
            guidance=self[f"{key}-guidance"],
            questions=questions,
        )

    @property
    def template(self) -> Template:
        """The template as it was typed, once the form is valid; it may be refused as a whole."""
        data = self.cleaned_data
        wanted = [key for key in self._typed_order() if key in ALWAYS or data[f"{key}-included"]]
        taken = {one.code for part in USUAL.parts for one in part.questions}
        taken |= {value for name, value in data.items() if "-code-" in name and value}
        return Template(
            tuple(
                Part(
                    key,
                    title=_own_title(key, data[f"{key}-title"]),
                    is_required=data[f"{key}-required"],
                    guidance=data[f"{key}-guidance"].replace("\r\n", "\n"),
                    questions=tuple(self._questions(key, taken)),
                )
                for key in wanted
            )
        )

    def _typed_order(self) -> list[SectionKey]:
        """The sections with every one that got another place standing there; the rest keep their order around them."""
        places = {key: self.cleaned_data[f"{key}-place"] for key in self.order}
        moved = [key for number, key in enumerate(self.order, start=1) if places[key] != number]
        found = [key for key in self.order if key not in moved]
        for key in sorted(moved, key=lambda key: (places[key], -self.order.index(key))):
            found.insert(places[key] - 1, key)
        return found

    def _questions(self, key: SectionKey, taken: set[str]) -> Iterator[Asking]:
        """The questions that have words; a new one gets a code that no other has."""
        data = self.cleaned_data
        for n in range(1, self.rows[key] + 1):
            if not (text := " ".join(data[f"{key}-question-{n}"].split())):
                continue
            code = data[f"{key}-code-{n}"] or fresh_code(key, taken)
            taken.add(code)
            yield Asking(code, text, Asked(data[f"{key}-asked-{n}"] or Asked.NOBODY))


def _own_title(key: SectionKey, typed: str) -> str:
    title = " ".join(typed.split())
    return "" if title == key.label else title


def _shown(template: Template) -> dict[str, Any]:
    """A template as the form shows it; a section that it leaves out stands behind the others, as it usually is."""
    left_out = [part for part in USUAL.parts if not template.part(part.key)]
    shown: dict[str, Any] = {}
    for place, part in enumerate([*template.parts, *left_out], start=1):
        shown |= {
            f"{part.key}-place": place,
            f"{part.key}-included": part not in left_out,
            f"{part.key}-required": part.is_required,
            f"{part.key}-title": part.title,
            f"{part.key}-guidance": part.guidance,
        }
        questions = part.questions if part not in left_out else ()
        for number, one in enumerate(questions, start=1):
            shown |= {
                f"{part.key}-question-{number}": one.text,
                f"{part.key}-asked-{number}": one.asked.value,
                f"{part.key}-code-{number}": one.code,
            }
    return shown
