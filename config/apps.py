"""The top of the stairs: commands that run the whole house."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Make the Celery application known, so that ``task.delay()`` reaches its broker from every process."""
        from config import celery  # noqa: F401
