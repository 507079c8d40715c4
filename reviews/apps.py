"""A chronology becomes a judged, signed and published text."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of changes of the chronology, say whom private incidents concern, name the steps of a publication."""
        from governance import sight
        from incidents import changes, involved
        from reviews import publishers
        from reviews.selectors import privacy
        from reviews.services import modeling
        from reviews.services.changing import chronology_changed

        changes.subscribe(chronology_changed)
        involved.subscribe(privacy.involved_in)
        sight.register(privacy.sight_of)
        publishers.install()
        modeling.install()
