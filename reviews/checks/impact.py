"""Impact and detection: from when to when, how much, for each service, and how it was noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from incidents.enums import Lane
from reviews.checks.finding import Finding
from reviews.checks.reading import Reading, listed
from reviews.enums import CheckCode

_QUANTITY = re.compile(
    r"\d[\d,.]{0,20} ?(?:%|percent|per cent|million|thousand|billion|k\b|m\b)|[$€£¥] ?\d|"
    r"\d[\d,.]{0,20} ?(?:USD|EUR|GBP)\b|"
    r"\d[\d,.]{0,20} (?:\w{1,30} ){0,2}(?:customers?|users?|accounts?|tenants?|requests?|payments?|orders?|"
    r"transactions?|"
    r"cases|tickets|messages|emails|visitors?|people|sites?|devices?|events?|webhooks?|builds?|jobs?|"
    r"logins?|records?|"
    r"projects?|comments?|minutes of downtime)\b|"
    r"\b(?:no|every|all|half of(?: the)?|a (?:third|quarter) of(?: the)?) (?:\w{1,30} ){0,1}(?:customers?|"
    r"users?|requests?|payments?|orders?)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(r"\bunknown,? because\b.{3,}|\bnot known,? because\b.{3,}", re.IGNORECASE | re.DOTALL)
_HOW = re.compile(
    r"\b(?:alert\w*|alarm\w*|monitor\w*|page[drs]?|paged|customers?|users?|reports?|reported|noticed|saw|"
    r"support|engineer|"
    r"on-call|colleague|status page|tweet\w*|partner|vendor|people)\b",
    re.IGNORECASE,
)


def impact_unmarked(read: Reading) -> Iterator[Finding]:
    """The window of customer impact, apart from the time of the response."""
    if "impact_started" not in read.milestones or "resolved" not in read.milestones:
        yield Finding(
            CheckCode.IMPACT_UNMARKED,
            "The start or the end of the impact is not marked",
            "Set the milestones “Impact started” and “Resolved”",
        )


def unquantified(read: Reading) -> Iterator[Finding]:
    """A number of something that customers met, or why there is none."""
    texts = [one.words for one in read.of("customer_impact")] + read.answers("impact_numbers")
    if not any(_QUANTITY.search(text) or _UNKNOWN.search(text) for text in texts):
        yield Finding(
            CheckCode.UNQUANTIFIED,
            "No number says how large the impact was",
            "Say how many customers, requests or payments, which share, or “Unknown, because …”",
            "customer_impact",
        )


def service_untold(read: Reading) -> Iterator[Finding]:
    """What each affected service's customers met."""
    services = read.content.get("incident", {}).get("services", ())
    told = " ".join(
        [*(one.words for one in read.of("customer_impact")), *read.answers("impact_numbers")]
    ).lower()
    if len(services) == 1 and told:
        return
    if untold := [name for name in services if name.lower() not in told]:
        verb = "is" if len(untold) == 1 else "are"
        yield Finding(
            CheckCode.SERVICE_UNTOLD,
            f"{listed(untold)} {verb} affected, and the customer impact does not say how",
            "Say what customers of the service met, or that they met nothing; or take it off the incident",
            "customer_impact",
        )


def detection_untold(read: Reading) -> Iterator[Finding]:
    """By an alert, a customer or a person, and how long after the start."""
    if "detected" not in read.milestones or "impact_started" not in read.milestones:
        yield Finding(
            CheckCode.DETECTION_UNTOLD,
            "The gap from the start to the detection is not known",
            "Set the milestones “Impact started” and “Detected”",
            "detection",
        )
    if not any(_HOW.search(one.words) for one in read.of("detection")):
        yield Finding(
            CheckCode.DETECTION_UNTOLD,
            "The text does not say how it was detected",
            "Say whether an alert, a customer or a colleague told first, and cite it",
            "detection",
        )


def no_monitor(read: Reading) -> Iterator[Finding]:
    """Where people were faster than monitoring, an action item creates the monitor."""
    entry = next((row["entry"] for row in read.rows("milestones") if row["kind"] == "detected"), None)
    seen = read.entries.get(entry) if entry is not None else None
    if seen is None or seen.lane in (Lane.ALERT, Lane.METRIC, ""):
        return
    if not any(item.get("kind") == "detect" for item in read.rows("action_items")):
        yield Finding(
            CheckCode.NO_MONITOR,
            f"No alert told of it first (E{seen.number}), and no action item would make one",
            "Add an action item of the kind “Detect sooner”, or say why no monitor could see it and let it "
            "be excepted",
            place="action-items",
        )


def halving(read: Reading) -> Iterator[Finding]:
    """A hint while nobody answered how the time to detection would be halved."""
    if not read.answers("halve_detection"):
        yield Finding(
            CheckCode.HALVING,
            "The question how detection would be halved has no answer",
            "Answer it in the section on detection",
            "detection",
            is_hint=True,
        )
