"""Closed vocabularies of the incidents room."""

from django.db.models import IntegerChoices, TextChoices


class Severity(IntegerChoices):
    """How bad it was; shown with a shape as well as a color."""

    SEV1 = 1, "SEV1"
    SEV2 = 2, "SEV2"
    SEV3 = 3, "SEV3"
    SEV4 = 4, "SEV4"


class SourceKind(TextChoices):
    """Where evidence comes from; each has one module in ``sources``."""

    PAGERDUTY = "pagerduty", "PagerDuty"
    ALERTMANAGER = "alertmanager", "Alertmanager"
    GRAFANA = "grafana", "Grafana alerting"
    PROMETHEUS = "prometheus", "Prometheus query"
    AWS = "aws", "AWS events"
    XRAY = "xray", "AWS X-Ray traces"
    OPSGENIE = "opsgenie", "Opsgenie"
    LOG = "log", "Log lines"
    LOKI = "loki", "Loki query"
    LOGS_INSIGHTS = "logs_insights", "CloudWatch Logs"
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Microsoft Teams export"
    GITHUB = "github", "GitHub"
    DEPLOY = "deploy", "Deployments"
    FLAGS = "flags", "Feature flags"
    STATUSPAGE = "statuspage", "Statuspage"
    HOOK = "hook", "Signed JSON hook"


class Lane(TextChoices):
    """The swim lane an entry is drawn in: what sort of fact it is."""

    ALERT = "alert", "Alerts"
    CHANGE = "change", "Changes"
    STATUS = "status", "Status"
    CHAT = "chat", "Chat"
    ACTION = "action", "Actions"
    LOG = "log", "Logs"
    METRIC = "metric", "Metrics"
    STATEMENT = "statement", "Statements"


class Precision(TextChoices):
    """How exactly the source gives the time."""

    SECOND = "second", "to the second"
    MINUTE = "minute", "to the minute"
    DAY = "day", "to the day"


class Trust(TextChoices):
    """How an entry knows what it says (invariant 2)."""

    OBSERVED = "observed", "observed by a machine"
    REPORTED = "reported", "reported by a person"
    INFERRED = "inferred", "inferred"


class MilestoneKind(TextChoices):
    """The five moments that every incident is measured by, in their proper order."""

    IMPACT_STARTED = "impact_started", "Impact started"
    DETECTED = "detected", "Detected"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    MITIGATED = "mitigated", "Mitigated"
    RESOLVED = "resolved", "Resolved"
