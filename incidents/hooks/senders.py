"""Every kind of sender with the proof that it offers and what its operator must type."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from incidents.enums import HookKind, SourceKind
from incidents.hooks import sns
from incidents.hooks.base import (
    Delivery,
    Refused,
    Sender,
    bearer_or_basic,
    either,
    fresh,
    hex_mac,
    same,
    signed,
    signed_with_time,
)

_GRAFANA = "x-grafana-alerting-signature"
_TIMED = signed_with_time("x-afterword-signature", "sha256=", "x-afterword-timestamp", "{time}.")
_OURS = either(_TIMED, bearer_or_basic)


def _grafana(delivery: Delivery, secrets: Sequence[str], options: Mapping[str, Any]) -> None:
    """Grafana signs the body, or the time and the body when its contact point names a header for the time."""
    header = str(options.get("timestamp_header") or "").lower()
    data = fresh(delivery, header).encode() + b":" + delivery.body if header else delivery.body
    given = delivery.headers.get(_GRAFANA, "").strip().lower()
    if not given:
        raise Refused(f"Its header {_GRAFANA} is missing: set the HMAC secret in the contact point.")
    if not any(same(given, hex_mac(secret, data)) for secret in secrets):
        raise Refused("Its signature was not made with this address's secret.")


def _api_key(delivery: Delivery, secrets: Sequence[str], options: Mapping[str, Any]) -> None:
    """EventBridge sends the key of its connection in a header that its operator names."""
    given = delivery.headers.get(str(options.get("key_header") or "x-api-key").lower(), "")
    if not given or not any(same(given, secret) for secret in secrets):
        raise Refused("Its API key is missing or another one.")


def _key_in_address(delivery: Delivery, secrets: Sequence[str], _options: Mapping[str, Any]) -> None:
    """For senders that can sign nothing: the secret stands in the address that only they were given."""
    given = delivery.query.get("key", "")
    if not given or not any(same(given, secret) for secret in secrets):
        raise Refused("The key at the end of the address is missing or another one.")


def _topic(delivery: Delivery, _secrets: Sequence[str], options: Mapping[str, Any]) -> None:
    """A message of the topic that was named here, signed by Amazon with a certificate that is stored here."""
    try:
        message = orjson.loads(delivery.body)
    except orjson.JSONDecodeError as error:
        raise Refused("It is no JSON.") from error
    wanted = str(options.get("topic_arn") or "")
    if not isinstance(message, dict) or not wanted:
        raise Refused("It is no SNS message, or no topic is named for this address.")
    topic = message.get("TopicArn")
    if not isinstance(topic, str) or not hmac.compare_digest(topic.encode(errors="replace"), wanted.encode()):
        raise Refused("It comes from another topic than the one named here.")
    if not sns.verify(message, options.get("certificates") or {}):
        raise Refused(
            "Its signature does not fit a stored certificate. Store the topic's current signing certificate."
        )


def _challenge(delivery: Delivery) -> dict[str, str] | None:
    """Slack asks once, when the address is typed in, for the challenge to be sent back."""
    if b"url_verification" not in delivery.body:
        return None
    try:
        asked = orjson.loads(delivery.body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(asked, dict) or asked.get("type") != "url_verification":
        return None
    challenge = asked.get("challenge")
    return {"challenge": challenge} if isinstance(challenge, str) else None


SENDERS: dict[HookKind, Sender] = {
    sender.kind: sender
    for sender in (
        Sender(
            HookKind.PAGERDUTY,
            SourceKind.PAGERDUTY,
            signed("x-pagerduty-signature", "v1="),
            "In PagerDuty, open Integrations, Generic Webhooks (v3), add one with this address, and copy the secret "
            "that PagerDuty shows once into the field below.",
            "Webhook secret",
            id_header="x-webhook-id",
            secret_from_them=True,
        ),
        Sender(
            HookKind.ALERTMANAGER,
            SourceKind.ALERTMANAGER,
            bearer_or_basic,
            "In alertmanager.yml, add a receiver with webhook_configs: url is this address, and under "
            "http_config.authorization set credentials to the secret.",
            "Bearer token",
        ),
        Sender(
            HookKind.GRAFANA,
            SourceKind.GRAFANA,
            either(_grafana, bearer_or_basic),
            "In Grafana, add a contact point of the type Webhook with this address, and set the secret under HMAC "
            "signature.",
            "HMAC secret",
            options=(
                (
                    "timestamp_header",
                    "Timestamp header",
                    "The name set in Grafana under HMAC signature; leave it empty when none is set.",
                ),
            ),
        ),
        Sender(
            HookKind.AWS_SNS,
            SourceKind.AWS,
            _topic,
            "Subscribe this address to the topic with the protocol HTTPS. Raw message delivery stays off, since the "
            "envelope carries the signature.",
            "No secret",
            id_header="x-amz-sns-message-id",
            kept=("x-amz-sns-message-type",),
            options=(
                ("topic_arn", "Topic ARN", "Such as arn:aws:sns:eu-west-1:123456789012:alarms."),
                (
                    "certificate",
                    "Signing certificate",
                    "The PEM file that the topic's region signs with; its name stands in SigningCertURL.",
                ),
                (
                    "certificate_name",
                    "Name of the certificate",
                    "Such as SimpleNotificationService-9c6465fa7f48f5cacd23014631ec1136.pem.",
                ),
            ),
            needs_no_secret=True,
        ),
        Sender(
            HookKind.AWS_EVENTBRIDGE,
            SourceKind.AWS,
            either(_api_key, bearer_or_basic),
            "In EventBridge, make a connection with an API key (name x-api-key, value the secret) and an API "
            "destination with this address.",
            "API key",
            options=(("key_header", "Header of the key", "x-api-key unless your connection names another."),),
        ),
        Sender(
            HookKind.OPSGENIE,
            SourceKind.OPSGENIE,
            bearer_or_basic,
            "In Opsgenie, add a Webhook integration with this address and the custom header Authorization: Bearer "
            "followed by the secret.",
            "Bearer token",
        ),
        Sender(
            HookKind.SLACK,
            SourceKind.SLACK,
            signed_with_time("x-slack-signature", "v0=", "x-slack-request-timestamp", "v0:{time}:"),
            "In Slack, create the app from the manifest below, and copy its signing secret into the field below.",
            "Signing secret",
            kept=("x-slack-retry-num", "x-slack-retry-reason"),
            answer=_challenge,
            secret_from_them=True,
        ),
        Sender(
            HookKind.GITHUB,
            SourceKind.GITHUB,
            signed("x-hub-signature-256", "sha256="),
            "In the repository or organization, add a webhook with this address, the content type application/json and "
            "the secret; choose deployments, deployment statuses, releases, pull requests and workflow runs.",
            "Secret",
            id_header="x-github-delivery",
            kept=("x-github-event",),
        ),
        Sender(
            HookKind.DEPLOY,
            SourceKind.DEPLOY,
            _OURS,
            "Let the last step of a deployment post to this address; the page on signed hooks has the fields.",
            "Secret",
            id_header="x-afterword-delivery",
        ),
        Sender(
            HookKind.FLAGS,
            SourceKind.FLAGS,
            either(_TIMED, bearer_or_basic, signed("x-ld-signature", "")),
            "Let your feature flag service post each change to this address.",
            "Secret",
            id_header="x-afterword-delivery",
        ),
        Sender(
            HookKind.STATUSPAGE,
            SourceKind.STATUSPAGE,
            _key_in_address,
            "On your status page, subscribe this whole address as a webhook. Statuspage signs nothing, so the "
            "secret is part of the address.",
            "Key in the address",
            secret_in_address=True,
        ),
        Sender(
            HookKind.JSON,
            SourceKind.HOOK,
            _OURS,
            "Post facts as JSON to this address, from Zapier, Make, Power Automate or a script.",
            "Secret",
            id_header="x-afterword-delivery",
        ),
    )
}
