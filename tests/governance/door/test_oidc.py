"""Single sign-on by OpenID Connect, against a provider on this machine that can also lie."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpRequest
from django.test import Client
from django_scopes import scope
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Response

from config import env
from config.settings.door import door
from governance.access import roles_of
from governance.enums import Role
from governance.models import AuditEntry, GroupRole, Organization, User
from tests.factories import PASSWORD, make_member, make_organization

KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
BACK = "/sign-in/oidc/oidc/back/"


def _json(value: dict[str, Any]) -> Response:
    return Response(json.dumps(value), content_type="application/json")


class Provider:
    """A provider of identities; ``person`` is who signs in there, ``lies`` is what its token says wrongly."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.issuer = server.url_for("").rstrip("/")
        self.person: dict[str, Any] = {
            "sub": "u-1",
            "email": "Mara@Example.test",
            "email_verified": True,
            "name": "Mara Okafor",
            "groups": [],
        }
        self.lies: dict[str, Any] = {}
        self.key, self.kid, self.token = KEY, "k1", ""

    def serve(self) -> None:
        places = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "keys",
        }
        document = {name: self.server.url_for(f"/{path}") for name, path in places.items()}
        self.server.expect_request("/.well-known/openid-configuration").respond_with_json(
            {"issuer": self.issuer, **document}
        )
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        self.server.expect_request("/keys").respond_with_json(
            {"keys": [{**key, "kid": "k1", "alg": "RS256", "use": "sig"}]}
        )
        self.server.expect_request("/token").respond_with_handler(
            lambda _request: _json({"access_token": "secret", "id_token": self.token})
        )
        self.server.expect_request("/userinfo").respond_with_handler(lambda _request: _json(self.person))

    def answer(self, nonce: str) -> None:
        """Have a token ready for whoever asked with this nonce."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "afterword",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.person,
            **self.lies,
        }
        self.token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.kid})


@pytest.fixture
def provider(httpserver: HTTPServer, settings: Settings) -> Provider:
    provider = Provider(httpserver)
    provider.serve()
    environment = env.load(
        {
            "AFTERWORD_OIDC_URL": provider.issuer,
            "AFTERWORD_OIDC_CLIENT_ID": "afterword",
            "AFTERWORD_OIDC_CLIENT_SECRET": "a secret",
            "AFTERWORD_OIDC_NAME": "Okta",
        }
    )
    settings.SOCIALACCOUNT_PROVIDERS = door(environment)["SOCIALACCOUNT_PROVIDERS"]
    return provider


@pytest.fixture
def acme(db: None) -> Organization:
    """An organization in which the group ``sre`` are SRE leads and ``ops`` responders."""
    organization = make_organization("acme")
    make_member(organization, Role.ADMINISTRATOR)
    with scope(organization=organization):
        for group, role in (("sre", Role.SRE_LEAD), ("ops", Role.RESPONDER)):
            GroupRole(organization=organization, provider="oidc", group=group, role=role).save()
    return organization


def _go(client: Client, provider: Provider, address: str = "/sign-in/oidc/oidc/?process=login") -> Any:
    """To the provider and back; the answer of the way back."""
    sent = client.get(address)
    assert sent.status_code == 302, sent.content
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    provider.answer(asked["nonce"])
    return client.get(BACK, {"code": "c", "state": asked["state"]})


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_button_stands_on_the_page_and_keeps_the_way(client: Client, mara: User, provider: Provider) -> None:
    page = client.get("/sign-in/?next=/acme/incidents/").content.decode()
    assert "Sign in with Okta" in page
    answer = _go(client, provider, "/sign-in/oidc/oidc/?process=login&next=%2Facme%2Fincidents%2F")
    assert answer["Location"] == "/acme/incidents/"


def test_known_address_comes_in_with_the_roles_it_has(client: Client, mara: User, provider: Provider) -> None:
    assert _go(client, provider)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(mara.pk)
    mara.refresh_from_db()
    assert mara.check_password(PASSWORD)
    assert SocialAccount.objects.get(user=mara).provider == "oidc"


def test_unverified_address_matches_nobody(client: Client, mara: User, provider: Provider) -> None:
    provider.person["email_verified"] = False
    answer = _go(client, provider)
    assert answer.status_code == 403
    assert "no verified address" in answer.content.decode()
    assert not _is_in(client)


def test_second_time_the_account_there_decides_not_the_address(
    client: Client, mara: User, provider: Provider
) -> None:
    _go(client, provider)
    client.post("/sign-out/")
    provider.person |= {"email": "mara.renamed@example.test", "email_verified": False}
    _go(client, provider)
    assert client.session["_auth_user_id"] == str(mara.pk)
    assert User.objects.count() == 1


@pytest.mark.parametrize("groups", [[], ["sales"], None])
def test_stranger_without_a_mapped_group_stays_outside(
    client: Client, acme: Organization, provider: Provider, groups: list[str] | None
) -> None:
    provider.person["groups"] = groups
    if groups is None:
        del provider.person["groups"]
    answer = _go(client, provider)
    assert answer.status_code == 403
    assert "belongs to no organization here" in answer.content.decode()
    assert not User.objects.filter(email="mara@example.test").exists()
    assert not _is_in(client)


def test_stranger_with_a_mapped_group_gets_an_account_and_its_role(
    client: Client, acme: Organization, provider: Provider
) -> None:
    provider.person["groups"] = ["sre", "sales"]
    assert _go(client, provider)["Location"] == "/"
    user = User.objects.get(email="mara@example.test")
    assert (user.name, user.has_usable_password()) == ("Mara Okafor", False)
    assert roles_of(user, acme.pk) == {Role.SRE_LEAD}
    with scope(organization=acme):
        assert "member.roles_followed_groups" in AuditEntry.objects.values_list("action", flat=True)


def test_roles_follow_the_groups_at_every_sign_in(
    client: Client, acme: Organization, provider: Provider
) -> None:
    expected = [
        (["sre"], {Role.SRE_LEAD}),
        (["sre", "ops"], {Role.SRE_LEAD, Role.RESPONDER}),
        (["ops"], {Role.RESPONDER}),
        ([], set()),
    ]
    for groups, roles in expected:
        provider.person["groups"] = groups
        _go(client, provider)
        user = User.objects.get(email="mara@example.test")
        assert roles_of(user, acme.pk) == roles
        client.post("/sign-out/")


def test_provider_that_says_nothing_of_groups_changes_no_role(
    client: Client, acme: Organization, provider: Provider
) -> None:
    user = make_member(acme, Role.AUDITOR, email="mara@example.test")
    del provider.person["groups"]
    _go(client, provider)
    assert roles_of(User.objects.get(pk=user.pk), acme.pk) == {Role.AUDITOR}


def test_last_administrator_stays_one(client: Client, acme: Organization, provider: Provider) -> None:
    User.objects.all().delete()
    user = make_member(acme, Role.ADMINISTRATOR, email="mara@example.test")
    provider.person["groups"] = ["ops"]
    _go(client, provider)
    assert roles_of(User.objects.get(pk=user.pk), acme.pk) == {Role.ADMINISTRATOR, Role.RESPONDER}


def test_organization_without_mappings_keeps_its_roles(
    client: Client, mara: User, acme_too: Organization, provider: Provider
) -> None:
    provider.person["groups"] = ["sre"]
    _go(client, provider)
    here = mara.memberships.exclude(organization=acme_too).get()
    assert here.role == Role.RESPONDER
    assert roles_of(mara, acme_too.pk) == {Role.SRE_LEAD}


@pytest.fixture
def acme_too(mara: User) -> Organization:
    """Another organization than Mara's, with a mapping."""
    organization = make_organization("beta")
    with scope(organization=organization):
        GroupRole(organization=organization, provider="oidc", group="sre", role=Role.SRE_LEAD).save()
    return organization


