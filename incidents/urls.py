"""Addresses below ``/<org>/incidents/``."""

from django.urls import path

from incidents.views import catalog, chronology, entries, evidence, incidents

app_name = "incidents"

urlpatterns = [
    path("", incidents.index, name="list"),
    path("new/", incidents.new, name="new"),
    path("services/", catalog.index, name="services"),
    path("services/new/", catalog.new, name="service_new"),
    path("services/<slug:slug>/owner/", catalog.owner, name="service_owner"),
    path("<str:ref>/", chronology.detail, name="detail"),
    path("<str:ref>/commander/", incidents.commander, name="commander"),
    path("<str:ref>/statement/", chronology.statement, name="statement"),
    path("<str:ref>/evidence/", evidence.evidence, name="import"),
    path("<str:ref>/evidence/<int:pk>/", evidence.download, name="evidence_download"),
    path("<str:ref>/entries/", chronology.entries, name="entries"),
    path("<str:ref>/entries/<int:number>/", entries.entry, name="entry"),
    path("<str:ref>/entries/<int:number>/highlight/", entries.highlight, name="highlight"),
    path("<str:ref>/entries/<int:number>/hide/", entries.hide, name="hide"),
    path("<str:ref>/entries/<int:number>/show/", entries.show, name="show"),
    path("<str:ref>/entries/<int:number>/correct/", entries.correct, name="correct"),
    path("<str:ref>/entries/<int:number>/milestone/", entries.milestone, name="milestone"),
]
