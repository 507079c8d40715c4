"""Promises become action items and are followed until they are verified."""

from django.apps import AppConfig


class RemediationConfig(AppConfig):
    name = "remediation"
    default_auto_field = "django.db.models.BigAutoField"
