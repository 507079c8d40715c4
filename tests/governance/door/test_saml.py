"""Single sign-on by SAML: responses are made and signed here, as an identity provider would."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django_scopes import scope
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Saml
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils
from pytest_django import Settings

from config import env
from config.settings.door import door
from governance.access import roles_of
from governance.enums import Role
from governance.models import GroupRole, User
from tests.factories import make_organization

BACK = "http://testserver/sign-in/saml/company/back/"
WE = "http://testserver/sign-in/saml/company/metadata/"
THEY = "https://idp.example.test/saml"
METADATA = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{they}">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
      <X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
      Location="https://idp.example.test/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>"""
RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
  xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0" IssueInstant="{now}"
  Destination="{back}" InResponseTo="{question}"><saml:Issuer>{they}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
  {assertion}</samlp:Response>"""
ASSERTION = """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  ID="_a1" Version="2.0" IssueInstant="{now}"><saml:Issuer>{they}</saml:Issuer>
  <saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">u-1</saml:NameID>
    <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
      <saml:SubjectConfirmationData NotOnOrAfter="{later}" Recipient="{back}" InResponseTo="{question}"/>
    </saml:SubjectConfirmation></saml:Subject>
  <saml:Conditions NotBefore="{before}" NotOnOrAfter="{later}">
    <saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>
  </saml:Conditions>
  <saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext><saml:AuthnContextClassRef>
    urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>
  </saml:AuthnStatement>
  <saml:AttributeStatement>
    <saml:Attribute Name="mail"><saml:AttributeValue xsi:type="xs:string">{email}</saml:AttributeValue>
    </saml:Attribute>
    <saml:Attribute Name="groups">{groups}</saml:Attribute>
  </saml:AttributeStatement></saml:Assertion>"""


class Idp:
    """An identity provider with a key and a certificate of its own."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.test")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ).decode()
        self.email, self.groups, self.audience = "mara@example.test", ["sre"], WE

    @property
    def metadata(self) -> str:
        lines = self.certificate.strip().splitlines()[1:-1]
        return METADATA.format(they=THEY, certificate="".join(lines))

    def response(self, question: str, *, age: timedelta = timedelta()) -> str:
        """A response to a question, its assertion signed."""
        now = datetime.now(UTC) - age
        words = {
            "they": THEY,
            "back": BACK,
            "question": question,
            "audience": self.audience,
            "email": self.email,
            "groups": "".join(f"<saml:AttributeValue>{group}</saml:AttributeValue>" for group in self.groups),
            "now": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "before": f"{now - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}",
            "later": f"{now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
        }
        signed = Utils.add_sign(
            ASSERTION.format(**words), self.key, self.certificate, False, Saml.RSA_SHA256, Saml.SHA256
        )
        return RESPONSE.format(**words, assertion=signed.decode())


def _browser() -> Client:
    """A browser that names the host it asks, as all do; what a response is for hangs on it."""
    return Client(HTTP_HOST="testserver")


@pytest.fixture
def client() -> Client:
    return _browser()


@pytest.fixture(scope="module")
def made() -> Idp:
    return Idp()


@pytest.fixture
def idp(made: Idp, settings: Settings, tmp_path: Path) -> Idp:
    made.email, made.groups, made.audience = "mara@example.test", ["sre"], WE
    path = tmp_path / "idp.xml"
    path.write_text(made.metadata)
    environment = env.load({"AFTERWORD_SAML_METADATA": str(path), "AFTERWORD_SAML_NAME": "Entra"})
    settings.SOCIALACCOUNT_PROVIDERS = door(environment)["SOCIALACCOUNT_PROVIDERS"]
    return made


def _ask(client: Client) -> str:
    """Set out for the identity provider; the id of the question that it is asked."""
    sent = client.get("/sign-in/saml/company/?process=login")
    assert sent["Location"].startswith("https://idp.example.test/sso?")
    packed = parse_qs(urlsplit(sent["Location"]).query)["SAMLRequest"][0]
    return ElementTree.fromstring(zlib.decompress(base64.b64decode(packed), -15)).attrib["ID"]


