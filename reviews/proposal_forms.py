"""Taking a proposal in other words, and adding a factor that the evidence suggests."""

from __future__ import annotations

from django import forms

from governance.forms import LongText
from reviews.models import Proposal
from reviews.services.proposals import LONGEST


class ProposalForm(forms.Form):
    """The words of a proposal, to be changed before they are taken."""

    text = LongText(
        label="In your words",
        max_length=LONGEST,
        rows=4,
        attrs={"class": "prose-input"},
        error_messages={"required": "Write the words that the section should say, or reject the proposal."},
        help_text="Words that you change become your statement. [E12] cites an entry.",
    )

    @classmethod
    def of(cls, proposal: Proposal) -> ProposalForm:
        return cls(initial={"text": proposal.text.removeprefix("- ")})


class SuspectedForm(forms.Form):
    """Which suspected factor is wanted, by its statement word by word."""

    statement = forms.CharField(max_length=LONGEST, strip=False, widget=forms.HiddenInput)
