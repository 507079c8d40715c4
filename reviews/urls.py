"""Addresses below ``/<org>/reviews/``."""

from django.urls import path

from reviews.views import (
    asking,
    deciding,
    history,
    presence,
    publication,
    reviews,
    sections,
    talking,
    writing,
)

app_name = "reviews"

urlpatterns = [
    path("", reviews.index, name="list"),
    path("<str:ref>/", reviews.detail, name="detail"),
    path("<str:ref>/draft/", reviews.draft, name="draft"),
    path("<str:ref>/sections/<str:key>/", sections.section_read, name="section"),
    path("<str:ref>/sections/<str:key>/edit/", sections.section, name="section_edit"),
    path("<str:ref>/sections/<str:key>/merge/", sections.merge, name="section_merge"),
    path("<str:ref>/sections/<str:key>/unsaved/", sections.unsaved, name="section_unsaved"),
    path("<str:ref>/sections/<str:key>/presence/", presence.sign, name="section_presence"),
    path("<str:ref>/sections/<str:key>/history/", history.history, name="section_history"),
    path("<str:ref>/sections/<str:key>/restore/", history.restore, name="section_restore"),
    path("<str:ref>/presence/", presence.writers, name="presence"),
    path("<str:ref>/factors/new/", writing.factor_new, name="factor_new"),
    path("<str:ref>/factors/<int:number>/", writing.factor_edit, name="factor_edit"),
    path("<str:ref>/factors/<int:number>/remove/", writing.factor_remove, name="factor_remove"),
    path("<str:ref>/questions/<int:pk>/", writing.answer, name="answer"),
    path("<str:ref>/questions/<int:pk>/assign/", asking.assign, name="question_assign"),
    path("<str:ref>/comments/", talking.comments, name="comments"),
    path("<str:ref>/comments/<int:pk>/", talking.comment_edit, name="comment_edit"),
    path("<str:ref>/comments/<int:pk>/take-back/", talking.comment_take_back, name="comment_take_back"),
    path("<str:ref>/comments/<int:pk>/apply/", talking.comment_apply, name="comment_apply"),
    path("<str:ref>/threads/new/", talking.thread_new, name="thread_new"),
    path("<str:ref>/threads/<int:pk>/", talking.thread, name="thread"),
    path("<str:ref>/threads/<int:pk>/reply/", talking.reply, name="thread_reply"),
    path("<str:ref>/threads/<int:pk>/resolve/", talking.resolve, name="thread_resolve"),
    path("<str:ref>/threads/<int:pk>/reopen/", talking.reopen, name="thread_reopen"),
    path("<str:ref>/submit/", deciding.submit, name="submit"),
    path("<str:ref>/request-changes/", deciding.request_changes, name="request_changes"),
    path("<str:ref>/sign/", deciding.sign, name="sign"),
    path("<str:ref>/publish/", deciding.publish, name="publish"),
    path("<str:ref>/publication/", publication.publication, name="publication"),
    path("<str:ref>/publication/<str:which>/", publication.download, name="download"),
    path("<str:ref>/publication/retry/<int:pk>/", publication.retry, name="retry"),
]
