"""The Celery application: workers run the rooms' tasks; the broker only carries nudges."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

broker.register()
app = Celery("afterword")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # for every thread, not only for the one that imports this


@signals.setup_logging.connect
def _keep_our_logging(**_details: Any) -> None:
    """Being connected is enough: Celery then leaves the logging of the settings alone."""


@signals.beat_init.connect
def _begin_at_once(**_details: Any) -> None:
    """Send everything that is scheduled once, rather than after its first interval: health shows within a second."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        app.send_task(entry["task"])
