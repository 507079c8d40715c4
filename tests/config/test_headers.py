"""What every answer tells the browser: nothing inline, nothing foreign, no devices, no frames."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", [reverse("account_login"), "/livez", "/nothing/here"])
def test_every_answer_has_the_strict_policy(client: Client, path: str) -> None:
    headers = client.get(path).headers
    directives = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert directives == POLICY
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_cookies_are_kept_from_scripts_and_other_sites(client: Client) -> None:
    cookies = client.get(reverse("account_login")).cookies
    assert cookies["afterword_csrf"]["httponly"]
    assert cookies["afterword_csrf"]["samesite"] == "Lax"
