"""``manage.py create_organization``: the first organization of an empty installation."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.errors import AfterwordError
from governance.models import User
from governance.services import create_organization


class Command(BaseCommand):
    help = "Found an organization and make the person with this address its administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--slug", required=True, help="How it is called in addresses")
        parser.add_argument("--admin", required=True, metavar="EMAIL")
        parser.add_argument("--admin-name", default="", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["admin"].strip().lower()
        user = User.objects.filter(email=email).first()
        if user is None:
            password = os.environ.get("AFTERWORD_ADMIN_PASSWORD") or getpass.getpass(f"First password of {email}: ")
            user = User.objects.create_user(email, password, name=options["admin_name"] or email.split("@")[0])
        try:
            organization = create_organization(name=options["name"], slug=options["slug"], administrator=user)
        except AfterwordError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{organization} is ready; {user} is its administrator.")
