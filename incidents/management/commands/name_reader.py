"""``manage.py name_reader INCIDENT EMAIL``: break the glass, when nobody who may see a private incident is there."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from governance.access import members
from governance.errors import AfterwordError
from governance.models import Organization
from incidents import services
from incidents.models import Incident


class Command(BaseCommand):
    """For administrators only, who name themselves; the audit trail keeps it for good."""

    help = "Lets an administrator see a private incident that does not name them; the audit trail says so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("incident", help="the incident's reference, such as INC-2018-0042")
        parser.add_argument("email", help="the administrator's address")
        parser.add_argument("--organization", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        with scope(organization=organization):
            incident = Incident.objects.filter(reference=options["incident"]).first()
            if incident is None:
                raise CommandError(f"There is no incident {options['incident']} in {organization.slug}.")
            person = members(organization).filter(email=options["email"].strip().lower()).first()
            if person is None:
                raise CommandError(f"{options['email']} is not a member of {organization.slug}.")
            try:
                services.name_administrator(administrator=person, incident=incident)
            except AfterwordError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{person} may see {incident.reference} now. The audit trail says so.")
