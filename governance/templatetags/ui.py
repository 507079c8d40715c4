"""What templates need to draw: icons, times in UTC, severities and confidences by word and shape."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

SPRITE = "vendor/lucide-1.62.0/sprite.svg"

# Shapes in a 12 by 12 box, so that nothing rests on color alone.
_SEVERITY_SHAPES = {
    1: '<path d="M6 1 11.5 11H.5z"/>',
    2: '<path d="M6 .5 11.5 6 6 11.5.5 6z"/>',
    3: '<path d="M1.5 1.5h9v9h-9z"/>',
    4: '<circle cx="6" cy="6" r="5"/>',
}
_RING = (
    '<path d="M6 .5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zm0 1.2a4.3 4.3 0 1 1 0 8.6 4.3 4.3 0 0 1 0-8.6z"/>'
)
_CONFIDENCE_SHAPES = {
    "confirmed": ("Confirmed", '<circle cx="6" cy="6" r="5.5"/>'),
    "probable": ("Probable", _RING + '<path d="M6 6V1a5 5 0 1 1-5 5z"/>'),
    "suspected": ("Suspected", _RING + '<path d="M6 1a5 5 0 0 1 0 10z"/>'),
    "unknown": ("Unknown", _RING),
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; decorative unless it has a label."""
    address = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address
        )
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', address
    )


@register.simple_tag
def severity_mark(severity: int) -> SafeString:
    """``SEV1`` with its triangle, and so on to the circle of ``SEV4``."""
    shape = mark_safe(_SEVERITY_SHAPES[int(severity)])  # noqa: S308 - a constant of this module
    return format_html(
        '<span class="sev sev-{}"><svg viewBox="0 0 12 12" aria-hidden="true">{}</svg>SEV{}</span>',
        severity,
        shape,
        severity,
    )


@register.simple_tag
def confidence_mark(confidence: str) -> SafeString:
    """The confidence word with its circle: full, three quarters, half, empty."""
    word, drawing = _CONFIDENCE_SHAPES[str(confidence)]
    return format_html(
        '<span class="confidence confidence-{}"><svg viewBox="0 0 12 12" aria-hidden="true">{}</svg>{}</span>',
        confidence,
        mark_safe(drawing),  # noqa: S308 - a constant of this module
        word,
    )


@register.filter
def utc(value: datetime | None) -> str:
    """``21 Oct 2018 22:52 UTC``; nothing for nothing."""
    if value is None:
        return ""
    at = value.astimezone(UTC)
    return f"{at.day} {at:%b %Y %H:%M} UTC"


@register.filter
def utc_time(value: datetime | None) -> str:
    """``22:52``, or ``22:52:05`` when the second is not zero."""
    if value is None:
        return ""
    at = value.astimezone(UTC)
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


@register.filter
def duration(value: timedelta | None) -> str:
    """``24 h 11 min``, ``8 min``, ``43 s``; an en dash for nothing."""
    if value is None:
        return "–"
    seconds = int(abs(value.total_seconds()))
    sign = "−" if value < timedelta(0) else ""
    if seconds < 60:
        return f"{sign}{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{sign}{hours} h {minutes:02d} min" if hours else f"{sign}{minutes} min"


@register.filter
def short_hash(value: str) -> str:
    """``a41f7c20…09c2``: enough of a SHA-256 to compare by eye."""
    return f"{value[:8]}…{value[-4:]}" if len(value) > 16 else value