def _come_back(client: Client, response: str) -> Any:
    sent = client.post(
        "/sign-in/saml/company/back/", {"SAMLResponse": base64.b64encode(response.encode()).decode()}
    )
    assert sent["Location"] == "/sign-in/saml/company/back/done/"
    return client.get(sent["Location"])


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_known_address_comes_in(client: Client, mara: User, idp: Idp) -> None:
    assert "Sign in with Entra" in client.get("/sign-in/").content.decode()
    answer = _come_back(client, idp.response(_ask(client)))
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"] == str(mara.pk)


def test_stranger_comes_in_by_a_mapped_group(client: Client, db: None, idp: Idp) -> None:
    organization = make_organization("acme")
    with scope(organization=organization):
        GroupRole(organization=organization, provider="saml", group="sre", role=Role.SRE_LEAD).save()
    _come_back(client, idp.response(_ask(client)))
    assert roles_of(User.objects.get(email=idp.email), organization.pk) == {Role.SRE_LEAD}
    client.post("/sign-out/")
    idp.email, idp.groups = "other@example.test", ["sales"]
    question = _ask(client)
    assert _come_back(client, idp.response(question)).status_code in {302, 403}
    assert not User.objects.filter(email="other@example.test").exists()


@pytest.mark.parametrize("changed", ["mara@", "_a1"])
def test_response_that_was_changed_is_refused(client: Client, mara: User, idp: Idp, changed: str) -> None:
    idp.email = "jon@example.test"
    response = idp.response(_ask(client))
    swap = {"mara@": ("jon@example", "mara@example"), "_a1": ('ID="_a1"', 'ID="_a2"')}[changed]
    assert swap[0] in response
    assert _come_back(client, response.replace(*swap)).status_code == 401
    assert not _is_in(client)


def test_response_without_a_signature_is_refused(client: Client, mara: User, idp: Idp) -> None:
    response = idp.response(_ask(client))
    start, end = response.index("<ds:Signature"), response.index("</ds:Signature>") + len("</ds:Signature>")
    assert _come_back(client, response[:start] + response[end:]).status_code == 401
    assert not _is_in(client)


def test_response_signed_by_somebody_else_is_refused(client: Client, mara: User, idp: Idp) -> None:
    assert _come_back(client, Idp().response(_ask(client))).status_code == 401
    assert not _is_in(client)


def test_response_is_taken_once(client: Client, mara: User, idp: Idp) -> None:
    response = idp.response(_ask(client))
    assert _come_back(client, response).status_code == 302
    client.post("/sign-out/")
    assert _come_back(client, response).status_code in {401, 403}
    assert not _is_in(client)


def test_response_that_nobody_asked_for_is_refused(client: Client, mara: User, idp: Idp) -> None:
    assert _come_back(client, idp.response("_nobody")).status_code in {401, 403}
    assert not _is_in(client)


def test_response_to_another_browser_is_refused(client: Client, mara: User, idp: Idp) -> None:
    response = idp.response(_ask(_browser()))
    assert _come_back(client, response).status_code in {401, 403}
    assert not _is_in(client)


def test_old_response_and_one_for_others_are_refused(client: Client, mara: User, idp: Idp) -> None:
    assert _come_back(client, idp.response(_ask(client), age=timedelta(hours=1))).status_code == 401
    idp.audience = "https://somebody.example/"
    assert _come_back(client, idp.response(_ask(client))).status_code == 401
    assert not _is_in(client)


def test_metadata_of_ours_says_where_to_send_responses(client: Client, db: None, idp: Idp) -> None:
    described = client.get("/sign-in/saml/company/metadata/").content.decode()
    assert f'Location="{BACK}"' in described
    assert "SingleLogoutService" not in described
    assert client.get("/sign-in/saml/company/out/").status_code == 404


def test_file_that_is_no_metadata_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "idp.xml"
    path.write_text("<html/>")
    with pytest.raises(ImproperlyConfigured, match="no metadata of an identity provider"):
        door(env.load({"AFTERWORD_SAML_METADATA": str(path)}))
