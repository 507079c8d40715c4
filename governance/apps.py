"""People, rights, the audit trail and everything that leaves the building."""

from django import forms
from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every form says of an empty field what to do (Django has no setting for it); notices find their ways out."""
        from governance import channels

        forms.Field.default_error_messages["required"] = "Fill this in; nothing was saved yet."
        channels.install()
