"""Trackers: where action items live outside. They mirror our items and never move them (invariant 11)."""

from __future__ import annotations

from remediation.trackers import jira
from reviews import publication_steps
from reviews.publication_steps import Step


def install() -> None:
    """Register the tracker's steps of a publication; called once while the application starts."""
    publication_steps.register(Step(jira.ISSUE, "Jira issue", 3, jira.plan_issues, jira.deliver_issue))
    publication_steps.register(Step(jira.LINK, "Jira link", 4, jira.plan_links, jira.deliver_link))
