"""The only writers of the reviews room."""

from reviews.services.changing import chronology_changed, content_changed
from reviews.services.deciding import publish_review, request_changes, submit_review
from reviews.services.drafting import draft_review
from reviews.services.editing import save_section
from reviews.services.factors import remove_factor, save_factor
from reviews.services.policies import set_policy
from reviews.services.questions import answer_question
from reviews.services.revising import revise_review, supersede_review, withdraw_review
from reviews.services.signing import look_at, sign_review
from reviews.services.waivers import grant_waiver, revoke_waiver

__all__ = [
    "answer_question",
    "chronology_changed",
    "content_changed",
    "draft_review",
    "grant_waiver",
    "look_at",
    "publish_review",
    "remove_factor",
    "request_changes",
    "revise_review",
    "revoke_waiver",
    "save_factor",
    "save_section",
    "set_policy",
    "sign_review",
    "submit_review",
    "supersede_review",
    "withdraw_review",
]
