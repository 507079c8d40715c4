"""The tables of the remediation room."""

from remediation.models.action_item import ActionItem, ActionItemQuerySet, Dependency, TrackerIssue
from remediation.models.feedback import RecommendationFeedback

__all__ = ["ActionItem", "ActionItemQuerySet", "Dependency", "RecommendationFeedback", "TrackerIssue"]
