"""The organization: the wall around everything."""

from django.core.exceptions import ValidationError
from django.db import models

RESERVED_SLUGS = frozenset(
    {
        "sign-in",
        "sign-out",
        "stop-mail",
        "account",
        "livez",
        "readyz",
        "static",
        "admin",
        "api",
        "hooks",
        "mcp",
    }
)


def not_reserved(slug: str) -> None:
    """Refuse the addresses that are our own."""
    if slug in RESERVED_SLUGS:
        raise ValidationError("This address is reserved.")


class Organization(models.Model):
    """One company or team of teams; nothing of it is visible to another."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, validators=[not_reserved])
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
