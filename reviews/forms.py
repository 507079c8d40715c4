"""What people type about a review."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.forms import LongText
from reviews.enums import CONFIDENCE_MEANING, Confidence, SignOffRole
from reviews.models import Section


class SectionForm(forms.Form):
    """The text of one section with the version that it was read in."""

    body = LongText(
        required=False,
        max_length=100_000,
        rows=12,
        attrs={"class": "prose-input"},
        label="Text",
        help_text="Put what a sentence rests on behind it, as [E12] or [E12, E13]; typing # looks entries up, and @ "
        "people. A line that starts with - is a list item. Pictures can be pasted.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, section: Section) -> SectionForm:
        return cls.over(section.body, section.version)

    @classmethod
    def over(cls, body: str, version: int) -> SectionForm:
        """A form with words that were typed over a version."""
        return SectionForm(initial={"body": body, "version": version})


class AnswerForm(forms.Form):
    """An answer to a question; saying that something is unknown, and why, is an answer."""

    answer = LongText(
        label="Answer",
        max_length=5000,
        rows=3,
        help_text="It is shown as your statement. If nobody knows, say “Unknown, because …”.",
    )


class ReasonForm(forms.Form):
    """Why changes are asked for."""

    reason = LongText(label="What has to change", max_length=1000, rows=4)


class SignForm(forms.Form):
    """A signature: in which role, under which text, how sure, and why.

    ``since`` is the text that the signer had read before; ``password`` is asked only of somebody whose last proof of
    who they are is too old.
    """

    role = forms.ChoiceField(choices=SignOffRole.choices, widget=forms.HiddenInput)
    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    confidence = forms.ChoiceField(
        choices=Confidence.choices,
        widget=forms.RadioSelect,
        label="How sure are you of the causes?",
        error_messages={"required": "Choose how sure you are; “Unknown” is an answer too."},
    )
    no_single_cause = forms.BooleanField(label="There is no single root cause", required=False)
    reason = LongText(
        label="Why",
        max_length=2000,
        rows=4,
        error_messages={"required": "Say why, in a sentence: it is printed beside your signature."},
    )
    since = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput, required=False)
    password = forms.CharField(
        label="Confirm your password",
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="It is a while since you signed in. Your signature needs a fresh proof that it is you.",
    )

    @property
    def statement(self) -> dict[str, Any]:
        """What the service takes, once the form is valid."""
        names = ("role", "sha256", "confidence", "no_single_cause", "reason")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def choices(self) -> list[tuple[str, str, str]]:
        """Each confidence with its word and its meaning."""
        return [(choice.value, str(choice.label), CONFIDENCE_MEANING[choice]) for choice in Confidence]


class PictureForm(forms.Form):
    """A picture that is pasted into a text."""

    file = forms.FileField(label="Picture")


class MoveForm(forms.Form):
    """Where a section goes, counted from 0."""

    to = forms.IntegerField(min_value=0, max_value=100)
