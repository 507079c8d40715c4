"""Every address: signs of life, then governance's own pages, then the rooms below an organization's name."""

from __future__ import annotations

from django.urls import include, path

from config import health
from governance.door.urls import urlpatterns as door

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("hooks/", include("incidents.hook_urls")),
    *door,
    path("", include("governance.urls")),
    path("<slug:org>/", include("remediation.work_urls")),
    path("<slug:org>/incidents/", include("incidents.urls")),
    path("<slug:org>/reviews/", include("reviews.urls")),
    path("<slug:org>/action-items/", include("remediation.urls")),
    path("<slug:org>/reliability/", include("kpis.urls")),
]
handler400 = "governance.views.errors.bad_request"
handler403 = "governance.views.errors.forbidden"
handler404 = "governance.views.errors.not_found"
handler500 = "governance.views.errors.server_error"
