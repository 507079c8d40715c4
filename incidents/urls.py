"""Addresses below ``/<org>/incidents/``."""

from django.urls import path

from incidents.views import catalog, chronology, entries, evidence, incidents, intake, rules, sources

app_name = "incidents"

urlpatterns = [
    path("", incidents.index, name="list"),
    path("new/", incidents.new, name="new"),
    path("services/", catalog.index, name="services"),
    path("services/new/", catalog.new, name="service_new"),
    path("services/<slug:slug>/owner/", catalog.owner, name="service_owner"),
    path("intake/", intake.index, name="intake"),
    path("intake/<int:pk>/", intake.arrival, name="arrival"),
    path("intake/<int:pk>/progress/", intake.progress, name="arrival_progress"),
    path("intake/<int:pk>/replay/", intake.replay, name="arrival_replay"),
    path("intake/<int:pk>/attach/", intake.attach, name="arrival_attach"),
    path("intake/<int:pk>/dismiss/", intake.dismiss, name="arrival_dismiss"),
    path("intake/<int:pk>/cancel/", intake.cancel, name="arrival_cancel"),
    path("intake/<int:pk>/raw/", intake.raw, name="arrival_raw"),
    path("sources/", sources.index, name="sources"),
    path("sources/new/<str:kind>/", sources.new, name="source_new"),
    path("sources/<int:pk>/", sources.source, name="source"),
    path("sources/<int:pk>/secret/", sources.rotate, name="source_secret"),
    path("sources/<int:pk>/close/", sources.close, name="source_close"),
    path("rules/", rules.index, name="rules"),
    path("rules/new/", rules.new, name="rule_new"),
    path("rules/policy/", rules.policy, name="policy"),
    path("rules/<int:pk>/", rules.rule, name="rule"),
    path("rules/<int:pk>/remove/", rules.remove, name="rule_remove"),
    path("<str:ref>/", chronology.detail, name="detail"),
    path("<str:ref>/describe/", rules.describe, name="describe"),
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
