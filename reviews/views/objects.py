"""From an address to the object and the right to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string

from governance.access import Permission
from governance.middleware import OrganizationRequest
from governance.models import User
from incidents import way
from incidents.models import Incident
from incidents.selectors.privacy import people_who_see
from reviews.checklist import Checklist
from reviews.checks import Finding
from reviews.enums import CLOSED_STATES, SignOffRole
from reviews.models import Review, Waiver
from reviews.parts import panels
from reviews.selectors.due import Deadline, deadline_of, with_moments, working_days
from reviews.selectors.modeling import Modeling
from reviews.selectors.privacy import with_replacement
from reviews.selectors.redrafting import Since, since_draft, undecided
from reviews.selectors.rules import rules_of
from reviews.selectors.seats import Seat, Signing, rights_in, roles_open_to, seats_for, signings
from reviews.selectors.standing import ReviewStanding
from reviews.selectors.waivers import waivers_of
from reviews.selectors.writing import writers_in
from reviews.services import changing
from reviews.workflow import Move, moves


def review_or_404(request: OrganizationRequest, ref: str) -> Review:
    """The review that the person may see, with its incident."""
    rows = Review.objects.visible_to(request.user).select_related("incident", "author", "policy", "closed_by")
    review: Review = get_object_or_404(with_replacement(rows, request.user), incident__reference=ref)
    return review


def require_open(request: OrganizationRequest, review: Review) -> None:
    """Raise ``PublishedText`` instead of offering a form for a text that stays as it is."""
    if request.method == "GET":
        changing.require_open(review)


RARE = frozenset({"supersede", "withdraw"})


@dataclass
class Position:
    """Where a review stands for one person: what is signed, and what they may do."""

    review: Review
    user: User

    @cached_property
    def standing(self) -> ReviewStanding:
        return ReviewStanding(self.review)

    @property
    def seats(self) -> list[Seat]:
        return self.standing.seats

    @cached_property
    def signings(self) -> list[tuple[Signing, datetime | None]]:
        """The signatures given and waited for, a line each, with the time since when they are waited for."""
        return [(one, one.waiting_since(self.review.submitted_at)) for one in signings(self.seats)]

    @cached_property
    def findings(self) -> list[Finding]:
        """What surely is off, and what holds the text up; nothing is looked for in a text that stays as it is."""
        return [] if self.is_closed else self.checklist.sure

    @cached_property
    def checklist(self) -> Checklist:
        """All points with what was found."""
        return Checklist(self.standing.points)

    @cached_property
    def waived(self) -> list[Finding]:
        """Those of them that a manager lets be."""
        return [one for one in self.findings if one.code in self.standing.waived_codes]

    @cached_property
    def blocking(self) -> list[Finding]:
        """Those of them that hold up submission and publication."""
        return [] if self.is_closed else self.standing.blocking

    @cached_property
    def waivers(self) -> list[Waiver]:
        """The exceptions that count here."""
        return list(waivers_of(self.review))

    @cached_property
    def undecided(self) -> list[str]:
        """The keys of the sections for which changes are proposed, one for each proposal."""
        return [] if self.is_closed else undecided(self.review)

    @cached_property
    def since_draft(self) -> Since:
        """What came after the draft, for somebody who could look for changes."""
        return since_draft(self.review) if self.may_edit else Since()

    @cached_property
    def modeling(self) -> Modeling:
        """What the model may be asked here, and was."""
        return Modeling(self.review, self.user)

    @property
    def is_closed(self) -> bool:
        """Whether the text stays as it is."""
        return self.review.state in CLOSED_STATES

    @cached_property
    def writers(self) -> dict[str, str]:
        """Who else is writing now, as a sentence by section key."""
        return writers_in(self.review, self.user)

    @cached_property
    def rights(self) -> frozenset[Permission]:
        return rights_in(self.user, self.review, self.seats)

    @cached_property
    def moves(self) -> list[Move]:
        """What the person may do next; signing only while one of their seats is empty."""
        found = list(moves(self.standing, self.rights))
        return [move for move in found if move.name != "sign" or self.open_roles]

    @property
    def rare_moves(self) -> list[Move]:
        """What ends a review, kept apart from what carries it on."""
        return [move for move in self.moves if move.name in RARE]

    @cached_property
    def open_roles(self) -> list[Any]:
        return roles_open_to(self.user, self.seats)

    @property
    def may_edit(self) -> bool:
        return Permission.EDIT_REVIEW in self.rights and not self.is_closed

    @property
    def may_answer(self) -> bool:
        return Permission.ANSWER_QUESTION in self.rights and not self.is_closed

    @property
    def may_comment(self) -> bool:
        return Permission.COMMENT in self.rights and not self.is_closed

    @property
    def may_assign(self) -> bool:
        return Permission.ASSIGN_QUESTION in self.rights and not self.is_closed

    @cached_property
    def askable(self) -> list[User]:
        """Whom a question can be given to."""
        return list(people_who_see(self.review.incident))

    @property
    def may_plan(self) -> bool:
        return Permission.PLAN_ACTION_ITEM in self.rights and not self.is_closed

    @property
    def may_except(self) -> bool:
        """Whether the person may grant exceptions here now."""
        return Permission.GRANT_WAIVER in self.rights and not self.is_closed

    @cached_property
    def deadline(self) -> Deadline | None:
        """What is due next; nothing for a review that is closed."""
        if self.is_closed:
            return None
        incident = with_moments(Incident.objects.filter(pk=self.review.incident_id)).get()
        organization = self.review.organization_id
        return deadline_of(incident, working_days(organization), rules_of(organization))

    def principal_in(self, role: SignOffRole) -> User | None:
        """Whom the person would stand in for when they sign in this role."""
        return seats_for(self.user, self.seats, role)[1]

    @property
    def may_ever_sign(self) -> bool:
        """Whether one of the seats could be theirs."""
        return any(self.user in seat.candidates for seat in self.seats)


def page_context(request: OrganizationRequest, review: Review) -> dict[str, Any]:
    """What the head of every page of a review needs."""
    return {
        "review": review,
        "incident": review.incident,
        "steps": way.steps(review.incident, request.organization.slug),
        "position": Position(review, request.user),
    }


def drawn_panels(request: OrganizationRequest, review: Review, *, may_plan: bool) -> list[str]:
    """The panels of the rooms above, drawn; ``may_plan`` offers to add to them."""
    return [
        render_to_string(panel.template, {**panel.context(review), "may_plan": may_plan}, request)
        for panel in panels()
    ]
