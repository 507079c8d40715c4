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


class HookKind(TextChoices):
    """What may deliver to an address of ours; each has one authenticator in ``hooks``."""

    PAGERDUTY = "pagerduty", "PagerDuty webhook (v3)"
    ALERTMANAGER = "alertmanager", "Alertmanager webhook"
    GRAFANA = "grafana", "Grafana contact point"
    AWS_SNS = "aws_sns", "AWS SNS topic"
    AWS_EVENTBRIDGE = "aws_eventbridge", "AWS EventBridge API destination"
    OPSGENIE = "opsgenie", "Opsgenie webhook"
    SLACK = "slack", "Slack events"
    GITHUB = "github", "GitHub webhook"
    DEPLOY = "deploy", "Deployment hook"
    FLAGS = "flags", "Feature flag hook"
    STATUSPAGE = "statuspage", "Statuspage webhook"
    JSON = "json", "Signed JSON hook"


class ArrivalWay(TextChoices):
    """How raw evidence reached us."""

    HOOK = "hook", "Delivered"
    PULL = "pull", "Fetched"
    UPLOAD = "upload", "Uploaded"


class ArrivalStatus(TextChoices):
    """Where an arrival stands on its way into a chronology.

    ``WAITING`` and ``READING`` are in work; ``TAKEN_IN`` and ``NO_FACTS`` are done; ``KEPT`` waits until an incident
    needs it; ``UNCERTAIN`` and ``UNREAD`` wait for a person, who declares what is missing and replays it, or dismisses
    it with a reason.
    """

    WAITING = "waiting", "Waiting"
    READING = "reading", "Being read"
    TAKEN_IN = "taken_in", "Taken in"
    NO_FACTS = "no_facts", "No facts"
    KEPT = "kept", "Kept until an incident needs it"
    UNCERTAIN = "uncertain", "Needs a declaration"
    UNREAD = "unread", "Could not be read"
    CANCELLED = "cancelled", "Cancelled"
    DISMISSED = "dismissed", "Dismissed"


class PatternMark(TextChoices):
    """Why a log pattern stands out."""

    NEW = "new", "New"
    MORE = "more", "More frequent"
    ERROR = "error", "Errors"
    NONE = "", "Ordinary"


class IntakeField(TextChoices):
    """What an organization may demand before an incident leaves intake."""

    COMMANDER = "commander", "Incident commander"
    SERVICES = "services", "Affected services"
    CUSTOMER_IMPACT = "customer_impact", "Customer impact"
    REGION = "region", "Region"
    DETECTED_BY = "detected_by", "How it was detected"
    EVIDENCE = "evidence", "Evidence"
    IMPACT_STARTED = "impact_started", "Impact started"
    DETECTED = "detected", "Detected"


class CurationKind(TextChoices):
    """What a person did to a chronology; each can be undone."""

    HIGHLIGHT = "highlight", "Highlighted"
    UNHIGHLIGHT = "unhighlight", "Highlight taken away"
    HIDE = "hide", "Hidden"
    SHOW = "show", "Shown again"
    CORRECT = "correct", "Corrected"
    MERGE = "merge", "Merged"
    SPLIT = "split", "Split"
    TAG = "tag", "Tagged"
    MILESTONE = "milestone", "Milestone"
    CLOCK = "clock", "Clock set right"
    STATEMENT = "statement", "Statement added"
