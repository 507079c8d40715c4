"""Who meets which answer at which address: every route, every method, every kind of person, in one table.

A route without a row fails, and so does a row without a route. People of another organization always meet 404, people
who have not signed in always meet the sign-in page, and a method that has no row is refused with 405.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_scopes import scope
from pytest_django import DjangoDbBlocker

from governance.access import Post, appoint
from governance.enums import ConnectionKind, DeliveryStatus, NoticeKind, Role
from governance.models import Connection, Delegation, Delivery, GroupRole, Notice, Organization, User
from governance.selectors import today_in
from governance.services import delegate, issue_token, open_account, tell
from incidents.enums import ArrivalStatus, HookKind, SourceKind
from incidents.models import Arrival, Incident, IncidentReader
from incidents.services import highlight_entries
from incidents.services.attachments import attach_file
from incidents.services.hooks import create_hook
from incidents.services.receiving import receive
from incidents.services.rules import save_rule
from remediation.enums import ActionKind
from remediation.models import ActionItem
from reviews.enums import CheckCode, Confidence, ProposalKind, Provenance, RunState, SectionKey, WaiverKind
from reviews.models import Factor, ModelRun, Proposal, Question, Review, Risk, Section, Waiver
from reviews.services.threads import open_thread
from tests.factories import (
    make_entry,
    make_evidence,
    make_incident,
    make_member,
    make_organization,
    make_service,
)
from tests.factories.incidents import START
from tests.factories.reviews import make_publication

pytestmark = pytest.mark.django_db

METHODS = ("get", "post")

# Everybody below is a member. The two who sign are auditors beside that, so that what a post adds can be seen.
PEOPLE = ("responder", "sre_lead", "manager", "security", "auditor", "administrator", "commander", "owner")
EVERYBODY = frozenset(PEOPLE)
WRITERS = frozenset({"responder", "sre_lead"})
ANSWERERS = WRITERS | {"manager", "security"}
READERS_OF_THE_TRAIL = EVERYBODY - {"responder"}
APPOINTERS = frozenset({"sre_lead", "administrator"})
JUDGES = frozenset({"sre_lead", "manager"})
OBJECTORS = frozenset({"responder", "sre_lead", "manager", "security", "commander", "owner"})
MANAGERS = frozenset({"manager"})
LEADS = frozenset({"sre_lead"})
RULERS = frozenset({"sre_lead", "administrator"})
SIGNERS = frozenset({"commander", "owner"})
PUBLISHERS = frozenset({"sre_lead", "commander"})
APPROVERS = JUDGES | {"commander"}
ADMINISTRATORS = frozenset({"administrator"})
CONFIDANTS = frozenset({"sre_lead", "administrator", "commander"})
RAW_READERS = frozenset({"sre_lead", "security", "auditor", "commander", "owner"})


class Row(NamedTuple):
    """One route and method: who may, and what they meet when they send nothing useful."""

    route: str
    method: str
    who: frozenset[str]
    status: int


TABLE = [
    # What one needs no organization for
    Row("governance:start", "get", EVERYBODY, 302),
    # One's own account; what changes it asks for a fresh proof first (302), and what one does not have is not found
    Row("mfa_index", "get", EVERYBODY, 200),
    Row("account_reauthenticate", "get", EVERYBODY, 200),
    Row("account_reauthenticate", "post", EVERYBODY, 422),
    Row("mfa_reauthenticate", "get", EVERYBODY, 302),
    Row("mfa_reauthenticate", "post", EVERYBODY, 302),
    Row("mfa_reauthenticate_webauthn", "get", EVERYBODY, 302),
    Row("mfa_reauthenticate_webauthn", "post", EVERYBODY, 302),
    Row("account_change_password", "get", EVERYBODY, 200),
    Row("account_change_password", "post", EVERYBODY, 422),
    Row("mfa_activate_totp", "get", EVERYBODY, 302),
    Row("mfa_activate_totp", "post", EVERYBODY, 302),
    Row("mfa_deactivate_totp", "get", EVERYBODY, 404),
    Row("mfa_deactivate_totp", "post", EVERYBODY, 404),
    Row("mfa_view_recovery_codes", "get", EVERYBODY, 404),
    Row("mfa_generate_recovery_codes", "get", EVERYBODY, 302),
    Row("mfa_generate_recovery_codes", "post", EVERYBODY, 302),
    Row("mfa_download_recovery_codes", "get", EVERYBODY, 404),
    Row("mfa_add_webauthn", "get", EVERYBODY, 302),
    Row("mfa_add_webauthn", "post", EVERYBODY, 302),
    Row("mfa_edit_webauthn", "get", EVERYBODY, 302),
    Row("mfa_edit_webauthn", "post", EVERYBODY, 302),
    Row("mfa_remove_webauthn", "get", EVERYBODY, 302),
    Row("mfa_remove_webauthn", "post", EVERYBODY, 302),
    Row("usersessions_list", "get", EVERYBODY, 200),
    Row("usersessions_list", "post", EVERYBODY, 302),
    # My work
    Row("work:home", "get", EVERYBODY, 200),
    # Notices
    Row("governance:notices", "get", EVERYBODY, 200),
    Row("governance:notices_read", "post", EVERYBODY, 302),
    Row("governance:notice_choices", "get", EVERYBODY, 200),
    Row("governance:notice_choices", "post", EVERYBODY, 302),
    Row("governance:notice", "get", frozenset({"responder"}), 302),
    # Settings and the audit trail
    Row("governance:settings", "get", EVERYBODY, 200),
    Row("governance:absence", "get", EVERYBODY, 200),
    Row("governance:absence", "post", EVERYBODY, 422),
    Row("governance:absence_end", "post", frozenset({"responder", "sre_lead", "administrator"}), 302),
    Row("governance:calendar", "get", EVERYBODY, 200),
    Row("governance:calendar", "post", APPOINTERS, 422),
    Row("governance:people", "get", EVERYBODY, 200),
    Row("governance:person_add", "post", ADMINISTRATORS, 422),
    Row("governance:person_roles", "post", ADMINISTRATORS, 422),
    Row("governance:programs", "get", ADMINISTRATORS, 200),
    Row("governance:programs", "post", ADMINISTRATORS, 422),
    Row("governance:program", "get", ADMINISTRATORS, 200),
    Row("governance:program", "post", ADMINISTRATORS, 422),
    Row("governance:program_close", "post", ADMINISTRATORS, 302),
    Row("governance:token_revoke", "post", ADMINISTRATORS, 302),
    Row("governance:groups", "get", ADMINISTRATORS, 200),
    Row("governance:groups", "post", ADMINISTRATORS, 422),
    Row("governance:group_remove", "post", ADMINISTRATORS, 302),
    Row("governance:connections", "get", EVERYBODY, 200),
    Row("governance:connection", "get", ADMINISTRATORS, 200),
    Row("governance:connection", "post", ADMINISTRATORS, 422),
    Row("governance:connection_test", "post", ADMINISTRATORS, 302),
    Row("governance:connection_remove", "post", ADMINISTRATORS, 302),
    Row("governance:audit", "get", READERS_OF_THE_TRAIL, 200),
    Row("governance:audit_verify", "post", READERS_OF_THE_TRAIL, 200),
    # Incidents and their chronology
    Row("incidents:list", "get", EVERYBODY, 200),
    Row("incidents:new", "get", WRITERS, 200),
    Row("incidents:new", "post", WRITERS, 422),
    Row("incidents:services", "get", EVERYBODY, 200),
    Row("incidents:service_terms", "get", APPOINTERS, 200),
    Row("incidents:service_terms", "post", APPOINTERS, 302),
    Row("incidents:service_new", "get", APPOINTERS, 200),
    Row("incidents:service_new", "post", APPOINTERS, 422),
    Row("incidents:service_owner", "post", APPOINTERS, 422),
    Row("incidents:analysis", "get", EVERYBODY, 200),
    Row("incidents:detail", "get", EVERYBODY, 200),
    Row("incidents:commander", "post", APPOINTERS, 422),
    Row("incidents:make_private", "post", CONFIDANTS, 302),
    Row("incidents:make_open", "post", CONFIDANTS, 422),
    Row("incidents:reader_add", "post", CONFIDANTS, 422),
    Row("incidents:reader_remove", "post", CONFIDANTS, 302),
    Row("incidents:statement", "get", WRITERS, 200),
    Row("incidents:statement", "post", WRITERS, 422),
    Row("incidents:import", "get", EVERYBODY, 200),
    Row("incidents:import", "post", WRITERS, 422),
    Row("incidents:evidence_download", "get", RAW_READERS, 200),
    Row("incidents:pull", "get", WRITERS, 200),
    Row("incidents:pull", "post", WRITERS, 422),
    Row("incidents:describe", "get", WRITERS, 200),
    Row("incidents:describe", "post", WRITERS, 422),
    # Intake, sources and rules
    Row("incidents:intake", "get", EVERYBODY, 200),
    Row("incidents:arrival", "get", EVERYBODY, 200),
    Row("incidents:arrival_progress", "get", EVERYBODY, 200),
    Row("incidents:arrival_replay", "post", WRITERS, 302),
    Row("incidents:arrival_attach", "post", WRITERS, 422),
    Row("incidents:arrival_dismiss", "post", WRITERS, 422),
    Row("incidents:arrival_cancel", "post", WRITERS, 422),
    Row("incidents:arrival_raw", "get", RAW_READERS, 200),
    Row("incidents:sources", "get", EVERYBODY, 200),
    Row("incidents:source_new", "get", ADMINISTRATORS, 200),
    Row("incidents:source_new", "post", ADMINISTRATORS, 302),
    Row("incidents:source", "get", ADMINISTRATORS, 200),
    Row("incidents:source", "post", ADMINISTRATORS, 302),
    Row("incidents:source_secret", "post", ADMINISTRATORS, 302),
    Row("incidents:source_close", "post", ADMINISTRATORS, 302),
    Row("incidents:rules", "get", EVERYBODY, 200),
    Row("incidents:rule_new", "get", ADMINISTRATORS, 200),
    Row("incidents:rule_new", "post", ADMINISTRATORS, 422),
    Row("incidents:rule", "get", ADMINISTRATORS, 200),
    Row("incidents:rule", "post", ADMINISTRATORS, 422),
    Row("incidents:rule_remove", "post", ADMINISTRATORS, 302),
    Row("incidents:policy", "post", ADMINISTRATORS, 422),
    Row("incidents:entries", "get", EVERYBODY, 200),
    Row("incidents:evidence_payload", "get", EVERYBODY, 200),
    Row("incidents:attachment", "get", EVERYBODY, 200),
    Row("incidents:entry_attach", "post", WRITERS, 422),
    Row("incidents:bulk", "post", WRITERS, 422),
    Row("incidents:history", "get", EVERYBODY, 200),
    Row("incidents:undo", "post", WRITERS, 302),
    Row("incidents:clock", "post", WRITERS, 422),
    Row("incidents:entry", "get", EVERYBODY, 200),
    Row("incidents:highlight", "post", WRITERS, 302),
    Row("incidents:hide", "post", WRITERS, 422),
    Row("incidents:show", "post", WRITERS, 302),
    Row("incidents:correct", "post", WRITERS, 422),
    Row("incidents:milestone", "post", WRITERS, 422),
    # Reviews: writing
    Row("reviews:list", "get", EVERYBODY, 200),
    Row("reviews:search", "get", EVERYBODY, 200),
    Row("reviews:similar", "get", EVERYBODY, 200),
    Row("reviews:draft", "post", WRITERS, 302),
    Row("reviews:detail", "get", EVERYBODY, 200),
    Row("reviews:section", "get", EVERYBODY, 302),
    Row("reviews:section_edit", "get", WRITERS, 200),
    Row("reviews:section_edit", "post", WRITERS, 422),
    Row("reviews:section_merge", "post", WRITERS, 422),
    Row("reviews:section_unsaved", "post", WRITERS, 422),
    Row("reviews:section_preview", "post", WRITERS, 422),
    Row("reviews:section_move", "post", WRITERS, 302),
    Row("reviews:entry_options", "get", WRITERS, 200),
    Row("reviews:people_options", "get", EVERYBODY, 200),
    Row("reviews:picture", "post", WRITERS, 422),
    Row("reviews:section_presence", "post", WRITERS, 200),
    Row("reviews:section_history", "get", EVERYBODY, 200),
    Row("reviews:section_restore", "post", WRITERS, 302),
    Row("reviews:presence", "get", EVERYBODY, 200),
    Row("reviews:look", "post", WRITERS, 302),
    Row("reviews:proposals_take", "post", WRITERS, 302),
    Row("reviews:proposal_take", "post", WRITERS, 302),
    Row("reviews:proposal_edit", "get", WRITERS, 200),
    Row("reviews:proposal_edit", "post", WRITERS, 422),
    Row("reviews:proposal_reject", "post", WRITERS, 302),
    # Reviews: the model, which is off
    Row("reviews:model_settings", "get", EVERYBODY, 200),
    Row("reviews:model_settings", "post", ADMINISTRATORS, 422),
    Row("reviews:model_ask", "post", WRITERS, 422),
    Row("reviews:model_run", "get", EVERYBODY, 302),
    Row("reviews:model_runs", "get", EVERYBODY, 200),
    Row("reviews:model_consent", "post", CONFIDANTS, 422),
    Row("reviews:model_revoke", "post", CONFIDANTS, 422),
    Row("reviews:factor_new", "get", WRITERS, 200),
    Row("reviews:factor_new", "post", WRITERS, 422),
    Row("reviews:factor_edit", "get", WRITERS, 200),
    Row("reviews:factor_edit", "post", WRITERS, 422),
    Row("reviews:suspected", "get", WRITERS, 200),
    Row("reviews:suspected", "post", WRITERS, 422),
    Row("reviews:factor_remove", "post", WRITERS, 302),
    Row("reviews:risk_new", "get", WRITERS, 200),
    Row("reviews:risk_new", "post", WRITERS, 422),
    Row("reviews:risk", "get", EVERYBODY, 200),
    Row("reviews:risk", "post", WRITERS, 422),
    Row("reviews:risk_accept", "post", WRITERS, 422),
    Row("reviews:risk_again", "post", WRITERS, 422),
    Row("reviews:risk_close", "post", WRITERS, 422),
    Row("reviews:answer", "get", ANSWERERS, 200),
    Row("reviews:answer", "post", ANSWERERS, 422),
    Row("reviews:question_assign", "post", WRITERS, 302),
    # Reviews: comments
    Row("reviews:comments", "get", EVERYBODY, 200),
    Row("reviews:thread_new", "get", OBJECTORS, 404),
    Row("reviews:thread_new", "post", OBJECTORS, 404),
    Row("reviews:thread", "get", EVERYBODY, 200),
    Row("reviews:thread_reply", "post", OBJECTORS, 422),
    Row("reviews:thread_resolve", "post", OBJECTORS, 302),
    Row("reviews:thread_reopen", "post", OBJECTORS, 302),
    Row("reviews:comment_edit", "get", frozenset({"responder"}), 200),
    Row("reviews:comment_edit", "post", frozenset({"responder"}), 422),
    Row("reviews:comment_take_back", "post", frozenset({"responder"}), 302),
    Row("reviews:comment_apply", "post", WRITERS, 302),
    # Reviews: deciding and publishing
    Row("reviews:checks", "get", EVERYBODY, 200),
    Row("reviews:check_confirm", "post", WRITERS, 302),
    Row("reviews:check_take_back", "post", WRITERS, 302),
    Row("reviews:submit", "post", WRITERS, 302),
    Row("reviews:request_changes", "get", OBJECTORS, 200),
    Row("reviews:request_changes", "post", OBJECTORS, 422),
    Row("reviews:sign", "get", SIGNERS, 302),
    Row("reviews:sign", "post", SIGNERS, 422),
    Row("reviews:revise", "get", PUBLISHERS, 200),
    Row("reviews:revise", "post", PUBLISHERS, 422),
    Row("reviews:supersede", "get", LEADS, 200),
    Row("reviews:supersede", "post", LEADS, 422),
    Row("reviews:withdraw", "get", LEADS, 200),
    Row("reviews:withdraw", "post", LEADS, 422),
    Row("reviews:waiver", "get", MANAGERS, 200),
    Row("reviews:waiver", "post", MANAGERS, 422),
    Row("reviews:skip", "get", MANAGERS, 200),
    Row("reviews:skip", "post", MANAGERS, 422),
    Row("reviews:waiver_revoke", "get", MANAGERS, 200),
    Row("reviews:waiver_revoke", "post", MANAGERS, 422),
    Row("reviews:exceptions", "get", EVERYBODY, 200),
    Row("reviews:rules", "get", EVERYBODY, 200),
    Row("reviews:rules", "post", RULERS, 422),
    Row("reviews:template", "get", EVERYBODY, 200),
    Row("reviews:template", "post", RULERS, 422),
    Row("reviews:template_of", "get", EVERYBODY, 200),
    Row("reviews:template_of", "post", RULERS, 422),
    Row("reviews:template_drop", "post", RULERS, 302),
    Row("reviews:publish", "post", PUBLISHERS, 302),
    Row("reviews:executive", "get", EVERYBODY, 200),
    Row("reviews:executive_pdf", "get", EVERYBODY, 200),
    Row("reviews:customer", "get", EVERYBODY, 200),
    Row("reviews:customer", "post", WRITERS, 422),
    Row("reviews:customer_approve", "post", APPROVERS, 422),
    Row("reviews:customer_copy", "get", EVERYBODY, 200),
    Row("reviews:publication", "get", EVERYBODY, 200),
    Row("reviews:download", "get", EVERYBODY, 200),
    Row("reviews:retry", "post", PUBLISHERS, 302),
    # Action items
    Row("remediation:list", "get", EVERYBODY, 200),
    Row("remediation:new", "get", WRITERS, 200),
    Row("remediation:new", "post", WRITERS, 422),
    Row("remediation:detail", "get", EVERYBODY, 200),
    Row("remediation:edit", "get", WRITERS, 200),
    Row("remediation:edit", "post", WRITERS, 422),
    Row("remediation:remove", "post", WRITERS, 302),
    Row("remediation:complete", "post", WRITERS, 422),
    Row("remediation:verify", "post", JUDGES, 422),
    Row("remediation:recommended", "get", EVERYBODY, 200),
    Row("remediation:judge", "post", WRITERS, 422),
    Row("remediation:recommendations", "get", RULERS, 200),
    # Reliability
    Row("kpis:reliability", "get", EVERYBODY, 200),
    Row("kpis:capture", "post", JUDGES, 422),
]

# Open to all, signed in or not; answers of people who are signed out
OPEN = {
    ("livez", "get"): 200,
    ("readyz", "get"): 200,
    # The door
    ("account_login", "get"): 200,
    ("account_login", "post"): 422,
    ("account_logout", "post"): 302,
    ("mfa_authenticate", "get"): 302,
    ("mfa_authenticate", "post"): 302,
    ("mfa_login_webauthn", "get"): 302,
    ("mfa_login_webauthn", "post"): 302,
    ("account_reset_password", "get"): 200,
    ("account_reset_password", "post"): 200,
    ("account_new_password", "get"): 200,
    ("account_new_password", "post"): 200,
    ("openid_connect_login", "get"): 404,
    ("openid_connect_callback", "get"): 404,
    ("saml_login", "get"): 404,
    ("saml_acs", "post"): 302,
    ("saml_finish_acs", "get"): 404,
    ("saml_metadata", "get"): 404,
    ("saml_sls", "get"): 404,
    ("saml_sls", "post"): 404,
    ("hooks:deliver", "post"): 404,
    ("governance:stop_mail", "get"): 404,
    ("governance:stop_mail", "post"): 404,
}

DRAFT, PUBLISHED, PRIVATE = "INC-2018-9001", "INC-2018-9002", "INC-2018-9003"
# What is one person's own does not exist for anybody else.
PERSONAL = {"governance:notice"}
OF_THE_PUBLISHED = {"reviews:publication", "reviews:download", "reviews:retry"}
OF_THE_PRIVATE = {"incidents:make_open", "incidents:reader_add", "incidents:reader_remove"}


def _routes(patterns: Iterable[Any], space: str = "") -> Iterable[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else f"{space}without a name: {pattern.pattern}"


ROUTES = sorted(set(_routes(get_resolver().url_patterns)))


class World(NamedTuple):
    """An organization with one person of each kind, a stranger, and one of everything that has an address."""

    organization: Organization
    people: dict[str, User]
    stranger: User
    arguments: dict[str, Any]

    def address(self, route: str) -> str:
        """The address of a route with the arguments that it asks for."""
        published, private = route in OF_THE_PUBLISHED, route in OF_THE_PRIVATE
        values = {**self.arguments, "ref": PUBLISHED if published else PRIVATE if private else DRAFT}
        for names in _argument_names(route):
            chosen = {name: values.get(f"{route}.{name}", values.get(name)) for name in names}
            return reverse(route, kwargs=chosen)
        raise AssertionError(f"{route} has no address")


def _argument_names(route: str) -> Iterable[tuple[str, ...]]:
    """The names of what a route takes, by its pattern."""
    *spaces, name = route.split(":")
    patterns, prefix = get_resolver(), set()
    for space in spaces:
        patterns, found = _resolver_of(patterns, space)
        prefix |= found
    for pattern in patterns.url_patterns:
        if isinstance(pattern, URLPattern) and pattern.name == name:
            yield tuple(prefix | set(pattern.pattern.converters))


def _resolver_of(parent: URLResolver, space: str) -> tuple[URLResolver, set[str]]:
    found = [one for one in parent.url_patterns if isinstance(one, URLResolver) and one.namespace == space]
    return found[0], set(found[0].pattern.converters)


@pytest.fixture(scope="module")
def evidence_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One store for the one world of this module."""
    directory = tmp_path_factory.mktemp("evidence")
    stores = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": directory},
        },
    }
    with override_settings(STORAGES=stores):
        yield directory


