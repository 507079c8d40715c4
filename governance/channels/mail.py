"""One bundle as a mail, in HTML and in text, with a link at its end that stops such mails."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from governance.enums import NoticeKind
from governance.errors import OutsideError
from governance.outbox import Outcome, fingerprint

if TYPE_CHECKING:
    from governance.channels.bundles import Bundle

SALT = "governance.stop-mail"
LONGEST_SUBJECT = 120
_REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused)


def send(bundle: Bundle) -> Outcome:
    """Hand the mail to the mail server; raises ``OutsideError`` when it does not take it."""
    message = written(bundle)
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        raise OutsideError(_sentence(error), permanent=isinstance(error, _REFUSED)) from error
    return Outcome(
        external_id=str(message.extra_headers["Message-ID"]), detail={"notices": len(bundle.lines)}
    )


def written(bundle: Bundle) -> EmailMultiAlternatives:
    """The mail as it leaves."""
    kinds = list(dict.fromkeys(line.kind for line in bundle.lines))
    stop = settings.BASE_URL + reverse("governance:stop_mail", args=[stop_token(bundle, kinds)])
    context: dict[str, Any] = {
        "bundle": bundle,
        "stop": stop,
        "choices": settings.BASE_URL + reverse("governance:notice_choices", args=[bundle.organization.slug]),
        "kinds": [kind.label for kind in kinds],
    }
    message = EmailMultiAlternatives(
        subject=" ".join(bundle.subject.split())[:LONGEST_SUBJECT],
        body=render_to_string("mail/notices.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[bundle.person.email],
        headers={
            "Message-ID": f"<{fingerprint(bundle.delivery)}@{urlsplit(settings.BASE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(render_to_string("mail/notices.html", context), "text/html")
    return message


def stop_token(bundle: Bundle, kinds: Iterable[NoticeKind]) -> str:
    """What proves that the link was in a mail to this person; it opens nothing else."""
    facts = {
        "person": bundle.person.pk,
        "organization": bundle.organization.pk,
        "kinds": [str(kind) for kind in kinds],
    }
    return signing.dumps(facts, salt=SALT)


def _sentence(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "The mail server refused the address of this person. Correct it under Settings, People."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server refused our sign-in. Correct AFTERWORD_MAIL_URL."
    return "The mail server did not take the mail. It is tried again."
