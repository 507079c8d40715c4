"""The model on the screen: off by default, a button where it is allowed, a line that says how far it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import Connection, User
from incidents.services import privacy
from reviews.enums import RunState, SectionKey
from reviews.modeling import INSTRUCTIONS, PROMPT_VERSION
from reviews.models import ModelConsent, ModelRun, ModelSettings, Proposal
from reviews.services import modeling
from tests.reviews.modeling.conftest import Asked, passages, said

TRUE = "At 22:32 UTC, proxy 2.1 was deployed."
BUTTON = "Ask the model"
IN_PLACE = {"HX-Request": "true"}


class Browser:
    """A person in front of the pages of one review."""

    def __init__(self, asked: Asked, client: Client, person: User | None = None) -> None:
        self.asked, self.client = asked, client
        client.force_login(person or asked.setting.jon)

    def address(self, name: str, *more: Any) -> str:
        ref = [] if name == "model_settings" else [self.asked.setting.incident.reference]
        return reverse(f"reviews:{name}", args=[self.asked.setting.organization.slug, *ref, *more])

    def page(self, name: str, *more: Any, **headers: Any) -> str:
        return self.client.get(self.address(name, *more), headers=headers or None).content.decode()

    def ask(self, **headers: Any) -> Any:
        return self.client.post(self.address("model_ask", "summary"), headers=headers or None)


@pytest.fixture
def browser(asked: Asked, client: Client) -> Browser:
    return Browser(asked, client)


def test_button_stands_where_it_is_allowed_only(browser: Browser) -> None:
    page = browser.page("detail")
    assert page.count(BUTTON) == 1
    assert 'id="model-summary"' in page and 'id="model-detection"' not in page


def test_no_button_while_it_is_off(browser: Browser) -> None:
    ModelSettings.objects.all().delete()
    assert BUTTON not in browser.page("detail")


def test_no_button_for_who_may_not_write(asked: Asked, client: Client) -> None:
    assert BUTTON not in Browser(asked, client, asked.administrator).page("detail")


def test_without_a_connection_the_way_to_it_is_shown(browser: Browser) -> None:
    Connection.objects.all().delete()
    page = browser.page("detail")
    assert BUTTON not in page and "No model is connected" in page


def test_asking_without_scripts_leads_back_to_the_section(browser: Browser) -> None:
    answer = browser.ask()
    assert answer.status_code == 302 and answer["Location"].endswith("#model-summary")
    assert "was asked by Jon Vik" in browser.page("detail")


def test_asking_in_place_shows_a_line_that_asks_again(browser: Browser) -> None:
    page = browser.ask(**IN_PLACE).content.decode()
    assert "<html" not in page and 'hx-trigger="every 2s"' in page and BUTTON not in page


def test_line_ends_with_what_came(browser: Browser, asked: Asked) -> None:
    browser.ask()
    run = ModelRun.objects.get()
    asked.answering(said(passages((TRUE, [1]), ("Redis saw errors.", [2]))))
    asked.deliver(run)
    line = browser.page("model_run", run.pk, **IN_PLACE)
    assert "every 2s" not in line and BUTTON in line
    words = " ".join(line.split())
    assert "stub-7b suggested 1 passage" in words and "1 with a number, time or name" in words
    assert "#proposals-summary" in line
    page = browser.page("detail")
    assert TRUE.removesuffix(".") in page and "stub-7b" in page and "Redis saw" not in page


def test_failure_is_told_on_the_page(browser: Browser, asked: Asked) -> None:
    browser.ask()
    asked.answering(said("Sure!"))
    asked.deliver(ModelRun.objects.get())
    page = browser.page("detail")
    assert "did not answer in the form that was asked for. The draft stands as it is." in page
    assert page.count(BUTTON) == 1


def test_history_shows_what_each_question_cost(browser: Browser, asked: Asked) -> None:
    asked.answering(said(passages((TRUE, [1]))), said("Sure!"))
    for _ in range(2):
        asked.ask()
    page = " ".join(browser.page("model_runs").split())
    assert "2 questions" in page and "0.0076 EUR" in page
    assert PROMPT_VERSION in page and "1200" in page


def test_prompts_are_visible_to_everybody(asked: Asked, client: Client) -> None:
    page = Browser(asked, client, asked.setting.priya).page("model_settings")
    assert INSTRUCTIONS.split("\n")[0] in page and PROMPT_VERSION in page
    assert "Save the settings" not in page


def _settings(**changed: Any) -> dict[str, Any]:
    return {
        "is_enabled": "on",
        "sections": ["detection"],
        "price_in": "1.5",
        "price_out": "2",
        "currency": "usd",
        "version": ModelSettings.objects.get().version,
        **changed,
    }


def test_administrator_sets_it(asked: Asked, client: Client) -> None:
    browser = Browser(asked, client, asked.administrator)
    assert client.post(browser.address("model_settings"), _settings()).status_code == 302
    stored = ModelSettings.objects.get()
    assert (stored.sections, stored.price_in, stored.currency) == (
        [SectionKey.DETECTION],
        Decimal("1.5"),
        "USD",
    )
    assert 'value="USD"' in browser.page("model_settings")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"currency": ""}, "Name the currency"),
        ({"currency": "E"}, "three letters"),
        ({"sections": []}, "Choose at least one section"),
        ({"price_in": "-1"}, "greater than or equal to 0"),
        ({"version": 0}, "Somebody changed these settings"),
    ],
)
def test_settings_that_do_not_fit_are_not_saved(
    asked: Asked, client: Client, changed: dict[str, Any], told: str
) -> None:
    browser = Browser(asked, client, asked.administrator)
    answer = client.post(browser.address("model_settings"), _settings(**changed))
    assert answer.status_code == 422 and told in answer.content.decode()
    assert ModelSettings.objects.get().currency == "EUR"


def test_private_incident_says_what_is_missing(browser: Browser, asked: Asked) -> None:
    privacy.make_private(actor=asked.setting.jon, incident=asked.setting.incident)
    page = browser.page("detail")
    assert BUTTON not in page and "This incident is private" in page
    assert browser.ask().status_code == 422
    assert not ModelRun.objects.exists() and asked.sent == []


def test_consent_is_given_and_taken_back_on_the_page(browser: Browser, asked: Asked) -> None:
    privacy.make_private(actor=asked.setting.jon, incident=asked.setting.incident)
    assert browser.client.post(browser.address("model_consent"), {"reason": ""}).status_code == 422
    browser.client.post(browser.address("model_consent"), {"reason": "It runs in our own rooms."})
    assert "It runs in our own rooms." in browser.page("model_runs")
    assert BUTTON in browser.page("detail")
    browser.client.post(browser.address("model_revoke"))
    assert ModelConsent.objects.get().revoked_by == asked.setting.jon
    assert BUTTON not in browser.page("detail")


def test_outsider_of_a_private_incident_meets_nothing(asked: Asked, client: Client) -> None:
    run = modeling.ask_model(actor=asked.setting.jon, section=asked.section)
    privacy.make_private(actor=asked.setting.jon, incident=asked.setting.incident)
    outsider = Browser(asked, client, asked.administrator)
    assert client.get(outsider.address("model_runs")).status_code == 404
    assert client.get(outsider.address("model_run", run.pk)).status_code == 404
    assert outsider.ask().status_code == 404
    for name in ("model_consent", "model_revoke"):
        assert client.post(outsider.address(name)).status_code == 404


def test_run_of_another_review_is_not_found(browser: Browser) -> None:
    assert browser.client.get(browser.address("model_run", 987_654)).status_code == 404


def test_sentence_of_a_model_is_marked_in_the_text(browser: Browser, asked: Asked) -> None:
    asked.answering(said(passages((TRUE, [1]))))
    asked.ask()
    browser.client.post(browser.address("proposal_take", Proposal.objects.get().pk))
    assert "Suggested by stub-7b, taken by a person" in browser.page("detail")
    assert ModelRun.objects.get().state == RunState.DONE
