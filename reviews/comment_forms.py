"""What people type beside a text: comments, other wording, and who is asked."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.forms import LongText
from governance.models import User
from incidents.models import Incident
from incidents.selectors.privacy import people_who_see
from reviews.services.threads import LONGEST

_EMPTY = {"required": "Write what you want to say."}


class CommentForm(forms.Form):
    """The words of a comment."""

    body = LongText(
        label="Comment",
        max_length=LONGEST,
        rows=4,
        error_messages=_EMPTY,
        help_text="@Full Name tells somebody. **strong**, *emphasis* and `code` are possible.",
    )


class RemarkForm(forms.Form):
    """A comment that may bring other wording for the sentence that it is about.

    The wording starts as the sentence itself (``quote``, when it was read), so that what is left as it was suggests
    nothing. Where there is no sentence, or one that is not of the text (``rewords``), there is no wording to change.
    """

    body = LongText(
        label="Comment",
        required=False,
        max_length=LONGEST,
        rows=4,
        help_text="@Full Name tells somebody. **strong**, *emphasis* and `code` are possible.",
    )
    quote = forms.CharField(required=False, widget=forms.HiddenInput, max_length=100_000)
    suggestion = LongText(
        label="The sentence in your words",
        required=False,
        max_length=LONGEST,
        rows=3,
        attrs={"class": "prose-input"},
        help_text="Change it, and one click puts it into the text. Its citations stay.",
    )
    suggests_deletion = forms.BooleanField(label="Take the sentence out", required=False)

    def __init__(self, data: Any = None, *, quote: str = "", rewords: bool = True, **kwargs: Any) -> None:
        super().__init__(data, initial={"quote": quote, "suggestion": quote}, **kwargs)
        self.about = str(self["quote"].value() or "")
        if not (self.about and rewords):
            del self.fields["suggestion"], self.fields["suggests_deletion"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        wording = " ".join(cleaned.get("suggestion", "").split())
        deletion = bool(cleaned.get("suggests_deletion"))
        is_other = wording and wording != self.about and not deletion
        cleaned |= {"suggestion": wording if is_other else "", "suggests_deletion": deletion}
        if not cleaned.get("body") and not is_other and not deletion and "body" not in self.errors:
            self.add_error("body", _EMPTY["required"])
        return cleaned

    @property
    def wording_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("suggestion", "suggests_deletion") if name in self.fields]

    @property
    def opens_wording(self) -> bool:
        """Whether the part for other wording shows something that the person typed or has to correct."""
        typed = self.is_bound and (self.data.get("suggestion", self.about) != self.about)
        return bool(typed or any(field.errors for field in self.wording_fields))


class AssignForm(forms.Form):
    """Who is asked; nobody is an answer."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), required=False)

    def __init__(self, data: Any = None, *, incident: Incident) -> None:
        super().__init__(data)
        self.fields["person"].queryset = people_who_see(incident)  # type: ignore[attr-defined]
