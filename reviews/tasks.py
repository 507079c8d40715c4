"""Doors for the worker: each calls one service."""

from __future__ import annotations

from celery import shared_task

from reviews.services.reminding import remind_everywhere


@shared_task(expires=300)
def remind() -> None:
    """Remind people of what is due."""
    remind_everywhere()
