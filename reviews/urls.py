"""Addresses below ``/<org>/reviews/``."""

from django.urls import path

from reviews.views import deciding, publication, reviews, writing

app_name = "reviews"

urlpatterns = [
    path("", reviews.index, name="list"),
    path("<str:ref>/", reviews.detail, name="detail"),
    path("<str:ref>/draft/", reviews.draft, name="draft"),
    path("<str:ref>/sections/<str:key>/", writing.section_read, name="section"),
    path("<str:ref>/sections/<str:key>/edit/", writing.section, name="section_edit"),
    path("<str:ref>/sections/<str:key>/history/", writing.history, name="section_history"),
    path("<str:ref>/factors/new/", writing.factor_new, name="factor_new"),
    path("<str:ref>/factors/<int:number>/", writing.factor_edit, name="factor_edit"),
    path("<str:ref>/factors/<int:number>/remove/", writing.factor_remove, name="factor_remove"),
    path("<str:ref>/questions/<int:pk>/", writing.answer, name="answer"),
    path("<str:ref>/submit/", deciding.submit, name="submit"),
    path("<str:ref>/request-changes/", deciding.request_changes, name="request_changes"),
    path("<str:ref>/sign/", deciding.sign, name="sign"),
    path("<str:ref>/publish/", deciding.publish, name="publish"),
    path("<str:ref>/publication/", publication.publication, name="publication"),
    path("<str:ref>/publication/<str:which>/", publication.download, name="download"),
    path("<str:ref>/publication/retry/<int:pk>/", publication.retry, name="retry"),
]
