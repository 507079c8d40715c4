"""Screens of action items, by plain forms and links alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from governance.models import User
from remediation.enums import ActionStatus
from remediation.models import ActionItem
from remediation.services import complete_action_item, revise_action_item
from reviews.enums import ReviewState
from tests.factories import make_member, make_organization
from tests.remediation.builders import promise, typed, wording
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Setting:
    return make_setting()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(setting: Setting, name: str, *rest: object) -> str:
    return reverse(f"remediation:{name}", args=[setting.organization.slug, *rest])


def of_item(setting: Setting, name: str, number: int = 1) -> str:
    return address(setting, name, setting.incident.reference, number)


def planned(setting: Setting, title: str = "Fence the old primary", **fields: Any) -> ActionItem:
    with scope(organization=setting.organization):
        return promise(setting, title, **fields)


def stored(setting: Setting, number: int = 1) -> ActionItem:
    with scope(organization=setting.organization):
        item: ActionItem = ActionItem.objects.get(number=number)
        return item


def text(response: Any) -> str:
    return str(response.content, "utf-8")


def test_new_plans_an_item_and_leads_back_to_the_review(setting: Setting) -> None:
    first = planned(setting)
    client = signed_in(setting.jon)
    form = client.get(address(setting, "new", setting.incident.reference))
    assert "A1 Fence the old primary" in text(form)
    answer = client.post(
        address(setting, "new", setting.incident.reference),
        typed(setting, "Rehearse it", depends_on=[first.pk]),
    )
    assert answer.status_code == 302
    with scope(organization=setting.organization):
        assert list(stored(setting, 2).depends_on.all()) == [first]
    page = client.get(answer["Location"])
    assert "A2 is promised." in text(page) and "Rehearse it" in text(page)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"due_on": "2018-10-21"}, "This day has passed."),
        ({"verification_criterion": ""}, "Fill this in; nothing was saved yet."),
        ({"owner": "0"}, "Select a valid choice."),
    ],
)
def test_new_answers_422_and_keeps_what_was_typed(
    setting: Setting, wrong: dict[str, str], sentence: str
) -> None:
    data = typed(setting, "Words that took a while", **wrong)
    answer = signed_in(setting.jon).post(address(setting, "new", setting.incident.reference), data)
    assert answer.status_code == 422
    assert sentence in text(answer) and "Words that took a while" in text(answer)


def test_new_with_nothing_typed_answers_422(setting: Setting) -> None:
    answer = signed_in(setting.jon).post(address(setting, "new", setting.incident.reference), {})
    assert answer.status_code == 422


def test_new_on_a_published_review_says_why_not(setting: Setting) -> None:
    with scope(organization=setting.organization):
        bring_to(setting, ReviewState.PUBLISHED)
    answer = signed_in(setting.jon).post(address(setting, "new", setting.incident.reference), typed(setting))
    assert answer.status_code == 422
    assert "This review is published" in text(answer)


def test_edit_of_a_stale_form_shows_both_and_can_be_saved_again(setting: Setting) -> None:
    item = planned(setting)
    with scope(organization=setting.organization):
        revise_action_item(actor=setting.jon, item=item, version=1, title="Their words", **wording(setting))
    client = signed_in(setting.mara)
    answer = client.post(of_item(setting, "edit"), typed(setting, "My words", version="1"))
    assert answer.status_code == 422
    assert "My words" in text(answer) and "Their words" in text(answer)
    assert answer.context["form"]["version"].value() == "2"
    assert stored(setting).title == "Their words"
    again = client.post(of_item(setting, "edit"), typed(setting, "Both words", version="2"))
    assert again.status_code == 302
    assert stored(setting).title == "Both words"


def test_edit_shows_the_item_as_it_stands(setting: Setting) -> None:
    first = planned(setting)
    planned(setting, "Second", depends_on=[first])
    form = signed_in(setting.jon).get(of_item(setting, "edit", 2)).context["form"]
    assert form["title"].value() == "Second"
    assert form["depends_on"].value() == [first.pk]
    assert first in form.fields["depends_on"].queryset and len(form.fields["depends_on"].queryset) == 1


def test_edit_that_closes_a_loop_names_it(setting: Setting) -> None:
    first = planned(setting)
    second = planned(setting, "Second", depends_on=[first])
    answer = signed_in(setting.jon).post(
        of_item(setting, "edit"), typed(setting, version="1", depends_on=[second.pk])
    )
    assert answer.status_code == 422
    assert "A1 needs A2, A2 needs A1" in text(answer)


def test_remove_is_refused_with_a_sentence_while_needed(setting: Setting) -> None:
    planned(setting, "Second", depends_on=[planned(setting)])
    client = signed_in(setting.jon)
    answer = client.post(of_item(setting, "remove"))
    assert (answer.status_code, "A1 is needed by A2" in text(answer)) == (422, True)
    assert f'action="{of_item(setting, "edit")}"' in text(answer), "saving there must not try to remove again"
    assert client.post(of_item(setting, "remove", 2)).status_code == 302
    with scope(organization=setting.organization):
        assert ActionItem.objects.count() == 1


def test_complete_then_verify_by_plain_forms(setting: Setting) -> None:
    planned(setting)
    owner, lead = signed_in(setting.priya), signed_in(setting.jon)
    assert "Say that it is done" in text(owner.get(of_item(setting, "detail")))
    assert owner.post(of_item(setting, "complete"), {"note": "Fenced."}).status_code == 302
    assert "Verify that it works" not in text(owner.get(of_item(setting, "detail")))
    assert "Verify that it works" in text(lead.get(of_item(setting, "detail")))
    assert lead.post(of_item(setting, "verify"), {"note": "The drill passed."}).status_code == 302
    assert stored(setting).status == ActionStatus.VERIFIED
    assert "The drill passed." in text(owner.get(of_item(setting, "detail")))


def test_complete_without_a_note_answers_422(setting: Setting) -> None:
    planned(setting)
    answer = signed_in(setting.priya).post(of_item(setting, "complete"), {"note": " "})
    assert answer.status_code == 422
    assert stored(setting).status == ActionStatus.OPEN


def test_complete_too_early_keeps_the_note_and_says_what_is_needed(setting: Setting) -> None:
    planned(setting, "Second", depends_on=[planned(setting)])
    answer = signed_in(setting.priya).post(of_item(setting, "complete", 2), {"note": "A long report"})
    assert answer.status_code == 422
    assert "A2 needs A1 first" in text(answer) and "A long report" in text(answer)


def test_complete_of_what_is_done_says_so_though_no_form_is_left(setting: Setting) -> None:
    item = planned(setting)
    with scope(organization=setting.organization):
        complete_action_item(actor=setting.priya, item=item, note="Fenced.")
    answer = signed_in(setting.priya).post(of_item(setting, "complete"), {"note": "Again"})
    assert (answer.status_code, "A1 is not open any more" in text(answer)) == (422, True)


def test_auditor_reads_and_changes_nothing(setting: Setting) -> None:
    planned(setting)
    client = signed_in(make_member(setting.organization, Role.AUDITOR))
    assert client.get(address(setting, "list")).status_code == 200
    page = client.get(of_item(setting, "detail"))
    assert page.status_code == 200 and "<form" not in text(page).split("<main", 1)[1].split("</main>", 1)[0]
    for name in ("edit", "remove", "complete", "verify"):
        assert client.post(of_item(setting, name), {"note": "Done."}).status_code == 403
    assert client.post(address(setting, "new", setting.incident.reference), typed(setting)).status_code == 403
    assert (stored(setting).status, stored(setting).version) == (ActionStatus.OPEN, 1)


def test_owner_may_not_verify(setting: Setting) -> None:
    item = planned(setting, owner=setting.jon)
    with scope(organization=setting.organization):
        complete_action_item(actor=setting.mara, item=item, note="Fenced.")
    assert signed_in(setting.jon).post(of_item(setting, "verify"), {"note": "Works."}).status_code == 403


def test_other_organization_meets_404(setting: Setting) -> None:
    planned(setting)
    elsewhere = make_organization()
    client = signed_in(make_member(elsewhere, Role.SRE_LEAD))
    for name in ("detail", "edit"):
        assert client.get(of_item(setting, name)).status_code == 404
        under_own_name = reverse(f"remediation:{name}", args=[elsewhere.slug, setting.incident.reference, 1])
        assert client.get(under_own_name).status_code == 404
    for name in ("remove", "complete", "verify"):
        assert client.post(of_item(setting, name), {"note": "Done."}).status_code == 404


@pytest.mark.parametrize(
    ("show", "titles"),
    [
        ("open", {"Late", "Ahead"}),
        ("overdue", {"Late"}),
        ("verify", {"Finished"}),
        ("mine", {"Late"}),
        ("all", {"Late", "Ahead", "Finished"}),
        ("no such filter", {"Late", "Ahead"}),
    ],
)
def test_list_filters(setting: Setting, show: str, titles: set[str]) -> None:
    planned(setting, "Late", due_on=date(2018, 11, 1))
    planned(setting, "Ahead", owner=setting.jon)
    finished = planned(setting, "Finished")
    with scope(organization=setting.organization):
        complete_action_item(actor=setting.priya, item=finished, note="Done.")
    page = signed_in(setting.priya).get(address(setting, "list"), {"show": show})
    assert {item.title for item in page.context["page"]} == titles


def test_list_without_items_says_what_to_do(setting: Setting) -> None:
    page = signed_in(setting.priya).get(address(setting, "list"))
    assert "They are planned inside a review" in text(page)


def queries(visit: Callable[[], Any]) -> int:
    visit()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert visit().status_code == 200
    return len(captured)


def test_list_and_work_ask_the_same_number_of_queries_for_one_row_and_three(setting: Setting) -> None:
    client = signed_in(setting.priya)
    pages = [address(setting, "list"), reverse("work:home", args=[setting.organization.slug])]
    first = planned(setting)
    with scope(organization=setting.organization):
        bring_to(setting, ReviewState.PUBLISHED)
    one = [queries(partial(client.get, page)) for page in pages]
    with scope(organization=setting.organization):
        for number in (2, 3):
            ActionItem(
                organization=setting.organization,
                review=setting.review,
                number=number,
                title=f"Item {number}",
                **wording(setting),
            ).save()
    three = [queries(partial(client.get, page)) for page in pages]
    assert first.number == 1 and one == three