@pytest.mark.parametrize("closed", [{"is_active": False}, {"is_service": True}])
def test_closed_account_and_program_stay_outside(
    client: Client, mara: User, provider: Provider, closed: dict[str, bool]
) -> None:
    User.objects.filter(pk=mara.pk).update(**closed)
    assert _go(client, provider).status_code == 403
    assert not _is_in(client)


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"aud": "somebody else"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": "u-2"},
    ],
    ids=lambda lies: next(iter(lies)),
)
def test_token_that_is_not_for_us_is_refused(
    client: Client, mara: User, provider: Provider, lies: dict[str, Any]
) -> None:
    provider.lies = lies
    assert _go(client, provider).status_code == 401
    assert not _is_in(client)


@pytest.mark.parametrize("kid", ["k1", "k2"])
def test_token_signed_by_another_key_is_refused(
    client: Client, mara: User, provider: Provider, kid: str
) -> None:
    provider.key, provider.kid = OTHER_KEY, kid
    assert _go(client, provider).status_code == 401
    assert not _is_in(client)


def test_token_without_a_signature_is_refused(client: Client, mara: User, provider: Provider) -> None:
    sent = client.get("/sign-in/oidc/oidc/?process=login")
    asked = parse_qs(urlsplit(sent["Location"]).query)
    now = int(time.time())
    claims = {"iss": provider.issuer, "aud": "afterword", "iat": now, "exp": now + 60, **provider.person}
    provider.token = jwt.encode(
        {**claims, "nonce": asked["nonce"][0]}, "", algorithm="none", headers={"kid": "k1"}
    )
    assert client.get(BACK, {"code": "c", "state": asked["state"][0]}).status_code == 401
    assert not _is_in(client)


def test_answer_is_taken_once_and_only_by_the_browser_that_asked(
    client: Client, mara: User, provider: Provider
) -> None:
    sent = client.get("/sign-in/oidc/oidc/?process=login")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}
    provider.answer(asked["nonce"])
    back = {"code": "c", "state": asked["state"]}
    stranger = Client()
    assert stranger.get(BACK, back).status_code == 401
    assert client.get(BACK, back).status_code == 302
    client.post("/sign-out/")
    assert client.get(BACK, back).status_code == 401
    assert not _is_in(client)


def test_provider_that_is_down_meets_a_sentence(client: Client, mara: User, provider: Provider) -> None:
    provider.server.clear()
    provider.server.expect_request("/.well-known/openid-configuration").respond_with_data("", status=500)
    answer = client.get("/sign-in/oidc/oidc/?process=login")
    assert answer.status_code == 401
    assert "Signing in with Okta did not work" in answer.content.decode()


def test_nobody_joins_accounts_by_hand(client: Client, mara: User, provider: Provider) -> None:
    client.force_login(mara)
    assert _go(client, provider, "/sign-in/oidc/oidc/?process=connect").status_code == 403
    assert not SocialAccount.objects.exists()


def test_unknown_provider_is_not_found(client: Client, mara: User, provider: Provider) -> None:
    assert client.get("/sign-in/oidc/other/").status_code == 404


def test_method_names_the_provider(client: Client, mara: User, provider: Provider, rf: Any) -> None:
    from governance.authentication import method_of

    _go(client, provider)
    request: HttpRequest = rf.get("/")
    request.session, request.user = client.session, mara
    assert method_of(request) == "single sign-on (Okta)"
