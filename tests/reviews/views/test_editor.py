"""What helps while writing: entries and people to choose from, pictures, a preview, and another order."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from PIL import Image
from pytest_django import Settings

from governance.enums import Role
from incidents.models import Attachment, Entry, Incident, IncidentReader
from reviews.content import content_of, current_sha256
from reviews.enums import ReviewState, SignOffRole
from reviews.errors import PublishedText
from reviews.models import Section, SignOff
from reviews.services import move_section, save_section
from reviews.services.pictures import paste_picture
from tests.factories import make_incident, make_member, make_organization
from tests.reviews.builders import Setting, bring_to, make_setting, sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Any, settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


@pytest.fixture
def jon(client: Client, setting: Setting) -> Client:
    client.force_login(setting.jon)
    return client


def _at(setting: Setting, name: str, *more: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *more])


def _summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def _picture(name: str = "errors.png") -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (30, 20), "red").save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), "image/png")


# Looking up


def test_entries_are_found_by_their_words_and_by_number(setting: Setting, jon: Client) -> None:
    entry = Entry.objects.filter(incident=setting.incident).order_by("number")[1]
    word = max(entry.text.split(), key=len)
    for asked in (word.lower(), f"E{entry.number}", str(entry.number)):
        page = jon.get(_at(setting, "entry_options"), {"q": asked}).content.decode()
        assert f'data-value="[E{entry.number}]"' in page, asked
    assert "No entry" in jon.get(_at(setting, "entry_options"), {"q": "zzzz\x00"}).content.decode()


def test_entries_of_another_incident_are_not_found(setting: Setting, jon: Client) -> None:
    other = make_incident(setting.organization, setting.mara, ())
    page = jon.get(
        reverse("reviews:entry_options", args=[setting.organization.slug, other.reference]), {"q": "1"}
    )
    assert page.status_code == 404, "there is no review to write in"


def test_people_who_may_not_see_the_incident_are_not_offered(setting: Setting, jon: Client) -> None:
    address = _at(setting, "people_options")
    assert "Priya Nair" in jon.get(address, {"q": "nai"}).content.decode()
    Incident.objects.update(is_private=True)
    IncidentReader(organization=setting.organization, incident=setting.incident, person=setting.jon).save()
    assert "Priya Nair" not in jon.get(address, {"q": "nai"}).content.decode()


# Pictures


def test_picture_is_kept_as_evidence_and_shown_where_it_is_named(setting: Setting, jon: Client) -> None:
    line = jon.post(_at(setting, "picture"), {"file": _picture("Errors [by] minute.png")}).content.decode()
    kept = Attachment.objects.get()
    assert line == f"![Errors by minute](image:{kept.pk})"
    summary = _summary(setting)
    save_section(actor=setting.jon, section=summary, body=f"It broke.\n\n{line}", version=summary.version)
    page = jon.get(_at(setting, "detail")).content.decode()
    address = reverse(
        "incidents:attachment", args=[setting.organization.slug, setting.incident.reference, kept.pk]
    )
    assert f'<img src="{address}" alt="Picture"' in page
    assert content_of(setting.now())["pictures"][0]["sha256"] == kept.sha256


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("a.png", b"plain text"), "not a picture"),
        (SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a picture"),
        (SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n cut short"), "damaged"),
    ],
)
def test_what_is_no_picture_is_refused_and_not_kept(
    setting: Setting, jon: Client, file: SimpleUploadedFile, words: str
) -> None:
    file.seek(0)
    answer = jon.post(_at(setting, "picture"), {"file": file})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Attachment.objects.exists()


def test_picture_of_another_incident_cannot_be_shown(setting: Setting, jon: Client) -> None:
    elsewhere = make_setting()
    with scope(organization=elsewhere.organization):
        line = paste_picture(
            actor=elsewhere.jon, review=elsewhere.review, name="x.png", content=_picture().read()
        )
    with scope(organization=setting.organization):
        summary = _summary(setting)
        answer = jon.post(_at(setting, "section_edit", "summary"), {"body": line, "version": summary.version})
        assert answer.status_code == 422 and "is no picture of this incident" in answer.content.decode()
        assert line in answer.content.decode(), "what was typed is not lost"


def test_published_text_takes_no_picture(setting: Setting) -> None:
    bring_to(setting, ReviewState.PUBLISHED)
    with pytest.raises(PublishedText):
        paste_picture(actor=setting.jon, review=setting.now(), name="x.png", content=_picture().read())
    assert not Attachment.objects.exists()


# Preview


def test_preview_shows_the_text_and_saves_nothing(setting: Setting, jon: Client) -> None:
    number = Entry.objects.filter(incident=setting.incident).first().number
    body = f"**Bold** <b>words</b>. [E{number}] Others follow. [E99999]\n- One item"
    answer = jon.post(_at(setting, "section_preview", "summary"), {"body": body, "version": 1})
    page = answer.content.decode()
    assert "<strong>Bold</strong> &lt;b&gt;words&lt;/b&gt;" in page
    assert "E99999 is not in this chronology" in page
    assert body.split("\n")[1] in page, "without a script the form comes back with what was typed"
    assert _summary(setting).version == 1


def test_preview_by_script_is_the_fragment_alone(setting: Setting, jon: Client) -> None:
    answer = jon.post(
        _at(setting, "section_preview", "summary"),
        {"body": "Words.", "version": 1},
        headers={"HX-Request": "true"},
    )
    assert answer.content.decode().strip().startswith('<div class="preview"')


# Order


def _keys(setting: Setting) -> list[str]:
    return list(
        Section.objects.filter(review=setting.review).order_by("position").values_list("key", flat=True)
    )


def test_section_moves_and_the_signed_text_with_it(setting: Setting, jon: Client) -> None:
    before, signed = _keys(setting), current_sha256(setting.review)
    jon.post(_at(setting, "section_move", before[0]), {"to": "2"})
    assert _keys(setting) == [before[1], before[2], before[0], *before[3:]]
    assert current_sha256(setting.review) != signed


def test_moving_voids_signatures_and_staying_does_not(setting: Setting) -> None:
    bring_to(setting, ReviewState.IN_REVIEW)
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    move_section(actor=setting.jon, section=_summary(setting), to=0)
    assert SignOff.objects.standing().count() == 1
    move_section(actor=setting.jon, section=_summary(setting), to=99)
    assert _keys(setting)[-1] == "summary"
    assert SignOff.objects.standing().count() == 0
    assert "was moved" in SignOff.objects.get().voided_because


def test_published_order_stays(setting: Setting) -> None:
    bring_to(setting, ReviewState.PUBLISHED)
    with pytest.raises(PublishedText):
        move_section(actor=setting.jon, section=_summary(setting), to=3)


def test_readers_have_no_tools_for_writing(setting: Setting, client: Client) -> None:
    client.force_login(make_member(setting.organization, Role.AUDITOR))
    assert "data-order" not in client.get(_at(setting, "detail")).content.decode()
    client.force_login(make_member(make_organization(), Role.SRE_LEAD))
    assert client.get(_at(setting, "people_options")).status_code == 404
