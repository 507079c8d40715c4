"""Promises become action items and are followed until they are verified."""

from django.apps import AppConfig


class RemediationConfig(AppConfig):
    name = "remediation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the signed text its promises, the publication its tracker steps, and the trail its private items."""
        from governance import sight
        from remediation import trackers
        from remediation.selectors import content_of_items, panel_of_items
        from remediation.sight import sight_of
        from reviews import content, parts

        content.register_part("action_items", content_of_items)
        parts.register_panel(parts.Panel("remediation/_items_of_review.html", panel_of_items))
        trackers.install()
        sight.register(sight_of)
