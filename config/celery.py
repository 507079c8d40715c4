"""The Celery application: workers run the rooms' tasks; the broker only carries nudges."""

from __future__ import annotations

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("afterword")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

for _folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.values() if not settings.AFTERWORD.broker_url else ():
    Path(_folder).mkdir(mode=0o700, parents=True, exist_ok=True)
