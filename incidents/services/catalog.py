"""The catalog of services and who owns them."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.text import slugify

from governance import access, audit
from governance.access import Permission, Post
from governance.models import Organization, User
from incidents.errors import CurationRefused
from incidents.models import Service


@transaction.atomic
def create_service(*, actor: User, organization: Organization, name: str, description: str = "") -> Service:
    """Add a service; raises ``CurationRefused`` for an empty name or one that is taken."""
    access.require(actor, Permission.MANAGE_SERVICES, organization)
    name, slug = name.strip(), slugify(name)[:120]
    if not slug:
        raise CurationRefused("Give the service a name of letters or digits.")
    if Service.objects.filter(organization=organization, slug=slug).exists():
        raise CurationRefused(f"A service called “{name}” exists already. Choose another name.")
    service = Service(organization=organization, name=name[:120], slug=slug, description=description.strip())
    service.save(force_insert=True)
    audit.record(
        organization=organization,
        actor=actor,
        action="service.created",
        subject=f"service:{slug}",
        service=service.pk,
    )
    return service


@transaction.atomic
def set_terms(
    *,
    actor: User,
    service: Service,
    sla_percent: Decimal | None = None,
    minute_cost: Decimal | None = None,
    currency: str = "",
) -> Service:
    """Set what a service promises over 30 days (percent), and what a minute of impact costs; ``None`` for unknown.

    Raises ``CurationRefused`` for a price without a currency.
    """
    access.require(actor, Permission.MANAGE_SERVICES, service)
    if minute_cost is not None and not currency:
        raise CurationRefused("Say in which currency a minute is priced, such as EUR.")
    service.sla_percent, service.minute_cost = sla_percent, minute_cost
    service.currency = currency if minute_cost is not None else ""
    service.save(update_fields=["sla_percent", "minute_cost", "currency"])
    audit.record(
        organization=service.organization_id,
        actor=actor,
        action="service.terms_set",
        subject=f"service:{service.slug}",
        sla_percent=None if sla_percent is None else str(sla_percent),
        minute_cost=None if minute_cost is None else f"{minute_cost} {currency}",
    )
    return service


@transaction.atomic
def appoint_owner(*, actor: User, service: Service, user: User) -> None:
    """Make a member an owner of the service, who signs for it; somebody who is one already stays one."""
    access.require(actor, Permission.MANAGE_SERVICES, service)
    if access.holds(user, Post.SERVICE_OWNER, service):
        return
    access.appoint(user, Post.SERVICE_OWNER, service)
    _record(actor, service, user, "appointed")


@transaction.atomic
def dismiss_owner(*, actor: User, service: Service, user: User) -> None:
    """Take the ownership away again; nothing happens when it was not held."""
    access.require(actor, Permission.MANAGE_SERVICES, service)
    if not access.holds(user, Post.SERVICE_OWNER, service):
        return
    access.dismiss(user, Post.SERVICE_OWNER, service)
    _record(actor, service, user, "dismissed")


def _record(actor: User, service: Service, user: User, what: str) -> None:
    audit.record(
        organization=service.organization_id,
        actor=actor,
        action=f"service.owner_{what}",
        subject=f"service:{service.slug}",
        user=user.pk,
    )
