"""What review templates need to draw sentences."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince

from reviews import rendering

register = template.Library()
register.filter("inline", rendering.inline)


@register.filter
def waited(since: datetime) -> str:
    """How long something waits, to stand behind "waiting"; nothing in the first minute."""
    now = timezone.now()
    return f" {timesince(since, now)}" if now - since >= timedelta(minutes=1) else ""