@pytest.fixture(scope="module")
def world(
    evidence_directory: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """The one world of this module, which every request leaves as it was, and which is gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _world()
        transaction.set_rollback(True)


def _world() -> World:
    """Inside: seven people, a draft under review and a publication. Outside: one person who is everything there."""
    organization = make_organization("acme")
    people = {role.value: make_member(organization, role) for role in Role}
    people |= {
        name: make_member(organization, Role.AUDITOR, name=name.title()) for name in ("commander", "owner")
    }
    stranger = make_member(make_organization("beta"), *Role)
    with scope(organization=organization):
        incident = _incident(organization, people)
        review = _review(incident, people)
        arguments = {
            "org": organization.slug,
            "slug": incident.affected_services.get().service.slug,
            "key": SectionKey.SUMMARY.value,
            "which": "record",
            "code": CheckCode.ACCOUNTS.value,
            "reviews:customer_copy.which": "text",
            "kind": ConnectionKind.SLACK.value,
            "number": 1,
            "token": "an-address-that-nobody-was-given",
            "incidents:show.number": 2,
            "remediation:verify.number": 2,
            "incidents:evidence_download.pk": incident.evidence.get(filename="kept.log").pk,
            "incidents:evidence_payload.pk": incident.evidence.get(filename="kept.log").pk,
            "incidents:attachment.pk": incident.attachments.get().pk,
            "incidents:undo.pk": incident.curations.get().pk,
            "reviews:answer.pk": review.questions.get().pk,
            "reviews:question_assign.pk": review.questions.get().pk,
            **_said(review, people["responder"]),
            **_proposed(review),
            "reviews:model_run.pk": _asked(review, people["responder"]).pk,
            "reviews:waiver_revoke.pk": _waiver(incident, people["manager"]).pk,
            "reviews:retry.pk": _published(organization, people).pk,
            "incidents:reader_remove.pk": _read_by_all(organization, people).pk,
            "governance:person_roles.pk": people["responder"].pk,
            "governance:group_remove.pk": _mapping(organization).pk,
            "provider_id": "nobody",
            "uidb64": "MQ",
            "organization_slug": "nobody",
            "mfa_edit_webauthn.pk": 1,
            "mfa_remove_webauthn.pk": 1,
            "governance:absence_end.pk": _delegation(organization, people).pk,
            **_program(organization, people["administrator"]),
            "governance:notice.pk": _notice(people["responder"], organization).pk,
            **_intake(incident, people["administrator"]),
        }
    return World(organization, people, stranger, arguments)


def _incident(organization: Organization, people: dict[str, User]) -> Incident:
    service = make_service(organization, "front door", owner=people["owner"])
    incident = make_incident(organization, people["commander"], (service,), reference=DRAFT)
    kept = default_storage.save("kept.log", ContentFile(b"kept"))
    evidence = make_evidence(incident, filename="kept.log", file=kept)
    make_entry(incident, START, number=1, evidence=evidence)
    make_entry(incident, START, number=2, evidence=evidence, hidden=True, hidden_reason="Noise")
    responder = people["responder"]
    highlight_entries(actor=responder, incident=incident, numbers=[1], on=True)
    attach_file(actor=responder, incident=incident, entry=None, name="kept.txt", content=b"kept")
    Connection(
        organization=organization,
        kind=ConnectionKind.SLACK,
        base_url="https://127.0.0.1:9/api/",
        options={"channel": "C0INCIDENT1"},
        secret="xoxb-123456-abcdef",
    ).save()
    return incident


def _notice(person: User, organization: Organization) -> Notice:
    tell(
        actor=None,
        organization_id=organization.pk,
        recipients=[person],
        kind=NoticeKind.MENTIONED,
        key="mention",
        text="Somebody mentioned you.",
        path=f"/{organization.slug}/",
    )
    told: Notice = Notice.objects.get(recipient=person, key="mention")
    return told


def _delegation(organization: Organization, people: dict[str, User]) -> Delegation:
    """Our SRE lead signs for our responder."""
    today = today_in(organization.pk)
    return delegate(
        actor=people["responder"],
        organization=organization,
        principal=people["responder"],
        substitute=people["sre_lead"],
        starts_on=today,
        ends_on=today,
        reason="On leave",
    )


def _program(organization: Organization, administrator: User) -> dict[str, int]:
    """A program's account with a token, by the arguments of their routes."""
    account = open_account(
        actor=administrator, organization=organization, name="Pipeline", purpose="Tells of deployments"
    )
    token, _raw = issue_token(actor=administrator, account=account, name="one", scopes=["read"], days=1)
    return {
        "governance:program.pk": account.pk,
        "governance:program_close.pk": account.pk,
        "governance:token_revoke.pk": token.pk,
    }


def _read_by_all(organization: Organization, people: dict[str, User]) -> User:
    """A reader of a private incident that names everybody."""
    incident = make_incident(organization, people["commander"], reference=PRIVATE, is_private=True)
    for person in people.values():
        IncidentReader(organization=organization, incident=incident, person=person).save()
    return people["responder"]


def _mapping(organization: Organization) -> GroupRole:
    row = GroupRole(organization=organization, provider="oidc", group="ops", role=Role.RESPONDER)
    row.save()
    return row


def _intake(incident: Incident, administrator: User) -> dict[str, Any]:
    """An address, what it brought, and a rule, by the arguments of their routes."""
    hook = create_hook(
        actor=administrator, organization=incident.organization, kind=HookKind.ALERTMANAGER, name="Alerts"
    )
    arrival_id = receive(hook=hook, kind=SourceKind.ALERTMANAGER, delivery="1", headers={}, body=b"{}")
    Arrival.objects.filter(pk=arrival_id).update(status=ArrivalStatus.UNREAD)
    rule = save_rule(actor=administrator, organization=incident.organization, name="Pages", severity=2)
    routes = {name: arrival_id for name in ROUTES if name.startswith("incidents:arrival")}
    routes |= {name: hook.pk for name in ROUTES if name.startswith("incidents:source")}
    routes |= {name: rule.pk for name in ROUTES if name.startswith("incidents:rule")}
    return {f"{name}.pk": pk for name, pk in routes.items()} | {
        "incidents:source_new.kind": HookKind.ALERTMANAGER.value,
        "incidents:pull.kind": ConnectionKind.PAGERDUTY.value,
    }


def _review(incident: Incident, people: dict[str, User]) -> Review:
    owned = {"organization": incident.organization}
    review = Review(**owned, incident=incident, author=people["responder"])
    review.save()
    Section(**owned, review=review, key=SectionKey.SUMMARY, position=0, body="Nothing is known yet.").save()
    Factor(
        **owned,
        review=review,
        number=1,
        statement="The old primary kept taking writes.",
        confidence=Confidence.PROBABLE,
        provenance=Provenance.PERSON,
        author=people["responder"],
    ).save()
    Risk(**owned, review=review, number=1, statement="It may return.", provenance=Provenance.EVIDENCE).save()
    Question(**owned, review=review, section=SectionKey.SUMMARY, code="who", text="Who noticed first?").save()
    for number, status in ((1, "open"), (2, "done")):
        _action_item(review, people["responder"], number, status)
    return review


def _waiver(incident: Incident, manager: User) -> Waiver:
    """Granted without telling anybody: the one notice of this world is another."""
    waiver = Waiver(
        organization=incident.organization,
        incident=incident,
        kind=WaiverKind.CHECK,
        check_code=CheckCode.BLAME,
        reason="The word stands in a quotation.",
        ends_on=timezone.now().date() + timedelta(days=30),
        granted_by=manager,
    )
    waiver.save()
    return waiver


def _said(review: Review, responder: User) -> dict[str, int]:
    """A thread about the whole of a section, with one comment, by the arguments of their routes."""
    thread = open_thread(actor=responder, review=review, section=review.sections.get(), body="Is it?")
    comment = thread.comments.get()
    routes = {name: thread.pk for name in ROUTES if name.startswith("reviews:thread")}
    routes |= {name: comment.pk for name in ROUTES if name.startswith("reviews:comment_")}
    return {f"{name}.pk": pk for name, pk in routes.items()}


def _proposed(review: Review) -> dict[str, int]:
    """A sentence that a newer draft would add, by the arguments of its routes."""
    proposal = Proposal(
        organization=review.organization,
        section=review.sections.get(),
        kind=ProposalKind.ADD,
        provenance=Provenance.EVIDENCE,
        text="It came back.",
        fingerprint="0" * 64,
    )
    proposal.save()
    return {f"{name}.pk": proposal.pk for name in ROUTES if name.startswith("reviews:proposal_")}


def _asked(review: Review, responder: User) -> ModelRun:
    """A question to a model that failed."""
    run = ModelRun(
        organization=review.organization,
        section=review.sections.get(),
        requested_by=responder,
        state=RunState.FAILED,
        failure="It did not answer.",
    )
    run.save()
    return run


def _action_item(review: Review, owner: User, number: int, status: str) -> None:
    ActionItem(
        organization=review.organization,
        review=review,
        number=number,
        title="Fence the old primary",
        kind=ActionKind.PREVENT,
        owner=owner,
        severity=2,
        due_on="2018-12-14",
        verification_criterion="A drill shows one primary only.",
        status=status,
        completed_by=owner if status == "done" else None,
        completed_at=START if status == "done" else None,
    ).save()


def _published(organization: Organization, people: dict[str, User]) -> Delivery:
    """The failed delivery of a publication that our commander and owner have to do with."""
    publication = make_publication(organization)
    incident = publication.review.incident
    Incident.objects.filter(pk=incident.pk).update(reference=PUBLISHED)
    appoint(people["commander"], Post.INCIDENT_COMMANDER, incident)
    publication.record.save("record.json", ContentFile(b"{}"))
    failed: Delivery = Delivery.objects.of_group(publication.group).first()
    Delivery.objects.filter(pk=failed.pk).update(status=DeliveryStatus.FAILED, finished_at=START)
    return failed


def _ask(world: World, route: str, method: str, user: User | None) -> Any:
    """Send a request of no use, and leave the world as it was."""
    client = Client()
    if user is not None:
        client.force_login(user)
    with transaction.atomic():
        answer = getattr(client, method)(
            world.address(route), {"nothing": "useful"} if method == "post" else {}
        )
        transaction.set_rollback(True)
    return answer


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    listed = {row.route for row in TABLE} | {route for route, _method in OPEN}
    assert sorted(listed) == ROUTES


def test_every_row_stands_once() -> None:
    keys = [(row.route, row.method) for row in TABLE] + list(OPEN)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.method} {row.route}")
