"""The organization: the wall around everything."""

from django.core.validators import RegexValidator
from django.db import models

RESERVED_SLUGS = frozenset(
    {"sign-in", "sign-out", "livez", "readyz", "static", "admin", "api", "hooks", "mcp"}
)


class Organization(models.Model):
    """One company or team of teams; nothing of it is visible to another."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(
        unique=True,
        validators=[
            RegexValidator(rf"^(?!(?:{'|'.join(sorted(RESERVED_SLUGS))})$)", "This address is reserved.")
        ],
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
