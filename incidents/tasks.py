"""Doors for the worker: each calls one service."""

from __future__ import annotations

from celery import shared_task

from incidents.services import arrivals, handling, proposals


@shared_task
def take_in(arrival_id: int) -> None:
    """Read one arrival."""
    arrivals.take_in(arrival_id)


@shared_task
def gather(incident_id: int) -> None:
    """Bring in what was kept for an incident that opened."""
    handling.gather_for(incident_id)


@shared_task(expires=30)
def sweep_intake() -> None:
    """Read every arrival that waits."""
    arrivals.sweep()


@shared_task
def propose(incident_id: int) -> None:
    """Make the proposals of a long chronology anew."""
    proposals.propose_for(incident_id)


@shared_task(expires=30)
def sweep_proposals() -> None:
    """Make every proposal anew that is outdated."""
    proposals.sweep()
