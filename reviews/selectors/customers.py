"""What customers are told about a review: the text, what is internal in it, and whether somebody approved it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from governance.models import User
from incidents.models import Service
from incidents.selectors.privacy import people_who_see
from reviews.content import content_of, sha256_of
from reviews.customer_start import start_of
from reviews.enums import ReviewState
from reviews.models import CustomerText, Publication, Review
from reviews.sanitizing import Internal, Leak, Remark, remarks


@dataclass
class CustomerStanding:
    """Where the text for customers of one review stands."""

    review: Review

    @cached_property
    def row(self) -> CustomerText:
        """The text as it is stored; one without a key and with version 0 while nobody wrote."""
        rows = CustomerText.objects.filter(review=self.review).select_related("updated_by", "approved_by")
        found: CustomerText | None = rows.first()
        return found or CustomerText(
            organization_id=self.review.organization_id, review=self.review, version=0
        )

    @cached_property
    def publication(self) -> Publication | None:
        """The edition in force; nothing while none is."""
        if self.review.state != ReviewState.PUBLISHED:
            return None
        rows = Publication.objects.filter(review=self.review).select_related("snapshot")
        found: Publication | None = rows.order_by("-number").first()
        return found

    @cached_property
    def content(self) -> dict[str, Any]:
        """What was signed; what would be signed now while nothing is published."""
        if self.publication is None:
            return content_of(self.review)
        signed: dict[str, Any] = json.loads(self.publication.snapshot.text)
        return signed

    @property
    def is_written(self) -> bool:
        return bool(self.row.body)

    @cached_property
    def body(self) -> str:
        """What people wrote; what may be said without asking anybody while nobody did."""
        return self.row.body or start_of(self.content)

    @property
    def sha256(self) -> str:
        return sha256_of(self.row.body)

    @property
    def is_approved(self) -> bool:
        """Whether somebody approved exactly these bytes, knowing the edition in force."""
        at, edition = self.row.approved_at, self.publication
        if at is None or edition is None or self.row.approved_sha256 != self.sha256:
            return False
        return bool(at >= edition.published_at)

    @property
    def mark(self) -> str:
        """What a reader must know first; empty for a text that may go out."""
        if self.is_approved:
            return ""
        if self.publication is None:
            return "Draft: the review is not published, and what it says may still change."
        if self.row.approved_at is not None:
            return "Not approved: a later edition was published since. Read the text again."
        return "Draft: nobody has approved this text for customers."

    @property
    def blanks(self) -> list[Remark]:
        """What is left for somebody to write."""
        return [one for one in self.remarks() if one.leak == Leak.BLANK]

    def remarks(self, body: str | None = None) -> list[Remark]:
        """What should not go out as it is, or will not be understood."""
        return remarks(self.body if body is None else body, self.internal)

    @cached_property
    def internal(self) -> Internal:
        """Names out of the record, and those of everybody and every service of the organization."""
        people = people_who_see(self.review.incident).values_list("name", flat=True)
        services = Service.objects.filter(organization_id=self.review.organization_id)
        return Internal.of(self.content, people, services.values_list("name", flat=True))

    def is_last_writer(self, person: User) -> bool:
        """Whether the text is this person's, who therefore does not approve it."""
        return bool(self.row.updated_by_id == person.pk)
