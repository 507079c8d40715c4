"""Closed vocabularies of the governance room."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is in an organization; what each role may do stands in ``access.py``."""

    RESPONDER = "responder", "Responder"
    SRE_LEAD = "sre_lead", "SRE lead"
    MANAGER = "manager", "Manager"
    SECURITY = "security", "Security"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"
    PROGRAM = "program", "Program"


#: What people are; programs come in with tokens, which say what they may do.
PEOPLE_ROLES = tuple(role for role in Role if role != Role.PROGRAM)


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
    MODEL = "model", "Language model"


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


class NoticeKind(TextChoices):
    """What people may be told about; who hears of what, and where by default, stands in ``notices.py``."""

    SIGNATURE_NEEDED = "signature_needed", "A text waits for my signature"
    SIGNATURE_VOIDED = "signature_voided", "A change voided my signature"
    CHANGES_REQUESTED = "changes_requested", "Changes were requested in my review"
    APPROVED = "approved", "All have signed a review of mine"
    PUBLISHED = "published", "A review that I took part in is published"
    QUESTION_ASSIGNED = "question_assigned", "A question waits for my answer"
    MENTIONED = "mentioned", "Somebody mentioned me"
    COMMENTED = "commented", "Somebody commented on my text or answered me"
    DELEGATED = "delegated", "I stand in for somebody"
    DEADLINE_NEAR = "deadline_near", "Something of mine is due soon"
    DEADLINE_MISSED = "deadline_missed", "Something of mine is overdue"
    ESCALATED = "escalated", "Something overdue was passed to me"
    WAIVER_GRANTED = "waiver_granted", "An exception was granted in a review of mine"


class NoticeChannel(TextChoices):
    """Ways to a person."""

    PAGE = "page", "Page"
    MAIL = "mail", "Mail"
    SLACK = "slack", "Slack"
