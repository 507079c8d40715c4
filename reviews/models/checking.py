"""What only a person can check, and who did."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned


class Confirmation(OrganizationOwned):
    """A person looked, and says that one point of the checklist holds; for one state of the text.

    ``code`` is a ``CheckCode``. ``content_sha256`` is the SHA-256 of what the point is about (``checking.about``); when
    that has changed, the point is open again. Taken back by ``revoked_at``, never deleted.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="confirmations")
    code = models.CharField(max_length=60)
    note = models.TextField(blank=True, default="")
    content_sha256 = models.CharField(max_length=64)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["confirmed_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["review", "code"],
                condition=models.Q(revoked_at__isnull=True),
                name="confirmation_in_force_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.review_id}"
