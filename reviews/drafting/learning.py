"""What went well, and what touches security: only what the record itself shows; the rest is asked of people."""

from __future__ import annotations

import re
from datetime import timedelta

from incidents.enums import Lane, MilestoneKind
from reviews.drafting.listing import fewest, item
from reviews.drafting.material import (
    Fact,
    Material,
    body,
    items,
    paragraph,
    says,
    span,
    told,
    when,
)
from reviews.passages import Sentence

MOST_SECURITY = 8
QUICK = timedelta(minutes=5)
SOON = timedelta(hours=1)

_CUSTOMERS_SAY = re.compile(
    r"\b(?:customers?|users?|people|readers?|visitors?|support)\b.{0,60}"
    r"\b(?:report\w*|complain\w*|wr[io]te\w*|tell\w*|told|call\w*|tickets?|ask\w*)\b|"
    r"\b(?:reports?|complaints?|tickets?|calls?) (?:of|from|by) (?:\w+ ){0,2}(?:customers?|users?|people|readers?)\b",
    re.IGNORECASE,
)
_SECURITY = re.compile(
    r"\b(?:credentials?|passwords?|(?:access|api|private|signing|secret) keys?|(?:access|api|bearer|session) tokens?|"
    r"secrets? (?:leak\w*|expos\w*|rotat\w*)|rotat\w+ (?:\w+ )?(?:secrets?|keys?|tokens?)|unauthori[sz]ed|intru\w+|"
    r"attack\w*|malicious|breach\w*|exfiltrat\w+|phish\w+|vulnerabilit\w+|cve-\d+|personal data|customer data|"
    r"data (?:leak\w*|expos\w*)|expos\w+ data|permissions? (?:of|on|for|changed?)|ddos|privilege\w*)\b",
    re.IGNORECASE,
)


def went_well(material: Material) -> str:
    """An alert before the first report of customers, a quick answer, and a recovery that followed the mitigation."""
    said = [_alert_first(material), _taken_quickly(material), _recovery(material)]
    return body(items((one,) for one in said if one))


def security(material: Material) -> str:
    """The entries that speak of access, credentials or exposed data; none of them is judged."""
    speaking = [fact for fact in material.facts if _SECURITY.search(fact.text)]
    if not speaking:
        return ""
    chosen = fewest(speaking, MOST_SECURITY)
    head = says(
        "These entries speak of access, credentials, attacks or exposed data; what they mean for security is for "
        "people to say.",
        *chosen,
    )
    return body(paragraph(head), items((item(fact, material.start),) for fact in chosen))


def _alert_first(material: Material) -> Sentence | None:
    """Monitoring before customers: both must stand in the record, at least a minute apart."""
    seen = material.between(material.start, material.end)
    alert = next((fact for fact in seen if fact.lane == Lane.ALERT and not _is_end(fact)), None)
    report = next((fact for fact in material.facts if _tells_report(fact)), None)
    if alert is None or report is None or report.at <= alert.at or not span(alert, report):
        return None
    return says(
        f"Monitoring came first: {when(alert, material.start)} {told(alert)}, {span(alert, report)} before "
        f"{told(report)} {when(report, alert)}.",
        alert,
        report,
    )


def _taken_quickly(material: Material) -> Sentence | None:
    seen = material.milestones.get(MilestoneKind.DETECTED)
    taken = material.milestones.get(MilestoneKind.ACKNOWLEDGED)
    if seen is None or taken is None or not timedelta(0) <= taken.at - seen.at <= QUICK:
        return None
    length = span(seen, taken)
    how = f"{length} after its detection" if length else "in the minute of its detection"
    return says(f"Somebody took the incident up {how}, {when(taken, seen)}.", taken, seen)


def _recovery(material: Material) -> Sentence | None:
    """The first record within an hour of the mitigation that an alert or the incident ended; order, not cause."""
    done, end = material.milestones.get(MilestoneKind.MITIGATED), material.end
    if done is None:
        return None
    later = (fact for fact in material.between(done, None) if fact == end or _is_end(fact))
    seen = next((fact for fact in later if span(done, fact)), None)
    if seen is None or seen.at - done.at > SOON:
        return None
    return says(
        f"Recovery followed the mitigation {when(done, material.start)}: {span(done, seen)} later, {told(seen)}.",
        done,
        seen,
    )


def _tells_report(fact: Fact) -> bool:
    return fact.lane in (Lane.CHAT, Lane.STATEMENT, Lane.STATUS) and bool(_CUSTOMERS_SAY.search(fact.text))


def _is_end(fact: Fact) -> bool:
    """Whether the entry says that an alert ended."""
    return fact.lane == Lane.ALERT and fact.text.lower().startswith("resolved:")
