"""Turns the demo's records into rows, through the same services that people use.

The public incidents go the whole way by services: their raw files are imported, their chronologies curated, their
reviews drafted, written, signed and published by the people of the demo. Only the synthetic history is written straight
into the tables, because services stamp the present.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from config.demo.history import baseline_bounds
from config.demo.intake import seed_intake
from config.demo.manifest import DemoAnswer, DemoIncident, demo_incidents, demo_organization
from config.demo.past import seed_history
from config.demo.talk import seed_calendar, seed_talk
from config.demo.watch import watch_risks
from governance.enums import Role
from governance.models import Organization, User
from governance.services import add_member, create_organization
from incidents.enums import MilestoneKind, Severity, SourceKind
from incidents.models import Entry, Incident, Service
from incidents.services import (
    appoint_owner,
    create_service,
    highlight_entry,
    import_evidence,
    open_incident,
    set_milestone,
)
from kpis.services import capture_baseline
from remediation.models import ActionItem
from remediation.services import plan_action_item
from reviews import passages
from reviews.content import current_sha256
from reviews.enums import Provenance
from reviews.models import Factor, Question, Review, Section
from reviews.policy import Policy
from reviews.services import (
    answer_question,
    draft_review,
    publish_review,
    remove_factor,
    save_factor,
    save_section,
    set_policy,
    sign_review,
    submit_review,
)

PASSWORD = "afterword demo"  # noqa: S105 - the demo's accounts are meant to be known
UNKNOWN = "Unknown, because the published account does not say."
STAGES = ("imported", "drafted", "awaiting_signature", "published")


def is_empty() -> bool:
    """Whether nothing has been set up yet: the demo is only ever put into an empty database."""
    return not Organization.objects.exists()


@transaction.atomic
def seed_demo(now: datetime | None = None) -> Organization:
    """Fill an empty database with the demo organization; all or nothing."""
    now = now or timezone.now()
    organization, people = _organization()
    with scope(organization=organization):
        set_policy(
            actor=people["jon@demo.test"],
            organization=organization,
            policy=Policy(),
            note="What Afterword comes with, as our first version",
        )
        seed_calendar(organization, people["jon@demo.test"], now)
        services = _services(organization, people)
        for record in reversed(demo_incidents()):
            _Seeding(organization, people, services, record).run()
        seed_intake(organization, people, now)
        seed_history(organization, services, people["jon@demo.test"], now)
        start, end = baseline_bounds(now)
        capture_baseline(
            actor=people["jon@demo.test"],
            organization=organization,
            window_start=start.date(),
            window_end=end.date() - timedelta(days=1),
            note="The quarter before the pilot, from the synthetic history",
        )
    return organization


def _organization() -> tuple[Organization, dict[str, User]]:
    record = demo_organization()
    administrators = [person for person in record.people if person.role == Role.ADMINISTRATOR]
    first = User.objects.create_user(administrators[0].email, PASSWORD, name=administrators[0].name)
    organization = create_organization(name=record.name, slug=record.slug, administrator=first)
    people = {first.email: first}
    for person in record.people:
        if person.email not in people:
            people[person.email] = add_member(
                actor=first,
                organization=organization,
                email=person.email,
                name=person.name,
                roles=[Role(person.role)],
                password=PASSWORD,
            )
    return organization, people


def _services(organization: Organization, people: dict[str, User]) -> dict[str, Service]:
    lead = people["jon@demo.test"]
    found = {}
    for record in demo_organization().services:
        service = create_service(actor=lead, organization=organization, name=record.name)
        appoint_owner(actor=lead, service=service, user=people[record.owner])
        found[record.name] = service
    return found


@dataclass
class _Seeding:
    """One public incident, as far along as its record says."""

    organization: Organization
    people: dict[str, User]
    services: dict[str, Service]
    record: DemoIncident

    def run(self) -> None:
        incident = self._open()
        entries = self._import(incident)
        self._curate(incident, entries)
        reached = STAGES.index(self.record.stage)
        if reached < STAGES.index("drafted"):
            return
        review = draft_review(actor=self.people[self.record.commander], incident=incident)
        if reached < STAGES.index("awaiting_signature"):
            seed_talk(review, self.people)
            return
        self._write(review, entries)
        self._promise(review)
        submit_review(actor=self.people[self.record.commander], review=review)
        self._sign(review)
        if self.record.stage == "published":
            review.refresh_from_db()
            publish_review(actor=self.people[self.record.commander], review=review)

    def _open(self) -> Incident:
        return open_incident(
            actor=self.people["jon@demo.test"],
            organization=self.organization,
            title=self.record.title,
            severity=Severity[self.record.severity],
            services=[self.services[name] for name in self.record.services],
            declared_at=self.record.impact.started,
            commander=self.people[self.record.commander],
            reference=self.record.reference,
        )

    def _import(self, incident: Incident) -> dict[str, Entry]:
        for file in self.record.files:
            with file.path.open("rb") as stream:
                import_evidence(
                    actor=self.people[self.record.commander],
                    incident=incident,
                    filename=file.name,
                    stream=stream,
                    kind=SourceKind(file.kind),
                    zone=file.zone or "",
                )
        return {fact.id: self._entry(incident, fact.id) for fact in self.record.facts}

    def _entry(self, incident: Incident, fact_id: str) -> Entry:
        fact = self.record.fact(fact_id)
        minute = (fact.at, fact.at + timedelta(minutes=1))
        entry: Entry = Entry.objects.get(
            incident=incident,
            evidence__filename=fact.file,
            at__gte=minute[0],
            at__lt=minute[1],
            text__contains=fact.contains,
        )
        return entry

    def _curate(self, incident: Incident, entries: dict[str, Entry]) -> None:
        commander = self.people[self.record.commander]
        for kind, fact_id in self.record.milestones.items():
            set_milestone(
                actor=commander, incident=incident, kind=MilestoneKind(kind), entry=entries[fact_id]
            )
        for fact_id in self.record.highlights:
            highlight_entry(actor=commander, entry=entries[fact_id], on=True)

    def _write(self, review: Review, entries: dict[str, Entry]) -> None:
        """What the people of the demo add to the draft: statements, factors and answers."""
        for statement in self.record.statements:
            self._state(
                review, statement.section, statement.text, statement.author, statement.evidence, entries
            )
        self._factors(review, entries)
        watch_risks(review, self.people[self.record.commander], timezone.now().date())
        answers = self._answers()
        for question in Question.objects.filter(review=review, answer=""):
            answer = answers.pop(question.code, None)
            person = self.people[answer.author if answer else self.record.commander]
            answer_question(actor=person, question=question, answer=answer.text if answer else UNKNOWN)
        for answer in answers.values():
            self._state(review, answer.section, answer.text, answer.author, answer.evidence, entries)

    def _answers(self) -> dict[str, DemoAnswer]:
        """What people say to the draft's questions, by code; the published impact and cause are answers too."""
        answers = {answer.topic: answer for answer in self.record.answers}
        figures = "; ".join(f"{figure.value} {figure.label}" for figure in self.record.impact.figures)
        words = f"{self.record.impact.users} Published figures: {figures}."
        impact = DemoAnswer("impact_numbers", "customer_impact", "", words, self.record.commander, ())
        answers[impact.topic] = impact
        if cause := self.record.root_cause:
            words = f"{cause.confidence.title()}: {cause.text}"
            answers["root_cause"] = DemoAnswer(
                "root_cause", "contributing_factors", "", words, cause.author, cause.evidence
            )
        return answers

    def _state(
        self,
        review: Review,
        key: str,
        text: str,
        author: str,
        evidence: tuple[str, ...],
        entries: dict[str, Entry],
    ) -> None:
        section = Section.objects.get(review=review, key=key)
        body = f"{section.body.rstrip()}\n\n{_cited(text, [entries[fact_id].number for fact_id in evidence])}".strip()
        save_section(actor=self.people[author], section=section, body=body, version=section.version)

    def _factors(self, review: Review, entries: dict[str, Entry]) -> None:
        """The published factors take the place of those that the draft suspected from nearness in time."""
        for suspected in Factor.objects.filter(review=review, provenance=Provenance.EVIDENCE):
            remove_factor(actor=self.people[self.record.commander], factor=suspected)
        for factor in self.record.factors:
            save_factor(
                actor=self.people[factor.author],
                review=review,
                statement=factor.text,
                confidence=factor.confidence,
                is_trigger=factor.trigger,
                reasoning=factor.reasoning,
                would_confirm=factor.would_confirm or "",
                evidence_for=[entries[fact_id] for fact_id in factor.evidence_for],
                evidence_against=[entries[fact_id] for fact_id in factor.evidence_against],
            )

    def _promise(self, review: Review) -> None:
        factors = list(Factor.objects.filter(review=review).order_by("number"))
        today = timezone.now().date()
        made: dict[str, ActionItem] = {}
        for action in self.record.actions:
            made[action.id] = plan_action_item(
                actor=self.people["jon@demo.test"],
                review=review,
                title=action.title,
                kind=action.kind,
                owner=self.people[action.owner],
                severity=Severity[action.severity],
                due_on=today + timedelta(days=action.due_in_days),
                verification_criterion=action.verification,
                depends_on=[made[other] for other in action.depends_on],
                factor=factors[action.factor - 1] if action.factor else None,
            )

    def _sign(self, review: Review) -> None:
        for signoff in self.record.signoffs:
            if signoff.signed:
                review.refresh_from_db()
                sign_review(
                    actor=self.people[signoff.person],
                    review=review,
                    role=signoff.role,
                    sha256=current_sha256(review),
                    confidence=signoff.confidence,
                    reason=signoff.reason,
                )


def _cited(text: str, numbers: list[int]) -> str:
    """The text with its evidence behind every sentence."""
    blocks = [
        replace(block, sentences=tuple(replace(one, citations=tuple(numbers)) for one in block.sentences))
        for block in passages.parse(text)
    ]
    return passages.compose(blocks)
