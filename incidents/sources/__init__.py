"""One module per source, one protocol in ``base``; ``get`` finds the one for a kind."""

from incidents.enums import SourceKind
from incidents.errors import EvidenceRefused
from incidents.sources.alertmanager import Alertmanager
from incidents.sources.aws import Aws
from incidents.sources.base import ParseContext, Signal, Skipped, Source
from incidents.sources.deploy import Deploy
from incidents.sources.flags import Flags
from incidents.sources.github import GitHub
from incidents.sources.grafana import Grafana
from incidents.sources.hook import Hook
from incidents.sources.logs import Log
from incidents.sources.logs_insights import LogsInsights
from incidents.sources.loki import Loki
from incidents.sources.opsgenie import Opsgenie
from incidents.sources.pagerduty import PagerDuty
from incidents.sources.prometheus import Prometheus
from incidents.sources.slack import Slack
from incidents.sources.statuspage import Statuspage
from incidents.sources.teams import Teams
from incidents.sources.xray import XRay

__all__ = ["REGISTRY", "ParseContext", "Signal", "Skipped", "Source", "get"]

REGISTRY: dict[str, Source] = {
    source.kind.value: source
    for source in (
        PagerDuty(),
        Slack(),
        Alertmanager(),
        GitHub(),
        Log(),
        Loki(),
        LogsInsights(),
        XRay(),
        Teams(),
        Aws(),
        Deploy(),
        Flags(),
        Hook(),
        Grafana(),
        Prometheus(),
        Opsgenie(),
        Statuspage(),
    )
}


def get(kind: str) -> Source:
    """The source of a kind; raises ``EvidenceRefused`` for one that Afterword cannot read."""
    try:
        return REGISTRY[SourceKind(kind).value]
    except ValueError as error:
        known = ", ".join(REGISTRY)
        raise EvidenceRefused(
            f"“{kind}” is no source that Afterword reads. Choose one of: {known}."
        ) from error
