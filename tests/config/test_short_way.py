"""Deliveries pass the headers and the host's name, and nothing that serves people."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import make_organization

GUARDS = (
    "Content-Security-Policy",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
)


@pytest.mark.django_db
def test_delivery_takes_the_short_way_with_every_header_and_no_cookie(client: Client) -> None:
    client.cookies["afterword_session"] = "of somebody"
    answer = client.post("/hooks/nobody-was-given-this/", b"{}", content_type="application/json")
    assert (answer.status_code, answer["Content-Length"]) == (404, str(len(answer.content)))
    assert not answer.cookies and "Vary" not in answer.headers
    page = client.get("/nothing/here").headers
    for name in GUARDS:
        assert answer[name] == page[name]


@pytest.mark.django_db
def test_delivery_to_another_host_is_not_taken(client: Client) -> None:
    answer = client.post(
        "/hooks/token/", b"{}", content_type="application/json", headers={"host": "evil.test"}
    )
    assert answer.status_code == 400


@pytest.mark.django_db
def test_only_deliveries_go_the_short_way(client: Client) -> None:
    """Even an organization of that name would be behind the wall."""
    make_organization("hooks")
    paths = ("/hooks/", "/hooks/a/b/", "/hooks/incidents/new/", "/hooks/incidents/services/new/")
    assert [client.get(path).status_code for path in paths] == [302, 404, 302, 302]
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/hooks/incidents/new/", {"title": "x"}).status_code in (302, 403)
