"""A chronology becomes a judged, signed and published text."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of changes of the chronology, and name the steps of a publication."""
        from incidents import changes
        from reviews import publishers
        from reviews.services.changing import chronology_changed

        changes.subscribe(chronology_changed)
        publishers.install()
