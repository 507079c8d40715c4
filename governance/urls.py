"""Addresses of the governance room: the door, settings and the audit trail."""

from django.urls import path

from governance.views import absence, audit, connections, groups, notices, people, programs, sign_in

app_name = "governance"
urlpatterns = [
    path("", sign_in.start, name="start"),
    path("stop-mail/<str:token>/", notices.stop_mail, name="stop_mail"),
    path("<slug:org>/notices/", notices.notices, name="notices"),
    path("<slug:org>/notices/read/", notices.read, name="notices_read"),
    path("<slug:org>/notices/choices/", notices.choices, name="notice_choices"),
    path("<slug:org>/notices/<int:pk>/", notices.notice, name="notice"),
    path("<slug:org>/settings/", connections.overview, name="settings"),
    path("<slug:org>/settings/absence/", absence.absence, name="absence"),
    path("<slug:org>/settings/absence/<int:pk>/end/", absence.absence_end, name="absence_end"),
    path("<slug:org>/settings/calendar/", absence.calendar, name="calendar"),
    path("<slug:org>/settings/people/", people.people, name="people"),
    path("<slug:org>/settings/people/add/", people.add, name="person_add"),
    path("<slug:org>/settings/people/<int:pk>/", people.roles, name="person_roles"),
    path("<slug:org>/settings/programs/", programs.programs, name="programs"),
    path("<slug:org>/settings/programs/<int:pk>/", programs.program, name="program"),
    path("<slug:org>/settings/programs/<int:pk>/close/", programs.program_close, name="program_close"),
    path("<slug:org>/settings/tokens/<int:pk>/revoke/", programs.token_revoke, name="token_revoke"),
    path("<slug:org>/settings/groups/", groups.groups, name="groups"),
    path("<slug:org>/settings/groups/<int:pk>/remove/", groups.group_remove, name="group_remove"),
    path("<slug:org>/settings/connections/", connections.connections, name="connections"),
    path("<slug:org>/settings/connections/<str:kind>/", connections.connection, name="connection"),
    path("<slug:org>/settings/connections/<str:kind>/test/", connections.test, name="connection_test"),
    path("<slug:org>/settings/connections/<str:kind>/remove/", connections.remove, name="connection_remove"),
    path("<slug:org>/audit/", audit.audit, name="audit"),
    path("<slug:org>/audit/verify/", audit.verify, name="audit_verify"),
]
