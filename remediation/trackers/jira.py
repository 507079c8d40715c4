"""Jira speaks: one issue for each promise, one link for each dependency, each exactly once.

Jira has no idempotency key. Every issue carries a label that only its action item has, and is looked for by it before
it is created. Jira's search lags behind its writes: an attempt whose outcome is unknown is taken up again by the outbox
only after the settling time, which is longer than that lag.
"""

from __future__ import annotations

from typing import Any

import httpx2
from django.db import transaction

from governance import audit
from governance.connections import find, open_client, request
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection, Delivery
from governance.outbox import Outcome, extend, fingerprint
from remediation.models import ActionItem, Dependency, TrackerIssue
from remediation.trackers import adf, screen
from reviews.models import Publication
from reviews.publication_steps import Planned
from reviews.publishers.published import Published, load_for

ISSUE, LINK = "remediation.jira_issue", "remediation.jira_link"
SUMMARY_LIMIT = 250
LINK_TYPE = "Blocks"
PRIORITIES = {1: "Highest", 2: "High", 3: "Medium", 4: "Low"}


def plan_issues(publication: Publication) -> list[Planned]:
    """One row for each action item of the publication that an earlier edition did not bring to the tracker."""
    numbers = (
        ActionItem.objects.filter(review_id=publication.review_id, tracker_issue__isnull=True)
        .order_by("number")
        .values_list("pk", "number")
    )
    return [
        Planned(
            f"publication-{publication.pk}-issue-{number}",
            {"publication": publication.pk, "item": pk, "about": f"A{number}"},
        )
        for pk, number in numbers
    ]


def plan_links(publication: Publication) -> list[Planned]:
    """One row for each dependency between action items of the publication."""
    edges = Dependency.objects.filter(item__review_id=publication.review_id).select_related(
        "item", "depends_on"
    )
    return [
        Planned(
            f"publication-{publication.pk}-link-{edge.item.number}-{edge.depends_on.number}",
            {
                "publication": publication.pk,
                "item": edge.item_id,
                "depends_on": edge.depends_on_id,
                "about": f"{edge.item.label} needs {edge.depends_on.label}",
            },
        )
        for edge in edges.order_by("item__number", "depends_on__number")
    ]


def deliver_issue(delivery: Delivery) -> Outcome:
    """Find the item's issue or create it, and remember its key."""
    connection = find(delivery.organization_id, ConnectionKind.JIRA)
    published = load_for(delivery)
    item = ActionItem.objects.select_related("owner").get(pk=delivery.payload["item"])
    signed = next(one for one in published.action_items if one["number"] == item.number)
    if issue := TrackerIssue.objects.filter(item=item).first():
        return Outcome(external_id=issue.key, url=issue.url)  # another edition's delivery was faster
    label = f"afterword-{fingerprint(delivery)}"
    with open_client(connection) as client:
        key = _found(client, connection.options["project"], label)
        if not key:
            fields = issue_fields(published, signed, connection.options, label)
            shown = screen.ask(client, fields["project"]["key"], fields["issuetype"]["name"])
            extend(delivery)
            key = _create(client, shown.fitting(fields) if shown else fields)
        url = f"{_site(client, connection)}/browse/{key}"
    _remember(item, key, url)
    return Outcome(external_id=key, url=url)


def deliver_link(delivery: Delivery) -> Outcome:
    """Link the issues of two dependent items, unless they are linked already."""
    connection = find(delivery.organization_id, ConnectionKind.JIRA)
    keys = dict(
        TrackerIssue.objects.filter(
            item__in=[delivery.payload["item"], delivery.payload["depends_on"]]
        ).values_list("item_id", "key")
    )
    blocked, blocker = keys.get(delivery.payload["item"]), keys.get(delivery.payload["depends_on"])
    if not blocked or not blocker:
        raise OutsideError(
            "One of the two issues does not exist, so there is nothing to link.", permanent=True
        )
    with open_client(connection) as client:
        if not _linked(client, blocked, blocker):
            extend(delivery)
            body = {
                "type": {"name": LINK_TYPE},
                "inwardIssue": {"key": blocker},
                "outwardIssue": {"key": blocked},
            }
            request(client, "POST", "rest/api/3/issueLink", json=body, expected=(201,))
    return Outcome(external_id=f"{blocker} blocks {blocked}")


