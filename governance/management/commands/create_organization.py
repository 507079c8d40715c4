"""``manage.py create_organization``: the first organization of an empty installation."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from governance.errors import AfterwordError
from governance.models import User
from governance.services import create_organization


class Command(BaseCommand):
    help = (
        "Found an organization and make the person with this address its administrator. A new person's first "
        "password is read from AFTERWORD_ADMIN_PASSWORD, or asked for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="What people call it")
        parser.add_argument(
            "--slug", required=True, help="How it is called in addresses: lower case, no spaces"
        )
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="Its first administrator")
        parser.add_argument(
            "--admin-name", default="", metavar="NAME", help="Their name, if they have no account yet"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = _person(options["admin"].strip().lower(), options["admin_name"].strip())
            organization = create_organization(name=options["name"], slug=options["slug"], administrator=user)
        except AfterwordError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{organization} is ready; {user} is its administrator.")


def _person(email: str, name: str) -> User:
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known
    user = User(email=email, name=name or email.partition("@")[0])
    password = os.environ.get("AFTERWORD_ADMIN_PASSWORD") or getpass.getpass(f"First password of {email}: ")
    try:
        user.clean_fields(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    user.set_password(password)
    user.save()
    return user
