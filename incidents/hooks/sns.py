"""Amazon SNS: whether a message was signed by Amazon, and the two addresses that belong to a topic.

Nothing here fetches anything, and no address that a message carries is ever used as one: of ``SigningCertURL`` only the
file name counts, to choose among certificates that an operator stored; ``SubscribeURL`` is not looked at.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,150}\.pem")
_TOPIC = re.compile(
    r"arn:aws(?:-cn|-us-gov)?:sns:(?P<region>[a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?"
)
_TOKEN = re.compile(r"[A-Za-z0-9]{1,1000}")
_HOST = re.compile(r"sns\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_HANDSHAKE = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    "Notification": _NOTIFICATION,
    "SubscriptionConfirmation": _HANDSHAKE,
    "UnsubscribeConfirmation": _HANDSHAKE,
}
_OPTIONAL = "Subject"


def verify(message: Mapping[str, Any], certificates: Mapping[str, str]) -> bool:
    """Whether the message's signature was made with the certificate that it names.

    ``certificates`` are PEM texts by the name of their file, such as ``SimpleNotificationService-0123abcd.pem``. False
    for everything that is not as it should be: another host, a name that is not stored, a field of another type.
    """
    signed = canonical(message)
    digest = _DIGESTS.get(_text(message, "SignatureVersion"))
    key = _public_key(certificates.get(certificate_name(_text(message, "SigningCertURL")), ""))
    if signed is None or digest is None or key is None:
        return False
    try:
        signature = base64.b64decode(_text(message, "Signature"), validate=True)
        key.verify(signature, signed, PKCS1v15(), digest())
    except (binascii.Error, ValueError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def canonical(message: Mapping[str, Any]) -> bytes | None:
    """The bytes that Amazon signs: each field's name and value on lines of their own; ``None`` when one is missing."""
    names = _SIGNED.get(_text(message, "Type"))
    if names is None:
        return None
    present = [name for name in names if not (name == _OPTIONAL and message.get(name) is None)]
    if not all(isinstance(message.get(name), str) for name in present):
        return None
    try:
        return "".join(f"{name}\n{message[name]}\n" for name in present).encode()
    except UnicodeEncodeError:
        return None


def certificate_name(address: str) -> str:
    """The file's name in ``SigningCertURL``; empty unless the address is one of Amazon's for certificates."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host, name = _HOST.fullmatch(parts.netloc), parts.path.removeprefix("/")
    proper = parts.scheme == "https" and host and _REGION.fullmatch(host["region"]) and _NAME.fullmatch(name)
    return name if proper and not parts.query and not parts.fragment else ""


def certificate_address(region: str, name: str) -> str:
    """Where Amazon publishes a signing certificate; raises ``ValueError`` for a region or a name of another form."""
    if not _NAME.fullmatch(name):
        raise ValueError(
            "This is no name of a certificate. Copy the last part of SigningCertURL, such as "
            "SimpleNotificationService-9c6465fa7f48f5cacd23014631ec1136.pem."
        )
    return f"{_service(region)}/{name}"


def confirmation_address(topic_arn: str, token: str) -> str:
    """Where a subscription is confirmed, made from the configured topic; raises ``ValueError`` for anything odd."""
    topic = _TOPIC.fullmatch(topic_arn)
    if topic is None:
        raise ValueError(
            "This is no topic's ARN. Copy it from the SNS console; it looks like "
            "arn:aws:sns:eu-west-1:123456789012:alarms."
        )
    if not _TOKEN.fullmatch(token):
        raise ValueError(
            "The message carries no token of Amazon's form. Ask SNS to send the confirmation again."
        )
    asked = {"Action": "ConfirmSubscription", "TopicArn": topic_arn, "Token": token}
    return f"{_service(topic['region'])}/?{urlencode(asked)}"


def _service(region: str) -> str:
    """The address of SNS in a region; China has a top-level domain of its own."""
    if not _REGION.fullmatch(region):
        raise ValueError("This is no AWS region. It looks like eu-west-1.")
    return f"https://sns.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def _public_key(pem: str) -> RSAPublicKey | None:
    try:
        key = x509.load_pem_x509_certificate(pem.encode(errors="replace")).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None


def _text(message: Mapping[str, Any], key: str) -> str:
    value = message.get(key)
    return value if isinstance(value, str) else ""
