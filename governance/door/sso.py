"""Single sign-on: who somebody is to the company's own directory, and which groups they are in there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

GROUP_CLAIMS = ("groups", "http://schemas.xmlsoap.org/claims/Group", "memberOf")


@dataclass(frozen=True)
class Stranger:
    """Somebody whom a provider vouches for: ``email`` is empty unless the provider verified it.

    ``groups`` is None when the provider said nothing about groups, which changes no role.
    """

    provider: str
    email: str
    name: str
    groups: frozenset[str] | None


def provider_names() -> dict[str, str]:
    """The providers of this installation, by the id that ``GroupRole.provider`` holds."""
    kinds: dict[str, Any] = getattr(settings, "SOCIALACCOUNT_PROVIDERS", {})
    return {app["provider_id"]: app["name"] for kind in kinds.values() for app in kind["APPS"]}


def stranger_of(sociallogin: Any) -> Stranger:
    """What a provider said, in our words."""
    account, provider = sociallogin.account, sociallogin.provider
    verified = [address.email for address in sociallogin.email_addresses if address.verified]
    email = verified[0].strip().lower() if verified else ""
    said = account.extra_data
    claims = {**said.get("id_token", {}), **said["userinfo"]} if "userinfo" in said else said
    name = sociallogin.user.name or email.partition("@")[0]
    return Stranger(provider.sub_id, email, name, _groups(claims, provider.app.settings.get("groups", "")))


def _groups(claims: dict[str, Any], named: str) -> frozenset[str] | None:
    for claim in (named,) if named else GROUP_CLAIMS:
        if claim in claims:
            value = claims[claim]
            return frozenset(map(str, value if isinstance(value, list) else [value]))
    return None
