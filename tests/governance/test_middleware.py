"""The wall around an organization, and what becomes of a refusal that no view caught."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.test import Client, override_settings
from django.urls import include, path
from django_scopes import get_scope

from governance.errors import AccessDenied, InvalidTransition, NotConnected
from governance.models import Membership, Organization
from incidents.models import Incident
from tests.factories import make_incident, make_member, make_organization

pytestmark = pytest.mark.django_db


def _raises(error: Exception) -> Any:
    def view(_request: HttpRequest, org: str) -> HttpResponse:
        raise error

    return view


def _late(request: HttpRequest, org: str) -> TemplateResponse:
    """Drawn only after the view returned, with a query in its template."""
    return TemplateResponse(
        request, "governance/refused.html", {"sentence": lambda: f"{Incident.objects.count()} incident"}
    )


def _scope(request: HttpRequest, org: str) -> HttpResponse:
    return HttpResponse(str(get_scope().get("organization")))


urlpatterns = [
    path("<slug:org>/denied", _raises(AccessDenied("Ask Ada for the right."))),
    path("<slug:org>/moved", _raises(InvalidTransition("It is published already."))),
    path("<slug:org>/alone", _raises(NotConnected("Slack is not connected."))),
    path("<slug:org>/late", _late),
    path("<slug:org>/scope", _scope),
    path("", include("config.urls")),
]
here = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture
def organization() -> Organization:
    return make_organization("acme", "Acme")


@pytest.fixture
def member(client: Client, organization: Organization) -> Client:
    client.force_login(make_member(organization))
    return client


@here
@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/acme/denied", 403, "Ask Ada for the right."),
        ("/acme/moved", 422, "It is published already."),
        ("/acme/alone", 422, "Slack is not connected."),
    ],
)
def test_refusal_that_no_view_caught_meets_its_sentence(
    member: Client, address: str, status: int, sentence: str
) -> None:
    answer = member.get(address)
    assert answer.status_code == status
    assert sentence in answer.content.decode()


@here
def test_view_runs_in_the_scope_and_nothing_after_it(member: Client) -> None:
    assert member.get("/acme/scope").content == b"Acme"
    assert get_scope().get("organization") is None


@here
def test_page_that_is_drawn_late_is_drawn_in_the_scope(member: Client, organization: Organization) -> None:
    make_incident(organization)
    make_incident(make_organization())
    assert "1 incident" in member.get("/acme/late").content.decode()


@here
def test_person_who_left_is_outside_at_once(member: Client) -> None:
    assert member.get("/acme/scope").status_code == 200
    make_member(make_organization("beta"))
    Membership.objects.filter(organization__slug="acme").delete()
    assert member.get("/acme/scope").status_code == 404


@here
@pytest.mark.parametrize(
    "address", ["/beta/denied", "/beta/scope", "/nowhere/scope", "/beta/", "/beta/settings/"]
)
def test_other_organizations_are_not_found(member: Client, address: str) -> None:
    make_organization("beta")
    answer = member.get(address)
    assert answer.status_code == 404
    assert "beta" not in answer.content.decode().lower()


@here
def test_stranger_without_session_is_sent_to_the_door_whatever_the_address(
    client: Client, organization: Organization
) -> None:
    for address in ("/acme/scope", "/nowhere/scope"):
        assert client.get(address)["Location"] == f"/sign-in/?next={address}"


@pytest.mark.parametrize(
    "address",
    ["incidents/%00/", "reviews/INC%00/", "reviews/%00/publication/", "action-items/INC%00/1/"],
)
def test_address_with_a_nul_byte_is_no_page(member: Client, address: str) -> None:
    assert member.get(f"/acme/{address}").status_code == 404


def test_address_of_a_button_leads_back_to_its_page(member: Client) -> None:
    answer = member.get("/acme/reviews/INC-2018-0042/submit/")
    assert answer.status_code == 405
    assert 'href="/acme/reviews/INC-2018-0042/"' in answer.content.decode()


@here
def test_page_is_kept_by_nobody_between_and_asked_for_again(member: Client) -> None:
    assert member.get("/acme/scope")["Cache-Control"] == "private, no-cache"


def test_page_that_says_more_about_its_keeping_is_left_to_it(member: Client) -> None:
    assert "no-store" in member.get("/acme/notices/")["Cache-Control"]