def issue_fields(
    published: Published, item: dict[str, Any], options: dict[str, str], label: str
) -> dict[str, Any]:
    """The fields of the issue, from the signed text."""
    facts = [
        ("Owner", item["owner"]["name"]),
        ("Severity", f"SEV{item['severity']}"),
        ("Due", item["due_on"]),
        ("Verified when", item["verification_criterion"]),
    ]
    if item.get("verify_on"):
        facts.append(("Looked at on", item["verify_on"]))
    if item["depends_on"]:
        facts.append(("Needs first", ", ".join(f"A{number}" for number in item["depends_on"])))
    origin = adf.paragraph(
        adf.text(f"Promised as A{item['number']} in the postmortem of "),
        adf.text(f"{published.reference} {published.title}", href=published.address),
        adf.text(". Closing this issue does not verify the action item; somebody does that in Afterword."),
    )
    return {
        "project": {"key": options["project"]},
        "issuetype": {"name": options.get("issue_type") or "Task"},
        "summary": " ".join(item["title"].split())[:SUMMARY_LIMIT],
        "description": adf.document(origin, adf.facts(facts)),
        "labels": ["afterword", label],
        "duedate": item["due_on"],
        "priority": {"name": PRIORITIES[item["severity"]]},
    }


def _found(client: httpx2.Client, project: str, label: str) -> str:
    """The key of the issue with the label, or nothing."""
    body = {"jql": f'project = "{project}" AND labels = "{label}"', "fields": ["summary"], "maxResults": 2}
    issues = request(client, "POST", "rest/api/3/search/jql", json=body).json()["issues"]
    return str(issues[0]["key"]) if issues else ""


def _site(client: httpx2.Client, connection: Connection) -> str:
    """Where people read Jira; the address that a scoped token needs is for programs only, so Jira is asked."""
    if "/ex/jira/" not in connection.base_url:
        return connection.base_url.rstrip("/")
    return str(request(client, "GET", "rest/api/3/serverInfo").json()["baseUrl"]).rstrip("/")


def _create(client: httpx2.Client, fields: dict[str, Any]) -> str:
    """Create the issue; when Jira refuses optional fields after all, it is tried once more without them."""
    answer = request(client, "POST", "rest/api/3/issue", json={"fields": fields}, expected=(201, 400))
    if answer.status_code == 400:
        refused = answer.json().get("errors") or {}
        if "labels" in refused:
            raise OutsideError(screen.NO_LABELS, permanent=True)
        optional = set(refused) & set(screen.OPTIONAL_FIELDS)
        kept = {name: value for name, value in fields.items() if name not in optional}
        if len(kept) == len(fields):
            raise OutsideError(f"Jira refused the issue: {answer.text[:300]}", permanent=True)
        answer = request(client, "POST", "rest/api/3/issue", json={"fields": kept}, expected=(201,))
    return str(answer.json()["key"])


def _linked(client: httpx2.Client, blocked: str, blocker: str) -> bool:
    """Whether the blocker already blocks the blocked issue."""
    issue = request(client, "GET", f"rest/api/3/issue/{blocker}", params={"fields": "issuelinks"}).json()
    links = issue["fields"].get("issuelinks") or []
    return any(
        link["type"]["name"] == LINK_TYPE and blocked == (link.get("outwardIssue") or {}).get("key")
        for link in links
    )


@transaction.atomic
def _remember(item: ActionItem, key: str, url: str) -> None:
    issue, created = TrackerIssue.objects.get_or_create(
        organization_id=item.organization_id, item=item, defaults={"key": key, "url": url}
    )
    if created:
        audit.record(
            organization=item.organization_id,
            actor=None,
            action="action_item.tracked",
            subject=f"action_item:{item.pk}",
            key=issue.key,
        )
