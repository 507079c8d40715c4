"""The tables of the kpis room."""

from kpis.models.baseline import Baseline

__all__ = ["Baseline"]
