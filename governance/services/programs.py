"""Accounts of programs and the tokens that they come in with."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from governance import access, audit
from governance.access import PROGRAM_SCOPES, Permission
from governance.enums import Role
from governance.errors import AfterwordError
from governance.models import Membership, Organization, ServiceAccount, ServiceToken, User

PREFIX = "aw_"
HINT = 8
LONGEST_DAYS = 366


@transaction.atomic
def open_account(*, actor: User, organization: Organization, name: str, purpose: str) -> ServiceAccount:
    """Make the account of a program: a member without rights of its own, who has no password and gets no mail."""
    access.require(actor, Permission.MANAGE_PEOPLE, organization)
    name, purpose = " ".join(name.split()), " ".join(purpose.split())
    if not name or not purpose:
        raise AfterwordError("Give the program a name and say what it does, so that others know what it is.")
    address = f"{slugify(name)[:40] or 'program'}.{secrets.token_hex(4)}@programs.invalid"
    user = User.objects.create_user(address, None, name=name, is_service=True)
    Membership.objects.create(organization=organization, user=user, role=Role.PROGRAM)
    account = ServiceAccount(organization_id=organization.pk, user=user, purpose=purpose, created_by=actor)
    account.save(force_insert=True)
    _record(actor, account, "program.added")
    return account


@transaction.atomic
def issue_token(
    *, actor: User, account: ServiceAccount, name: str, scopes: Iterable[str], days: int
) -> tuple[ServiceToken, str]:
    """Give the account a token; the second value is the token itself, which is shown once and never kept.

    ``scopes`` are among ``access.PROGRAM_SCOPES``; it expires after ``days``, a year at most.
    """
    access.require(actor, Permission.MANAGE_PEOPLE, account)
    chosen = sorted(set(scopes))
    if not chosen or not set(chosen) <= set(PROGRAM_SCOPES):
        raise AfterwordError("Choose at least one thing that the token allows, from the list.")
    if not 1 <= days <= LONGEST_DAYS:
        raise AfterwordError(f"A token lives from 1 to {LONGEST_DAYS} days. Choose a number in between.")
    if account.closed_at is not None:
        raise AfterwordError("This account is closed. Add another one.")
    raw = PREFIX + secrets.token_urlsafe(32)
    token = ServiceToken(
        organization_id=account.organization_id,
        account=account,
        name=" ".join(name.split()) or "token",
        digest=digest(raw),
        hint=raw[:HINT],
        scopes=chosen,
        expires_at=timezone.now() + timedelta(days=days),
        created_by=actor,
    )
    token.save(force_insert=True)
    _record(actor, account, "token.issued", scopes=chosen, days=days)
    return token, raw


@transaction.atomic
def revoke_token(*, actor: User, token: ServiceToken) -> None:
    """Let a token open nothing from now on."""
    access.require(actor, Permission.MANAGE_PEOPLE, token)
    row: ServiceToken = ServiceToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        _record(actor, row.account, "token.revoked")


@transaction.atomic
def close_account(*, actor: User, account: ServiceAccount) -> None:
    """Close a program's account with all of its tokens; what it did keeps its name."""
    access.require(actor, Permission.MANAGE_PEOPLE, account)
    row: ServiceAccount = ServiceAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if row.closed_at is None:
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
        Membership.objects.filter(organization_id=row.organization_id, user=row.user).delete()
        _record(actor, row, "program.closed")


def digest(raw: str) -> str:
    """What is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(raw.encode()).hexdigest()


def _record(actor: User, account: ServiceAccount, action: str, **data: object) -> None:
    audit.record(
        organization=account.organization_id,
        actor=actor,
        action=action,
        subject=f"user:{account.user_id}",
        **data,
    )
