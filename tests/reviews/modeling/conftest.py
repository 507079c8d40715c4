"""An organization whose model is the test's own server, allowed for the summary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django_scopes import scope
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from governance import outbox
from governance.enums import ConnectionKind, Role
from governance.models import Connection, Delivery, User
from reviews.enums import SectionKey
from reviews.models import ModelRun, Proposal, Section
from reviews.selectors.modeling import settings_of
from reviews.services import modeling
from tests.factories import make_member
from tests.reviews.builders import Setting, make_setting

PATH = "/v1/chat/completions"
SECRET = "sk-a-secret-of-ours"
Answer = Callable[[Request], Response]


def passages(*pairs: tuple[str, list[Any]]) -> str:
    """An answer in the shape that is asked for."""
    return json.dumps({"passages": [{"text": text, "citations": cited} for text, cited in pairs]})


def said(content: Any, tokens: tuple[int, int] | None = (1200, 80)) -> Response:
    """What an OpenAI-compatible server wraps around it."""
    body: dict[str, Any] = {"choices": [{"message": {"role": "assistant", "content": content}}]}
    if tokens:
        body["usage"] = dict(zip(("prompt_tokens", "completion_tokens"), tokens, strict=True))
    return Response(json.dumps(body), content_type="application/json")


@dataclass
class Asked:
    """The setting, its administrator, and the server that plays the model."""

    setting: Setting
    administrator: User
    server: HTTPServer
    answers: list[Answer] = field(default_factory=list)

    @property
    def section(self) -> Section:
        found: Section = Section.objects.select_related("review__incident").get(
            review=self.setting.review, key=SectionKey.SUMMARY
        )
        return found

    def allow(self, sections: tuple[str, ...] = (SectionKey.SUMMARY,), **changed: Any) -> None:
        values: dict[str, Any] = {
            "is_enabled": True,
            "price_in": Decimal("2.5"),
            "price_out": Decimal(10),
            "currency": "EUR",
            "version": settings_of(self.setting.organization).version,
            **changed,
        }
        modeling.set_model(
            actor=self.administrator,
            organization=self.setting.organization,
            sections=list(sections),
            **values,
        )

    def connect(self) -> Connection:
        connection = Connection(
            organization=self.setting.organization,
            kind=ConnectionKind.MODEL,
            base_url=self.server.url_for("/v1"),
            secret=SECRET,
            options={"model": "stub-7b"},
        )
        connection.save()
        return connection

    def answering(self, *answers: Response | Answer) -> None:
        """What the server says, one after the other."""
        queue = iter(answers)

        def handle(request: Request) -> Response:
            answer = next(queue)
            return answer if isinstance(answer, Response) else answer(request)

        self.server.expect_request(PATH, method="POST").respond_with_handler(handle)

    def ask(self) -> ModelRun:
        run = modeling.ask_model(actor=self.setting.jon, section=self.section)
        self.deliver(run)
        return self.fresh(run)

    def deliver(self, run: ModelRun) -> bool:
        return outbox.deliver_one(Delivery.objects.get(key__endswith=f"run {run.pk}").pk)

    def fresh(self, run: ModelRun) -> ModelRun:
        found: ModelRun = ModelRun.objects.get(pk=run.pk)
        return found

    @property
    def proposed(self) -> list[str]:
        return list(Proposal.objects.order_by("position").values_list("text", flat=True))

    @property
    def sent(self) -> list[dict[str, Any]]:
        """What reached the server."""
        return [json.loads(request.data) for request, _answer in self.server.log]


@pytest.fixture
def asked(db: None, httpserver: HTTPServer, settings: Settings) -> Iterator[Asked]:
    settings.OUTBOUND_PRIVATE_HOSTS = ("localhost", "127.0.0.1")
    settings.DELIVERY_SETTLE_SECONDS = 0
    setting = make_setting()
    administrator = make_member(setting.organization, Role.ADMINISTRATOR, name="Ada Admin")
    with scope(organization=setting.organization):
        one = Asked(setting, administrator, httpserver)
        one.connect()
        one.allow()
        yield one
