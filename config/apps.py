"""The top of the stairs: commands that run the whole house."""

import gc

from django.apps import AppConfig

NEW_OBJECTS_BEFORE_COLLECTING = 20_000
"""Python's 700 made a seventh of an import's time a search for cycles that the lines of a log never form."""


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Make the Celery application known, so that ``task.delay()`` reaches its broker from every process."""
        from config import celery  # noqa: F401

        gc.set_threshold(NEW_OBJECTS_BEFORE_COLLECTING)
