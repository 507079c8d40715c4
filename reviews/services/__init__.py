"""The only writers of the reviews room."""

from reviews.services.changing import chronology_changed, content_changed
from reviews.services.confirming import confirm_point, take_back_confirmation
from reviews.services.customers import approve_customer_text, save_customer_text
from reviews.services.deciding import publish_review, request_changes, submit_review
from reviews.services.drafting import draft_review
from reviews.services.editing import save_section
from reviews.services.factors import remove_factor, save_factor
from reviews.services.ordering import move_section
from reviews.services.policies import set_policy
from reviews.services.presence import end_presence, note_presence
from reviews.services.questions import answer_question
from reviews.services.revising import revise_review, supersede_review, withdraw_review
from reviews.services.revisions import restore_revision
from reviews.services.risks import accept_risk, close_risk, look_again, save_risk
from reviews.services.signing import look_at, sign_review
from reviews.services.unsaved import drop_unsaved, keep_unsaved
from reviews.services.waivers import grant_waiver, revoke_waiver

__all__ = [
    "accept_risk",
    "answer_question",
    "approve_customer_text",
    "chronology_changed",
    "close_risk",
    "confirm_point",
    "content_changed",
    "draft_review",
    "drop_unsaved",
    "end_presence",
    "grant_waiver",
    "keep_unsaved",
    "look_again",
    "look_at",
    "move_section",
    "note_presence",
    "publish_review",
    "remove_factor",
    "request_changes",
    "restore_revision",
    "revise_review",
    "revoke_waiver",
    "save_customer_text",
    "save_factor",
    "save_risk",
    "save_section",
    "set_policy",
    "sign_review",
    "submit_review",
    "supersede_review",
    "take_back_confirmation",
    "withdraw_review",
]
