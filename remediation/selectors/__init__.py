"""Reading action items, what waits for one person, and what is recommended."""

from remediation.selectors.items import (
    FILTERS,
    content_of_items,
    items,
    items_of,
    panel_of_advice,
    panel_of_items,
    promises_of_reviews,
    waiting_for,
)

__all__ = [
    "FILTERS",
    "content_of_items",
    "items",
    "items_of",
    "panel_of_advice",
    "panel_of_items",
    "promises_of_reviews",
    "waiting_for",
]
