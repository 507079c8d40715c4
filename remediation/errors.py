"""Refusals of the remediation room."""

from governance.errors import AfterwordError


class DependencyCycle(AfterwordError):
    """An action item would, through others, need itself."""


class StaleItem(AfterwordError):
    """Somebody else saved the action item after this form was opened."""


class NotThisItem(AfterwordError):
    """The action item is not in a state that allows the step."""
