"""``manage.py import_evidence INCIDENT FILE... --source KIND``: evidence in from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from governance.access import Permission, members
from governance.errors import AfterwordError
from governance.models import Organization, User
from incidents import services
from incidents.enums import SourceKind
from incidents.models import Incident


class Command(BaseCommand):
    """Each file comes in whole or not at all; it stops at the first that is refused, and can simply be run again."""

    help = "Imports raw files of one source into an incident's chronology."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("incident", help="the incident's reference, such as INC-2018-0042")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--source", required=True, metavar="KIND", help=f"one of: {', '.join(SourceKind.values)}"
        )
        parser.add_argument(
            "--zone", default="", help="the zone of times that carry none, such as Europe/Paris"
        )
        parser.add_argument(
            "--clock-offset", type=int, default=0, help="seconds by which the source's clock runs ahead"
        )
        parser.add_argument(
            "--organization", default="", metavar="SLUG", help="needed when there are several"
        )
        parser.add_argument(
            "--as", dest="email", default="", help="whose import this is; by default the first who may"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organization = _organization(options["organization"])
        with scope(organization=organization):
            incident = Incident.objects.filter(reference=options["incident"]).first()
            if incident is None:
                raise CommandError(f"There is no incident {options['incident']} in {organization.slug}.")
            actor = _actor(organization, options["email"])
            for path in options["files"]:
                self._import(actor, incident, path, options)

    def _import(self, actor: User, incident: Incident, path: Path, options: dict[str, Any]) -> None:
        try:
            with path.open("rb") as stream:
                outcome = services.import_evidence(
                    actor=actor,
                    incident=incident,
                    filename=path.name,
                    stream=stream,
                    kind=options["source"],
                    zone=options["zone"],
                    clock_offset=options["clock_offset"],
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}. Check the path.") from error
        except AfterwordError as error:
            raise CommandError(f"{path.name}: {error}") from error
        self.stdout.write(
            f"{path.name}: {outcome.added} entries added, {outcome.already_known} already known."
        )
        for skipped in outcome.skipped:
            self.stdout.write(f"  skipped {skipped['location']}: {skipped['reason']}")


def _organization(slug: str) -> Organization:
    found = Organization.objects.filter(slug=slug) if slug else Organization.objects.order_by("pk")
    organizations = list(found[:2])
    if not organizations:
        raise CommandError(f"There is no organization “{slug}”." if slug else "There is no organization yet.")
    if len(organizations) > 1:
        raise CommandError("There are several organizations. Name one with --organization SLUG.")
    return organizations[0]


def _actor(organization: Organization, email: str) -> User:
    if not email:
        actor = members(organization, Permission.ADD_EVIDENCE).first()
        if actor is None:
            raise CommandError(
                "Nobody in this organization may add evidence. Give somebody the role of responder."
            )
        return actor
    actor = members(organization).filter(email=email.strip().lower()).first()
    if actor is None:
        raise CommandError(f"{email} is not a member of {organization.slug}. Name one with --as EMAIL.")
    return actor
