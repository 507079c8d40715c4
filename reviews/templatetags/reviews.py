"""What review templates need to draw sentences."""

from __future__ import annotations

from django import template

from reviews import rendering

register = template.Library()
register.filter("inline", rendering.inline)
