"""The rules of reviews: read and written without loss, refused with sentences, kept in versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from hypothesis import given
from hypothesis import strategies as st

from governance.enums import Role
from incidents.enums import Severity
from reviews.enums import CheckCode, SignOffRole
from reviews.errors import PolicyRefused
from reviews.models import ReviewPolicy
from reviews.policy import EXTRA_ROLES, Deadlines, Policy, Span, Unit, differences, span_of
from reviews.rules_form import RulesForm
from reviews.selectors.rules import rules_of
from reviews.services import set_policy
from tests.factories import make_member, make_organization

spans = st.builds(Span, st.integers(1, 400), st.sampled_from(Unit))
deadlines = st.builds(Deadlines, spans, spans, spans)
hours = st.lists(st.integers(1, 400), max_size=5).map(tuple)
checks = st.sets(st.sampled_from(CheckCode)).map(
    lambda codes: tuple(code for code in CheckCode if code in codes)
)
policies = st.builds(
    Policy,
    signers=st.fixed_dictionaries(
        {one.value: st.lists(st.sampled_from(EXTRA_ROLES), unique=True).map(tuple) for one in Severity}
    ),
    security_where_data_exposed=st.booleans(),
    delegates_allowed=st.booleans(),
    comments_block=st.booleans(),
    blocking_checks=st.fixed_dictionaries({one.value: checks for one in Severity}),
    deadlines=st.fixed_dictionaries({one.value: deadlines for one in Severity}),
    recent_minutes=st.integers(1, 480),
    remind_before=hours,
    remind_after=hours,
    escalate_to_leads_after=st.integers(1, 200),
    escalate_to_managers_after=st.integers(200, 400),
    promise_days=st.fixed_dictionaries({one.value: st.integers(1, 400) for one in Severity}),
)


@given(policies)
def test_policy_comes_back_from_its_plain_form(policy: Policy) -> None:
    assert Policy.from_plain(policy.plain()) == policy
    assert differences(policy, policy) == []


@given(spans)
def test_span_is_read_as_it_is_worded(span: Span) -> None:
    assert span_of(span.label) == span


def test_defaults_are_sound_and_those_of_the_checklist() -> None:
    policy = Policy()
    policy.require_sound()
    assert policy.promise_days == {1: 15, 2: 30, 3: 56, 4: 56}
    assert policy.deadlines[1].review == Span(3, Unit.DAYS)
    assert policy.deadlines[2].review == Span(5, Unit.BUSINESS_DAYS)
    assert policy.roles_for(1, data_exposed=False) == (SignOffRole.MANAGER,)
    assert policy.roles_for(2, data_exposed=True) == (SignOffRole.SECURITY,)
    assert policy.roles_for(1, data_exposed=True) == EXTRA_ROLES


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"least_people": 1}, "Two different people at least"),
        ({"least_people": 3}, "cannot be had for SEV2, SEV3, SEV4"),
        ({"recent_minutes": 0}, "A sign-in counts as recent"),
        ({"signers": {1: (SignOffRole.SERVICE_OWNER,), 2: (), 3: (), 4: ()}}, "always sign"),
        ({"signers": {1: ()}}, "Say for every severity who signs"),
        ({"blocking_checks": {1: ()}}, "Say for every severity which checks"),
        ({"deadlines": {}}, "Say for every severity when"),
        ({"promise_days": {1: 15}}, "within how many days an action item is done"),
        ({"promise_days": {1: 15, 2: 30, 3: 56, 4: 0}}, "due after 1 to 400 days"),
        ({"remind_before": (0,)}, "whole hours"),
        ({"escalate_to_leads_after": 90}, "Managers hear of something overdue after"),
    ],
)
def test_rules_that_cannot_be_are_refused(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PolicyRefused, match=sentence):
        replace(Policy(), **values).require_sound()


def test_stored_rules_without_a_newer_one_have_its_default() -> None:
    rules = Policy().plain()
    del rules["comments_block"]
    assert Policy.from_plain({**rules, "of_a_later_version": 1}) == Policy()
    with pytest.raises(PolicyRefused, match="cannot be read"):
        Policy.from_plain({**rules, "signers": {"1": ["nobody"]}})


def test_checks_of_the_earlier_form_hold_for_every_severity() -> None:
    rules = {**Policy().plain(), "blocking_checks": ["blame", "unproven_factor"]}
    codes = (CheckCode.UNPROVEN_FACTOR, CheckCode.BLAME)
    assert Policy.from_plain(rules).blocking_checks == dict.fromkeys([one.value for one in Severity], codes)


def test_checks_that_change_for_one_severity_are_told() -> None:
    checks = {**Policy().blocking_checks, 4: ()}
    (told,) = differences(Policy(), replace(Policy(), blocking_checks=checks))
    assert told.startswith("Checks that hold up submission: SEV1, SEV2: a text that contradicts itself")
    assert told.endswith("SEV4: none")


@pytest.mark.django_db
def test_versions_are_kept_with_what_changed() -> None:
    organization = make_organization()
    lead = make_member(organization, Role.SRE_LEAD)
    with scope(organization=organization):
        set_policy(actor=lead, organization=organization, policy=replace(Policy(), comments_block=False))
        second = replace(Policy(), comments_block=False, recent_minutes=5)
        row = set_policy(actor=lead, organization=organization, policy=second, note="The auditors asked")
        assert row.version == 2
        assert rules_of(organization) == second
        with pytest.raises(PolicyRefused, match="hold already"):
            set_policy(actor=lead, organization=organization, policy=second)


@pytest.mark.django_db
def test_screen_shows_versions_and_sets_the_next(client: Client) -> None:
    organization = make_organization()
    lead, reader = make_member(organization, Role.SRE_LEAD), make_member(organization, Role.AUDITOR)
    url = reverse("reviews:rules", args=[organization.slug])
    client.force_login(lead)
    values = typed(Policy())
    assert "These rules hold already" not in client.get(url).content.decode()
    answer = client.post(url, {**values, "draft_1": "soon", "recent_minutes": "5"})
    assert answer.status_code == 422
    assert "Write a number with its unit" in answer.content.decode()
    values |= {"draft_1": "36 hours", "recent_minutes": "5", "note": "The auditors asked", "promise_2": "21"}
    values["checks_1"] = [*values["checks_1"], "accounts"]
    values.pop("comments_block")
    assert client.post(url, values).status_code == 302
    client.force_login(reader)
    shown = client.get(url).content.decode()
    assert "Open comments hold up submission: yes → no" in shown
    assert "accounts of those who were there, not confirmed" in shown
    assert "The auditors asked" in shown
    assert "Days for an action item: SEV1 15, SEV2 30, SEV3 56, SEV4 56 → SEV1 15, SEV2 21, SEV3 56" in shown
    assert client.post(url, values).status_code == 403
    with scope(organization=organization):
        assert ReviewPolicy.objects.get().rules["deadlines"]["1"]["draft"] == [36, "hours"]


def typed(policy: Policy) -> dict[str, Any]:
    """What a browser sends for the form as it is shown."""
    form = RulesForm(policy=policy)
    values = {name: form[name].value() for name in form.fields}
    return {
        name: ("on" if value is True else value)
        for name, value in values.items()
        if value not in (False, None)
    }
