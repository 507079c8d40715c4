"""What people type about the text for customers."""

from __future__ import annotations

from django import forms

from governance.forms import LongText
from reviews.services.customers import LONGEST


class CustomerForm(forms.Form):
    """The text with the version that it was read in; 0 while nobody wrote."""

    body = LongText(
        label="What customers are told",
        rows=20,
        max_length=LONGEST,
        attrs={"class": "prose-input"},
        help_text="Markdown: ## begins a heading, - an item of a list. Brackets are blanks for you to fill.",
        error_messages={"required": "Write what customers are told, or leave the text as it is."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ApproveForm(forms.Form):
    """An approval of exactly one text."""

    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    despite_remarks = forms.BooleanField(
        label="I have read what is remarked, and the text may go out as it is", required=False
    )
