"""The Confluence page, with the evidence linked, and the PDF and the pictures of the text attached.

Titles are unique within a space, so the title is the idempotency key: a page that an earlier attempt created is found
by it, and a second creation is refused by Confluence itself. The page holds the SHA-256 of the signed text, by which it
is told from a page of the same title that somebody else wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2

from governance.connections import find, open_client, request
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection, Delivery
from governance.outbox import Outcome, extend
from reviews.publishers import files
from reviews.publishers.published import Published, load_with_pictures
from reviews.publishers.storage import page_body

TITLE_LIMIT = 255
LABELS = ("postmortem", "afterword")


def deliver(delivery: Delivery) -> Outcome:
    """Bring the page, its PDF, its pictures and its labels into the space, each of them once."""
    connection = find(delivery.organization_id, ConnectionKind.CONFLUENCE)
    published = load_with_pictures(delivery)
    with open_client(connection) as client:
        space = _space(client, connection)
        title = page_title(published)
        page = _existing(client, space, title, published)
        extend(delivery)
        page = page or _create(client, connection, space, title, published)
        extend(delivery)
        for name, data, mime in _attachments(published):
            _attach(client, page["id"], name, data, mime)
            extend(delivery)
        _label(client, page["id"], published)
    return Outcome(external_id=str(page["id"]), url=_address(connection, page))


def page_title(published: Published) -> str:
    """``Postmortem INC-2018-0042: …``; a later publication of the same incident says its number."""
    number = published.publication.number
    suffix = "" if number == 1 else f" ({number})"
    room = TITLE_LIMIT - len(suffix)
    return f"Postmortem {published.reference}: {published.title}"[:room].rstrip() + suffix


def _space(client: httpx2.Client, connection: Connection) -> str:
    """The id of the space; pages are addressed by id, people know the key."""
    key = connection.options["space"]
    found = request(client, "GET", "wiki/api/v2/spaces", params={"keys": key}).json()["results"]
    if not found:
        raise OutsideError(
            f"Confluence has no space {key}. Correct the space key in the settings.", permanent=True
        )
    return str(found[0]["id"])


def _existing(client: httpx2.Client, space: str, title: str, published: Published) -> dict[str, Any] | None:
    """The page that an earlier attempt created; a page of this title that is not ours stops the delivery."""
    params = {"space-id": space, "title": title, "status": "current", "body-format": "storage"}
    answer = request(client, "GET", "wiki/api/v2/pages", params=params).json()
    if not answer["results"]:
        return None
    page: dict[str, Any] = answer["results"][0]
    if published.sha256 not in page["body"]["storage"]["value"]:
        raise OutsideError(
            f"Another page in Confluence is already called “{title}”. Rename it there, then retry this step.",
            permanent=True,
        )
    return {**page, "_links": {**answer.get("_links", {}), **page.get("_links", {})}}


def _create(
    client: httpx2.Client, connection: Connection, space: str, title: str, published: Published
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "spaceId": space,
        "status": "current",
        "title": title,
        "body": {"representation": "storage", "value": page_body(published)},
    }
    if parent := connection.options.get("parent"):
        body["parentId"] = parent
    answer = request(client, "POST", "wiki/api/v2/pages", json=body, expected=(200, 400))
    if answer.status_code == 200:
        created: dict[str, Any] = answer.json()
        return created
    if page := _existing(client, space, title, published):
        return page  # somebody was faster: the earlier attempt's request arrived late
    raise OutsideError(f"Confluence refused the page: {answer.text[:300]}", permanent=True)


def _attachments(published: Published) -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes and kind of every file of the page, pictures first: people look at the page meanwhile."""
    for picture in published.pictures.values():
        if picture.data is not None:
            yield picture.filename, picture.data, picture.media_type
    yield f"{published.file_stem}.pdf", files.read(published.publication, "document"), "application/pdf"


def _attach(client: httpx2.Client, page_id: str, name: str, data: bytes, mime: str) -> None:
    """Attach a file; PUT makes no second attachment of the same name, and an equal one is left alone."""
    address = f"wiki/api/v2/pages/{page_id}/attachments"
    present = request(client, "GET", address, params={"filename": name}).json()["results"]
    if any(one.get("fileSize") == len(data) for one in present):
        return
    request(
        client,
        "PUT",
        f"wiki/rest/api/content/{page_id}/child/attachment",
        files={"file": (name, data, mime)},
        data={"minorEdit": "true"},
        headers={"X-Atlassian-Token": "nocheck"},
    )


def _label(client: httpx2.Client, page_id: str, published: Published) -> None:
    """Labels are a set: sending them again changes nothing."""
    names = [*LABELS, published.reference.lower(), f"sev{published.content['incident']['severity']}"]
    labels = [{"prefix": "global", "name": name} for name in names]
    request(client, "POST", f"wiki/rest/api/content/{page_id}/label", json=labels)


def _address(connection: Connection, page: dict[str, Any]) -> str:
    links = page.get("_links") or {}
    base = links.get("base") or f"{connection.base_url.rstrip('/')}/wiki"
    path = links.get("webui") or f"/pages/viewpage.action?pageId={page['id']}"
    return f"{base}{path}"
