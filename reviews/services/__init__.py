"""The only writers of the reviews room."""

from reviews.services.changing import chronology_changed, content_changed
from reviews.services.deciding import publish_review, request_changes, sign_review, submit_review
from reviews.services.drafting import draft_review
from reviews.services.editing import save_section
from reviews.services.factors import remove_factor, save_factor
from reviews.services.questions import answer_question

__all__ = [
    "answer_question",
    "chronology_changed",
    "content_changed",
    "draft_review",
    "publish_review",
    "remove_factor",
    "request_changes",
    "save_factor",
    "save_section",
    "sign_review",
    "submit_review",
]
