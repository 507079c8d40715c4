"""Refusals of the kpis room."""

from governance.errors import AfterwordError


class NothingToMeasure(AfterwordError):
    """The window holds nothing that could become a baseline."""
