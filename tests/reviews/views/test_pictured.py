"""A picture of the text wherever the text is shown: as a picture where people read, as its words where they speak."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from PIL import Image
from pytest_django import Settings

from incidents.models import Attachment, Incident, IncidentReader
from reviews.checks import findings
from reviews.content import content_of
from reviews.enums import CheckCode, ReviewState
from reviews.images import written
from reviews.models import Section
from reviews.publishers.signed_pictures import LOST
from reviews.services import save_section, threads
from reviews.services.pictures import paste_picture
from tests.factories import make_organization
from tests.factories.reviews import damage, make_publication, picture_file
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.django_db
CAPTION = "Errors by minute"


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Any, settings: Settings) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    store = {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": store}


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting(ReviewState.IN_REVIEW)
    with scope(organization=made.organization):
        show(made, "red")
        yield made


def show(setting: Setting, color: str, cites: str = "", caption: str = CAPTION) -> str:
    """Save a summary with one picture; the line that shows it."""
    data = BytesIO()
    Image.new("RGB", (30, 20), color).save(data, "PNG")
    paste_picture(actor=setting.jon, review=setting.now(), name=f"{color}.png", content=data.getvalue())
    line = written(Attachment.objects.latest("pk").pk, caption)
    section = summary(setting)
    body = f"It broke.\n\n{line}{cites}"
    save_section(actor=setting.jon, section=section, body=body, version=section.version)
    return line


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def picture_address(setting: Setting) -> str:
    pk = Attachment.objects.latest("pk").pk
    return reverse("incidents:attachment", args=[setting.organization.slug, setting.incident.reference, pk])


def page(client: Client, person: Any, url: str) -> str:
    client.force_login(person)
    return client.get(url).content.decode()


def test_signer_sees_the_picture_and_never_its_mark(setting: Setting, client: Client) -> None:
    shown = page(client, setting.priya, address(setting, "sign"))
    assert f'<img src="{picture_address(setting)}" alt="Picture"' in shown
    assert "image:" not in shown


def test_exchanged_picture_is_told_to_the_signer_in_words(setting: Setting, client: Client) -> None:
    page(client, setting.priya, address(setting, "sign"))
    show(setting, "blue")
    shown = page(client, setting.priya, address(setting, "sign"))
    assert "Pictures</h3>" in shown
    assert "blue</ins>" in shown
    assert "image:" not in shown


def test_new_picture_is_told_to_the_signer_by_its_caption(setting: Setting, client: Client) -> None:
    page(client, setting.priya, address(setting, "sign"))
    show(setting, "red", caption="Lag of the replicas")
    shown = page(client, setting.priya, address(setting, "sign"))
    assert "Picture: " in shown
    assert "Lag of the replicas</ins>" in shown


def test_picture_in_a_list_and_one_that_cites_are_signed_too(setting: Setting) -> None:
    line = show(setting, "blue", cites=" [E2]")
    (picture,) = content_of(setting.now())["pictures"]
    assert f"image:{picture['id']}" in line
    section = summary(setting)
    save_section(actor=setting.jon, section=section, body=f"- {line}", version=section.version)
    assert content_of(setting.now())["pictures"] == [picture]


def test_thread_about_a_picture_quotes_its_caption(setting: Setting, client: Client) -> None:
    line = show(setting, "blue")
    begun = threads.open_thread(
        actor=setting.mara, review=setting.review, section=summary(setting), quote=line, body="Which region?"
    )
    for url in (address(setting, "comments"), address(setting, "thread_new") + "?section=summary&passage=1"):
        shown = page(client, setting.jon, url)
        assert f"Picture: {CAPTION}" in shown
    thread = page(client, setting.jon, address(setting, "thread", begun.pk))
    about = thread[thread.index("thread-about") : thread.index("said-by")]
    assert f"Picture: {CAPTION}" in about
    assert "image:" not in about


def test_number_of_a_picture_is_no_claim_that_its_evidence_bears(setting: Setting) -> None:
    show(setting, "blue", cites=" [E2]")
    assert not [one for one in findings(content_of(setting.now())) if one.code == CheckCode.UNSUPPORTED]
    show(setting, "blue", cites=" [E2]", caption="Errors of 777 customers")
    (found,) = [one for one in findings(content_of(setting.now())) if one.code == CheckCode.UNSUPPORTED]
    assert "777" in found.what and "Picture: Errors" in found.what and "image:" not in found.what


def test_picture_of_a_private_incident_is_for_its_readers(setting: Setting, client: Client) -> None:
    Incident.objects.update(is_private=True)
    IncidentReader(organization=setting.organization, incident=setting.incident, person=setting.priya).save()
    client.force_login(setting.priya)
    assert client.get(picture_address(setting))["Content-Type"] == "image/png"
    client.force_login(setting.jon)
    assert client.get(picture_address(setting)).status_code == 404


def test_publication_shows_its_pictures_and_says_which_is_lost(client: Client) -> None:
    organization = make_organization("acme")
    with scope(organization=organization):
        publication = make_publication(organization, picture=picture_file())
    url = reverse("reviews:publication", args=["acme", publication.review.incident.reference])
    with scope(organization=organization):
        kept = Attachment.objects.get()
    image = reverse("incidents:attachment", args=["acme", publication.review.incident.reference, kept.pk])
    shown = page(client, publication.published_by, url)
    assert f'<img src="{image}" alt="{CAPTION}"' in shown
    assert kept.sha256 in shown
    with scope(organization=organization):
        damage(publication)
    shown = page(client, publication.published_by, url)
    assert LOST in shown
    assert f'src="{image}"' not in shown
