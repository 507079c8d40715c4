"""Signals become one chronology."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the handlers of what is fetched from outside, and the incidents that are hidden from a person."""
        from governance import sight
        from governance.models import hide
        from incidents.selectors.privacy import hidden_from, sight_of
        from incidents.services import pulling

        pulling.install()
        hide(hidden_from)
        sight.register(sight_of)
