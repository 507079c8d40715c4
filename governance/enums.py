"""Closed vocabularies of the governance room."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is in an organization; what each role may do stands in ``access.py``."""

    RESPONDER = "responder", "Responder"
    SRE_LEAD = "sre_lead", "SRE lead"
    MANAGER = "manager", "Manager"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


class ConnectionKind(TextChoices):
    """Outside systems that Afterword can speak to."""

    CONFLUENCE = "confluence", "Confluence"
    SLACK = "slack", "Slack"
    JIRA = "jira", "Jira"
    PAGERDUTY = "pagerduty", "PagerDuty"
    PROMETHEUS = "prometheus", "Prometheus"
    LOKI = "loki", "Loki"
    CLOUDWATCH = "cloudwatch", "CloudWatch Logs"
    STATUSPAGE = "statuspage", "Statuspage"


class DeliveryStatus(TextChoices):
    """Where one outbox row stands.

    ``PENDING`` waits for a worker (also between attempts), ``LEASED`` is in a worker's hands until its lease runs
    out, the other three are final.
    """

    PENDING = "pending", "Waiting"
    LEASED = "leased", "In progress"
    DELIVERED = "delivered", "Done"
    NOT_CONNECTED = "not_connected", "Not connected"
    FAILED = "failed", "Failed"
