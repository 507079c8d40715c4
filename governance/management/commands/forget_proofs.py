"""``manage.py forget_proofs``: let somebody in again who lost their phone and their recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from governance.door.sessions import end_sessions
from governance.models import User


class Command(BaseCommand):
    help = (
        "Remove a person's app, passkeys and recovery codes, and sign them out everywhere. Be sure who asks: from then "
        "on the password alone opens."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']}. Check it.")
        count, _rows = Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
        self.stdout.write(f"{user} signs in with the password alone from now on ({count} removed).")
