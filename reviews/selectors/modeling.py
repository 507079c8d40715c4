"""Reading what concerns the model: whether it may be asked, what it is shown, what it was asked, and what that cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When

from governance import access
from governance.access import Permission
from governance.enums import ConnectionKind
from governance.models import Connection, Organization, User
from incidents.enums import Lane
from incidents.models import Entry, Incident, Milestone
from reviews.enums import CLOSED_STATES, ProposalState, RunState
from reviews.modeling import Discard, Line
from reviews.models import Citation, ModelConsent, ModelRun, ModelSettings, Proposal, Review, Section
from reviews.placing import flat

MOST_LINES = 300
OFF = "No language model may be asked here. An administrator can allow it in the settings."
NO_SECTION = "The model may not be asked about this section. An administrator can allow it in the settings."
NO_CONSENT = (
    "This incident is private. Somebody who says who may see it must agree first that its chronology is sent to the "
    "model."
)


def settings_of(organization: Organization | int) -> ModelSettings:
    """The settings as they are, unsaved and off where nobody has set any."""
    pk = organization if isinstance(organization, int) else organization.pk
    found: ModelSettings | None = (
        ModelSettings.objects.filter(organization_id=pk).select_related("updated_by").first()
    )
    return found or ModelSettings(organization_id=pk, version=0)


def connection_of(organization_id: int) -> Connection | None:
    """The model's connection, when there is one."""
    found: Connection | None = Connection.objects.filter(
        organization_id=organization_id, kind=ConnectionKind.MODEL, is_active=True
    ).first()
    return found


def consent_to(incident: Incident) -> ModelConsent | None:
    """The consent in force for a private incident."""
    rows = ModelConsent.objects.filter(incident=incident, revoked_at__isnull=True)
    found: ModelConsent | None = rows.select_related("given_by").first()
    return found


def consents_to(incident: Incident) -> list[ModelConsent]:
    """Every consent that was ever given for an incident, the latest first."""
    rows = ModelConsent.objects.filter(incident=incident).select_related("given_by", "revoked_by")
    return list(rows.order_by("-given_at", "-id"))


def refusal(section: Section, incident: Incident) -> str:
    """Why the model may not be asked about this section as things stand now; empty when it may. Read anew each time."""
    settings = settings_of(section.organization_id)
    if not settings.is_enabled:
        return OFF
    if section.key not in settings.sections:
        return NO_SECTION
    if incident.is_private and consent_to(incident) is None:
        return NO_CONSENT
    return ""


def lines_for(incident: Incident) -> list[Line]:
    """What the model is shown, in its order: entries that are shown, at most 300.

    Where there are more, those come first that people highlighted, marked or cited, and log lines last.
    """
    marked = Milestone.objects.filter(entry=OuterRef("pk"))
    cited = Citation.objects.filter(entry=OuterRef("pk"))
    rank = Case(
        When(Q(highlighted=True) | Exists(marked) | Exists(cited), then=Value(0)),
        When(~Q(lane=Lane.LOG), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    shown = Entry.objects.filter(incident=incident, hidden=False, folded_into__isnull=True)
    chosen = list(shown.alias(rank=rank).order_by("rank", "at", "tie", "number")[:MOST_LINES])
    chosen.sort(key=lambda row: (row.at, row.tie, row.number))
    return [_line(row) for row in chosen]


def milestones_of(incident: Incident) -> dict[str, int]:
    """The number of the entry of each milestone."""
    rows = Milestone.objects.filter(incident=incident).order_by("id")
    return dict(rows.values_list("kind", "entry__number"))


def model_names(review: Review) -> dict[tuple[int, str], str]:
    """The name of the model behind each sentence that a model suggested: by section and by the sentence's words."""
    rows = Proposal.objects.filter(
        section__review=review, run__isnull=False, state=ProposalState.ACCEPTED
    ).order_by("decided_at", "id")
    return {
        (section, sentence.text): model
        for section, text, model in rows.values_list("section_id", "text", "run__model")
        for sentence in flat(text)
    }


@dataclass(frozen=True)
class Told:
    """One question as its line says it: what was kept, and what was discarded for which reason."""

    run: ModelRun
    suggested: int

    @property
    def is_waiting(self) -> bool:
        return self.run.state == RunState.WAITING

    @property
    def price(self) -> str:
        """What it cost, such as ``0.0038 EUR``; empty where that is not known."""
        return "" if self.run.cost is None else _priced(self.run.cost, self.run.currency)

    @property
    def discarded(self) -> int:
        return sum(self.run.discarded.values())

    @property
    def reasons(self) -> list[tuple[int, str]]:
        """How many were discarded for what, most first."""
        counted = sorted(self.run.discarded.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(count, str(Discard(code).label)) for code, count in counted if code in Discard.values]


def runs_of(review: Review) -> list[Told]:
    """Every question about a review, the latest first."""
    rows = _told(ModelRun.objects.filter(section__review=review)).order_by("-id")
    return [Told(run, run.suggested) for run in rows.select_related("section", "requested_by")]


def run_told(run: ModelRun) -> Told:
    """One question, as its line says it."""
    return Told(run, Proposal.objects.filter(run=run).count())


def costs_of(told: Iterable[Told]) -> list[str]:
    """What questions cost together, for each currency, such as ``0.0076 EUR``."""
    sums: dict[str, Decimal] = {}
    for one in told:
        if one.run.cost is not None:
            sums[one.run.currency] = sums.get(one.run.currency, Decimal()) + one.run.cost
    return [_priced(cost, currency) for currency, cost in sorted(sums.items())]


def _priced(cost: Decimal, currency: str) -> str:
    return f"{cost.normalize():f} {currency}".strip()


@dataclass
class Modeling:
    """What the page of a review says about the model to one person, in a constant number of queries."""

    review: Review
    user: User

    @cached_property
    def settings(self) -> ModelSettings:
        return settings_of(self.review.organization_id)

    @cached_property
    def is_offered(self) -> bool:
        """Whether this person could ask here at all."""
        return (
            self.settings.is_enabled
            and self.review.state not in CLOSED_STATES
            and access.can(self.user, Permission.EDIT_REVIEW, self.review)
        )

    @cached_property
    def connection(self) -> Connection | None:
        return connection_of(self.review.organization_id)

    @cached_property
    def lacks_consent(self) -> bool:
        incident = self.review.incident
        return incident.is_private and consent_to(incident) is None

    @cached_property
    def _latest(self) -> Mapping[str, Told]:
        """The latest question about each section, by its key."""
        rows = _told(ModelRun.objects.filter(section__review=self.review)).order_by("id")
        return {
            run.section.key: Told(run, run.suggested)
            for run in rows.select_related("section", "requested_by")
        }

    def of(self, key: str) -> dict[str, Any] | None:
        """What stands below a section: the latest question, and whether one may be asked; nothing where none may."""
        if not self.is_offered or key not in self.settings.sections:
            return None
        return {
            "told": self._latest.get(key),
            "connection": self.connection,
            "lacks_consent": self.lacks_consent,
        }


def _told(rows: Any) -> Any:
    return rows.annotate(suggested=Count("proposals"))


def _line(entry: Entry) -> Line:
    return Line(entry.number, entry.at, entry.text, entry.actor, entry.lane, entry.precision)
