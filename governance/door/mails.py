"""Mails of the door, sent by a worker."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from governance.models import User


def send_new_password_link(email: str) -> None:
    """Send the link to somebody who has a password here; everybody else hears nothing."""
    user = User.objects.filter(email=email, is_active=True, is_service=False).first()
    if user is None or not user.has_usable_password():
        return
    token = default_token_generator.make_token(user)
    path = reverse("account_new_password", args=[urlsafe_base64_encode(force_bytes(user.pk)), token])
    words = render_to_string(
        "governance/door/forgotten.txt", {"user": user, "link": f"{settings.BASE_URL}{path}"}
    )
    send_mail("A new password for Afterword", words, None, [user.email])