def test_answer_is_what_the_table_says(world: World, row: Row) -> None:
    refusal = 404 if row.route in PERSONAL else 403
    expected = {name: row.status if name in row.who else refusal for name in PEOPLE}
    met = {name: _ask(world, row.route, row.method, world.people[name]).status_code for name in PEOPLE}
    assert met == expected


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.method} {row.route}")
def test_nobody_else_learns_anything(world: World, row: Row) -> None:
    signed_out = _ask(world, row.route, row.method, None)
    assert signed_out.status_code == 302
    assert signed_out["Location"].startswith("/sign-in/")
    if "org" in dict.fromkeys(name for names in _argument_names(row.route) for name in names):
        assert _ask(world, row.route, row.method, world.stranger).status_code == 404


@pytest.mark.parametrize("route", ROUTES)
def test_method_without_a_row_is_refused(world: World, route: str) -> None:
    listed = {(row.route, row.method) for row in TABLE} | set(OPEN)
    for method in METHODS:
        if (route, method) not in listed:
            assert _ask(world, route, method, world.people["sre_lead"]).status_code == 405


@pytest.mark.parametrize(("route", "method"), OPEN)
def test_open_address_answers_everybody(world: World, route: str, method: str) -> None:
    assert _ask(world, route, method, None).status_code == OPEN[route, method]
