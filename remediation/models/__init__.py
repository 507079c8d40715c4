"""The tables of the remediation room."""

from remediation.models.action_item import ActionItem, ActionItemQuerySet, Dependency, TrackerIssue

__all__ = ["ActionItem", "ActionItemQuerySet", "Dependency", "TrackerIssue"]
