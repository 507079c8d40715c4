"""The top of the stairs: commands that run the whole house."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
