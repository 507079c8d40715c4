"""Messages of Amazon SNS, signed here with a key of our own."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from incidents.hooks.sns import canonical, certificate_address, certificate_name, confirmation_address, verify

NAME = "SimpleNotificationService-0123456789abcdef.pem"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
DIGESTS: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


CERTIFICATES = {NAME: _certificate(KEY)}


def message(version: str = "2", **other: Any) -> dict[str, Any]:
    """A notification, signed after ``other`` has been put in."""
    made: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Subject": "ALARM: checkout-5xx",
        "Message": "It is broken — truly",
        "Timestamp": "2026-03-01T12:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": f"https://sns.eu-west-1.amazonaws.com/{NAME}",
        **other,
    }
    signed = KEY.sign(canonical(made) or b"", padding.PKCS1v15(), DIGESTS[version])
    return {**made, "Signature": base64.b64encode(signed).decode()}


@pytest.mark.parametrize("version", ["1", "2"])
def test_signed_notification_is_believed(version: str) -> None:
    assert verify(message(version), CERTIFICATES)


def test_canonical_text_has_each_field_and_its_value_on_lines_of_their_own() -> None:
    assert (canonical(message()) or b"").decode() == (
        "Message\nIt is broken — truly\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\nSubject\nALARM: checkout-5xx\n"
        f"Timestamp\n2026-03-01T12:00:00.000Z\nTopicArn\n{TOPIC}\nType\nNotification\n"
    )


def test_notification_without_subject_is_believed() -> None:
    assert verify(message(Subject=None), CERTIFICATES)


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_handshake_is_signed_over_its_token_and_address(kind: str) -> None:
    asked = message(Type=kind, Token="2336412f37", SubscribeURL="https://sns.eu-west-1.amazonaws.com/?x")
    assert verify(asked, CERTIFICATES)
    assert not verify({**asked, "Token": "another"}, CERTIFICATES)
    assert not verify({**asked, "SubscribeURL": "https://evil.example/"}, CERTIFICATES)


@pytest.mark.parametrize("field", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Signature"])
@pytest.mark.parametrize("value", ["changed", None, 7, ["x"], "\ud800"])
def test_changed_field_is_not_believed(field: str, value: Any) -> None:
    assert not verify({**message(), field: value}, CERTIFICATES)


def test_signature_of_another_key_is_not_believed() -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert not verify(message(), {NAME: _certificate(other)})


@pytest.mark.parametrize("version", ["1", "3", "", None, 2])
def test_signature_of_another_version_is_not_believed(version: Any) -> None:
    assert not verify({**message(), "SignatureVersion": version}, CERTIFICATES)


@pytest.mark.parametrize(
    "stored", [{}, {NAME: ""}, {NAME: "no certificate"}, {"other.pem": CERTIFICATES[NAME]}]
)
def test_certificate_that_is_not_stored_is_never_replaced(stored: dict[str, str]) -> None:
    assert not verify(message(), stored)


@pytest.mark.parametrize(
    "address",
    [
        f"http://sns.eu-west-1.amazonaws.com/{NAME}",
        f"https://sns.eu-west-1.amazonaws.com.evil.example/{NAME}",
        f"https://evil.example/{NAME}",
        f"https://sns.eu-west-1.amazonaws.com@evil.example/{NAME}",
        f"https://sns.eu-west-1.amazonaws.com:8443/{NAME}",
        f"https://s3.eu-west-1.amazonaws.com/{NAME}",
        f"https://sns.eu-west-1.amazonaws.com/bucket/{NAME}",
        f"https://sns.eu-west-1.amazonaws.com/../{NAME}",
        f"https://sns.eu-west-1.amazonaws.com/{NAME}?x=1",
        "https://[::1",
        "",
    ],
)
def test_address_of_another_host_is_refused(address: str) -> None:
    assert certificate_name(address) == ""
    assert not verify(message(SigningCertURL=address), CERTIFICATES)


@pytest.mark.parametrize(
    "ending", ["eu-west-1.amazonaws.com", "us-gov-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn"]
)
def test_amazons_hosts_are_known(ending: str) -> None:
    assert certificate_name(f"https://sns.{ending}/{NAME}") == NAME


def test_addresses_are_built_from_checked_parts() -> None:
    assert certificate_address("eu-west-1", NAME) == f"https://sns.eu-west-1.amazonaws.com/{NAME}"
    assert certificate_address("cn-north-1", NAME).startswith("https://sns.cn-north-1.amazonaws.com.cn/")
    assert confirmation_address(TOPIC, "2336412f") == (
        "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
        "&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aalarms&Token=2336412f"
    )


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("evil.example/", NAME),
        ("", NAME),
        ("eu-west-1\n", NAME),
        ("eu-west-1", "../x.pem"),
        ("eu-west-1", "x.txt"),
    ],
)
def test_certificate_of_odd_parts_has_no_address(region: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"It looks like eu-west-1|Copy the last part"):
        certificate_address(region, name)


@pytest.mark.parametrize(
    ("topic", "token", "told"),
    [
        ("arn:aws:sns:evil.example:123456789012:a", "a1", "no topic's ARN"),
        ("arn:aws:sns:a:123456789012:a", "a1", "no AWS region"),
        ("arn:aws:sqs:eu-west-1:123456789012:a", "a1", "no topic's ARN"),
        (TOPIC, "a&b=c", "no token"),
        (TOPIC, "", "no token"),
    ],
)
def test_subscription_of_odd_parts_is_not_confirmed(topic: str, token: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        confirmation_address(topic, token)


@given(
    st.dictionaries(
        st.sampled_from(sorted(message())), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_no_mutation_raises_or_is_believed(changes: dict[str, Any]) -> None:
    original = message()
    changed = {**original, **changes}
    # A number in place of a text is another message, even when it prints the same; only no change stays believed.
    assert verify(changed, CERTIFICATES) == (changed == original)
