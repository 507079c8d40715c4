"""Putting versions of a section together, comparing them, and bringing one back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from governance.templatetags.ui import utc
from reviews.errors import StaleText
from reviews.forms import SectionForm
from reviews.merging import Conflict, Merge, both, merge
from reviews.models import Revision, Section
from reviews.redline import redline
from reviews.selectors.writing import revision_of

_SIDES: dict[str, Callable[[Conflict], str]] = {
    "mine": lambda conflict: conflict.ours,
    "theirs": lambda conflict: conflict.theirs,
    "both": both,
}


@dataclass(frozen=True)
class Place:
    """One conflict as the screen shows it: ``before`` is the text that it follows, the others are drawn."""

    name: str
    before: str
    mine: SafeString
    theirs: SafeString
    both: str
    chosen: str
    errors: Sequence[str]


class MergeForm(SectionForm):
    """Two versions of a section: ``body`` as the person typed it over version ``base``, and what stands as ``version``.

    There is one choice for each place where both changed the same words; more typing may make them fewer.
    """

    base = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, merge: Merge, by: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.merge, self.by = merge, by
        self.fields["body"].label = "Your text as you typed it"
        self.fields["body"].help_text = ""
        for number in range(len(merge.conflicts)):
            self.fields[f"place-{number}"] = forms.ChoiceField(
                choices=[(side, side) for side in _SIDES],
                error_messages={"required": "Choose what stays here."},
            )

    @classmethod
    def of_stale(cls, stale: StaleText) -> MergeForm:
        initial = {"body": stale.yours, "base": stale.base, "version": stale.version}
        return cls(merge=stale.merge, by=stale.by, initial=initial)

    @classmethod
    def answered(cls, data: QueryDict, section: Section) -> MergeForm | None:
        """The form as it was sent, with the merge made anew; nothing when it names no two versions."""
        typed = _TypedForm(data)
        if not typed.is_valid():
            return None
        values = typed.cleaned_data
        base, theirs = (revision_of(section, values[name]) for name in ("base", "version"))
        made = merge(
            base.body if base else "", values["body"].replace("\r\n", "\n"), theirs.body if theirs else ""
        )
        by = str(theirs.author) if theirs and theirs.author else "The draft"
        return cls(data, merge=made, by=by)

    @property
    def places(self) -> list[Place]:
        return [self._place(number, conflict) for number, conflict in enumerate(self.merge.conflicts)]

    def composed(self) -> str:
        """The text as it was chosen."""
        names = [self.cleaned_data[f"place-{number}"] for number in range(len(self.merge.conflicts))]
        return self.merge.composed([_SIDES[name] for name in names])

    def _place(self, number: int, conflict: Conflict) -> Place:
        name = f"place-{number}"
        return Place(
            name=name,
            before=self.merge.before(conflict),
            mine=redline(conflict.base, conflict.ours),
            theirs=redline(conflict.base, conflict.theirs),
            both=both(conflict).strip(),
            chosen=self[name].value() or "",
            errors=[str(error) for error in self.errors.get(name, ())],
        )


class _TypedForm(SectionForm):
    """What a merge is made of."""

    base = forms.IntegerField(min_value=0)


class CompareForm(forms.Form):
    """Two revisions of a section to compare."""

    def __init__(self, section: Section, numbers: tuple[int, int]) -> None:
        super().__init__(initial=dict(zip(("from", "to"), numbers, strict=True)))
        rows = section.revisions.select_related("author").defer("body").order_by("-number")
        choices = [(row.number, _named(row)) for row in rows]
        for name, label in (("from", "Compare"), ("to", "with")):
            self.fields[name] = forms.ChoiceField(choices=choices, label=label)


def asked_for(data: QueryDict, newest: int) -> tuple[int, int]:
    """The numbers of ``?from=3&to=7``; the newest and the one before it where nothing is said."""
    found = [data.get(name, "") for name in ("from", "to")]
    before, after = (int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else 0 for text in found)
    after = after or newest
    return before or max(after - 1, 0), after


class RestoreForm(forms.Form):
    """A revision, and the newest one that the person saw."""

    number = forms.IntegerField(min_value=1)
    version = forms.IntegerField(min_value=1)


def _named(revision: Revision) -> str:
    author = str(revision.author) if revision.author else "drafted"
    return f"Revision {revision.number}, {author}, {utc(revision.created_at)}"
