"""The address of "My work"."""

from django.urls import path

from remediation.views import work

app_name = "work"
urlpatterns = [path("", work.home, name="home")]
