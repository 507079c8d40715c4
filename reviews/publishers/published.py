"""What was published, read from the signed snapshot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.urls import reverse

from governance.models import Delivery
from reviews.enums import FactorNature
from reviews.exemptions import PrintedWaiver
from reviews.models import Publication, SignOff
from reviews.publishers.pictured import Series, series_of
from reviews.publishers.signed_pictures import SignedPicture, read_pictures, require_whole
from reviews.selectors.editions import signoffs_of, waivers_of


@dataclass(frozen=True)
class Signature:
    """One signature as it is printed."""

    role: str
    name: str
    services: tuple[str, ...]
    confidence: str
    confidence_label: str
    reason: str
    signed_at: datetime
    no_single_cause: bool = False
    on_behalf_of: str = ""
    method: str = ""

    @property
    def title(self) -> str:
        """``Incident commander``, or ``Owner of mysql, webhooks``; a delegate's says for whom."""
        post = f"Owner of {', '.join(self.services)}" if self.services else self.role
        return f"{post}, for {self.on_behalf_of}" if self.on_behalf_of else post

    @property
    def judgment(self) -> str:
        """How sure they are of the cause: ``Probable``, ``Probable, no single root cause``."""
        return f"{self.confidence_label}{', no single root cause' if self.no_single_cause else ''}"

    def plain(self) -> dict[str, Any]:
        """The form that the portable record holds."""
        return {
            "role": self.role,
            "name": self.name,
            "services": list(self.services),
            "confidence": self.confidence,
            "no_single_cause": self.no_single_cause,
            "reason": self.reason,
            "on_behalf_of": self.on_behalf_of,
            "method": self.method,
            "signed_at": self.signed_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }


@dataclass(frozen=True)
class Published:
    """A publication with everything that its forms need; ``content`` has the shape of ``reviews.content``.

    ``waivers`` are the exceptions that it rests on: checks out of the signed content, and signatures beside it.
    ``series`` are what the evidence of its entries measured, by their numbers.
    """

    publication: Publication
    content: dict[str, Any]
    signatures: tuple[Signature, ...]
    organization_slug: str
    organization_name: str
    series: Mapping[int, Series] = field(default_factory=dict)
    waivers: tuple[PrintedWaiver, ...] = ()

    @property
    def sha256(self) -> str:
        return self.publication.snapshot.sha256

    @property
    def reference(self) -> str:
        return str(self.content["incident"]["reference"])

    @property
    def title(self) -> str:
        return str(self.content["incident"]["title"])

    @property
    def revised_because(self) -> str:
        """Why a later edition was written; empty for the first."""
        return str(self.content.get("edition", {}).get("because", ""))

    @property
    def published_at(self) -> datetime:
        return self.publication.published_at

    @property
    def address(self) -> str:
        """Where the review stands in this installation."""
        path = reverse("reviews:publication", args=[self.organization_slug, self.reference])
        return f"{settings.BASE_URL}{path}"

    def entry_address(self, number: int) -> str:
        """Where an entry of the chronology stands in this installation."""
        path = reverse("incidents:detail", args=[self.organization_slug, self.reference])
        return f"{settings.BASE_URL}{path}#e{number}"

    @cached_property
    def entries(self) -> dict[int, dict[str, Any]]:
        """The published chronology by number."""
        return {entry["number"]: entry for entry in self.content["chronology"]}

    @cached_property
    def pictures(self) -> dict[int, SignedPicture]:
        """The pictures that the text shows, by their ids; read when they are first asked for."""
        return read_pictures(self.publication.review.incident_id, self.content.get("pictures", ()))

    @cached_property
    def factors(self) -> list[dict[str, Any]]:
        """The contributing factors, each with its nature in words as ``sort``; empty where nobody said it."""
        return [
            {**one, "sort": str(FactorNature(one["nature"]).label) if one.get("nature") else ""}
            for one in self.content["factors"]
        ]

    @property
    def risks(self) -> list[dict[str, Any]]:
        """The risks that were open when it was published, in the shape of ``selectors.risks``."""
        return list(self.content.get("risks", []))

    @property
    def action_items(self) -> list[dict[str, Any]]:
        return list(self.content.get("action_items", []))

    @property
    def file_stem(self) -> str:
        """How the files of this publication are called: ``INC-2018-0042-postmortem-1``."""
        return f"{self.reference}-postmortem-{self.publication.number}"


def load(publication_id: int) -> Published:
    """Read a publication of the active organization with its signatures."""
    publication = Publication.objects.select_related(
        "snapshot", "organization", "published_by", "review"
    ).get(pk=publication_id)
    content = json.loads(publication.snapshot.text)
    return Published(
        publication=publication,
        content=content,
        signatures=tuple(_signature(signoff) for signoff in signoffs_of(publication)),
        waivers=waivers_of(publication, content),
        organization_slug=publication.organization.slug,
        organization_name=publication.organization.name,
        series=series_of(
            publication.review.incident_id, (entry["number"] for entry in content["chronology"])
        ),
    )


def load_for(delivery: Delivery) -> Published:
    """The publication that a delivery belongs to."""
    return load(delivery.payload["publication"])


def load_with_pictures(delivery: Delivery) -> Published:
    """The same for a step that shows pictures; raises ``PictureLost`` unless all are what was signed."""
    published = load_for(delivery)
    require_whole(published.content, published.pictures)
    return published


def _signature(signoff: SignOff) -> Signature:
    return Signature(
        role=signoff.get_role_display(),
        name=signoff.signer.name,
        services=tuple(sorted(service.name for service in signoff.services.all())),
        confidence=signoff.confidence,
        confidence_label=signoff.get_confidence_display(),
        reason=signoff.reason,
        signed_at=signoff.signed_at,
        no_single_cause=signoff.no_single_cause,
        on_behalf_of=signoff.on_behalf_of.name if signoff.on_behalf_of else "",
        method=signoff.method,
    )
