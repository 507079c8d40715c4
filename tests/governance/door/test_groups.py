"""The screen on which groups of single sign-on get their meaning."""

from __future__ import annotations

import pytest
from django.test import Client
from django_scopes import scope
from pytest_django import Settings

from config import env
from config.settings.door import door
from governance.enums import Role
from governance.models import AuditEntry, GroupRole, Organization
from tests.factories import make_member, make_organization

ADDRESS = "/acme/settings/groups/"
SENT = {"provider": "oidc", "group": " sre ", "role": "sre_lead"}


@pytest.fixture
def acme(db: None) -> Organization:
    return make_organization("acme")


@pytest.fixture
def ada(client: Client, acme: Organization) -> Client:
    client.force_login(make_member(acme, Role.ADMINISTRATOR))
    return client


@pytest.fixture
def okta(settings: Settings) -> None:
    environment = env.load(
        {
            "AFTERWORD_OIDC_URL": "https://okta.example.test",
            "AFTERWORD_OIDC_CLIENT_ID": "afterword",
            "AFTERWORD_OIDC_NAME": "Okta",
        }
    )
    settings.SOCIALACCOUNT_PROVIDERS = door(environment)["SOCIALACCOUNT_PROVIDERS"]


def test_group_is_mapped_and_unmapped(ada: Client, acme: Organization, okta: None) -> None:
    page = ada.post(ADDRESS, SENT, follow=True).content.decode()
    assert "sre gives the role SRE lead from now on." in page
    assert "of Okta gives SRE lead" in page
    with scope(organization=acme):
        row = GroupRole.objects.get()
    page = ada.post(f"{ADDRESS}{row.pk}/remove/", follow=True).content.decode()
    assert "sre gives no role any more" in page
    with scope(organization=acme):
        assert not GroupRole.objects.exists()
        actions = list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))
    assert actions == ["group.mapped", "group.unmapped"]


def test_group_is_mapped_once(ada: Client, acme: Organization, okta: None) -> None:
    ada.post(ADDRESS, SENT)
    answer = ada.post(ADDRESS, SENT)
    assert answer.status_code == 422
    assert "sre gives this role already." in answer.content.decode()


def test_provider_that_does_not_exist_is_refused(ada: Client, acme: Organization, okta: None) -> None:
    assert ada.post(ADDRESS, {**SENT, "provider": "saml"}).status_code == 422


def test_without_single_sign_on_the_page_says_what_to_do(ada: Client, acme: Organization) -> None:
    assert "AFTERWORD_OIDC_URL" in ada.get(ADDRESS).content.decode()
    assert ada.post(ADDRESS, SENT).status_code == 422


def test_mapping_of_another_organization_is_not_found(ada: Client, acme: Organization, okta: None) -> None:
    other = make_organization("beta")
    with scope(organization=other):
        row = GroupRole(organization=other, provider="oidc", group="sre", role=Role.RESPONDER)
        row.save()
    assert ada.post(f"{ADDRESS}{row.pk}/remove/").status_code == 404
    with scope(organization=other):
        assert GroupRole.objects.exists()
