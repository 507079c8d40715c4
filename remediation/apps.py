"""Promises become action items and are followed until they are verified."""

from django.apps import AppConfig


class RemediationConfig(AppConfig):
    name = "remediation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give texts and similar incidents their promises, and publications their tracker steps."""
        from governance import sight
        from remediation import trackers
        from remediation.selectors import (
            content_of_items,
            panel_of_advice,
            panel_of_items,
            promises_of_reviews,
        )
        from remediation.sight import sight_of
        from reviews import content, parts

        content.register_part("action_items", content_of_items)
        parts.register_panel(parts.Panel("remediation/_items_of_review.html", panel_of_items))
        parts.register_panel(parts.Panel("remediation/_recommended_of_review.html", panel_of_advice))
        parts.register_promises(promises_of_reviews)
        trackers.install()
        sight.register(sight_of)
