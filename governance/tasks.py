"""Doors for the worker: each calls one service."""

from __future__ import annotations

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from governance import limits, outbox
from governance.door import mails
from governance.models import Heartbeat


@shared_task
def deliver(delivery_id: int) -> None:
    """Work on one outbox row."""
    outbox.deliver_one(delivery_id)


@shared_task(expires=30)
def sweep_outbox() -> None:
    """Work on every due row that no nudge brought here."""
    outbox.sweep()


@shared_task(expires=3600)
def send_new_password_link(email: str) -> None:
    """Send a link for a new password, if the address has one here."""
    mails.send_new_password_link(email)


@shared_task(expires=3600)
def forget_at_the_door() -> None:
    """Remove what has run out: used-up limits and the records of sign-ins that are over."""
    limits.forget()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


@shared_task(expires=30)
def heartbeat() -> None:
    """Say that the scheduler sends and a worker receives."""
    now = timezone.now()
    for process in ("scheduler", "worker"):
        Heartbeat.objects.update_or_create(process=process, defaults={"at": now})
