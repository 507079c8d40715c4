"""The ways out: each module turns the signed text into one form and delivers it exactly once.

All of them read ``published.load``: the snapshot that was signed and its signatures, never the tables as they are now.
"""

from __future__ import annotations

from reviews import publication_steps
from reviews.publication_steps import Planned, Step
from reviews.publishers import confluence, pdf, record, slack


def install() -> None:
    """Register the steps of this room; called once while the application starts."""
    for step in (
        Step("reviews.record", "Portable record", 1, _once("record"), record.deliver, stays=True),
        Step("reviews.pdf", "PDF", 2, _once("pdf"), pdf.deliver, stays=True),
        Step("reviews.confluence", "Confluence page", 3, _once("confluence"), confluence.deliver),
        Step("reviews.slack", "Slack message", 5, _once("slack"), slack.deliver),
    ):
        publication_steps.register(step)


def _once(name: str) -> publication_steps.Plan:
    """A plan of one row for a publication."""
    return lambda publication: [
        Planned(f"publication-{publication.pk}-{name}", {"publication": publication.pk})
    ]
