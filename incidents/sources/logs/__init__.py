"""Log files: one module for each family of formats, ``reader`` on top of them."""

from incidents.sources.logs.reader import Log

__all__ = ["Log"]
